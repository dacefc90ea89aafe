"""How much, and how sure: data, measures, engines, inference, panels, curves, small areas.

May import `rules`; never `exits`, `proof` or `publish`.
"""
