"""Movements in and out of poverty over a panel, and the watch on those who left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from exitline.api.runs.opening import open_waves
from exitline.errors import ArgumentError

if TYPE_CHECKING:
    from datetime import date

    import pyarrow as pa

    from exitline.exits.watch.watchlist import RankBy, WatchList
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.engine.base import Engine
    from exitline.stats.infer.intervals import ShareMethod
    from exitline.stats.panel.report import DynamicsSection

Line = float | str | Mapping[str, float]
Waves = Sequence[str] | Mapping[str, str]


def dynamics(
    data: Any,
    *,
    household: str,
    welfare: str | None = None,
    state: str | None = None,
    wave: str | None = None,
    waves: Waves = (),
    line: Line | None = None,
    boundary: Literal["<", "<="] = "<",
    design: Design | None = None,
    parts: Sequence[str] = ("rates", "histories"),
    by: str | Sequence[str] = (),
    compare: Mapping[str, tuple[str, str]] | None = None,
    predictors: Sequence[str] = (),
    times: Sequence[float] = (),
    k: int = 2,
    buffer: float = 0.25,
    groups: int = 5,
    cutoff: float = 0.5,
    alpha: float = 2.0,
    wrong: float = 0.05,
    reliability: Sequence[float] = (1.0, 0.9, 0.8),
    share: float = 0.6,
    before: int = 3,
    least: int = 2,
    level: float = 0.95,
    interval: ShareMethod = "logit",
    engine: str | Engine = "duckdb",
) -> tuple[DynamicsSection, ...]:
    """Movements in and out of poverty over the waves of a panel.

    Parameters
    ----------
    data : path, table, or sequence of these
        One for each wave in the order of time, or one long or wide table.
    household : str
        Column of the household's id.
    welfare, state : str, optional
        Column of welfare, or one that says poor or not; ``"y_{wave}"`` in a wide table.
    wave : str, optional
        Column that names the wave, in a long table.
    waves : sequence of str, or mapping of str to str
        Waves in the order of time, or each with what it is called.
    line : number, str or mapping of wave to number
        One line for all waves, a column, or a line for each wave.
    boundary : {"<", "<="}
        Poor: below the line, or also on it.
    design : Design, optional
    parts : sequence of str
        rates, histories, attrition, survival, chronic, duration, mobility, lasting, bounds,
        reliability, persistent.
    by : str or sequence of str
        Columns to break down by.
    compare : mapping of column to two values, optional
        Differences of two values of a column of `by`.
    predictors : sequence of str
        Columns of the model of who is lost (part attrition).
    times : sequence of float
        Times of the waves for survival: 0, 1, 2 ... unless given.
    k, buffer : int and float
        Waves in a row of a lasting exit, and how far above the line, as a share of it.
    groups : int
        Quantile groups of mobility.
    cutoff, alpha : float
        Share of waves of the chronic; FGT parameter of chronic poverty.
    wrong : float
        Largest share of wrong states.
    reliability : sequence of float
        Reliabilities of welfare to try.
    share : float
        Persistent risk: the threshold as a share of each wave's median; 0 for the lines.
    before, least : int
        Persistent risk: waves before the last that are looked at, and in how many at least.
    level : float
        Confidence of intervals.
    interval : str
        Interval of shares, as in `exitline.estimate`.
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    tuple of DynamicsSection
        Each with `name`, `title`, `records` (rows) and `notes`.

    Raises
    ------
    DataError, MeasureError
        For data or a part that cannot be used.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> wide = pd.DataFrame({"id": range(4), "y_a": [1., 1., 3., 3.], "y_b": [1., 3., 3., 3.]})
    >>> rates, = xl.dynamics(wide, household="id", welfare="y_{wave}", waves=("a", "b"),
    ...                      line=2.0, parts=["rates"])
    >>> [row["estimate"] for row in rates.records if row["measure"].startswith("exit_rate")]
    [0.5]
    """
    from exitline.publish.content.followed import parts_called
    from exitline.stats.panel.report import DynamicsOptions
    from exitline.stats.panel.report import dynamics as reported
    from exitline.stats.panel.spec import panel_spec

    spec = panel_spec(
        household=household, welfare=welfare, state=state, wave=wave, waves=tuple(waves), line=line,
        boundary=boundary, design=design, by=by, extras=tuple(predictors),
    )  # fmt: skip
    options = DynamicsOptions(
        level=level, interval=interval, times=tuple(times), k=k, buffer=buffer, groups=groups,
        cutoff=cutoff, alpha=alpha, wrong_share=wrong, reliability=tuple(reliability),
        compare=compare or {}, share=share, before=before, least=least,
    )  # fmt: skip
    opened = open_waves(data)
    found = reported(opened, spec, parts, options, engine=engine)
    return parts_called(found, _called(opened, wave, waves), _titles(opened))


def watch(
    data: Any,
    *,
    household: str,
    welfare: str | None = None,
    state: str | None = None,
    wave: str | None = None,
    waves: Waves = (),
    line: Line | None = None,
    boundary: Literal["<", "<="] = "<",
    design: Design | None = None,
    predictors: Sequence[str] = (),
    labels: Mapping[str, str] | None = None,
    shock: str | None = None,
    capacity: float = 0.1,
    rank_by: RankBy = "auto",
    clue_date: date | None = None,
    multiple: float | None = None,
    fall: float | None = None,
    days: int | None = None,
    out: str | Path | None = None,
    level: float = 0.95,
    engine: str | Engine = "duckdb",
) -> WatchList:
    """Rank the households at risk of falling back, and try the watch itself.

    Parameters
    ----------
    data, household, welfare, state, wave, waves, line, boundary, design, level, engine
        As in `exitline.dynamics`.
    predictors : sequence of str
        Columns for the model; ``"assets_{wave}"`` in a wide table.
    labels : mapping of predictor to words, optional
        How reasons name the predictors.
    shock : str, optional
        Column that is not zero where a shock was reported.
    capacity : float
        Visits: a share of those at risk, or their number.
    rank_by : {"auto", "model", "line"}
        What orders the list.
    clue_date : date, optional
        Day of the clues; today by default.
    multiple, fall, days : optional
        Near the line: below this many times it; share of welfare lost that is a sudden fall;
        days from clue to decision. The shipped rules' own unless given.
    out : path, optional
        Where the list is written: .parquet or .csv.

    Returns
    -------
    WatchList
        `table` has the list; `evaluation` says how well such a list finds those who fell.

    Raises
    ------
    DataError, MeasureError, ArgumentError
        When the panel, its columns or the numbers asked for do not allow a list.

    Examples
    --------
    >>> import datetime as dt, pandas as pd, exitline as xl
    >>> wide = pd.DataFrame({"id": range(40), "y_a": [2.1, 2.2, 3.0, 5.0] * 10,
    ...                      "y_b": [1.5, 2.3, 2.1, 6.0] * 10, "y_c": [2.5, 1.9, 2.2, 5.0] * 10})
    >>> found = xl.watch(wide, household="id", welfare="y_{wave}", waves=tuple("abc"), line=2.0,
    ...                  capacity=10, clue_date=dt.date(2024, 5, 2))
    >>> found.wave, found.at_risk, found.already_poor
    ('c', 30, 10)
    """
    from exitline.exits.watch.rules import adjusted_rules
    from exitline.exits.watch.watchlist import watch as watched
    from exitline.publish.content.followed import watch_called
    from exitline.stats.panel.spec import panel_spec

    columns = (*predictors, *((shock,) if shock and shock not in predictors else ()))
    spec = panel_spec(
        household=household, welfare=welfare, state=state, wave=wave, waves=tuple(waves), line=line,
        boundary=boundary, design=design, extras=columns,
    )  # fmt: skip
    names = dict(zip(columns, spec.columns.extra_names, strict=True))
    path = _checked(out)
    opened = open_waves(data)
    found = watched(
        opened, spec, predictors=[names[p] for p in predictors], capacity=capacity,
        rank_by=rank_by, clue_date=clue_date, rules=adjusted_rules(multiple, fall, days),
        shock=names[shock] if shock else None, labels=dict(labels or {}), level=level,
        engine=engine,
    )  # fmt: skip
    if path is not None:
        _write(found.table, path)
    return watch_called(found, _called(opened, wave, waves))


def _called(opened: Any, wave: str | None, waves: Waves) -> dict[str, str]:
    """What waves are called: as asked, else by the value labels of the column that names them."""
    if isinstance(waves, Mapping):
        return dict(waves)
    labels = getattr(opened, "labels", {}).get(wave, {})
    return {str(value): str(label) for value, label in labels.items()}


def _titles(opened: Any) -> dict[str, str]:
    """What the files say that their columns hold."""
    found: dict[str, str] = {}
    for one in opened if isinstance(opened, list) else [opened]:
        found = {**getattr(one, "titles", {}), **found}
    return found


def _checked(out: str | Path | None) -> str | None:
    """The file to write, refused where its ending says neither Parquet nor CSV."""
    if out is not None and not str(out).endswith((".parquet", ".csv")):
        raise ArgumentError(
            "there is no such kind of list", where="out",
            expected="a file that ends in .parquet or .csv", got=str(out),
            remedy="for instance list.parquet",
        )  # fmt: skip
    return None if out is None else str(out)


def _write(table: pa.Table, out: str) -> None:
    """The list into one whole file."""
    import pyarrow.csv
    import pyarrow.parquet

    from exitline.files import whole_file

    with whole_file(out) as partial:
        if out.endswith(".csv"):
            pyarrow.csv.write_csv(_safe(table), partial)
        else:
            pyarrow.parquet.write_table(table, partial)


def _safe(table: pa.Table) -> pa.Table:
    """The table with texts that a spreadsheet reads as text."""
    import pyarrow as pa

    from exitline.words.sheets import safe_cells

    for i, column in enumerate(table.schema):
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            texts = pa.array(safe_cells(table.column(i).to_pylist()), column.type)
            table = table.set_column(i, column, texts)
    return table
