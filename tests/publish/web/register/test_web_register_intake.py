"""Pairs, findings, imports, phones, the programme's page: what people do with them."""

from __future__ import annotations

import csv
import io
import re
import time
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

TODAY = date.today()
only_sqlite = pytest.mark.parametrize("address", ["sqlite"], indirect=True)


def opened():
    from exitline.publish.web.register.opened import store

    return store()


def twin(key: str = "h-3", born: date | None = None) -> None:
    """Another household of the village with a member of the same name."""
    from exitline.exits.register.store.write.households import add_household

    add_household(
        opened(), "admin", key=key, area="c/t/v/", since=date(2024, 1, 1), name="Family",
        members=[{"name": "Ana", "head": True, "born": born}],
    )  # fmt: skip


@pytest.mark.parametrize("address", ["sqlite", "postgresql"], indirect=True)
def test_a_pair_is_decided_undone_and_merged(signed):
    client = signed("committee")
    twin()
    assert client.post("/pairs/find").status_code == 302
    body = client.get("/pairs").content.decode()
    number = re.search(r'href="/pairs/(\d+)">h-1 [^<]*(?:&lt;b&gt;)?[^<]*/ h-3', body)
    number = number[1] if number else re.findall(r'href="/pairs/(\d+)"', body)[0]
    shown = client.get(f"/pairs/{number}").content
    assert b"&lt;b&gt;" in shown or b"h-3" in shown
    assert client.post(f"/pairs/{number}/decide", {"decision": "perhaps"}).status_code == 422
    assert client.post(f"/pairs/{number}/decide", {"decision": "same"}).status_code == 302
    assert b"/change/merge?other=" in client.get(f"/pairs/{number}").content
    assert client.post(f"/pairs/{number}/decide", {"decision": ""}).status_code == 302
    assert b"Two households" in client.get(f"/pairs/{number}").content
    foreign = signed("county-d")
    assert b"h-3" not in foreign.get("/pairs").content
    assert foreign.get(f"/pairs/{number}").status_code == 404
    assert foreign.post(f"/pairs/{number}/decide", {"decision": "same"}).status_code == 404


@pytest.mark.parametrize("address", ["sqlite", "postgresql"], indirect=True)
def test_findings_are_opened_explained_and_corrected(signed):
    from exitline.exits.register.store.models import FindingRow

    client = signed("worker")
    from exitline.exits.register.store.write.members import member_leaves

    twin("h-4")
    member_leaves(opened(), "h-4", None, "worker", number=1, on=TODAY, why="death")
    from exitline.exits.register.store.write.cards import add_member

    add_member(opened(), "h-4", None, "worker", name="Bo", since=TODAY)
    assert client.post("/findings/run").status_code == 302
    body = client.get("/findings?check=C1").content.decode()
    assert "h-4" in body
    assert "the household has no head" in body
    number = re.search(r'action="/findings/(\d+)/explain"', body)[1]
    assert client.post(f"/findings/{number}/explain", {"words": " "}).status_code == 422
    assert client.post(f"/findings/{number}/explain", {"words": "a <new> head"}).status_code == 302
    assert "a &lt;new&gt; head" in client.get("/findings?status=explained").content.decode()
    with opened().transaction():
        FindingRow.objects.filter(pk=number).update(
            status="open", due=TODAY - timedelta(days=3), explanation="", by=""
        )
    assert "3 days late" in client.get("/findings").content.decode()
    member = client.get("/household/h-4/change/head")
    assert member.status_code == 200
    from exitline.exits.register.store.write.members import change_head

    change_head(opened(), "h-4", None, "worker", number=2, on=TODAY, why="the only one")
    client.post("/findings/run")
    assert "h-4" in client.get("/findings?status=corrected").content.decode()
    assert "h-4" not in signed("auditor-d").get("/findings?status=corrected").content.decode()


def table(text: str, name: str = "table.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


@only_sqlite
def test_a_table_is_looked_at_taken_and_undone(signed):
    client = signed("admin")
    text = "household,area,name,fact:welfare\nn-1,v,New <i>,700\nn-1,v,Twice,1\nn-2,nowhere,X,1\n"
    shown = client.post("/imports", {"kind": "households", "table": table(text)}).content.decode()
    assert "1 of 3 rows would be taken" in shown
    assert "a household with this id is there already" in shown
    token = re.search(r'name="file" value="([^"]+)"', shown)[1]
    sent = {"file": token, "kind": "households", "name": "table.csv"}
    assert client.post("/imports/take", sent).status_code == 422  # rows are refused: nothing
    assert b"n-1" not in signed("county").get("/households").content
    taken = client.post("/imports/take", sent | {"partly": "yes"})
    number = re.search(r"import-(\d+)", taken["Location"])[1]
    assert b"n-1" in signed("county").get("/households").content
    assert client.post("/imports/take", sent | {"partly": "yes"}).status_code == 422  # once
    foreign = signed("admin-d")
    assert b"table.csv" not in foreign.get("/imports").content
    assert foreign.post(f"/imports/{number}/undo").status_code == 403
    areas = {"kind": "areas", "table": table("parent,code,level\nc/t/,w,village\n")}
    assert b"0 of 1 row would" in foreign.post("/imports", areas).content
    assert client.post(f"/imports/{number}/undo").status_code == 302
    assert client.post(f"/imports/{number}/undo").status_code == 422
    assert b"n-1" not in signed("county").get("/households").content


@only_sqlite
@pytest.mark.parametrize(
    ("kind", "name", "text"),
    [
        ("households", "table.exe", "household,area\nn-1,v\n"),
        ("households", "table.csv", "id,place\nn-1,v\n"),
        ("households", "table.csv", ""),
        ("households", "table.xlsx", "no workbook"),
        ("households", "table.dta", "no data"),
        ("people", "table.csv", "household,area\nn-1,v\n"),
    ],
)
def test_a_table_that_is_none_is_refused_in_words(signed, kind, name, text):
    answer = signed("admin").post("/imports", {"kind": kind, "table": table(text, name)})
    assert answer.status_code == 422
    assert b'role="alert"' in answer.content


@only_sqlite
def test_a_form_of_a_step_is_a_form_for_phones(signed, tmp_path):
    client = signed("committee")
    answer = client.get("/field/form/identify.xlsx")
    assert client.get("/field/form/verify.xlsx").status_code == 403
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    names = [row[1] for row in book["survey"].iter_rows(values_only=True)]
    assert {"household", "saw", "on", "evidence_welfare", "reason"} <= set(names)
    rows = list(csv.DictReader(io.StringIO(client.get("/field/households.csv").content.decode())))
    assert [one["name"] for one in rows] == ["h-1", "h-2"]
    oracle = pytest.importorskip("pyxform.xls2xform", reason="the oracle of the forms")
    file = tmp_path / "form.xlsx"
    file.write_bytes(answer.content)
    made = oracle.convert(str(file)).xform
    assert "households.csv" in made
    assert "evidence_welfare" in made


@pytest.mark.parametrize("address", ["sqlite", "postgresql"], indirect=True)
def test_two_phones_that_were_offline_lose_no_edit(signed):
    client = signed("committee")
    version = opened_version()
    lines = ["household,saw,on,evidence_welfare,paper_1,paper_2,meta-instanceID,SubmitterName"]
    for number, welfare in ((1, 900), (2, 800)):
        day = TODAY - timedelta(days=2)
        lines.append(f"h-1,{version},{day},{welfare},a,b,uuid:{number},committee")
    lines += ["x-1,1,2024-01-01,1,,,uuid:3,committee", "h-1,new,2024-01-01,1,,,uuid:4,committee"]
    sent = {"step": "identify", "file": table("\n".join(lines) + "\n")}
    body = client.post("/field", sent).content.decode()
    assert "2 of 4 rows came in; 0 had come before" in body
    assert "Row 3: no such household here" in body
    again = {"step": "identify", "file": table("\n".join(lines) + "\n")}
    assert "0 of 4 rows came in; 2 had come before" in client.post("/field", again).content.decode()
    numbers = re.findall(r'action="/field/(\d+)"', client.get("/field").content.decode())
    onward = client.post(f"/field/{numbers[0]}", {"do": "take"})["Location"]
    shown = client.get(onward).content.decode()
    assert 'value="900"' in shown
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown))
    step = fields | {"on": (TODAY - timedelta(days=2)).isoformat(), "evidence.welfare": "900",
                     "paper.application": "yes", "paper.minutes": "yes"}  # fmt: skip
    seen = client.post(onward, step | {"do": "look"}).content.decode()
    digest = re.search(r'name="seen" value="(\w+)"', seen)[1]
    assert client.post(onward, step | {"do": "sign", "seen": digest}).status_code == 302
    body = client.get("/field").content.decode()
    assert body.count('action="/field/') == 1
    assert "no longer as the phone saw it" in body
    assert "step: identify" in body
    assert client.post(f"/field/{numbers[1]}", {"do": "aside"}).status_code == 422
    aside = {"do": "aside", "words": "the first one stands"}
    assert client.post(f"/field/{numbers[1]}", aside).status_code == 302
    assert "No submission waits" in client.get("/field").content.decode()


def opened_version() -> int:
    from exitline.exits.register.store.read.cards import card

    return int(card(opened(), "h-1").row.version)


@pytest.mark.parametrize("address", ["sqlite", "postgresql"], indirect=True)
def test_the_programme_says_what_became_of_exits(signed, address, tmp_path, monkeypatch):
    monkeypatch.setenv("EXITLINE_REGISTER_FILES", str(tmp_path / "files"))
    client = signed("county")
    body = client.get("/programme").content.decode()
    assert "1 household left the list, 0 came back to it" in body
    openpyxl = pytest.importorskip("openpyxl")
    year = {"first": (TODAY - timedelta(days=365)).isoformat(), "last": TODAY.isoformat()}
    assert client.post("/programme/table", year)["Location"] == "/exports"
    body = done(client, address, "/exports")
    answer = client.get(re.search(r"/exports/\d+/file", body)[0])
    content = b"".join(answer.streaming_content)
    rows = list(openpyxl.load_workbook(io.BytesIO(content))["Areas"].values)
    assert rows[0][:4] == ("Path", "Area", "Level", "Households")
    county = next(row for row in rows if row[0] == "c/")
    assert county[3:8] == ("suppressed", 0, "suppressed", "suppressed", 0)
    assert b"County d" not in content
    assert client.get("/programme?first=x&last=2024-02-30").status_code == 200


def done(client, address, page):
    """A page once no job of it waits any more."""
    from exitline.api.registers import background

    if opened().postgres:
        background.work(address, key=opened().key_file, until_empty=True)
    for _ in range(600):
        body = client.get(page).content.decode()
        if 'hx-trigger="every' not in body:
            return body
        time.sleep(0.05)
    raise AssertionError(page)


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_pairs_all_over_the_area_are_looked_for_in_the_background(signed, address, monkeypatch):
    from exitline.exits.register.store.jobs import kinds

    client = signed("county")
    assert client.post("/pairs/find", {"bulk": "1"}).status_code == 302
    assert "failed: " in done(client, address, "/pairs")  # two members: nothing can be learnt
    monkeypatch.setattr(kinds, "find_pairs_in_bulk", lambda _, told: told(1, 3) or 2)
    client.post("/pairs/find", {"bulk": "1"})
    assert "Looked all over the area: 2 new pairs" in done(client, address, "/pairs")


@pytest.mark.parametrize("in_town", [0, 1])
def test_no_small_count_leaves_the_office_nor_what_gives_it_away(monkeypatch, in_town):
    from exitline.exits.register.store.read.programme import AreaLine
    from exitline.publish.web.register.programme import table as donors

    villages = {
        "c/t/v/": (40, 12, 60, 3, 0, 0), "c/t/w/": (50, 30, 90, 20, 0, 0),
        "c/t/x/": (60, 25, 80, 30, 0, 0), "c/u/v/": (70, 4, 99, 12, 0, 0),
    }  # fmt: skip

    def line(path):
        inside = [counts for at, counts in villages.items() if at.startswith(path)]
        more = (in_town if path in ("c/", "c/t/") else 0, 0, 0, 0, 0, 0)
        return AreaLine(path, path, "", *map(sum, zip(*inside, more, strict=True)))

    paths = ("c/", "c/t/", "c/t/v/", "c/t/w/", "c/t/x/", "c/u/", "c/u/v/")
    monkeypatch.setattr(donors, "donor_table", lambda *_: tuple(map(line, paths)))
    found = {one.area.path: one for one in donors.donor_lines(None, TODAY, TODAY)}
    for name in donors.COLUMNS:
        for path, one in found.items():
            true, cell = getattr(one.area, name), one.cells[name]
            assert cell == "suppressed" or cell == true
            assert not 0 < true < donors.MIN_COUNT or cell == "suppressed", (path, name)
        sums = [found[p].cells[name] for p in ("c/t/", "c/t/v/", "c/t/w/", "c/t/x/")]
        hidden = sums.count("suppressed")  # who lives in the town itself has no line: a part, too
        assert hidden >= 1 if in_town and name == "households" else hidden != 1
    assert found["c/u/v/"].cells["listed"] == found["c/u/"].cells["listed"] == "suppressed"
    assert found["c/"].cells["exited"] == 65


@only_sqlite
def test_the_standard_runs_on_the_live_tables_of_the_own_area(signed, address):
    from exitline.api.registers.measuring import DEMO, jobs_of_figures
    from exitline.exits.register.store.jobs.kinds import KINDS
    from exitline.publish.web.register.opened import bind

    client = signed("county")
    assert b"--study" in client.get("/figures").content
    assert client.get("/figures/report").status_code == 404
    bind(address, names=("testserver",), jobs=jobs_of_figures(DEMO, address))
    from exitline.exits.register.store.write.cards import write_card

    for key in ("h-1", "h-2"):
        facts = {"welfare": 900.0, "size": 2, "improved_water": True, "improved_toilet": True,
                 "electricity_at_home": True}  # fmt: skip
        write_card(opened(), key, None, "admin", as_of=TODAY, facts=facts)
    body = job_done(client, "/figures/run", {}, "/figures", "It is running")
    assert "/figures/explorer" in body
    for name in ("report", "explorer"):
        page = client.get(f"/figures/{name}")
        assert b"suppressed" in page.content.lower()
        assert "sandbox" in page.headers["Content-Security-Policy"]
    assert b"Township c" in client.get("/figures/explorer").content  # by name, not by path
    assert client.get("/figures/claims").json()
    assert client.get("/figures/register.parquet").status_code == 404
    assert signed("county-d").get("/figures/report").status_code == 404
    body = job_done(client, "/figures/run", {"again": "yes"}, "/figures", "It is running")
    assert "gave nothing" not in body, re.search(r"gave nothing.*", body)
    many = re.search(r"Computed again: (\d+) of (\d+) claims", body)
    assert many[1] == many[2] == "0"  # figures of two households are suppressed: none is claimed
    for name in ("figures", "verify"):
        del KINDS[name]


def job_done(client, address, sent, shown, meanwhile):
    """Ask for something in the background; the page when it is done."""
    assert client.post(address, sent).status_code == 302
    until = time.monotonic() + 120
    while meanwhile in (body := client.get(shown).content.decode()):
        assert time.monotonic() < until
        time.sleep(0.2)
    return body


@only_sqlite
def test_a_large_table_is_looked_at_and_taken_in_the_background(signed, monkeypatch):
    from exitline.publish.web.register.intake import imports

    monkeypatch.setattr(imports, "AT_ONCE", 100)
    client = signed("admin")
    lines = "".join(f"n-{i},v,Family {i},{i}\n" for i in range(40))
    text = "household,area,name,fact:welfare\n" + lines + "n-1,v,Twice,1\n"
    sent = {"kind": "households", "table": table(text)}
    body = job_done(client, "/imports", sent, "/imports", "every 2s")
    number = re.search(r"looked=(\d+)", body)[1]
    shown = client.get(f"/imports?looked={number}").content.decode()
    assert "40 of 41 rows would be taken" in shown
    assert "a household with this id is there already" in shown
    assert "looked=" not in signed("admin-d").get("/imports").content.decode()
    token = re.search(r'name="file" value="([^"]+)"', shown)[1]
    sent = {"file": token, "kind": "households", "name": "table.csv"}
    body = job_done(client, "/imports/take", sent, "/imports", "every 2s")
    assert "failed: 1 of 41 rows are refused; nothing was taken" in body
    body = job_done(client, "/imports/take", sent | {"partly": "y"}, "/imports", "every 2s")
    batch = re.search(r"#import-(\d+)", body)[1]
    assert b"n-39" in signed("county").get("/households").content
    assert client.post(f"/imports/{batch}/undo").status_code == 302
    assert client.post("/imports/take", sent).status_code == 422  # the file has gone


@only_sqlite
def test_offices_procedures_and_the_state_of_the_register(signed):
    client = signed("admin")
    assert client.post("/offices", {"name": "Desk <1>", "area": "c/t/"}).status_code == 302
    assert client.post("/offices", {"name": "Desk", "area": "d/t/"}).status_code == 422
    assert b"Desk &lt;1&gt;" in client.get("/offices").content
    assert b"Desk" not in signed("admin-d").get("/offices").content
    body = client.get("/procedures").content.decode()
    digest = re.search(r'href="/procedures/(\w+)"', body)[1]
    assert b"procedure: demo-county" in client.get(f"/procedures/{digest}").content
    assert client.get("/procedures/none").status_code == 404
    assert b"SQLite" in client.get("/status").content
