"""Standards as data: dated rule files, their loader, their description in words.

May import `rules.condition` and `rules.yamlfile`. Provides `load`, `shipped` and the records of a
rule file.
"""

from __future__ import annotations

from exitline.rules.condition import Condition, parse
from exitline.rules.standard.bands import Band, Bands, Gap
from exitline.rules.standard.lines import ALWAYS, Line, Period, Relative, StandardFigure, Uprating
from exitline.rules.standard.loader import load, read_standard, shipped
from exitline.rules.standard.model import (
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
    "Gap",
    "Indicator",
    "Line",
    "Option",
    "Period",
    "Reading",
    "Relative",
    "SourceRef",
    "Standard",
    "StandardFigure",
    "Uprating",
    "load",
    "parse",
    "read_standard",
    "shipped",
]
