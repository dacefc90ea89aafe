"""Works on the register's pages: the list, one work, a step with its papers, an inspection."""

from __future__ import annotations

from datetime import date

import pytest

TABLES = {
    "villages": "village,people,households\nv,100,20\n",
    "works": "work,kind,criterion,villages,cost\nroad-1,road,road,v,900\n",
    "assets": "asset,work,kind,village\nbridge <1>,road-1,road,v\n",
    "steps": "work,step,on,actor,role,documents\nroad-1,propose,2022-01-01,ann,village,proposal\n",
    "works.yaml": "works: Roads\ncriteria: {road: {kinds: [road], at_least: 0.5}}\n",
}


@pytest.fixture
def works(signed, address, tmp_path):
    """The register with one work in the village of county c."""
    from exitline.exits.register.store.opening import open_store
    from exitline.exits.works.records.folder import open_works
    from exitline.exits.works.stored.taking import take_in

    folder = tmp_path / "works"
    folder.mkdir()
    for name, text in TABLES.items():
        (folder / (name if "." in name else f"{name}.csv")).write_text(text)
    take_in(open_store(address).within("c/"), open_works(folder))
    return signed


def test_a_work_is_listed_stepped_and_inspected(works):
    county = works("county")
    listed = county.get("/works").content.decode()
    assert "road-1" in listed
    assert "proposed" in listed
    shown = county.get("/works/road-1").content.decode()
    assert "bridge &lt;1&gt;" in shown
    assert "Nobody has looked at it." in shown
    day = str(date.today())
    refused = county.post("/works/road-1/step", {"step": "list", "on": day})
    assert refused.status_code == 422  # without its paper
    taken = county.post("/works/road-1/step", {"step": "list", "on": day, "documents": ["review"]})
    assert taken.status_code == 302
    seen = {"asset": "bridge <1>", "on": day, "state": "functional", "note": "new"}
    assert county.post("/works/road-1/inspect", seen).status_code == 302
    assert county.post("/works/road-1/inspect", seen | {"on": "soon"}).status_code == 422
    shown = county.get("/works/road-1").content.decode()
    assert "listed" in shown
    assert f"{day}: functional (county) new" in shown


def test_another_county_and_an_auditor_change_nothing(works):
    assert "road-1" not in works("county-d").get("/works").content.decode()
    assert works("county-d").get("/works/road-1").status_code == 404
    seen = {"asset": "bridge <1>", "on": "2024-01-01", "state": "gone"}
    assert works("county-d").post("/works/road-1/inspect", seen).status_code == 404
    assert works("auditor").post("/works/road-1/inspect", seen).status_code == 403
    assert works("auditor").get("/works/road-1").status_code == 200


def test_each_role_does_what_the_procedure_lets_it(works, address):
    """The village proposes, the county corrects and posts the notice; an unfit role is refused."""
    from exitline.exits.register.store.opening import open_store
    from exitline.exits.register.store.write.areas import assign

    assign(open_store(address), "committee", "village", "c/t/v/", since=date(2024, 1, 1))
    village, county = works("committee"), works("county")
    day = str(date.today())
    assert county.get("/works/new").status_code == 403  # the village proposes
    assert village.get("/works/new").status_code == 200
    said = {"work": "well 2", "on": day, "kind": "well", "criterion": "water", "villages": "v",
            "cost": "800", "documents": ["proposal"]}  # fmt: skip
    assert village.post("/works/new", said | {"cost": "much"}).status_code == 422
    assert village.post("/works/new", said | {"villages": "elsewhere"}).status_code == 422
    assert village.post("/works/new", said).status_code == 302
    shown = county.get("/works/well%202").content.decode()
    assert "proposed" in shown
    assert "Record an inspection" not in village.get("/works/road-1").content.decode()
    look = {"asset": "bridge <1>", "on": day, "state": "gone"}
    assert village.post("/works/road-1/inspect", look).status_code == 422
    assert county.post("/works/well%202/inspect", look).status_code == 422  # another work's asset
    more = {"kind": "well", "villages": "v", "criterion": "water", "cost": "850"}
    assert county.post("/works/well%202/correct", more).status_code == 422  # no reason
    assert county.post("/works/well%202/correct", more | {"reason": "asked"}).status_code == 302
    shown = county.get("/works/well%202").content.decode()
    assert "asked" in shown
    assert "850" in shown
    steps = {"step": "list", "on": day, "documents": ["review"]}
    assert county.post("/works/well%202/step", steps).status_code == 302
    notice = county.get("/works/well%202/notice").content.decode()
    assert "To be posted" in notice
    assert "850" in notice
    due = county.get("/works").content.decode()
    assert "What is to be done" in due
    assert "proposal to approval" in due
    assert works("county-d").get("/works/well%202/notice").status_code == 200
    assert "850" not in works("county-d").get("/works/well%202/notice").content.decode()


def test_roles_of_works_can_be_given(works):
    page = works("admin").get("/people").content.decode()
    assert "inspector" in page
    assert "keeper" in page
