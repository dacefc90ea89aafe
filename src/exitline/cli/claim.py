"""`exitline claim`: make a figure of a run a claim, sign it, add it to a ledger."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared import show
from exitline.cli.shared.options import as_usage, said_as_flags
from exitline.cli.shared.speaking import reader
from exitline.words.said import Told, say

if TYPE_CHECKING:
    from exitline.api.claims.claiming import Claimed

PASSPHRASE = "EXITLINE_PASSPHRASE"


@click.command(
    "claim",
    help="""Make a figure of a run a claim that anyone can check.

RUN_FOLDER is a folder that `exitline run` has written. The claim binds the figure to
the data, the rule file, the study and the question it answers. With --ledger it is
added to an append-only ledger, with --out it is written to a file of its own, with
--key it is signed. The sentence, its unit and its rounding follow from the figure. The
last head of a ledger is kept beside it, in LEDGER.head; where that is missing, --since
says which head the ledger must stand on. With --new-key a key pair is made instead.

Examples:

\b
  exitline claim --new-key office.key --encrypt
  exitline claim out --measure headcount --line absolute --by region --domain Tirana \\
      --ledger claims.jsonl --key office.key --out tirana.json
  exitline claim out --level village --outcome met --ledger claims.jsonl --key office.key
  exitline claim out --level county --unit 622926 --out county.json
""",
)
@click.argument("run_folder", required=False, type=click.Path())
@click.option("--measure", help="An estimate of this measure.")
@click.option("--line", help="Its poverty line, where there are several.")
@click.option("--by", default="", help="The domain's columns, as in the results.")
@click.option("--domain", default="", help="The domain.")
@click.option("--indicator", help="The indicator, for a multidimensional measure.")
@click.option(
    "--column",
    default="estimate",
    show_default=True,
    type=click.Choice(["estimate", "se", "n", "population"]),
    help="Which number of the estimate.",
)
@click.option("--level", type=click.Choice(["village", "county"]), help="A decision.")
@click.option("--outcome", help="Count the units with this outcome.")
@click.option("--unit", help="The outcome of this one unit.")
@click.option("--parent", default="", help="The county of a village.")
@click.option("--criterion", default="", help="The criterion; the overall decision without.")
@click.option("--remark", default="", help="Your own words; they are shown as not checked.")
@click.option(
    "--rows",
    multiple=True,
    type=click.Path(),
    help="Also bind the rows of this data file, whatever its format; repeatable.",
)
@click.option("--ledger", type=click.Path(), help="Ledger to add to (begun when new).")
@click.option(
    "--since",
    type=click.Path(),
    help="Receipt, head or ledger kept from earlier, which the ledger must extend.",
)
@click.option("--key", type=click.Path(), help="Private key to sign with.")
@click.option(
    "--public-key",
    "public_keys",
    multiple=True,
    type=click.Path(),
    help="Another key that has signed the ledger; repeatable.",
)
@click.option("--out", type=click.Path(), help="File for the claim (with its receipt).")
@click.option("--new-key", type=click.Path(), help="Make a key pair: FILE and FILE.pub.")
@click.option("--encrypt", is_flag=True, help="Protect the new key with a passphrase.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(run_folder: str | None, new_key: str | None, **said: Any) -> None:
    """Make a key pair, or a claim."""
    if new_key is not None:
        _make_key(new_key, said["encrypt"], said["as_json"])
        return
    if run_folder is None:
        raise click.UsageError("name the run's folder, or make a key pair with --new-key.")
    if said["since"] and not said["ledger"]:
        raise click.UsageError("--since is for a ledger.")
    if not (said["ledger"] or said["out"]):
        raise click.UsageError("say where the claim goes: --ledger, --out, or both.")
    from exitline import api

    asked = {name: value for name, value in said.items() if name not in ("as_json", "encrypt")}
    with said_as_flags(), as_usage():
        found = api.claim(run_folder, **asked, passphrase=_passphrase)
    _report(found, said)


def _make_key(path: str, encrypt: bool, as_json: bool) -> None:
    """Write a key pair and say what each half is for."""
    from exitline import api

    made = api.new_key(path, passphrase=_passphrase(confirm=True) if encrypt else None)
    if as_json:
        show.as_json(
            {"private": str(made.private), "public": str(made.public), "key_id": made.key_id}
        )
        return
    show.table(
        "A new key pair",
        ("file", "what it is for"),
        [
            (str(made.private), say("signs; keep it secret")),
            (str(made.public), say("checks signatures; publish it")),
        ],
        caption=say("key id {name}", name=made.key_id),
    )


def _report(found: Claimed, said: dict[str, Any]) -> None:
    """What was claimed and where it stands."""
    made, signed, ledger, entry = found.claim, found.signed, found.ledger, found.entry
    if said["as_json"]:
        show.as_json(
            {
                "sentence": made.sentence,
                "claim_id": signed.claim_id,
                "claim": made.to_dict(),
                "signed_by": list(signed.signed_by),
                "ledger": said["ledger"],
                "entry": entry,
                "root": ledger.head.root if ledger is not None else None,
                "out": said["out"],
            }
        )
        return
    rows = [(say("claim"), signed.claim_id), (say("question"), Told(found.question))]
    rows += [(say("data"), f"{one.name} ({(one.sha256 or one.rows)[:16]})") for one in made.inputs]
    rows.append((say("signed by"), ", ".join(signed.signed_by) or say("nobody")))
    if ledger is not None:
        place = say("{file}, entry {n} of {m}", file=said["ledger"], n=entry, m=ledger.head.size)
        rows.append((say("ledger"), place))
        rows.append((say("root"), ledger.head.root))
    if said["out"]:
        rows.append((say("file"), said["out"]))
    if made.remark:
        rows.append((say("remark, not checked"), made.remark))
    show.table(made.sentence, ("part", "value"), rows)


def _passphrase(*, confirm: bool = False) -> str:
    """The passphrase from the environment, or asked for without showing it."""
    given = os.environ.get(PASSPHRASE)
    if given is not None:
        return given
    t = reader()
    text: str = click.prompt(
        t("Passphrase"), hide_input=True, confirmation_prompt=confirm, err=True
    )
    return text
