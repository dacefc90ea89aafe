"""A table of households or persons that can be published, written where it is asked for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from exitline.errors import ExitlineError
from exitline.words.catalogue import ENGLISH, Language
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd

    from exitline.publish.tables.build import Protected
    from exitline.publish.tables.content import SafeTable
    from exitline.publish.tables.write.wide import Wide
    from exitline.stats.engine.base import Engine
    from exitline.words.shown.charts import Drawing
    from exitline.words.shown.table import ReadableTable

COUNTED = {
    "households": ("households",), "persons": ("persons",), "both": ("households", "persons"),
}  # fmt: skip
"""What can be counted: the figures of a table."""


@dataclass(frozen=True)
class PublishedTable(ShownResult):
    """A protected table, and the files that were written.

    Attributes
    ----------
    made : Protected
        `table` can be published; `audits` are the producer's own.
    written : tuple of Path
    """

    made: Protected
    written: tuple[Path, ...] = ()

    def to_pandas(self) -> pd.DataFrame:
        """One row for each cell; figures are missing where `suppressed` is true."""
        table = self.made.table
        frame = table.long()
        return frame.assign(suppressed=frame[table.figures[0].name].isna())

    def readable(self) -> ReadableTable:
        """Areas down, categories across, intervals beside their figures; what is hidden is said."""
        from exitline.words.shown.table import ReadableTable

        table = self.made.table
        laid, hidden = laid_out(table)
        heads = [", ".join(text for text in head if text) for head in laid.heads]
        rows = tuple(
            (name, *(laid.both(row, i, hidden) for i in range(len(heads))))
            for row, name in enumerate(laid.stub)
        )
        first = " / ".join(table.heading(name) for name in table.sides[0].names)
        notes = tuple(f"{name}: {text}" for name, text in table.facts.lines())
        right = frozenset(range(1, len(heads) + 1))
        return ReadableTable(str(table.facts.title), (first, *heads), rows, right, notes)

    def save(self, path: str | Path) -> Path:
        """Write the table; the ending says as what.

        Parameters
        ----------
        path : path
            As for every result; .csv, .html, .xlsx and .sdmx.csv are those of `table(..., outs=)`.

        Returns
        -------
        Path
        """
        from exitline.publish.tables.write import ending, write

        try:
            ending(path)
        except ExitlineError:
            return super().save(path)
        write(self.made.table, [Path(path)])
        return Path(path)

    def plot(self) -> Drawing:
        """The main figure with its intervals, drawn (extra ``plots``)."""
        from exitline.words.shown import charts

        figure, frame = self.made.table.figures[0], self.to_pandas()
        ends = {name: frame.get(f"{figure.name}_{end}", math.nan)
                for name, end in (("ci_low", "low"), ("ci_high", "high"))}  # fmt: skip
        named = frame[list(self.made.table.names)]
        drawn = named.assign(estimate=frame[figure.name], **ends).dropna(subset="estimate")
        return charts.of_frame(drawn, str(self.made.table.facts.title))


def table(
    source: str | Path,
    *,
    rows: str | Sequence[str],
    columns: str | Sequence[str] = (),
    count: Literal["households", "persons", "both"] | None = None,
    percent: bool = False,
    unweighted: bool = False,
    min_count: float = 10,
    share: float = 0.1,
    group_disclosure: bool = False,
    round: int | None = None,
    largest: int = 100_000,
    outs: Sequence[str | Path] = (),
    audit: str | Path | None = None,
    title: str | None = None,
    year: str | None = None,
    origin: str | None = None,
    licence: str | None = None,
    dataflow: str = "",
    weight: str | None = None,
    size: str | None = None,
    welfare: str | None = None,
    line: float | None = None,
    language: str = "en",
    engine: str | Engine = "duckdb",
    reading: Mapping[str, Any] | None = None,
) -> PublishedTable:
    """Count, protect, audit and write a table that can be published.

    Small counts are suppressed, and as many other cells as it takes that nobody can work
    them out from the totals; linear programmes check it.

    Parameters
    ----------
    source : path
        A study file, the folder of a run of a census, or a data file.
    rows : str or sequence of str
        Area columns, top level first.
    columns : str or sequence of str
        Categories: outcome, poor, a criterion, any column; crossed.
    count : {"households", "persons", "both"}, optional
        Households, unless a row is a person.
    percent, unweighted : bool
        Also each cell as a share of its row; count rows although there are weights.
    min_count, share : float
        Cells of fewer rows of data are suppressed; least half-width of a protection interval,
        as a share of the cell.
    group_disclosure : bool
        Also protect zeros that tell about everyone in a row.
    round : int, optional
        Round every cell to multiples of this instead of suppressing.
    largest : int
        Refuse tables of more cells.
    outs : sequence of path
        Files to write: .html, .xlsx, .csv or .sdmx.csv.
    audit : path, optional
        Where what can be inferred is written, .json or .csv; not for publication.
    title, year, origin, licence, dataflow : str
        What the table says of itself; `dataflow` for SDMX.
    weight, size, welfare : str, optional
        Columns of a data file.
    line : float, optional
        For a data file: poor are those below it.
    language : {"en", "es", "fr", "zh"}
        Of .html and .xlsx; .csv and SDMX are in English.
    engine : {"duckdb", "spark"} or Engine
    reading : mapping, optional
        Options of the reader of a data file, as `exitline.open_source` takes them.

    Returns
    -------
    PublishedTable

    Raises
    ------
    ExitlineError
        For whatever cannot be used; then nothing was written.

    Examples
    --------
    >>> import exitline as xl
    >>> found = xl.table("examples/albania-2012/study.yaml", rows="prefectu", columns="poor")
    >>> found.made.table.suppressed, found.made.audits["households"].audit.passed
    (0, True)
    """
    from exitline.api.releases.counted import Layout
    from exitline.api.releases.tables import safe_table
    from exitline.publish.tables.build import ProtectionRule
    from exitline.publish.tables.record import audit_file
    from exitline.publish.tables.write import write
    from exitline.words import catalogue

    _check_paths(outs, audit)
    layout = Layout(
        _names(rows), _names(columns), COUNTED[count] if count else (), not unweighted, percent
    )
    rule = ProtectionRule(min_count, share, group_disclosure, round, largest)
    made = safe_table(
        source, layout, rule, weight=weight, size=size,
        welfare=welfare, line=line, engine=engine, reading=reading,
        facts={"title": title, "year": year, "licence": licence, "source": origin},
    )  # fmt: skip
    own = audit_file(made, audit) if audit else {}
    return PublishedTable(made, tuple(write(
        made.table, outs, dataflow=dataflow, private=own, t=catalogue.language(language)
    )))  # fmt: skip


def _names(given: str | Sequence[str]) -> tuple[str, ...]:
    """One name, or several."""
    return (given,) if isinstance(given, str) else tuple(given)


def _check_paths(outs: Sequence[str | Path], audit: str | Path | None) -> None:
    """Endings are known and folders are there, before anything is counted."""
    from exitline.folders import check_folder
    from exitline.publish.tables.record import check_audit_name
    from exitline.publish.tables.write import ending

    for path in outs:
        ending(path)
        check_folder(path)
    check_audit_name(audit, outs)
    if audit:
        check_folder(audit)


def laid_out(found: SafeTable, t: Language = ENGLISH) -> tuple[Wide, str]:
    """A table as rows and columns of text, and the sign of a suppressed cell.

    Parameters
    ----------
    found : SafeTable
    t : Language
        The reader's.

    Returns
    -------
    tuple of Wide and str
    """
    from exitline.publish.tables.write.wide import wide

    return wide(found, t), t("suppressed")
