"""Parameters that several operations take."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from exitline.publish.server.catalogue import ALL, Catalogue
from exitline.publish.server.declare import Parameter

if TYPE_CHECKING:
    from exitline.publish.explorer.model import Explorer

ROOT = "/api/v1"
MOST_ROWS = 1000
"""Most rows of one answer in JSON."""
COMMON = ("limit", "offset", "format", "lang")
"""Parameters of every table."""
USUAL_ROWS = 100
"""Rows of one answer unless it is asked for others."""


def language(shown: Explorer) -> Parameter:
    """Language of the answer."""
    return Parameter(
        "lang",
        "Language of the answer; otherwise as the header Accept-Language prefers, "
        f"or {shown.languages[0]}.",
        shown.languages,
    )


def table(lang: Parameter) -> tuple[Parameter, ...]:
    """What every table takes."""
    return (
        Parameter("limit", f"Most rows of the answer: {USUAL_ROWS} unless asked for others; "
                  "CSV has all rows unless asked for fewer.", least=1, most=MOST_ROWS),
        Parameter("offset", "Rows to pass over.", least=0, most=10_000_000, default=0),
        Parameter("format", "JSON, or CSV; otherwise as the header Accept prefers.",
                  ("json", "csv")),
        lang,
    )  # fmt: skip


def choices(name: str, words: str, there: Iterable[str]) -> tuple[Parameter, ...]:
    """A choice, where there is one to make."""
    those = tuple(dict.fromkeys(name for name in there if name))
    return (Parameter(name, words, those),) if those else ()


def within(found: Catalogue) -> tuple[Parameter, ...]:
    """The area that others lie in."""
    parent = next((found.ids[a.within] for a in found.shown.areas if a.within > 0), ALL)
    return (
        Parameter("within", "Only areas that lie in this one, at any depth: its id, or its key "
                  "where one area alone has it.", example=parent),
    )  # fmt: skip


def place(found: Catalogue) -> tuple[Parameter, ...]:
    """Parameters that say where: by level, or by the area that others lie in."""
    levels = [ALL, *(level.key for level in found.shown.levels)]
    return (
        *choices("level", 'Only areas of this level; "all" is everything together.', levels),
        *within(found),
    )
