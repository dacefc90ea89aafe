"""Stories: short films and page series whose every figure is recomputed when they are built.

Provides: `load_story` reads the files, `bind` computes the figures, `build` makes the films
with all that goes with them. The drawing and the encoder come with the extra ``film``.

May import `publish.content`, `proof.claim` and the rooms below; nothing but the command line
imports it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exitline.publish.film.errors import FigureChangedError, StoryError
from exitline.publish.film.load import load_story

if TYPE_CHECKING:
    from exitline.publish.film.bound.binding import Services, bind
    from exitline.publish.film.making.make import build
    from exitline.publish.film.making.options import FilmOptions, Report
    from exitline.publish.film.model import Episode, Scene, Story

_LATER = {
    "Services": "bound.binding", "bind": "bound.binding", "FilmOptions": "making.options",
    "Report": "making.options", "build": "making.make",
    "Episode": "model", "Scene": "model", "Story": "model",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load what draws only when it is asked for."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)


__all__ = [
    "Episode",
    "FigureChangedError",
    "FilmOptions",
    "Report",
    "Scene",
    "Services",
    "Story",
    "StoryError",
    "bind",
    "build",
    "load_story",
]
