"""Which works to do next: `xl.works.choose`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.api.works.places import AT, PlacesTable
from exitline.errors import Faults, unknown
from exitline.exits.works.choice import best
from exitline.exits.works.errors import WorksError
from exitline.exits.works.plan import WorksPlan
from exitline.exits.works.problem import WorksProblem
from exitline.exits.works.reach import nearest, within
from exitline.words.said import say_plural

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from exitline.exits.works.problem import Goal

GOALS = ("people", "areas")


def choose(
    candidates: Any,
    places: Any,
    *,
    cost: str,
    budget: float | Sequence[float],
    within_km: float,
    people: str | None = None,
    work: str | None = None,
    assets: Any = None,
    working: str | None = None,
    exclusive: str | None = None,
    area: str | None = None,
    floor: float = 0.0,
    goal: Goal = "people",
    threshold: float = 1.0,
    users: str | None = None,
    candidate_at: tuple[str, str] = AT,
    place_at: tuple[str, str] = AT,
    gap: float = 1e-6,
    seconds: float = 60.0,
) -> WorksPlan:
    """The works or repairs that bring most people within reach under a budget, exactly.

    Parameters
    ----------
    candidates : path, table or Source
        Works that can be done, one in each row, with their place and cost.
    places : path, table or Source
        Where people live, one place in each row.
    cost : str
        Column of costs.
    budget : float or sequence of float
        For one year, or for each of several; what is left of one is there in the next. Serving
        somebody in the first of three years counts three times.
    within_km : float
        A work serves the places within this distance.
    people : str, optional
        Column of people (or households) at each place; 1 unless given.
    work : str, optional
        Column with the work's id; its row number unless given.
    assets : path, table or Source, optional
        What stands already: places within its reach are served.
    working : str, optional
        A condition over assets, such as ``"state = 'in use'"``.
    exclusive : str, optional
        Column of candidates: of those with the same value only one is done.
    area : str, optional
        Column of places: for `floor`, `goal="areas"` and ``by_area()``.
    floor : float
        Least share of every area's people that must be served in the end.
    goal : {"people", "areas"}
        Serve most people, or bring most areas to `threshold`.
    threshold : float
        Share of an area's people.
    users : str, optional
        Column of candidates with today's users, to show what the rule "most users first" gives.
    candidate_at, place_at : pair of str
        Columns of latitude and longitude in degrees (WGS 84).
    gap : float
        Relative gap at which the search may stop.
    seconds : float
        Most time to search.

    Returns
    -------
    WorksPlan
        ``compared()`` with other rules, ``by_area()``, ``at_budgets()``, ``stability()``.

    Raises
    ------
    WorksError
        For costs, coordinates or budgets that cannot be used, or floors that cannot be met.

    References
    ----------
    Church and ReVelle (1974), Papers of the Regional Science Association 32, 101-118.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> wells = pd.DataFrame({"latitude": [0.0, 0.0], "longitude": [0.0, 1.0], "cost": [3, 2]})
    >>> homes = wells.assign(people=[50, 40])
    >>> plan = xl.works.choose(wells, homes, cost="cost", budget=3, within_km=1, people="people")
    >>> plan.people, plan.spent
    (50.0, 3.0)
    """
    built = PlacesTable(candidates, "candidate", (work, exclusive))
    homes = PlacesTable(places, "place", (area,))
    years = [float(budget)] if isinstance(budget, int | float) else list(map(float, budget))
    check_numbers(budget=years, within_km=within_km, floor=floor, threshold=threshold)
    if goal not in GOALS:
        raise unknown("goal", goal, GOALS, error=WorksError, where="goal")
    at = homes.points(place_at)
    weight = np.ones(len(homes)) if people is None else homes.numbers(people)
    served = np.zeros(len(homes), dtype=bool)
    if assets is not None:
        stands = PlacesTable(assets, "asset")
        served = nearest(at, stands.points()[stands.where(working)])[0] <= within_km
    codes, areas = _codes([""] * len(homes) if area is None else homes.texts(area))
    groups = np.full(len(built), -1) if exclusive is None else _groups(built.texts(exclusive))
    reached = within(at, built.points(candidate_at), within_km)
    problem = WorksProblem(
        built.numbers(cost), reached, weight, served, codes,
        tuple(years), groups, np.full(len(areas), floor), goal, threshold,
    )  # fmt: skip
    names = built.texts(work) if work else [str(i + 1) for i in range(len(built))]
    return WorksPlan(
        problem, best(problem, gap=gap, seconds=seconds), tuple(names), areas,
        None if users is None else built.numbers(users), notes_on(problem),
        built.degrees(candidate_at), homes.degrees(place_at),
    )  # fmt: skip


_RANGES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "budget": (lambda years: bool(years) and all(0 < b < np.inf for b in years),
               "more than 0 a year"),
    "within_km": (lambda km: 0 < km < 20_038, "kilometres, more than 0"),
    "floor": (lambda share: 0 <= share <= 1, "a share from 0 to 1"),
    "threshold": (lambda share: 0 < share <= 1, "a share above 0 and up to 1"),
}  # fmt: skip


def check_numbers(**given: Any) -> None:
    """Refuse numbers out of range, all at once.

    Parameters
    ----------
    **given
        budget (one for each year), within_km, floor, threshold.

    Raises
    ------
    WorksError
    """
    faults = Faults()
    for name, value in given.items():
        fine, expected = _RANGES[name]
        if not fine(value):
            faults.add(WorksError(
                f"the {name} is out of range", where=name, expected=expected, got=str(value),
                remedy="give a number in this range",
            ))  # fmt: skip
    faults.raise_all()


def _codes(texts: Sequence[str]) -> tuple[Any, tuple[str, ...]]:
    """Codes of texts in the order of their first appearance, and the texts."""
    known: dict[str, int] = {}
    codes = np.array([known.setdefault(text, len(known)) for text in texts], dtype=np.int64)
    return codes, tuple(known)


def _groups(texts: Sequence[str]) -> Any:
    """Codes of groups; those without a value are in none."""
    codes, _ = _codes(texts)
    return np.where([text == "" for text in texts], -1, codes)


def notes_on(problem: WorksProblem) -> tuple[str, ...]:
    """What a reader must know of candidates and places."""
    new = problem.weight * ~problem.served
    idle = int((problem.reach @ new == 0).sum())
    far = problem.people(~problem.after(np.arange(problem.cost.size)))
    dear = int((problem.cost > sum(problem.budget)).sum())
    said = (
        say_plural(
            "{n} candidate serves nobody who is not served already",
            "{n} candidates serve nobody who is not served already",
            idle,
        ),
        say_plural(
            "{n} candidate costs more than the whole budget",
            "{n} candidates cost more than the whole budget",
            dear,
        ),
        say_plural(
            "{n} person is within reach of no candidate and not served",
            "{n} people are within reach of no candidate and not served",
            round(far),
        ),
    )
    return tuple(text for text in said if text.n)
