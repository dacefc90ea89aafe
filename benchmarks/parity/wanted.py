"""What a reference says, in exitline's words: jobs, and the figures wanted of each."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Key = tuple[str, str, str, str]
"""Measure, line, by and domain."""
WHAT = ("estimate", "se", "df", "low", "high", "deff")
"""The parts of a figure that are compared, in the order of tables."""


@dataclass(frozen=True)
class Wanted:
    """One line of a reference.

    Attributes
    ----------
    measure : str
        As exitline spells it: ``"fgt(1.5)"``, ``"quantile(0.5)"``.
    values : mapping
        From some of `WHAT` to the reference's number.
    line : str
        A label of the job's lines; "" for none.
    by, domain : str
        As results name them; quotes around single values of a crossing do not matter.
    """

    measure: str
    values: Mapping[str, float]
    line: str = ""
    by: str = ""
    domain: str = ""

    @property
    def family(self) -> str:
        """The measure without its parameters."""
        return self.measure.partition("(")[0]


@dataclass(frozen=True)
class Job:
    """One call of `exitline.estimate` on one table, and what is wanted of it.

    Attributes
    ----------
    data, peer : str
        As tables name them; the peer with its version.
    table : pandas.DataFrame
    wanted : tuple of Wanted
    welfare : str or None
    design : mapping or exitline.Design
        A mapping holds the arguments of `exitline.Design`.
    lines : mapping
        From the label of a line to a number or the arguments of `exitline.relative_line`.
    options : mapping
        Further arguments of the call: interval, level, deff, where.
    call : callable, optional
        Instead of `exitline.estimate`: gives the figures by measure, line, by and domain, as
        objects like `exitline.Estimate` or as mappings from some of `WHAT` to numbers.
    """

    data: str
    peer: str
    table: Any
    wanted: tuple[Wanted, ...]
    welfare: str | None = None
    design: Any = field(default_factory=dict)
    lines: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    call: Callable[[], Mapping[Key, Any]] | None = None

    @property
    def replicates(self) -> Any:
        """The design's replicate weights, if any."""
        own = self.design
        return own.get("replicates") if isinstance(own, Mapping) else own.replicates


def number(text: Any) -> float:
    """A reference's number; NaN where R has none.

    Examples
    --------
    >>> number("Inf"), number("1.5")
    (inf, 1.5)
    """
    text = str(text).strip()
    if text in {"", "NA", "NaN", "nan", "None"}:
        return math.nan
    return float(text.replace("Inf", "inf"))


def values(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, float]:
    """The parts of a figure that a line of a reference has.

    Parameters
    ----------
    row : mapping
    names : mapping
        From a part (of `WHAT`) to the column that holds it. An empty cell is no figure; "NaN"
        is one.
    """
    return {w: number(row[c]) for w, c in names.items() if str(row.get(c, "")) != ""}
