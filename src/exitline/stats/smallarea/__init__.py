"""Estimates for areas that a survey is too small for: models, their errors, their diagnostics.

May import `stats.infer` and what is below it. Provides models of areas and of
units, and their figures.
"""
