"""Figures of all domains of a set, and a table of them that still knows its linearisation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import MeasureError, nearest
from exitline.stats.infer import intervals
from exitline.stats.infer.intake.codes import as_text
from exitline.stats.infer.shown import ShownFigures

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from exitline.arrays import Floats
    from exitline.stats.infer.designs.variance import AtLine, Variance
    from exitline.stats.infer.intake.cells import Rows
    from exitline.stats.infer.intake.nesting import Nest


COLUMNS = (
    "measure", "line", "by", "domain", "estimate", "se", "ci_low", "ci_high", "level", "df", "n",
    "population",
)  # fmt: skip
"""Column names of every table of estimates; part of the contract."""


FURTHER: Mapping[str, str | float] = {"indicator": "", "dimension": "", "k": float("nan")}
"""Columns of measures that have them, and what stands there for those that have not."""


@dataclass(frozen=True)
class Estimate:
    """One number and how sure it is.

    Attributes
    ----------
    measure, line, by, domain : str
        What was estimated, at which line, for which domain columns ("" for all) and value.
    estimate, se, ci_low, ci_high : float
        NaN where it cannot be computed; `reason` then says why.
    level : float
        Two-sided confidence of the interval.
    df : float
        Design degrees of freedom (PSUs minus strata with members of the domain).
    n : int
        Households the estimate rests on.
    population : float
        Persons (or households) it speaks for.
    deff : float
        Design effect, NaN unless asked for.
    reason : str
        Why a figure is missing; "" otherwise.
    p : float
        Of a difference: two-sided p-value against zero; NaN otherwise.
    more : mapping of str to (str or float)
        What else tells the figure from others: its indicator, its cut-off k.
    """

    measure: str
    line: str
    by: str
    domain: str
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    level: float
    df: float
    n: int
    population: float
    deff: float = float("nan")
    reason: str = ""
    p: float = float("nan")
    more: Mapping[str, str | float] = field(default_factory=dict)

    @property
    def cv(self) -> float:
        """Coefficient of variation: se / |estimate|; NaN where the estimate is zero."""
        return self.se / abs(self.estimate) if self.estimate else float("nan")


@dataclass(frozen=True)
class Block:
    """All domains of one set for one measure at one line.

    `influence` holds the weighted influence of each row of `rows` at a fixed line, shape
    (rows,); `at_line` what a relative line adds, `slope` how the figure moves with such a line.
    `additive`: areas are parts of the figure of all together (numbers of persons, sums of
    money). `share`: the figure lies between 0 and 1.
    `terms`: columns of `rows.sums` that the measure is a function of. `more`: further columns
    that tell it from other blocks, such as its indicator. `effect`: the design effect against
    draws with replacement, which the scale of the weights does not touch. `unit`, `label`: what
    the figure is in, and what it is called, in the words of whom it refers to.
    """

    measure: str
    line: str
    by: str
    rows: Rows
    estimate: Floats
    se: Floats
    bounds: intervals.Bounds
    df: Floats
    n: NDArray[np.int64]
    population: Floats
    influence: Floats
    at_line: AtLine | None
    deff: Floats
    reason: tuple[str, ...]
    additive: bool = False
    share: bool = False
    terms: tuple[int, ...] = ()
    more: tuple[tuple[str, str | float], ...] = ()
    slope: Floats | None = None
    effect: Floats | None = None
    unit: str = ""
    label: str = ""

    def unknown(self, i: int) -> str:
        """Why a figure or its standard error is missing; "" where at most its interval is.

        What is made of several figures needs their standard errors, and has degrees of freedom
        of its own.
        """
        return self.reason[i] if np.isnan(self.estimate[i] + self.se[i]) else ""

    def at(self, i: int, level: float) -> Estimate:
        """The record of domain `i`."""
        return Estimate(
            self.measure, self.line, self.by, self.rows.labels[i],
            float(self.estimate[i]), float(self.se[i]),
            float(self.bounds.low[i]), float(self.bounds.high[i]),
            level, float(self.df[i]), int(self.n[i]), float(self.population[i]),
            float(self.deff[i]), self.reason[i], more=dict(self.more),
        )  # fmt: skip


def _wanted(
    selector: Mapping[str, Any], further: tuple[str, ...]
) -> tuple[dict[str, str], dict[str, str]]:
    """What a selection asks of measure, line, by and domain; and of the columns of areas."""
    wanted = {k: _as_shown(v) for k, v in selector.items()}
    named = {k: v for k, v in wanted.items() if k in (*COLUMNS[:4], *further)}
    return named, {k: v for k, v in wanted.items() if k not in named}


def _fitting(
    block: Block, named: Mapping[str, str], areas: Mapping[str, str], *, coded: bool = False
) -> list[tuple[Block, int]]:
    """The areas of a block that fit a selection, by name or by the values of their columns:
    by those that are shown, or else by the codes that the data hold."""
    own = {"measure": block.measure, "line": block.line, "by": block.by}
    own |= {name: _as_shown(value) for name, value in block.more}
    if any(own.get(key, "") != value for key, value in named.items() if key != "domain"):
        return []
    columns = block.by.split(", ") if block.by else []
    if areas and set(areas) != set(columns):
        return []
    wanted = tuple(areas[column] for column in columns) if areas else None
    names, keys = (
        (block.rows.code_labels, block.rows.codes)
        if coded
        else (block.rows.labels, block.rows.keys)
    )
    return [
        (block, i)
        for i, (label, key) in enumerate(zip(names, keys, strict=True))
        if named.get("domain", label) == label and wanted in (None, key)
    ]


def _as_shown(value: Any) -> str:
    """What a selection names, as results show it; text is what a result shows already."""
    if value is None:
        return ""
    return value if isinstance(value, str) else as_text(value)


def coefficient_of_variation(se: Floats, estimate: Floats) -> Floats:
    """se / |estimate|; NaN where the estimate is zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(estimate == 0, np.nan, se / np.abs(estimate)))


def _values(block: Block, name: str, level: float) -> Any:
    """One column of a block."""
    size = block.rows.size
    arrays: dict[str, Any] = {
        "domain": np.array(block.rows.labels, dtype=object),
        "code": np.array(block.rows.code_labels, dtype=object),
        "ci_low": block.bounds.low,
        "ci_high": block.bounds.high,
        "level": np.full(size, level),
        "cv": coefficient_of_variation(block.se, block.estimate),
        "reason": np.array(block.reason, dtype=object),
    }
    if name in {"measure", "line", "by"}:
        return np.full(size, getattr(block, name), dtype=object)
    if name in FURTHER:
        value = dict(block.more).get(name, FURTHER[name])
        return np.full(size, value, dtype=object if isinstance(value, str) else float)
    return arrays[name] if name in arrays else getattr(block, name)


@dataclass(frozen=True)
class Figures(ShownFigures):
    """A table of estimates that still knows its linearisation.

    Attributes
    ----------
    blocks : tuple of Block
    variance : Variance
        Where standard errors come from.
    level : float
        Confidence of the intervals.
    notes : tuple of str
        What a reader must know: rows left out, domains without an interval.
    excluded : mapping of str to int
        Households left out, by reason.
    nests : tuple of Nest
        Which sets of areas lie within which.
    also : tuple of str
        "deff", "cv": what tables have beside the contract's columns.
    """

    blocks: tuple[Block, ...]
    variance: Variance
    level: float
    notes: tuple[str, ...] = ()
    excluded: Mapping[str, int] = field(default_factory=dict)
    nests: tuple[Nest, ...] = ()
    also: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Estimate]:
        for block in self.blocks:
            for i in range(block.rows.size):
                yield block.at(i, self.level)

    def __len__(self) -> int:
        return sum(block.rows.size for block in self.blocks)

    def to_pandas(
        self,
        *,
        deff: bool | None = None,
        cv: bool | None = None,
        reason: bool | None = None,
        code: bool = False,
    ) -> pd.DataFrame:
        """The table with the contract's columns.

        Parameters
        ----------
        deff, cv : bool, optional
            Add the design effect, and the coefficient of variation (se / estimate); those of
            `also` unless given.
        reason : bool, optional
            Add the reason why a figure, its error or its interval is missing; where any is, unless
            given.
        code : bool
            Add the domain as the data write it: the codes of values that are shown by labels.

        Returns
        -------
        pandas.DataFrame
            Columns measure, line, by, domain, estimate, se, ci_low, ci_high, level, df, n,
            population; and indicator, dimension, k where measures have any.
        """
        import pandas as pd

        if reason is None:
            reason = any(any(block.reason) for block in self.blocks)
        also = {
            "deff": "deff" in self.also if deff is None else deff,
            "cv": "cv" in self.also if cv is None else cv, "reason": reason, "code": code,
        }  # fmt: skip
        names = [*COLUMNS, *self.further, *(name for name, wanted in also.items() if wanted)]
        return pd.DataFrame({name: self._column(name) for name in names})

    @property
    def further(self) -> tuple[str, ...]:
        """Columns beside the contract's that tell measures apart: indicator, dimension, k."""
        there = {name for block in self.blocks for name, _ in block.more}
        return tuple(name for name in FURTHER if name in there)

    def _column(self, name: str) -> Any:
        """One column of the table, concatenated over blocks; `code` is the domain as written."""
        parts = [_values(block, name, self.level) for block in self.blocks]
        return np.concatenate(parts) if parts else np.array([])

    def find(self, **selector: Any) -> Estimate:
        """The one estimate with these values of measure, line, by and domain (and indicator, k).

        Areas are also found by the values of their columns: ``find(region="Tirana", year=2017)``.
        Values are compared as they are written, so numbers may be given as numbers; None is "".
        An area whose values have labels is found by what is shown, or by its code.

        Raises
        ------
        MeasureError
            When none or several fit.

        Examples
        --------
        >>> import pandas as pd, exitline as xl
        >>> homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 9.0], "year": [2016, 2016, 2017, 2017]})
        >>> xl.estimate(homes, "mean", welfare="y", by="year").find(year=2017).estimate
        6.0
        """
        block, i = self._locate(selector)
        return block.at(i, self.level)

    def _locate(self, selector: Mapping[str, Any]) -> tuple[Block, int]:
        """Block and domain index of the one estimate that fits."""
        named, areas = _wanted(selector, self.further)
        hits = [hit for block in self.blocks for hit in _fitting(block, named, areas)]
        hits = hits or [
            hit for block in self.blocks for hit in _fitting(block, named, areas, coded=True)
        ]
        if len(hits) != 1:
            known = {label for block in self.blocks for label in block.rows.labels}
            known |= {column for block in self.blocks for column in block.by.split(", ")}
            typed = [named.get("domain", ""), *areas, *areas.values()]
            raise MeasureError(
                "no single estimate fits the selection",
                expected="values of measure, line, by and domain, or of the columns of areas, "
                "that name one estimate",
                got=f"{dict(selector)}, which fits {len(hits)}",
                remedy=next((hint for t in typed if (hint := nearest(t, known))), "")
                or "name more of them",
            )
        return hits[0]

    def _fitting_all(self, selector: Mapping[str, Any]) -> list[tuple[Block, int]]:
        """Every figure that fits a selection; at least one."""
        named, areas = _wanted(selector, self.further)
        hits = [hit for block in self.blocks for hit in _fitting(block, named, areas)]
        return hits or [self._locate(selector)]
