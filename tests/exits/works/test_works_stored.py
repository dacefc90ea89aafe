"""A register holds works as a folder does: the same findings, guarded steps, scoped areas."""

from __future__ import annotations

import json
import lzma
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

import exitline as xl
from exitline.api.registers import keeping
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


def test_a_register_keeps_all_that_a_folder_says(tmp_path):
    """Bounds, polygons, own checks, places, census, decisions, a procedure of its own."""
    from exitline.exits.register.procedures.loading import load_procedure
    from exitline.exits.register.store.opening import create_store
    from exitline.exits.register.store.write.areas import add_area

    folder, address = tmp_path / "works", f"sqlite:///{tmp_path}/register.db"
    folder.mkdir()
    store = create_store(address)
    add_area(store, "", "C", "County", "county", since=date(2010, 1, 1))
    for village in ("a", "b"):
        add_area(store, "C/", village, village, "village", since=date(2010, 1, 1))
    tables = {
        "villages.csv": "village,area,people,latitude,longitude\na,n,9,0,0\nb,n,9,0,1\n",
        "places.csv": "place,village,weight,latitude,longitude,psu\n" + "".join(
            f"p{i},{v},2,0,{x},{i % 3}\n" for i, (v, x) in enumerate([("a", 0), ("b", 1)] * 6)),
        "works.csv": "work,kind,criterion,villages,cost,latitude,longitude\nw,well,water,a,9,0,0\n",
        "assets.csv": "asset,work,kind,latitude,longitude\nx,w,well,0,0\ny,w,well,0,1\n",
        "inspections.csv": "asset,on,state\nx,2023-01-01,functional\ny,2023-01-01,gone\n",
        "own.yaml": "checks: own\ntitle: t\nrules:\n  B1: {unit: work, text: dear, fails: cost > 5,"
                    " days: 9}\n",
        "decided.csv": "level,unit,criterion,outcome\nvillage,b,water,met\n",
        "areas.geojson": json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {"name": "n"}, "geometry": {"type": "Polygon",
             "coordinates": [[[-1, -1], [2, -1], [2, 1], [-1, 1], [-1, -1]]]}}]}),
        "mine.yaml": load_procedure("works-library").text.replace(
            "procedure: works-library", "procedure: mine").replace("days: 7", "days: 9"),
        "works.yaml": "works: w\nas_of: 2023-12-31\ncensus: false\nchecks: own.yaml\n"
                      "procedure: mine.yaml\ndecisions: {table: decided.csv}\n"
                      "area: {latitude: [-1, 1], boundaries: areas.geojson, key: name}\n"
                      "criteria: {water: {kinds: [well], within_km: 1, at_least: 0.5}}\n",
    }  # fmt: skip
    for name, text in tables.items():
        (folder / name).write_text(text)
    xl.works.record(folder, address)
    kept, own = xl.works.records(address, as_of=DAY), xl.works.records(folder)
    assert kept.check().table["number"].tolist() == own.check().table["number"].tolist() == ["B1"]
    assert kept.coverage().counts().equals(own.coverage().counts())
    assert kept.marked().equals(own.marked())
    assert kept.records.shapes == own.records.shapes
    waits = kept.records.procedure.steps["approve"].waits
    assert (kept.records.procedure.name, waits[0].days) == ("mine", 9)
    assert kept.records.keys.area.latitude == own.records.keys.area.latitude


def test_a_work_is_entered_and_corrected_and_the_chain_shows_tampering(address, store):
    from exitline.exits.register.store.models import WorkRow, WorkStepRow
    from exitline.exits.works.stored.checked import unfit_works
    from exitline.exits.works.stored.steps import correct_work, enter_work

    assert list(unfit_works(store)) == []
    who = {"actor": "vera", "role": "village"}
    said = {"kind": "water point", "criterion": "water", "villages": "32091", "cost": "900"}
    enter = lambda key, more=said, **other: enter_work(  # noqa: E731
        store, key, more, **(who | {"on": date(2023, 3, 1), "documents": ("proposal",)} | other)
    )
    for wrong, message in (
        ({"key": "N1", "role": "keeper"}, "may not propose"),
        ({"key": "W13046"}, "cannot be given"),
        ({"key": "N1", "more": said | {"cost": "-1"}}, "out of range"),
        ({"key": "N1", "more": said | {"villages": "nowhere"}}, "no area of the register"),
        ({"key": "N1", "documents": ()}, "document"),
    ):  # fmt: skip
        with pytest.raises(ExitlineError, match=message):
            enter(**wrong)
    assert not WorkRow.objects.using(store.alias).filter(key="N1").exists()
    assert enter("N1") == "proposed"
    county = {"actor": "cora", "role": "county", "reason": "measured again"}
    more = {"cost": "950", "title": "Well"}
    assert correct_work(store, "N1", more, **county) == ("title", "cost")
    assert correct_work(store, "N1", {"cost": "950"}, **county) == ()
    with pytest.raises(ExitlineError, match="may not correct"):
        correct_work(store, "N1", {"cost": "1"}, **county | {"role": "keeper"})
    with pytest.raises(ExitlineError, match="may not correct a work that is 'in use'"):
        correct_work(store, "T32091", {"cost": "1"}, **county)
    assert list(unfit_works(store)) == []
    WorkRow.objects.using(store.alias).filter(key="N1").update(facts={"cost": 1.0})
    WorkRow.objects.using(store.alias).filter(key="T32091").update(state="retired")
    result = CliRunner().invoke(exitline, ["register", "check", "--database", address, "--json"])
    assert result.exit_code == 1
    said = " ".join(json.loads(result.output)["faults"])
    assert "work N1: known otherwise than recorded: cost, title, villages" in said
    assert "work T32091: it stands in 'retired', not 'in use'" in said
    assert "work T32091: the end of its steps is missing or changed" in said
    assert WorkStepRow.objects.using(store.alias).filter(work__key="N1").count() == 3


def test_a_register_without_works_says_so(tmp_path):
    from exitline.exits.register.store.opening import create_store

    create_store(f"sqlite:///{tmp_path}/register.db")
    with pytest.raises(ExitlineError, match="has no works"):
        xl.works.records(f"sqlite:///{tmp_path}/register.db")


EARLIER = Path(__file__).parent / "cases" / "register-0009.db.xz"
CHANGED = {
    "a phase": ("UPDATE register_workpart SET facts = replace(facts, '500.0', '600.0')",
                "work w: phases or funds are not those that were recorded: phases"),
    "a sum of money": ("UPDATE register_workpart SET facts = replace(facts, '900.0', '800.0')",
                       "recorded: funds"),
    "a phase taken away": ("DELETE FROM register_workpart WHERE facts LIKE '%pump%'", "phases"),
    "an inspection without a work": (
        "UPDATE register_inspection SET state = 'gone' WHERE state = 'partly'",
        "asset y: its inspections are not those that were recorded"),
    "a later one": ("UPDATE register_inspection SET note = '' WHERE note = 'leaks'",
                    "asset y: its inspections"),
    "the note of one of a work": (
        "UPDATE register_inspection SET note = 'x' WHERE state = 'functional'",
        "work w: inspections of x are not those that were recorded"),
    "an asset": ("UPDATE register_asset SET facts = replace(facts, '2001', '2011')",
                 "asset y: known otherwise than recorded: facts"),
    "whom it serves": ("UPDATE register_service SET households = 5 WHERE village = 'b'",
                       "asset y: known otherwise than recorded: services"),
    "a byte of an asset's chain": (
        "UPDATE register_assetstep SET content = replace(content, '2001', '2011')",
        "asset y step 1: it does not follow from the one before"),
    "the end of an asset's chain": (
        "DELETE FROM register_assetstep WHERE number = 2",
        "asset y: the end of its steps is missing or changed"),
    "an asset out of its chain": (
        "DELETE FROM register_assetstep; UPDATE register_asset SET steps = 0, head = ''",
        "asset y: it is in no chain"),
    "where a service is measured": (
        "UPDATE register_workplace SET facts = replace(facts, '0.5', '0.6')",
        "C/a/ places of services are not those that were recorded"),
    "what the works file said": (
        "UPDATE register_setting SET value = replace(value, '30.0', '45.0') WHERE name = 'works'",
        "the works file is kept otherwise than it was taken in: criteria"),
    "both, and the row that has it": (
        "UPDATE register_workplace SET facts = replace(facts, '0.5', '0.6');"
        "UPDATE register_workstaken SET content = replace(content, '0.5', '0.6')",
        "works as taken in, row 2: it does not follow from the one before"),
    "the end of that chain": ("DELETE FROM register_workstaken WHERE number = 2",
                              "works as taken in: the end of the chain is missing or changed"),
}  # fmt: skip


@pytest.fixture(scope="module")
def earlier(tmp_path_factory):
    """A register of an earlier release, brought to this one; then one more look at an asset."""
    from exitline.exits.register.store.opening import open_store
    from exitline.exits.works.stored.steps import inspect_asset

    file = tmp_path_factory.mktemp("earlier") / "register.db"
    file.write_bytes(lzma.decompress(EARLIER.read_bytes()))
    with closing(sqlite3.connect(file)) as raw, raw:
        place = '{"village": "a", "households": 4.0, "latitude": 0.5, "longitude": 0.5}'
        raw.execute("INSERT INTO register_workplace (path, facts) VALUES ('C/a/', ?)", [place])
    before = _bytes(file, "SELECT content, hash FROM register_workstep ORDER BY id")
    for _ in range(2):  # the second time there is nothing left to do
        keeping.make(f"sqlite:///{file}", upgrade=True)
    inspect_asset(open_store(f"sqlite:///{file}"), "y", "gone", date(2024, 5, 1), "bob", "leaks")
    after = _bytes(file, "SELECT content, hash FROM register_workstep ORDER BY id")
    assert (after[: len(before)], len(after)) == (before, len(before) + 1)
    assert keeping.check(f"sqlite:///{file}")["faults"] == ()  # with the head of a day before
    return file


@pytest.mark.parametrize("name", CHANGED)
def test_a_byte_changed_beside_works_is_found(name, earlier, tmp_path):
    statements, said = CHANGED[name]
    file = tmp_path / "register.db"
    with closing(sqlite3.connect(earlier)) as whole, closing(sqlite3.connect(file)) as raw:
        whole.backup(raw)
        for (trigger,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            raw.execute(f"DROP TRIGGER {trigger}")
        raw.executescript(statements)
        assert raw.total_changes
    faults = keeping.check(f"sqlite:///{file}")["faults"]
    assert any(said in fault for fault in faults), faults


def _bytes(file, query):
    with closing(sqlite3.connect(file)) as raw:
        return raw.execute(query).fetchall()
