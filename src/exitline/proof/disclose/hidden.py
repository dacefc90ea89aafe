"""What of a run may not be published: decided once, kept in its folder, read by all."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exitline.proof.disclose import counts as c
from exitline.proof.disclose.protect import small_areas, small_parts

if TYPE_CHECKING:
    import pandas as pd

    from exitline.proof.disclose.counts import Counts, Ground, Tables

MIN_COUNT = 10.0
"""Counts from 1 to below this are hidden, unless a study or a flag says otherwise."""
SHOWN, SUPPRESSED, LEFT_OUT = "shown", "suppressed", "left out"
"""What becomes of a row of a run's tables: the column `release`."""
REASON = "suppressed: it would give a small count away"
Area = tuple[str, str]
Decided = tuple[str, str, str, str]


@dataclass(frozen=True)
class Hidden:
    """What of a run is not published.

    Attributes
    ----------
    min_count : float
        Counts from 1 to below this are small.
    areas : frozenset of (set of areas, area)
        Areas of which no figure is shown.
    alone : frozenset of (set of areas, area)
        Areas of one household: not even named.
    sets : frozenset of str
        Sets of areas that name people: nothing of them is shown.
    decisions : frozenset of (level, parent, unit, criterion)
        Decisions of which the outcome alone is said.
    units : frozenset of (level, parent, unit)
        Units of one household: counted, never named.
    outcomes : bool
        Whether the numbers of households by outcome are hidden.
    """

    min_count: float = MIN_COUNT
    areas: frozenset[Area] = frozenset()
    alone: frozenset[Area] = frozenset()
    sets: frozenset[str] = frozenset()
    decisions: frozenset[Decided] = frozenset()
    units: frozenset[tuple[str, str, str]] = frozenset()
    outcomes: bool = False

    def of_estimates(self, rows: pd.DataFrame) -> list[str]:
        """What becomes of each row of estimates."""
        return [
            LEFT_OUT if by in self.sets or (by, domain) in self.alone
            else SUPPRESSED if (by, domain) in self.areas else SHOWN
            for by, domain in zip(rows["by"], rows["domain"], strict=True)
        ]  # fmt: skip

    def of_decisions(self, rows: pd.DataFrame) -> list[str]:
        """What becomes of each row of decisions."""
        keys = (rows[name] for name in ("level", "parent", "unit", "criterion"))
        return [
            LEFT_OUT if key[:3] in self.units else SUPPRESSED if key in self.decisions else SHOWN
            for key in zip(*keys, strict=True)
        ]


def hidden_of(
    tables: Tables, min_count: float, outcomes: Mapping[str, float], people: Iterable[str] = ()
) -> Hidden:
    """What of a run may not be published.

    In a full count neither the poor nor the others of an area may be few, since share and size
    give their number exactly; nor those between two lines, since the difference of two numbers
    is a number. In a sample the households that were looked at in an area must not be few: a
    figure of so few tells of those who were asked, not of the area. An area of one household is
    never shown, whatever the threshold.

    Parameters
    ----------
    tables : Tables
    min_count : float
        Counts from 1 to below this are small; 0 or 1 hides areas of one household alone.
    outcomes : mapping of str to float
        Households by outcome of the exit rule; empty for none.
    people : iterable of str
        Columns that name households or persons.

    Returns
    -------
    Hidden
    """
    ground = c.ground_of(tables)
    looked_at = c.households(tables, ground)
    asked = looked_at
    if not tables.census and looked_at.get(0, 0.0) < min_count:
        asked = {area: n for area, n in looked_at.items() if area}  # the whole is always told
    gone = small_areas(ground.places, asked, max(min_count, 2.0))
    if tables.census:
        for counts in (*c.of_lines(tables, ground), *c.of_decisions(tables, ground)):
            gone |= small_areas(ground.places, counts, min_count)
    names = {at: key for key, at in ground.position.items()}
    alone = frozenset(names[area] for area, n in looked_at.items() if n == 1 and area)
    full = [outcomes[o] for o in outcomes] if tables.census else []
    return Hidden(
        min_count, frozenset(names[area] for area in gone), alone,
        frozenset(_naming(looked_at, names, frozenset(people))),
        _decisions(tables, ground, gone, min_count), _alone(tables),
        bool(small_parts(full, min_count)),
    )  # fmt: skip


FEW_NAMES = 20
"""Up to so many areas, a set whose areas mostly hold one household still is one of areas."""


def _naming(looked_at: Counts, names: Mapping[int, Area], people: frozenset[str]) -> Iterable[str]:
    """Sets of areas that name people: by their column, or since most hold one household."""
    from exitline.proof.disclose.identifiers import DIRECT, kind_of_name

    sets: dict[str, list[float]] = {}
    for area, n in looked_at.items():
        sets.setdefault(names[area][0], []).append(n)
    for by, numbers in sets.items():
        columns = by.split(", ")
        told = any(x in people or kind_of_name(x) in DIRECT for x in columns) and len(numbers) > 3
        ones = sum(n == 1 for n in numbers)
        if by and (told or (len(numbers) > FEW_NAMES and ones > len(numbers) / 2)):
            yield by


def _alone(tables: Tables) -> frozenset[tuple[str, str, str]]:
    """Units of one household; of the overall outcome alone is `n` always of households."""
    rows = tables.decisions
    rows = rows[(rows["criterion"] == "") & (rows["n"] == 1)]
    return frozenset(zip(rows["level"], rows["parent"], rows["unit"], strict=True))


def _decisions(
    tables: Tables, ground: Ground, gone: frozenset[int], min_count: float
) -> frozenset[Decided]:
    """Decisions whose figures would give a small count away."""
    found: set[Decided] = set()
    rows = tables.decisions
    by_criterion = rows[rows["criterion"] != ""].groupby(["level", "criterion"], sort=False)
    figured = set(tables.estimates["by"])
    for key, of in by_criterion:
        level, criterion = map(str, key)
        asked = tables.criterion(level, criterion)
        of_poor = asked.get("of") == "poor persons"
        if not of_poor and asked.get("kind") != "share":
            continue
        keys = list(zip(of["level"], of["parent"], of["unit"], strict=True))
        at = [ground.units[key] for key in keys]
        small = _thin(of, min_count)
        if of_poor or tables.column(level) in figured:
            small |= {i for i, area in enumerate(at) if gone & set(ground.places.above(area))}
        if not of_poor:
            small |= _small(of, [ground.places.within[area] for area in at], min_count)
        found |= {(*keys[i], criterion) for i in small}
    return frozenset(found)


def _thin(of: pd.DataFrame, min_count: float) -> set[int]:
    """Units of which a sample looked at few households."""
    counted = ~of["evidence"].isin(["full count", "model"])  # a model's figure is no count
    thin = counted & (of["n"] < min_count)
    return {i for i, few in enumerate(thin.tolist()) if few}


def _small(of: pd.DataFrame, within: list[int], min_count: float) -> set[int]:
    """Units of a full count where those in the share, outside it, or all of them are few.

    Within each area that units lie in, so many others are hidden that a known total does not
    give them away.
    """
    found: set[int] = set()
    families: dict[int, list[int]] = {}
    value, n = of["value"].tolist(), of["n"].tolist()
    for i, evidence in enumerate(of["evidence"]):
        if evidence == "full count" and math.isfinite(value[i]):
            families.setdefault(within[i], []).append(i)
    for full in families.values():
        inside = [float(round(value[i] * n[i])) for i in full]
        outside = [n[i] - few for i, few in zip(full, inside, strict=True)]
        for numbers in (inside, outside, [n[i] for i in full]):
            found |= {full[k] for k in small_parts(numbers, min_count)}
    return found
