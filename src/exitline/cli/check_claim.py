"""`exitline check-claim`: do the figures of a published sentence fit together?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from exitline.cli import show
from exitline.cli.options import as_usage, said_as_flags

if TYPE_CHECKING:
    from exitline.proof.claim.relation_file import Consistency


@click.command(
    "check-claim",
    help="""Hold the figures of a published sentence against each other and against facts.

SENTENCE is the sentence itself, a text file that holds it, or a YAML file of figures,
relations and public facts. Each relation is `consistent`, `not consistent` or
`cannot tell`, with the calculation. Consistent figures can stand together; that
does not make them true. The exit status is 1 when a relation is not consistent.

Examples:

\b
  exitline check-claim "2,567 households of 12,933 people in 45 villages"
  exitline check-claim "10 of 2,076 households (0.48 %)"
  exitline check-claim examples/claims/dongxiang-2020.yaml
""",
)
@click.argument("sentence")
@click.option(
    "--household-size",
    nargs=2,
    type=str,
    metavar="LOW HIGH",
    help="Persons per household that are plausible.",
)
@click.option("--source", default="", help="Where that range was read.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
def command(
    ctx: click.Context,
    sentence: str,
    household_size: tuple[str, str] | None,
    source: str,
    as_json: bool,
) -> None:
    """Check a sentence or a file of relations."""
    from exitline import api

    with said_as_flags(), as_usage():
        found = api.check_claim(sentence, household_size=household_size, source=source)
    if as_json:
        show.as_json(_plain(found))
    else:
        _show(found)
    if not found.consistent:
        ctx.exit(1)


def _show(found: Consistency) -> None:
    """A line for each relation, then what a reader should know."""
    if found.findings:
        show.table(
            found.statement,
            ("relation", "calculation", "outcome"),
            [(one.relation, one.arithmetic or None, one.outcome) for one in found.findings],
            caption=f"source: {found.source}" if found.source else "",
        )
    for one in found.findings:
        if one.note:
            show.note(f"note on {one.relation}: {one.note}")
    for text in found.notes:
        show.note(f"note: {text}")
    if found.confirmed is False:
        show.note("no independent source confirms the figures")


def _plain(found: Consistency) -> dict[str, Any]:
    """The result as JSON-ready values."""
    return {
        "statement": found.statement,
        "source": found.source,
        "confirmed": found.confirmed,
        "consistent": found.consistent,
        "findings": [vars(one) for one in found.findings],
        "notes": list(found.notes),
    }
