"""`exitline measures`: the measures by name, or one of them explained."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared import show
from exitline.cli.shared.speaking import reader
from exitline.words.help_texts import SECTIONS

if TYPE_CHECKING:
    from exitline.words.catalogue import Language


@click.command(
    "measures",
    help="""List the measures, or explain one: formula, source, unit, what it leaves out.

NAME is a measure as `--measure` and a study take it, with or without its parameters.

Examples:

\b
  exitline measures
  exitline measures gini
  exitline measures 'fgt(1.5)' --json
""",
)
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(name: str | None, as_json: bool) -> None:
    """List measures, or explain one."""
    from exitline import api

    t = reader()
    if name is None:
        found = api.measures()
        if as_json:
            show.as_json(found)
            return
        show.table(
            "Measures",
            ("measure", "what it is"),
            [(one["usage"], t.help(one["title"])) for one in found],
            caption="exitline measures NAME explains one: formula, source, unit.",
        )
        return
    told = api.measures(name)
    if as_json:
        show.as_json(told)
        return
    colon = t.signs[": "]
    show.paragraph(f"{told['usage']}{colon}{t.help(told['title'])}\n")
    show.paragraph(t.help(told["what"]) + "\n")
    for head, said in _parts(told, t):
        show.paragraph(f"{head}{colon}{said}", indent="  ")


def _parts(told: dict[str, Any], t: Language) -> Iterator[tuple[str, str]]:
    """What is known of a measure in a reader's language, each part with its heading."""
    heads = {
        "Also called": t("Also called"), "Formula": t("Formula"),
        "Standard error": t("Standard error"), "Mind": t("Mind"), "Source": t("Source"),
        "unit": t("Unit"), "speaks of": t("Speaks of"), "needs": t("Needs"), "better": t("Better"),
        "zero and negative welfare": t("Zero and negative welfare"),
    }  # fmt: skip
    for part, head in heads.items():
        if told.get(part):
            yield head, t.help(told[part]) if part in SECTIONS else t.of(told[part])
