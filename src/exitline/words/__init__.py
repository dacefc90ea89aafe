"""How figures are written: one rounding and one set of words for every room."""
