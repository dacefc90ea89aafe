"""The unbound expressions against the events themselves, on every engine."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from exitline.errors import DataError
from exitline.exits.register import standing
from exitline.stats.data.source import open_source
from exitline.stats.measure.over_time import lifecycle

STATES = ["exited", "poor", "reviewed"]


@pytest.fixture(scope="module")
def events() -> pd.DataFrame:
    """Events of 400 households, several on one day, some before 1970."""
    import numpy as np

    random = np.random.default_rng(1)
    rows, day = [], {h: date(1968, 1, 1) for h in range(400)}
    for number in range(2000):
        h = int(random.integers(0, 400))
        day[h] += timedelta(days=int(random.choice([0, 0, 30, 900])))
        rows.append((f"h{h}", day[h], STATES[int(random.integers(0, 3))], number))
    return pd.DataFrame(rows, columns=["household", "on", "state", "number"])


@pytest.mark.parametrize(
    "day", [date(1968, 1, 1), date(1969, 6, 1), date(1973, 1, 1), date(2030, 1, 1)]
)
def test_state_as_of_is_the_last_event(engine: Any, events: pd.DataFrame, day: date) -> None:
    expected = {}
    for row in events.itertuples():
        if row.on <= day:
            expected[row.household] = (row.state, row.on)
    table = engine.attach(open_source(events), "events")
    found = engine.run(lifecycle.state_as_of(table, day, STATES)).to_pylist()
    assert {r["household"]: (r["state"], r["on"]) for r in found} == expected
    counted = engine.run(lifecycle.count_states(table, day, STATES)).to_pylist()
    assert {r["state"]: r["households"] for r in counted} == Counter(
        s for s, _ in expected.values()
    )


def test_spells_are_those_of_the_events(engine: Any, events: pd.DataFrame) -> None:
    expected = []
    for household, own in events.groupby("household"):
        runs: list[list[Any]] = []
        for row in own.itertuples():
            if not runs or runs[-1][1] != row.state:
                if runs:
                    runs[-1][3] = row.on
                runs.append([household, row.state, row.on, None])
        expected += [tuple(run) for run in runs]
    table = engine.attach(open_source(events), "events")
    spells = lifecycle.spells(table)
    found = engine.run(spells).to_pylist()
    key = lambda r: tuple(str(v) for v in r)  # noqa: E731
    assert sorted(map(tuple, (r.values() for r in found)), key=key) == sorted(expected, key=key)
    faults = engine.run(lifecycle.spell_faults(spells)).to_pylist()[0]
    assert (faults["negative"], faults["overlapping"], faults["undated"]) == (0, 0, 0)


def test_faulty_spells_are_counted(engine: Any) -> None:
    spells = pd.DataFrame(
        {
            "household": ["a", "a", "b", "c", "c"],
            "since": [date(2016, 1, 1), date(2016, 2, 1), date(2016, 5, 1), date(2016, 1, 1), None],
            "until": [date(2016, 3, 1), None, date(2016, 4, 1), None, None],
        }
    )
    table = engine.attach(open_source(spells), "spells")
    faults = engine.run(lifecycle.spell_faults(table)).to_pylist()[0]
    assert (faults["negative"], faults["overlapping"], faults["undated"]) == (1, 1, 1)


def test_events_no_log_would_take_are_counted_and_refused(events: pd.DataFrame) -> None:
    allowed = frozenset({("new", s) for s in STATES} | {(a, b) for a in STATES for b in STATES})
    good = standing.event_faults(events, allowed)
    assert good.total == 0
    standing.check_events(good, where="events")
    register = pd.DataFrame({"household": [f"h{i}" for i in range(399)]})
    bad = events.copy()
    place = bad.index[bad["household"] == "h1"][1]
    bad.loc[place, "on"] = date(1960, 1, 1)
    fewer = allowed - {("poor", "exited")}
    faults = standing.event_faults(bad, fewer, households=register)
    before = bad.groupby("household")["state"].shift()
    assert faults.illegal == int(((before == "poor") & (bad["state"] == "exited")).sum())
    assert faults.backdated == 1
    assert faults.repeated == 0
    assert faults.unknown == int((bad["household"] == "h399").sum())
    with pytest.raises(DataError, match="log would have taken") as caught:
        standing.check_events(faults, where="events.parquet")
    assert "1 back-dated" in (caught.value.got or "")


def test_two_events_with_one_number_are_refused(events: pd.DataFrame) -> None:
    twice = pd.concat([events, events.head(3)])
    allowed = frozenset((a, b) for a in [*STATES, "new"] for b in STATES)
    faults = standing.event_faults(twice, allowed)
    assert faults.repeated == 3
    with pytest.raises(DataError, match="log would have taken"):
        standing.check_events(faults, where="events")


def test_a_log_and_its_table_agree(office: Any) -> None:
    from exitline.exits.register.listing import events_table

    office.exit()
    office.household = "h2"
    office.take("carry over", "2016-05-01")
    table = events_table(office.log.events)
    for day in (date(2016, 4, 1), date(2016, 6, 1), date(2016, 6, 15), date(2017, 1, 1)):
        counts = {
            r["state"]: r["households"] for r in standing.count_states(table, day).to_pylist()
        }
        states = [office.log.history(h).standing(day).state for h in office.log.households]
        assert counts == Counter(s for s in states if s)


@pytest.mark.parametrize("column", ["state", "number"])
def test_a_missing_column_or_state_is_told(events: pd.DataFrame, column: str) -> None:
    with pytest.raises(DataError, match=f"lacks a column: {column}"):
        standing.count_states(events.drop(columns=column), date(2020, 1, 1))
    if column == "state":
        holed = events.assign(state=[None, *events["state"][1:]])
        with pytest.raises(DataError, match="without a state"):
            standing.count_states(holed, date(2020, 1, 1))
