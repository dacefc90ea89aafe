"""Exit rules, three-way decisions, their reasons: household, village, county.

May import rules, data and infer; never an engine. Provides `chain.decide_units` and
`table.Decisions`.
"""
