"""Variances under each kind of design, and what the sample says about its own."""
