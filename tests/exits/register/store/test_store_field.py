"""Submissions over the interfaces of ODK Central and KoboToolbox: a stand-in on loopback."""

from __future__ import annotations

import csv
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

pytest.importorskip("httpx")

from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.field.servers import FieldServer, fetch

CSV = "household,saw,on,meta-instanceID\nh-1,3,2026-01-02,uuid:1\n"


class StandIn(BaseHTTPRequestHandler):
    """What the two servers answer, as far as it is asked for."""

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        good = sent == {"email": "li@example.org", "password": "secret"}
        self._say(200 if good else 401, json.dumps({"token": "t1"} if good else {}))

    def do_GET(self) -> None:
        asked, told = self.path, self.headers.get("Authorization")
        if asked == "/v1/projects/4/forms/step_check/submissions.csv" and told == "Bearer t1":
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
    with pytest.raises(StoreError, match="gave no submissions"):
        fetch(FieldServer("kobo", "http://127.0.0.1:9"), "aX", tmp_path / "out.csv")
