"""Whom to reach: proxy means tests, score cards, rule files, and what they are worth.

May import `stats.infer`, `stats.measure`, `stats.smallarea` and `rules.yamlfile`; runs no
query. Provides fitted tests, cards, rules, and their evaluation.
"""

from __future__ import annotations
