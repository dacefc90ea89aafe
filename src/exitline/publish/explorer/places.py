"""Where areas stand in the picture: tiles in columns and rows, or dots at coordinates.

No borders are drawn: areas are tiles or dots.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from exitline.errors import nearest
from exitline.publish.explorer.errors import ExplorerError
from exitline.publish.explorer.model import Area, AreaLevel
from exitline.stats.data.keys import Joined, matched_texts
from exitline.stats.data.values import written
from exitline.words.said import Text
from exitline.words.texts import languages

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Place:
    """What a table of places says of one area."""

    label: Text | None
    x: float | None
    y: float | None


def places_of(path: Path, rows: Rows) -> tuple[str, dict[str, Place]]:
    """A table of places, by key.

    Parameters
    ----------
    path : Path
        For messages.
    rows : list of dict
        With a column `key`; `label`, and `label_zh` or one of another language; `column` and
        `row`, or `longitude` and `latitude`.

    Returns
    -------
    tuple of layout ("tiles", "dots" or "list") and mapping of key to Place

    Raises
    ------
    ExplorerError
        For a table without keys, a key that appears twice, or half a position.

    Examples
    --------
    >>> places_of(Path("p.csv"), [{"key": "a", "label": "A", "column": 1, "row": 2}])
    ('tiles', {'a': Place(label='A', x=1.0, y=2.0)})
    """
    names = set(rows[0]) if rows else set()
    if "key" not in names:
        raise ExplorerError(
            "a table of places needs a column 'key'", where=str(path),
            expected="key, label, and column and row or longitude and latitude",
            got=", ".join(sorted(names)) or "no rows",
            remedy=nearest("key", names) or "name the column that holds the areas' keys 'key'",
        )  # fmt: skip
    layout, pair = _positions(names)
    found: dict[str, Place] = {}
    for row in rows:
        key = written(row["key"])
        if key is None:
            continue
        if key in found:
            raise ExplorerError("a place appears twice", where=f"{path}, key {key}",
                                expected="each key once", got="two rows",
                                remedy="remove one of them")  # fmt: skip
        x, y = (_number(row.get(name), path, key) for name in pair) if pair else (None, None)
        found[key] = Place(_label(row), x, y)
    return layout, found


def _positions(names: set[str]) -> tuple[str, tuple[str, str] | None]:
    """How a table places its areas."""
    if {"column", "row"} <= names:
        return "tiles", ("column", "row")
    if {"longitude", "latitude"} <= names:
        return "dots", ("longitude", "latitude")
    return "list", None


def _label(row: Mapping[str, Any]) -> Text | None:
    """An area's name, in the languages the table has."""
    label = row.get("label")
    if label in (None, ""):
        return None
    named = {code: row.get(f"label_{code}") for code in languages()[1:]}
    own = {code: str(text) for code, text in named.items() if text not in (None, "")}
    return {"en": str(label), **own} if own else str(label)


def _number(value: Any, path: Path, key: str) -> float | None:
    """A coordinate; None where it is empty."""
    if value in (None, ""):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise ExplorerError("a position is not a number", where=f"{path}, key {key}",
                            expected="a number", got="something else",
                            remedy="correct the table of places")  # fmt: skip
    return number


def put_in_place(
    level: AreaLevel, index: int, areas: Sequence[Area], layout: str, places: Mapping[str, Place]
) -> tuple[AreaLevel, list[Area]]:
    """A level's areas with their names and positions.

    Parameters
    ----------
    level : AreaLevel
    index : int
        Its position among levels.
    areas : sequence of Area
        All areas.
    layout : {"tiles", "dots", "list"}
    places : mapping of str to Place

    Returns
    -------
    Level and list of Area
        Dots are scaled into the unit square, north up, with the picture's aspect.

    Raises
    ------
    ExplorerError
        When no area is in the table, or tiles are placed and an area has none.
    """
    found = list(areas)
    here = [a for a in areas if a.level == index]
    if layout == "tiles":
        _refuse_homeless(here, places)
    joined = match_of(here, places)
    if joined.none:
        raise ExplorerError(
            joined.problem, expected="the keys of the run's areas", got=joined.forms,
            remedy=joined.remedy,
        )  # fmt: skip
    known = {i: written(area.key) or "" for i, area in enumerate(areas) if area.level == index}
    own = [i for i, key in known.items() if key in places]
    for i in own:
        place = places[known[i]]
        found[i] = replace(areas[i], label=place.label or areas[i].label, x=place.x, y=place.y)
    if layout == "tiles":
        return replace(level, layout="tiles"), found
    spots = [(i, places[known[i]]) for i in own]
    at = {i: (p.x, p.y) for i, p in spots if p.x is not None and p.y is not None}
    if layout != "dots" or not at:
        return level, found
    aspect, square = unit_square({i: (x, y) for i, (x, y) in at.items()})
    for i in own:
        x, y = square.get(i, (None, None))
        found[i] = replace(found[i], x=x, y=y)
    return replace(level, layout="dots", aspect=aspect), found


def match_of(areas: Sequence[Area], places: Mapping[str, Place]) -> Joined:
    """How many of some areas a table of places names.

    Examples
    --------
    >>> match_of([Area("01", "North", 0)], {"1": Place(None, None, None)}).forms
    'text like 09 (areas of the run), text like 9 (areas of the table of places)'
    """
    keys = {key for area in areas if (key := written(area.key)) is not None}
    return matched_texts(keys, set(places), ("areas of the run", "areas of the table of places"))


def _refuse_homeless(areas: Sequence[Area], places: Mapping[str, Place]) -> None:
    """Every area needs its tile: one that is missing is most often a name misspelt."""
    lacking = [area.key for area in areas if written(area.key) not in places]
    if lacking:
        raise ExplorerError(
            f"{len(lacking)} "
            f"{'area has' if len(lacking) == 1 else 'areas have'} no tile",
            expected="a row for each area of the run",
            got=", ".join(lacking[:4]) + (" ..." if len(lacking) > 4 else ""),
            remedy=nearest(lacking[0], places) or "add their keys to the table of places",
        )  # fmt: skip


def unit_square(
    spots: Mapping[int, tuple[float, float]],
) -> tuple[float, dict[int, tuple[float, float]]]:
    """Longitude and latitude as points of the unit square, north up.

    Equirectangular, true to scale at the middle latitude.

    Returns
    -------
    aspect : float
        Width by height.
    mapping of int to (x, y)

    Examples
    --------
    >>> unit_square({0: (10.0, 0.0), 1: (20.0, 5.0)})[1]
    {0: (0.0, 1.0), 1: (1.0, 0.0)}
    """
    west, east = (f(x for x, _ in spots.values()) for f in (min, max))
    south, north = (f(y for _, y in spots.values()) for f in (min, max))
    wide, high = max(east - west, 1e-9), max(north - south, 1e-9)
    shrink = math.cos(math.radians((south + north) / 2))
    aspect = round(min(4.0, max(0.25, wide * shrink / high)), 3)
    return aspect, {
        i: (round((x - west) / wide, 4), round((north - y) / high, 4))
        for i, (x, y) in spots.items()
    }
