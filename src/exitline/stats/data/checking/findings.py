"""What checks work with: small counts on the one side, findings on the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from exitline.stats.data.checking.heaping import LineCounts

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True)
class Finding:
    """One thing that a check has found.

    Parameters
    ----------
    severity : {"error", "warning", "note"}
        An error: the study cannot be run as it stands. A warning: results may mislead. A
        note: good to know.
    check : str
        Which check, in a few words.
    message : str
        What was found, in a sentence.
    where : str
        Column, or file, line and key.
    count : int
        How many rows or units it concerns.
    remedy : str
        What to do.
    """

    severity: Severity
    check: str
    message: str
    where: str = ""
    count: int = 0
    remedy: str = ""


@dataclass(frozen=True)
class ColumnCounts:
    """Values of one column that are missing or out of the ordinary.

    Parameters
    ----------
    missing, infinite, negative, zero : int
        Rows; NaN counts as missing.
    """

    missing: int = 0
    infinite: int = 0
    negative: int = 0
    zero: int = 0


@dataclass(frozen=True)
class Totals:
    """What one pass over the data counts.

    Parameters
    ----------
    rows : int
    columns : mapping of str to ColumnCounts
        By canonical name.
    lines : tuple of LineCounts
        Households around each absolute line.
    households, persons : float
        Sum of weights; sum of weight x size.
    fractional_sizes, large_sizes : int
        Sizes that are not whole numbers; sizes above 30.
    largest_size : float
    replicated : tuple of float
        Sum of each replicate weight.
    """

    rows: int
    columns: Mapping[str, ColumnCounts] = field(default_factory=lambda: MappingProxyType({}))
    lines: tuple[LineCounts, ...] = ()
    households: float = 0.0
    persons: float = 0.0
    fractional_sizes: int = 0
    large_sizes: int = 0
    largest_size: float = 0.0
    replicated: tuple[float, ...] = ()


@dataclass(frozen=True)
class Duplicates:
    """Household keys that occur more than once.

    Parameters
    ----------
    keys : int
        Keys.
    rows : int
        Rows that have them.
    """

    keys: int
    rows: int
