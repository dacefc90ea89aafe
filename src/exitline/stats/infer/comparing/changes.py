"""Changes of figures, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from exitline.errors import MeasureError, nearest
from exitline.stats.infer.blocks import FURTHER
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Change:
    """One figure's change.

    Attributes
    ----------
    measure, line, by, domain : str
        As in an `Estimate`.
    kind : str
        "absolute" (after - before), "relative" (after / before - 1), "annual" (absolute, by
        year) or "annual relative" ((after / before)^(1 / years) - 1).
    before, after : float
        The two figures.
    estimate, se, ci_low, ci_high, level, df, p : float
        Of the change; p against none.
    n_before, n_after : int
        Households that the figures rest on.
    reason : str
        Why the change or its standard error is missing; "" otherwise.
    more : mapping of str to (str or float)
        What else tells the figure from others: its indicator, its cut-off k.
    """

    measure: str
    line: str
    by: str
    domain: str
    kind: str
    before: float
    after: float
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    level: float
    df: float
    p: float
    n_before: int
    n_after: int
    reason: str
    more: Mapping[str, str | float] = field(default_factory=dict)


@dataclass(frozen=True)
class Changes(ShownResult):
    """A table of changes.

    Attributes
    ----------
    rows : tuple of Change
    shared : int
        PSUs that both samples have.
    notes : tuple of str
        What a reader must know.
    """

    rows: tuple[Change, ...]
    shared: int
    notes: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Change]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def to_pandas(self) -> pd.DataFrame:
        """The table, one row for each figure and kind of change."""
        import pandas as pd

        names = [name for name in Change.__dataclass_fields__ if name != "more"]
        found = {name: [getattr(row, name) for row in self.rows] for name in names}
        found |= {
            name: [row.more.get(name, FURTHER[name]) for row in self.rows] for name in self.further
        }
        return pd.DataFrame(found)

    @property
    def further(self) -> tuple[str, ...]:
        """Columns that tell measures apart: indicator, dimension, k, where there are any."""
        return tuple(dict.fromkeys(name for row in self.rows for name in row.more))

    def find(self, **selector: Any) -> Change:
        """The one change with these values of measure, line, by, domain and kind (and indicator).

        Raises
        ------
        MeasureError
            When none or several fit.
        """
        wanted = {name: "" if value is None else str(value) for name, value in selector.items()}
        own = list(Change.__dataclass_fields__)[:5]
        unknown = set(wanted) - {*own, *self.further}
        hits = [] if unknown else [
            row for row in self.rows
            if all(str(getattr(row, k) if k in own else row.more.get(k, "")) == v
                   for k, v in wanted.items())
        ]  # fmt: skip
        if len(hits) != 1:
            known = {x for r in self.rows for x in (r.measure, r.line, r.by, r.domain, r.kind)}
            hints = (nearest(value, known) for value in wanted.values())
            raise MeasureError(
                "no single change fits the selection",
                expected="values of measure, line, by, domain and kind that name one change",
                got=f"{selector}, which fits {len(hits)}",
                remedy=next((hint for hint in hints if hint), "") or "name more of them",
            )
        return hits[0]
