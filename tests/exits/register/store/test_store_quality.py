"""Pairs with true matches known, cross-checks, and estimates on the live table."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from exitline.errors import DataError
from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.opening import Store

FAKE = Path(__file__).parent / "cases" / "fake-1000" / "fake_1000.csv"
DAY = date(2024, 1, 1)


@pytest.fixture
def village(store: Store) -> Store:
    """Three households of one village: Ana's, hers again with a slip, and Bo's."""
    from exitline.exits.register.store.models import AreaRow, HouseholdRow
    from exitline.exits.register.store.write.cards import add_measure, add_member, write_card

    with store.transaction():
        area = AreaRow.objects.using(store.alias).get(path="c/t/v1/")
        for key in ("a", "b", "c"):
            HouseholdRow.objects.using(store.alias).create(
                key=key, county=area.county, area=area, path=area.path
            )
    people = {"a": ("Ana Ortiz", date(1980, 2, 1)), "b": ("Ortiz, Anna", date(1980, 1, 2)),
              "c": ("Bo Li", date(1950, 7, 9))}  # fmt: skip
    for key, (name, born) in people.items():
        add_member(store, key, 0, "li", name=name, since=DAY, born=born, head=key != "c",
                   worker=key == "a")  # fmt: skip
        facts = {
            "welfare": 1000.0 * len(key),
            "improved_water": key == "a",
            "improved_toilet": True,
            "electricity_at_home": True,
        }
        write_card(store, key, 1, "li", as_of=DAY, facts=facts, lines={"wages": 5, "farm": 2})
    add_measure(store, "c", 2, "li", kind="labour", since=DAY)
    return store


def test_pairs_are_found_with_the_precision_and_recall_that_the_docs_say() -> None:
    from exitline.exits.register.store.quality.bulk import alike_in_bulk
    from exitline.exits.register.store.quality.duplicates import alike

    with FAKE.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    within, bulk = alike, pytest.importorskip("splink") and alike_in_bulk
    asked = ((within, False, 0.86, 0.73), (within, True, 0.92, 0.92),
             (bulk, False, 0.86, 0.53), (bulk, True, 0.93, 0.77))  # fmt: skip
    for look, whole, least_precision, least_recall in asked:
        kept = [r for r in rows if not whole or (r["first_name"] and r["surname"] and r["dob"])]
        names = [f"{r['first_name']} {r['surname']}".strip() for r in kept]
        found = {(p.one, p.other) for p in look(names, [r["dob"] for r in kept])}
        true = {
            (i, j)
            for i, j in combinations(range(len(kept)), 2)
            if kept[i]["cluster"] == kept[j]["cluster"]
        }
        assert len(true) == (947 if whole else 2031)
        assert len(found & true) / len(found) >= least_precision
        assert len(found & true) / len(true) >= least_recall


def test_a_person_decides_on_a_pair_and_takes_it_back(village: Store) -> None:
    from exitline.exits.register.store.quality.duplicates import decide, find_pairs, open_pairs

    assert find_pairs(village) == 1
    ((pair, other),) = open_pairs(village)
    assert (pair.household.key, other.key) == ("a", "b")
    decide(village, pair.pk, "different", "zhou")
    assert (find_pairs(village), open_pairs(village)) == (0, ())
    decide(village, pair.pk, "", "zhou")
    assert len(open_pairs(village)) == 1
    for scope, said in ((village.within("c/t/v2/"), "same"), (village, "perhaps")):
        with pytest.raises(StoreError):
            decide(scope, pair.pk, said, "zhou")


def test_pairs_of_two_villages_are_seen_by_those_who_see_both(
    village: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from exitline.exits.register.store.quality import bulk
    from exitline.exits.register.store.quality.duplicates import Alike, decide, open_pairs
    from exitline.exits.register.store.write.households import move

    with pytest.raises(StoreError, match="nothing can be learnt"):
        bulk.find_pairs_in_bulk(village)
    move(village, "b", None, "li", "c/t/v2/")
    monkeypatch.setattr(bulk, "alike_in_bulk", lambda *_, **__: (Alike(0, 1, 0.9),))
    assert (bulk.find_pairs_in_bulk(village), bulk.find_pairs_in_bulk(village)) == (1, 0)
    ((pair, other),) = open_pairs(village)
    assert (pair.path, other.key) == ("c/t/", "b")
    assert len(open_pairs(village.within("c/t/"))) == 1
    for path in ("c/t/v1/", "c/t/v2/"):
        assert open_pairs(village.within(path)) == ()
        with pytest.raises(StoreError):
            decide(village.within(path), pair.pk, "same", "zhou")
    move(village, "a", None, "li", "c/t/v2/")  # its rows move with it: still only for both
    assert len(open_pairs(village.within("c/t/v2/"))) == 1


def test_findings_open_are_explained_or_close_when_the_card_is_corrected(village: Store) -> None:
    from exitline.exits.register.store.models import FindingRow
    from exitline.exits.register.store.quality.cross import (
        coverage,
        cross_check,
        explain,
        load_checks,
    )
    from exitline.exits.register.store.write.cards import add_member

    first = {one.number: one for one in cross_check(village, day=DAY + timedelta(days=9))}
    assert {n: one.new for n, one in first.items() if one.new} == {"C1": 1, "C3": 1}
    with village.transaction():
        found = {f.check_number: f for f in FindingRow.objects.using(village.alias)}
    assert found["C1"].due == DAY + timedelta(days=39)
    explain(village, found["C3"].pk, "zhou", "the measure is for a son who works away")
    with pytest.raises(StoreError):
        explain(village, found["C3"].pk, "zhou", "again")
    with pytest.raises(StoreError):
        explain(village.within("c/t/v2/"), found["C1"].pk, "zhou", "not mine")
    add_member(village, "c", None, "li", name="Wu", since=DAY, head=True)
    again = {one.number: one for one in cross_check(village)}
    assert (again["C1"].corrected, again["C3"].new, again["C3"].failing) == (1, 0, 1)
    assert coverage(village) == (
        ("c/t/v1/", "C1", "corrected", 1), ("c/t/v1/", "C3", "explained", 1),
    )  # fmt: skip
    absent = [c for c in load_checks() if c.number == "C4"]
    assert cross_check(village.within("c/t/v2/"), tuple(absent))[0].missing == ("improved_water",)


def test_the_live_table_is_the_cards_of_the_day(village: Store) -> None:
    from exitline.exits.register.store.read.live import live_table
    from exitline.exits.register.store.write.cards import write_card

    write_card(village, "a", None, "li", as_of=date(2024, 6, 1), facts={"welfare": 7.0})
    before, after = (live_table(village, day).to_pylist() for day in (DAY, date(2024, 6, 1)))
    assert [row["welfare"] for row in before] == [1000.0] * 3
    assert [row["welfare"] for row in after] == [7.0, 1000.0, 1000.0]
    assert before[2] == {
        "household": "c", "path": "c/t/v1/", "state": "", "category": "", "listed": None,
        "state_since": None, "members": 1, "workers": 0, "heads": 0, "income": 7.0,
        "county": "c/", "township": "c/t/", "village": "c/t/v1/", "measures": 1,
        "measure_labour": True, "welfare": 1000.0, "improved_water": False,
        "improved_toilet": True, "electricity_at_home": True,
    }  # fmt: skip
    assert after[0]["income"] is None
    assert live_table(village, date(2023, 1, 1))["members"].to_pylist() == [0, 0, 0]
    assert live_table(village.within("c/t/v2/")).num_rows == 0


STUDY = """
study: A village
standard: standard.yaml
data: {households: live.parquet}
columns: {household: household, welfare: welfare, size: members}
design: {census: true}
areas: [village]
lines: [basic]
measures: [household_headcount]
"""


def test_estimates_on_the_live_tables_are_claimed_and_verified(
    village: Store, address: str, tmp_path: Path
) -> None:
    from exitline.cli import main
    from exitline.cli.run import command
    from exitline.exits.register.store.demo.making import FOLDER
    from exitline.exits.register.store.write.cards import write_card

    write_card(
        village, "a", None, "li", as_of=DAY, facts={"welfare": 2500.0, "improved_water": True}
    )
    (tmp_path / "standard.yaml").write_text((FOLDER / "standard.yaml").read_text())
    study = tmp_path / "study.yaml"
    study.write_text(STUDY)
    asked = [str(study), "--register", address, "--min-count", "0", "--json"]
    found: Any = CliRunner().invoke(command, asked, catch_exceptions=False)
    figures = {e["domain"]: e["estimate"] for e in json.loads(found.stdout)["estimates"]}
    assert figures[""] == pytest.approx(2 / 3)
    claims = tmp_path / "out" / "claims.json"
    with pytest.raises(SystemExit) as end:
        main(["verify", str(claims), "--data", str(tmp_path / "live.parquet"),
              "--standard", str(tmp_path / "standard.yaml")])  # fmt: skip
    assert not end.value.code
    (tmp_path / "live.parquet").write_bytes((FOLDER / "households.csv").read_bytes())
    with pytest.raises(DataError, match="other data"):
        CliRunner().invoke(command, asked, catch_exceptions=False)


@pytest.mark.spark
@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_spark_gives_the_figures_of_the_live_tables_too(
    village: Store, address: str, tmp_path: Path, spark: Any
) -> None:
    """Both engines read the table that the register was written to, bound by its claims."""
    import pandas as pd

    import exitline as xl
    from exitline.exits.register.store.demo.making import FOLDER
    from exitline.exits.register.store.write.cards import write_card

    write_card(
        village, "a", None, "li", as_of=DAY, facts={"welfare": 2500.0, "improved_water": True}
    )
    (tmp_path / "standard.yaml").write_text((FOLDER / "standard.yaml").read_text())
    (tmp_path / "study.yaml").write_text(STUDY)
    found = [
        xl.run(tmp_path / "study.yaml", tmp_path / name, engine=engine, register=address,
               min_count=0)
        for name, engine in (("duckdb", "duckdb"), ("spark", spark))
    ]  # fmt: skip
    one, other = (run.estimates.to_pandas() for run in found)
    pd.testing.assert_frame_equal(one, other, rtol=1e-12)
    assert one["n"].tolist() == [3, 3]  # all, and the one village
