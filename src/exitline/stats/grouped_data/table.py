"""Figures of many distributions: one table, with what was published beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import nan
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import DataError, Faults, MeasureError
from exitline.stats.grouped_data.grouped import Grouped, GroupedFigure
from exitline.stats.grouped_data.measures import GroupedMeasure, asked, figure_of
from exitline.stats.grouped_data.notes import Note
from exitline.stats.grouped_data.pooled import Pooled
from exitline.stats.infer.intake.cells import label_of
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd


_SAID = 3


@dataclass(frozen=True, eq=False)
class GroupedDistribution:
    """One distribution of a file.

    Attributes
    ----------
    key : tuple of str
        The values of the domain columns.
    grouped : Grouped
    lines : tuple of float
        Its lines.
    official : tuple of float
        What was published at each line; NaN where nothing was.
    weight : float
        People it stands for; NaN where that is not known.
    """

    key: tuple[str, ...]
    grouped: Grouped
    lines: tuple[float, ...] = ()
    official: tuple[float, ...] = ()
    weight: float = nan


@dataclass(frozen=True)
class Pool:
    """Domains that are taken together.

    Attributes
    ----------
    column : str
        The domain column over which they are.
    name : str
        What all together is called in it.
    official : mapping
        What was published of all together, by the other values of the key, at each line.
    """

    column: str
    name: str = "all"
    official: Mapping[tuple[str, ...], tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class GroupedRow:
    """One figure of one domain, and what was published."""

    by: str
    domain: str
    figure: GroupedFigure
    official: float = nan


@dataclass(frozen=True, eq=False)
class GroupedTable(ShownResult):
    """Figures from grouped data, in the order of domains, measures, lines and curves.

    Attributes
    ----------
    rows : tuple of GroupedRow
    distributions : tuple of GroupedDistribution
        The data with their fits, for a closer look.
    excluded : tuple of str
        Distributions that were left out because a number is missing.
    """

    rows: tuple[GroupedRow, ...]
    distributions: tuple[GroupedDistribution, ...]
    excluded: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[GroupedRow]:
        return iter(self.rows)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, and what was done to data before anything was fitted."""
        found = []
        if self.excluded:
            found.append(f"left out, a number is missing: {_some(self.excluded)}")
        done: dict[str, list[str]] = {}
        for one in self.distributions:
            for note in one.grouped.points.notes:
                done.setdefault(note.kind, []).append(
                    f"{label_of(one.key) or 'all'}{note.detail and ': ' + note.detail}"
                )
        return (*found, *(f"{kind} ({_some(places)})" for kind, places in done.items()))

    def to_pandas(self) -> pd.DataFrame:
        """The table: `by`, `domain`, `measure`, `line`, `curve`, `estimate`, `valid`, `note`; and
        `official`, `difference` where anything was published."""
        import pandas as pd

        found = pd.DataFrame(
            {"by": r.by, "domain": r.domain, **r.figure.row(), "official": r.official}
            for r in self.rows
        )
        if not len(found) or found["official"].isna().all():
            return found.drop(columns="official", errors="ignore")
        return found.assign(difference=found["estimate"] - found["official"])

    def goodness(self) -> pd.DataFrame:
        """How well each curve fits each distribution: parameters, errors, validity, reasons."""
        import pandas as pd

        return pd.concat(
            [d.grouped.goodness().assign(domain=label_of(d.key)) for d in self.distributions],
            ignore_index=True,
        )


def _some(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - _SAID
    return "; ".join(names[:_SAID]) + (f" and {more:,} more" if more > 0 else "")


def table_of(
    distributions: Sequence[GroupedDistribution],
    measures: Sequence[str],
    *,
    by: Sequence[str],
    curves: Sequence[str] = ("best",),
    pool: Pool | None = None,
) -> GroupedTable:
    """Figures of each distribution, and of those that are pooled.

    Parameters
    ----------
    distributions : sequence of GroupedDistribution
    measures : sequence of str
    by : sequence of str
        Names of the domain columns.
    curves : sequence of str
        Among those fitted, and "best".
    pool : Pool, optional

    Returns
    -------
    GroupedTable
    """
    wanted = [asked(m) for m in measures]
    if wanted:
        _check_official(distributions, wanted)
    if any(w.needs_line for w in wanted) and not all(d.lines for d in distributions):
        raise MeasureError("measures of poverty need a poverty line", remedy="give a line")
    named = ", ".join(by)
    rows = [
        GroupedRow(named, label_of(d.key), figure, official)
        for d in distributions
        for figure, official in _figures(d, wanted, curves)
    ]
    if pool is not None:
        rows += list(_pooled(distributions, wanted, by, curves, pool))
    return GroupedTable(tuple(rows), tuple(distributions))


def _check_official(
    distributions: Sequence[GroupedDistribution], wanted: Sequence[GroupedMeasure]
) -> None:
    """What was published of the first measure: one figure for each line, or one."""
    for d in distributions:
        expected = len(d.lines) if wanted[0].needs_line else 1
        if d.official and len(d.official) != expected:
            raise MeasureError(
                "columns of what was published do not fit the first measure",
                expected=f"{expected}: " + ("one for each line" if wanted[0].needs_line else "one"),
                got=str(len(d.official)),
                remedy="name them in the order of the lines",
            )


def _figures(
    one: GroupedDistribution, wanted: Sequence[GroupedMeasure], curves: Sequence[str]
) -> Iterator[tuple[GroupedFigure, float]]:
    """Figures of one distribution; what was published belongs to the first measure."""
    for what in wanted:
        for i, line in enumerate(one.lines) if what.needs_line else ((0, None),):
            for curve in curves:
                official = one.official[i] if what is wanted[0] and one.official else nan
                yield one.grouped.figure(what, line, curve), official


def _pooled(
    distributions: Sequence[GroupedDistribution],
    wanted: Sequence[GroupedMeasure],
    by: Sequence[str],
    curves: Sequence[str],
    pool: Pool,
) -> Iterator[GroupedRow]:
    """Figures of domains taken together."""
    at = _place(by, pool)
    together: dict[tuple[str, ...], list[GroupedDistribution]] = {}
    for d in distributions:
        together.setdefault(d.key[:at] + d.key[at + 1 :], []).append(d)
    faults = Faults()
    for key, members in together.items():
        with faults.kept():
            _check_members(key, members)
    faults.raise_all()
    for key, members in together.items():
        label = label_of((*key[:at], pool.name, *key[at:]))
        published = pool.official.get(key, ())
        for what in wanted:
            for i, line in enumerate(members[0].lines) if what.needs_line else ((0, None),):
                for curve in curves:
                    official = published[i] if what is wanted[0] and published else nan
                    found = pooled_figure(members, what, line, curve)
                    yield GroupedRow(", ".join(by), label, found, official)


def _place(by: Sequence[str], pool: Pool) -> int:
    if pool.column not in by:
        raise MeasureError(
            f"'{pool.column}' is no domain column, so nothing can be pooled over it",
            expected="one of " + (", ".join(by) or "none"),
            remedy="name it in by, too",
        )
    return list(by).index(pool.column)


def _check_members(key: tuple[str, ...], members: Sequence[GroupedDistribution]) -> None:
    """Pooling needs people, means and one set of lines."""
    where = label_of(key) or "all"
    if any(not d.weight > 0 for d in members):
        raise DataError("a pooled distribution stands for an unknown number of people",
                        where=where, expected="a positive weight",
                        remedy="name the column with the number of people as weight")  # fmt: skip
    if any(f.mean != f.mean for d in members for f in d.grouped.fits.values()):
        raise DataError("a pooled distribution has no mean", where=where,
                        remedy="give the mean of each")  # fmt: skip
    if len({d.lines for d in members}) > 1:
        raise DataError("pooled distributions have different lines", where=where,
                        expected="the same lines in each",
                        remedy="give amounts in one price base and one line")  # fmt: skip


def pooled_figure(
    members: Sequence[GroupedDistribution], what: GroupedMeasure, line: float | None, curve: str
) -> GroupedFigure:
    """One figure of several distributions together.

    Parameters
    ----------
    members : sequence of GroupedDistribution
    what : GroupedMeasure
    line : float or None
    curve : str
        Of each member; "best" is each member's own.

    Returns
    -------
    GroupedFigure
    """
    fits = [d.grouped.fit(curve, line) for d in members]
    people = np.array([d.weight for d in members])
    share = people / people.sum()
    mean = float(share @ np.array([fit.mean for fit in fits]))
    together = Pooled(
        tuple((float(w), fit.curve, fit.mean / mean) for w, fit in zip(share, fits, strict=True))
    )
    found = figure_of(together, mean, what, line)
    notes = ((Note(found.reason),) if found.reason else ()) + tuple(
        Note(note.kind, f"{label_of(d.key)}, {note.detail}")
        for d, fit in zip(members, fits, strict=True)
        for note in fit.notes(line)
    )
    names = dict.fromkeys(fit.name for fit in fits)
    return GroupedFigure(
        what.name, nan if line is None else line, " + ".join(names), found.value,
        all(fit.valid for fit in fits), notes,
    )  # fmt: skip
