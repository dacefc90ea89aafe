"""Lists for public notice from a table of households."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.publish.notices import FIELDS as FIELDS
from exitline.publish.notices import MOST_ROWS, Notice, NoticeError

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.stats.engine.base import Engine


@dataclass(frozen=True)
class NoticePlan:
    """What goes on a list.

    Attributes
    ----------
    columns : dict of str to str
        Field ("village", "reference", "name", "decision", "date"): column of the data.
    posted : date
    objections : str
        Where and how to object.
    title : str
    only : str or None
        Only rows with this decision.
    procedure, step : str or None and str
        Where the days for objections stand.
    days : int or None
        Days for objections, instead of those of the procedure.
    """

    columns: dict[str, str]
    posted: date
    objections: str
    title: str
    only: str | None = None
    procedure: str | None = None
    step: str = "village notice"
    days: int | None = None


def notice(data: Any, plan: NoticePlan, *, engine: str | Engine = "duckdb") -> Notice:
    """Make a list that shows a village, a household, a decision and a date, nothing else.

    Parameters
    ----------
    data : path, pandas, Polars or PyArrow table
        One household per row.
    plan : NoticePlan
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    Notice

    Raises
    ------
    NoticeError
        Where a column or a value shows an id number, a phone, a bank account or health; the
        message never shows the value.

    Examples
    --------
    >>> import pandas as pd
    >>> homes = pd.DataFrame({"v": ["East", "East"], "ref": ["E-1", "E-2"], "phone": [1, 2]})
    >>> plan = NoticePlan({"village": "v", "reference": "ref"}, date(2020, 11, 2),
    ...                   "In writing to the village committee.", "Exits proposed", days=7)
    >>> made = notice(homes, plan)
    >>> made.villages, made.last_day.isoformat()
    ((('East', (('E-1',), ('E-2',))),), '2020-11-09')
    """
    from exitline.proof.disclose.identifiers import kind_of_value
    from exitline.publish.notices import check_columns, check_values
    from exitline.stats.data.source import open_source
    from exitline.stats.data.studies.uses import narrowed, role_uses
    from exitline.stats.engine.session import session

    columns = {name: plan.columns[name] for name in FIELDS if name in plan.columns}
    check_columns(plan.columns)
    for text in (plan.objections, plan.title):
        if kind_of_value(text) in ("id number", "bank account"):
            raise NoticeError(
                "the text of the notice shows an id number or a bank account",
                expected="an office, its address and its telephone", remedy="leave it out",
            )  # fmt: skip
    source = open_source(data).using(role_uses(code=columns.values()))
    source = narrowed(source, columns.values())
    with session(engine) as running:
        table = running.attach(source, "households")
        found = _labelled(_rows(table, columns, plan, running), columns, source.labels)
    check_values(found, columns)
    return Notice(
        plan.title, _villages(found), tuple(name for name in columns if name != "village"),
        plan.posted, _days(plan), plan.objections,
    )  # fmt: skip


def check_endings(outs: Sequence[str | Path]) -> None:
    """Refuse a file that is neither a page nor a table.

    Parameters
    ----------
    outs : sequence of path

    Raises
    ------
    NoticeError
    """
    for path in outs:
        if Path(path).suffix.lower() not in (".html", ".csv"):
            raise NoticeError(
                "there is no such kind of notice", where=str(path), expected=".html or .csv",
                got=Path(path).suffix or "no ending", remedy="for instance notice.html",
            )  # fmt: skip


def write(made: Notice, outs: Sequence[str | Path], language: str = "en") -> None:
    """Write a notice; all files appear whole, or none.

    Parameters
    ----------
    made : Notice
    outs : sequence of path
        Each ends in .html or .csv.
    language : str
        Of the fixed words: one of `exitline.words.catalogue.languages`.
    """
    from exitline.files import whole_files
    from exitline.publish.notices.page import as_csv, render
    from exitline.words import catalogue

    t = catalogue.language(language)

    check_endings(outs)
    with whole_files(*outs) as partials:
        for path, partial in zip(outs, partials, strict=True):
            text = as_csv(made) if str(path).lower().endswith(".csv") else render(made, t)
            partial.write_text(text, encoding="utf-8")


def _rows(table: Any, columns: dict[str, str], plan: NoticePlan, engine: Engine) -> pa.Table:
    """The fields as text, by village; at most as many as people can read."""
    from exitline.stats.data.keys import written
    from exitline.stats.measure.passes.plan import require_usable

    require_usable(columns.values(), table)
    if plan.only is not None and "decision" not in columns:
        raise NoticeError(
            "rows are chosen by their decision, and none is named", got=f"only '{plan.only}'",
            expected="a column of decisions", remedy="name it with --decision",
        )  # fmt: skip
    fields = {name: written(table[column]) for name, column in columns.items()}
    rows = table.select(**fields)
    if plan.only is not None:
        rows = rows.filter(rows["decision"] == plan.only)
    found = engine.run(rows.order_by(list(fields)).limit(MOST_ROWS + 1))
    if not 0 < found.num_rows <= MOST_ROWS:
        raise NoticeError(
            "there is nobody to list" if not found.num_rows else "the list is too long",
            expected=f"1 to {MOST_ROWS:,} households", got=f"{min(found.num_rows, MOST_ROWS):,}"
            + (" or more" if found.num_rows else ""),
            remedy="make one list for each township" if found.num_rows else "see --only",
        )  # fmt: skip
    return found


def _labelled(
    found: pa.Table, columns: Mapping[str, str], labels: Mapping[str, Mapping[Any, str]]
) -> pa.Table:
    """The fields with the names that the file gives to their values; equal ones stay apart."""
    import pyarrow.compute as pc

    from exitline.stats.infer.intake.naming import shown_names

    for position, name in enumerate(found.column_names):
        known = labels.get(columns[name], {})
        values = [v for v in pc.unique(found.column(name)).to_pylist() if v is not None]
        if known and values:
            names = dict(zip(values, shown_names(values, known), strict=True))
            shown = [names.get(v) for v in found.column(name).to_pylist()]
            found = found.set_column(position, name, [shown])
    return found


def _villages(found: pa.Table) -> tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]:
    """Rows under their village."""
    rows = zip(*(column.to_pylist() for column in found.columns), strict=True)
    return tuple(
        (village, tuple(tuple(text or "" for text in row[1:]) for row in group))
        for village, group in groupby(rows, key=lambda row: row[0])
    )


def _days(plan: NoticePlan) -> int | None:
    """Days for objections: those given, else the longest wait after the procedure's step."""
    from exitline.errors import nearest
    from exitline.exits.register.procedures.loading import load_procedure

    if plan.days is not None or plan.procedure is None:
        return plan.days
    path = Path(plan.procedure)
    procedure = load_procedure(path if path.suffix in (".yaml", ".yml") else plan.procedure)
    if plan.step not in procedure.steps:
        raise NoticeError(
            f"the procedure has no step '{plan.step}'", where=procedure.name,
            expected="one of " + ", ".join(procedure.steps), got=plan.step,
            remedy=nearest(plan.step, procedure.steps) or "name it with --step",
        )  # fmt: skip
    waits = [w.days for s in procedure.steps.values() for w in s.waits if w.step == plan.step]
    return max(waits, default=None)
