"""Files of papers over HTTP: brought with a step, shown, saved and logged; and lists taken away."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

pytestmark = pytest.mark.parametrize("address", ["sqlite"], indirect=True)
STEP, PAPERS = "/household/h-1/step/identify", "/household/h-1/papers"
PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"


def upload(content=PDF, name="minutes of <Ana>.pdf"):
    return SimpleUploadedFile(name, content)


def typed(client):
    body = client.get(STEP).content.decode()
    found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', body))
    return found | {
        "on": (date.today() - timedelta(days=3)).isoformat(), "evidence.welfare": "900",
        "paper.application": "yes",
    }  # fmt: skip


def hidden(answer, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    return html.unescape(found[1]) if found else ""


def signed_with_a_file(client):
    sent = typed(client)
    shown = client.post(STEP, sent | {"do": "look", "file.minutes": upload()})
    assert b"Brought: minutes of &lt;Ana&gt;.pdf" in shown.content
    kept, seen = hidden(shown, "kept.minutes"), hidden(shown, "seen")
    return client.post(STEP, sent | {"do": "sign", "seen": seen, "kept.minutes": kept}), kept


def test_a_file_comes_with_the_step_and_is_seen_by_those_who_see_the_card(signed):
    from exitline.api.registers import keeping
    from exitline.exits.register.store.models import DocumentRow, PaperRow, ViewLogRow
    from exitline.publish.web.register import opened

    client = signed("committee")
    done, _ = signed_with_a_file(client)
    assert done.status_code == 302
    paper = PaperRow.objects.get()
    digest = sha256(PDF).hexdigest()
    assert (paper.digest, paper.signed, paper.by) == (digest, True, "committee")
    assert DocumentRow.objects.get(household__key="h-1", kind="minutes").digest == digest
    address = f"{PAPERS}/{paper.pk}"
    for who in ("committee", "auditor", "township"):
        answer = signed(who).get(address)
        assert b"".join(answer.streaming_content) == PDF
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
    logged = ViewLogRow.objects.filter(what__startswith="file of a paper")
    assert list(logged.values_list("person", flat=True)) == ["committee", "auditor", "township"]
    assert b"file of a paper" in signed("auditor").get("/audit").content
    for who, status in (("admin", 403), ("committee-d", 404), ("auditor-d", 404), ("", 200)):
        answer = signed(who).get(address)
        assert answer.status_code == status
        assert PDF not in answer.content
    assert signed("committee").get(f"/household/h-2/papers/{paper.pk}").status_code == 404
    assert keeping.check(opened.store().url)["faults"] == ()


def test_somebody_elses_file_is_not_taken_and_a_bad_one_loses_nothing_typed(signed):
    from exitline.exits.register.store.models import PaperRow

    client = signed("committee")
    _, kept = signed_with_a_file(client)
    desk = signed("worker")
    step = "/household/h-2/step/find relapse"
    shown = desk.post(step, {"do": "look", "on": "2024-01-02", "kept.verification form": kept})
    assert b"Brought:" not in shown.content
    for content, name in ((b"MZ not a paper", "a.pdf"), (b"<svg/>", "b.svg"), (b"", "c.png")):
        sent = typed(signed("committee")) | {"reason": "typed with care"}
        bad = client.post(STEP, sent | {"do": "look", "file.minutes": upload(content, name)})
        assert bad.status_code == 422
        assert b"typed with care" in bad.content
        assert b"PDF, JPEG or PNG" in bad.content
    assert PaperRow.objects.count() == 1


def test_a_file_is_brought_later_by_those_who_take_such_a_step(signed):
    from exitline.exits.register.store.models import ChangeRow, DocumentRow, PaperRow

    paper = DocumentRow.objects.get(household__key="h-2", step__step="verify")
    at, sent = "/household/h-2/papers", {"document": paper.pk, "token": "t"}
    assert b"no file yet" in signed("worker").get(at).content
    assert signed("desk").post(at, sent | {"file": upload()}).status_code == 403
    client = signed("worker")
    assert client.post(at, sent).status_code == 422
    assert client.post(at, sent | {"file": upload(b"no")}).status_code == 422
    for _ in range(2):  # sent twice, kept once
        assert client.post(at, sent | {"file": upload()}).status_code == 302
    assert [one.signed for one in PaperRow.objects.all()] == [False]
    assert ChangeRow.objects.filter(what__startswith="file of a paper: sha256:").count() == 1
    assert b"brought later" in client.get(at).content


def test_lists_of_households_that_were_taken_away_are_logged(signed):
    from exitline.exits.register.store.models import DownloadRow

    signed("worker").get("/field/households.csv")
    signed("worker-d").get("/field/households.csv?mine=1")
    found = list(DownloadRow.objects.order_by("id").values_list("person", "path", "rows"))
    assert found == [("worker", "c/t/v/", 2), ("worker-d", "d/t/v/", 0)]
    body = signed("auditor").get("/audit").content
    assert b"Lists that were taken away" in body
    assert b"worker-d" not in body


def test_a_merger_sees_both_cards_as_they_were_looked_at(signed):
    from exitline.exits.register.store.models import HouseholdRow
    from exitline.exits.register.store.write.cards import add_visit
    from exitline.publish.web.register.opened import store

    client = signed("county")
    HouseholdRow.objects.filter(key="h-2").update(listed=False)
    at = "/household/h-1/change/merge"
    sent = {"other": "h-2", "reason": "one kitchen", "on": date.today().isoformat(),
            "version": str(HouseholdRow.objects.get(key="h-1").version), "token": "t"}  # fmt: skip
    shown = client.post(at, sent | {"do": "look"})
    seen = hidden(shown, "seen")
    assert seen == f"{HouseholdRow.objects.get(key='h-2').version} h-2"
    unseen = client.post(at, sent | {"do": "record", "same.1": ""})
    assert (unseen.status_code, b"not looked at" in unseen.content) == (422, True)
    add_visit(store(), "h-2", None, "worker", on=date.today())
    stale = client.post(at, sent | {"do": "record", "same.1": "", "seen": seen})
    assert (stale.status_code, b"visit" in stale.content) == (409, True)
    assert HouseholdRow.objects.get(key="h-2").gone == ""
    fresh = client.post(at, sent | {"do": "record", "same.1": "", "seen": hidden(stale, "seen")})
    assert fresh.status_code == 302
    assert HouseholdRow.objects.get(key="h-2").gone == "merged into h-1"
