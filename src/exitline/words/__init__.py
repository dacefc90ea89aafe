"""How figures are written: one rounding and one set of words for every room.

May import nothing of the house.
"""
