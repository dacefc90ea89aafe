"""What HTTP asks of a read-only server: methods, hosts, headers, caching; no file is there."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from exitline.api.exploring import build
from exitline.publish.web.figures.handler import application, host_name

POLICY = "default-src 'none'; script-src 'sha256-abc='; img-src data:"
PAGE = f"""<!doctype html><html><head>
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>a page</title></head><body><p>{"text " * 500}</p></body></html>"""
SECRET = ("estimates.parquet", "household_decisions.parquet", "run.json", "claims.json")


@pytest.fixture(scope="module")
def app() -> Any:
    return application(build(["examples/china-832/explorer.yaml"]), PAGE)


async def _raw(
    app: Any, path: bytes, method: str, headers: dict[str, str]
) -> tuple[int, list[tuple[str, str]], bytes]:
    """One request whose path is sent as it is, not made tidy by a client."""
    from urllib.parse import unquote

    name, _, query = path.partition(b"?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
        "scheme": "http", "path": unquote(name.decode()), "raw_path": name, "query_string": query,
        "root_path": "", "server": ("127.0.0.1", 8000), "client": ("127.0.0.1", 1),
        "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in
                    {"Host": "127.0.0.1:8000", **headers}.items()],
    }  # fmt: skip
    sent: list[dict[str, Any]] = []

    asked = False

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if asked:
            await asyncio.Event().wait()  # the connection stays
        asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    told = [(k.decode().lower(), v.decode()) for k, v in sent[0]["headers"]]
    return sent[0]["status"], told, b"".join(m.get("body", b"") for m in sent[1:])


def ask(
    app: Any, path: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body; underscores in names of headers are hyphens."""
    named = {k.replace("_", "-"): v for k, v in headers.items()}
    status, told, body = asyncio.run(_raw(app, path.encode(), method, named))
    assert len({k for k, _ in told}) == len(told), "a header appears twice"
    return status, dict(told), body


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/api/v1/estimates"])
def test_everything_is_read_only(app, path):
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "X"):
        status, headers, body = ask(app, path, method)
        assert status == 405
        assert headers["allow"] == "GET, HEAD"
        assert json.loads(body)["remedy"] == "use GET"
    assert ask(app, path)[0] == 200
    assert ask(app, path, "HEAD")[0] == 200


@pytest.mark.parametrize("name", [*SECRET, "etc/passwd", "static/x", "explorer.yaml"])
@pytest.mark.parametrize(
    "before", ["/", "//", "/../", "/../../", "/%2e%2e/", "/..%2f..%2f", "/%2F", "/..%5c", "/./",
               "/api/v1/../../", "/api/v1/%2e%2e%2f", "/docs/", "/docs%00/", "/%252e%252e/", "/\\"],
)  # fmt: skip
def test_no_file_is_ever_served(app, before, name):
    status, headers, body = ask(app, before + name)
    assert status == 404
    assert headers["content-type"] == "application/problem+json"
    assert "what" in json.loads(body)


@pytest.mark.parametrize(
    "path", ["/api%2Fv1", "/api%2fv1/about", "/%64ocs", "//", "/docs/", "//docs"]
)
def test_an_address_has_one_spelling(app, path):
    assert ask(app, path)[0] == 404


def test_markup_that_is_sent_comes_back_as_text(app):
    for path in ("/<script>alert(1)</script>", "/api/v1/areas?search=<script>&x=<b>"):
        status, headers, body = ask(app, path)
        assert status in (400, 404)
        assert headers["content-type"] == "application/problem+json"
        assert headers["x-content-type-options"] == "nosniff"
        json.loads(body)


def test_what_is_said_back_is_short(app):
    status, _, body = ask(app, "/api/v1/areas?x=" + "y" * 3000)
    assert status == 400
    assert len(body) < 600
    status, _, body = ask(app, "/" + "z" * 3000)
    assert status == 404
    assert len(body) < 600


def test_a_long_address_is_refused(app):
    for path in ("/api/v1/areas?search=" + "y" * 8000, "/" + "z" * 9000):
        status, _, body = ask(app, path)
        assert status == 414
        assert json.loads(body)["expected"] == "at most 8,000 bytes"


@pytest.mark.parametrize(
    "host", ["attacker.example", "attacker.example:8000", "127.0.0.1.attacker.example", "",
             "localhost.attacker.example", "192.168.1.7", "[::2]:8000", "a b", "localhost:1:2"],
)  # fmt: skip
def test_another_name_for_this_machine_is_refused(app, host):
    """DNS rebinding: a page elsewhere that lets its own name point here."""
    status, headers, body = ask(app, "/api/v1/estimates", Host=host)
    assert status == 421
    assert b"rows" not in body
    assert json.loads(body)["where"] == "header Host"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


@pytest.mark.parametrize("host", ["localhost", "LocalHost:8000", "127.0.0.1:99", "[::1]:8000"])
def test_names_of_this_machine_will_do(app, host):
    assert ask(app, "/api/v1", Host=host)[0] == 200


def test_any_name_will_do_where_the_server_is_open_to_others():
    shown = build(["examples/china-832/explorer.yaml"])
    assert ask(application(shown, PAGE, hosts=None), "/", Host="statistics.example")[0] == 200


def test_host_names_without_ports():
    assert [host_name(h) for h in ("::1", "[::1]", "[::1]:80", "a:80", "a")] == [
        "::1", "::1", "::1", "a", "a"]  # fmt: skip


@pytest.mark.parametrize("path", ["/", "/docs", "/api/v1", "/api/v1/estimates?format=csv",
                                  "/nothing", "/api/v1/estimates?x=1"])  # fmt: skip
def test_every_answer_has_the_security_headers(app, path):
    _, headers, _ = ask(app, path)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert "access-control-allow-origin" not in headers
    assert "server" not in headers


def test_the_pages_own_policy_is_sent(app):
    _, headers, body = ask(app, "/")
    assert headers["content-security-policy"] == f"{POLICY}; frame-ancestors 'none'"
    assert body.decode() == PAGE


def test_a_page_without_a_policy_may_do_nothing():
    bare = application(build(["examples/china-832/explorer.yaml"]), "<script>1</script>")
    assert ask(bare, "/")[1]["content-security-policy"].startswith("default-src 'none';")


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/api/v1/about",
                                  "/api/v1/estimates?limit=5"])  # fmt: skip
def test_what_the_reader_has_is_not_sent_again(app, path):
    status, headers, body = ask(app, path)
    assert status == 200
    assert body
    assert headers["cache-control"] == "no-cache"
    tag = headers["etag"]
    for sent in (tag, f'"other", {tag}', "*", tag.removeprefix("W/")):
        status, again, body = ask(app, path, If_None_Match=sent)
        assert status == 304
        assert body == b""
        assert again["etag"] == tag
        assert again["cache-control"] == "no-cache"
        assert "accept" in again["vary"].lower()
    assert ask(app, path, If_None_Match='"other"')[0] == 200


def test_tags_differ_where_answers_do(app):
    paths = [
        f"/api/v1/estimates?limit=5{more}" for more in ("", "&lang=zh", "&format=csv", "&offset=5")
    ]
    assert len({ask(app, path)[1]["etag"] for path in paths}) == 4
    zh = ask(app, "/api/v1/about?lang=zh")[1]["etag"]
    assert ask(app, "/api/v1/about", Accept_Language="zh")[1]["etag"] == zh
    assert ask(app, "/api/v1/about")[1]["etag"] != zh


def test_long_answers_are_compressed_on_request(app):
    plain = ask(app, "/api/v1/estimates")
    packed = ask(app, "/api/v1/estimates", Accept_Encoding="gzip")
    assert packed[1]["content-encoding"] == "gzip"
    assert "content-encoding" not in plain[1]
    assert gzip.decompress(packed[2]) == plain[2]
    assert len(packed[2]) < len(plain[2]) / 5
    assert packed[1]["etag"] == plain[1]["etag"]
    assert "accept-encoding" in packed[1]["vary"].lower()


@pytest.mark.parametrize("path", ["/api/v1/estimates", "/"])
def test_a_fault_of_ours_is_hidden_from_readers(monkeypatch, caplog, path):
    def broken(*_: Any) -> None:
        raise ValueError("household 4711 lives in Elm Street")

    shown = build(["examples/china-832/explorer.yaml"])
    monkeypatch.setattr("exitline.publish.web.figures.api.answer_table", broken)
    monkeypatch.setattr("exitline.publish.web.figures.handler.fixed", broken)
    status, headers, body = ask(application(shown, PAGE), path)
    assert status == 500
    assert headers["content-type"] == "application/problem+json"
    assert headers["x-content-type-options"] == "nosniff"
    assert b"4711" not in body
    assert "ValueError" in caplog.text
    assert "test_web_server_http.py, line" in caplog.text
    assert "4711" not in caplog.text
    assert "Traceback" not in caplog.text


def test_the_description_for_people_needs_nothing_from_elsewhere(app):
    _, headers, body = ask(app, "/docs")
    html = body.decode()
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', html)
    policy = headers["content-security-policy"]
    assert "script-src 'self'; style-src 'self'" in policy
    for address in set(re.findall(r'(?:src|href)="(/[^"]*)"', html)):
        status, told, brought = ask(app, address.replace("&amp;", "&"))
        assert status == 200
        assert brought
        kind = told["content-type"].split(";")[0]
        assert kind in ("text/javascript", "text/css", "text/html", "text/csv", "application/json")


def test_a_title_that_is_markup_stays_text():
    from dataclasses import replace

    shown = build(["examples/china-832/explorer.yaml"])
    evil = replace(shown, title="<script>alert(1)</script>", notice='"><img src=x onerror=1>')
    body = ask(application(evil, PAGE), "/docs")[2].decode()
    assert "<title>API: &lt;script&gt;alert(1)&lt;/script&gt;</title>" in body
    assert not {"img", "script>alert"} & set(re.findall(r"<(img|script>alert)", body))


def test_the_description_for_people_says_all_that_programs_read(app):
    """Every address, parameter, choice and field; each example answers as it is shown."""
    import html as markup

    body = ask(app, "/docs")[2].decode()
    said = json.loads(ask(app, "/openapi.json")[2])
    sections = dict(re.findall(r'<section id="(\w+)"(.*?)</section>', body, re.DOTALL))
    names = {path: item["get"]["operationId"] for path, item in said["paths"].items()}
    assert set(sections) == set(names.values())
    for path, item in said["paths"].items():
        text = markup.unescape(sections[names[path]])
        for one in item["get"].get("parameters", []):
            assert f"<code>{one['name']}</code>" in text
            assert one["description"] in text
            for choice in one["schema"].get("enum", [one["schema"].get("const", "")]):
                assert f"<option>{choice}</option>" in text or choice == ""
        given = item["get"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
        fields = said["components"]["schemas"][given.rsplit("/", 1)[-1].removesuffix("Table")]
        for name, field in fields["properties"].items():
            assert f"<code>{name}</code>" in text
            assert field.get("description", "") in text
        address, shown = re.findall(r"<code>(/[^<]*)</code></summary>\n<pre.*?<code>(.*?)</code>",
                                    text, re.DOTALL)[0]  # fmt: skip
        assert json.loads(shown) == json.loads(ask(app, address)[2])
        if json.loads(shown).get("rows", True) == []:
            assert json.loads(ask(app, path)[2])["total"] == 0


def test_httpx_agrees_with_the_bare_protocol(app):
    async def get() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as to:
            return await to.get("/api/v1/levels")

    assert asyncio.run(get()).content == ask(app, "/api/v1/levels")[2]


def test_the_folder_of_a_run_is_read_once(tmp_path: Path):
    """Figures are those read at the start, whatever becomes of the folder."""
    import shutil

    from exitline.api import run

    out = tmp_path / "out"
    run("examples/albania-2012/study.yaml", out)
    served = application(build([out]), PAGE)
    before = ask(served, "/api/v1/estimates?limit=1000")[2]
    shutil.rmtree(out)
    assert ask(served, "/api/v1/estimates?limit=1000")[2] == before
    assert json.loads(before)["rows"][0]["text"].replace("\N{NO-BREAK SPACE}", " ") == "14.3 %"
