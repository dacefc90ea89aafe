"""Who has left, does it last, what brings it about: decisions, assessments, the register.

May import `stats` and `rules`; never `proof` or `publish`.
"""
