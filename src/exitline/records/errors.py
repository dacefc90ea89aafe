"""What can be wrong with a record."""

from __future__ import annotations

from exitline.errors import ExitlineError


class RecordError(ExitlineError):
    """A record that cannot be read, or has another shape than its writer gave it."""
