"""Whom to reach: proxy means tests, score cards, rule files, and what they are worth.

May import `rules` and `stats`; never an engine.
"""

from __future__ import annotations
