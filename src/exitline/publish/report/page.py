"""From a run's results to one HTML page."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from exitline.publish.content.households import household_words
from exitline.publish.report import blocks as b
from exitline.publish.report.areas import AreaSet, area_sets
from exitline.publish.report.blocks import interval_words, naming, of_set, written
from exitline.publish.report.decided import DecidedLevel, area_levels, household_level
from exitline.publish.report.headline import Headline, headline
from exitline.publish.report.index import IndexSection, index_section
from exitline.publish.report.method import Method, method
from exitline.publish.report.modelled import ModelSection, model_sections
from exitline.publish.report.rules import Rules, rules
from exitline.publish.report.table import Table, TableCell, TableColumn, for_script
from exitline.publish.report.transfers import TransferSection, transfer_sections
from exitline.words.catalogue import ENGLISH, Language
from exitline.words.numbers import rounded

if TYPE_CHECKING:
    from jinja2 import Environment

    from exitline.publish.report.content import ReportInput
    from exitline.publish.report.findings.sections import FoundPage

_OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z-]*)")


@dataclass(frozen=True)
class Page:
    """All that the template shows."""

    title: str
    standard_title: str
    year: int | None
    version: str
    headline: Headline
    overall: Table | None
    areas: tuple[AreaSet, ...]
    levels: tuple[DecidedLevel, ...]
    rules: Rules | None
    method: Method
    sampled: bool
    decided: str
    """The heading over decisions."""
    decided_on_areas: bool
    """Whether some of them are decisions on exits, not only where households stand."""
    followed: bool
    """Whether the study says who was poor before."""
    models: tuple[ModelSection, ...] = ()
    """Model figures of small areas."""
    transfers: tuple[TransferSection, ...] = ()
    """What the transfers of a scenario do."""
    index: IndexSection | None = None
    """What a multidimensional index is made of."""
    found: tuple[FoundPage, ...] = ()
    """Movements, watch and assessment."""


def render(content: ReportInput) -> str:
    """The report as one HTML file: no network, no other file is needed to read it.

    Parameters
    ----------
    content : ReportInput

    Returns
    -------
    str
        UTF-8 text, to be written as report.html beside the run's tables.

    Examples
    --------
    >>> from exitline.api import estimate
    >>> from exitline.stats.data import parse_study
    >>> from exitline.publish.report import ReportInput
    >>> import pandas as pd
    >>> study = parse_study("{study: Four homes, data: {households: homes.csv}}")
    >>> homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 9.0]})
    >>> html = render(ReportInput(study, estimate(homes, "headcount", welfare="y", line=2.5)))
    >>> html.startswith("<!doctype html>")
    True
    """
    css, script = style(content.t), page_asset("script.js")
    if content.pages:
        css += page_asset("found.css")
    return environment(page_asset).get_template("report.html.j2").render(
        page=view(content), t=content.t, plural=content.t.plural, style=css, script=script,
        words=script_words(content.t),
        style_digest=digest(css), script_digest=digest(script),
    )  # fmt: skip


def view(content: ReportInput) -> Page:
    """What the page says, as records: every figure is written out, nothing is HTML yet.

    Parameters
    ----------
    content : ReportInput

    Returns
    -------
    Page
    """
    from exitline.version import __version__

    households = household_level(content)
    levels = (*([households] if households else []), *area_levels(content))
    standard = rules(content)
    return Page(
        content.study.title, standard.title if standard else "", content.study.year, __version__,
        headline(content, levels, standard), _overall(content),
        area_sets(content, maps=True), levels,
        standard, method(content), content.sampled, *_decided(content, levels),
        model_sections(content), transfer_sections(content), index_section(content),
        tuple(content.pages),
    )  # fmt: skip


def _decided(content: ReportInput, levels: tuple[DecidedLevel, ...]) -> tuple[str, bool, bool]:
    """The heading over decisions, whether exits are among them, whether anybody was followed."""
    t = content.t
    words = household_words(content.study, content.standard, t)
    exits = words.followed or any(level.key != "household" for level in levels)
    return (t("Who meets the exit rule") if exits else words.title, exits, words.followed)


def _overall(content: ReportInput) -> Table | None:
    """Every measure at every line, for all areas together."""
    whole = of_set(content.estimates, "")
    if not whole:
        return None
    t = content.t
    lines = any(block.line for block in whole)
    columns = [TableColumn("name", t("Measure"))]
    columns += [TableColumn("name", t("Line"))] if lines else []
    columns.append(TableColumn("figure", t("All together"), interval_words(content)))
    if content.sampled:
        columns.append(TableColumn("number", t("Relative standard error"), "%"))
    rows = []
    for block in whole:
        words = naming(content, block.measure)
        said = written(content, block, 0, words.unit)
        row = [
            TableCell(words.label, None, b.money_words(content) if words.unit == "money" else ""),
            *([TableCell(b.line_name(content, block.line) or t("none"))] if lines else []),
            TableCell(str(said), None, said.reason),
        ]
        if content.sampled:
            row.append(TableCell(_relative(float(block.estimate[0]), float(block.se[0]), t)))
        rows.append(tuple(row))
    return Table("overall", t("Every measure, all areas together"), tuple(columns), tuple(rows))


def _relative(value: float, se: float, t: Language) -> str:
    """Standard error in percent of the figure."""
    known = value > 0 and se >= 0
    if not known:
        return t("cannot tell yet")
    return t.figure(f"{rounded(100 * se / value, 1)}\N{NO-BREAK SPACE}%")


def style(t: Language = ENGLISH) -> str:
    """The look shared with the explorer, dark where the system is, and what is the report's own."""
    colon = t.signs[": "]
    sign = "" if colon == ": " else f':root {{ --colon: "{colon}"; }}\n'
    dark = f"@media screen and (prefers-color-scheme: dark) {{\n{page_asset('dark.css')}}}\n"
    return page_asset("look.css") + dark + page_asset("style.css") + sign


def script_words(t: Language) -> str:
    """What the page's script says, as JSON."""
    said = {name: t(text) for name, text in json.loads(page_asset("words.json")).items()}
    return for_script({**said, "signs": dict(t.signs)})


def digest(text: str) -> str:
    """The digest by which a page's security policy knows its own style and script."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def page_asset(name: str) -> str:
    """A file beside the template."""
    folder = resources.files("exitline.publish.report") / "templates"
    return (folder / name).read_text(encoding="utf-8")


@cache
def environment(load: Callable[[str], str]) -> Environment:
    """Jinja with everything escaped and nothing undefined; `load` gives a template's text."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    made = Environment(
        autoescape=True, loader=FunctionLoader(load), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters["whole"] = whole_options
    return made


def whole_options(text: str) -> str:
    """A sentence as HTML whose options, such as --by, are not broken over lines.

    Examples
    --------
    >>> str(whole_options("Look <closer>: --by."))
    'Look &lt;closer&gt;: <span class="option">--by</span>.'
    """
    from markupsafe import Markup, escape

    return Markup(_OPTION.sub(r'<span class="option">\1</span>', str(escape(text))))
