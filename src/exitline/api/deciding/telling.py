"""How movements on a panel are told: on a terminal in the words of their page."""

from __future__ import annotations

from exitline.publish.report.findings.moved import (
    MovedRow,
    column_said,
    moved_row,
    plain_cell,
    secondary,
)

__all__ = ["MovedRow", "column_said", "moved_row", "plain_cell", "secondary"]
