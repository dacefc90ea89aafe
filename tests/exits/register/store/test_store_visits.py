"""Watch lists and samples are drawn from the register and come back into it as visits."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from exitline.cli.register import command as register
from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.opening import Store

TODAY = date.today()
DAYS = (TODAY - timedelta(days=800), TODAY - timedelta(days=400), TODAY - timedelta(days=1))


def run(*arguments: str) -> Any:
    found = CliRunner().invoke(register, [*arguments, "--json"], catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return json.loads(found.output)


@pytest.fixture
def filled(store: Store) -> Store:
    """Forty households of two villages with three cards each; ten on the list, five left it."""
    from exitline.exits.register.store.models import (
        AreaRow,
        CardRow,
        HouseholdRow,
        MemberRow,
        StandingRow,
    )

    with store.transaction():
        areas = list(AreaRow.objects.using(store.alias).filter(level="village").order_by("path"))
        rows = [
            HouseholdRow(key=f"h{i:02}", area=areas[i % 2], path=areas[i % 2].path,
                         county=areas[i % 2].county, listed=i < 10, state="poor" if i < 10 else "")
            for i in range(40)
        ]  # fmt: skip
        HouseholdRow.objects.using(store.alias).bulk_create(rows)
        for i, row in enumerate(rows):
            for wave, day in enumerate(DAYS):
                welfare = 1000.0 + 97 * ((i * 7 + wave * 3) % 23) + 40 * i
                CardRow.objects.using(store.alias).create(
                    household=row, path=row.path, as_of=day, facts={"welfare": welfare}, version=0,
                    by="li", entered_on=day,
                )  # fmt: skip
            for number in range(1, 2 + i % 3):
                MemberRow.objects.using(store.alias).create(
                    household=row, path=row.path, number=number, name="Ana", since=DAYS[0]
                )
            if i < 15:
                StandingRow.objects.using(store.alias).create(
                    household=row, path=row.path, county=row.county, number=i + 1, on=DAYS[0],
                    recorded=DAYS[0], state="poor", listed=True, since=DAYS[0],
                    next_on=None if i < 10 else DAYS[1], next_recorded=None if i < 10 else DAYS[1],
                )  # fmt: skip
    return store


def test_a_watch_list_is_drawn_and_visits_answer_it(filled: Store, address: str) -> None:
    from exitline.exits.register.store.visits.asked import open_visits, visit_lists
    from exitline.exits.register.store.write.cards import add_visit

    asked = ("watch", "--database", address, "--welfare", "welfare", "--line", "1500")
    days = [part for day in DAYS for part in ("--on", day.isoformat())]
    dry = run(*asked, *days, "--capacity", "5", "--dry-run")
    assert (dry["list"], dry["visits"], open_visits(filled)) == (None, 5, ())
    made = run(*asked, *days, "--capacity", "5", "--by", "office")
    first, *others = open_visits(filled)
    assert (made["visits"], len(others), first.title) == (5, 4, f"Watch of {DAYS[-1]}")
    assert first.why
    assert first.due > TODAY
    village = filled.within(first.path)
    assert {one.path for one in open_visits(village)} == {first.path}
    add_visit(village, first.household.key, None, "li", on=TODAY, impossible="nobody was there")
    assert len(open_visits(filled)) == 5  # it is still asked for
    add_visit(village, first.household.key, None, "li", on=TODAY, note="all is well")
    assert len(open_visits(filled)) == 4
    (one,) = visit_lists(filled)
    assert (one["visits"], one["answered"], one["by"]) == (5, 1, "office")
    assert run("visits", "--database", address)[0]["number"] == made["list"]


def test_a_sample_is_drawn_in_public_visited_and_judged(
    filled: Store, address: str, tmp_path: Path
) -> None:
    import exitline as xl
    from exitline.exits.register.store.visits.asked import (
        answer_visit,
        groups_of,
        open_visits,
        results_of,
    )

    groups = [group for _, _, group in groups_of(filled).values()]
    assert {g: groups.count(g) for g in set(groups)} == {
        "registered": 10,
        "exited": 5,
        "unregistered": 25,
    }
    digest = run("draw", "--database", address, "--digest")
    record = tmp_path / "draw.json"
    found = run(
        "draw", "--database", address, "--take", "exited=5", "--take", "unregistered=10",
        "--seed", "lottery 4 8 15", "--published", "2026-01-01T20:00:00+08:00",
        "--due", (TODAY + timedelta(days=30)).isoformat(), "--out", str(record),
    )  # fmt: skip
    assert (found["digest"], found["visits"]) == (digest["digest"], 15)
    assert xl.check_draw(xl.register.frame(address), record).match
    with pytest.raises(StoreError, match="no assessment with answers"):
        results_of(filled, found["list"])
    for place, one in enumerate(open_visits(filled)):
        answers = {"approves": place % 5 > 0, "error": place == 3}
        answer_visit(filled, one.household.key, None, "li", number=one.pk, on=TODAY,
                     answers=answers if place < 14 else {"size": 9})  # fmt: skip
        with pytest.raises(StoreError, match="made already"):
            answer_visit(filled, one.household.key, None, "li", number=one.pk, on=TODAY)
    results = results_of(filled, found["list"])
    assert results.waiting == 0
    assert sum(one["weight"] for one in results.visits) == pytest.approx(30)
    assert [one["size"] for one in results.visits].count(9) == 1
    (counts,) = results.counts
    assert counts["rural_population"] == sum(1 + i % 3 for i in range(40))
    judged = run(
        "assess", str(found["list"]), "--database", address, "--standard", "china-2011-2020",
        "--reading", "missed-denominator=surveyed-unregistered", "--area-class", "other",
    )  # fmt: skip
    counted = _table([counts | {"area_class": "other"}])
    again = xl.assess(
        _table(results.visits), counts=counted, standard="china-2011-2020",
        readings={"missed-denominator": "surveyed-unregistered"},
    )  # fmt: skip
    said = ("criterion", "outcome", "n", "reason")
    rows = [
        [[one[name] for name in said] for one in of] for of in (judged["decisions"], again.rows())
    ]
    assert rows[0] == rows[1]
    assert len(rows[0]) == 5


def _table(rows: Any) -> Any:
    import pyarrow as pa

    made = pa.Table.from_pylist(list(rows))
    return made.drop_columns(["village_weight"]) if "village_weight" in made.column_names else made
