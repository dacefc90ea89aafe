"""`exitline standards`: the shipped rule files, or one of them in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from exitline.cli.shared import show
from exitline.cli.shared.speaking import reader
from exitline.words.said import Numeral, Said, Told, say, say_plural

if TYPE_CHECKING:
    from exitline.rules.standard import Line, Standard


@click.command(
    "standards",
    help="""List the rule files that come with exitline, or show one in words.

NAME is a shipped name, or the path of a rule file of your own: then this is also the
check that it can be used. Figures that were not read at their source are marked
[unverified].

Examples:

\b
  exitline standards
  exitline standards china-2011-2020
  exitline standards albania-2012 --json
""",
)
@click.argument("name", required=False)
@click.option("--text", is_flag=True, help="Print the rule file itself, word for word.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(name: str | None, text: bool, as_json: bool) -> None:
    """List rule files, or show one."""
    from exitline import api
    from exitline.api.rule_files import as_data

    if name is None:
        _list(api.standards(), as_json)
        return
    standard = api.standards(name)
    if as_json:
        show.as_json(as_data(standard))
    elif text:
        click.echo(standard.text, nl=not standard.text.endswith("\n"))
    else:
        _show(standard)


def _list(standards: Sequence[Standard], as_json: bool) -> None:
    """One row for each rule file."""
    from exitline.api.rule_files import headline, not_verified

    if as_json:
        show.as_json([headline(standard) for standard in standards])
        return
    rows = [(s.name, s.jurisdiction, _holds(s), len(not_verified(s)) or None) for s in standards]
    show.table(
        "Rule files that come with exitline",
        ("name", "for", "what it contains", "unverified"),
        rows,
        right=(3,),
        caption="exitline standards NAME shows one with its figures and sources.",
    )


def _read(verified: bool) -> Said:
    """Whether a figure was read at its source."""
    return say("yes") if verified else say("NO")


def _holds(standard: Standard) -> str:
    """What a rule file holds, in a few words."""
    from exitline.api.rule_files import exit_rules

    t = reader()
    counts = (
        say_plural("{n} line", "{n} lines", len(standard.lines)),
        say_plural("{n} indicator", "{n} indicators", len(standard.indicators)),
        say_plural("{n} set of bands", "{n} sets of bands", len(standard.bands)),
        say_plural("{n} cohort", "{n} cohorts", len(standard.cohorts)),
    )
    parts = [t.of(text) for text in counts if text.n]
    levels = t.joined((t.of(rule.level) for rule in exit_rules(standard)), ", ")
    if levels:
        parts.append(t("exit of {levels}", levels=levels))
    return t.joined(parts, ", ")


def _show(standard: Standard) -> None:
    """One rule file in words, with a table of its lines."""
    from exitline.api.rule_files import in_words, not_verified

    t = reader()
    for section in in_words(standard):
        show.note("")
        show.note(t.of(section.title).upper())
        show.points(section.sentences)
        if section.title == "Poverty lines":
            _lines_table(standard)
    count = len(not_verified(standard))
    show.note("")
    if count:
        show.note(
            say_plural(
                "{n} entry was not read at its source: see NOT VERIFIED above.",
                "{n} entries were not read at their source: see NOT VERIFIED above.",
                count,
            )
        )
        show.note("")
    show.note(say("Digest {digest}", digest=standard.digest))


def _lines_table(standard: Standard) -> None:
    """Lines with their figures by period."""
    rows = [
        (line.name if i == 0 else "", *cells)
        for line in standard.lines.values()
        for i, cells in enumerate(_figures(line))
    ]
    show.note("")
    show.table(
        "Figures of the poverty lines", ("line", "period", "figure", "unit", "verified"), rows,
        right=(2,),
    )  # fmt: skip


def _figures(line: Line) -> list[tuple[str, ...]]:
    """Period, figure, unit and standing of each figure of a line."""
    from exitline.api.rule_files import always

    t = reader()
    prices = "" if line.price_base is None else t("{year} prices", year=str(line.price_base))
    unit = t.joined((t.of(line.unit), prices), ", ")
    if line.relative is not None:
        share = line.relative.share
        said = say("{share} of the {what}", share=Numeral(f"{100 * share.value:.6g} %"),
                   what=Told(line.relative.of))  # fmt: skip
        return [(Told(always()), said, unit, _read(share.verified))]
    return [
        (Told(str(period)), f"{figure.value:,.10g}", unit, _read(figure.verified))
        for period, figure in line.values.items()
    ]
