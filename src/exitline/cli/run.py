"""`exitline run`: the main job."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared import show
from exitline.cli.shared.options import ENGINE, LANGUAGE, MIN_COUNT
from exitline.cli.shared.saving import save_all, saves
from exitline.words.catalogue import ENGLISH, Language
from exitline.words.numbers import SUPPRESSED

if TYPE_CHECKING:
    from exitline.api.runs.finished import Run

LEVELS = ("village", "county")


@click.command(
    "run",
    help="""Estimates, decisions and report of a study.

STUDY is a study file (see `exitline init`). The results go to a folder of their
own, which appears only when everything is done.

Examples:

\b
  exitline run examples/albania-2012/study.yaml
  exitline run study.yaml --out results --engine spark
  exitline run study.yaml --min-count 5
  exitline run study.yaml --register sqlite:///register/register.db
""",
)
@click.argument("study", type=click.Path())
@click.option(
    "--out", type=click.Path(), help="Folder for the results (default: out/ beside STUDY)."
)
@ENGINE
@MIN_COUNT
@LANGUAGE
@click.option("--brief", is_flag=True, help="Also write two pages: brief.html and brief.docx.")
@saves
@click.option(
    "--register", help="Address of a register: its households become the file that STUDY names."
)
@click.option(
    "--as-of", type=click.DateTime(formats=["%Y-%m-%d"]),
    help="Day on which the register is looked at (today).",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(
    study: str,
    out: str | None,
    engine: str,
    min_count: float | None,
    language: str,
    brief: bool,
    saved: tuple[str, ...],
    register: str | None,
    as_of: datetime | None,
    as_json: bool,
) -> None:
    """Run a study and show the answer."""
    from exitline.api import run

    if as_of is not None and register is None:
        raise click.UsageError("--as-of is for a register: give --register, too")
    t = Language(language)
    with show.steps(t) as say:
        found = run(
            study, out, engine=engine, min_count=min_count, register=register,
            as_of=None if as_of is None else as_of.date(), language=language, brief=brief, say=say,
        ).published  # fmt: skip
    save_all(found, saved)
    if as_json:
        show.as_json(_plain(found))
        return
    _show(found, t)


def _plain(found: Run) -> dict[str, Any]:
    """A run as JSON: headline figures, decisions by outcome, findings, folder."""
    return {
        "study": found.study.title,
        "standard": found.standard.name if found.standard else None,
        "estimates": [
            {**row, "n": None} if row["reason"].startswith(SUPPRESSED) else row
            for row in found.estimates.to_pandas(reason=True).to_dict("records")
        ],
        "min_count": found.hidden.min_count,
        "households": found.households,
        "decisions": {level: found.decisions.counts(level) for level in LEVELS},
        "findings": [
            {"severity": f.severity, "check": f.check, "message": f.message} for f in found.findings
        ],
        "folder": str(found.folder),
        "report": str(found.folder / "report.html") if found.folder else None,
    }


def _show(found: Run, t: Language = ENGLISH) -> None:
    """The answer on a terminal: one table of estimates, one of decisions, what to look at."""
    from exitline.api.runs.telling import area_title, measures_named, people_of
    from exitline.cli.shared.figures import coefficient, estimate_rows, figure_heads

    national = [e for e in found.estimates if not e.by]
    named = measures_named(found)
    rows = estimate_rows(national, people_of(found.study), found.study.unit, t, named)
    wide = show.wide()
    if wide:
        rows = [(*row, coefficient(e.cv, t)) for row, e in zip(rows, national, strict=True)]
    show.table(
        t("{title}: how many are poor, and how sure are we", title=found.study.title),
        (t("measure"), t("line"), *figure_heads(t, found.estimates.level, found.study.unit),
         *((t("CV"),) if wide else ())),
        rows, right=(2, 3, 4, 5, 6), caption=_caption(found, t), t=t,
    )  # fmt: skip
    _show_areas(found, t)
    _show_decisions(found, t)
    for model in found.models:
        count = sum(len(figures) for figures in model.figures)
        show.note(t.plural("{model}: {n} model figure by {area}, in the report",
                           "{model}: {n} model figures by {area}, in the report", count,
                           model=t.of(model.title),
                           area=area_title(found.study, model.area)))  # fmt: skip
    _show_warnings(found, t)
    show.note(t("report: {file}", file=f"{found.folder}/report.html"))


def _caption(found: Run, t: Language) -> str:
    """The lines in full, then standard, year and part of the population."""
    from exitline.api.runs.telling import line_words_of

    name, year = found.standard.name if found.standard else "", found.study.year
    standard = t("standard {name}", name=name) if name else ""
    if name and year:
        standard = t.joined((standard, str(year)), ", ")
    part = found.study.subpopulation
    parts = (standard, t("only where {condition}", condition=part) if part else "")
    return "\n".join(text for text in (*line_words_of(found, t), t.joined(parts)) if text)


def _show_areas(found: Run, t: Language) -> None:
    """Who stands apart, in the words of the report: a sentence for each of its pictures."""
    from exitline.api.runs.telling import who_stands_apart
    from exitline.cli.shared.figures import plain

    for sentence in who_stands_apart(found, t):
        show.note(plain(sentence))


def _show_decisions(found: Run, t: Language) -> None:
    """Households by outcome with their intervals, then villages and counties."""
    from exitline.cli.shared.figures import plain

    if found.outcomes:
        _show_households(found, t)
    rows = []
    for level, words in (("village", t("Villages")), ("county", t("Counties"))):
        counts = list(found.decisions.counts(level).values())
        if sum(counts):
            rows.append((words, *(plain(t.number(c)) for c in counts)))
    if rows:
        show.table(
            t("Who meets the exit rule"),
            (t("level"), t("met"), t("not met"), t("cannot tell yet")),
            rows,
            right=(1, 2, 3),
            t=t,
        )


def _show_households(found: Run, t: Language) -> None:
    """Households by outcome, a line each, with the interval where they are a sample's."""
    from exitline.api.runs.telling import household_words
    from exitline.cli.shared.figures import interval_head, outcome_row

    said = household_words(found, t)
    name = t("Persons") if found.study.unit == "person" else t("Households")
    title = t("Who meets the exit rule") if said.followed else said.title
    rows = [outcome_row(words, found.outcomes.get(outcome), t)
            for outcome, words in said.outcomes.items()]  # fmt: skip
    heads = ("", name, interval_head(t, found.estimates.level))
    show.table(title, heads, rows, right=(1, 2),
               caption="" if said.followed else
               t("nobody was followed: none of these is an exit"))  # fmt: skip


def _show_warnings(found: Run, t: Language) -> None:
    """Warnings of the quality report and notes on the estimates, a line each."""
    for finding in found.findings:
        if finding.severity != "note":
            show.note(t.of(f"{finding.severity}: {finding.message}"))
    show.notes(found.estimates.notes)
