"""Opening a panel: which tables, which waves, and whether they can be used as they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.errors import DataError, DesignError
from exitline.stats.data.keys import FEW, Joined, form, joined_from, match_query
from exitline.stats.data.order import natural_order
from exitline.stats.data.readers.declaring import choose
from exitline.stats.data.sampling.design import Design
from exitline.stats.measure.over_time.panels import PanelColumns
from exitline.stats.panel.spec import OpenPanel, PanelSpec, WaveReport
from exitline.words.said import say_plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from exitline.stats.data.values import Uses
    from exitline.stats.engine.base import Engine

MOST = 200
"""Waves in a column, beyond which it is taken for another one."""
SAME_VALUES = 0.95
"""Share of households with exactly equal welfare from which two waves count as one file twice."""


@contextmanager
def open_panel(data: Any, spec: PanelSpec, engine: str | Engine = "duckdb") -> Iterator[OpenPanel]:
    """Attach a panel to an engine and check every wave.

    Parameters
    ----------
    data : path, table, or sequence of these
        One table a wave in the order of time, or a single long or wide table.
    spec : PanelSpec
    engine : str or Engine

    Yields
    ------
    OpenPanel

    Raises
    ------
    DataError
        For a wave that is missing or given twice, households with several rows in a wave,
        missing ids, weights or design columns.

    Examples
    --------
    >>> import pandas as pd
    >>> from exitline.stats.panel.spec import panel_spec
    >>> wide = pd.DataFrame({"id": [1, 2], "y_a": [1.0, 3.0], "y_b": [3.0, None]})
    >>> spec = panel_spec(household="id", welfare="y_{wave}", waves=("a", "b"), line=2.0)
    >>> with open_panel(wide, spec) as panel:
    ...     [(r.wave, r.households, r.unknown) for r in panel.reports]
    [('a', 2, 0), ('b', 2, 1)]
    """
    from exitline.stats.data.source import open_source
    from exitline.stats.engine.session import session
    from exitline.stats.measure.over_time.panels import wave_tables

    each = data if isinstance(data, list | tuple) else [data]
    sources = [open_source(one).using(_uses(spec)) for one in each]
    _refuse_same_file(sources)
    with session(engine) as opened:
        attached = [opened.attach(source, f"wave{i}") for i, source in enumerate(sources)]
        if spec.columns.wave is not None:
            _refuse_unnamed(opened, attached[0], spec.columns.wave)
        waves = spec.waves or _found_waves(sources, attached, spec, opened)
        spec = replace(spec, waves=waves, labels=_labels(sources, spec.columns, waves))
        tables = wave_tables(attached, waves, spec.columns, spec.lines)
        reports = tuple(
            _checked(opened, table, wave) for table, wave in zip(tables, waves, strict=True)
        )
        column = spec.columns.household
        kinds = tuple(each[column].type() for each in attached)
        yield OpenPanel(opened, tables, spec, reports, kinds)


def _uses(spec: PanelSpec) -> Uses:
    """What the columns are used for; in a wide table, those of every wave."""
    from exitline.stats.data.studies.uses import role_uses

    columns, design, waves = spec.columns, spec.columns.design, spec.waves or ("",)
    lines = (spec.lines.every, *spec.lines.by_wave.values())
    numbers = [columns.welfare, *columns.extras, design.weight, design.size]
    numbers += [line.value for line in lines if line and isinstance(line.value, str)]
    codes = [columns.household, columns.wave, *columns.domains]
    codes += [*design.strata_columns, *design.stages]
    return role_uses(
        numeric=[columns.of(wave, name) for name in numbers if name for wave in waves],
        code=[columns.of(wave, name) for name in codes if name for wave in waves],
    )


def _labels(
    sources: Sequence[Any], columns: PanelColumns, waves: Sequence[str]
) -> tuple[Mapping[Any, str], ...]:
    """What the values of each domain column mean; where files differ, as the last one says."""
    return tuple(
        {
            value: word
            for source in sources
            for wave in waves
            for value, word in source.labels.get(columns.of(wave, name), {}).items()
        }
        for name in columns.domains
    )


def _refuse_same_file(sources: Sequence[Any]) -> None:
    """Refuse a file that is given as two waves."""
    paths = [Path(s.path).resolve() for s in sources if s.path is not None]
    twice = sorted({p.name for p in paths if paths.count(p) > 1})
    if twice:
        raise DataError(
            f"the file '{twice[0]}' is given as two waves",
            expected="another file for each wave",
            got=", ".join(p.name for p in paths),
            remedy="take the duplicate out",
        )


def _refuse_unnamed(engine: Engine, table: Any, column: str) -> None:
    """Refuse rows of a long table that belong to no wave."""
    from exitline.stats.measure.over_time.panels import unnamed

    rows = int(engine.run(unnamed(table, column)).to_pylist()[0]["rows"])
    if rows:
        raise DataError(
            say_plural("{n} row names no wave", "{n} rows name no wave", rows),
            where=f"column '{column}'",
            expected="a wave on every row",
            got=say_plural("missing on {n} row", "missing on {n} rows", rows),
            remedy="complete the column, or leave these rows out of the file",
        )


def _found_waves(
    sources: Sequence[Any], attached: Sequence[Any], spec: PanelSpec, engine: Engine
) -> tuple[str, ...]:
    """Names of the waves where the caller gave none."""
    columns = spec.columns
    if columns.wave is not None:
        from exitline.stats.measure.over_time.panels import wave_names

        found = engine.run(wave_names(attached[0], columns.wave)).column("wave").to_pylist()
        return _in_order([str(v) for v in found], f"column '{columns.wave}'")
    if columns.wide:
        raise DataError(
            "the waves of a wide table must be named",
            expected="the parts of the column names that stand for {wave}, in order of time",
            got="no names",
            remedy=choose(
                "give waves=, for instance waves=[2018, 2020, 2022]",
                "give --waves, for instance --waves 2018,2020,2022",
            ),
        )
    names = [s.path.stem if s.path is not None else str(i + 1) for i, s in enumerate(sources)]
    if len(set(names)) < len(names):
        return tuple(str(i + 1) for i in range(len(names)))
    order = natural_order(names)
    if order is not None and list(order) != names:
        raise DataError(
            "the files are not in the order of time that their names say",
            expected=", ".join(order),
            got=", ".join(names),
            remedy="give the files in that order, or name them in the order given: "
            + choose("waves=", "--waves"),
        )
    return tuple(names)


def _in_order(names: Sequence[str], where: str) -> tuple[str, ...]:
    """Waves in the order of time that their names tell, or an error."""
    if len(names) > MOST:
        raise DataError(
            f"there are {len(names):,} waves",
            where=where,
            expected=f"at most {MOST}",
            got=f"{len(names):,} different values",
            remedy="name the column that holds the wave",
        )
    order = natural_order(names)
    if order is None:
        raise DataError(
            "the names of the waves do not tell which came first",
            where=where,
            expected="numbers, dates, months or names such as R1, R2, R10",
            got=f"{len(names)} names like "
            + ", ".join(sorted({form(name) for name in names})[:10]),
            remedy="name them in the order of time: " + choose("waves=", "--waves"),
        )
    return order


def few_matches(panel: OpenPanel, found: Sequence[int]) -> tuple[str, ...]:
    """Pairs of waves that have few households in common; none in common is an error.

    Parameters
    ----------
    panel : OpenPanel
        Still open: the forms of ids are asked for where few were found.
    found : sequence of int
        Households that each pair of neighbouring waves have in common.

    Returns
    -------
    tuple of str
        A note for each pair in which less than half of the earlier wave was found again.

    Raises
    ------
    DataError
    """
    notes = []
    for i, both in enumerate(found):
        if both >= FEW * panel.reports[i].households:
            continue
        joined = _joined(panel, i)
        if joined.none:
            raise DataError(
                joined.problem,
                where=f"column '{panel.spec.columns.household}'",
                expected="the same id for a household in every wave",
                got=joined.forms,
                remedy=joined.remedy,
            )
        notes.append(f"{joined.problem}; {joined.forms}")
    return tuple(notes)


def _joined(panel: OpenPanel, i: int) -> Joined:
    """How much waves i and i + 1 have in common."""
    ids = [table["household"] for table in panel.tables[i : i + 2]]
    row = panel.engine.run(match_query(*ids)).to_pylist()[0]
    kinds = panel.kinds[i : i + 2] if len(panel.kinds) > 1 else panel.kinds * 2
    what = [f"households of wave '{wave}'" for wave in panel.spec.waves[i : i + 2]]
    return joined_from(row, (kinds[0], kinds[1]), (what[0], what[1]))


def _checked(engine: Engine, table: Any, wave: str) -> WaveReport:
    """The report on one wave, or an error that says what is wrong with it."""
    from exitline.stats.measure.over_time import panels

    found = engine.run(panels.faults(table)).to_pylist()[0]
    rows = int(found["rows"])
    if rows == 0:
        raise DataError(
            f"wave '{wave}' is missing: it has no rows",
            expected="at least one household in every wave that is named",
            got="none",
            remedy="correct the list of waves, or leave this wave out",
        )
    faults = {
        "missing_id": ("no household id", "an id on every row"),
        "bad_weight": ("a missing, infinite or negative weight", "a weight of 0 or above"),
        "bad_size": ("a missing size, or one that is not above zero", "persons per household"),
        "missing_design": ("no stratum or PSU", "stratum and PSU on every row"),
    }
    for fault, (words, expected) in faults.items():
        if found[fault]:
            raise DataError(
                f"{found[fault]:,} rows of wave '{wave}' have {words}",
                expected=expected,
                got=f"{words} on {found[fault]:,} of {rows:,} rows",
                remedy="complete the column, or leave these rows out of the file",
            )
    ids = _sorted_ids(engine, table)
    if ids is None:
        _refuse_repeated(engine, table, wave, rows)
    return WaveReport(wave, rows, int(found["missing_state"]), ids)


def _sorted_ids(engine: Engine, table: Any) -> tuple[int, int] | None:
    """Lowest and highest id of a file sorted by integer ids, which holds no id twice."""
    from exitline.stats.measure.over_time import panels

    if engine.name != "duckdb" or not table.household.type().is_integer():
        return None
    rising = engine.run(panels.increasing(table)).to_pylist()[0]
    return None if rising["not_rising"] else (int(rising["lowest"]), int(rising["highest"]))


def _refuse_repeated(engine: Engine, table: Any, wave: str, rows: int) -> None:
    """Refuse households with more than one row."""
    from exitline.stats.measure.over_time import panels

    repeated = engine.run(panels.duplicates(table)).to_pylist()[0]["households"]
    if repeated:
        raise DataError(
            say_plural(
                "{n} household has more than one row in wave '{wave}'",
                "{n} households have more than one row in wave '{wave}'",
                repeated,
                wave=wave,
            ),
            expected="one row for each household and wave",
            got=f"{rows:,} rows",
            remedy="a wave may have been appended twice, or members stand in place of "
            "households: keep one row per household",
        )


def refuse_straddling(tables: Sequence[pa.Table], design: Design) -> None:
    """Refuse PSU ids that are in several strata, in one wave or over waves.

    Parameters
    ----------
    tables : sequence of pyarrow.Table
        With the columns ``stage1`` and ``stratum`` where the design has them.
    design : Design

    Raises
    ------
    DesignError
        Unless ids are nested in strata.
    """
    import pyarrow as pa

    if design.sampling.nest or design.stratum is None or not design.stages:
        return
    keys = pa.concat_tables([t.select(["stage1", "stratum"]) for t in tables])
    pairs = keys.group_by(["stage1", "stratum"]).aggregate([])
    several = pairs.num_rows - len(pairs.column("stage1").unique())
    if several:
        raise DesignError(
            say_plural(
                "{n} PSU id is used in more than one stratum",
                "{n} PSU ids are used in more than one stratum",
                several,
            ),
            where=f"columns '{design.stages[0]}' and '{design.stratum}'",
            expected="each PSU in one stratum, the same in every wave",
            got="the same id in several",
            remedy="households that move keep the PSU and stratum in which they were sampled; "
            "if ids start anew in each stratum, say nest=True",
        )
