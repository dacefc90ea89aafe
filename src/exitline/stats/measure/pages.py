"""The page of each measure: formula, standard error, what to mind, source."""

from __future__ import annotations

from pathlib import Path

from exitline.errors import MeasureError

_SHIPPED = Path(__file__).parent / "texts"
_SOURCE = Path(__file__).parents[4] / "docs" / "measures"


def page(name: str) -> str:
    """The text of a measure's page, in Markdown.

    Parameters
    ----------
    name : str
        A measure without its parameters.

    Raises
    ------
    MeasureError
        Where the installation holds no such page.

    Examples
    --------
    >>> page("gini").splitlines()[0]
    '# `gini`: Gini index'
    """
    for folder in (_SHIPPED, _SOURCE):
        path = folder / f"{name}.md"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise MeasureError(
        f"the page of '{name}' is not there",
        where=str(_SHIPPED),
        expected="a page for each measure, as the package ships them",
        got="none",
        remedy="install exitline anew, or read docs/measures in its repository",
    )
