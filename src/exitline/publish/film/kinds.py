"""The kinds of scene, and what each one needs."""

# ruff: noqa: RUF009 - `held` is a dataclass field with its reader, not a mutable default

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeAlias, Union

from pydantic import WithJsonSchema, WrapValidator

from exitline.errors import unknown
from exitline.publish.film.errors import StoryError
from exitline.publish.film.model import Scene, StoryText
from exitline.publish.film.parts import (
    FIGURE,
    FILE,
    MARK,
    POINTS,
    QUOTED,
    READING,
    WORDS,
    CreditRole,
    CrossingStep,
    LabelledFigure,
    LabelledPoints,
    MapGround,
    Mark,
    NamedText,
    QuotedPart,
    Spot,
    Stop,
    TilePlace,
    WayGroup,
    as_fields,
    held,
    keys_of,
    several,
    single,
)
from exitline.publish.film.readers import StoryReader
from exitline.rules.yamlfile.declared import Record, Text, Truth, Whole, choice, reads
from exitline.rules.yamlfile.tree import Tree

SHORTEST, LONGEST = 4.0, 8.0
"""Seconds that a scene may stand."""


@dataclass(frozen=True, kw_only=True)
class TitleScene(Scene):
    """The name of the episode."""

    kind: ClassVar[str] = "title"
    title: StoryText = held(WORDS, needed=True)


@dataclass(frozen=True, kw_only=True)
class NumberScene(Scene):
    """One figure, counting up once."""

    kind: ClassVar[str] = "number"
    value: str = held(FIGURE, needed=True)
    label: StoryText = held(WORDS, needed=True)
    low: str | None = held(FIGURE)
    high: str | None = held(FIGURE)


@dataclass(frozen=True, kw_only=True)
class LineScene(Scene):
    """Rows of figures over time, as lines."""

    kind: ClassVar[str] = "line chart"
    title: StoryText = held(WORDS, needed=True)
    lines: tuple[LabelledPoints, ...] = held(several(LabelledPoints), needed=True)
    marks: tuple[Mark, ...] = held(several(Mark), default=())


@dataclass(frozen=True, kw_only=True)
class AreaScene(Scene):
    """One row of figures over time, as an area; of a whole if there is one."""

    kind: ClassVar[str] = "area chart"
    title: StoryText = held(WORDS, needed=True)
    part: LabelledPoints = held(single(LabelledPoints), needed=True)
    whole: LabelledPoints | None = held(single(LabelledPoints))
    marks: tuple[Mark, ...] = held(several(Mark), default=())
    shape: str = held(Annotated[str, *choice("joined", "steps")], default="joined")


@dataclass(frozen=True, kw_only=True)
class CompareScene(Scene):
    """Two figures of the same kind side by side."""

    kind: ClassVar[str] = "before/after"
    title: StoryText = held(WORDS, needed=True)
    before: LabelledFigure = held(single(LabelledFigure), needed=True)
    after: LabelledFigure = held(single(LabelledFigure), needed=True)
    difference: LabelledFigure | None = held(single(LabelledFigure))
    mark: str = held(Annotated[str, *choice("bar", "house", "dot", "person")], default="bar")


@dataclass(frozen=True, kw_only=True)
class TilesScene(Scene):
    """Places as tiles (never borders), changing over time."""

    kind: ClassVar[str] = "tiles"
    title: StoryText = held(WORDS, needed=True)
    points: str = held(POINTS, needed=True)
    places: tuple[TilePlace, ...] = held(several(TilePlace), needed=True)
    marks: str = held(Annotated[str, *choice("dots", "counts")], default="dots")
    legend: StoryText = held(WORDS, needed=True)
    rest: StoryText = held(WORDS, needed=True)


@dataclass(frozen=True, kw_only=True)
class JourneyScene(Scene):
    """Places with their dates, one after the other; joined only where they are one route."""

    kind: ClassVar[str] = "journey"
    title: StoryText = held(WORDS, needed=True)
    stops: tuple[Stop, ...] = held(several(Stop), needed=True)
    around: str | None = held(POINTS)
    route: bool = held(Truth, default=False)
    ground: MapGround | None = held(single(MapGround))


@dataclass(frozen=True, kw_only=True)
class MapScene(Scene):
    """A place in its surroundings: from afar to near, then what changes there over time."""

    kind: ClassVar[str] = "map"
    title: StoryText = held(WORDS, needed=True)
    ground: MapGround = held(single(MapGround), needed=True)
    points: str | None = held(POINTS)
    counter: str | None = held(POINTS)
    legend: StoryText | None = held(WORDS)
    rest: StoryText | None = held(WORDS)
    spots: tuple[Spot, ...] = held(several(Spot), default=())
    around: int = held(Whole, default=0)


@dataclass(frozen=True, kw_only=True)
class ChoroplethScene(Scene):
    """Areas in the user's own boundaries, by class; hatched where one cannot tell."""

    kind: ClassVar[str] = "choropleth"
    title: StoryText = held(WORDS, needed=True)
    ground: MapGround = held(single(MapGround), needed=True)
    key: str = held(Text, needed=True)
    points: str = held(POINTS, needed=True)
    places: tuple[TilePlace, ...] = held(several(TilePlace), default=())
    pivot: LabelledFigure | None = held(single(LabelledFigure))
    undecided: StoryText | None = held(WORDS)


@dataclass(frozen=True, kw_only=True)
class WorksScene(Scene):
    """Villages that have something before works and after them, each where it lies."""

    kind: ClassVar[str] = "works"
    title: StoryText = held(WORDS, needed=True)
    before: str = held(POINTS, needed=True)
    after: str = held(POINTS, needed=True)
    legend: StoryText = held(WORDS, needed=True)
    gained: StoryText = held(WORDS, needed=True)
    lost: StoryText = held(WORDS, needed=True)
    rest: StoryText = held(WORDS, needed=True)


@dataclass(frozen=True, kw_only=True)
class CrossingScene(Scene):
    """Figures that cross a line, step by step: shares over time, or groups on their ways."""

    kind: ClassVar[str] = "crossing"
    title: StoryText = held(WORDS, needed=True)
    line: StoryText = held(WORDS, needed=True)
    below: StoryText = held(WORDS, needed=True)
    above: StoryText = held(WORDS, needed=True)
    points: str | None = held(POINTS)
    steps: tuple[CrossingStep, ...] = held(several(CrossingStep), default=())
    groups: tuple[WayGroup, ...] = held(several(WayGroup), default=())
    mark: str = held(MARK, default="person")


@dataclass(frozen=True, kw_only=True)
class DotsScene(Scene):
    """Estimates with their intervals, sorted."""

    kind: ClassVar[str] = "dot plot"
    title: StoryText = held(WORDS, needed=True)
    points: str | None = held(POINTS)
    places: tuple[TilePlace, ...] = held(several(TilePlace), default=())
    rows: tuple[LabelledFigure, ...] = held(several(LabelledFigure), default=())
    reference: LabelledFigure | None = held(single(LabelledFigure))


@dataclass(frozen=True, kw_only=True)
class WaffleScene(Scene):
    """Households, one mark each (or one for every so many)."""

    kind: ClassVar[str] = "waffle"
    title: StoryText = held(WORDS, needed=True)
    groups: tuple[LabelledFigure, ...] = held(several(LabelledFigure), needed=True)
    mark: str = held(MARK, default="house")


@dataclass(frozen=True, kw_only=True)
class QuotationScene(Scene):
    """Somebody else's words, with where they stand."""

    kind: ClassVar[str] = "quotation"
    quote: StoryText = held(QUOTED, needed=True)
    by: StoryText = held(QUOTED, needed=True)
    marks: tuple[QuotedPart, ...] = held(several(QuotedPart), default=())


@dataclass(frozen=True, kw_only=True)
class TextScene(Scene):
    """A sentence, and a second one if needed."""

    kind: ClassVar[str] = "text"
    title: StoryText = held(WORDS, needed=True)
    text: StoryText | None = held(WORDS)


@dataclass(frozen=True, kw_only=True)
class ListScene(Scene):
    """Headings with what stands beside each, one after the other."""

    kind: ClassVar[str] = "list"
    title: StoryText = held(WORDS, needed=True)
    rows: tuple[NamedText, ...] = held(several(NamedText), needed=True)


@dataclass(frozen=True, kw_only=True)
class PhotographScene(Scene):
    """A photograph given by the user."""

    kind: ClassVar[str] = "photograph"
    file: Path = held(FILE, needed=True)
    credit: StoryText = held(QUOTED, needed=True)
    alt: StoryText = held(WORDS, needed=True)


@dataclass(frozen=True, kw_only=True)
class MethodScene(Scene):
    """How the figures were made."""

    kind: ClassVar[str] = "method"
    rows: tuple[NamedText, ...] = held(several(NamedText), needed=True)


@dataclass(frozen=True, kw_only=True)
class CreditsScene(Scene):
    """Roles and names."""

    kind: ClassVar[str] = "credits"
    rows: tuple[CreditRole, ...] = held(several(CreditRole), needed=True)


@dataclass(frozen=True, kw_only=True)
class ClosingScene(Scene):
    """The end in one card: how it was made, every source, who made it; the rest (`more`)
    stands in the description of the film."""

    kind: ClassVar[str] = "closing"
    rows: tuple[NamedText, ...] = held(several(NamedText), needed=True)
    more: tuple[NamedText, ...] = held(several(NamedText), default=())
    credit: StoryText = held(QUOTED, needed=True)


@dataclass(frozen=True, kw_only=True)
class SourcesScene(Scene):
    """Every source that the episode's figures come from."""

    kind: ClassVar[str] = "sources"


KINDS: dict[str, type[Scene]] = {
    kind.kind: kind
    for kind in (
        TitleScene, NumberScene, LineScene, AreaScene, CompareScene, TilesScene, JourneyScene,
        MapScene, ChoroplethScene, WorksScene, CrossingScene, DotsScene, WaffleScene,
        QuotationScene, TextScene, ListScene, PhotographScene, MethodScene, CreditsScene,
        SourcesScene, ClosingScene,
    )
}  # fmt: skip
"""Every kind of scene by the word that a story file uses."""

_COMMON: dict[str, Any] = dict.fromkeys(("title", "subtitle", "say", "note", "alt"), (WORDS, None))
_COMMON["finding"] = (Truth, None)
_TIME = WithJsonSchema({"type": "number", "minimum": SHORTEST, "maximum": LONGEST})


def _seconds(tree: Tree) -> float:
    """How long the scene stands."""
    seconds = tree.number()
    if not SHORTEST <= seconds <= LONGEST:
        raise tree.fault(
            "a scene is shown too short or too long",
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
    token = READING.set(reading)
    try:
        found = as_fields(scene_keys(word).read(tree))
    finally:
        READING.reset(token)
    del found["scene"]
    return KINDS[word](
        number=number,
        used_figures=frozenset(reading.used_figures),
        used_points=frozenset(reading.used_points),
        where=tree.where,
        **found,
    )
