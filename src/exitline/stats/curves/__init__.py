"""Decompositions and curves: what is made of many figures at once.

Parts of a figure by group (`groups`) or between two samples (`changes`), curves with bands
(`bands`), their tables (`tables`) and drawings (`chart`).

May import `stats.infer`. Provides `Curve` and `Decomposition`.
"""
