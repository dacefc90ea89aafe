"""Does it last: movements in and out of poverty, and who is at risk of falling back.

Panels are read by `open_panel` (queries) and `read_panel` (arrays); everything else takes
one of the two. Names load when they are first used.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "PanelSpec": "sources",
    "open_panel": "sources",
    "panel_spec": "sources",
    "Transitions": "transitions",
    "transitions": "transitions",
}
"""Public name: the module that defines it."""

__all__ = list(_HOMES)  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
