"""Did it matter: effects of works and programmes on those that they reached.

May import `stats.curves`, `stats.infer` and what is below them. Provides effects by
cohort and year, their summaries and tests.
"""
