"""The explorer page as text: whole without JavaScript, closed to what its texts might try."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from importlib import resources
from typing import Any

import pytest

from exitline.foreign import visible
from exitline.publish.explorer.page import SCRIPTS, render

ASSETS = resources.files("exitline.publish.explorer") / "assets"
ATTACK = "</script><img src=x onerror=window.hacked=1>"


class Elements(HTMLParser):
    """Elements with their attributes, and the text inside each script and style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[tuple[dict[str, str | None], str]] = []
        self.open = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self.open = tag in ("script", "style")
        if self.open:
            self.inside.append((dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:
        self.open = self.open and tag not in ("script", "style")

    def handle_data(self, data: str) -> None:
        if self.open:
            self.inside[-1] = (self.inside[-1][0], self.inside[-1][1] + data)


def words_seen(html: str) -> str:
    """Text outside script and style."""
    bare = re.sub(r"<(script|style).*?</\1>", " ", html, flags=re.S)
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", "", bare))


@pytest.mark.parametrize(
    ("name", "limit"), [("albania", 300_000), ("census", 400_000), ("china", 2_000_000)]
)
def test_the_page_stays_small(payloads: dict[str, Any], name: str, limit: int) -> None:
    assert len(render(payloads[name]).encode()) <= limit


def test_the_first_level_stands_in_the_page_without_scripts(payloads: dict[str, Any]) -> None:
    seen = words_seen(render(payloads["albania"]))
    figures = payloads["albania"]["figures"][0]
    assert figures["text"][0] in seen
    assert figures["interval"][0] in seen
    first = [
        i for i, a in enumerate(figures["area"]) if payloads["albania"]["areas"]["level"][a] == 0
    ]
    for i in first:
        assert figures["text"][i] in seen
        assert figures["interval"][i] in seen
    assert "runs no scripts" in seen
    assert "不运行脚本" in seen


def test_the_record_speaks_of_its_last_year_and_keeps_its_notice(payloads: dict[str, Any]) -> None:
    html = render(payloads["china"])
    seen = words_seen(html)
    assert "832 Counties that have left the list" in seen
    assert 'class="notice"' in html
    assert "not evidence" in seen
    assert len(re.findall(r'<th scope="row">', html)) >= 22


def test_nothing_can_be_loaded_and_only_its_own_script_runs(payloads: dict[str, Any]) -> None:
    for name in ("albania", "hostile"):
        html = render(payloads[name])
        elements = Elements(html)
        policy = next(a["content"] or "" for t, a in elements.found if a.get("http-equiv"))
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        scripts = [text for attributes, text in elements.inside if not attributes.get("type")]
        for text in scripts:
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy
        assert not [a for _, a in elements.found if "src" in a or "style" in a]
        assert not [k for _, a in elements.found for k in a if k.startswith("on")]
        assert not [
            a
            for t, a in elements.found
            if t in ("img", "iframe", "object", "link") and a.get("rel") != "icon"
        ]
        links = [a.get("href") or "" for t, a in elements.found if t == "a"]
        assert all(link.startswith(("https://", "#")) for link in links)


def written_out(value: Any) -> Any:
    """A payload without marks of direction and control characters; those around names stay."""
    if isinstance(value, str):
        return value if "\u2068" in value else visible(value, lines=True)
    if isinstance(value, dict):
        return {name: written_out(part) for name, part in value.items()}
    return [written_out(part) for part in value] if isinstance(value, list) else value


@pytest.mark.parametrize("sign", ["\x1b[2J", "\u202e", "\x00", "\u2028"])
def test_titles_and_sources_cannot_be_obeyed_either(payloads: dict[str, Any], sign: str) -> None:
    given = json.loads(json.dumps(payloads["albania"]))
    given["title"] = sign + "title"
    given["levels"][0]["title"] = {"en": sign + "level", "zh": sign + "level"}
    given["series"][0] |= {"label": {"en": sign + "series", "zh": sign + "series"}}
    given["sources"] = [{"title": sign + "source", "url": "https://example.org"}]
    given["method"] = [{"term": sign + "term", "text": sign + "text"}]
    html = render(given)
    assert sign not in html
    data = {a.get("id"): text for a, text in Elements(html).inside}["data"]
    assert not [text for text in texts(json.loads(data)) if sign in text]


def texts(value: Any) -> list[str]:
    """All texts of a payload."""
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in texts(part)]


def test_what_was_given_is_embedded_whole(payloads: dict[str, Any]) -> None:
    """All of it; names of areas with what a browser would obey written out."""
    for payload in payloads.values():
        blocks = {a.get("id"): text for a, text in Elements(render(payload)).inside}
        found, given = json.loads(blocks["data"]), json.loads(json.dumps(payload))
        for shown, label in zip(
            found["areas"].pop("label"), given["areas"].pop("label"), strict=True
        ):
            texts = (shown, label) if isinstance(label, dict) else ({"": shown}, {"": label})
            assert texts[0] == {code: visible(text) for code, text in texts[1].items()}
        assert found == written_out(given)
        assert "\u202e" not in blocks["data"]
        assert "<" not in blocks["data"]
        assert "\u2028" not in blocks["data"]


def test_hostile_texts_stay_texts(payloads: dict[str, Any]) -> None:
    html = render(payloads["hostile"])
    assert "<img" not in html
    assert "javascript:" not in re.sub(r"<script type.*?</script>", "", html, flags=re.S)
    assert html.count("<script") == 3


def test_every_word_of_the_interface_is_there_and_used() -> None:
    words = json.loads((ASSETS / "words.json").read_text(encoding="utf-8"))
    assert words["persons"].keys() <= words["words"].keys()
    source = "".join((ASSETS / name).read_text(encoding="utf-8") for name in SCRIPTS)
    source += (ASSETS / "explorer.html.j2").read_text(encoding="utf-8")
    for key in re.findall(r'\bw\("(\w+)"', source):
        assert key in words["words"], key
    for key in words["words"]:
        stem = re.sub(r"_(two|many|run|record|sampled|full|light|dark|auto|estimates|figures|"
                      r"decisions|tiles|dots|map|list|packed|up|down|why)$", "", key)  # fmt: skip
        assert f'"{key}"' in source or stem in source, key


def test_a_payload_in_one_language_alone(payloads: dict[str, Any]) -> None:
    html = render(payloads["albania"] | {"languages": ["en"]})
    assert '<html lang="en"' in html
    assert "不予公布" not in html
