"""Estimates for areas that a survey is too small for: models, their errors, their diagnostics.

May import `stats.infer` and what is below it.
"""
