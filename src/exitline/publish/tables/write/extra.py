"""Libraries that come with the extra `tables`."""

from __future__ import annotations

import importlib.util

from exitline.errors import ExitlineError, install_extra


def need(library: str, purpose: str) -> None:
    """Refuse, with the remedy, where a library is not installed.

    Examples
    --------
    >>> need("openpyxl", "writing .xlsx")
    """
    if importlib.util.find_spec(library) is None:
        raise ExitlineError(
            f"{purpose} needs {library}", expected="the extra 'tables'", got="not installed",
            remedy=install_extra("tables"),
        )  # fmt: skip
