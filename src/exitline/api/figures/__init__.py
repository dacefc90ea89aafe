"""Figures from a notebook: estimates, tables, models, decompositions, curves."""
