"""The kinds of scene, and what each one needs."""

# ruff: noqa: RUF009 - `_key` is a dataclass field with its reader, not a mutable default

from __future__ import annotations

from collections.abc import Callable
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, ClassVar

from exitline.errors import nearest
from exitline.publish.film import readers
from exitline.publish.film.model import Scene, StoryText
from exitline.publish.film.readers import StoryReader
from exitline.rules.yamlfile.tree import Tree

SHORTEST, LONGEST = 4.0, 8.0
"""Seconds that a scene may stand."""

Reader = Callable[[Tree, StoryReader], Any]


def _key(read: Reader, *, needed: bool = False, default: Any = None) -> Any:
    """A key of a scene: how it is read, and whether it must be there."""
    return field(default=default, metadata={"read": read, "needed": needed})


def _word(*allowed: str) -> Reader:
    """One of a few words."""
    return lambda tree, _: tree.choice(allowed)


def _whole(tree: Tree, _: StoryReader) -> int:
    """A whole number that is layout, not a figure."""
    return tree.integer()


def _rows(read: Reader) -> Reader:
    """A list of them."""
    return lambda tree, reading: tuple(read(member, reading) for member in tree.sequence())


def _record(kind: type[Any]) -> Reader:
    """A small record with keys of its own."""

    def read(tree: Tree, reading: StoryReader) -> Any:
        return kind(**_read_keys(kind, tree, reading))

    return read


@dataclass(frozen=True, kw_only=True)
class LabelledFigure:
    """A figure with what it is, and its interval if it has one."""

    label: StoryText = _key(readers.text, needed=True)
    value: str = _key(readers.figure, needed=True)
    low: str | None = _key(readers.figure)
    high: str | None = _key(readers.figure)
    tone: str = _key(_word("accent", "other", "grey", "dark"), default="accent")


@dataclass(frozen=True, kw_only=True)
class LabelledPoints:
    """A row of figures with its name."""

    label: StoryText = _key(readers.text, needed=True)
    points: str = _key(readers.points, needed=True)
    tone: str = _key(_word("accent", "other", "grey", "dark"), default="accent")


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A place on the horizontal axis that is explained."""

    at: str = _key(readers.figure, needed=True)
    label: StoryText = _key(readers.text, needed=True)


@dataclass(frozen=True, kw_only=True)
class TilePlace:
    """Where a tile stands, and what its key is called."""

    key: str = _key(lambda tree, _: tree.text(), needed=True)
    label: StoryText = _key(readers.citation, needed=True)
    column: int = _key(_whole, default=0)
    row: int = _key(_whole, default=0)


@dataclass(frozen=True, kw_only=True)
class Stop:
    """One place of a journey and when it was reached."""

    label: StoryText = _key(readers.citation, needed=True)
    date: str = _key(readers.figure, needed=True)
    longitude: str = _key(readers.figure, needed=True)
    latitude: str = _key(readers.figure, needed=True)


@dataclass(frozen=True, kw_only=True)
class NamedText:
    """A heading and what stands beside it."""

    label: StoryText = _key(readers.text, needed=True)
    text: StoryText = _key(readers.text, needed=True)


@dataclass(frozen=True, kw_only=True)
class TitleScene(Scene):
    """The name of the episode."""

    kind: ClassVar[str] = "title"
    title: StoryText = _key(readers.text, needed=True)


@dataclass(frozen=True, kw_only=True)
class NumberScene(Scene):
    """One figure, counting up once."""

    kind: ClassVar[str] = "number"
    value: str = _key(readers.figure, needed=True)
    label: StoryText = _key(readers.text, needed=True)
    low: str | None = _key(readers.figure)
    high: str | None = _key(readers.figure)


@dataclass(frozen=True, kw_only=True)
class LineScene(Scene):
    """Rows of figures over time, as lines."""

    kind: ClassVar[str] = "line chart"
    title: StoryText = _key(readers.text, needed=True)
    lines: tuple[LabelledPoints, ...] = _key(_rows(_record(LabelledPoints)), needed=True)
    marks: tuple[Mark, ...] = _key(_rows(_record(Mark)), default=())


@dataclass(frozen=True, kw_only=True)
class AreaScene(Scene):
    """One row of figures over time, as an area; of a whole if there is one."""

    kind: ClassVar[str] = "area chart"
    title: StoryText = _key(readers.text, needed=True)
    part: LabelledPoints = _key(_record(LabelledPoints), needed=True)
    whole: LabelledPoints | None = _key(_record(LabelledPoints))
    marks: tuple[Mark, ...] = _key(_rows(_record(Mark)), default=())
    shape: str = _key(_word("joined", "steps"), default="joined")


@dataclass(frozen=True, kw_only=True)
class CompareScene(Scene):
    """Two figures of the same kind side by side."""

    kind: ClassVar[str] = "before/after"
    title: StoryText = _key(readers.text, needed=True)
    before: LabelledFigure = _key(_record(LabelledFigure), needed=True)
    after: LabelledFigure = _key(_record(LabelledFigure), needed=True)


@dataclass(frozen=True, kw_only=True)
class TilesScene(Scene):
    """Places as tiles (never borders), changing over time."""

    kind: ClassVar[str] = "tiles"
    title: StoryText = _key(readers.text, needed=True)
    points: str = _key(readers.points, needed=True)
    places: tuple[TilePlace, ...] = _key(_rows(_record(TilePlace)), needed=True)
    marks: str = _key(_word("dots", "counts"), default="dots")
    legend: StoryText = _key(readers.text, needed=True)
    rest: StoryText = _key(readers.text, needed=True)


@dataclass(frozen=True, kw_only=True)
class JourneyScene(Scene):
    """Places and dates along a route."""

    kind: ClassVar[str] = "journey"
    title: StoryText = _key(readers.text, needed=True)
    stops: tuple[Stop, ...] = _key(_rows(_record(Stop)), needed=True)
    around: str | None = _key(readers.points)


@dataclass(frozen=True, kw_only=True)
class DotsScene(Scene):
    """Estimates with their intervals, sorted."""

    kind: ClassVar[str] = "dot plot"
    title: StoryText = _key(readers.text, needed=True)
    points: str | None = _key(readers.points)
    places: tuple[TilePlace, ...] = _key(_rows(_record(TilePlace)), default=())
    rows: tuple[LabelledFigure, ...] = _key(_rows(_record(LabelledFigure)), default=())
    reference: LabelledFigure | None = _key(_record(LabelledFigure))


@dataclass(frozen=True, kw_only=True)
class WaffleScene(Scene):
    """Households, one mark each (or one for every so many)."""

    kind: ClassVar[str] = "waffle"
    title: StoryText = _key(readers.text, needed=True)
    groups: tuple[LabelledFigure, ...] = _key(_rows(_record(LabelledFigure)), needed=True)
    mark: str = _key(_word("house", "dot", "person"), default="house")


@dataclass(frozen=True, kw_only=True)
class QuotationScene(Scene):
    """Somebody else's words, with where they stand."""

    kind: ClassVar[str] = "quotation"
    quote: StoryText = _key(readers.citation, needed=True)
    by: StoryText = _key(readers.citation, needed=True)


@dataclass(frozen=True, kw_only=True)
class TextScene(Scene):
    """A sentence, and a second one if needed."""

    kind: ClassVar[str] = "text"
    title: StoryText = _key(readers.text, needed=True)
    text: StoryText | None = _key(readers.text)


@dataclass(frozen=True, kw_only=True)
class PhotographScene(Scene):
    """A photograph given by the user."""

    kind: ClassVar[str] = "photograph"
    file: Path = _key(readers.existing, needed=True)
    credit: StoryText = _key(readers.citation, needed=True)
    alt: StoryText = _key(readers.text, needed=True)


@dataclass(frozen=True, kw_only=True)
class MethodScene(Scene):
    """How the figures were made."""

    kind: ClassVar[str] = "method"
    rows: tuple[NamedText, ...] = _key(_rows(_record(NamedText)), needed=True)


@dataclass(frozen=True, kw_only=True)
class CreditRole:
    """Who did what."""

    label: StoryText = _key(readers.citation, needed=True)
    text: StoryText = _key(readers.citation, needed=True)


@dataclass(frozen=True, kw_only=True)
class CreditsScene(Scene):
    """Roles and names."""

    kind: ClassVar[str] = "credits"
    rows: tuple[CreditRole, ...] = _key(_rows(_record(CreditRole)), needed=True)


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

_COMMON: dict[str, Reader] = {
    "title": readers.text, "subtitle": readers.text, "say": readers.text, "note": readers.text,
    "alt": readers.text,
}  # fmt: skip


def read_scene(tree: Tree, number: int, reading: StoryReader) -> Scene:
    """One scene of a story file.

    Raises
    ------
    StoryError
        For a kind of scene or a key that does not exist, a key that is missing, or a
        scene that stands too long or too short.
    """
    reading.begin_scene()
    given = dict(tree.items())
    if "scene" not in given:
        raise tree.fault("a scene without a kind", expected="scene: " + ", ".join(KINDS))
    word = given["scene"].text()
    if word not in KINDS:
        raise tree.fault(
            f"there is no scene '{word}'",
            expected=", ".join(KINDS),
            got=word,
            remedy=nearest(word, KINDS) or "choose one of these",
        )
    kind = KINDS[word]
    found = _read_keys(kind, tree, reading, ("scene", "seconds"))
    return kind(
        number=number,
        seconds=_seconds(tree, given),
        used_figures=frozenset(reading.used_figures),
        used_points=frozenset(reading.used_points),
        where=tree.where,
        **found,
    )


def _seconds(tree: Tree, given: dict[str, Tree]) -> float:
    """How long the scene stands."""
    if "seconds" not in given:
        raise tree.fault("a scene without its time", expected="seconds: 4 to 8", got="none")
    seconds = given["seconds"].number()
    if not SHORTEST <= seconds <= LONGEST:
        raise given["seconds"].fault(
            "a scene stands too short or too long",
            expected=f"{SHORTEST:g} to {LONGEST:g} seconds",
            got=f"{seconds:g}",
            remedy="split the scene, or give it its time",
        )
    return seconds


def _read_keys(
    kind: type[Any], tree: Tree, reading: StoryReader, others: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The values of a record's keys."""
    known: dict[str, Field[Any]] = {f.name: f for f in fields(kind) if "read" in f.metadata}
    common = _COMMON if issubclass(kind, Scene) else {}
    needed = [name for name, f in known.items() if f.metadata["needed"]]
    given = tree.fields((*others, *dict.fromkeys((*common, *known))), needed)
    readings: dict[str, Reader] = common | {n: f.metadata["read"] for n, f in known.items()}
    return {n: readings[n](below, reading) for n, below in given.items() if n not in others}
