"""The nouns of a story: what is said, by which figures, in which scenes, for how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from exitline.publish.film.bound.formats import Format, read_format
from exitline.publish.film.errors import StoryError
from exitline.publish.film.template import Piece

if TYPE_CHECKING:
    from exitline.publish.film.bound.figures import StoryFigure
    from exitline.publish.film.bound.references import DataRef, FigureRef, PointsRef, RunRef

FPS = 30
"""Frames a second of every film."""


@dataclass(frozen=True)
class StoryText:
    """The same words in every language of a story.

    Parameters
    ----------
    pieces : mapping of language to tuple of Piece
    where : str
        File, line and key, for messages.

    Examples
    --------
    >>> StoryText({"en": (Piece("words", "In "), Piece("year", "1990"))}).say("en", {})
    'In 1990'
    """

    pieces: Mapping[str, tuple[Piece, ...]]
    where: str = ""

    def figures(self) -> frozenset[str]:
        """Names of the figures it uses, in any language."""
        every = (piece for pieces in self.pieces.values() for piece in pieces)
        return frozenset(piece.text for piece in every if piece.kind == "figure")

    def say(self, language: str, figures: Mapping[str, StoryFigure]) -> str:
        """The words in one language, with the figures written out.

        Raises
        ------
        StoryError
            When the language is not there.
        """
        if language not in self.pieces:
            raise StoryError(
                f"a text is missing in the language '{language}'",
                where=self.where,
                expected=f"{language}: ...",
                got=", ".join(self.pieces),
                remedy="add it, or build without this language (--lang)",
            )
        return "".join(
            _written(piece, language, figures, self.where) for piece in self.pieces[language]
        )


@dataclass(frozen=True)
class SourceNote:
    """Where figures come from, as it is shown.

    Parameters
    ----------
    name : str
        The key under `sources`.
    short : StoryText
        For the foot of a scene.
    full : StoryText
        For the list of sources: author, title, year, licence.
    url : str
        Address or doi, "" when there is none.

    Examples
    --------
    >>> words = StoryText({"en": (Piece("quote", "World Bank, PIP 2022"),)})
    >>> SourceNote("pip", words, words).name
    'pip'
    """

    name: str
    short: StoryText
    full: StoryText
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What every scene has.

    Parameters
    ----------
    number : int
        Its place in the episode, from 1.
    seconds : float
        How long it stands, 4 to 8.
    title : StoryText, optional
        The message, as a sentence.
    subtitle : StoryText, optional
        Measure and unit.
    say : StoryText, optional
        What captions and narration say.
    note : StoryText, optional
        A qualification that stays on screen.
    alt : StoryText, optional
        A description for those who do not see; made from the figures when left out.
    finding : bool
        Whether it is what the film has found: its picture stands for the film.
    used_figures, used_points : frozenset of str
        Names of the figures and rows of figures it uses.
    where : str
        File, line and key, for messages.

    Examples
    --------
    >>> Scene(number=1, seconds=5.0).frames
    150
    """

    kind: ClassVar[str] = ""

    number: int
    seconds: float
    title: StoryText | None = None
    subtitle: StoryText | None = None
    say: StoryText | None = None
    note: StoryText | None = None
    alt: StoryText | None = None
    finding: bool = False
    used_figures: frozenset[str] = frozenset()
    used_points: frozenset[str] = frozenset()
    where: str = ""

    @property
    def frames(self) -> int:
        """How many frames it stands."""
        return round(self.seconds * FPS)

    @property
    def name(self) -> str:
        """How messages call it."""
        return f"scene {self.number} ({self.kind})"


@dataclass(frozen=True)
class Episode:
    """One film.

    Parameters
    ----------
    name : str
        Names its files.
    title, summary : StoryText
    scenes : tuple of Scene
    data, runs : mappings of name to reference
    figures : mapping of name to FigureRef
    points : mapping of name to PointsRef
    sources : mapping of name to SourceNote
    folder : Path
        What relative paths start from.
    file : Path
        Where it was read.
    sound : Path, optional
        A sound track.
    bed : str
        A row of figures that is made into soft sound, "" for none.

    Examples
    --------
    >>> words = StoryText({"en": (Piece("words", "The line"),)})
    >>> Episode("the-line", words, words, ()).seconds
    0.0
    """

    name: str
    title: StoryText
    summary: StoryText
    scenes: tuple[Scene, ...]
    data: Mapping[str, DataRef] = field(default_factory=lambda: MappingProxyType({}))
    runs: Mapping[str, RunRef] = field(default_factory=lambda: MappingProxyType({}))
    figures: Mapping[str, FigureRef] = field(default_factory=lambda: MappingProxyType({}))
    points: Mapping[str, PointsRef] = field(default_factory=lambda: MappingProxyType({}))
    sources: Mapping[str, SourceNote] = field(default_factory=lambda: MappingProxyType({}))
    folder: Path = Path()
    file: Path = Path()
    sound: Path | None = None
    bed: str = ""

    @property
    def finding(self) -> Scene:
        """The scene that stands for the film: what it has found, or how it begins."""
        return next((scene for scene in self.scenes if scene.finding), self.scenes[0])

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.frames / FPS

    @property
    def frames(self) -> int:
        """How many frames it has."""
        return sum(scene.frames for scene in self.scenes)


@dataclass(frozen=True)
class Story:
    """A series of episodes.

    Parameters
    ----------
    name : str
    title, summary : StoryText
    languages : tuple of str
        Codes such as "en", "zh"; the first is the one a reader meets first.
    episodes : tuple of Episode
    path : Path
        The series file.

    Examples
    --------
    >>> words = StoryText({"en": (Piece("words", "Out of poverty"),)})
    >>> Story("out-of-poverty", words, words, ("en",), ()).lock.name
    'figures.lock.json'
    """

    name: str
    title: StoryText
    summary: StoryText
    languages: tuple[str, ...]
    episodes: tuple[Episode, ...]
    path: Path = Path()

    @property
    def lock(self) -> Path:
        """The file that records each figure's value."""
        return self.path.parent / "figures.lock.json"


def _written(piece: Piece, language: str, figures: Mapping[str, StoryFigure], where: str) -> str:
    """One piece as text."""
    if piece.kind != "figure":
        return piece.text
    figure = figures[piece.text]
    form: Format = read_format(piece.format, where) if piece.format else figure.format
    return form.write(figure.value, language)
