"""Undercoverage: how many poor households does a registry not hold?

May import `stats.infer`. Hands out `missed`, from two lists (`capture`, `huggins`).
"""
