"""What cannot be drawn on a map."""

from __future__ import annotations

from exitline.errors import ExitlineError


class MapError(ExitlineError):
    """Boundaries that cannot be read, or that do not fit the areas."""
