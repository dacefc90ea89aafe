"""A register holds works as a folder does: the same findings, guarded steps, scoped areas."""

from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner

import exitline as xl
from exitline.cli import exitline
from exitline.errors import ExitlineError
from exitline.exits.register.event import Document, Draft
from exitline.exits.works.records.folder import open_works

FOLDER = "examples/works-imaginary"
DAY = date(2023, 12, 31)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A register with the villages of the example as areas, and its works."""
    from exitline.exits.register.store.opening import create_store
    from exitline.exits.register.store.write.areas import add_area

    given = f"sqlite:///{tmp_path_factory.mktemp('works')}/register.db"
    store = create_store(given)
    since = date(2010, 1, 1)
    add_area(store, "", "C1", "County", "county", since=since)
    with store.transaction():
        for village in open_works(FOLDER)["villages"]["village"]:
            add_area(store, "C1/", village, village, "village", since=since)
    result = CliRunner().invoke(
        exitline, ["works", "record", FOLDER, "--database", given, "--json"]
    )
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["steps"] == 462
    return given


@pytest.fixture
def store(address):
    from exitline.exits.register.store.opening import open_store

    return open_store(address)


def test_a_register_says_what_the_folder_says(address):
    kept, folder = (xl.works.records(one, as_of=DAY) for one in (address, FOLDER))
    drop = ["id", "reason", "due"]
    same = [one.check().table.drop(columns=drop).value_counts() for one in (kept, folder)]
    assert same[0].to_dict() == same[1].to_dict()
    assert kept.coverage().counts().equals(folder.coverage().counts())
    mine, theirs = (one.gaps().table[["village", "criterion", "cost"]] for one in (kept, folder))
    assert set(map(tuple, mine.fillna(-1).to_numpy())) == set(
        map(tuple, theirs.fillna(-1).to_numpy()))  # fmt: skip


def test_nothing_is_taken_in_twice(address):
    with pytest.raises(ExitlineError, match="in the register already"):
        xl.works.record(FOLDER, address)


def test_a_village_sees_its_own_works(store):
    from exitline.exits.works.stored.tables import records_in

    own = records_in(store.within("C1/32091/"), DAY)
    assert own["villages"]["village"].tolist() == ["32091"]
    assert set(own["works"]["work"]) == {"W32091", "T32091"}


def test_steps_are_guarded_and_written_once(store):
    from django.db import DatabaseError

    from exitline.exits.register.store.models import WorkRow, WorkStepRow
    from exitline.exits.works.stored.steps import inspect_asset, take_work_step
    from exitline.exits.works.stored.tables import records_in

    failed = Draft("W13046", "report failure", date(2023, 8, 1), "ann", "keeper",
                   documents=(Document("report"),))  # fmt: skip
    with pytest.raises(ExitlineError):
        take_work_step(store, Draft("W13046", "accept", date(2023, 8, 1), "ann", "county"))
    assert take_work_step(store, failed) == "failed"
    assert WorkRow.objects.using(store.alias).get(key="W13046").state == "failed"
    with pytest.raises(DatabaseError, match="written once"):
        WorkStepRow.objects.using(store.alias).filter(work__key="W13046").update(actor="eve")
    inspect_asset(store, "W23008-1", "gone", date(2023, 9, 1), "bob")
    assets = records_in(store, DAY)
    seen = assets["inspections"].query("asset == 'W23008-1'").iloc[-1]
    assert (seen["state"], seen["by"]) == ("gone", "bob")
    for wrong in (("W1", "gone", date(2023, 9, 1)), ("W23008-1", "lost", date(2023, 9, 1)),
                  ("W23008-1", "gone", date(2999, 1, 1))):  # fmt: skip
        with pytest.raises(ExitlineError):
            inspect_asset(store, *wrong, "bob")


def test_a_register_without_works_says_so(tmp_path):
    from exitline.exits.register.store.opening import create_store

    create_store(f"sqlite:///{tmp_path}/register.db")
    with pytest.raises(ExitlineError, match="holds no works"):
        xl.works.records(f"sqlite:///{tmp_path}/register.db")
