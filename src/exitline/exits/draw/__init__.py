"""Drawing in public: a sample that anyone can draw again, and who visits whom.

May import `stats.data`, `stats.measure` and `stats.engine`.
Provides `sample`, `assign`, `check`, `record`.
"""

from __future__ import annotations
