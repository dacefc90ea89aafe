"""How a series is built, and what a build made."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from exitline.publish.film.bound.binding import ChangedFigure
from exitline.publish.film.errors import StoryError
from exitline.publish.film.making.look import FilmLook
from exitline.publish.film.model import Story
from exitline.publish.film.theme import Size

WIDE, UPRIGHT = Size(1920, 1080), Size(1080, 1920)
_SIZE = re.compile(r"(\d{3,4})x(\d{3,4})")


@dataclass(frozen=True)
class FilmOptions:
    """How a series is built.

    Parameters
    ----------
    languages : tuple of str
        Those of the story when empty.
    episodes : tuple of str
        All when empty.
    sizes : tuple of Size
    look : FilmLook
    narration : bool
        Let a speech engine read the captions.
    sound : Path, optional
        A sound track, instead of the episodes' own.
    preview : bool
        Contact sheets only.
    record : bool
        Write the figures as they are now into the story's record.
    """

    languages: tuple[str, ...] = ()
    episodes: tuple[str, ...] = ()
    sizes: tuple[Size, ...] = (WIDE, UPRIGHT)
    look: FilmLook = field(default_factory=FilmLook)
    narration: bool = False
    sound: Path | None = None
    preview: bool = False
    record: bool = False


@dataclass(frozen=True)
class Made:
    """One file that was built.

    Parameters
    ----------
    episode, language : str
    kind : {"film", "contact sheet"}
    path : Path
    seconds : float
    frames : int
    """

    episode: str
    language: str
    kind: str
    path: Path
    seconds: float
    frames: int


@dataclass(frozen=True)
class Report:
    """What a build did.

    Parameters
    ----------
    story : Story
    made : tuple of Made
    recorded : tuple of ChangedFigure
        Figures written anew into the record.
    pages : tuple of Path
    """

    story: Story
    made: tuple[Made, ...]
    recorded: tuple[ChangedFigure, ...] = ()
    pages: tuple[Path, ...] = ()


def read_size(text: str) -> Size:
    """A size such as ``1920x1080``.

    Raises
    ------
    StoryError
        When it is not one, is odd, or too small to read.

    Examples
    --------
    >>> read_size("1080x1920").is_upright
    True
    """
    found = _SIZE.fullmatch(text)
    width, height = (int(found.group(1)), int(found.group(2))) if found else (0, 0)
    if width % 2 or height % 2 or min(width, height) < 160 or max(width, height) > 4096:
        raise StoryError(
            "this is no size for a film",
            expected="width x height in even pixels, 160 to 4096",
            got=text,
            remedy="use 1920x1080 or 1080x1920",
        )
    return Size(width, height)
