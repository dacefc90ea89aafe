"""What scenes are made of: the kinds of their keys, and the small records in them."""

# ruff: noqa: RUF009 - `held` is a dataclass field with its reader, not a mutable default

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, WithJsonSchema, create_model

from exitline.publish.film import readers
from exitline.publish.film.keys import WORDS_SCHEMA
from exitline.publish.film.model import StoryText
from exitline.publish.film.readers import StoryReader
from exitline.rules.yamlfile.declared import LIST, Record, Text, Whole, choice, reads
from exitline.rules.yamlfile.tree import Tree

READING: ContextVar[StoryReader] = ContextVar("reading")
"""The story whose scene is being read."""


def _of(read: Callable[[Tree, StoryReader], Any], schema: dict[str, Any]) -> Any:
    """A value that a function reads, knowing the story so far."""
    return Annotated[
        Any, reads(lambda tree: read(tree, READING.get())), WithJsonSchema(schema)
    ]  # fmt: skip


_REFERENCE = {"type": ["string", "object"]}
WORDS = _of(readers.text, WORDS_SCHEMA)
QUOTED = _of(readers.citation, WORDS_SCHEMA)
FIGURE = _of(readers.figure, _REFERENCE)
POINTS = _of(readers.points, _REFERENCE)
FILE = _of(readers.existing, {"type": "string"})
TONE = Annotated[str, *choice("accent", "other", "grey", "dark")]
MARK = Annotated[str, *choice("house", "dot", "person")]
SIDES = Annotated[tuple[Annotated[str, *choice("below", "above")], ...], LIST]


def held(kind: Any, *, needed: bool = False, default: Any = None) -> Any:
    """A key of a scene: what may stand there, and whether it must be there."""
    return field(default=default, metadata={"kind": kind, "needed": needed})


def several(kind: type[Any]) -> Any:
    """A list of small records."""
    return Annotated[tuple[single(kind), ...], LIST]  # type: ignore[misc]


def single(kind: type[Any]) -> Any:
    """A small record with keys of its own."""
    return Annotated[keys_of(kind), AfterValidator(lambda keys: kind(**as_fields(keys)))]


def keys_of(kind: type[Any], **more: Any) -> type[Record]:
    """The record by whose keys a dataclass is written, from the kinds of its fields."""
    known = {f.name: f.metadata for f in fields(kind) if "kind" in f.metadata}
    keys = {
        name + "_": (one["kind"], Field(... if one["needed"] else None, alias=name))
        for name, one in known.items()
    }
    named = kind.__name__ + "Keys"
    made: dict[str, Any] = {"__doc__": kind.__doc__, **more, **keys}
    return create_model(named, __base__=Record, **made)


def as_fields(keys: Record) -> dict[str, Any]:
    """What was written, by the names of a dataclass's fields (in the record they end in _)."""
    return {name.removesuffix("_"): value for name, value in keys.given.items()}


@dataclass(frozen=True, kw_only=True)
class LabelledFigure:
    """A figure with what it is, and its interval if it has one."""

    label: StoryText = held(WORDS, needed=True)
    value: str = held(FIGURE, needed=True)
    low: str | None = held(FIGURE)
    high: str | None = held(FIGURE)
    tone: str = held(TONE, default="accent")


@dataclass(frozen=True, kw_only=True)
class LabelledPoints:
    """A row of figures with its name."""

    label: StoryText = held(WORDS, needed=True)
    points: str = held(POINTS, needed=True)
    tone: str = held(TONE, default="accent")


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A place on the horizontal axis that is explained."""

    at: str = held(FIGURE, needed=True)
    label: StoryText = held(WORDS, needed=True)


@dataclass(frozen=True, kw_only=True)
class TilePlace:
    """Where a tile stands, and what its key is called."""

    key: str = held(Text, needed=True)
    label: StoryText = held(QUOTED, needed=True)
    column: int = held(Whole, default=0)
    row: int = held(Whole, default=0)


@dataclass(frozen=True, kw_only=True)
class Stop:
    """One place of a journey and when it was reached."""

    label: StoryText = held(QUOTED, needed=True)
    date: str = held(FIGURE, needed=True)
    longitude: str = held(FIGURE, needed=True)
    latitude: str = held(FIGURE, needed=True)


@dataclass(frozen=True, kw_only=True)
class MapGround:
    """What lies beneath the dots of a map: files of the user's, and whose they are."""

    land: Path = held(FILE, needed=True)
    water: Path | None = held(FILE)
    shapes: Path | None = held(FILE)
    credit: StoryText = held(QUOTED, needed=True)


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A named place on a map."""

    label: StoryText = held(WORDS, needed=True)
    longitude: str = held(FIGURE, needed=True)
    latitude: str = held(FIGURE, needed=True)


@dataclass(frozen=True, kw_only=True)
class CrossingStep:
    """A moment of a crossing; with a figure where that says how many are below the line."""

    label: StoryText = held(WORDS, needed=True)
    value: str | None = held(FIGURE)


@dataclass(frozen=True, kw_only=True)
class WayGroup:
    """How many go one way, and on which side of the line they are at each step."""

    label: StoryText = held(WORDS, needed=True)
    value: str = held(FIGURE, needed=True)
    way: tuple[str, ...] = held(SIDES, needed=True)
    tone: str = held(TONE, default="accent")


@dataclass(frozen=True, kw_only=True)
class QuotedPart:
    """A stretch of a quotation, and what is to be said of it."""

    text: StoryText = held(QUOTED, needed=True)
    label: StoryText = held(WORDS, needed=True)


@dataclass(frozen=True, kw_only=True)
class NamedText:
    """A heading and what stands beside it."""

    label: StoryText = held(WORDS, needed=True)
    text: StoryText = held(WORDS, needed=True)


@dataclass(frozen=True, kw_only=True)
class CreditRole:
    """Who did what."""

    label: StoryText = held(QUOTED, needed=True)
    text: StoryText = held(QUOTED, needed=True)
