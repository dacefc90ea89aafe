"""Standards as data: dated rule files, their loader, and the condition language."""

from __future__ import annotations

from exitline.condition import Condition, parse
from exitline.standard.bands import Band, Bands, Gap
from exitline.standard.lines import ALWAYS, Figure, Line, Period, Relative, Uprating
from exitline.standard.loader import load, read_standard, shipped
from exitline.standard.model import (
    Cohort,
    Column,
    Criterion,
    Cutoff,
    ExitRule,
    Indicator,
    Option,
    Reading,
    SourceRef,
    Standard,
)

__all__ = [
    "ALWAYS",
    "Band",
    "Bands",
    "Cohort",
    "Column",
    "Condition",
    "Criterion",
    "Cutoff",
    "ExitRule",
    "Figure",
    "Gap",
    "Indicator",
    "Line",
    "Option",
    "Period",
    "Reading",
    "Relative",
    "SourceRef",
    "Standard",
    "Uprating",
    "load",
    "parse",
    "read_standard",
    "shipped",
]
