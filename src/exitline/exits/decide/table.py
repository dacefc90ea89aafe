"""Decisions as one table: every unit, every criterion, and the overall outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "level", "unit", "parent", "criterion", "outcome", "value", "low", "high", "threshold",
    "comparison", "confidence", "evidence", "n", "population", "needed", "error_probability",
    "reason",
)  # fmt: skip
TEXTS = frozenset(
    ("level", "unit", "parent", "criterion", "outcome", "comparison", "evidence", "reason")
)


@dataclass(frozen=True)
class Decision:
    """One unit checked against one criterion, or against all ("" as criterion).

    Attributes
    ----------
    level : {"household", "village", "county"}
    unit, parent : str
        The unit, and the county it lies in ("" where none is named).
    criterion : str
        "" for the overall outcome.
    outcome : {"met", "not met", "cannot tell"}
    value, low, high : float
        The observed share and its one-sided bounds; NaN where there is none.
    threshold : float
    comparison : str
    confidence : float
        NaN for a census.
    evidence : {"full count", "sample", "model", "none", ""}
    n : float
        Households looked at.
    population : float
        Households in the unit.
    needed : float
        Households more that would settle it; NaN where it is settled or none would.
    error_probability : float
        Probability of evidence this favourable if the true value were at the threshold.
    reason : str
    """

    level: str
    unit: str
    parent: str
    criterion: str
    outcome: str
    value: float
    low: float
    high: float
    threshold: float
    comparison: str
    confidence: float
    evidence: str
    n: float
    population: float
    needed: float
    error_probability: float
    reason: str


@dataclass(frozen=True)
class Decisions(ShownResult):
    """A table of decisions, column by column, in the order of `COLUMNS`.

    Attributes
    ----------
    columns : dict of str to list
    codes : mapping of level to mapping of unit to code
        What the data call each unit, where that is not its shown name alone.
    """

    columns: dict[str, list[Any]] = field(default_factory=lambda: {c: [] for c in COLUMNS})
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.columns["level"])

    def __iter__(self) -> Iterator[Decision]:
        for row in zip(*(self.columns[c] for c in COLUMNS), strict=True):
            yield Decision(*row)

    def __add__(self, other: Decisions) -> Decisions:
        return Decisions(
            {c: [*self.columns[c], *other.columns[c]] for c in COLUMNS},
            {**self.codes, **other.codes},
        )

    def to_pandas(self, *, code: bool = False) -> pd.DataFrame:
        """The table with one row per unit and criterion.

        Parameters
        ----------
        code : bool
            Add `unit_code` and `parent_code`: unit and county as the data write them.
        """
        import pandas as pd

        table = pd.DataFrame(self.columns, columns=list(COLUMNS))
        table = table.astype({c: "str" if c in TEXTS else "float64" for c in COLUMNS})
        if not code:
            return table
        levels, counties = self.columns["level"], self.codes.get("county", {})
        units = zip(levels, self.columns["unit"], strict=True)
        table["unit_code"] = [self.codes.get(level, {}).get(name, name) for level, name in units]
        table["parent_code"] = [counties.get(name, name) for name in self.columns["parent"]]
        return table.astype({"unit_code": "str", "parent_code": "str"})

    def counts(self, level: str, criterion: str = "") -> dict[str, int]:
        """Units by outcome, at one level and criterion.

        Examples
        --------
        >>> Decisions().counts("village")
        {'met': 0, 'not met': 0, 'cannot tell': 0}
        """
        wanted = [
            o
            for lv, c, o in zip(
                self.columns["level"],
                self.columns["criterion"],
                self.columns["outcome"],
                strict=True,
            )
            if lv == level and c == criterion
        ]
        return {o: wanted.count(o) for o in ("met", "not met", "cannot tell")}


def rows_of(level: str, units: list[str], parents: list[str], **columns: Any) -> Decisions:
    """Decisions of one criterion over units; scalars are repeated.

    Parameters
    ----------
    level : str
    units, parents : list of str
    **columns
        The remaining columns: arrays or lists of the same length, or scalars.
    """
    full: dict[str, Any] = {"level": level, "unit": units, "parent": parents, **columns}
    size = len(units)
    return Decisions({c: _as_list(full[c], size) for c in COLUMNS})


def _as_list(value: Any, size: int) -> list[Any]:
    if isinstance(value, np.ndarray):
        result: list[Any] = value.tolist()
        return result
    return list(value) if isinstance(value, list) else [value] * size
