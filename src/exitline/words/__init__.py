"""What people read: messages in catalogues, one for each language, and one rounding of figures.

`language(code)` of `catalogue` is what says a message to a reader; `say` of `said` is for rooms
that know none. May import `files` and `errors`.
"""
