"""The counts that a run's figures reveal: households looked at, the poor, and the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from exitline.proof.disclose.protect import AreaTree
from exitline.proof.disclose.system import TableError

if TYPE_CHECKING:
    import pandas as pd

Counts = dict[int, float]


@dataclass(frozen=True)
class Tables:
    """A run as tables: what it found, and how its areas lie.

    Attributes
    ----------
    estimates, decisions : pandas.DataFrame
        As in the run's folder, unrounded.
    inside : pandas.DataFrame
        Columns by, domain, within, within_domain: the finest area that holds each first.
    about : mapping
        What run.json says of the run: census, levels, measures, standard.
    behind : pandas.DataFrame, optional
        Further estimates that are not published: how many households are poor at each line.
    """

    estimates: pd.DataFrame
    decisions: pd.DataFrame
    inside: pd.DataFrame
    about: Mapping[str, Any]
    behind: pd.DataFrame | None = None

    @property
    def census(self) -> bool:
        """Whether the data are a full count."""
        return bool(self.about["census"])

    def column(self, level: str) -> str:
        """The area column of a level of decisions."""
        return str(self.about["levels"].get(level, ""))

    def criterion(self, level: str, name: str) -> Mapping[str, Any]:
        """What the standard asks of a level by a criterion."""
        standard = self.about["standard"]
        found: Mapping[str, Any] = (
            standard["criteria"].get(level, {}).get(name, {}) if standard else {}
        )
        return found


@dataclass(frozen=True)
class Ground:
    """The areas of a run by position, and those of its units.

    Attributes
    ----------
    places : AreaTree
    position : mapping of (set of areas, area) to int
    units : mapping of (level, parent, unit) to int
    """

    places: AreaTree
    position: Mapping[tuple[str, str], int]
    units: Mapping[tuple[str, str, str], int]


def ground_of(tables: Tables) -> Ground:
    """All areas that a run refers to, and the area that each lies in."""
    position: dict[tuple[str, str], int] = {("", ""): 0}
    pairs = tables.estimates[["by", "domain"]].drop_duplicates()
    for by, domain in pairs.itertuples(index=False):
        position.setdefault((by, domain), len(position))
    parent: dict[int, int] = {}
    inside: list[tuple[int, int]] = []
    for by, domain, within, above in tables.inside.itertuples(index=False):
        if (by, domain) in position and (within, above) in position:
            pair = position[by, domain], position[within, above]
            inside.append(pair)
            parent.setdefault(*pair)
    units = _units(tables, position, parent)
    kinds = tuple(by for by, _ in position)
    within_ = tuple(parent.get(i, 0) if i else -1 for i in range(len(kinds)))
    return Ground(AreaTree(kinds, within_, tuple(inside)), position, units)


def _units(
    tables: Tables, position: dict[tuple[str, str], int], parent: dict[int, int]
) -> dict[tuple[str, str, str], int]:
    """Where the units of decisions stand: with the estimates' areas of the same name, if that is
    the name of one unit only."""
    found: dict[tuple[str, str, str], int] = {}
    named = tables.decisions[["level", "parent", "unit"]].drop_duplicates()
    twice = named.duplicated(["level", "unit"], keep=False).tolist()
    for (level, above, unit), many in zip(named.itertuples(index=False), twice, strict=True):
        column = tables.column(level)
        key = (column, f"{above}, {unit}" if many else unit)
        at = position.setdefault(key, len(position))
        found[level, above, unit] = at
        county = (tables.column("county"), above)
        if above and county in position:
            parent.setdefault(at, position[county])
    return found


def households(tables: Tables, ground: Ground) -> Counts:
    """Households that were looked at, by area."""
    found: Counts = {}
    parts = [tables.estimates, *([tables.behind] if tables.behind is not None else [])]
    for part in parts:
        rows = (part[name] for name in ("by", "domain", "n"))
        for by, domain, n in zip(*rows, strict=True):
            area = ground.position[by, domain]
            found[area] = max(found.get(area, 0.0), float(n))
    return found


def of_lines(tables: Tables, ground: Ground) -> list[Counts]:
    """For persons and households: how many are below each line, between two, and above."""
    rows = _counted(tables)
    found: list[Counts] = []
    for _, of_unit in rows.groupby("of", sort=False):
        lines: list[Counts] = []
        every: Counts = {}
        for _, at in of_unit.groupby(["line", "measure"], sort=False):
            areas = [ground.position[key] for key in zip(at["by"], at["domain"], strict=True)]
            lines.append(dict(zip(areas, at["number"].round().tolist(), strict=True)))
            every |= dict(zip(areas, at["population"].round().tolist(), strict=True))
        lines.sort(key=lambda counts: counts.get(0, 0.0))
        found += [*lines, *(_minus(every, counts) for counts in lines)]
        between = [_minus(high, low) for low, high in pairwise(lines)]
        found += [counts for counts in between if min(counts.values(), default=-1.0) >= 0.0]
    return found


def _counted(tables: Tables) -> pd.DataFrame:
    """Rows that say how many of an area's persons or households have something."""
    import numpy as np
    import pandas as pd

    parts = [tables.estimates, *([tables.behind] if tables.behind is not None else [])]
    rows = pd.concat([part[_COLUMNS] for part in parts], ignore_index=True)
    kinds = {name: counts_of(name, tables.about) for name in rows["measure"].unique()}
    form = rows["measure"].map(lambda name: kinds[name][0])
    rows = rows.assign(form=form, of=rows["measure"].map(lambda name: kinds[name][1]))
    rows = pd.DataFrame(rows[(rows["form"] != "") & np.isfinite(rows["estimate"])])
    scale = np.where(rows["form"] == "share", rows["population"], 1.0)
    numbered: pd.DataFrame = rows.assign(number=rows["estimate"] * scale)
    return numbered


_COLUMNS = ["measure", "line", "by", "domain", "estimate", "population"]


def counts_of(measure: str, about: Mapping[str, Any]) -> tuple[str, str]:
    """Whether a figure is a share or a number of units that have something, and of which units.

    Examples
    --------
    >>> counts_of("headcount", {}), counts_of("poor_households", {}), counts_of("mean", {})
    (('share', 'persons'), ('number', 'households'), ('', ''))
    >>> counts_of("H", {}), counts_of("contribution_share(water)", {})
    (('share', 'persons'), ('', ''))
    """
    from exitline.errors import MeasureError
    from exitline.stats.measure.catalogue import named

    said = about.get("measures", {}).get(measure, {})
    if "counts" in said:
        return said["counts"], said["of"]
    try:
        known = named(measure)
    except MeasureError:
        return "", ""
    first = known.terms[0] if known.terms else None
    if first is None or first.kind not in ("poor", "flag"):
        return "", ""
    if len(known.terms) == 2 and known.terms[1] != known.about:  # a share of something else
        return "", ""
    of_units = ("persons", "households")
    form = "share" if known.unit == "share" else "number" if known.unit in of_units else ""
    return (form, first.unit) if form else ("", "")


def _minus(high: Counts, low: Counts) -> Counts:
    """Differences where both are known."""
    return {area: high[area] - low[area] for area in high.keys() & low.keys()}


def refuse_uncountable(tables: Tables, where: str) -> None:
    """Refuse to protect what cannot be counted: a gap at a line, but not how many are poor.

    Raises
    ------
    TableError
        When a full count has figures at a line without the number of the poor.
    """
    rows = tables.estimates[["measure", "line"]].drop_duplicates()
    counted = set(_counted(tables)["line"])
    for measure, line in rows.itertuples(index=False):
        if line and line not in counted:
            raise TableError(
                "small counts cannot be protected: how many are poor is not known",
                where=f"{where}: {measure}, {line}",
                expected="headcount or household_headcount at every line of a full count",
                got=measure, remedy="add headcount to the study's measures, then run it again",
            )  # fmt: skip


def of_decisions(tables: Tables, ground: Ground) -> list[Counts]:
    """The poor, the others and all behind what was decided on, with the sums above them.

    A decision on the share of persons knows households only: the share is taken of these.
    """
    found: dict[tuple[str, str, str], Counts] = {}
    rows = tables.decisions
    rows = rows[(rows["evidence"] == "full count") & rows["value"].notna()]
    names = ("level", "parent", "unit", "criterion", "value", "n")
    columns: list[list[Any]] = [rows[name].tolist() for name in names]
    for level, parent, unit, criterion, value, n in zip(*columns, strict=True):
        if tables.criterion(level, criterion).get("of") != "poor persons":
            continue
        area = ground.units[level, parent, unit]
        number = float(round(value * n))
        for side, count in (("poor", number), ("others", n - number), ("all", n)):
            counts = found.setdefault((level, criterion, side), {})
            for above in ground.places.above(area):
                counts[above] = counts.get(above, 0.0) + count
    return list(found.values())
