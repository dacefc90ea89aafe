"""Works as recorded: who is served because of what, what is lacking, what does not fit together."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import exitline as xl
from exitline.cli import exitline
from exitline.errors import ExitlineError

FOLDER = "examples/works-imaginary"
TABLES = {
    "works.yaml": """\
works: Two wells and a clinic
as_of: 2023-12-31
criteria:
  water: {kinds: [well], within_km: 1, at_least: 0.8, repair_cost: 100, new_cost: 1000}
  clinic: {kinds: [clinic], at_least: 0.5}
  road: {met: road_km < 2, kinds: [road]}
""",
    "villages.csv": """\
village,area,people,households,latitude,longitude,road_km
a,north,100,20,0,0,1
b,north,200,40,0,1,3
c,south,50,10,0,2,
""",
    "works.csv": """\
work,kind,criterion,villages,cost,paid,state,beneficiaries,began,ended,latitude,longitude
w1,well,water,a,1000,1000,in use,90,2009-01-01,2010-01-01,0,0.001
w2,clinic,clinic,a;b,5000,5500,accepted,500,2014-01-01,2013-01-01,0,0
w3,well,water,c,900,800,building,10,2023-01-01,,,
w4,well,water,a,900,,approved,10,2025-01-01,,5,5
""",
    "assets.csv": """\
asset,work,kind,latitude,longitude,built
x1,w1,well,0,0.001,2010
x2,,well,0,1.001,2012
k1,w2,clinic,0,0,2015
""",
    "inspections.csv": """\
asset,on,state
x1,2022-01-01,functional
x2,2022-01-01,functional
x2,2023-01-01,not functional
k1,2023-01-01,functional
k1,2024-01-01,gone
""",
    "services.csv": "asset,village,households\nk1,a,20\nk1,b,15\n",
}


@pytest.fixture
def folder(tmp_path):
    """The tables above; a test may write others in their place."""

    def made(**more):
        for name, text in (TABLES | {k.replace("_", "."): v for k, v in more.items()}).items():
            (tmp_path / name).write_text(text)
        return tmp_path

    return made


def row(table, village, criterion):
    return table[(table["village"] == village) & (table["criterion"] == criterion)].iloc[0]


def test_villages_meet_a_criterion_because_of_works(folder):
    found = xl.works.records(folder()).coverage()
    a, b, c = (row(found.table, v, "water") for v in "abc")
    assert (a["outcome"], a["because_of"], a["share"]) == ("met", "w1", 1.0)
    assert (b["outcome"], b["loses"], b["rests_on"], b["repaired"]) == ("not met", True, "x2", 1.0)
    assert (c["outcome"], c["loses"], c["because_of"]) == ("not met", False, "")
    clinic = row(found.table, "b", "clinic")
    assert (clinic["share"], clinic["outcome"]) == (15 / 40, "not met")
    roads = found.table[found.table["criterion"] == "road"]["outcome"].tolist()
    assert roads == ["met", "not met", "cannot tell"]
    counts = found.counts().set_index("criterion")
    assert counts.loc["water", ["met", "because_of_works", "would_lose"]].tolist() == [1, 1, 1]
    assert any("inspections dated after" in note for note in found.notes)


def test_findings_are_those_that_were_put_in(folder):
    found = xl.works.records(folder()).check()
    assert set(zip(found.table["number"], found.table["id"], strict=True)) == {
        ("W2", "w3"), ("W3", "w2"), ("W6", "w4"), ("W7", "w2"), ("W8", "w4"), ("W10", "w4"),
        ("W11", "w2"), ("A4", "k1"),
    }  # fmt: skip


def test_the_example_holds_six_faults_and_one_twin():
    found = xl.works.records(FOLDER).check().table
    assert sorted(found["number"]) == ["A1", "A1", "W1", "W14", "W2", "W4", "W7", "W8"]


def test_steps_that_the_procedure_does_not_allow_are_found(folder):
    steps = """\
work,step,on,actor,role,documents,evidence.functional,evidence.share_built
w3,propose,2022-01-01,ann,village,proposal,,
w3,list,2022-02-01,ann,township,review,,
w4,propose,2022-01-01,bob,village,proposal,,
w4,list,2022-02-01,cid,county,review,,
"""
    works = xl.works.records(folder(steps_csv=steps))
    found = works.check().table
    refused = found[found["number"] == "W12"]
    assert refused["id"].tolist() == ["w3"]  # who proposes does not list
    assert refused["reason"].str.startswith("list: ").all()
    assert works.records.steps.state("w4", date(2023, 1, 1)) == "listed"
    assert works.records.steps.state("w4", date(2022, 1, 15)) == "proposed"


def test_steps_say_whether_assets_work():
    works = xl.works.records(FOLDER, as_of=date(2020, 12, 31))
    seen = works.coverage().assets.query("state != ''")
    assert len(seen) > 10  # accepted in 2020; nobody has inspected them yet
    assert set(seen["state"]) == {"functional"}


def test_gaps_say_what_brings_it_and_what_it_costs(folder):
    table = xl.works.records(folder()).gaps().table
    b, c = row(table, "b", "water"), row(table, "c", "water")
    assert (b["remedy"], b["repair"], b["cost"], b["unserved"]) == ("a repair", "x2", 100, 200)
    assert (c["remedy"], c["under_way"], c["cost"]) == ("a work under way", "w3", 900)
    assert row(table, "c", "road")["remedy"] == "find out"
    assert np.isnan(row(table, "b", "clinic")["cost"])


def test_removing_a_work_by_hand_gives_what_because_of_says():
    works = xl.works.records(FOLDER)
    found = works.coverage()
    one = found.serving["water"]
    owner = one.assets["work"].to_numpy()
    for work in np.unique(owner)[:12]:
        share = one.shares(one.works_now & (owner != work))
        lost = one.meets(one.shares(one.works_now)) & ~one.meets(share)
        rows = found.table[found.table["criterion"] == "water"]
        said = rows["because_of"].str.split("; ").map(lambda names, w=work: w in names)
        assert lost.tolist() == said.tolist()


def test_decisions_that_rest_on_a_broken_asset_are_marked():
    marked = xl.works.records(FOLDER).marked()
    assert marked[["village", "criterion"]].to_numpy().tolist() == [
        ["32091", "water"], ["33022", "toilet"]]  # fmt: skip


def test_a_study_reads_what_villages_have_from_the_works_file(folder, tmp_path):
    """The same as from the facts that coverage writes; on another day it is otherwise."""
    from exitline.api.runs.prepare import with_works
    from exitline.stats.data.studies.loader import parse_study

    at = folder()
    facts = "villages: {table: works.yaml, on: village, AS_OF columns: {ok: water}}"
    text = f"{{study: a, data: {{households: h.csv}}, {facts}}}"
    today, before = (
        with_works(parse_study(text.replace("AS_OF", day), at / "study.yaml")).villages.table
        for day in ("", "as_of: 2022-06-30,")
    )  # fmt: skip
    rows = today.open().table.to_pandas().set_index("village")
    pd.testing.assert_frame_equal(rows.reset_index(), xl.works.records(at).coverage().facts())
    assert rows["water"].to_dict() == {"a": True, "b": False, "c": False}
    assert before.open().table.to_pandas().set_index("village")["water"].to_dict()["b"]
    decided = tmp_path / "decisions.csv"
    decided.write_text("level,unit,criterion,outcome\nvillage,b,water,met\nvillage,a,water,met\n")
    assert xl.works.records(at).marked(decided)["village"].tolist() == ["b"]


def test_coverage_feeds_the_criteria_of_a_village(tmp_path):
    facts = tmp_path / "facts.csv"
    xl.works.records(FOLDER).coverage().save_facts(facts)
    assert facts.read_text() == Path(f"{FOLDER}/facts-2023.csv").read_text()
    before, after = (
        {d.unit: d.outcome for d in xl.decisions(f"{FOLDER}/{name}.yaml")
         if d.level == "village" and d.criterion == ""} for name in ("before", "after")
    )  # fmt: skip
    counts = [sum(v == "met" for v in one.values()) for one in (before, after)]
    assert counts == [73, 82]


def test_water_points_of_the_exchange_are_read(tmp_path):
    (tmp_path / "points.csv").write_text(
        "#wpdx_id,#lat_deg,#lon_deg,#status_id,#status_clean,#report_date,#install_year,#pay\n"
        "#meta+id,#geo+lat,#geo+lon,#status,#status,#date,#date,\n"
        "a,0,0,Yes,Functional,01/20/2012 12:00:00 AM,2010,no\n"
        "a,0,0,No,Non-Functional,2015-03-01T00:00:00.000,2010,monthly\n"
        'b,0,1,Yes,"Functional, needs repair",2015-03-01,2001,\n'
        "c,0,2,No,Abandoned/Decommissioned,2015-03-01,,\n"
    )
    works = xl.works.records(tmp_path / "points.csv", as_of=date(2016, 1, 1))
    found = works.coverage().assets.set_index("asset")["state"]
    assert found.to_dict() == {"a": "not functional", "b": "partly", "c": "gone"}
    assert works.records["assets"]["pay"].tolist() == ["monthly", "", ""]
    ages = works.ages(states=("functional", "partly"))
    assert ages.assets == 2
    assert ages.survival.events.sum() == 1


def test_places_are_held_against_polygons_of_the_user(folder):
    """w4 lies 700 km off; x2 stands in the area of its village; k1's village has no polygon."""
    import json

    square = [[[-0.5, -0.5], [1.5, -0.5], [1.5, 0.5], [-0.5, 0.5], [-0.5, -0.5]]]
    shapes = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"name": "north"},
         "geometry": {"type": "Polygon", "coordinates": square}}]}  # fmt: skip
    area = "area: {boundaries: areas.geojson, key: name, far_km: 9999}\n"
    assets = TABLES["assets.csv"].replace("built\n", "built,village\n")
    assets = assets.replace("2010\n", "2010,a\n").replace("2012\n", "2012,b\n")
    works = folder(
        works_yaml=TABLES["works.yaml"] + area, assets_csv=assets.replace("2015\n", "2015,c\n"),
        areas_geojson=json.dumps(shapes),
    )  # fmt: skip
    found = xl.works.records(works).check()
    assert found.table.query("number in ('W8', 'A2')")["id"].tolist() == ["w4"]
    counted = found.counted.set_index("number")
    assert counted.loc["A2", "not_known"] == 1
    near = folder(works_yaml=TABLES["works.yaml"] + area.replace("}", ", border_km: 1000}"))
    assert not len(xl.works.records(near).check().table.query("number == 'W8'"))
    bad = TABLES["works.yaml"] + "area: {boundaries: areas.geojson}\n"
    with pytest.raises(ExitlineError, match="the property that names their shapes"):
        xl.works.records(folder(works_yaml=bad))


def test_tables_without_rows_are_tables_in_which_nothing_was_recorded(folder):
    heads = {name.replace(".", "_"): text.split("\n")[0] + "\n"
             for name, text in TABLES.items() if name.endswith(".csv")}  # fmt: skip
    works = xl.works.records(folder(**heads, steps_csv="work,step,on,actor,role\n"))
    assert not len(works.check().table)
    assert not len(works.gaps().table)
    assert works.coverage().counts()["villages"].tolist() == []
    with pytest.raises(ExitlineError, match="nothing to choose from"):
        works.choose(100)
    with pytest.raises(ExitlineError, match="nothing reads"):
        xl.works.records(folder(inspections_csv="asset,on,state,peopel\n"))


def test_sampled_places_are_told_by_bounds(folder):
    random = np.random.default_rng(1)
    places = pd.DataFrame({
        "village": np.repeat(["a", "b"], 40), "latitude": 0.0, "weight": 2.5,
        "longitude": np.concatenate([np.zeros(40), np.where(random.random(40) < 0.8, 0.0, 1.0)]),
        "psu": np.tile(np.repeat(range(10), 4), 2),
    })  # fmt: skip
    yaml = TABLES["works.yaml"] + "census: false\n"
    works = xl.works.records(folder(works_yaml=yaml, places_csv=places.to_csv(index=False)))
    table = works.coverage().table
    assert row(table, "b", "water")["outcome"] == "cannot tell"
    shares = works.shares("water", "village").to_pandas().set_index("domain")
    assert shares.loc["b", "se"] > 0
    low = row(table, "b", "water")["ci_low"]
    assert low > shares.loc["b", "ci_low"]  # one-sided at the same confidence


@pytest.mark.parametrize("goal", ["people", "criteria", "villages"])
def test_what_to_do_next_is_chosen_from_the_folder(folder, goal):
    plan = xl.works.records(folder()).choose(1000, goal=goal)
    assert plan.to_pandas()["work"].tolist() == ["repair x2", "w3"]
    assert (plan.people, plan.spent, plan.gap) == (250, 1000, 0)
    assert plan.reached == (2, 4)


def test_maps_and_pages_are_made(folder, tmp_path):
    at = folder()
    result = CliRunner().invoke(exitline, ["works", "choose", str(at), "--budget", "1000",
                                           "--page", str(tmp_path / "plan.html")])  # fmt: skip
    assert result.exit_code == 0, result.output
    text = (tmp_path / "plan.html").read_text()
    assert "2 works serve 250 more people for 1,000." in text
    assert "works of the plan (1)" in text  # w3 has no place of its own
    page = xl.works.page(xl.works.records(FOLDER), tmp_path / "all.html")
    text = page.read_text()
    assert "broken assets" in text
    picture = text[text.index('<svg xmlns="http://www.w3.org/2000/svg" viewBox') :]
    picture = picture[: picture.index("</svg>")]
    assert "<style" not in picture  # the page's policy refuses it: shapes would be black
    assert " style=" not in text
    sized = set(re.findall(r"svg \.(p-\w+) {", text))  # the page's `svg text` beats attributes
    assert set(re.findall(r'<text class="([^"]*)"', picture)) <= sized
    assert picture.count("<text") == picture.count('<text class="p-')
    other = xl.works.page(xl.works.records(FOLDER), tmp_path / "zh.html", language="zh")
    assert "目前覆盖哪些人" in other.read_text()
    assert 'stroke="#9c1f1f"' in picture


BAD = {
    "an id that is not there": ("inspections_csv", "asset,on,state\nx9,2022-01-01,functional\n",
                                "inspections name assets that are not there"),
    "a state that no inspection finds": ("inspections_csv", "asset,on,state\nx1,2022-01-01,ok\n",
                                         "'state' says what it may not"),
    "a negative cost": ("works_csv", "work,kind,cost\nw1,well,-5\nw2,clinic,1\n",
                        "'cost' is out of range"),
    "a day that is none": ("inspections_csv", "asset,on,state\nx1,soon,gone\n", "this is no day"),
    "a place that is not on the Earth": (
        "assets_csv", "asset,kind,latitude,longitude\nx1,well,95,0\nx2,well,0,0\nk1,clinic,0,0\n",
        "'latitude' is out of range"),
    "two works of one id": ("works_csv", "work,kind\nw1,well\nw1,well\nw2,clinic\n",
                            "two rows are about one work"),
    "a column that nothing reads": ("services_csv", "asset,village,hours\nk1,a,3\n",
                                    "a column that nothing reads: 'hours'"),
    "a criterion seen in two ways": (
        "works_yaml", "works: x\ncriteria: {w: {kinds: [well], within_km: 1, met: people > 3}}\n",
        "a criterion is seen in one way"),
    "a key that is none": ("works_yaml", "works: x\nprocedur: y\n", "there is no key 'procedur'"),
    "a procedure of households": ("works_yaml", "works: x\nprocedure: china-2016-exit\n",
                                  "this procedure is about a household"),
    "no decisions in the file": ("works_yaml", "works: x\ndecisions: {table: villages.csv}\n",
                                 "the table of decisions has no column 'level'"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_records_are_refused_and_say_why(folder, name):
    table, text, what = BAD[name]
    with pytest.raises(ExitlineError, match=what) as caught:
        xl.works.records(folder(**{table: text}))
    assert caught.value.remedy


def test_a_folder_without_works_is_refused(tmp_path):
    with pytest.raises(ExitlineError, match="no table of works"):
        xl.works.records(tmp_path)
    with pytest.raises(ExitlineError, match="no such folder"):
        xl.works.records(tmp_path / "nowhere")


def test_a_folder_of_villages_alone_has_gaps_and_no_findings(folder, tmp_path):
    folder()
    for name in ("works", "assets", "inspections", "services"):
        (tmp_path / f"{name}.csv").unlink()
    works = xl.works.records(tmp_path)
    assert works.check().table.empty
    assert len(works.gaps().table) == 8  # a has its road
    with pytest.raises(ExitlineError, match="nothing to choose from"):
        works.choose(100)


@pytest.mark.parametrize("command", ["check", "gaps", "coverage"])
def test_the_commands_print_the_same_as_json(command):
    result = CliRunner().invoke(exitline, ["works", command, FOLDER, "--json"])
    assert result.exit_code == 0, result.output
    assert f'"{ {"check": "findings"}.get(command, command) }"' in result.output
