"""What a run hides cannot be worked out from what it shows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from exitline.proof.disclose.protect import AreaTree, small_areas, small_parts


def _tree(counts: list[list[int]]) -> tuple[AreaTree, dict[int, float]]:
    """A country of provinces of counties, with the sums that a reader knows."""
    kinds, within, numbers = [""], [-1], {0: float(sum(map(sum, counts)))}
    for county in counts:
        parent = len(kinds)
        kinds.append("province")
        within.append(0)
        numbers[parent] = float(sum(county))
        for n in county:
            numbers[len(kinds)] = float(n)
            kinds.append("county")
            within.append(parent)
    return AreaTree(tuple(kinds), tuple(within)), numbers


def _inferred(
    areas: AreaTree, numbers: dict[int, float], hidden: frozenset[int], cell: int
) -> tuple[float, float]:
    """Smallest and largest value of a hidden area that fits all that is shown."""
    size = len(areas.kinds)
    rows = []
    for parent, parts in areas.families(range(size)):
        row = np.zeros(size)
        row[parts] = 1
        row[parent] = -1
        rows.append(row)
    bounds = [(0, None) if i in hidden else (numbers[i], numbers[i]) for i in range(size)]
    ends = []
    for sign in (1, -1):
        goal = np.zeros(size)
        goal[cell] = sign
        found = linprog(goal, A_eq=np.array(rows), b_eq=np.zeros(len(rows)), bounds=bounds)
        ends.append(np.inf if found.status == 3 else sign * found.fun)
    return float(ends[0]), float(ends[1])


@pytest.mark.parametrize("seed", range(40))
def test_a_hidden_county_keeps_its_protection_interval(seed):
    rng = np.random.default_rng(seed)
    counts = [list(rng.poisson(rng.gamma(1.0, 25.0, rng.integers(2, 6)))) for _ in range(3)]
    areas, numbers = _tree([[int(n) for n in county] for county in counts])
    hidden = small_areas(areas, numbers, 10)
    for cell in (i for i, n in numbers.items() if 0 < n < 10):
        assert cell in hidden
        low, high = _inferred(areas, numbers, hidden, cell)
        assert low <= max(0.0, numbers[cell] - 10) + 1e-6
        assert high >= numbers[cell] + 10 - 1e-6


@given(st.lists(st.integers(0, 60), min_size=1, max_size=12))
@settings(deadline=None, max_examples=300)
def test_parts_of_a_known_total_are_as_uncertain_as_promised(counts):
    hidden = small_parts(counts, 10)
    small = {i for i, n in enumerate(counts) if 0 < n < 10}
    assert small <= hidden
    if not small:
        assert not hidden
    elif len(hidden) < len(counts):
        together = sum(counts[i] for i in hidden)
        assert all(together >= counts[i] + 10 for i in small)  # the interval is [0, together]


def test_nothing_is_hidden_where_nothing_is_small_or_protection_is_off():
    areas, numbers = _tree([[40, 30], [0, 25]])
    assert small_areas(areas, numbers, 10) == frozenset()
    assert small_areas(areas, _tree([[3, 30], [0, 25]])[1], 0) == frozenset()


def test_a_set_of_too_many_areas_is_hidden_as_a_whole(monkeypatch):
    monkeypatch.setattr("exitline.proof.disclose.protect.MANY", 4)
    places = AreaTree(("", "p", "p", "c", "c", "c"), (-1, 0, 0, 1, 1, 2))
    counts = {0: 100.0, 1: 60.0, 2: 40.0, 3: 3.0, 4: 57.0, 5: 40.0}
    assert small_areas(places, counts, 10) == {3, 4, 5}


def test_a_threshold_between_one_and_two_is_two():
    places, counts = _tree([[1, 30, 20], [40, 25]])
    assert small_areas(places, counts, 1.5) == small_areas(places, counts, 2)


def test_where_no_choice_protects_the_whole_set_is_hidden(monkeypatch):
    from exitline.proof.disclose import TableError

    def refuse(*_: object, **__: object) -> None:
        raise TableError("no set of cells protects a small count")

    monkeypatch.setattr("exitline.proof.disclose.suppress", refuse)
    places, counts = _tree([[3, 30], [40, 25]])
    assert small_areas(places, counts, 10) == {
        i for i, k in enumerate(places.kinds) if k == "county"
    }
