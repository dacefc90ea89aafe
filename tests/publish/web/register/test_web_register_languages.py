"""Pages of the register in Spanish, French and Chinese: nothing on them is left in English."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser

import pytest

TABLES = {
    "villages": "village,people,households\nv,100,20\n",
    "works": "work,kind,criterion,villages,cost\nroad-1,road,road,v,900\n",
    "assets": "asset,work,kind,village\nbridge 1,road-1,road,v\n",
    "steps": "work,step,on,actor,role,documents\nroad-1,propose,2022-01-01,ann,village,proposal\n",
    "works.yaml": "works: Roads\ncriteria: {road: {kinds: [road], at_least: 0.5}}\n",
}
WHO = ("committee", "county", "auditor", "admin")
NAMES = (
    "County c", "Township c", "Village c", "Family", "<b>", "</b>", "h-1", "h-2", "n-1", "Ana",
    "Bo", "road-1", "bridge 1", "demo-county", "ann", "desk", "worker", "committee", "county-2",
    "county", "township", "auditor", "admin", "road", "v",
)  # fmt: skip
"""What somebody has named: places, people, households, a work."""
KEPT = (
    "XLSForm", "households.csv", "csv", "parquet", "xlsx", "SQLite", "exitline", "English",
    "español", "français", "ODK", "Central", "KoboToolbox", "Excel", "Stata", "PDF", "JPEG", "PNG",
    "CSV", "URL", "QR", "ID", "Kobo", "Collect", "Parquet", "WGS", "--study", "Entities",
)  # fmt: skip
"""Names of formats and programs, the same in every language."""
LEFT = re.compile(r"[A-Za-z]{3,}")


class _Texts(HTMLParser):
    """What a reader sees or hears, but for code."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._code = 0

    def handle_starttag(self, tag, attrs):
        self._code += tag in ("script", "style", "code")
        named = ("aria-label", "title", "placeholder", "alt")
        self.found += [value for name, value in attrs if name in named and value]

    def handle_endtag(self, tag):
        self._code -= tag in ("script", "style", "code")

    def handle_data(self, data):
        if not self._code and data.strip():
            self.found.append(" ".join(data.split()))


def _texts(page: bytes) -> list[str]:
    reader = _Texts()
    reader.feed(page.decode())
    return [_without_names(text) for text in reader.found]


def _without_names(text: str) -> str:
    text = re.sub(r"\b\d{4}_\w+", "", text)  # the newest of the tables' migrations
    for name in sorted((*NAMES, *KEPT), key=len, reverse=True):
        text = re.sub(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])", "", text)
    return text


@pytest.fixture
def lived(signed, address, tmp_path):
    """Households that were changed, a work, pairs, findings, an export, somebody's looks."""
    from exitline.exits.register.store.opening import open_store
    from exitline.exits.register.store.write import cards
    from exitline.exits.register.store.write.households import split
    from exitline.exits.register.store.write.members import member_leaves
    from exitline.exits.works.records.folder import open_works
    from exitline.exits.works.stored.taking import take_in

    store, day = open_store(address), date.today()
    for name, text in TABLES.items():
        (tmp_path / (name if "." in name else f"{name}.csv")).write_text(text)
    take_in(store.within("c/"), open_works(tmp_path))
    cards.add_member(store, "h-1", None, "admin", name="Bo", since=date(2024, 1, 1))
    cards.add_measure(store, "h-1", None, "admin", kind="training", title="", since=day)
    split(store, "h-1", None, "admin", new_key="n-1", members=[2], head=2, on=day, reason="-")
    member_leaves(store, "n-1", None, "admin", number=1, on=day, why="-")
    return signed


def _pages(client) -> list[str]:
    """Addresses that can be reached, one of each kind."""
    found: dict[str, str] = {}
    waiting = ["/", "/household/h-1", "/household/h-2", "/works/road-1", "/works/new"]
    while waiting:
        address = waiting.pop().replace("&amp;", "&")
        kind = re.sub(r"(household|step|works|notice|procedures)/[^/?]+", r"\1/*", address)
        if kind in found or re.search(r"static|sign-out|language|xlsx|csv|/file$|hold", address):
            continue
        answer = client.get(address)
        if answer.status_code == 200 and "html" in answer["Content-Type"]:
            found[kind if "/change/" not in kind else address.rpartition("/")[2]] = address
            waiting += re.findall(r'href="(/[^"#?]*)"', answer.content.decode())
    return sorted(found.values())


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_no_page_keeps_a_word_of_english(lived):
    left: dict[tuple[str, str], str] = {}
    for who in WHO:
        clients = {code: lived(who) for code in ("en", "es", "fr", "zh")}
        for code, client in clients.items():
            client.cookies["language"] = code
        for address in _pages(clients["en"]):
            said = {code: _texts(client.get(address).content) for code, client in clients.items()}
            english = {text for text in said["en"] if len(LEFT.findall(text)) > 1}
            for code in ("es", "fr"):
                left |= {(code, text): address for text in said[code] if text in english}
            left |= {("zh", text): address for text in said["zh"] if LEFT.search(text)}
    assert not left, "\n".join(f"{code} {at}: {text}" for (code, text), at in left.items())
