"""Prose of the rule files and procedures that come along, as messages, from where it stands.

A rule file is written in English (titles, labels, meanings, notes), and `Language` says its texts
in another language by what `rules.po` has for them. A user's own file keeps its own words: a text
is known by its words alone, and theirs are in no catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PROSE = ("title", "note", "label", "meaning", "denominator", "why", "publisher", "dimension")
"""Keys whose value is a text."""
LISTED = ("weighed", "procedure", "notes")
"""Keys whose value is a list of texts."""
COLUMNS = "columns"
"""What conditions name: a column's name is read out with spaces, and its unit is a text."""
_WORDS = re.compile(r"[^\W\d_]{2}")


def rule_texts() -> tuple[str, ...]:
    """Texts of all shipped rule files and procedures, each once.

    Examples
    --------
    >>> texts = rule_texts()
    >>> "Worry about food" in texts, "safe water" in texts, "food" in texts
    (True, True, False)
    """
    import yaml

    found: dict[str, None] = {}
    for path in sorted(ROOT.rglob("*.yaml")):
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
        if isinstance(said, dict) and {"standard", "procedure"} & said.keys() & {next(iter(said))}:
            found |= dict.fromkeys(_texts(said))
    return tuple(text for text in found if _WORDS.search(text))


def _texts(here: Any) -> Iterator[str]:
    """The texts below a place of a file."""
    if isinstance(here, list):
        for below in here:
            yield from _texts(below)
    if not isinstance(here, dict):
        return
    for key, below in here.items():
        if isinstance(below, str):
            yield from (below,) if key in PROSE else ()
        elif key in LISTED and isinstance(below, list):
            yield from below
        elif key == "classes":
            yield from below.values()
        else:
            yield from _columns(below) if key == COLUMNS else ()
            yield from _texts(below)


def _columns(columns: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Names of columns as conditions are read out, and their units."""
    for name, column in columns.items():
        yield name.replace("_", " ")
        yield from filter(None, [column.get("unit")])
