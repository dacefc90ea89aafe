"""Exit rules, three-way decisions, assessments and the life cycle of a household; no engine."""
