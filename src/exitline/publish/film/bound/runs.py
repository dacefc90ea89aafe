"""Figures from finished runs: cells of their estimates."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.digest import file_digest
from exitline.errors import nearest
from exitline.publish.film.bound.figures import StoryFigure, StoryPoint, StoryPoints
from exitline.publish.film.bound.references import EstimateRef, FigureRef, PointsRef, RunRef
from exitline.publish.film.errors import StoryError

if TYPE_CHECKING:
    import pyarrow as pa

StudyRunner = Callable[[Path, Path], None]
"""Runs the study of a file into a folder."""


class RunProvider:
    """Resolves references of the kind ``{estimate: ...}``, and makes runs from studies.

    Parameters
    ----------
    runs : mapping of name to RunRef
    work : Path
        Where runs that are given as a study are made.
    run_study : callable, optional
        Runs a study file into a folder; without it a run must be given as a folder.
    """

    def __init__(
        self, runs: Mapping[str, RunRef], work: Path, run_study: StudyRunner | None = None
    ) -> None:
        self._runs = runs
        self._work = work
        self._run_study = run_study
        self._folders: dict[str, Path] = {}
        self._tables: dict[str, pa.Table] = {}

    def resolve(self, reference: FigureRef) -> StoryFigure:
        """One cell."""
        of = reference.of
        if not isinstance(of, EstimateRef):
            raise TypeError(f"{reference.name} is not an estimate")
        rows = self._matching(of, reference.where)
        if len(rows) != 1:
            raise _not_one(of, len(rows), reference.where)
        return StoryFigure(
            reference.name, _number(rows[0][of.column], of, reference.where), reference.format,
            reference.source, of.words, self._files(of.run),
        )  # fmt: skip

    def resolve_points(self, reference: PointsRef) -> StoryPoints:
        """The estimates of every domain, with their intervals."""
        of = reference.of
        if not isinstance(of, EstimateRef):
            raise TypeError(f"{reference.name} is not an estimate")
        rows = self._matching(of, reference.where)
        if not rows:
            raise _not_one(of, 0, reference.where)
        points = tuple(
            StoryPoint(
                (str(row["domain"]),),
                _number(row[of.column], of, reference.where),
                _bound(row["ci_low"]),
                _bound(row["ci_high"]),
            )
            for row in sorted(rows, key=lambda r: str(r["domain"]))
        )
        return StoryPoints(
            reference.name, points, reference.format, reference.source, of.words,
            self._files(of.run),
        )  # fmt: skip

    def _matching(self, of: EstimateRef, where: str) -> list[dict[str, Any]]:
        """Rows of the estimates that a reference means."""
        table = self._estimates(of.run, where)
        wanted = {"measure": of.measure, "by": of.by}
        wanted |= {k: v for k, v in (("line", of.line), ("domain", of.domain)) if v}
        rows: list[dict[str, Any]] = table.to_pylist()
        for column, value in wanted.items():
            known = sorted({str(row[column] or "") for row in rows})
            rows = [row for row in rows if str(row[column] or "") == value]
            if not rows:
                raise StoryError(
                    f"the run has no such estimate: {column} '{value}'",
                    where=where,
                    expected=", ".join(known[:12]) or "rows",
                    got=value or "(all together)",
                    remedy=nearest(value, known) or "look at the run's estimates.parquet",
                )
        _refuse_hidden(rows, of, where)
        return rows

    def _estimates(self, name: str, where: str) -> pa.Table:
        """The run's table of estimates, read once."""
        if name not in self._tables:
            import pyarrow as pa
            import pyarrow.parquet as pq

            file = self.folder(name, where) / "estimates.parquet"
            try:
                self._tables[name] = pq.read_table(file)
            except (OSError, pa.ArrowInvalid) as reason:
                raise StoryError(
                    "the run's estimates cannot be read",
                    where=where,
                    expected="a folder with estimates.parquet",
                    got=str(file),
                    remedy="run the study again: exitline run STUDY",
                ) from reason
        return self._tables[name]

    def folder(self, name: str, where: str) -> Path:
        """The run's folder, made from its study where need be."""
        if name in self._folders:
            return self._folders[name]
        run = self._runs[name]
        folder = run.folder or self._work / name
        if run.study is not None:
            if self._run_study is None:
                raise StoryError(
                    "a run is given as a study, and nothing here can run one",
                    where=where,
                    expected="a folder of results",
                    got=run.study.name,
                    remedy="run the study first and give its folder",
                )
            self._run_study(run.study, folder)
        self._folders[name] = folder
        return folder

    def _files(self, name: str) -> tuple[tuple[str, str], ...]:
        """Name and digest of the run's estimates."""
        file = self._folders[name] / "estimates.parquet"
        return ((f"{name}/{file.name}", file_digest(file, StoryError)),)


def _refuse_hidden(rows: list[dict[str, Any]], of: EstimateRef, where: str) -> None:
    """What the run's report hides is in no film."""
    hidden = sum(row.get("release", "shown") != "shown" for row in rows)
    if hidden:
        raise StoryError(
            "an estimate may not be published: it would give a small count away", where=where,
            expected="estimates that the run shows", got=f"{hidden:,} hidden in {of.words}",
            remedy="refer to larger areas, or run the study with another min_count",
        )  # fmt: skip


def _number(value: Any, of: EstimateRef, where: str) -> float:
    """A cell that holds a number."""
    if value is None or not math.isfinite(float(value)):
        raise StoryError(
            "an estimate is missing in the run",
            where=where,
            expected="a number",
            got=f"nothing in {of.words}",
            remedy="refer to another estimate, or say 'cannot tell yet'",
        )
    return float(value)


def _bound(value: Any) -> float | None:
    """An interval's end, if there is one."""
    return None if value is None or not math.isfinite(float(value)) else float(value)


def _not_one(of: EstimateRef, rows: int, where: str) -> StoryError:
    return StoryError(
        "a reference does not mean exactly one estimate",
        where=where,
        expected="one row of the run's estimates",
        got=f"{rows} rows for {of.words}",
        remedy="name the line and the domain",
    )
