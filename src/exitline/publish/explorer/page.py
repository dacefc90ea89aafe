"""From an explorer's payload to one HTML page that needs no other file and no network."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from exitline.foreign import visible, visible_json
from exitline.publish.report.page import digest, environment
from exitline.words.catalogue import Language

SCRIPTS = (
    "data.js", "scale.js", "dom.js", "state.js", "findings.js", "marks.js", "picture.js",
    "multiples.js", "details.js", "lines.js", "slide.js", "table.js", "csv.js", "sheet.js",
    "take.js", "search.js", "compare.js", "main.js",
)  # fmt: skip
"""Parts of the page's one script, in their order; they share one scope."""
FOREIGN = (
    "title", "summary", "notice", "years", "levels", "series", "outcomes", "standard", "sources",
    "method", "disclosure", "verify",
)  # fmt: skip
"""Parts of a payload with words of the files that it was made from, beside names of areas."""
_HIDDEN = "[data-l] { display: none; }\n"
FIRST_ROWS = 300
"""At most so many rows of the first level stand in the page for readers without JavaScript."""


def render(payload: Mapping[str, Any]) -> str:
    """The explorer as one HTML file.

    Parameters
    ----------
    payload : mapping
        What `exitline.publish.explorer.model.Explorer.payload` gives: format exitline-explorer/1.

    Returns
    -------
    str
        UTF-8 text. All data, style and script are inside; a content security policy lets
        only these run and forbids every connection.

    Examples
    --------
    >>> from exitline.api.exploring import build
    >>> html = render(build(["examples/china-832/explorer.yaml"]).payload())
    >>> html.startswith("<!doctype html>"), "832" in html
    (True, True)
    """
    areas = {**payload["areas"], "label": _shown(payload["areas"]["label"], lines=False)}
    said = {name: _shown(part) for name, part in payload.items() if name in FOREIGN}
    payload = {**payload, **said, "areas": areas}
    languages = list(payload["languages"])
    words = {code: _words(code, payload.get("rows") == "person") for code in languages}
    style, dark, script = _style(languages), _look("dark.css") + _asset("dark.css"), _script()
    return environment(_asset).get_template("explorer.html.j2").render(
        d=payload, languages=languages, words=words, first=_first(payload),
        data=_embedded(payload), words_data=_embedded(words), style=style, dark=dark,
        script=script, style_digest=digest(style), dark_digest=digest(dark),
        script_digest=digest(script),
    )  # fmt: skip


def _shown(value: Any, *, lines: bool = True) -> Any:
    """Texts with what a browser would obey written out; line ends stay, where texts have them."""
    if isinstance(value, str):
        return visible(value, lines=lines)
    if isinstance(value, Mapping):
        return {name: _shown(part, lines=lines) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(part, lines=lines) for part in value]
    return value


def _first(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the page without JavaScript: the headline and the first level's table."""
    areas = payload["areas"]
    figures = _latest(payload["figures"], series=0)
    if figures is not None:
        level = min((areas["level"][a] for a in figures["area"] if a), default=-1)
        picked = [i for i, a in enumerate(figures["area"]) if areas["level"][a] == level and a]
        rows = [
            (areas["label"][figures["area"][i]], *_cell(figures, i)) for i in picked[:FIRST_ROWS]
        ]
        whole = next((_cell(figures, i) for i, a in enumerate(figures["area"]) if a == 0), None)
        year = figures["year"]
        series = payload["series"][0]
        return _record("figures", payload, level, year, rows, len(picked), whole, series)
    decided = _latest(payload["decisions"])
    if decided is None:
        return _record("nothing", payload, -1, None, [], 0, None, None)
    outcomes = decided["outcome"][0]
    rows = [
        (
            areas["label"][a],
            0 if o is not None else 2,
            payload["outcomes"][o if o is not None else 2],
            "",
        )
        for a, o in list(zip(decided["area"], outcomes, strict=True))[:FIRST_ROWS]
    ]
    return _record(
        "decisions", payload, decided["level"], decided["year"], rows, len(outcomes), None, None
    ) | {"counts": decided["counts"][0]}


def _record(
    kind: str, payload: Mapping[str, Any], level: int, year: int | None,
    rows: Sequence[tuple[Any, ...]], many: int, whole: tuple[Any, ...] | None,
    series: Mapping[str, Any] | None,
) -> dict[str, Any]:  # fmt: skip
    """The parts of the first view by name."""
    return {
        "kind": kind, "level": payload["levels"][level] if level >= 0 else None, "rows": rows,
        "year": payload["years"][year] if year is not None and payload["years"] else "",
        "many": many, "whole": whole, "series": series, "counts": None,
    }  # fmt: skip


def _latest(
    blocks: Sequence[Mapping[str, Any]], series: int | None = None
) -> Mapping[str, Any] | None:
    """The block of the latest year, of a series or of the first level."""
    fitting = [b for b in blocks if series is None or b["series"] == series]
    first = min((b.get("level", 0) for b in fitting), default=0)
    fitting = [b for b in fitting if b.get("level", 0) == first]
    return max(fitting, key=lambda b: b["year"], default=None)


def _cell(figures: Mapping[str, Any], i: int) -> tuple[int, str, str]:
    """Status, text and interval of one figure."""
    return figures["status"][i], figures["text"][i], figures["interval"][i]


def _embedded(value: Any) -> str:
    """JSON that cannot end the element it stands in, whatever its texts hold."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return visible_json(text)


def _style(languages: Sequence[str]) -> str:
    """The look shared with the report, and what is the explorer's own; of texts in several
    languages, that of the page's is shown."""
    chosen = ", ".join(f':root[data-lang="{c}"] [data-l="{c}"]' for c in sorted(languages))
    own = _asset("explorer.css").replace(_HIDDEN, f"{_HIDDEN}{chosen} {{ display: inline; }}\n")
    return _look("look.css") + own + _asset("picture.css") + _asset("paper.css")


def _script() -> str:
    """All parts of the script in one scope."""
    parts = "\n".join(_asset(name) for name in SCRIPTS)
    return f'"use strict";\n(() => {{\n{parts}}})();\n'


@cache
def _words(code: str, persons: bool) -> dict[str, Any]:
    """The interface in one language; where a row of the data is a person, it says so."""
    found: dict[str, dict[str, str]] = json.loads(_asset("words.json"))
    t = Language(code)
    said = found["words"] | (found["persons"] if persons else {})
    return {
        **{name: t(text) for name, text in said.items()},
        "name": t.name,
        "signs": dict(t.signs),
    }


@cache
def _asset(name: str) -> str:
    """A file of the explorer's own."""
    return (resources.files("exitline.publish.explorer") / "assets" / name).read_text(
        encoding="utf-8"
    )


@cache
def _look(name: str) -> str:
    """A file of the look that report and explorer share."""
    folder = resources.files("exitline.publish.report") / "templates"
    return (folder / name).read_text(encoding="utf-8")
