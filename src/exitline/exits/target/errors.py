"""What cannot be targeted."""

from __future__ import annotations

from exitline.errors import ExitlineError


class TargetError(ExitlineError):
    """A score, a card, a rule file or a scenario that cannot be used."""
