"""The report of a run: one HTML file that opens from disk, without network or server.

`ReportInput` holds what a run found, `render` makes the page: both are what this room provides.

May import `publish.content` and the rooms below.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exitline.publish.report.content import OutcomeCounts, ReportInput
    from exitline.publish.report.page import render

_HOME = {"OutcomeCounts": "content", "ReportInput": "content", "render": "page"}


def __getattr__(name: str) -> Any:
    """Load a name's module when the name is first used."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)


__all__ = ["OutcomeCounts", "ReportInput", "render"]
