"""What cannot be planned."""

from __future__ import annotations

from exitline.errors import ExitlineError


class WorksError(ExitlineError):
    """Works, places or a budget that cannot be used as they are."""
