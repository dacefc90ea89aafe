"""Names of kinds that commands offer as choices, read off the registries."""

from __future__ import annotations

from typing import get_args

from exitline.stats.data.sampling.replicated import ReplicateKind
from exitline.stats.data.sampling.sampling import LonelyPsu
from exitline.stats.engine import ENGINES
from exitline.words.intervals import FIGURES, QUANTILES, SHARES

LONELY: tuple[str, ...] = get_args(LonelyPsu)
REPLICATES: tuple[str, ...] = get_args(ReplicateKind)

__all__ = ["ENGINES", "FIGURES", "LONELY", "QUANTILES", "REPLICATES", "SHARES"]
