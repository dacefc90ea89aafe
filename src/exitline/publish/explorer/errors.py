"""The error of this room."""

from __future__ import annotations

from exitline.errors import ExitlineError


class ExplorerError(ExitlineError):
    """A run, a record or an explorer file that cannot be shown as it stands."""
