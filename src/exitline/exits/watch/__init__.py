"""Who is at risk of falling back: the list, the risk model behind it, and how good both are.

May import `stats` and the rules of the register. Provides the list and its evaluation. Names
load when they are first used.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "evaluate": "evaluation",
    "watch": "watchlist",
}
"""Public name: the module that defines it. No module has the name of a function."""

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
