"""Notices and releases of micro data, asked for by keywords as the commands ask."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.api.releases import notice as notices
from exitline.api.releases import release as releases

if TYPE_CHECKING:
    from exitline.proof.disclose.release import ReleaseReport
    from exitline.publish.notices import Notice
    from exitline.stats.engine.base import Engine


def notice(
    data: Any,
    *,
    village: str,
    title: str,
    objections: str,
    posted: datetime.date,
    reference: str | None = None,
    name: str | None = None,
    decision: str | None = None,
    date: str | None = None,
    only: str | None = None,
    procedure: str | None = None,
    step: str = "village notice",
    days: int | None = None,
    out: Sequence[str | Path] = (),
    language: str = "en",
    engine: str | Engine = "duckdb",
) -> Notice:
    """Lists of households for public notice, one for each village.

    Parameters
    ----------
    data : path, pandas, Polars or PyArrow table
        One household per row.
    village, reference, name, decision, date : str
        Columns that are shown; no other can be.
    title : str
        What the notice is about.
    objections : str
        Where and how to object.
    posted : datetime.date
        Day on which the list goes up.
    only : str, optional
        Only households with this decision.
    procedure, step : str
        A procedure whose days for objections count, and the notice among its steps.
    days : int, optional
        Days for objections, instead.
    out : sequence of path
        Files to write: .html or .csv.
    language : str
        Of the files.
    engine : str or Engine
        A name of `exitline.stats.engine.ENGINES`.

    Returns
    -------
    Notice

    Raises
    ------
    NoticeError
        Where a column or a value shows an id number, a phone, a bank account or health.

    Examples
    --------
    >>> import pandas as pd
    >>> homes = pd.DataFrame({"v": ["East", "East"], "ref": ["E-1", "E-2"]})
    >>> made = notice(homes, village="v", reference="ref", title="Exits proposed", days=7,
    ...               objections="To the committee.", posted=datetime.date(2020, 11, 2))
    >>> made.households, made.last_day.isoformat()
    (2, '2020-11-09')
    """
    notices.check_endings(out)
    shown = {"village": village, "reference": reference, "name": name, "decision": decision,
             "date": date}  # fmt: skip
    columns = {field: column for field, column in shown.items() if column}
    plan = notices.NoticePlan(columns, posted, objections, title, only, procedure, step, days)
    made = notices.notice(data, plan, engine=engine)
    notices.write(made, out, language)
    return made


def release(
    data: Any,
    *,
    keys: Sequence[str],
    sensitive: Sequence[str] = (),
    weight: str | None = None,
    k: int = 5,
    level: int = 2,
    c: float | None = None,
    top: Sequence[tuple[str, float, bool]] = (),
    drop: Sequence[str] = (),
    welfare: str | None = None,
    line: float | None = None,
    out: str | Path | None = None,
    engine: str | Engine = "duckdb",
) -> ReleaseReport:
    """Check micro data before they are released, and write them where they hold.

    Parameters
    ----------
    data : path, pandas, Polars or PyArrow table
        One household per row.
    keys : sequence of str
        Columns by which somebody could recognise a household.
    sensitive : sequence of str
        Columns whose value nobody should learn.
    weight : str, optional
        Column of weights, for the risk in the population.
    k, level : int
        k-anonymity and l-diversity asked for.
    c : float, optional
        For recursive (c, l)-diversity.
    top : sequence of (str, float, bool)
        Column, and where it is top-coded: a value, or (True) a share of rows.
    drop : sequence of str
        Columns that are left out.
    welfare, line : str and float, optional
        What a headcount is taken of, to see what top-coding does to it.
    out : path, optional
        A .parquet file; written only where the checks are met.
    engine : str or Engine
        A name of `exitline.stats.engine.ENGINES`.

    Returns
    -------
    ReleaseReport

    Raises
    ------
    ReleaseError
        Where a column names people.

    Examples
    --------
    >>> import pandas as pd
    >>> homes = pd.DataFrame({"region": ["N"] * 6, "poor": [0, 1] * 3})
    >>> release(homes, keys=["region"], sensitive=["poor"]).met
    True
    """
    plan = releases.ReleasePlan(
        tuple(keys), tuple(sensitive), weight, k, level, c, tuple(top), tuple(drop), welfare, line
    )
    return releases.release(data, plan, out, engine=engine)
