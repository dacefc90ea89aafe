"""Weighted indicators of deprivation: states, scores, and the figures made of them."""
