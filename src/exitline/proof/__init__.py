"""Can anyone check: claims that can be recomputed, and tables that give nobody away.

May import `exits`, `stats` and `rules`; never `publish`.
"""
