"""Where the census's households lie, and which of its areas and households the sample has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.stats.smallarea.errors import SmallAreaError
from exitline.stats.smallarea.unit.cells import one_district
from exitline.words.said import say_plural

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.api.area_models.asked import ModelAsked
    from exitline.stats.smallarea.formula import ModelRows
    from exitline.stats.smallarea.unit.cells import CensusCells, Places
    from exitline.stats.smallarea.unit.model import AreaMatch
    from exitline.stats.smallarea.unit.own_values import Known

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class SampledAreas:
    """What the sample's areas and districts are called, and where to note what does not match."""

    asked: ModelAsked
    names: tuple[str, ...]
    districts: tuple[str, ...]
    notes: list[str]


def places_of(
    asked: ModelAsked, cells: CensusCells, rows: Ints, values: tuple[tuple[Any, ...], ...]
) -> Places:
    """Which areas of every level the finest places lie in."""
    from exitline.stats.smallarea.unit.cells import Places, coded

    keys = asked.keys
    columns = {key: [value[i] for value in values] for i, key in enumerate(keys)}
    domain, domains = {}, {}
    for level in asked.levels:
        name = ", ".join(level)
        domain[name], domains[name] = coded([np.array(columns[c], object) for c in level])
    first = asked.area
    n = np.bincount(cells.place, rows, minlength=len(values)).astype(np.int64)
    weight = np.bincount(cells.place, cells.weight, minlength=len(values)).astype(np.float64)
    areas = tuple(one[0] for one in domains[first])
    return Places(domain[first], areas, domain, domains, n, weight)


def matched(
    sampled: SampledAreas, places: Places, values: tuple[tuple[Any, ...], ...]
) -> AreaMatch:
    """Areas and districts of the census among those of the sample."""
    from exitline.stats.smallarea.unit.cells import coded
    from exitline.stats.smallarea.unit.model import AreaMatch
    from exitline.stats.smallarea.unit.result import shown

    area = _sampled_areas(sampled, places)
    if sampled.asked.district is None:
        return AreaMatch(area)
    column = sampled.asked.keys.index(sampled.asked.district)
    codes, districts = coded([np.array([one[column] for one in values], object)])
    names = [shown((one,)) for one in places.areas]
    within = one_district(places.area, codes, names)
    known = {name: i for i, name in enumerate(sampled.districts)}
    there = np.array([known.get(shown(one), -1) for one in districts], dtype=np.int64)
    return AreaMatch(area, there[within], within)


def _sampled_areas(sampled: SampledAreas, places: Places) -> Ints:
    """The sampled area that each area of the census is; -1 where none was."""
    from exitline.stats.smallarea.unit.result import shown

    known = {name: i for i, name in enumerate(sampled.names)}
    found = np.array([known.get(shown((one,)), -1) for one in places.areas], dtype=np.int64)
    only = sorted(set(known) - {shown((one,)) for one in places.areas})
    if not (found >= 0).any():
        raise SmallAreaError(
            "sample and census have no area in common", where=sampled.asked.area,
            expected="areas written alike in both",
            got=f"'{sampled.names[0]}' in the sample, '{shown((places.areas[0],))}' in the census",
            remedy="write areas in one way, or name the column that does",
        )  # fmt: skip
    said = say_plural(
        "{n} sampled area is not in the census, so it has no figure; its "
        "households help to fit the model: {names}",
        "{n} sampled areas are not in the census, so they have no figure; their "
        "households help to fit the model: {names}",
        len(only), names=", ".join(only[:5]))  # fmt: skip
    if only and said not in sampled.notes:
        sampled.notes.append(said)
    return found


def known_households(
    asked: ModelAsked, rows: ModelRows, at: Ints, welfare: Floats, places: Places
) -> tuple[Known | None, Places]:
    """The sample's own households, where they stand for themselves."""
    from exitline.stats.smallarea.unit.own_values import Known
    from exitline.stats.smallarea.unit.result import shown

    if not asked.own_values:
        return None, places
    place = {}
    for i in range(len(places.area)):
        parts: dict[str, Any] = {}
        for level in asked.levels:
            name = ", ".join(level)
            value = places.domains[name][places.domain[name][i]]
            parts |= dict(zip(level, value, strict=True))
        place[shown(tuple(parts[key] for key in asked.keys))] = i
    columns = [rows.more[key].to_pandas().to_numpy()[at] for key in asked.keys]
    names = [shown(tuple(row)) for row in zip(*columns, strict=True)]
    where = np.array([place.get(name, -1) for name in names], dtype=np.int64)
    weight = numbers(rows, asked.size)[at] if asked.size else np.ones(len(where))
    inside = (where >= 0) & (weight > 0)
    row = np.flatnonzero(inside)
    known = Known(where[row], weight[row], welfare[row], row)
    size = len(places.area)
    return known, replace(
        places,
        n=places.n + np.bincount(known.place, minlength=size),
        weight=places.weight + np.bincount(known.place, known.weight, minlength=size),
    )


def numbers(rows: ModelRows, name: str) -> Floats:
    """A column of the sample as doubles; NaN where it is missing."""
    found = rows.more[name].to_pandas()
    return np.asarray(found.to_numpy(dtype=np.float64, na_value=np.nan))
