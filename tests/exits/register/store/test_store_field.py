"""Submissions over the interfaces of ODK Central and KoboToolbox: a stand-in on loopback."""

from __future__ import annotations

import csv
import io
import json
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

pytest.importorskip("httpx")

from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.field.servers import FieldServer, fetch

DAY = date(2024, 1, 1)
CSV = "household,saw,on,meta-instanceID\nh-1,3,2026-01-02,uuid:1\n"


LISTS: dict[str, dict[str, Any]] = {}
"""Entity Lists of the stand-in: properties, and Entities by id."""


class StandIn(BaseHTTPRequestHandler):
    """What the two servers answer, as far as it is asked for."""

    def _sent(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def _list(self) -> tuple[str, str]:
        """The Entity List that is asked about, and what of it."""
        rest = self.path.partition("?")[0].removeprefix("/v1/projects/4/datasets").strip("/")
        name, _, of = rest.partition("/")
        return name, of

    def do_POST(self) -> None:
        sent = self._sent()
        if self.path == "/v1/sessions":
            good = sent == {"email": "li@example.org", "password": "secret"}
            self._say(200 if good else 401, json.dumps({"token": "t1"} if good else {}))
            return
        name, of = self._list()
        if not name:
            LISTS[sent["name"]] = {"properties": [], "entities": {}}
        elif of == "properties":
            LISTS[name]["properties"].append(sent["name"])
        else:
            assert sent["source"]["size"] == len(sent["entities"])
            for one in sent["entities"]:
                assert set(one["data"]) <= set(LISTS[name]["properties"])
                assert one["uuid"] not in LISTS[name]["entities"]
                LISTS[name]["entities"][one["uuid"]] = {**one, "version": 1}
        self._say(200, "{}")

    def do_PATCH(self) -> None:
        name, of = self._list()
        sent, one = self._sent(), LISTS[name]["entities"][of.removeprefix("entities/")]
        if self.path.partition("?baseVersion=")[2] != str(one["version"]):
            self._say(409, "{}")
            return
        one["data"] |= sent["data"]
        one |= {"label": sent["label"], "version": one["version"] + 1}
        self._say(200, "{}")

    def do_DELETE(self) -> None:
        name, of = self._list()
        del LISTS[name]["entities"][of.removeprefix("entities/")]
        self._say(200, "{}")

    def _show_list(self) -> None:
        name, of = self._list()
        if name not in LISTS:
            self._say(404, "{}")
        elif of == "entities.csv":
            names, out = LISTS[name]["properties"], io.StringIO()
            writer = csv.writer(out)
            writer.writerow(["__id", "label", *names, "__createdAt", "__version"])
            for key, one in LISTS[name]["entities"].items():
                said = [one["data"].get(n, "") for n in names]
                writer.writerow([key, one["label"], *said, "2026-01-01", one["version"]])
            self._say(200, out.getvalue())
        else:
            known = [{"name": n} for n in LISTS[name]["properties"]]
            self._say(200, json.dumps({"name": name, "properties": known}))

    def do_GET(self) -> None:
        asked, told = self.path, self.headers.get("Authorization")
        if asked.startswith("/v1/projects/4/datasets") and told == "Bearer t1":
            self._show_list()
        elif asked == "/v1/projects/4/forms/step_check/submissions.csv" and told == "Bearer t1":
            self._say(200, CSV)
        elif asked.startswith("/api/v2/assets/aX/data/") and told == "Token k1":
            here = f"http://127.0.0.1:{self.server.server_port}"
            first = "page=2" not in asked
            row = {"_uuid": "u1" if first else "u2", "household": "h-1", "saw": "3", "_notes": []}
            following = f"{here}/api/v2/assets/aX/data/?page=2" if first else None
            self._say(200, json.dumps({"results": [row], "next": following}))
        elif asked.startswith("/api/v2/assets/away/"):
            self._say(200, json.dumps({"results": [], "next": "http://elsewhere.example/"}))
        else:
            self._say(404, "{}")

    def _say(self, status: int, text: str) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def at():
    server = HTTPServer(("127.0.0.1", 0), StandIn)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_submissions_of_odk_central(at, tmp_path):
    server = FieldServer("odk", at, project="4", user="li@example.org", secret="secret")
    assert fetch(server, "step_check", tmp_path / "out.csv") == 1
    assert (tmp_path / "out.csv").read_text() == CSV
    assert "secret" not in repr(server)


def test_submissions_of_kobotoolbox_come_page_by_page(at, tmp_path):
    assert fetch(FieldServer("kobo", at, secret="k1"), "aX", tmp_path / "out.csv") == 2
    with (tmp_path / "out.csv").open() as handle:
        rows = list(csv.DictReader(handle))
    assert [(row["_uuid"], row["household"]) for row in rows] == [("u1", "h-1"), ("u2", "h-1")]


@pytest.mark.parametrize(
    ("kind", "form", "secret", "got"),
    [
        ("odk", "step_check", "wrong", "HTTP 401"),
        ("odk", "none", "secret", "HTTP 404"),
        ("kobo", "aX", "wrong", "HTTP 404"),
        ("kobo", "away", "k1", "ValueError"),
    ],
)
def test_a_server_that_refuses_leaves_no_file(at, tmp_path, kind, form, secret, got):
    server = FieldServer(kind, at, project="4", user="li@example.org", secret=secret)
    with pytest.raises(StoreError) as refused:
        fetch(server, form, tmp_path / "out.csv")
    assert refused.value.got == got
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_there(tmp_path):
    with pytest.raises(StoreError, match="did not do what it was asked"):
        fetch(FieldServer("kobo", "http://127.0.0.1:9"), "aX", tmp_path / "out.csv")


def test_a_secret_goes_nowhere_without_tls(tmp_path):
    with pytest.raises(StoreError, match="without TLS"):
        fetch(FieldServer("kobo", "http://kobo.example.org", secret="k1"), "aX", tmp_path / "o.csv")


@pytest.fixture
def three(store):
    """A register with three households and a card each."""
    from exitline.exits.register.store.write.cards import write_card
    from exitline.exits.register.store.write.households import add_household

    for key in ("h-1", "h-2", "=h-3"):
        add_household(store, "li", key=key, area="c/t/v1/", since=DAY)
        write_card(store, key, None, "li", as_of=DAY, facts={"welfare": 900.0, "water": None})
    return store


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_households_are_pushed_as_entities_and_brought_up_to_date(three, at):
    from exitline.exits.register.store.field.entities import entity_id, push
    from exitline.exits.register.store.write.cards import add_visit
    from exitline.exits.register.store.write.households import merge

    LISTS.clear()
    server = FieldServer("odk", at, project="4", user="li@example.org", secret="secret")
    said = push(three, server, "households")
    assert (said.created, said.updated, said.deleted, said.same) == (3, 0, 0, 0)
    one = LISTS["households"]["entities"][entity_id("c/", "h-1")]
    assert one["data"] == {"household": "h-1", "version": "2", "state": "",
                           "evidence_welfare": "900.0", "evidence_water": ""}  # fmt: skip
    assert push(three, server, "households").same == 3
    add_visit(three, "h-1", None, "li", on=DAY)
    one["version"] = 7  # a phone changed it meanwhile: the version that is seen counts
    assert push(three, server, "households").updated == 1
    assert (one["data"]["version"], one["version"]) == ("3", 8)
    merge(three, "h-1", None, "li", other="h-2", on=DAY, reason="one kitchen")
    said = push(three, server, "households")
    assert (said.updated, said.deleted, said.same) == (1, 1, 1)
    assert push(three.within("c/t/v2/"), server, "others").created == 0
    with pytest.raises(StoreError, match="only ODK Central"):
        push(three, FieldServer("kobo", at), "households")


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_submissions_are_pulled_once_by_id_or_by_entity(three, at, address, tmp_path, monkeypatch):
    from click.testing import CliRunner

    from exitline.cli.register import command
    from exitline.exits.register import load_procedure
    from exitline.exits.register.store import texts
    from exitline.exits.register.store.field.entities import entity_id
    from exitline.exits.register.store.field.submissions import queue

    texts.adopt(three, load_procedure("china-2016-exit"))
    of = entity_id("c/", "h-2")
    text = f"{CSV}{of},1,2026-01-03,uuid:2\nnobody,1,2026-01-03,uuid:3\n"
    monkeypatch.setattr(f"{__name__}.CSV", text)
    asked = (
        "pull", "--database", address, "--server", "odk", "--url", at, "--project", "4", "--user",
        "li@example.org", "--form", "step_check", "--by", "li", "--json",
    )  # fmt: skip
    found = []
    for _ in range(2):
        answer = CliRunner().invoke(command, [*asked, "--step", "verify"], catch_exceptions=False,
                                    env={"EXITLINE_FIELD_SECRET": "secret"})  # fmt: skip
        found.append(json.loads(answer.output))
    assert [(one["new"], one["known"], len(one["refused"])) for one in found] == [
        (2, 0, 1),
        (0, 2, 1),
    ]
    assert sorted(one.row.household.key for one in queue(three)) == ["h-1", "h-2"]
    _fetched_in_the_background(three, at, tmp_path, monkeypatch)
    wrong = CliRunner().invoke(
        command, [*asked, "--step", "verfy"], env={"EXITLINE_FIELD_SECRET": "s"}
    )
    assert "no such step" in str(wrong.exception)


def _fetched_in_the_background(three, at, tmp_path, monkeypatch):
    """The same as a job: the server and its password are in the worker's environment."""
    from exitline.exits.register.store.jobs.running import run
    from exitline.exits.register.store.models import JobRow

    monkeypatch.setenv("EXITLINE_REGISTER_FILES", str(tmp_path / "files"))
    given = {"form": "step_check", "step": "verify", "by": "li"}

    def job():
        return JobRow.objects.using(three.alias).create(kind="pull", given=given, path="", by="li")

    assert "no server of forms is named" in run(three, job().pk).fault
    for name, value in {"URL": at, "PROJECT": "4", "USER": "li@example.org",
                        "SECRET": "secret"}.items():  # fmt: skip
        monkeypatch.setenv(f"EXITLINE_FIELD_{name}", value)
    ended = run(three, job().pk)
    assert (ended.fault, ended.done, ended.total) == ("", 2, 2)
    assert [ended.result[name] for name in ("rows", "new", "known")] == [3, 0, 2]
    assert "secret" not in str(ended.given) + str(ended.result)
