"""How is it told: reports, tables, pages, notices, short films.

May import everything below; shows figures, and computes none.
"""
