"""What a run's figures give away of small counts, and the areas hidden because of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from exitline.web.errors import ExplorerError
from exitline.web.protect import small_areas

if TYPE_CHECKING:
    from exitline.web.figures import Grid
    from exitline.web.runs import RunFolder

Counts = dict[int, float]
_SHARES = {"headcount": "persons", "household_headcount": "households"}
_NUMBERS = {"poor_count": "persons", "poor_households": "households"}


def hidden_areas(run: RunFolder, grid: Grid, min_count: float) -> frozenset[int]:
    """Areas whose figures would give a small count away.

    In a sample the households that were looked at must not be few. In a full count neither
    the poor nor the others may be few, since share and size give their number exactly; nor
    those between two lines, since the difference of two numbers is a number.

    Parameters
    ----------
    run : RunFolder
    grid : Grid
    min_count : float

    Returns
    -------
    frozenset of int
        The same for all measures, since each tells about the others.

    Raises
    ------
    ExplorerError
        When a full count has figures at a line without the number of the poor.
    """
    inside = tuple(
        (grid.position[by, area], grid.position[within, parent])
        for by, area, within, parent in run.inside
        if (by, area) in grid.position and (within, parent) in grid.position
    )
    households: Counts = {}
    for row in run.estimates:
        area = grid.position[row["by"], row["domain"]]
        households[area] = max(households.get(area, 0.0), float(row["n"]))
    tables = [households]
    if run.census:
        _countable(run, min_count)
        tables += [*_of_lines(run, grid), *_of_decisions(run, grid)]
    return frozenset().union(*(small_areas(grid.areas, t, min_count, inside) for t in tables))


def _of_lines(run: RunFolder, grid: Grid) -> list[Counts]:
    """For persons and households: how many are below each line, between two, and above."""
    below: dict[tuple[str, str], Counts] = {}
    whole: dict[str, Counts] = {"persons": {}, "households": {}}
    for row in run.estimates:
        unit = _SHARES.get(row["measure"]) or _NUMBERS.get(row["measure"])
        if unit is None or not math.isfinite(row["estimate"]):
            continue
        area = grid.position[row["by"], row["domain"]]
        below.setdefault((unit, row["line"]), {})[area] = float(round(_number(row)))
        whole[unit][area] = float(round(row["population"]))
    found = []
    for unit, every in whole.items():
        lines = [counts for (of, _), counts in below.items() if of == unit]
        lines.sort(key=lambda counts: counts.get(0, 0.0))
        found += [*lines, *(_minus(every, counts) for counts in lines)]
        between = [_minus(high, low) for low, high in pairwise(lines)]
        found += [counts for counts in between if min(counts.values(), default=-1.0) >= 0.0]
    return found


def _number(row: Mapping[str, Any]) -> float:
    """The poor behind a share or a number."""
    scale = row["population"] if row["measure"] in _SHARES else 1.0
    return float(scale * row["estimate"])


def _minus(high: Counts, low: Counts) -> Counts:
    """Differences where both are known."""
    return {area: high[area] - low[area] for area in high.keys() & low.keys()}


def _countable(run: RunFolder, min_count: float) -> None:
    """Refuse to protect what cannot be counted: a gap at a line, but not how many are poor."""
    counted = {row["line"] for row in run.estimates if row["measure"] in _SHARES | _NUMBERS}
    lines = {row["line"]: row["measure"] for row in run.estimates if row["line"]}
    for line, measure in lines.items():
        if min_count > 1 and line not in counted:
            raise ExplorerError(
                "small counts cannot be protected: how many are poor is not known",
                where=f"{run.path}: {measure}, {line}",
                expected="headcount or household_headcount at every line of a full count",
                got=measure, remedy="add headcount to the study's measures, then run it again",
            )  # fmt: skip


def of_poor(run: RunFolder, level: str, criterion: str) -> bool:
    """Whether a criterion is about the share of persons who are poor."""
    standard = run.about["standard"]
    asked = standard["criteria"].get(level, {}).get(criterion, {}) if standard else {}
    return bool(asked.get("of") == "poor persons")


def _of_decisions(run: RunFolder, grid: Grid) -> list[Counts]:
    """The poor, the others and all behind what was decided on, with the sums above them.

    A decision on the share of persons knows households only: the share is taken of these.
    """
    found: dict[tuple[str, str, str], Counts] = {}
    for row in run.decisions:
        area = grid.position.get((run.about["levels"].get(row["level"], ""), row["unit"]))
        poor = of_poor(run, row["level"], row["criterion"]) and row["evidence"] == "full count"
        if area is None or not poor or not math.isfinite(row["value"]):
            continue
        number = float(round(row["value"] * row["n"]))
        of = {"poor": number, "others": row["n"] - number, "all": row["n"]}
        for side, count in of.items():
            counts = found.setdefault((row["level"], row["criterion"], side), {})
            above = area
            while above >= 0:
                counts[above] = counts.get(above, 0.0) + count
                above = grid.areas[above].within
    return list(found.values())
