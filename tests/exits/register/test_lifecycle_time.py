"""State as of a day, spells, duties; spells that an office brings along."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exitline.exits.register import (
    Event,
    History,
    SpellError,
    check_spells,
    duties,
    spell_faults,
)

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


def spell_table(
    rows: list[tuple[str, int, int | None]],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Arrays of spells from (household, first day, day left)."""
    zero = np.datetime64("2016-01-01")
    since = np.array([zero + np.timedelta64(a, "D") for _, a, _ in rows])
    until = np.array(
        [
            np.datetime64("NaT", "D") if b is None else zero + np.timedelta64(b, "D")
            for _, _, b in rows
        ]
    )
    return np.array([h for h, _, _ in rows]), since, until


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(0, 30), st.none() | st.integers(0, 40)),
        max_size=8,
    )
)
@settings(max_examples=300)
def test_overlaps_and_negative_durations_are_those_of_a_plain_count(
    rows: list[tuple[str, int, int | None]],
) -> None:
    household, since, until = spell_table(rows)
    faults = spell_faults(household, since, until)
    assert faults.negative == sum(b is not None and b < a for _, a, b in rows)
    held = sorted(rows, key=lambda r: (r[0], r[1], np.inf if r[2] is None else r[2]))
    overlapping = 0
    for i, (name, first, _) in enumerate(held):
        ends = [np.inf if b is None else b for n, _, b in held[:i] if n == name]
        overlapping += bool(ends) and first < max(ends)
    assert faults.overlapping == overlapping


def test_spells_that_cannot_be_are_refused_without_naming_a_household() -> None:
    household, since, until = spell_table(
        [("x9", 0, 10), ("x9", 5, 20), ("y1", 9, 3), ("z", 0, None)]
    )
    faults = spell_faults(household, since, until, register=np.array(["x9", "y1"]))
    assert (faults.overlapping, faults.negative, faults.unknown) == (1, 1, 1)
    with pytest.raises(SpellError) as caught:
        check_spells(faults, where="spells.parquet")
    assert "1 overlapping" in (caught.value.got or "")
    assert "x9" not in str(caught.value)
    fine = spell_table([("a", 0, 10), ("a", 10, None)])
    check_spells(spell_faults(*fine), where="spells.parquet")
