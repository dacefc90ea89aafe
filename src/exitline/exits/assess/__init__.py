"""Assessments of a county: plans, budgets, sequential rules, bounds.

May import `exits.decide`, `stats.infer` and `rules`; never an engine. Provides
`assessment.assess`, `planning`, `budget`, `sequential`.
"""
