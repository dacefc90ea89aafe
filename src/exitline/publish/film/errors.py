"""What can be wrong with a story."""

from __future__ import annotations

from exitline.errors import ExitlineError


class StoryError(ExitlineError):
    """A story that cannot be told as it stands: its file, its figures, its pictures or its time."""


class FigureChangedError(StoryError):
    """A figure that no longer is what was recorded when the story was last checked."""
