"""Targeting from a notebook: `xl.target.fit`, `xl.target.evaluate`, `xl.target.transfer` ..."""

from __future__ import annotations

from exitline.api.target_evaluation import evaluate
from exitline.api.target_fit import fit, score
from exitline.api.target_transfer import transfer
from exitline.exits.target.rulefile import load_rule

__all__ = ["evaluate", "fit", "load_rule", "score", "transfer"]
