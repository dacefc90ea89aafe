"""exitline check: what is wrong with a study's data and design, before anything is computed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from exitline.cli.shared.options import ENGINE
from exitline.cli.shared.speaking import reader
from exitline.words.said import Told, collected

if TYPE_CHECKING:
    from exitline.stats.data.checking.findings import Finding
    from exitline.stats.data.studies.study import Study

HEADINGS = {
    "error": collected("Errors: the study cannot be run as it stands"),
    "warning": collected("Warnings: results may mislead"),
    "note": collected("Notes"),
}


@click.command(
    help="""Report on data quality and design of a STUDY.

Missing and infinite values per role, zero or negative weights and welfare,
repeated household keys, PSUs that straddle strata, single-PSU strata, heaping
around the line, hardly possible household sizes, weights that do not fit a
stated population.

Exit status 1 where the study cannot be run as it stands.

Examples:

\b
  exitline check study.yaml
  exitline check study.yaml --json
""",
)
@click.argument("study", type=click.Path(path_type=str))
@ENGINE
@click.option("--json", "json_", is_flag=True, help="Print the findings as JSON.")
def command(study: str, engine: str, json_: bool) -> None:
    """Check a study and print what was found."""
    from exitline import api, load_study
    from exitline.cli.shared import show

    loaded = load_study(study)
    with show.working("looking at the data"):
        found = api.check(loaded, engine=engine)
    if json_:
        show.as_json([asdict(finding) for finding in found])
    else:
        _print(loaded, found)
    if any(finding.severity == "error" for finding in found):
        sys.exit(1)


def _print(study: Study, found: Sequence[Finding]) -> None:
    """One table for each severity."""
    from exitline.cli.shared import show

    t = reader()
    for severity, heading in HEADINGS.items():
        rows = [
            (
                Told(f.check),
                "\n".join(t.of(text) for text in (f.message, f.remedy) if text),
                f.where,
            )
            for f in found
            if f.severity == severity
        ]
        if rows:
            show.table(heading, ("check", "what was found, and what to do", "where"), rows)
    errors = sum(f.severity == "error" for f in found)
    warnings = sum(f.severity == "warning" for f in found)
    counts = t.joined(
        (t.plural("{n} error", "{n} errors", errors),
         t.plural("{n} warning", "{n} warnings", warnings)), ", ",
    )  # fmt: skip
    can = t("The study cannot be run as it stands.") if errors else t("The study can be run.")
    title = t("{title}: {counts}.", title=study.title, counts=counts)
    show.note(t.sentences(title, can))


__all__ = ["command"]
