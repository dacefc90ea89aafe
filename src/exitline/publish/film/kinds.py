"""The kinds of scene, and what each one needs."""

# ruff: noqa: RUF009 - `_key` is a dataclass field with its reader, not a mutable default

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeAlias, Union

from pydantic import AfterValidator, Field, WithJsonSchema, WrapValidator, create_model

from exitline.errors import unknown
from exitline.publish.film import readers
from exitline.publish.film.errors import StoryError
from exitline.publish.film.keys import WORDS_SCHEMA
from exitline.publish.film.model import Scene, StoryText
from exitline.publish.film.readers import StoryReader
from exitline.rules.yamlfile.declared import LIST, Record, Text, Whole, choice, reads
from exitline.rules.yamlfile.tree import Tree

SHORTEST, LONGEST = 4.0, 8.0
"""Seconds that a scene may stand."""

_READING: ContextVar[StoryReader] = ContextVar("reading")
"""The story whose scene is being read."""


def _of(read: Callable[[Tree, StoryReader], Any], schema: dict[str, Any]) -> Any:
    """A value that a function reads, knowing the story so far."""
    return Annotated[
        Any, reads(lambda tree: read(tree, _READING.get())), WithJsonSchema(schema)
    ]  # fmt: skip


_REFERENCE = {"type": ["string", "object"]}
WORDS = _of(readers.text, WORDS_SCHEMA)
QUOTED = _of(readers.citation, WORDS_SCHEMA)
FIGURE = _of(readers.figure, _REFERENCE)
POINTS = _of(readers.points, _REFERENCE)
FILE = _of(readers.existing, {"type": "string"})
TONE = Annotated[str, *choice("accent", "other", "grey", "dark")]


def _key(kind: Any, *, needed: bool = False, default: Any = None) -> Any:
    """A key of a scene: what may stand there, and whether it must be there."""
    return field(default=default, metadata={"kind": kind, "needed": needed})


def _rows(kind: type[Any]) -> Any:
    """A list of small records."""
    return Annotated[tuple[_record(kind), ...], LIST]  # type: ignore[misc]


def _record(kind: type[Any]) -> Any:
    """A small record with keys of its own."""
    return Annotated[keys_of(kind), AfterValidator(lambda keys: kind(**_given(keys)))]


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


def _given(keys: Record) -> dict[str, Any]:
    """What was written, by the names of a dataclass's fields (in the record they end in _)."""
    return {name.removesuffix("_"): value for name, value in keys.given.items()}


@dataclass(frozen=True, kw_only=True)
class LabelledFigure:
    """A figure with what it is, and its interval if it has one."""

    label: StoryText = _key(WORDS, needed=True)
    value: str = _key(FIGURE, needed=True)
    low: str | None = _key(FIGURE)
    high: str | None = _key(FIGURE)
    tone: str = _key(TONE, default="accent")


@dataclass(frozen=True, kw_only=True)
class LabelledPoints:
    """A row of figures with its name."""

    label: StoryText = _key(WORDS, needed=True)
    points: str = _key(POINTS, needed=True)
    tone: str = _key(TONE, default="accent")


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A place on the horizontal axis that is explained."""

    at: str = _key(FIGURE, needed=True)
    label: StoryText = _key(WORDS, needed=True)


@dataclass(frozen=True, kw_only=True)
class TilePlace:
    """Where a tile stands, and what its key is called."""

    key: str = _key(Text, needed=True)
    label: StoryText = _key(QUOTED, needed=True)
    column: int = _key(Whole, default=0)
    row: int = _key(Whole, default=0)


@dataclass(frozen=True, kw_only=True)
class Stop:
    """One place of a journey and when it was reached."""

    label: StoryText = _key(QUOTED, needed=True)
    date: str = _key(FIGURE, needed=True)
    longitude: str = _key(FIGURE, needed=True)
    latitude: str = _key(FIGURE, needed=True)


@dataclass(frozen=True, kw_only=True)
class NamedText:
    """A heading and what stands beside it."""

    label: StoryText = _key(WORDS, needed=True)
    text: StoryText = _key(WORDS, needed=True)


@dataclass(frozen=True, kw_only=True)
class TitleScene(Scene):
    """The name of the episode."""

    kind: ClassVar[str] = "title"
    title: StoryText = _key(WORDS, needed=True)


@dataclass(frozen=True, kw_only=True)
class NumberScene(Scene):
    """One figure, counting up once."""

    kind: ClassVar[str] = "number"
    value: str = _key(FIGURE, needed=True)
    label: StoryText = _key(WORDS, needed=True)
    low: str | None = _key(FIGURE)
    high: str | None = _key(FIGURE)


@dataclass(frozen=True, kw_only=True)
class LineScene(Scene):
    """Rows of figures over time, as lines."""

    kind: ClassVar[str] = "line chart"
    title: StoryText = _key(WORDS, needed=True)
    lines: tuple[LabelledPoints, ...] = _key(_rows(LabelledPoints), needed=True)
    marks: tuple[Mark, ...] = _key(_rows(Mark), default=())


@dataclass(frozen=True, kw_only=True)
class AreaScene(Scene):
    """One row of figures over time, as an area; of a whole if there is one."""

    kind: ClassVar[str] = "area chart"
    title: StoryText = _key(WORDS, needed=True)
    part: LabelledPoints = _key(_record(LabelledPoints), needed=True)
    whole: LabelledPoints | None = _key(_record(LabelledPoints))
    marks: tuple[Mark, ...] = _key(_rows(Mark), default=())
    shape: str = _key(Annotated[str, *choice("joined", "steps")], default="joined")


@dataclass(frozen=True, kw_only=True)
class CompareScene(Scene):
    """Two figures of the same kind side by side."""

    kind: ClassVar[str] = "before/after"
    title: StoryText = _key(WORDS, needed=True)
    before: LabelledFigure = _key(_record(LabelledFigure), needed=True)
    after: LabelledFigure = _key(_record(LabelledFigure), needed=True)


@dataclass(frozen=True, kw_only=True)
class TilesScene(Scene):
    """Places as tiles (never borders), changing over time."""

    kind: ClassVar[str] = "tiles"
    title: StoryText = _key(WORDS, needed=True)
    points: str = _key(POINTS, needed=True)
    places: tuple[TilePlace, ...] = _key(_rows(TilePlace), needed=True)
    marks: str = _key(Annotated[str, *choice("dots", "counts")], default="dots")
    legend: StoryText = _key(WORDS, needed=True)
    rest: StoryText = _key(WORDS, needed=True)


@dataclass(frozen=True, kw_only=True)
class JourneyScene(Scene):
    """Places and dates along a route."""

    kind: ClassVar[str] = "journey"
    title: StoryText = _key(WORDS, needed=True)
    stops: tuple[Stop, ...] = _key(_rows(Stop), needed=True)
    around: str | None = _key(POINTS)


@dataclass(frozen=True, kw_only=True)
class DotsScene(Scene):
    """Estimates with their intervals, sorted."""

    kind: ClassVar[str] = "dot plot"
    title: StoryText = _key(WORDS, needed=True)
    points: str | None = _key(POINTS)
    places: tuple[TilePlace, ...] = _key(_rows(TilePlace), default=())
    rows: tuple[LabelledFigure, ...] = _key(_rows(LabelledFigure), default=())
    reference: LabelledFigure | None = _key(_record(LabelledFigure))


@dataclass(frozen=True, kw_only=True)
class WaffleScene(Scene):
    """Households, one mark each (or one for every so many)."""

    kind: ClassVar[str] = "waffle"
    title: StoryText = _key(WORDS, needed=True)
    groups: tuple[LabelledFigure, ...] = _key(_rows(LabelledFigure), needed=True)
    mark: str = _key(Annotated[str, *choice("house", "dot", "person")], default="house")


@dataclass(frozen=True, kw_only=True)
class QuotationScene(Scene):
    """Somebody else's words, with where they stand."""

    kind: ClassVar[str] = "quotation"
    quote: StoryText = _key(QUOTED, needed=True)
    by: StoryText = _key(QUOTED, needed=True)


@dataclass(frozen=True, kw_only=True)
class TextScene(Scene):
    """A sentence, and a second one if needed."""

    kind: ClassVar[str] = "text"
    title: StoryText = _key(WORDS, needed=True)
    text: StoryText | None = _key(WORDS)


@dataclass(frozen=True, kw_only=True)
class PhotographScene(Scene):
    """A photograph given by the user."""

    kind: ClassVar[str] = "photograph"
    file: Path = _key(FILE, needed=True)
    credit: StoryText = _key(QUOTED, needed=True)
    alt: StoryText = _key(WORDS, needed=True)


@dataclass(frozen=True, kw_only=True)
class MethodScene(Scene):
    """How the figures were made."""

    kind: ClassVar[str] = "method"
    rows: tuple[NamedText, ...] = _key(_rows(NamedText), needed=True)


@dataclass(frozen=True, kw_only=True)
class CreditRole:
    """Who did what."""

    label: StoryText = _key(QUOTED, needed=True)
    text: StoryText = _key(QUOTED, needed=True)


@dataclass(frozen=True, kw_only=True)
class CreditsScene(Scene):
    """Roles and names."""

    kind: ClassVar[str] = "credits"
    rows: tuple[CreditRole, ...] = _key(_rows(CreditRole), needed=True)


@dataclass(frozen=True, kw_only=True)
class SourcesScene(Scene):
    """Every source that the episode's figures come from."""

    kind: ClassVar[str] = "sources"


KINDS: dict[str, type[Scene]] = {
    kind.kind: kind
    for kind in (
        TitleScene, NumberScene, LineScene, AreaScene, CompareScene, TilesScene, JourneyScene,
        DotsScene, WaffleScene, QuotationScene, TextScene, PhotographScene, MethodScene,
        CreditsScene, SourcesScene,
    )
}  # fmt: skip
"""Every kind of scene by the word that a story file uses."""

_COMMON = dict.fromkeys(("title", "subtitle", "say", "note", "alt"), (WORDS, None))
_TIME = WithJsonSchema({"type": "number", "minimum": SHORTEST, "maximum": LONGEST})


def _seconds(tree: Tree) -> float:
    """How long the scene stands."""
    seconds = tree.number()
    if not SHORTEST <= seconds <= LONGEST:
        raise tree.fault(
            "a scene stands too short or too long",
            expected=f"{SHORTEST:g} to {LONGEST:g} seconds",
            got=f"{seconds:g}",
            remedy="split the scene, or give it its time",
        )
    return seconds


@cache
def scene_keys(word: str) -> type[Record]:
    """The record of a kind of scene: its own keys and those that all have."""
    own = {f.name for f in fields(KINDS[word]) if "kind" in f.metadata}
    common = {name: one for name, one in _COMMON.items() if name not in own}
    return keys_of(
        KINDS[word], scene=(Annotated[str, *choice(word)], ...),
        seconds=(Annotated[float, reads(_seconds), _TIME], ...), **common,
    )  # fmt: skip


AS_TREE = WrapValidator(lambda tree, _: tree)
"""What is read later, once the story's declarations are known; its schema is known now."""
AnyScene: TypeAlias = Any
"""A scene of any kind."""
if not TYPE_CHECKING:
    AnyScene = Annotated[Union[tuple(scene_keys(word) for word in KINDS)], AS_TREE]  # noqa: UP007


def read_scene(tree: Tree, number: int, reading: StoryReader) -> Scene:
    """One scene of a story file.

    Raises
    ------
    StoryError
        For a kind of scene or a key that does not exist, a key that is missing, or a
        scene that stands too long or too short; `others` holds the rest.
    """
    reading.begin_scene()
    given = dict(tree.items())
    if "scene" not in given:
        raise tree.fault("a scene without a kind", expected="scene: " + ", ".join(KINDS))
    word = given["scene"].text()
    if word not in KINDS:
        raise unknown("scene", word, KINDS, error=StoryError, where=given["scene"].where)
    token = _READING.set(reading)
    try:
        found = _given(scene_keys(word).read(tree))
    finally:
        _READING.reset(token)
    del found["scene"]
    return KINDS[word](
        number=number,
        used_figures=frozenset(reading.used_figures),
        used_points=frozenset(reading.used_points),
        where=tree.where,
        **found,
    )
