"""The page of each measure: other names, formula, standard error, what to mind, source."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from exitline.errors import MeasureError

_SHIPPED = Path(__file__).parent / "texts"
_SOURCE = Path(__file__).parents[4] / "docs" / "measures"


def _folder() -> Path:
    """Where the pages are: in the package, or in the repository that it runs from."""
    return _SHIPPED if _SHIPPED.is_dir() else _SOURCE


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
    path = _folder() / f"{name}.md"
    if path.is_file():
        return path.read_text(encoding="utf-8")
    raise MeasureError(
        f"the page of '{name}' is not there",
        where=str(_SHIPPED),
        expected="a page for each measure, as the package ships them",
        got="none",
        remedy="install exitline anew, or read docs/measures in its repository",
    )


def example(name: str) -> str:
    """A measure as its page asks for it, with its parameters.

    Parameters
    ----------
    name : str
        A measure without its parameters.

    Examples
    --------
    >>> example("fgt"), example("gini")
    ('fgt(1.5)', 'gini')
    """
    said = re.search(rf'"({name}\([^"]*\))"|xl\.measure\.({name}\([^)]*\))', page(name))
    return (said[1] or said[2]) if said else name


@cache
def also_called() -> dict[str, str]:
    """The measure meant by each of its other names, as its page gives them.

    Names are in small letters with `_` between words, as a measure is asked for.

    Examples
    --------
    >>> also_called()["poverty_rate"], also_called()["svygini"]
    ('headcount', 'gini')
    """
    found: dict[str, str] = {}
    for path in sorted(_folder().glob("*.md")):
        said = re.search(r"^\*\*Also called\.\*\* (.+)", path.read_text(encoding="utf-8"), re.M)
        for name in re.split("[,;]", said[1]) if said else ():
            call = re.search(r"`(\w+)", name)
            other = call[1] if call else "_".join(re.findall(r"[\w()]+", name))
            found.setdefault(other.lower(), path.stem)
    return found
