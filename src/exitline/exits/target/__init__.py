"""Whom to reach: proxy means tests, score cards, rule files, and what they are worth."""

from __future__ import annotations
