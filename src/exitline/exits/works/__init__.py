"""Works: whom a work would serve, which to build or repair next.

May import `rules`, `stats` and `exits.decide`. Provides arrays and plans; reading is `api`'s.
"""
