"""Undercoverage: how many poor households does a registry not hold?

May import `stats.infer`. Provides `missed`, from two lists (`capture`, `huggins`).
"""
