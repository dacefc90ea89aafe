"""What to compute, as unbound Ibis expressions; never an engine.

The measures themselves are made here: ``exitline.stats.measure.atkinson(epsilon=0.5)``.

May import `stats.data` and `rules`. Provides the registry of measures, and queries.
"""

from __future__ import annotations

from collections.abc import Callable

from exitline.stats.measure.catalogue import MEASURES, Measure, Term, named

__all__ = ["Measure", "Term", "named"]


def __getattr__(name: str) -> Callable[..., Measure]:
    """The function that makes a measure, by its name."""
    if name in MEASURES:
        return MEASURES[name]
    raise AttributeError(f"module 'exitline.stats.measure' has no attribute '{name}'")


def __dir__() -> list[str]:
    """Names of everything that is here, the measures among them."""
    return sorted([*globals(), *MEASURES])
