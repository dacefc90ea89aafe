"""Names of kinds that commands offer as choices, read off the registries."""

from __future__ import annotations

from exitline.stats.engine import ENGINES
from exitline.words.intervals import QUANTILES, SHARES

__all__ = ["ENGINES", "QUANTILES", "SHARES"]
