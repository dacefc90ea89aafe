"""`exitline check-claim`: do the figures of a published sentence fit together?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exitline.cli import show

if TYPE_CHECKING:
    from exitline.proof.claim.relation_file import Consistency
    from exitline.proof.claim.relations import Range


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
    if bool(household_size) != bool(source):
        raise click.UsageError("--household-size and --source go together.")
    found = _check(sentence, _range(household_size, source))
    if as_json:
        show.as_json(_plain(found))
    else:
        _show(found)
    if not found.consistent:
        ctx.exit(1)


def _check(given: str, size: Range | None) -> Consistency:
    """Check a file of relations, the text of a file, or the sentence itself."""
    from exitline.proof.claim.relation_file import check_file
    from exitline.proof.claim.sentence import check_sentence, read_sentence

    if given.endswith((".yaml", ".yml")):
        if size is not None:
            raise click.UsageError("a file of relations names its own facts.")
        return check_file(given)
    if given.endswith(".txt"):
        return check_sentence(read_sentence(Path(given)), size)
    return check_sentence(given, size)


def _range(ends: tuple[str, str] | None, source: str) -> Range | None:
    """The range of persons per household that was given."""
    if ends is None:
        return None
    from exitline.proof.claim.exact import exact
    from exitline.proof.claim.relations import Range

    low, high = (exact(end) for end in ends)
    return Range("household_size", low, high, source, "persons per household")


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
