"""State as of a day, spells, duties; spells that an office brings along."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from math import inf
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exitline.exits.register import (
    Event,
    History,
    SpellError,
    duties,
)
from exitline.exits.register.standing import SpellFaults, check_spells
from exitline.stats.data.source import open_source
from exitline.stats.engine.duckdb import DuckDB
from exitline.stats.measure.over_time import lifecycle

START = date(2016, 1, 1)
PLAIN = Event(
    1, "h", "s", START, START, "poor", "", True, "", (), "a", "r", "p", "d"
)  # fmt: skip

moves = st.lists(st.tuples(st.integers(0, 40), st.sampled_from("abc")), min_size=1, max_size=12)


def history_of(steps: list[tuple[int, str]]) -> History:
    """Events at growing days."""
    day, events = START, []
    for number, (gap, state) in enumerate(steps, 1):
        day += timedelta(days=gap)
        events.append(replace(PLAIN, number=number, on=day, recorded=day, state=state))
    return History("h", tuple(events))


@given(moves, st.integers(-5, 400))
def test_state_as_of_is_the_last_event_up_to_that_day(
    steps: list[tuple[int, str]], offset: int
) -> None:
    history, day = history_of(steps), START + timedelta(days=offset)
    state = ""
    for event in history.events:
        if event.on <= day:
            state = event.state
    assert history.standing(day).state == state


@given(moves)
def test_spells_follow_one_another_and_hold_what_standing_says(
    steps: list[tuple[int, str]],
) -> None:
    history = history_of(steps)
    spells = history.spells()
    assert spells[-1].until is None
    for one, following in pairwise(spells):
        assert one.until == following.since
        assert one.state != following.state
        assert one.since <= following.since
    for spell in spells:
        if spell.until is None or spell.until > spell.since:
            assert history.standing(spell.since).state == spell.state


def test_what_was_known_on_an_earlier_day() -> None:
    late = replace(PLAIN, number=2, on=date(2016, 3, 1), recorded=date(2016, 9, 1), state="exited")
    history = History("h", (PLAIN, late))
    assert history.standing(date(2016, 6, 1)).state == "exited"
    assert history.standing(date(2016, 6, 1), known_on=date(2016, 6, 1)).state == "poor"


def test_fifteen_days_from_clue_to_decision(watch: Any) -> None:
    watch.take("carry over", "2020-12-01")
    watch.take("alert", "2021-03-01")
    history = watch.log.history("h1")

    def clock(day: date) -> tuple[str, int]:
        found = [d for d in duties(history, watch.log.procedure, day) if "clue" in d.name]
        return found[0].status, found[0].days_late

    assert duties(history, watch.log.procedure, date(2021, 2, 28)) == ()
    assert clock(date(2021, 3, 16)) == ("due", 0)
    assert clock(date(2021, 3, 17)) == ("overdue", 1)
    watch.take("dismiss clue", "2021-03-20")
    history = watch.log.history("h1")
    assert clock(date(2021, 4, 1)) == ("done late", 4)
    watch.take("alert", "2021-05-01")
    watch.take("dismiss clue", "2021-05-02")
    later = duties(watch.log.history("h1"), watch.log.procedure, date(2021, 6, 1))
    assert [d.status for d in later] == ["done late", "done"]


def counted(engine: DuckDB, rows: list[tuple[str, int, int | None]]) -> SpellFaults:
    """Faults of spells given as (household, first day, day left)."""
    day = lambda n: None if n is None else START + timedelta(days=n)  # noqa: E731
    given = pa.table(
        {"household": pa.array([h for h, _, _ in rows], pa.string()),
         "since": pa.array([day(a) for _, a, _ in rows], pa.date32()),
         "until": pa.array([day(b) for _, _, b in rows], pa.date32())}
    )  # fmt: skip
    table = engine.attach(open_source(given), "spells")
    found = engine.run(lifecycle.spell_faults(table)).to_pylist()[0]
    assert found.pop("rows") == len(rows)
    return SpellFaults(**found)


@pytest.fixture(scope="module")
def duck() -> Iterator[DuckDB]:
    """One engine for many small tables."""
    opened = DuckDB()
    yield opened
    opened.close()


@given(
    rows=st.lists(
        st.tuples(st.sampled_from("abcdef"), st.integers(0, 30), st.none() | st.integers(0, 40)),
        max_size=48,
    )
)
@settings(max_examples=25, deadline=None)
def test_overlaps_and_negative_durations_are_those_of_a_plain_count(
    duck: DuckDB, rows: list[tuple[str, int, int | None]]
) -> None:
    faults = counted(duck, rows)
    assert faults.negative == sum(b is not None and b < a for _, a, b in rows)
    held = sorted(rows, key=lambda r: (r[0], r[1], inf if r[2] is None else r[2]))
    overlapping = 0
    for i, (name, first, _) in enumerate(held):
        ends = [inf if b is None else b for n, _, b in held[:i] if n == name]
        overlapping += bool(ends) and first < max(ends)
    assert faults.overlapping == overlapping


def test_spells_that_cannot_be_are_refused_without_naming_a_household(duck: DuckDB) -> None:
    faults = counted(duck, [("x9", 0, 10), ("x9", 5, 20), ("y1", 9, 3), ("z", 0, None)])
    assert (faults.overlapping, faults.negative, faults.undated) == (1, 1, 0)
    with pytest.raises(SpellError) as caught:
        check_spells(faults, where="spells.parquet")
    assert "1 overlapping" in (caught.value.got or "")
    assert "x9" not in str(caught.value)
    check_spells(counted(duck, [("a", 0, 10), ("a", 10, None)]), where="spells.parquet")
