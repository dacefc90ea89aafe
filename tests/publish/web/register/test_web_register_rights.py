"""Every address, for every role, in the own area and in a foreign one."""

from __future__ import annotations

import re
import time

import pytest
from django.urls import URLPattern, URLResolver

from exitline.publish.web.register.urls import urlpatterns

OFFICE = ("committee", "worker", "township", "county", "desk")
KEEPERS = {*OFFICE} - {"desk"}
NOBODY, FOREIGN = "", "-d"
TYPED = {"person": "new", "role": "county", "area": "c/", "since": "2026-01-01"}

READ = {
    "home": ("/", {*OFFICE, "auditor", "admin"}),
    "households": ("/households", {*OFFICE, "auditor"}),
    "card": ("/household/h-1", {*OFFICE, "auditor"}),
    "step": ("/household/h-1/step/identify", {"committee"}),
    "papers": ("/household/h-1/papers", {*OFFICE, "auditor"}),
    "new-household": ("/households/new", KEEPERS),
    "change": ("/household/h-1/change/visit", KEEPERS),
    "moves": ("/moves", set(OFFICE)),
    "visits": ("/visits", set(OFFICE)),
    "pairs": ("/pairs", set(OFFICE)),
    "findings": ("/findings", {*OFFICE, "auditor"}),
    "imports": ("/imports", {"admin"}),
    "field": ("/field", set(OFFICE)),
    "field-form": ("/field/form/identify.xlsx", {"committee"}),
    "field-list": ("/field/households.csv", set(OFFICE)),
    "works": ("/works", {*OFFICE, "auditor"}),
    "programme": ("/programme", {*OFFICE, "auditor"}),
    "figures": ("/figures", {*OFFICE, "auditor"}),
    "offices": ("/offices", {"admin"}),
    "procedures": ("/procedures", {"admin", "auditor"}),
    "status": ("/status", {"admin", "auditor"}),
    "exports": ("/exports", {*OFFICE, "auditor"}),
    "standing-in": ("/standing-in", set(OFFICE)),
    "audit": ("/audit", {"auditor"}),
    "people": ("/people", {"admin"}),
}
"""Addresses that are read by those signed in: who may."""
WRITTEN = {
    "step": ("/household/h-1/step/identify", {"committee"}, {"do": "look"}, 422, 404),
    "new-household": ("/households/new", KEEPERS, {"do": "record"}, 422, 422),
    "change": ("/household/h-1/change/visit", KEEPERS, {"do": "record"}, 422, 404),
    "papers": ("/household/h-1/papers", {*OFFICE, "auditor"}, {"document": "0"}, 422, 404),
    "paper-file": ("/household/h-1/papers/999", {*OFFICE, "auditor"}, None, 404, 404),
    "settle-move": ("/moves/1", KEEPERS, {"do": "take"}, 403, 403),
    "find-pairs": ("/pairs/find", KEEPERS, {}, 302, 302),
    "pair": ("/pairs/999", set(OFFICE), None, 404, 404),
    "decide-pair": ("/pairs/999/decide", KEEPERS, {}, 404, 404),
    "work": ("/works/none", {*OFFICE, "auditor"}, None, 404, 404),
    "new-work": ("/works/new", set(OFFICE), {"work": "x"}, 404, 404),
    "correct-work": ("/works/none/correct", set(OFFICE), {"reason": "x"}, 404, 404),
    "work-notice": ("/works/none/notice", {*OFFICE, "auditor"}, None, 404, 404),
    "work-step": ("/works/none/step", set(OFFICE), {"step": "propose"}, 404, 404),
    "inspect-asset": ("/works/none/inspect", set(OFFICE), {"asset": "x"}, 404, 404),
    "run-checks": ("/findings/run", KEEPERS, {}, 302, 302),
    "explain": ("/findings/999/explain", KEEPERS, {"words": "x"}, 422, 422),
    "imports": ("/imports", {"admin"}, {}, 422, 422),
    "take-import": ("/imports/take", {"admin"}, {}, 422, 422),
    "undo-import": ("/imports/999/undo", {"admin"}, {}, 403, 403),
    "field": ("/field", set(), {"step": "none"}, 403, 403),
    "settle-submission": ("/field/999", set(OFFICE), {}, 404, 404),
    "run-figures": ("/figures/run", KEEPERS, {}, 302, 302),
    "read-figures": ("/figures/report", {*OFFICE, "auditor"}, None, 404, 404),
    "offices": ("/offices", {"admin"}, {}, 422, 422),
    "procedure": ("/procedures/none", {"admin", "auditor"}, None, 404, 404),
    "programme-table": ("/programme/table", {*OFFICE, "auditor"}, {"first": "soon"}, 404, 404),
    "exports": ("/exports", {*OFFICE, "auditor"}, {"ending": "none"}, 404, 404),
    "fetch-export": ("/exports/999/file", {*OFFICE, "auditor"}, None, 404, 404),
    "standing-in": ("/standing-in", set(OFFICE), {"person": "nobody"}, 422, 422),
    "appoint": ("/people/appoint", {"admin"}, TYPED, 302, 422),
    "end": ("/people/end", {"admin"}, {"number": "0"}, 302, 302),
}
"""Addresses that something is sent to: who may, what; the answer, and that in a foreign area."""
OPEN = {"sign-in", "kept", "sign-out", "hold", "language", "notice", "object", "receipt", "health",
        "static"}  # fmt: skip
"""Addresses for everybody; what they show has tests of their own."""
EVERYBODY = (*OFFICE, "auditor", "admin")


def test_every_address_is_in_a_table():
    named = {one.name for one in urlpatterns if isinstance(one, URLPattern)}
    assert named == {*READ, *WRITTEN, *OPEN}


def test_accounts_are_ones_own_and_asked_for_who_it_is(signed):
    """What allauth's addresses show is of whoever is signed in; nobody else gets in."""
    (accounts,) = [one for one in urlpatterns if isinstance(one, URLResolver)]
    client, own = signed(NOBODY), signed("committee")
    for address in _addresses(accounts, "/"):
        answer = client.get(address)
        open_ = any(word in address for word in ("login", "signup", "logout", "inactive"))
        to = answer.url if answer.status_code == 302 else ""
        asked = to.startswith(("/sign-in?next=", "/account/login/"))
        assert open_ or asked or answer.status_code == 404, address
        assert own.get(address).status_code in (200, 302, 401, 404, 405), address


def _addresses(at, before):
    """Every address below one, with a number or a word where it asks for one."""
    before += re.sub(r"^\^|\$$", "", str(at.pattern))
    if isinstance(at, URLPattern):
        return [re.sub(r"<int:\w+>", "1", re.sub(r"\(\?P<\w+>[^)]*\)", "x", before))]
    return [found for one in at.url_patterns for found in _addresses(one, before)]


def test_every_address_for_every_role_in_the_own_and_in_a_foreign_area(signed):
    for who in EVERYBODY:
        for behind in ("", FOREIGN):
            client = signed(who + behind)
            for address, may in READ.values():
                status = 200 if who in may else 403
                if behind and "h-1" in address and _may_ask(who, address):
                    status = 404  # nothing of another county is there
                assert client.get(address).status_code == status, (who + behind, address)
            for address, may, sent, here, foreign in WRITTEN.values():
                status = foreign if behind else here
                if who not in may:
                    there = behind and "h-1" in address and _may_ask(who, address)
                    status = 404 if there else 403
                answer = client.get(address) if sent is None else client.post(address, sent)
                assert answer.status_code == status, (who + behind, address)


def _may_ask(who: str, address: str) -> bool:
    """Whether a role may ask for this kind of page at all."""
    if "/change/" in address:
        return who in KEEPERS
    return who in OFFICE or (who == "auditor" and "step" not in address)


def test_nobody_sees_anything_without_signing_in(signed):
    client = signed(NOBODY)
    for address, _ in READ.values():
        answer = client.get(address)
        assert b'autocomplete="current-password"' in answer.content
        assert b"h-1" not in answer.content.replace(address.encode(), b"")
    for address, _, sent, *_ in WRITTEN.values():
        if sent is not None:
            assert client.post(address, sent).status_code == 401


def test_nobody_without_an_assignment_today_sees_anything(signed):
    client = signed("nobody")
    for address, _ in READ.values():
        assert client.get(address).status_code == 403


def test_a_file_is_for_whoever_asked_for_it(signed, address, tmp_path, monkeypatch):
    monkeypatch.setenv("EXITLINE_REGISTER_FILES", str(tmp_path / "files"))
    from exitline.api.registers import background
    from exitline.publish.web.register import opened

    client = signed("county")
    assert client.post("/exports", {"ending": "csv"}).status_code == 302
    if opened.store().postgres:
        background.work(address, key=opened.store().key_file, until_empty=True)
    for _ in range(600):
        found = re.search(r"/exports/\d+/file", client.get("/exports").content.decode())
        if found:
            break
        time.sleep(0.05)
    body = b"".join(client.get(found.group(0)).streaming_content)
    assert body.count(b"\n") == 3  # a line of names, two households of the own county
    assert b"x-1" not in body
    assert signed("auditor").get(found.group(0)).status_code == 404
    assert signed("county-d").get(found.group(0)).status_code == 404


def test_lists_hold_the_own_area_alone(signed):
    assert b"x-1" not in signed("county").get("/households").content
    assert b"h-1" not in signed("county-d").get("/households").content
    assert b"h-1" in signed("auditor").get("/households").content
    assert b"County d" not in signed("admin").get("/people").content


def test_an_assignment_that_ended_ends_everything(signed):
    from exitline.exits.register.store.models import AssignmentRow

    client = signed("worker")
    assert client.get("/household/h-1").status_code == 200
    number = AssignmentRow.objects.get(person="worker").pk
    assert signed("admin").post("/people/end", {"number": number}).status_code == 302
    assert client.get("/household/h-1").status_code == 403


def test_somebody_else_stands_in_for_some_days(signed):
    sent = {**TYPED, "person": "nobody", "role": "work team", "area": "c/t/v/",
            "until": "2999-01-01", "for_whom": "worker"}  # fmt: skip
    assert signed("nobody").get("/").status_code == 403
    assert signed("admin").post("/people/appoint", sent).status_code == 302
    client = signed("nobody")
    assert client.get("/household/h-1").status_code == 200
    assert client.get("/household/h-1/step/identify").status_code == 403


@pytest.mark.parametrize("number", ["-1", "a", "", "9" * 30])
def test_numbers_that_are_none_end_nothing(signed, number):
    from exitline.exits.register.store.models import AssignmentRow

    before = AssignmentRow.objects.filter(until=None).count()
    assert signed("admin").post("/people/end", {"number": number}).status_code == 302
    assert AssignmentRow.objects.filter(until=None).count() == before
