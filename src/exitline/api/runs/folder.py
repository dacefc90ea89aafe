"""A run's folder: written beside its final name, then put in its place as a whole."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.api.runs.about import about
from exitline.files import OutputError
from exitline.folders import whole_folder
from exitline.publish.content.standing import standings
from exitline.words.catalogue import ENGLISH, Language

if TYPE_CHECKING:
    import pandas as pd

    from exitline.api.runs.finished import Run
    from exitline.api.runs.prepare import Ready
    from exitline.api.runs.provenance import StepTimes

FILES = (
    "estimates.parquet", "decisions.parquet", "household_decisions.parquet", "claims.json",
    "run.json", "report.html", "areas.parquet", "small_areas.parquet",
    "scenario.parquet",
    "brief.html", "brief.docx",
)  # fmt: skip


NOT_FOR_RELEASE = {
    "exitline.release": "not for release: holds figures that are suppressed in the report"
}
"""Metadata of the tables that are the analyst's alone."""


def write_run(
    found: Run, ready: Ready, folder: Path, clock: StepTimes, t: Language = ENGLISH,
    *, brief: bool = False,
) -> Run:  # fmt: skip
    """Write everything a run found; an existing run of the same folder is replaced.

    Parameters
    ----------
    found : Run
    ready : Ready
        Still open: household decisions are written by the engine.
    folder : Path
    clock : StepTimes
    t : Language
        Of the report.
    brief : bool
        Whether to write two pages of it, too.

    Returns
    -------
    Run
        With its folder.

    Raises
    ------
    OutputError
        When the folder contains something else than a run, or cannot be written.
    """
    _refuse_foreign(folder)
    shown = found.published
    with whole_folder(folder) as partial:
        _parquet(_with_release(found), partial / FILES[0])
        decided = found.decisions.to_pandas(code=True)
        decided["release"] = found.hidden.of_decisions(decided)
        _parquet(decided, partial / FILES[1])
        if found.study.outputs.household_decisions:
            write_households(ready, partial / FILES[2])
        _json(_claims(shown), partial / FILES[3])
        (partial / FILES[5]).write_text(_report(shown, t), encoding="utf-8")
        if brief:
            _write_brief(shown, partial, t)
        _parquet(areas_of(found), partial / FILES[6])
        if found.models:
            import pandas as pd

            tables = [one.to_pandas() for one in found.models]
            _parquet(pd.concat(tables, ignore_index=True), partial / FILES[7])
        if shown.effects is not None:
            _parquet(shown.effects.to_pandas(), partial / FILES[8])
        record = {
            **found.provenance, "about": about(found), "release": _release(found, partial),
            "apart": [said.as_json() for said in standings(shown.estimates)],
            "seconds": clock.seconds,
        }  # fmt: skip
        _json(record, partial / FILES[4])
    return replace(found, folder=folder)


def _refuse_foreign(folder: Path) -> None:
    """Never replace a folder that is not a run's."""
    if not folder.exists():
        return
    if folder.is_dir():
        strangers = [p.name for p in folder.iterdir() if p.name not in FILES]
        if not strangers:
            return
        got = f"a folder that also holds {strangers[0]}"
    else:
        got = "a file"
    raise OutputError(
        "the folder for the results contains something else",
        where=str(folder),
        expected="a new folder, or one that an earlier run wrote",
        got=got,
        remedy="choose another folder with --out",
    )


def write_households(ready: Ready, path: Path) -> None:
    """Each household's decision, straight from the engine."""
    from exitline.api.figures.lines import line_figures
    from exitline.stats.measure.chain import household_decisions, household_status

    standard = ready.standard
    if standard is None or standard.household is None:
        return
    table = household_status(ready.table, standard, line_figures(ready), ready.was_poor)
    decided = household_decisions(table, ready.levels, standard, _names_of_units(ready))
    ready.engine.write(decided, path, NOT_FOR_RELEASE)


def _names_of_units(ready: Ready) -> dict[str, Any]:
    """What villages and counties are called, where the file has labels for them."""
    import pyarrow as pa

    from exitline.stats.data.source import open_source
    from exitline.stats.infer.intake.naming import shown_names
    from exitline.stats.measure.chain import unit_codes

    found: dict[str, Any] = {}
    for level in ("village", "county"):
        column = getattr(ready.levels, level)
        labels = ready.data.labels(column) if column is not None else {}
        if not labels:
            continue
        codes = ready.engine.run(unit_codes(ready.table, column)).column("code").to_pylist()
        names = pa.table(
            {"code": pa.array(codes, pa.string()),
             "name": pa.array(shown_names(codes, labels), pa.string())}
        )  # fmt: skip
        found[level] = ready.engine.attach(open_source(names), f"names_of_{level}")
    return found


def _with_release(found: Run) -> pd.DataFrame:
    """The estimates, and what becomes of each where it is published."""
    rows = found.estimates.to_pandas(deff=True, reason=True, code=True)
    rows["release"] = found.hidden.of_estimates(rows)
    return rows


def _release(found: Run, folder: Path) -> dict[str, Any]:
    """Which files may be handed on, and below which number counts are hidden in them."""
    return {
        "min_count": found.hidden.min_count,
        "outcomes": "suppressed" if found.hidden.outcomes else "shown",
        "may be published": ["report.html", "claims.json"],
        "not for release": [
            name for name in FILES if name.endswith(".parquet") and (folder / name).exists()
        ],
    }


def _parquet(frame: pd.DataFrame, path: Path) -> None:
    """A small table as Parquet, without the pandas index or other traces, marked as not for
    release: it holds the figures that are suppressed elsewhere."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False)
    pq.write_table(table.replace_schema_metadata(NOT_FOR_RELEASE), path, compression="zstd")


def _json(value: Any, path: Path) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def areas_of(found: Run) -> pd.DataFrame:
    """Which area lies in which: the finest that holds it first, then all others."""
    import pandas as pd

    rows = [
        (nest.by, area, nest.within, parent)
        for nest in found.estimates.nests
        for area, parent in nest.parents
    ]
    rows += [(n.by, a, by, parent) for n in found.estimates.nests for a, by, parent in n.also]
    return pd.DataFrame(rows, columns=["by", "domain", "within", "within_domain"], dtype="str")


def _claims(found: Run) -> dict[str, Any]:
    """Unsigned claims on what is shown, which `exitline verify` recomputes."""
    from exitline.proof.claim.from_run import claims_of_run

    record = {**found.provenance, "about": about(found)}
    return claims_of_run(found.estimates, found.decisions, record)


def _write_brief(found: Run, folder: Path, t: Language) -> None:
    """Two pages of the report, for the printer and for Word."""
    from exitline.publish.report import ReportInput
    from exitline.publish.report.brief import brief_document, brief_of, brief_page

    content = ReportInput.from_run(found, outcome_estimates=found.outcomes, t=t)
    made = brief_of(content)
    (folder / "brief.html").write_text(brief_page(made, t), encoding="utf-8")
    brief_document(made, t, folder / "brief.docx")


def _report(found: Run, t: Language) -> str:
    """The report as HTML."""
    from exitline.publish.report import ReportInput, render

    pages = () if found.followed is None else found.followed.pages(t)
    return render(ReportInput.from_run(found, outcome_estimates=found.outcomes, pages=pages, t=t))
