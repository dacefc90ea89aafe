"""`exitline standards`: the shipped rule files, or one of them in words."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

import click

from exitline.cli import show

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
    from exitline.rules.standard import load, shipped

    if name is None:
        _list([load(known) for known in shipped()], as_json)
        return
    standard = load(name)
    if as_json:
        show.as_json(_as_data(standard))
    elif text:
        click.echo(standard.text, nl=not standard.text.endswith("\n"))
    else:
        _show(standard)


def _list(standards: list[Standard], as_json: bool) -> None:
    """One row for each rule file."""
    from exitline.rules.standard.describe import unverified

    if as_json:
        show.as_json([_headline(standard) for standard in standards])
        return
    rows = [(s.name, s.jurisdiction, _holds(s), len(unverified(s)) or None) for s in standards]
    show.table(
        "Rule files that come with exitline",
        ("name", "for", "what it holds", "unverified"),
        rows,
        right=(3,),
        caption="exitline standards NAME shows one with its figures and sources.",
    )


def _holds(standard: Standard) -> str:
    """What a rule file holds, in a few words."""
    counts = {
        "line": len(standard.lines),
        "indicator": len(standard.indicators),
        "set of bands": len(standard.bands),
        "cohort": len(standard.cohorts),
    }
    plural = {"set of bands": "sets of bands"}
    parts = [
        f"{n} {word if n == 1 else plural.get(word, word + 's')}" for word, n in counts.items() if n
    ]
    levels = [rule.level for rule in _rules(standard)]
    return ", ".join(parts + ([f"exit of {', '.join(levels)}"] if levels else []))


def _rules(standard: Standard) -> list[Any]:
    """The exit rules that a standard has."""
    rules = (standard.household, standard.village, standard.county)
    return [rule for rule in rules if rule is not None]


def _show(standard: Standard) -> None:
    """One rule file in words, with a table of its lines."""
    from exitline.rules.standard.describe import describe, unverified

    width = show.console().width
    for section in describe(standard):
        show.note(f"\n{section.title.upper()}")
        for sentence in section.sentences:
            show.note(fill(sentence, width - 1, initial_indent="- ", subsequent_indent="  "))
        if section.title == "Poverty lines":
            _lines_table(standard)
    count = len(unverified(standard))
    if count:
        show.note(f"\n{count} entries were not read at their source: see NOT VERIFIED above.")
    show.note(f"\nDigest {standard.digest}")


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
    from exitline.rules.standard.lines import ALWAYS

    prices = "" if line.price_base is None else f", {line.price_base} prices"
    unit = line.unit + prices
    if line.relative is not None:
        share = line.relative.share
        said = f"{100 * share.value:.6g} % of the {line.relative.of}"
        return [(str(ALWAYS), said, unit, "yes" if share.verified else "NO")]
    return [
        (str(period), f"{figure.value:,.10g}", unit, "yes" if figure.verified else "NO")
        for period, figure in line.values.items()
    ]


def _headline(standard: Standard) -> dict[str, Any]:
    """Name, place, dates and counts."""
    from exitline.rules.standard.describe import unverified

    return {
        "name": standard.name,
        "title": standard.title,
        "jurisdiction": standard.jurisdiction,
        "valid_from": _day(standard.valid_from),
        "valid_to": _day(standard.valid_to),
        "lines": list(standard.lines),
        "indicators": list(standard.indicators),
        "levels": [rule.level for rule in _rules(standard)],
        "unverified": len(unverified(standard)),
        "digest": standard.digest,
    }


def _as_data(standard: Standard) -> dict[str, Any]:
    """Everything that `exitline standards NAME` shows, for programs."""
    from exitline.rules.standard.describe import describe, unverified

    return _headline(standard) | {
        "unverified": list(unverified(standard)),
        "figures": [
            {
                "line": line.name,
                "period": str(period),
                "value": figure.value,
                "unit": line.unit,
                "price_base": line.price_base,
                "boundary": line.boundary,
                "source": figure.source,
                "verified": figure.verified,
                "note": figure.note,
            }
            for line in standard.lines.values()
            for period, figure in line.values.items()
        ],
        "thresholds": [
            {
                "level": rule.level,
                "criterion": criterion.name,
                "area_class": area_class,
                "comparison": criterion.comparison,
                "value": figure.value,
                "source": figure.source,
                "verified": figure.verified and criterion.verified,
            }
            for rule in _rules(standard)
            for criterion in rule.criteria
            for area_class, figure in criterion.thresholds.items()
        ],
        "sources": {
            s.name: {"title": s.title, "date": s.date, "url": s.url, "verified": s.verified}
            for s in standard.sources.values()
        },
        "description": [
            {"title": section.title, "sentences": list(section.sentences)}
            for section in describe(standard)
        ],
    }


def _day(day: Any) -> str | None:
    """A date as text."""
    return None if day is None else day.isoformat()
