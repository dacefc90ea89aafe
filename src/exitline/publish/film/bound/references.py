"""References to figures: what a story may say is only ever one of these.

``{claim: ...}``
    a published claim of a run.
``{estimate: ...}``
    a cell of a run's estimates.
``{data: ..., count|distinct|sum|mean|share|value: ..., where: ...}``
    a declared query on a declared file, in the condition language, recomputed at build.
``{compute: ...}``
    arithmetic on other figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from exitline.publish.film.bound.formats import Format

Step = Literal["value", "count", "distinct", "sum", "mean", "share"]
STEPS: tuple[Step, ...] = ("value", "count", "distinct", "sum", "mean", "share")
Running = Literal["", "total", "remaining"]
ClaimPart = Literal["value", "low", "high"]
EstimateColumn = Literal["estimate", "se", "ci_low", "ci_high", "n", "population", "level", "df"]
ESTIMATE_COLUMNS: tuple[EstimateColumn, ...] = (
    "estimate", "se", "ci_low", "ci_high", "n", "population", "level", "df",
)  # fmt: skip


@dataclass(frozen=True)
class DataRef:
    """A file of rows.

    Parameters
    ----------
    name : str
    path : Path
    source : str
        Key of the source that is shown.
    join_path : Path, optional
        A second file whose columns are added.
    join_on : tuple of (str, str)
        Columns of the first and the second file that must agree.
    where : str
        File, line and key, for messages.

    Examples
    --------
    >>> DataRef("panel", Path("graduation.csv"), "trial").join_on
    ()
    """

    name: str
    path: Path
    source: str
    join_path: Path | None = None
    join_on: tuple[tuple[str, str], ...] = ()
    where: str = ""


@dataclass(frozen=True)
class RunRef:
    """A finished run: its folder, or the study that makes it.

    Parameters
    ----------
    name : str
    folder : Path, optional
        With estimates.parquet and claims.json.
    study : Path, optional
        Run at build where no folder is given.
    source : str
        Key of the source that is shown.
    where : str
        File, line and key, for messages.

    Examples
    --------
    >>> RunRef("albania", Path("out"), None, "lsms").source
    'lsms'
    """

    name: str
    folder: Path | None
    study: Path | None
    source: str
    where: str = ""


@dataclass(frozen=True)
class DeclaredQuery:
    """A declared query: rows of a file that fulfil a condition, made into one number.

    Parameters
    ----------
    data : str
        Name of the file under `data`.
    step : {"value", "count", "distinct", "sum", "mean", "share"}
        `value`: the only row's; `share`: of rows, that fulfil a second condition.
    expression : str
        A formula, for `share` a condition; "" for `count`.
    where : str
        A condition; "" for all rows.
    weight : str
        A formula, for `mean` and `share`; "" for equal weights.
    part : {"value", "low", "high"}
        For a `share` without weight: the share, or an end of its Clopper-Pearson interval,
        as if rows had been drawn one by one; of a difference, of Wald's interval.
    level : float
        Two-sided confidence of that interval.
    against : str
        For a `share` without weight: a condition for other rows, whose share is taken off.

    Examples
    --------
    >>> DeclaredQuery("panel", "count", where="treatment = 1").words
    'count of rows of panel where treatment = 1'
    """

    data: str
    step: Step
    expression: str = ""
    where: str = ""
    weight: str = ""
    part: ClaimPart = "value"
    level: float = 0.95
    against: str = ""

    @property
    def words(self) -> str:
        """The query in one line."""
        what = f"{self.step} of {self.expression or 'rows'}"
        weighted = f" weighted by {self.weight}" if self.weight else ""
        condition = f" where {self.where}" if self.where else ""
        condition += f", less that where {self.against}" if self.against else ""
        end = "" if self.part == "value" else f"{self.part} end of the interval of "
        return f"{end}{what}{weighted} of {self.data}{condition}"


@dataclass(frozen=True)
class EstimateRef:
    """A cell of a run's estimates, in the words of its columns.

    Examples
    --------
    >>> EstimateRef("albania", "headcount").words
    'estimate of headcount in run albania'
    """

    run: str
    measure: str
    line: str = ""
    by: str = ""
    domain: str = ""
    column: EstimateColumn = "estimate"

    @property
    def words(self) -> str:
        """The reference in one line."""
        line = f", line {self.line}" if self.line else ""
        place = f", {self.by} {self.domain}" if self.by else ""
        return f"{self.column} of {self.measure}{line}{place} in run {self.run}"


@dataclass(frozen=True)
class ClaimRef:
    """A published claim: of a run by its query, or of a claim file.

    Parameters
    ----------
    run : str
        Name of a run whose claims.json holds it ("" for a file of its own).
    file : Path, optional
        A claim, a claim with its receipt, or a ledger.
    data : tuple of Path
        What a claim of a file is recomputed from.
    claim_id : str
        At least eight letters of the claim's id, "" when the query says which one it is.
    measure, line, by, domain : str
        The words of its query.
    part : {"value", "low", "high"}

    Examples
    --------
    >>> ClaimRef("albania", measure="headcount", line="absolute").words
    'value of the claim headcount, line absolute in run albania'
    """

    run: str
    file: Path | None = None
    data: tuple[Path, ...] = ()
    claim_id: str = ""
    measure: str = ""
    line: str = ""
    by: str = ""
    domain: str = ""
    part: ClaimPart = "value"

    @property
    def words(self) -> str:
        """The reference in one line."""
        line = f", line {self.line}" if self.line else ""
        place = f", {self.by} {self.domain}" if self.by else ""
        which = self.claim_id or f"{self.measure}{line}{place}"
        held = f"run {self.run}" if self.run else (self.file.name if self.file else "no file")
        return f"{self.part} of the claim {which} in {held}"


@dataclass(frozen=True)
class Computed:
    """Arithmetic on other figures of the episode.

    Examples
    --------
    >>> Computed("back / out").words
    'back / out'
    """

    expression: str

    @property
    def words(self) -> str:
        """The formula."""
        return self.expression


Of = DeclaredQuery | EstimateRef | ClaimRef | Computed


@dataclass(frozen=True)
class FigureRef:
    """A figure that a story declares.

    Parameters
    ----------
    name : str
    of : DeclaredQuery, EstimateRef, ClaimRef or Computed
    format : Format
    source : str
        Key of the source that is shown ("" for computed ones: those of their parts).
    where : str
        File, line and key, for messages.

    Examples
    --------
    >>> FigureRef("poor", DeclaredQuery("panel", "count"), Format("number", 0), "trial").name
    'poor'
    """

    name: str
    of: Of
    format: Format
    source: str
    where: str = ""


@dataclass(frozen=True)
class PointsRef:
    """A row of figures: one per group of a file, or per domain of a run's estimates.

    Parameters
    ----------
    name : str
    of : DeclaredQuery or EstimateRef
        The number of each group.
    by : tuple of str
        Columns that make the groups, one or two.
    split : str
        A column whose change breaks a line, "" for none.
    running : {"", "total", "remaining"}
        Running total over the first column, or what is left of the whole after it.
    format : Format
    source : str
    where : str
        File, line and key, for messages.

    Examples
    --------
    >>> PointsRef("rural", DeclaredQuery("pip", "value", "headcount"), ("year",), "", "",
    ...           Format("percent", 1), "pip").by
    ('year',)
    """

    name: str
    of: DeclaredQuery | EstimateRef
    by: tuple[str, ...]
    split: str
    running: Running
    format: Format
    source: str
    where: str = ""
