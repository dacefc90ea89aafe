"""Pages of works: the list, one work with its steps and assets, a step, an inspection.

May import `exits.works` and what pages of the register do.
"""
