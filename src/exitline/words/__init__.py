"""How figures are written: one rounding and one set of words for every room.

May import `files` and `errors`.
"""
