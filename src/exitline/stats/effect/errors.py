"""Errors of estimates of effects."""

from __future__ import annotations

from exitline.errors import ExitlineError


class EffectError(ExitlineError):
    """A comparison that the data do not allow, or that is asked for what it cannot give."""
