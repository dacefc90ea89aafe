"""Nothing typed is lost: stale versions, ended sessions, forms sent twice, a database that goes."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta

import pytest

pytestmark = pytest.mark.parametrize("address", ["sqlite"], indirect=True)
TODAY = date.today()
STEP = "/household/h-1/step/identify"


def typed(client, path=STEP, **more):
    """What a browser would send from a form that was filled in."""
    body = client.get(path).content.decode()
    found = {
        html.unescape(n): html.unescape(v)
        for n, v in re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', body)
        if not n.startswith(("paper.", "shows.", "csrf"))
    }
    return found | {
        "on": (TODAY - timedelta(days=3)).isoformat(), "evidence.welfare": "900",
        "paper.application": "yes", "paper.minutes": "yes", "reason": "seen at home",
    } | more  # fmt: skip


def sign(client, sent, path=STEP):
    """Look at the decision, then sign what was shown."""
    shown = client.post(path, sent | {"do": "look"}).content.decode()
    seen = re.search(r'name="seen" value="([^"]*)"', shown)
    return client.post(path, sent | {"do": "sign", "seen": seen.group(1) if seen else ""})


def steps_of(key="h-1"):
    from exitline.exits.register.store.models import StepRow
    from exitline.publish.web.register.opened import store

    with store().transaction():
        return list(StepRow.objects.filter(household__key=key).values_list("step", flat=True))


def test_a_decision_is_shown_with_every_criterion_before_it_is_signed(signed):
    client = signed("committee")
    sent = typed(client)
    shown = client.post(STEP, sent | {"do": "look"}).content.decode()
    assert 'class="mark met"' in shown
    assert "Expenditure per person: 900" in shown
    assert steps_of() == []
    assert client.post(STEP, sent | {"do": "sign"}).status_code == 200  # not seen yet
    other = sent | {"do": "look", "evidence.welfare": "100"}
    seen = re.search(r'name="seen" value="(\w+)"', client.post(STEP, other).content.decode())
    assert seen is not None
    swapped = sent | {"do": "sign", "seen": seen.group(1)}
    assert client.post(STEP, swapped).status_code == 200  # another decision was seen
    assert steps_of() == []
    assert sign(client, sent).status_code == 302
    assert steps_of() == ["identify"]


def test_what_is_left_out_is_not_met_and_said(signed):
    client = signed("committee")
    sent = typed(client) | {"evidence.welfare": ""}
    body = client.post(STEP, sent | {"do": "look"}).content.decode()
    assert 'class="mark tell"' in body
    assert "left out: Expenditure per person" in body


def test_a_stale_version_shows_what_changed_and_keeps_what_was_typed(signed):
    from exitline.exits.register.store.write.cards import add_visit
    from exitline.publish.web.register.opened import store

    client = signed("committee")
    sent = typed(client, reason="typed with <care> & patience")
    add_visit(store(), "h-1", None, "worker", on=TODAY)
    answer = sign(client, sent)
    body = answer.content.decode()
    assert answer.status_code == 409
    assert "visit, worker" in body
    assert "typed with &lt;care&gt; &amp; patience" in body
    assert steps_of() == []
    version = re.search(r'name="version" value="(\d+)"', body)
    assert version is not None
    assert sign(client, sent | {"version": version.group(1)}).status_code == 302
    assert steps_of() == ["identify"]


def test_a_form_sent_twice_is_recorded_once(signed):
    client = signed("committee")
    sent = typed(client)
    assert [sign(client, sent).status_code for _ in range(3)] == [302, 302, 302]
    assert steps_of() == ["identify"]


def test_a_session_that_ended_loses_nothing(signed, password):
    client = signed("committee")
    sent = typed(client, reason="a long text\nof two lines") | {"do": "sign"}
    client.cookies.clear()
    asked = client.post(STEP, sent)
    assert asked.status_code == 401
    assert steps_of() == []
    kept = re.search(r'name="kept" value="([^"]+)"', asked.content.decode())
    assert kept is not None
    back = client.post("/sign-in", {"name": "committee", "password": password, "next": STEP,
                                    "kept": html.unescape(kept.group(1))})  # fmt: skip
    body = client.get(back.url).content.decode()
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', body, re.DOTALL)
    again = {html.unescape(n): html.unescape(v) for n, v in fields}
    again.pop("csrfmiddlewaretoken")
    assert again == {k: v for k, v in sent.items() if k != "do"}
    shown = client.post(STEP, again | {"do": "look"}).content.decode()
    assert "a long text\nof two lines" in shown
    assert sign(client, again).status_code == 302
    assert steps_of() == ["identify"]


def test_a_database_that_goes_away_is_said_and_the_step_sent_again_once(signed, monkeypatch):
    from django.db import OperationalError

    from exitline.publish.web.register import stepping

    client = signed("committee")
    sent = typed(client)
    real = stepping.sign

    def lost(*given, **named):
        real(*given, **named)
        raise OperationalError("the answer did not arrive")

    monkeypatch.setattr(stepping, "sign", lost)
    answer = sign(client, sent)
    assert answer.status_code == 503
    assert b"Send it again" in answer.content
    assert b"seen at home" in answer.content
    monkeypatch.setattr(stepping, "sign", real)
    assert sign(client, sent).status_code == 302
    assert steps_of() == ["identify"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"on": "2999-01-01"}, "future|after|recorded"),
        ({"on": "2024-02-30"}, "day"),
        ({"on": ""}, "not complete"),
        ({"paper.minutes": ""}, "minutes"),
        ({"evidence.welfare": "inf"}, ""),
        ({"version": "none"}, ""),
    ],
)
def test_what_cannot_be_is_refused_in_words(signed, changes, said):
    client = signed("committee")
    answer = sign(client, typed(client) | changes)
    if changes.keys() <= {"version"}:
        assert answer.status_code == 302
        return
    assert answer.status_code in (400, 422)
    assert re.search(said, answer.content.decode())
    assert b"seen at home" in answer.content
    assert steps_of() == []


def test_a_column_that_no_rule_asks_for_is_not_taken(signed):
    client = signed("committee")
    sent = typed(client) | {"evidence.outcome": "met", "outcome": "met", "score": "1"}
    assert sign(client, sent).status_code == 302
    assert steps_of() == ["identify"]


def test_an_approval_against_the_evidence_is_refused(signed):
    """The six faults over HTTP: what the procedure refuses, the form refuses."""
    from exitline.exits.register.store.write.cards import write_card
    from exitline.publish.web.register.opened import store

    path = "/household/h-2/step/{}"
    client = signed("worker")
    rich = typed(client, path.format("find relapse"), **{"paper.form": "yes"})
    answer = sign(client, rich | {"evidence.welfare": "9000"}, path.format("find relapse"))
    assert answer.status_code == 422
    write_card(store(), "h-2", None, "admin", as_of=TODAY, facts={"welfare": 9000.0})
    county = signed("county")
    sent = typed(county, path.format("settle"), **{"paper.county report": "yes"})
    assert sign(county, sent, path.format("settle")).status_code == 422
    assert steps_of("h-2")[-1] == "strike off"


def test_a_script_in_a_name_stays_text(signed):
    body = signed("committee").get("/household/h-1").content
    assert b"Family &lt;b&gt;h-1&lt;/b&gt;" in body
    assert b"<b>h-1" not in body


def test_a_notice_shows_what_it_was_posted_with_and_ends_by_itself(signed):
    from exitline.exits.register.store.models import NoticeRow
    from exitline.publish.web.register.opened import store

    client = signed("")
    with store().transaction():
        ended = NoticeRow.objects.filter(household__key="h-2").order_by("-id").first()
        posted = NoticeRow.objects.filter(household__key="h-2").order_by("id").first()
        NoticeRow.objects.filter(pk=posted.pk).update(until=TODAY + timedelta(days=3))
    body = client.get(f"/notice/{ended.code}").content
    assert b"ended on" in body
    assert b"Family" not in body
    assert client.post(f"/notice/{ended.code}/object", {"text": "x" * 50}).status_code == 410
    body = client.get(f"/notice/{posted.code}").content
    assert b"Family &lt;b&gt;h-2" in body
    assert b"Village c" not in body  # it was posted with the name alone
    assert b"Ana" not in body
    assert client.get("/notice/guessed").status_code == 404


def test_objections_have_a_receipt_and_a_limit(signed):
    from exitline.exits.register.store.models import NoticeRow
    from exitline.publish.web.register.opened import store

    with store().transaction():
        notice = NoticeRow.objects.filter(household__key="h-2").order_by("id").first()
        NoticeRow.objects.filter(pk=notice.pk).update(until=TODAY + timedelta(days=3))
    client, address = signed(""), f"/notice/{notice.code}/object"
    assert client.post(address, {"text": "short"}).status_code == 422
    answers = [client.post(address, {"text": "They have a second house."}) for _ in range(7)]
    assert [one.status_code for one in answers] == [302] * 5 + [429] * 2
    receipt = client.get(answers[0].headers["Location"]).content
    assert b"waits to be taken up" in receipt
    assert b"second house" not in receipt
    assert b"second house" in signed("committee").get("/household/h-2").content
    assert client.get("/objection/guessed").status_code == 404


def test_passwords_are_not_guessed_for_long(signed, password, monkeypatch):
    from django.conf import settings

    monkeypatch.setattr(settings, "ACCOUNT_RATE_LIMITS", {"login_failed": "2/15m/key"})
    client = signed("")
    for _ in range(2):
        client.post("/sign-in", {"name": "county", "password": "wrong"})
    answer = client.post("/sign-in", {"name": "county", "password": password})
    assert answer.status_code == 401


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example", "javascript:1"])
def test_signing_in_leads_nowhere_else(signed, password, onward):
    client = signed("")
    answer = client.post("/sign-in", {"name": "desk", "password": password, "next": onward})
    assert answer.headers["Location"] == "/"


def test_logs_and_health_name_nobody(signed, caplog):
    caplog.set_level("INFO", logger="exitline.register")
    client = signed("committee")
    client.get("/household/h-1")
    assert client.get("/health").json()["status"] == "ok"
    lines = [r.getMessage() for r in caplog.records if r.name == "exitline.register"]
    assert any('"view": "card"' in line for line in lines)
    assert not any(word in line for line in lines for word in ("h-1", "committee", "Family"))


def test_a_form_from_elsewhere_is_refused(signed):
    from django.contrib.auth.models import User
    from django.test import Client

    signed("committee")
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="committee"))
    answer = client.post(STEP, {"do": "sign", "on": TODAY.isoformat()})
    assert answer.status_code == 403
    assert steps_of() == []


def test_another_name_for_the_server_is_refused(signed):
    assert signed("").get("/health", HTTP_HOST="attacker.example").status_code == 421


def test_every_answer_has_the_security_headers(signed):
    client = signed("county")
    for path in ("/", "/household/h-1", "/nothing", "/health", "/static/register.css"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
