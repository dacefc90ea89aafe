"""`exitline measures`: the measures by name, or one of them explained."""

from __future__ import annotations

import re
from textwrap import fill
from typing import TYPE_CHECKING, Any

import click

from exitline.cli import show

if TYPE_CHECKING:
    from exitline.stats.measure.model import Measure

_SECTIONS = ("Formula", "Standard error", "Mind", "Source")


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
    from exitline.stats.measure.catalogue import MEASURES, usage

    if name is None:
        found = [_told(one) for one in MEASURES]
        if as_json:
            show.as_json(found)
            return
        show.table(
            "Measures",
            ("measure", "what it is"),
            [(usage(one["name"]), one["title"]) for one in found],
            caption="exitline measures NAME explains one: formula, source, unit.",
        )
        return
    told = _told(name)
    if as_json:
        show.as_json(told)
        return
    click.echo(f"{told['usage']}: {told['title']}\n")
    click.echo(fill(told["what"], 78) + "\n")
    for heading in _SECTIONS:
        if heading in told:
            click.echo(fill(f"{heading}: {told[heading]}", 78, subsequent_indent="  "))
    for heading in ("unit", "speaks of", "needs", "better"):
        if told.get(heading):
            click.echo(f"{heading.capitalize()}: {told[heading]}")


def _told(asked: str) -> dict[str, Any]:
    """Everything that is known of a measure: from its page, and from the measure itself."""
    from exitline.stats.measure.catalogue import MEASURES, named, usage
    from exitline.stats.measure.pages import page

    name = asked.partition("(")[0].strip()
    if name not in MEASURES:
        named(asked)  # says which there are
    text = page(name)
    title, _, rest = text.partition("\n")
    what = rest.strip().partition("\n\n")[0]
    found: dict[str, Any] = {
        "name": name,
        "usage": usage(name),
        "title": title.partition(": ")[2],
        "what": _plain(what),
    }
    for heading in _SECTIONS:
        section = re.search(rf"^\*\*{heading}\.\*\* (.+?)(?=\n\n|\Z)", text, re.M | re.S)
        if section:
            found[heading] = _plain(section[1])
    return found | (_of_measure(named(asked)) if "(" in asked or _plain_name(name) else {})


def _plain_name(name: str) -> bool:
    """Whether the measure can be made without parameters."""
    from exitline.stats.measure.catalogue import usage

    return "(" not in usage(name) or "[" in usage(name)


def _of_measure(measure: Measure) -> dict[str, str]:
    """Unit, whom it speaks of and what it needs."""
    poor = any(part.kind == "poor" for part in measure.about.parts)
    who = "the poor" if poor else "all with welfare above zero" if measure.positive else "everyone"
    needs = [("welfare", measure.needs_welfare), ("a poverty line", measure.needs_line)]
    return {
        "unit": measure.unit,
        "speaks of": who,
        "needs": " and ".join(name for name, wanted in needs if wanted),
        "better": measure.better,
    }


def _plain(text: str) -> str:
    """Words of a page without its signs of emphasis and its links."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", " ".join(text.split()))
    return re.sub(r"(?<![\w*])\*(\S(?:[^*]*\S)?)\*(?![\w*])", r"\1", text).replace("`", "")
