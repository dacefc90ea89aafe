"""Files of papers: what is taken, whose they are, that a changed byte is found."""

from __future__ import annotations

import os
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from exitline.exits.register import Document
from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.opening import Store, create_store, open_store

PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40 + b"IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 40 + b"\xff\xd9"


@pytest.fixture
def kept(store: Store, made: Any, china: Any) -> Store:
    """A household whose first paper has a file, signed with the step."""
    from exitline.exits.register.store.papers.files import bring
    from exitline.exits.register.store.papers.kept import sign

    one = bring(store, "C:\\scans\\extract of Li.pdf", [PDF[:10], PDF[10:]])
    assert (one.kind, one.name, one.size) == ("application/pdf", "extract of Li.pdf", len(PDF))
    draft = made("carry over", "2016-05-01")
    draft = type(draft)(
        **{name: getattr(draft, name) for name in draft.__slots__ if name != "documents"},
        documents=(Document("register extract", one.digest),),
    )
    from exitline.exits.register.store.write.record import record

    record(store, made("carry over", "2016-05-01", "h2"), None, None, procedure=china,
           area="c/t/v1/")  # fmt: skip
    from exitline.exits.register.store.write.areas import assign

    assign(store, draft.actor, draft.role, "c/", since=date(2016, 1, 1))
    from exitline.exits.register.store.models import AreaRow, HouseholdRow

    with store.transaction():
        area = AreaRow.objects.using(store.alias).get(path="c/t/v1/")
        HouseholdRow.objects.using(store.alias).create(
            key="h1", area=area, path=area.path, county=area.county
        )
    given = {"procedure": china, "county": "c/", "token": "t", "files": {"register extract": one}}
    for _ in range(2):  # sent twice, kept once
        sign(store, draft, 0, draft.actor, **given)
    return store


def faults(store: Store) -> tuple[str, ...]:
    from exitline.exits.register.store.audit.check import check

    return check(store).faults


def row(store: Store, key: str) -> Any:
    from exitline.exits.register.store.models import HouseholdRow

    return HouseholdRow.objects.using(store.alias).get(key=key, gone="")


def test_a_file_is_bound_to_its_step_and_every_changed_byte_is_found(kept: Store) -> None:
    from exitline.exits.register.store.papers.along import papers_of
    from exitline.exits.register.store.papers.files import path_of

    with kept.transaction():
        (paper,) = papers_of(kept, row(kept, "h1"))
    (file,) = paper.files
    assert (file.signed, file.by, paper.row.digest) == (True, "person for carry over", file.digest)
    path = path_of(kept, file.digest)
    assert path.read_bytes() == PDF
    assert path.stat().st_mode & 0o077 == 0
    assert faults(kept) == ()
    path.write_bytes(PDF.replace(b"obj", b"0bj"))
    assert len(faults(kept)) == 1
    assert "other bytes" in faults(kept)[0]
    path.unlink()
    assert "no file" in faults(kept)[0]


def test_a_paper_or_notice_that_the_steps_do_not_give_is_found(kept: Store) -> None:
    from exitline.exits.register.store.models import DocumentRow

    with kept.transaction():
        DocumentRow.objects.using(kept.alias).filter(household__key="h2").update(digest="1" * 64)
    assert any("document rows" in one for one in faults(kept))


@pytest.mark.parametrize(
    "content",
    [b"", b"MZ\x90 a program", b"%PDF-1.4 cut short", b"<script>alert(1)</script>", b"\x89PNG\r\n",
     PDF[:8] + b"0" * 10_000_000 + b"%%EOF"],
    ids=["empty", "program", "cut short", "script", "half a picture", "too long"],
)  # fmt: skip
def test_other_files_are_refused_and_nothing_of_them_stays(store: Store, content: bytes) -> None:
    from exitline.exits.register.store.papers.files import bring

    with pytest.raises(StoreError, match="file is"):
        bring(store, "paper.pdf", [content] if content else [])
    assert store.key_file is not None
    assert list((store.key_file.parent / "papers" / "waiting").iterdir()) == []


def test_a_file_that_nobody_signed_is_gone_after_a_day(store: Store) -> None:
    from exitline.exits.register.store.papers.files import WAITS, bring, keep

    old = bring(store, "a.jpg", [JPEG])
    assert store.key_file is not None
    path = store.key_file.parent / "papers" / "waiting" / old.digest
    os.utime(path, (0, time.time() - WAITS - 60))
    new = bring(store, "b.png", [PNG])
    assert not path.exists()
    with pytest.raises(StoreError, match="no longer there"):
        keep(store, old.digest)
    keep(store, new.digest)


def test_a_register_whose_folder_is_not_named_is_not_backed_up_without_its_papers(
    kept: Store, tmp_path: Path
) -> None:
    from dataclasses import replace

    from exitline.exits.register.store.audit.backup import write_backup

    bare = replace(kept, key_file=None)
    for look in (lambda: write_backup(bare, tmp_path / "one.backup"), lambda: faults(bare)):
        with pytest.raises(StoreError, match="no folder for papers"):
            look()
    assert not (tmp_path / "one.backup").exists()


def test_brought_later_only_what_was_signed(kept: Store) -> None:
    from exitline.exits.register.store.papers.along import papers_of
    from exitline.exits.register.store.papers.files import bring
    from exitline.exits.register.store.papers.kept import bring_later

    with kept.transaction():
        (paper,) = papers_of(kept, row(kept, "h1"))
        (other,) = papers_of(kept, row(kept, "h2"))
    one = bring(kept, "b.png", [PNG])
    for document in (paper.row.pk, other.row.pk, 999):  # signed otherwise, another's, none
        with pytest.raises(StoreError, match="not the paper"):
            bring_later(kept, "h1", document, one, "li")
    file = bring_later(kept, "h1", paper.row.pk, bring(kept, "again.pdf", [PDF]), "li")
    assert (file.signed, file.name) == (True, "extract of Li.pdf")
    assert faults(kept) == ()


def test_files_go_along_with_a_split_and_are_in_a_backup(kept: Store, tmp_path: Path) -> None:
    from exitline.exits.register.store.audit.backup import read_backup, write_backup
    from exitline.exits.register.store.papers.along import papers_of
    from exitline.exits.register.store.papers.files import path_of
    from exitline.exits.register.store.write.cards import add_member
    from exitline.exits.register.store.write.households import split

    day = date(2016, 6, 1)
    add_member(kept, "h1", None, "li", name="Ana", since=day, head=True)
    add_member(kept, "h1", None, "li", name="Bo", since=day)
    split(kept, "h1", None, "li", new_key="h3", members=[2], head=2, on=day, reason="married")
    with kept.transaction():
        (paper,) = papers_of(kept, row(kept, "h3"))
    assert [one.digest for one in paper.files] == [paper.row.digest]
    assert faults(kept) == ()
    one = write_backup(kept, tmp_path / "one.backup")
    assert (one.papers, one.missing) == (1, 0)
    again = create_store(f"sqlite:///{tmp_path}/again/register.db", empty=True)
    assert read_backup(again, tmp_path / "one.backup").papers == 1
    assert faults(open_store(f"sqlite:///{tmp_path}/again/register.db")) == ()
    assert write_backup(again, tmp_path / "two.backup").digest == one.digest
    path_of(again, paper.row.digest).unlink()
    assert write_backup(again, tmp_path / "three.backup").missing == 1
    assert len(faults(again)) == 2  # of both households
