"""What every scene shows: its message above, its sources beneath, room for captions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from exitline.publish.film import theme
from exitline.publish.film.bound.figures import EpisodeFigures, StoryFigure, StoryPoints
from exitline.publish.film.canvas import Ink
from exitline.publish.film.lettering import Box, Style
from exitline.publish.film.model import Scene, SourceNote, StoryText
from exitline.words.catalogue import Language, closest

S = TypeVar("S", bound=Scene)

TITLE = Style(60, bold=True, leading=1.18)
SUBTITLE = Style(42, colour=theme.MUTED)
BODY = Style(44)
SMALL = Style(40, colour=theme.MUTED, leading=1.2)
CAPTION = Style(46, leading=1.2)

MARGIN = 64.0
"""Pixels at 1080 from the picture's edge to anything drawn; never less than the safe area."""


@dataclass(frozen=True)
class PaintStage:
    """Everything a painter needs besides its scene.

    Parameters
    ----------
    size : Size
    language : str
    bound : EpisodeFigures
        The episode's figures.
    sources : mapping of name to SourceNote
    kicker : str
        The series and which of its episodes this is.
    """

    size: theme.Size
    language: str
    bound: EpisodeFigures
    sources: Mapping[str, SourceNote] = field(default_factory=dict)
    kicker: str = ""

    def say(self, text: StoryText | None) -> str:
        """A text in the stage's language; nothing for none."""
        return text.say(self.language, self.bound.figures) if text is not None else ""

    def figure(self, name: str) -> StoryFigure:
        """A figure of the episode."""
        return self.bound.figures[name]

    def points(self, name: str) -> StoryPoints:
        """A row of figures of the episode."""
        return self.bound.points[name]

    def written(self, name: str) -> str:
        """A figure in its own format."""
        return self.figure(name).written(self.language)


def picture_box(size: theme.Size) -> Box:
    """Where things may be drawn, room for captions left out."""
    across = max(theme.SAFE * size.width, MARGIN * size.unit)
    down = max(theme.SAFE * size.height, MARGIN * size.unit)
    box = Box(across, down, size.width - 2 * across, size.height - 2 * down)
    return box.without(bottom=caption_height(size) + 10 * size.unit)


def caption_box(size: theme.Size) -> Box:
    """Where burned captions stand: the lowest part of the safe area."""
    across, down = theme.SAFE * size.width, theme.SAFE * size.height
    height = caption_height(size)
    return Box(across, size.height - down - height, size.width - 2 * across, height)


def caption_height(size: theme.Size) -> float:
    """Two lines."""
    return 2 * CAPTION.size * CAPTION.leading * size.unit + 4 * size.unit


class Painter(Generic[S]):
    """Draws one scene.

    Subclasses draw what stands still in `still`, what moves in `moving`, and say both
    in words in `describe`.
    """

    moves: float | None = None
    """How long something moves: 0 for a scene that stands still, None for as long as the
    scene leaves, so that it stands for a moment at its end."""

    def __init__(self, scene: S, stage: PaintStage) -> None:
        self.scene = scene
        self.stage = stage

    @property
    def move_seconds(self) -> float:
        """How long something moves in this scene."""
        if self.moves is not None:
            return self.moves
        return max(self.scene.seconds - theme.REST - theme.HOLD, 0.1)

    def still(self, ink: Ink) -> None:
        """Draw what does not change during the scene."""
        self.frame(ink)

    def moving(self, ink: Ink, p: float) -> None:
        """Draw what changes, at a progress from 0 to 1."""

    def describe(self) -> str:
        """What the scene shows, in words, for those who do not see it."""
        parts = [self.say(self.scene.title), self.say(self.scene.subtitle)]
        return self.sentences(*parts, *self.content(), self.say(self.scene.note))

    def content(self) -> list[str]:
        """The figures and texts between title and note, in words."""
        return []

    def say(self, text: StoryText | None) -> str:
        """A text in the language of the film."""
        return self.stage.say(text)

    @property
    def t(self) -> Language:
        """What says the painter's own words."""
        return closest(self.stage.language)

    def sentences(self, *parts: str) -> str:
        """Parts as sentences."""
        return self._joined(*parts) + self.t.signs[". "].rstrip()

    def _joined(self, *parts: str) -> str:
        """Parts with a stop between them; empty ones are left out."""
        return self.t.joined((part.rstrip(".。") for part in parts), ". ")

    def progress(self, seconds: float) -> float:
        """How far the movement is, some time into the scene."""
        if not self.move_seconds:
            return 1.0
        return min(max((seconds - theme.REST) / self.move_seconds, 0.0), 1.0)

    def source_names(self) -> list[str]:
        """Sources of every figure of the scene, each once."""
        figures = [self.stage.figure(name).source for name in sorted(self.scene.used_figures)]
        rows = [self.stage.points(name).source for name in sorted(self.scene.used_points)]
        return list(dict.fromkeys(s for text in rows + figures for s in text.split(",") if s))

    def foot(self) -> str:
        """Note and sources, as they stand beneath."""
        shorts = [self.say(self.stage.sources[name].short) for name in self.source_names()]
        source = self.t("Source: {what}", what=self.t.joined(shorts)) if shorts else ""
        return self._joined(self.say(self.scene.note), source)

    def frame(self, ink: Ink) -> Box:
        """Draw title, subtitle and foot; return the box between them."""
        box = picture_box(ink.size)
        return self._foot(ink, self._head(ink, box))

    def _head(self, ink: Ink, box: Box) -> Box:
        """Title and subtitle at the top."""
        u, upright = ink.u, ink.size.is_upright
        if self.scene.number == 1 and self.stage.kicker and self.scene.title is not None:
            drawn = ink.text(self.stage.kicker, box.x, box.y, SMALL, width=box.width)
            box = box.below(drawn.height + 4 * u)
        for text, style, lines in (
            (self.say(self.scene.title), TITLE, 4 if upright else 2),
            (self.say(self.scene.subtitle), SUBTITLE, 3 if upright else 2),
        ):
            if not text:
                continue
            room = Box(box.x, box.y, box.width, style.size * style.leading * u * lines)
            fitted = ink.fitted(text, style, room, "a title")
            text = ink.phrased(text, fitted, box.width)
            width = ink.balanced(text, fitted, box.width)
            drawn = ink.text(text, box.x, box.y, fitted, width=width)
            box = box.below(drawn.height + 10 * u)
        return box.below(26 * u if self.scene.title is not None else 0)

    def _foot(self, ink: Ink, box: Box) -> Box:
        """Note and sources at the bottom."""
        text = self.foot()
        if not text:
            return box
        lines = 5 if ink.size.is_upright else 2
        room = Box(box.x, 0, box.width, SMALL.size * SMALL.leading * ink.u * lines)
        style = ink.fitted(text, SMALL, room, "the note with the sources")
        height = ink.height(text, style, box.width)
        ink.text(text, box.x, box.bottom - height, style, width=box.width)
        return box.without(bottom=height + 24 * ink.u)
