"""Visits that a list asks for: watch lists and samples for assessments, and what came of them."""
