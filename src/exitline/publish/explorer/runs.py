"""A finished run's folder, read whole and checked against its own claims."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.inputs import is_there
from exitline.proof.disclose.hidden import LEFT_OUT, SHOWN
from exitline.publish.content.standing import AreaStanding
from exitline.publish.explorer.errors import ExplorerError
from exitline.records import RecordError
from exitline.records.run import read_run_record

if TYPE_CHECKING:
    from exitline.proof.claim import Claim

Key = tuple[str, str, str, str]
"""Measure, line, set of areas, area."""
ID_LETTERS = 12
"""First letters of a claim's id that are shown; `exitline verify` takes eight or more."""


@dataclass(frozen=True)
class RunFolder:
    """What `exitline run` left behind.

    Attributes
    ----------
    path : Path
    record : mapping
        run.json.
    estimates, decisions : list of dict
        Rows of the tables of the same names.
    parents : mapping of (by, area) to (by, area)
        The area that each area lies in; ("", "") for all together.
    inside : tuple of (by, area, within, area)
        Every area that lies whole in another.
    counts : mapping of (level, criterion, outcome) to int
        Units by outcome, those of one household included, which no row names.
    standings : tuple of AreaStanding
        Who stands apart.
    claims : mapping of Key to (Claim, str)
        The claim of each estimate, and the first letters of its id.
    """

    path: Path
    record: Mapping[str, Any]
    estimates: list[dict[str, Any]]
    decisions: list[dict[str, Any]]
    parents: Mapping[tuple[str, str], tuple[str, str]]
    claims: Mapping[Key, tuple[Claim, str]] = field(repr=False)
    inside: tuple[tuple[str, str, str, str], ...] = ()
    counts: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    standings: tuple[AreaStanding, ...] = ()

    @property
    def about(self) -> Mapping[str, Any]:
        """The run in words."""
        found: Mapping[str, Any] = self.record["about"]
        return found

    @property
    def year(self) -> str:
        """The study's year ("" where it has none)."""
        return "" if self.about["year"] is None else str(self.about["year"])

    @property
    def min_count(self) -> float:
        """Counts from 1 to below this were hidden when the run was made."""
        return float(self.record["release"]["min_count"])

    @property
    def census(self) -> bool:
        """Whether the data are a full count."""
        return bool(self.about["census"])


def read_run(folder: str | Path) -> RunFolder:
    """A run's folder, every figure of which is what its claim says.

    Parameters
    ----------
    folder : path

    Returns
    -------
    RunFolder

    Raises
    ------
    ExplorerError
        When it is not a run's folder, was written by an older version, or a figure is
        not what its claim says.

    Examples
    --------
    >>> import tempfile
    >>> from exitline.api import run
    >>> out = Path(tempfile.mkdtemp()) / "out"
    >>> done = run("examples/albania-2012/study.yaml", out)
    >>> read_run(out).year
    '2012'
    """
    path = Path(folder)
    record = _record(path)
    try:
        return _read(path, record)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as reason:
        got = f"a table or claim of another form ({type(reason).__name__})"
        raise _not_a_run(path, got) from reason


def _read(path: Path, record: Mapping[str, Any]) -> RunFolder:
    """The folder with this record, its figures checked against its claims."""
    claims, counts = _claims(path)
    estimated, decided = _rows(path, "estimates"), _rows(path, "decisions")
    unnamed = {(r["by"], r["domain"]) for r in estimated if r["release"] == LEFT_OUT}
    levels = record["about"]["levels"]
    unnamed |= {(levels[r["level"]], r["unit"]) for r in decided if r["release"] == LEFT_OUT}
    inside = tuple(
        (r["by"], r["domain"], r["within"], r["within_domain"])
        for r in _rows(path, "areas")
        if not {(r["by"], r["domain"]), (r["within"], r["within_domain"])} & unnamed
    )
    found = RunFolder(
        path, record,
        [row for row in estimated if row["release"] != LEFT_OUT],
        [row for row in decided if row["release"] != LEFT_OUT],
        {(by, area): (within, parent) for by, area, within, parent in reversed(inside)},
        claims, inside, Counter((r["level"], r["criterion"], r["outcome"]) for r in decided),
        tuple(AreaStanding.of_json(said) for said in record["apart"]),
    )  # fmt: skip
    for row in found.estimates:
        _check(row, found)
    _check_counts(found, counts)
    return found


def key_of(row: Mapping[str, Any]) -> Key:
    """What names an estimate within its run."""
    return row["measure"], row["line"], row["by"], row["domain"]


def compare(published: RunFolder, computed: RunFolder) -> None:
    """Hold every figure of a run against the same run computed again.

    Parameters
    ----------
    published, computed : RunFolder

    Raises
    ------
    ExplorerError
        For the first claim or decision that differs, with both values.
    """
    again = {key: claim.sentence for key, (claim, _) in computed.claims.items()}
    for key, (claim, _) in published.claims.items():
        if again.get(key) != claim.sentence:
            raise _differs(published, claim.sentence, again.get(key, "no such figure"))
    decided = {_unit(row): row["outcome"] for row in computed.decisions}
    for row in published.decisions:
        now = decided.get(_unit(row), "no decision")
        if now != row["outcome"]:
            name = f"{row['level']} {row['unit']}, {row['criterion'] or 'overall'}"
            raise _differs(published, f"{name}: {row['outcome']}", now)
    if len(decided) != len(published.decisions) or len(again) != len(published.claims):
        raise _differs(
            published,
            f"{len(published.claims)} figures and {len(published.decisions)} decisions",
            f"{len(again)} and {len(decided)}",
        )


def _unit(row: Mapping[str, Any]) -> tuple[str, str, str, str]:
    return row["level"], row["parent"], row["unit"], row["criterion"]


def _differs(run: RunFolder, published: str, computed: str) -> ExplorerError:
    return ExplorerError(
        "a figure of the run is not what its data give now",
        where=str(run.path),
        expected=published,
        got=computed,
        remedy="find out which data changed; then run the study again and build from that run",
    )


def _record(path: Path) -> Mapping[str, Any]:
    """run.json, with the part that describes the run."""
    file = path / "run.json"
    try:
        return read_run_record(path)
    except RecordError as reason:
        got = ", ".join(filter(None, (reason.where, reason.got)))
        raise _not_a_run(file, got) from reason


def _rows(path: Path, name: str) -> list[dict[str, Any]]:
    """The rows of one of the run's tables; a missing number is NaN."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    file = path / f"{name}.parquet"
    try:
        table = pq.read_table(file)
    except (OSError, pa.ArrowException) as reason:
        raise _not_a_run(file, "a table that cannot be read") from reason
    for i, part in enumerate(table.schema):
        if pa.types.is_floating(part.type):
            table = table.set_column(i, part.name, pc.fill_null(table.column(i), math.nan))
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def _not_a_run(file: Path, got: str) -> ExplorerError:
    return ExplorerError(
        "this is not the folder of a run" if not is_there(file) else "the run cannot be read",
        where=str(file),
        expected="a folder that `exitline run` of this version wrote",
        got=got if is_there(file) else "no such file",
        remedy="run the study, then name the folder it wrote (out/ beside the study)",
    )


def _claims(path: Path) -> tuple[dict[Key, tuple[Claim, str]], list[Claim]]:
    """The claims on estimates, by what names the estimate, and those on numbers of decisions."""
    from exitline.proof.claim import read_claims

    found: dict[Key, tuple[Claim, str]] = {}
    counts = []
    for signed, _ in read_claims(path / "claims.json"):
        query = signed.claim.query
        if query.kind == "estimate" and query.column == "estimate":
            key = (query.measure, query.line, query.by, query.domain)
            found[key] = (signed.claim, signed.claim_id[:ID_LETTERS])
        elif query.kind == "decision count":
            counts.append(signed.claim)
    return found, counts


def _check_counts(run: RunFolder, claims: Sequence[Claim]) -> None:
    """Refuse decisions whose number the claims do not bear out."""
    from exitline.proof.claim.wording import words_of

    numbers = dict(run.counts)
    for claim in claims:
        query = claim.query
        said = str(numbers.pop((query.level, query.criterion, query.outcome), 0))
        if said != claim.value:
            raise _unclaimed(run, words_of(query), claim.value, said, "decisions.parquet")
    if numbers:
        raise _unclaimed(run, "decisions", "no number", "decisions without a claim",
                         "decisions.parquet")  # fmt: skip


def _check(row: Mapping[str, Any], run: RunFolder) -> None:
    """Refuse an estimate that its claim does not bear out."""
    key, value = key_of(row), row["estimate"]
    there = run.claims.get(key)
    if math.isnan(value) or row["release"] != SHOWN:
        said = "no figure"
    else:
        rounding = there[0].rounding if there is not None else None
        said = rounding.apply(value) if rounding is not None else "a figure without a claim"
    claimed = there[0].value if there is not None else "no figure"
    if said != claimed:
        name = ", ".join(part for part in key if part)
        raise _unclaimed(run, name, claimed, said, "estimates.parquet")


def _unclaimed(run: RunFolder, name: str, claimed: str, said: str, file: str) -> ExplorerError:
    return ExplorerError(
        "a figure of the run is not what its claim says", where=f"{run.path}: {name}",
        expected=f"{claimed} (claims.json)", got=f"{said} ({file})",
        remedy="run the study again: one of the two files was changed afterwards",
    )  # fmt: skip
