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
