"""Assessments of a county: plans, budgets, sequential rules, bounds; no engine."""
