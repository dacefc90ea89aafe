"""How results show themselves: a table that is read, files for other programs, drawings.

May import `exitline.words`, `exitline.files` and `exitline.errors`. Provides `ShownResult`, which
every result with a `to_pandas` inherits, and `ReadableTable`, what it writes itself as.
"""
