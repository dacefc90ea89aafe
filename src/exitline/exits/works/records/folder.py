"""A works folder, or a works file that names its tables: opened, typed, and fitted together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from exitline.errors import Faults, nearest
from exitline.exits.register.errors import ProcedureError
from exitline.exits.works.errors import WorksError
from exitline.exits.works.records.declared import TABLES
from exitline.exits.works.records.keys import WorksFile
from exitline.exits.works.records.typed import refer, typed
from exitline.exits.works.records.wpdx import from_wpdx, is_wpdx
from exitline.exits.works.states import Replayed, replay
from exitline.stats.data.readers.magic import NoRowsError
from exitline.stats.engine.session import session
from exitline.words.said import say

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.exits.register.event import Draft
    from exitline.exits.register.procedures.procedure import Procedure
    from exitline.stats.engine.base import Engine

FILE = "works.yaml"
ENDINGS = (".csv", ".xlsx", ".parquet", ".dta", ".sav")
SHIPPED = "works-library"


@dataclass(frozen=True)
class WorksRecords:
    """Works, assets, inspections and services of an area, as of a day.

    Attributes
    ----------
    keys : WorksFile
    folder : Path
    as_of : date
    tables : dict of str to pandas.DataFrame
        By name, every table that is declared; those not given are empty.
    steps : Replayed
    procedure : Procedure or None
    decided : pandas.DataFrame or None
        Village, criterion, outcome: what a run decided.
    checks : str
        The text of a file of checks of its own; "" for none.
    shapes : mapping of str to str
        Polygons of villages or areas by name, as WKT; none unless boundaries are named.
    notes : tuple of str
        What was left out, counted.
    """

    keys: WorksFile
    folder: Path
    as_of: date
    tables: dict[str, pd.DataFrame]
    steps: Replayed = field(default_factory=Replayed)
    procedure: Procedure | None = None
    decided: pd.DataFrame | None = None
    checks: str = ""
    shapes: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> pd.DataFrame:
        """A table by name."""
        return self.tables[name]


def open_works(path: str | Path, as_of: date | None = None) -> WorksRecords:
    """Read the works of a folder, or those that a works file names.

    Parameters
    ----------
    path : path
        A folder with works.csv, assets.csv and so on (CSV, Excel, Parquet, Stata or SPSS), and,
        where there is one, works.yaml; or such a file; or one table in WPDx's columns.
    as_of : date, optional
        The day that all is asked about; that of the file, or today.

    Returns
    -------
    WorksRecords

    Raises
    ------
    WorksError
        For files, columns, cells or ids that cannot be used; all faults are said together.
    """
    at = Path(path)
    keys, folder, files = _named(at)
    columns = {name: dict(one) for name, one in keys.columns.items()}
    tables, faults = {}, Faults()
    with session() as engine:
        raw = {name: _read(file, name, columns.get(name, {}), engine)
               for name, file in files.items() if name != "steps"}  # fmt: skip
    if "assets" in raw and is_wpdx(raw["assets"]):
        raw["assets"], raw["inspections"] = from_wpdx(raw["assets"])
    for name, table in raw.items():
        with faults.kept():
            where = files[name].name if name in files else files["assets"].name
            tables[name] = typed(TABLES[name], table, columns.get(name), where=where)
    faults.raise_all()
    refer(tables, TABLES)
    for name, declared in TABLES.items():
        if name not in tables:
            tables[name] = typed(declared, _empty(c.name for c in declared.columns))
    day = day_asked(as_of or keys.as_of)
    procedure = _procedure(keys, folder, needed="steps" in files)
    steps = Replayed()
    if "steps" in files and procedure is not None:
        steps = replay(_drafts(files["steps"], tables), procedure, day)
    decided = None
    if keys.decisions is not None:
        decided = decided_in(keys, folder / keys.decisions.table)
    late = len(steps.late)
    notes = (say("steps dated after {day}: {n} left out", day=str(day), n=late),) if late else ()
    return WorksRecords(
        keys, folder, day, tables, steps, procedure, decided, _checks(keys, folder), notes=notes
    )


def day_asked(as_of: date | None) -> date:
    """The day that all is asked about: today unless given.

    Parameters
    ----------
    as_of : date or None

    Raises
    ------
    WorksError
        For a day to come: what is dated up to then would count as seen.
    """
    if as_of is not None and as_of > date.today():
        raise WorksError(
            "the day asked about is still to come", where="as_of",
            expected=f"a day up to {date.today()}", got=str(as_of), remedy="correct the day",
        )  # fmt: skip
    return as_of or date.today()


def _checks(keys: WorksFile, folder: Path) -> str:
    """The text of the checks that the works file names."""
    from exitline.rules.yamlfile.tree import file_text

    return "" if keys.checks is None else file_text(folder / keys.checks, WorksError)


def _named(at: Path) -> tuple[WorksFile, Path, dict[str, Path]]:
    """The works file, its folder, and the file of each table."""
    from exitline.rules.yamlfile.tree import file_text, read_text

    if at.is_file() and at.suffix not in (".yaml", ".yml"):
        bare = read_text(f"works: {at.stem!r}", at.name, WorksError)
        return WorksFile.read(bare), at.parent, {"assets": at}
    if not at.exists():
        raise WorksError(
            "there is no such folder or file", where=str(at),
            expected="a folder of tables, or a works file", got="nothing",
            remedy="check the path",
        )  # fmt: skip
    folder = at.parent if at.is_file() else at
    file = at if at.is_file() else at / FILE
    text = file_text(file, WorksError) if file.exists() else f"works: {folder.name!r}"
    keys = WorksFile.read(read_text(text, file.name, WorksError))
    found = {name: folder / path for name, path in keys.tables.items()}
    for name in (*TABLES, "steps"):
        beside = [folder / f"{name}{ending}" for ending in ENDINGS]
        there = [one for one in beside if one.exists()]
        if name not in found and there:
            found[name] = there[0]
    if not {"works", "assets", "villages"} & set(found):
        raise WorksError(
            "the folder contains no table of works", where=str(folder),
            expected="works, assets or villages as .csv, .xlsx or .parquet",
            got=", ".join(sorted(one.name for one in folder.iterdir())[:10]) or "nothing",
            remedy=f"add them, or name them in {FILE} under 'tables'",
        )  # fmt: skip
    return keys, folder, found


def _read(file: Path, name: str, columns: dict[str, str], engine: Engine) -> pa.Table:
    """All rows of a table's file; ids as they are written."""
    from exitline.stats.engine.whole import read_whole

    if not file.exists():
        raise WorksError(
            f"the table of {name} is not there", where=str(file), expected="a file", got="nothing",
            remedy=nearest(file.name, [one.name for one in file.parent.glob("*")])
            if file.parent.exists() else "check the path",
        )  # fmt: skip
    texts = [columns.get(c.name, c.name) for c in TABLES[name].columns if c.holds in ("id", "text")]
    try:
        return read_whole(file, texts, engine)
    except NoRowsError as reason:  # nothing recorded yet: a table without rows
        return _empty(reason.columns)


def _empty(columns: Iterable[str]) -> pa.Table:
    """A table without rows."""
    import pyarrow as pa

    return pa.table({name: pa.array([], pa.null()) for name in columns})


def _procedure(keys: WorksFile, folder: Path, *, needed: bool) -> Procedure | None:
    """The procedure under which works went through their states."""
    from exitline.exits.register.procedures.loading import load_procedure, shipped_procedures

    if keys.procedure is None and not needed:
        return None
    name = keys.procedure or SHIPPED
    found = load_procedure(name if name in shipped_procedures() else folder / name)
    if found.unit != "work":
        raise ProcedureError(
            f"this procedure is about a {found.unit}", where=found.name, expected="unit: work",
            got=found.unit, remedy=f"name one about works, such as {SHIPPED}",
        )  # fmt: skip
    return found


def _drafts(file: Path, tables: dict[str, pd.DataFrame]) -> tuple[Draft, ...]:
    """The steps of a file; of works that are there."""
    from exitline.exits.register.steps.drafts import read_drafts

    try:
        drafts = read_drafts(file)
    except NoRowsError:
        return ()
    works = set(tables["works"]["work"])
    lost = [i for i, draft in enumerate(drafts, 1) if draft.household not in works]
    if lost:
        raise WorksError(
            "steps name works that are not there", where=file.name,
            expected="ids of the table of works", got=f"{len(lost):,}, the first in row {lost[0]}",
            remedy=nearest(drafts[lost[0] - 1].household, works)
            or "add the works, or correct the id",
        )  # fmt: skip
    return drafts


def decided_in(keys: WorksFile, at: Path) -> pd.DataFrame:
    """Villages' decisions by criterion, as a run's folder has them.

    Parameters
    ----------
    keys : WorksFile
        Its `decisions` say what its criteria are called in the standard.
    at : Path
        A run's folder, or its table of decisions.

    Returns
    -------
    pandas.DataFrame
        Columns village, criterion, outcome.

    Raises
    ------
    WorksError
        For another table.
    """
    from exitline.stats.engine.whole import read_whole

    file = at / "decisions.parquet" if at.is_dir() else at
    found: Any = read_whole(file, ["unit", "unit_code"]).to_pandas()
    for name in ("level", "unit", "criterion", "outcome"):
        if name not in found.columns:
            raise WorksError(
                f"the table of decisions has no column '{name}'", where=file.name,
                expected="decisions.parquet of a run's folder", got=", ".join(found.columns[:10]),
                remedy="name that file",
            )  # fmt: skip
    called = keys.decisions.criteria if keys.decisions is not None else {}
    own = {called.get(name, name): name for name in keys.criteria}
    rows = found[(found["level"] == "village") & found["criterion"].isin(list(own))]
    code = "unit_code" if "unit_code" in found.columns else "unit"
    return pd.DataFrame({
        "village": rows[code].astype(str), "criterion": rows["criterion"].map(own),
        "outcome": rows["outcome"],
    })  # fmt: skip
