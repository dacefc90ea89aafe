"""`exitline verify`: compute a claim's figure again and compare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared import numbers, show
from exitline.cli.shared.options import as_usage, said_as_flags
from exitline.cli.shared.speaking import reader
from exitline.foreign import visible
from exitline.words.said import Told, say, say_plural

if TYPE_CHECKING:
    from exitline.proof.claim import Ledger, Receipt, SignedClaim, Verification


@click.command(
    "verify",
    help="""Compute a claim's figure again and say what comes of it.

CLAIM is a claim file, a ledger, or the claims.json of a run. The answer is `match`,
`mismatch` (with both values) or `cannot verify` (with what is missing). A ledger
without --data is checked for being whole: nothing removed, changed or reordered.
The exit status is 0 only when everything matches or the ledger is whole.

Examples:

\b
  exitline verify tirana.json --data lival.parquet --public-key office.key.pub
  exitline verify claims.jsonl --public-key office.key.pub
  exitline verify claims.jsonl --since tirana.json
  exitline verify claims.jsonl --entry 12 --data lival.parquet
""",
)
@click.argument("claim", type=click.Path())
@click.option("--data", multiple=True, type=click.Path(), help="A data file; repeatable.")
@click.option("--standard", type=click.Path(), help="The rule file (default: the shipped one).")
@click.option("--study", type=click.Path(), help="The study file, where the claim lacks it.")
@click.option(
    "--public-key",
    "public_keys",
    multiple=True,
    type=click.Path(),
    help="A publisher's key; signatures are then checked. Repeatable.",
)
@click.option("--entry", type=numbers.Whole(1), help="One entry of a ledger, from 1.")
@click.option(
    "--since",
    type=click.Path(),
    help="A receipt, tree head or ledger kept from earlier: was nothing changed since?",
)
@click.option(
    "--all", "everything", is_flag=True, help="Show every claim, not those alone that differ."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
def command(
    ctx: click.Context,
    claim: str,
    data: tuple[str, ...],
    standard: str | None,
    study: str | None,
    public_keys: tuple[str, ...],
    entry: int | None,
    since: str | None,
    everything: bool,
    as_json: bool,
) -> None:
    """Check a ledger, or verify claims."""
    from exitline import api

    with show.working("computing the figure again"), said_as_flags(), as_usage():
        found = api.verify(
            claim, data=data, standard=standard, study=study, public_keys=public_keys,
            entry=entry, since=since,
        )  # fmt: skip
    if found.ledger is not None:
        _show_ledger(found.ledger, claim, since, as_json)
        return
    results = found.checks
    if as_json:
        show.as_json([_plain(*one) for one in results])
    elif len(results) == 1:
        _show(*results[0])
    else:
        _show_all(results, everything)
    if not found.match:
        ctx.exit(1)


def _show_ledger(ledger: Ledger, path: str, since: str | None, as_json: bool) -> None:
    """Say that a ledger is whole, and who signed it."""
    if as_json:
        show.as_json(
            {
                "ledger": path,
                "whole": True,
                "claims": ledger.head.size,
                "root": ledger.head.root,
                "time": ledger.head.time,
                "signed_by": list(ledger.signed_by),
                "signatures_checked": bool(ledger.signed_by),
                "signatures_not_checked": list(ledger.unverified),
                "extends": since,
            }
        )
        return
    rows = [(say("root"), ledger.head.root), (say("last added"), ledger.head.time)]
    rows.append((say("signed by"), _signature(ledger.signed_by, ledger.unverified)))
    if since is not None:
        rows.append((say("since"), say("nothing of {file} was changed", file=since)))
    title = say_plural(
        "The ledger is whole: {n} claim", "The ledger is whole: {n} claims", ledger.head.size
    )
    show.table(title, ("part", "value"), rows)


def _show(signed: SignedClaim, receipt: Receipt | None, result: Verification) -> None:
    """One claim on a terminal: the answer first."""
    rows = [
        (Told(figure.part), visible(figure.claimed), visible(figure.recomputed),
         say("same") if figure.same else say("differs"))
        for figure in result.figures
    ]  # fmt: skip
    show.note(say("{outcome}: {text}", outcome=Told(result.outcome),
                  text=visible(signed.claim.sentence)))  # fmt: skip
    show.table(
        "",
        ("", "claimed", "recomputed", ""),
        rows or [(say("figure"), visible(signed.claim.value), None, say("not computed"))],
        right=(1, 2),
    )
    if signed.claim.remark:
        remark = visible(signed.claim.remark)
        show.note(say("the publisher's words, not checked: {text}", text=remark))
    for text in result.missing:
        show.note(say("missing: {text}", text=Told(text)))
    show.notes((*result.notes, *(f.note for f in result.figures if f.note)))
    show.note(say("signed by: {what}", what=_signature(signed.signed_by, signed.unverified)))
    if receipt is not None:
        show.note(
            say_plural(
                "entry {n} of a ledger of {m} claim",
                "entry {n} of a ledger of {m} claims",
                receipt.head.size,
                n=receipt.entry,
                m=receipt.head.size,
            )
        )


def _show_all(
    results: Sequence[tuple[SignedClaim, Receipt | None, Verification]], everything: bool
) -> None:
    """How many claims match; those that do not in a table, or all of them."""
    rows = []
    for number, (signed, receipt, result) in enumerate(results, start=1):
        if result.outcome == "match" and not everything:
            continue
        again = result.figures[0].recomputed if result.figures else None
        entry = receipt.entry if receipt is not None else number
        rows.append(
            (
                entry,
                visible(signed.claim.sentence),
                visible(signed.claim.value),
                again,
                Told(result.outcome),
            )
        )
    same = sum(result.outcome == "match" for _, _, result in results)
    said = say("{n} of {m} claims match", n=same, m=len(results))
    if rows:
        heads = (say("entry"), say("figure"), say("claimed"), say("recomputed"), say("outcome"))
        show.table(said, heads, rows, right=(0, 2, 3))
    else:
        show.note(say("{what}: {text}. Every one of them: --all", what=said, text=_first(results)))
    differing = (
        say(
            "differs: {what}: claimed {claimed}, recomputed {recomputed}",
            what=Told(check.part),
            claimed=visible(check.claimed),
            recomputed=visible(check.recomputed),
        )
        for _, _, result in results
        for check in result.figures
        if not check.same
    )
    for difference in dict.fromkeys(differing):
        show.note(difference)
    for text in dict.fromkeys(text for _, _, result in results for text in result.missing):
        show.note(say("missing: {text}", text=Told(text)))
    show.notes(dict.fromkeys(text for _, _, result in results for text in result.notes))


def _first(results: Sequence[tuple[SignedClaim, Receipt | None, Verification]]) -> str:
    """The first claim in words, as one of many."""
    first = visible(results[0][0].claim.sentence).rstrip(".")
    return say("{text}, and {n} more", text=first, n=len(results) - 1)


def _signature(signed_by: Sequence[str], unverified: Sequence[str]) -> str:
    """Who signed, as far as it was checked; other signatures only name somebody."""
    t = reader()
    said = [t("key {name}, checked", name=name[:16]) for name in signed_by]
    if unverified:
        names = ", ".join(name[:16] for name in unverified)
        said.append(
            t("a signature that was not checked names the key {names}", names=names)
            if signed_by
            else t("a signature that was not checked names the key {names}: give --public-key",
                   names=names)
        )  # fmt: skip
    return t.joined(said) or t("nobody")


def _plain(signed: SignedClaim, receipt: Receipt | None, result: Verification) -> dict[str, Any]:
    """One claim's result as JSON-ready values."""
    return {
        "outcome": result.outcome,
        "sentence": signed.claim.sentence,
        "claim_id": signed.claim_id,
        "figures": [vars(figure) for figure in result.figures],
        "remark_not_checked": signed.claim.remark,
        "missing": list(result.missing),
        "notes": list(result.notes),
        "signed_by": list(signed.signed_by),
        "signatures_checked": bool(signed.signed_by),
        "signatures_not_checked": list(signed.unverified),
        "entry": receipt.entry if receipt is not None else None,
    }
