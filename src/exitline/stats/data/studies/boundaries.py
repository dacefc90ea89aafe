"""Boundaries that a set of areas is drawn on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class AreaBoundaries:
    """A file of polygons, and how areas are found in it.

    Attributes
    ----------
    file : path
    key : str
        The property that names each polygon.
    source : str
        Who drew them, and under which terms.
    names : mapping of str to str
        From areas to polygons that are called otherwise.
    """

    file: Path
    key: str
    source: str
    names: Mapping[str, str]
