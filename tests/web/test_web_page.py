"""The page as a file: whole in itself, small, readable without scripts, safe to open."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from exitline.web.page import SCRIPTS, embedded, render


class _Elements(HTMLParser):
    """Which elements and addresses a page holds."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.addresses += [v or "" for k, v in attrs if k in ("src", "href", "action")]


@pytest.mark.parametrize("name", ["albania-2012", "imaginary-country", "china-832"])
def test_a_page_is_one_file_of_less_than_two_megabytes(pages, name):
    text = pages[name].read_text(encoding="utf-8")
    assert len(text.encode()) < 2_000_000
    found = _Elements()
    found.feed(text)
    assert not {"img", "iframe", "object", "embed", "base"} & set(found.names)
    assert all(address.startswith(("#", "data:")) for address in found.addresses)


def test_3000_areas_fit_as_well(pages):
    assert pages["large"].stat().st_size < 2_000_000


def test_texts_cannot_become_code(faulty):
    text = render(faulty().payload())
    found = _Elements()
    found.feed(text)
    assert "img" not in found.names
    assert found.names.count("script") == 3
    assert faulty().title not in text


def test_the_embedded_data_are_the_payload(faulty):
    payload = faulty().payload()
    text = render(payload)
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    assert json.loads(data[1]) == json.loads(json.dumps(payload))
    assert "<" not in embedded({"a": "<!-- \u2028"})


def test_the_security_policy_names_the_style_and_the_script_by_digest(faulty):
    import base64
    import hashlib

    text = render(faulty().payload())
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)[1].replace("&#39;", "'")
    style = re.search(r"<style>(.*?)</style>", text, re.S)[1]
    script = re.search(r"<script>(.*?)</script>", text, re.S)[1]
    for content in (style, script):
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")


def test_every_word_of_the_interface_is_there_in_both_languages():
    from importlib import resources

    assets = resources.files("exitline.web") / "assets"
    words = json.loads((assets / "words.json").read_text(encoding="utf-8"))
    assert set(words["en"]) == set(words["zh"])
    places = {k: sorted(re.findall(r"\{\d\}", v)) for k, v in words["en"].items()}
    assert places == {k: sorted(re.findall(r"\{\d\}", v)) for k, v in words["zh"].items()}
    texts = [(assets / "js" / name).read_text(encoding="utf-8") for name in SCRIPTS]
    texts.append((assets / "explorer.html.j2").read_text(encoding="utf-8"))
    used = set(re.findall(r'W\("([\w.]+)"', "".join(texts)))
    used |= set(re.findall(r'data-(?:label-)?w="([\w.]+)"', texts[-1]))
    assert used <= set(words["en"])


def test_without_figures_there_is_still_a_page(faulty):
    from dataclasses import replace

    text = render(replace(faulty(), figures=(), series=()).payload())
    assert "<!doctype html>" in text
