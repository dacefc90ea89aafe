"""Forms that change a card: what they record, and what they refuse without losing a letter."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest

from exitline.publish.web.register.changing.kinds import BY_NAME

pytestmark = pytest.mark.parametrize("address", ["sqlite"], indirect=True)
TODAY = date.today()
CARD = "/household/h-1"
FIELD = re.compile(r"<(?:input|select|textarea)[^>]*\bname=\"([^\"]+)\"[^>]*>")


def form(client, path):
    """What a browser would send from a fresh form."""
    body = client.get(path).content.decode()
    main = body[body.index('class="step"') :]
    found = {}
    for match in FIELD.finditer(main):
        name, tag = html.unescape(match[1]), match[0]
        value = re.search(r'\bvalue="([^"]*)"', tag)
        if tag.startswith("<select"):
            chosen = re.search(
                r'<option value="([^"]*)" selected', main[match.end() :].split("</select>")[0]
            )
            found[name] = html.unescape(chosen[1]) if chosen else ""
        elif 'type="checkbox"' not in tag and name != "csrfmiddlewaretoken":
            found[name] = html.unescape(value[1]) if value else ""
    return found


def sent(client, kind, /, **more):
    path = f"{CARD}/change/{kind}"
    return client.post(path, form(client, path) | {"do": "record"} | more)


def card_of(key="h-1"):
    from exitline.exits.register.store.read.cards import card
    from exitline.publish.web.register.opened import store

    return card(store(), key)


def test_every_kind_has_a_form_and_a_link_to_it(signed):
    client = signed("committee")
    body = client.get(CARD).content.decode()
    for kind in BY_NAME:
        assert f"{CARD}/change/{kind}" in body
        assert client.get(f"{CARD}/change/{kind}").status_code == 200
    assert client.get(f"{CARD}/change/other").status_code == 404


def test_a_new_household_with_members_facts_and_income(signed):
    client = signed("committee")
    given = form(client, "/households/new")
    more = client.post("/households/new", given | {"do": "more", "m0.name": "Ana <script>"})
    assert b'name="m1.name"' in more.content
    assert b"Ana &lt;script&gt;" in more.content
    assert b"<script>" not in more.content.replace(b'<script src="/static', b"")
    given |= {
        "members": "2", "key": "n-1", "name": "New", "area": "c/t/v/", "m0.name": "Ana <script>",
        "m0.head": "yes", "m1.name": "Bo", "m1.worker": "true", "m0.id.kind": "national id",
        "m0.id.value": "77 01", "fact.welfare": "750", "fact.improved_water": "false",
        "line.0.name": "wages", "line.0.amount": "300.50", "do": "record",
    }  # fmt: skip
    two = client.post("/households/new", given | {"m1.head": "yes"})
    assert (two.status_code, b"a head already" in two.content) == (422, True)
    for day in ("2999-01-01", "1700-01-01", "2024-02-30", "soon", ""):
        bad = client.post("/households/new", given | {"since": day})
        assert (bad.status_code, b"Ana &lt;script&gt;" in bad.content) == (422, True), day
    assert client.post("/households/new", given | {"fact.welfare": "much"}).status_code == 422
    assert client.post("/households/new", given | {"area": "d/t/v/"}).status_code == 422
    for _ in range(2):  # replayed: recorded once
        assert client.post("/households/new", given)["Location"] == "/household/n-1?done=recorded"
    found = card_of("n-1")
    assert [m.name for m in found.members] == ["Ana <script>", "Bo"]
    assert found.facts == {"welfare": 750.0, "improved_water": False}
    assert [(one.name, str(one.amount)) for one in found.lines] == [("wages", "300.50")]
    again = client.post("/households/new", given | {"key": "n-2", "token": "another"})
    assert (again.status_code, b"already" in again.content) == (422, True)
    assert b"77 01" in again.content
    assert b"<script>" not in client.get("/household/n-1").content.replace(b"<script src", b"")


def test_facts_and_a_correction_of_them(signed):
    client = signed("worker")
    assert sent(client, "facts", **{"fact.welfare": "1000"}).status_code == 302
    assert sent(client, "correction", **{"fact.welfare": "100"}).status_code == 422  # no reason
    done = sent(client, "correction", **{"fact.welfare": "100", "reason": "a zero too many"})
    assert done.status_code == 302
    assert card_of().facts["welfare"] == 100.0
    body = client.get(CARD).content.decode()
    assert "3 cards, corrected ones among them" in body
    assert "a zero too many" in body


def test_members_come_and_leave(signed):
    client = signed("committee")
    assert sent(client, "member", name="Bo", why="birth", born="2999-01-01").status_code == 422
    done = sent(client, "member", name="Bo", why="birth", born=TODAY.isoformat())
    assert done.status_code == 302
    bad = sent(client, "left", member="1", why="death")
    assert (bad.status_code, b"choose the next head" in bad.content) == (422, True)
    assert sent(client, "left", member="1", why="death", next="2").status_code == 302
    assert [(m.name, m.head) for m in card_of().members] == [("Bo", True)]
    done = sent(client, "member-correction", member="3", name="Boris", reason="the full name")
    assert done.status_code == 302
    assert [m.name for m in card_of().members] == ["Boris"]


def test_help_and_visits(signed):
    client = signed("worker")
    assert sent(client, "helper", person="li").status_code == 302
    assert sent(client, "measure", kind="water", until="2001-01-01").status_code == 422
    assert sent(client, "measure", kind="water", amount="x").status_code == 422
    assert sent(client, "measure", kind="water", since="2024-05-01", amount="12").status_code == 302
    one = card_of().measures[0]
    assert sent(client, "measure-ended", measure=str(one.pk), why="done").status_code == 302
    assert sent(client, "visit", on="2999-01-01", note="x").status_code == 422
    assert sent(client, "visit", note="seen").status_code == 302
    found = card_of()
    assert (found.helpers[0].person, found.measures, found.visits[0].person) == ("li", (), "worker")


def test_split_merge_and_moves(signed):
    client = signed("county")
    assert sent(client, "member", name="Bo", why="marriage in").status_code == 302
    done = sent(client, "split", new="h-9", members="2", head="2", reason="a house of their own")
    assert done["Location"] == "/household/h-9?done=recorded"
    assert [m.name for m in card_of("h-9").members] == ["Bo"]
    path = f"{CARD}/change/merge"
    shown = client.post(path, form(client, path) | {"do": "look", "other": "h-9"}).content
    assert b'name="same.1"' in shown
    seen = re.search(rb'name="seen" value="([^"]+)"', shown)[1].decode()
    merged = sent(client, "merge", other="h-9", reason="one kitchen", seen=seen, **{"same.1": ""})
    assert merged.status_code == 302
    assert [m.name for m in card_of().members] == ["Ana", "Bo"]
    gone = client.get("/household/h-9")
    assert (gone.status_code, b"merged into h-1" in gone.content) == (410, True)
    assert sent(client, "away", to="d/t/v/", reason="work").status_code == 302
    assert client.get(CARD).status_code == 410
    there = signed("county-d")
    assert b"h-1" in there.get("/moves").content
    number = re.search(rb'action="/moves/(\d+)"', there.get("/moves").content)[1].decode()
    assert there.post(f"/moves/{number}", {"do": "refuse"}).status_code == 422
    assert client.post(f"/moves/{number}", {"do": "take"}).status_code == 403
    taken = there.post(f"/moves/{number}", {"do": "take", "key": "d-1"})
    assert taken["Location"] == "/household/d-1?done=recorded"
    assert there.get("/household/d-1").status_code == 200


def test_a_stale_version_keeps_what_was_typed(signed):
    from exitline.exits.register.store.write.cards import add_visit
    from exitline.publish.web.register.opened import store

    client = signed("committee")
    given = form(client, f"{CARD}/change/visit") | {"do": "record", "note": "two <lines>"}
    add_visit(store(), "h-1", None, "worker", on=TODAY)
    stale = client.post(f"{CARD}/change/visit", given)
    assert stale.status_code == 409
    assert b"visit, worker" in stale.content
    assert b"two &lt;lines&gt;" in stale.content
    version = re.search(rb'name="version" value="(\d+)"', stale.content)[1].decode()
    assert client.post(f"{CARD}/change/visit", given | {"version": version}).status_code == 302
    assert client.post(f"{CARD}/change/visit", given).status_code == 302  # sent twice
    assert len(card_of().visits) == 2


def test_a_session_that_ended_loses_nothing(signed, password):
    client = signed("committee")
    path = f"{CARD}/change/member"
    given = form(client, path) | {"do": "record", "name": "Bo", "why": "birth"}
    client.cookies.clear()
    asked = client.post(path, given)
    assert asked.status_code == 401
    kept = html.unescape(re.search(r'name="kept" value="([^"]+)"', asked.content.decode())[1])
    back = client.post("/sign-in", {"name": "committee", "password": password, "next": path,
                                    "kept": kept})  # fmt: skip
    body = client.get(back.url).content.decode()
    hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', body)
    again = {html.unescape(n): html.unescape(v) for n, v in hidden}
    shown = client.post(path, again | {"do": "look"})
    assert b'value="Bo"' in shown.content
    assert client.post(path, again | {"do": "record"}).status_code == 302
    assert [m.name for m in card_of().members] == ["Ana", "Bo"]


def test_who_may_not_write_cards_sees_no_form(signed):
    client = signed("desk")
    assert "/change/" not in client.get(CARD).content.decode()
    assert client.get(f"{CARD}/change/visit").status_code == 403
    assert client.get("/households/new").status_code == 403


def test_an_upload_of_a_hundred_megabytes_is_refused_before_it_is_read(signed, address):
    import asyncio

    from exitline.publish.web.register.opened import application

    signed("")
    answered = []

    async def receive():
        raise AssertionError("the body was read")

    async def send(message):
        answered.append(message)

    scope = {"type": "http", "method": "POST", "path": "/imports", "headers": [
        (b"content-length", b"104857600"), (b"host", b"testserver")]}  # fmt: skip
    asyncio.run(application(address)(scope, receive, send))
    assert answered[0]["status"] == 413
