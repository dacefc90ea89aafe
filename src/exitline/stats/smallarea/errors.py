"""Errors of small area models."""

from __future__ import annotations

from exitline.errors import ExitlineError


class SmallAreaError(ExitlineError):
    """A small area model that the data do not allow, or that is asked for what it cannot give."""
