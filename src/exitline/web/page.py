"""The explorer as one HTML file: data, style and script within, nothing from elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from exitline.publish.report.page import digest
from exitline.web.texts import in_language

SCRIPTS = (
    "1-data.js", "2-dom.js", "3-picture.js", "4-findings.js", "5-table.js", "6-side.js",
    "7-start.js",
)  # fmt: skip
_STATIC_ROWS = 60
"""Rows of the table that stands in the page for readers without scripts."""


def render(payload: Mapping[str, Any]) -> str:
    """The explorer's page.

    Parameters
    ----------
    payload : mapping
        See :meth:`exitline.web.model.Explorer.payload`.

    Returns
    -------
    str
        UTF-8 text of one HTML file that opens from disk: it asks nothing of any network,
        and its security policy allows its own style and script by their digests alone.

    Examples
    --------
    >>> from exitline.web.build import build
    >>> html = render(build(["examples/china-832/explorer.yaml"]).payload())
    >>> html.startswith("<!doctype html>"), len(html.encode()) < 2_000_000
    (True, True)
    """
    from jinja2 import Environment, StrictUndefined

    language = payload["languages"][0]
    words = json.loads(_asset("words.json"))
    spoken = {code: words[code] for code in dict.fromkeys((*payload["languages"], "en"))}
    style, script = _style(), _script()
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_asset("explorer.html.j2")).render(
        page=_first_screen(payload, language, words[language]), words=words[language],
        language="zh-Hans" if language == "zh" else language, languages=payload["languages"],
        style=style, script=script, style_digest=digest(style), script_digest=digest(script),
        words_json=embedded(spoken), data_json=embedded(payload),
    )  # fmt: skip


def embedded(value: Any) -> str:
    """JSON that can stand in a script element, whatever texts it holds.

    Examples
    --------
    >>> embedded({"name": "</script>"})
    '{"name":"\\\\u003c/script>"}'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return re.sub("[<\u2028\u2029]", lambda m: f"\\u{ord(m.group()):04x}", text)


def _first_screen(
    payload: Mapping[str, Any], language: str, words: Mapping[str, str]
) -> dict[str, Any]:
    """What stands in the page without scripts: the answer, and the first level as a table."""
    first = next((f for f in payload["figures"] if f["series"] == 0 and _latest(f, payload)), None)
    page: dict[str, Any] = {
        name: in_language(payload[name] or "", language) for name in ("title", "summary", "notice")
    }
    page |= {"software": payload["software"], "big": "", "meaning": "", "sure": (), "caption": "",
             "heads": (), "rows": ()}  # fmt: skip
    if first is None:
        return page
    of = payload["series"][0]
    label = in_language(of["label"], language)
    shown = dict(zip(first["area"], range(len(first["area"])), strict=True))
    if 0 in shown:
        page["big"] = _figure(first, shown[0], words)
        page["meaning"] = ", ".join(filter(None, (label, payload["years"][first["year"]])))
        interval = first["interval"][shown[0]]
        said = words["answer.interval"].replace("{0}", f"{of.get('level', 95):g}")
        page["sure"] = (said.replace("{1}", interval),) if interval else ()
    level = next(
        (lv for a, lv in enumerate(payload["areas"]["level"]) if lv >= 0 and a in shown), 0
    )
    names = payload["areas"]["label"]
    page["rows"] = [
        (in_language(names[a], language), _figure(first, i, words), first["interval"][i])
        for a, i in shown.items() if payload["areas"]["level"][a] == level
    ][:_STATIC_ROWS]  # fmt: skip
    page["heads"] = (words["area"], label, words["interval"])
    page["caption"] = in_language(payload["levels"][level]["many"], language)
    return page


def _latest(figures: Mapping[str, Any], payload: Mapping[str, Any]) -> bool:
    return bool(figures["year"] == len(payload["years"]) - 1)


def _figure(figures: Mapping[str, Any], i: int, words: Mapping[str, str]) -> str:
    """A figure as it is read: never blank."""
    if figures["status"][i] == 1:
        return words["suppressed"]
    return figures["text"][i] or words["cannot"]


@cache
def _style() -> str:
    """The report's style, its colours for a chosen theme, and the explorer's own."""
    report = (resources.files("exitline.publish.report") / "templates" / "style.css").read_text(
        encoding="utf-8"
    )
    _, dark = re.findall(r":root \{(.*?)\}", report, re.DOTALL)[:2]
    report = report.replace(":root {" + dark, ':root:not([data-theme="light"]) {' + dark)
    chosen = f':root[data-theme="dark"] {{{dark}}}'
    return "\n".join((report, chosen, _asset("explorer.css")))


@cache
def _script() -> str:
    """All scripts as one, in a function of their own."""
    return '(() => {\n"use strict";\n' + "\n".join(_asset(f"js/{n}") for n in SCRIPTS) + "})();"


@cache
def _asset(name: str) -> str:
    return (resources.files("exitline.web") / "assets" / name).read_text(encoding="utf-8")
