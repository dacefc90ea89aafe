"""The main job: a study in; estimates, decisions and a report out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from exitline.api.runs.computing import decide_study
from exitline.api.runs.finished import Run
from exitline.api.runs.prepare import open_study
from exitline.api.runs.prepare import ready as made_ready
from exitline.errors import DataError

if TYPE_CHECKING:
    from exitline.exits.decide.table import Decisions
    from exitline.proof.disclose.hidden import Hidden
    from exitline.stats.data.checking.findings import Finding
    from exitline.stats.data.studies.study import Study
    from exitline.stats.engine.base import Engine
    from exitline.stats.infer.estimates import Estimates

Say = Callable[[str], None]


def run(
    study: Study | str | Path,
    out: str | Path | None = None,
    *,
    engine: str | Engine = "duckdb",
    min_count: float | None = None,
    register: str | None = None,
    as_of: date | None = None,
    language: str = "en",
    brief: bool = False,
    say: Say = lambda _: None,
) -> Run:
    """Measure, decide and report, as a study asks; everything or nothing is written.

    Parameters
    ----------
    study : Study or path of a study file
    out : path, optional
        Folder for the results; the study's own (``out/`` beside it) unless given.
    engine : {"duckdb", "spark"} or Engine
    min_count : float, optional
        Counts from 1 to below this are hidden in what is written to be read: the study's own,
        or 10. The tables in Parquet keep them: they are not for release.
    register : str, optional
        Address of a register: its households are written to the Parquet file that the study
        names before they are measured.
    as_of : date, optional
        The day on which the register is looked at; today when not given.
    language : {"en", "es", "fr", "zh"}
        Of the report. Tables, claims and run.json are in English always.
    brief : bool
        Whether to write two pages of the report, too: brief.html and brief.docx.
    say : callable
        Told, in a few words, what is being done.

    Returns
    -------
    Run
        Its folder holds estimates.parquet, areas.parquet, decisions.parquet,
        household_decisions.parquet, small_areas.parquet where the study has such models,
        scenario.parquet where it has transfers,
        claims.json, run.json and report.html.

    Raises
    ------
    ExitlineError
        For whatever cannot be used; then nothing was written.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> done = run("examples/albania-2012/study.yaml", Path(tempfile.mkdtemp()) / "out")
    >>> round(done.estimates.find(measure="headcount", line="absolute", by="").estimate, 8)
    0.14273886
    """
    from exitline.api.runs.examine import examined
    from exitline.api.runs.folder import write_run
    from exitline.api.runs.provenance import StepTimes, commands, provenance
    from exitline.words import catalogue

    t = catalogue.language(language)
    clock = StepTimes(say)
    opened = open_study(study)
    if register is not None:
        from exitline.api.registers.snapshot import take_snapshot

        with clock.step("reading the register"):
            take_snapshot(opened, register, as_of)
    with examined(opened, engine, clock) as seen:
        seen.faults.raise_all()
        ready, findings = seen.ready, seen.findings
        (estimates, behind), (decided, outcomes) = seen.estimates, seen.decisions
        asked = commands(opened, out, engine=ready.engine.name, min_count=min_count,
                         language=language)  # fmt: skip
        found = Run(
            ready.study, ready.standard, estimates, decided, outcomes, findings,
            provenance(ready, clock) | asked, models=seen.models or (), effects=seen.effects,
            followed=seen.followed,
        )  # fmt: skip
        with clock.step("protecting small counts"):
            found = replace(found, hidden=protect(found, behind, min_count))
        folder = Path(out) if out is not None else opened.folder / opened.outputs.folder
        with clock.step("writing the report"):
            return write_run(found, ready, folder, clock, t, brief=brief)


def check(study: Study | str | Path, *, engine: str | Engine = "duckdb") -> tuple[Finding, ...]:
    """The data-quality and design report of a study, and whatever `run` would refuse.

    It does what `run` does, short of writing: both refuse the same studies.

    Parameters
    ----------
    study : Study or path of a study file
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    tuple of Finding
        Errors first, then warnings, then notes.

    Raises
    ------
    ExitlineError
        For a study that cannot be read at all; what stops a run is a finding.

    Examples
    --------
    >>> findings = check("examples/albania-2012/study.yaml")
    >>> any(f.severity == "error" for f in findings)
    False
    """
    from exitline.api.runs.examine import examined
    from exitline.api.runs.provenance import StepTimes

    with examined(open_study(study), engine, StepTimes(lambda _: None)) as found:
        return found.findings


def decisions(study: Study | str | Path, *, engine: str | Engine = "duckdb") -> Decisions:
    """The decisions of a study on villages and counties, without estimates or report.

    Parameters
    ----------
    study : Study or path of a study file
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    Decisions
        Empty where the standard has no rule for villages or counties, or the study names
        no such columns.

    Raises
    ------
    ExitlineError
        For whatever cannot be used, as in `run`.

    Examples
    --------
    >>> decisions("examples/imaginary-country/census.yaml").counts("county")
    {'met': ..., 'not met': ..., 'cannot tell': ...}
    """
    with made_ready(study, engine) as ready:
        return decide_study(ready)[0]


def protect(found: Run, behind: Estimates | None, min_count: float | None) -> Hidden:
    """What of a run may not be published.

    Parameters
    ----------
    found : Run
    behind : Estimates or None
        How many households are poor, where the run does not say.
    min_count : float or None
        The study's own, or 10, unless given.

    Returns
    -------
    Hidden
    """
    from exitline.api.runs.about import about
    from exitline.api.runs.folder import areas_of
    from exitline.proof.disclose.counts import Tables
    from exitline.proof.disclose.hidden import MIN_COUNT, hidden_of

    study = found.study
    threshold = next((x for x in (min_count, study.min_count) if x is not None), MIN_COUNT)
    if not 0 <= threshold < float("inf"):
        raise DataError(
            "this is no threshold of small counts", where="min_count",
            expected="a number of zero or more", got=str(threshold), remedy="write 10",
        )  # fmt: skip
    tables = Tables(
        found.estimates.to_pandas(), found.decisions.to_pandas(), areas_of(found), about(found),
        behind.to_pandas() if behind is not None else None,
    )  # fmt: skip
    people = {"household", *(study.columns.get(role, role) for role in ("household", "person"))}
    people |= {study.key.households, study.key.persons} if study.key is not None else set()
    return hidden_of(tables, threshold, found.households, people)
