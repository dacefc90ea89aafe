"""Cells that a spreadsheet reads as text: names of strangers are never formulas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: Any) -> Any:
    """A value for a CSV cell: a text that a spreadsheet would run begins with an apostrophe.

    Numbers stay numbers. The explorer's own downloads (`web/assets/csv.js`) follow the same rule.

    Parameters
    ----------
    value : object

    Returns
    -------
    object

    References
    ----------
    OWASP, CSV Injection.

    Examples
    --------
    >>> safe_cell("=1+1"), safe_cell(" @SUM(A1)"), safe_cell(-3), safe_cell("Tirana")
    ("'=1+1", "' @SUM(A1)", -3, 'Tirana')
    """
    if isinstance(value, str) and value.lstrip(" \u00a0\ufeff").startswith(_STARTS):
        return f"'{value}"
    return value


def safe_cells(row: Iterable[Any]) -> list[Any]:
    """A row of such cells.

    Examples
    --------
    >>> safe_cells(["+1", 2])
    ["'+1", 2]
    """
    return [safe_cell(value) for value in row]
