"""`exitline check-claim`: do the figures of a published sentence fit together?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared import show
from exitline.words.said import Told, say

if TYPE_CHECKING:
    from exitline.proof.claim.sentences import Consistency


@click.command(
    "check-claim",
    help="""Compare the figures of a published sentence with each other and with facts.

FILE is YAML: the sentence, its figures, their relations and public facts. Each
relation is `consistent`, `not consistent` or `cannot tell`, with the calculation.
Consistent figures can stand together; that does not make them true. The exit status
is 1 when a relation is not consistent.

Examples:

\b
  exitline check-claim examples/claims/dongxiang-2020.yaml
  exitline check-claim examples/claims/china-counties.yaml --json
""",
)
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
def command(ctx: click.Context, file: str, as_json: bool) -> None:
    """Check a file of relations."""
    from exitline import api

    found = api.check_claim(file)
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
            [(one.relation, one.arithmetic or None, Told(one.outcome)) for one in found.findings],
            caption=say("source: {what}", what=found.source) if found.source else "",
        )
    for one in found.findings:
        if one.note:
            show.note(say("note on {what}: {text}", what=one.relation, text=Told(one.note)))
    show.notes(found.notes)
    if found.confirmed is False:
        show.note("no independent source confirms the figures")


def _plain(found: Consistency) -> dict[str, Any]:
    """The result as JSON-ready values."""
    findings = [one._asdict() for one in found.findings]
    return {**vars(found), "consistent": found.consistent, "findings": findings}
