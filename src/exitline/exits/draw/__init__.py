"""Drawing in public: a sample that anyone can draw again, and who visits whom."""

from __future__ import annotations
