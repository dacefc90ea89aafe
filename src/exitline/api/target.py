"""Targeting from a notebook: `xl.target.fit`, `xl.target.evaluate`, `xl.target.transfer` ..."""

from __future__ import annotations

from exitline.api.targets.evaluation import evaluate
from exitline.api.targets.fit import fit, score
from exitline.api.targets.study import study_scenario
from exitline.api.targets.transfer import transfer
from exitline.exits.target.curves import together as curves
from exitline.exits.target.evaluation import FIGURES
from exitline.exits.target.quotas import quota_in_words
from exitline.exits.target.rulefile import load_rule
from exitline.exits.target.scenario import COMPARED

__all__ = [
    "COMPARED", "FIGURES", "curves", "evaluate", "fit", "load_rule", "quota_in_words", "score",
    "study_scenario", "transfer",
]  # fmt: skip
