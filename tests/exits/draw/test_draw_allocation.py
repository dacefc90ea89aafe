"""Allocation, village probabilities and assignment against brute force."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import UTC, datetime
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from exitline.exits.draw.allocate import allocate
from exitline.exits.draw.assign import (
    Assessor,
    Visit,
    assign,
    assign_twice,
    field_list,
)
from exitline.exits.draw.seed import DrawError, Seed
from exitline.exits.draw.villages import Village, draw_villages, probabilities

SEED = Seed("state lottery 2026-12-01: 4 8 15 16 23 42", datetime(2026, 12, 1, tzinfo=UTC))


class TestAllocation:
    @settings(max_examples=200, deadline=None)
    @given(
        sizes=st.lists(st.integers(0, 50), min_size=1, max_size=6),
        part=st.floats(0, 1),
        least=st.integers(0, 3),
        method=st.sampled_from(["proportional", "equal", "square root", "neyman"]),
    )
    def test_adds_up_within_bounds(
        self, sizes: list[int], part: float, least: int, method: str
    ) -> None:
        low = [min(least, size) for size in sizes]
        total = sum(low) + round(part * (sum(sizes) - sum(low)))
        found = allocate(total, sizes, method, least=least)  # type: ignore[arg-type]
        assert found.sum() == total
        assert all(a <= n <= b for a, n, b in zip(low, found, sizes, strict=True))

    @settings(max_examples=40, deadline=None)
    @given(
        sizes=st.lists(st.integers(1, 9), min_size=2, max_size=4),
        spread=st.lists(st.floats(0.1, 5.0), min_size=4, max_size=4),
        part=st.floats(0, 1),
    )
    def test_neyman_is_the_best_of_all(
        self, sizes: list[int], spread: list[float], part: float
    ) -> None:
        s = spread[: len(sizes)]
        total = len(sizes) + round(part * (sum(sizes) - len(sizes)))
        found = allocate(total, sizes, "neyman", spread=s, least=1)

        def variance(numbers: tuple[int, ...]) -> float:
            return sum((size * sd) ** 2 / n for size, sd, n in zip(sizes, s, numbers, strict=True))

        best = min(
            variance(numbers)
            for numbers in itertools.product(*(range(1, size + 1) for size in sizes))
            if sum(numbers) == total
        )
        assert variance(tuple(int(n) for n in found)) == pytest.approx(best, rel=1e-12)

    def test_proportional_is_within_one_of_the_quota(self) -> None:
        sizes = np.array([830, 411, 97, 350])
        found = allocate(101, sizes)
        assert (np.abs(found - 101 * sizes / sizes.sum()) < 1).all()

    def test_refusals(self) -> None:
        with pytest.raises(DrawError, match="fewer units"):
            allocate(11, [5, 5])
        with pytest.raises(DrawError, match="too small"):
            allocate(3, [5, 5])
        with pytest.raises(DrawError, match="strata"):
            allocate(3, [])


class TestVillages:
    @settings(max_examples=100, deadline=None)
    @given(sizes=st.lists(st.integers(1, 1000), min_size=1, max_size=20), data=st.data())
    def test_probabilities_add_up(self, sizes: list[int], data: st.DataObject) -> None:
        number = data.draw(st.integers(1, len(sizes)))
        chances = probabilities(sizes, number)
        assert sum(chances) == number
        assert all(0 < p <= 1 for p in chances)
        free = [(p, s) for p, s in zip(chances, sizes, strict=True) if p < 1]
        assert len({p / s for p, s in free}) <= 1

    @settings(max_examples=60, deadline=None)
    @given(sizes=st.lists(st.integers(1, 300), min_size=2, max_size=15), data=st.data())
    def test_systematic_draws_the_number_asked_for(
        self, sizes: list[int], data: st.DataObject
    ) -> None:
        number = data.draw(st.integers(0, len(sizes)))
        frame = [Village(f"v{i}", size) for i, size in enumerate(sizes)]
        drawn = draw_villages(frame, number, SEED, "north", "systematic")
        assert len({d.village.name for d in drawn}) == len(drawn) == number

    def test_order_of_the_frame_does_not_matter(self) -> None:
        frame = [Village(f"v{i}", 10 + i) for i in range(30)]
        for method in ("systematic", "poisson", "equal"):
            one = draw_villages(frame, 7, SEED, "", method)  # type: ignore[arg-type]
            other = draw_villages(frame[::-1], 7, SEED, "", method)  # type: ignore[arg-type]
            assert one == other

    def test_large_villages_are_certain(self) -> None:
        frame = [Village("large", 900), *(Village(f"v{i}", 10) for i in range(20))]
        drawn = draw_villages(frame, 3, SEED, "", "systematic")
        assert drawn[0].village.name == "large"
        assert drawn[0].probability == 1
        assert drawn[1].probability == Fraction(2 * 10, 200)

    def test_refusals(self) -> None:
        with pytest.raises(DrawError, match="fewer villages"):
            draw_villages([Village("a", 1)], 2, SEED, "", "equal")
        with pytest.raises(DrawError, match="without households"):
            draw_villages([Village("a", 0), Village("b", 1)], 1, SEED, "", "systematic")


class TestAssignment:
    @settings(max_examples=60, deadline=None)
    @given(data=st.data())
    def test_as_even_as_the_best_of_all(self, data: st.DataObject) -> None:
        from scipy.optimize import linear_sum_assignment

        people = [
            Assessor(f"a{i}", frozenset(data.draw(st.sets(st.sampled_from("TUVW"), max_size=2))))
            for i in range(data.draw(st.integers(2, 4)))
        ]
        visits = [
            Visit(
                f"h{i}",
                data.draw(st.sampled_from("TUVW")),
                frozenset(data.draw(st.sets(st.sampled_from(["a0", "a1"]), max_size=1))),
            )
            for i in range(data.draw(st.integers(1, 9)))
        ]
        cost = np.full((len(visits), len(people) * len(visits)), 1e9)
        for i, visit in enumerate(visits):
            for j, person in enumerate(people):
                if visit.township not in person.townships and person.name not in visit.barred:
                    for k in range(len(visits)):
                        cost[i, j * len(visits) + k] = 2 * k + 1
        rows, columns = linear_sum_assignment(cost)
        best = cost[rows, columns].sum()
        assume(best < 1e8)
        loads = Counter(assign(visits, people, SEED).values())
        assert sum(load**2 for load in loads.values()) == best

    def people(self) -> list[Assessor]:
        return [Assessor(f"a{i}", frozenset({f"T{i % 4}"}), 60) for i in range(8)]

    def visits(self, n: int = 200) -> list[Visit]:
        return [Visit(f"h{i}", f"T{i % 4}", frozenset({f"a{i % 7}"})) for i in range(n)]

    def test_rules_hold_and_loads_are_even(self) -> None:
        visits, people = self.visits(), {a.name: a for a in self.people()}
        found = assign(visits, list(people.values()), SEED)
        for visit in visits:
            assert visit.township not in people[found[visit.unit]].townships
            assert found[visit.unit] not in visit.barred
        loads = Counter(found.values())
        assert max(loads.values()) - min(loads.values()) <= 1

    def test_order_of_the_input_does_not_matter(self) -> None:
        visits, people = self.visits(), self.people()
        one = assign(visits, people, SEED)
        other = assign(visits[::-1], people[::-1], SEED)
        assert one == {visit.unit: other[visit.unit] for visit in visits}

    def test_second_interviews_are_blind_and_by_others(self) -> None:
        visits, people = self.visits(), {a.name: a for a in self.people()}
        found = assign_twice(visits, list(people.values()), SEED, 0.1)
        again = [a for a in found if a.again]
        by_unit = {visit.unit: visit for visit in visits}
        assert len(again) == 20
        for one in again:
            assert one.again != one.assessor
            assert one.again not in by_unit[one.unit].barred
            assert by_unit[one.unit].township not in people[one.again].townships
        loads = Counter([a.assessor for a in found] + [a.again for a in again])
        assert max(loads.values()) - min(loads.values()) <= 1
        listed = [unit for name in people for unit in field_list(found, name, SEED)]
        assert Counter(listed) == Counter([a.unit for a in found] + [a.unit for a in again])

    def test_capacity_is_kept(self) -> None:
        people = [Assessor("a", capacity=5), Assessor("b", capacity=100)]
        loads = Counter(assign([Visit(str(i), "T") for i in range(50)], people, SEED).values())
        assert loads == {"a": 5, "b": 45}

    def test_impossible_says_where_and_who(self) -> None:
        people = [Assessor("a", frozenset({"T"})), Assessor("b", capacity=3)]
        visits = [Visit(str(i), "T") for i in range(4)] + [Visit("x", "U")]
        with pytest.raises(DrawError, match="independence") as caught:
            assign(visits, people, SEED)
        assert caught.value.where == "townships T"
        assert "room for the 4 visits" in str(caught.value.expected)
        assert "(b) with room for 3" in str(caught.value.got)
        with pytest.raises(DrawError, match="independence") as caught:
            assign([Visit("x", "T", frozenset({"b"}))], people, SEED)
        assert "no such assessor" in str(caught.value.got)

    def test_doubles_and_shares(self) -> None:
        with pytest.raises(DrawError, match="more than once"):
            assign([Visit("x", "T"), Visit("x", "T")], self.people(), SEED)
        with pytest.raises(DrawError, match="out of range"):
            assign_twice(self.visits(4), self.people(), SEED, 5)
