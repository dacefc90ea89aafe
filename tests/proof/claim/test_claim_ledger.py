"""The ledger: every change is seen, whoever makes it, and each fault has its own message."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from exitline.errors import ExitlineError
from exitline.proof.claim import (
    ClaimError,
    LedgerError,
    SignatureError,
    append,
    check_ledger,
    load_signer,
    make_receipt,
    new_key,
    read_claims,
    read_head,
    read_ledger,
    sign_claim,
)
from exitline.proof.claim.canonical import canonical

TIME = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def signed(tmp_path: Path, many, signer) -> Path:
    """A signed ledger of four claims, added two by two."""
    path = tmp_path / "ledger.jsonl"
    envelopes = [sign_claim(claim, signer) for claim in many(4)]
    append(path, envelopes[:2], signer=signer, time=TIME)
    append(path, envelopes[2:], signer=signer, time=TIME)
    return path


@pytest.fixture
def unsigned(tmp_path: Path, many) -> Path:
    """A ledger of four claims that nobody signed."""
    path = tmp_path / "unsigned.jsonl"
    append(path, [sign_claim(claim) for claim in many(4)], time=TIME)
    return path


def test_root_is_that_of_hashing_the_lines_by_hand(unsigned: Path) -> None:
    lines = unsigned.read_bytes().split(b"\n")[1:-2]
    leaves = [hashlib.sha256(b"\0" + line).digest() for line in lines]
    pairs = [hashlib.sha256(b"\1" + a + b).digest() for a, b in (leaves[:2], leaves[2:])]
    root = hashlib.sha256(b"\1" + pairs[0] + pairs[1]).hexdigest()
    head = read_ledger(unsigned, unsigned=True).head
    assert (head.size, head.root, head.time) == (4, root, "2026-03-01T09:30:00Z")


def test_claims_come_back_in_order(signed: Path, many, signer) -> None:
    ledger = read_ledger(signed, keys=[signer.public_key])
    assert [one.claim for one in ledger.claims()] == many(4)
    assert ledger.unverified == ()
    assert ledger.signed_by == (signer.public_key.keyid,)


@pytest.mark.parametrize("with_key", [True, False])
def test_every_changed_byte_of_a_small_ledger_is_detected(signed: Path, signer, with_key) -> None:
    content = signed.read_bytes()
    keys = [signer.public_key] if with_key else []
    draw = random.Random(6962)
    for position in range(len(content)):
        changed = bytearray(content)
        changed[position] ^= draw.randrange(1, 256)
        with pytest.raises(ExitlineError):
            check_ledger(bytes(changed), keys=keys)


def test_every_changed_byte_of_an_unsigned_ledger_is_detected(unsigned: Path) -> None:
    content = unsigned.read_bytes()
    draw = random.Random(9162)
    for position in range(len(content)):
        changed = bytearray(content)
        changed[position] ^= draw.randrange(1, 256)
        with pytest.raises(ExitlineError):
            check_ledger(bytes(changed), unsigned=True)


def test_every_other_value_of_the_heads_bytes_is_detected(signed: Path, signer) -> None:
    content = signed.read_bytes()
    start = content.rindex(b"\n", 0, -1)
    draw = random.Random(1)
    for position in draw.sample(range(start, len(content)), 12):
        for value in range(256):
            changed = bytearray(content)
            changed[position] = value
            if bytes(changed) != content:
                with pytest.raises(ExitlineError):
                    check_ledger(bytes(changed), keys=[signer.public_key])


def test_changed_bytes_of_a_thousand_claims_are_detected(tmp_path: Path, many, signer) -> None:
    path = tmp_path / "ledger.jsonl"
    append(path, [sign_claim(claim, signer) for claim in many(1000)], signer=signer)
    content = path.read_bytes()
    draw = random.Random(1000)
    for position in draw.sample(range(len(content)), 25):
        changed = bytearray(content)
        changed[position] ^= draw.randrange(1, 256)
        with pytest.raises(ExitlineError):
            check_ledger(bytes(changed), keys=[signer.public_key])


def test_removed_and_added_bytes_are_detected(signed: Path, signer) -> None:
    content = signed.read_bytes()
    for position in range(0, len(content), 5):
        shorter = content[:position] + content[position + 1 :]
        longer = content[:position] + b"\n" + content[position:]
        for changed in (shorter, longer):
            with pytest.raises(ExitlineError):
                check_ledger(changed, keys=[signer.public_key])


def test_truncated_at_every_byte(signed: Path, signer) -> None:
    content = signed.read_bytes()
    for length in range(0, len(content), 3):
        with pytest.raises(LedgerError) as caught:
            check_ledger(content[:length], keys=[signer.public_key])
        assert caught.value.what in ("the ledger is truncated", "not a ledger")


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().split(b"\n")


@pytest.mark.parametrize("gone", [1, 2, 3, 4])
def test_an_entry_that_is_gone_is_said_to_be(signed: Path, signer, gone: int) -> None:
    lines = _lines(signed)
    del lines[gone]
    with pytest.raises(LedgerError, match="truncated") as caught:
        check_ledger(b"\n".join(lines), keys=[signer.public_key])
    assert "3 entries where the tree head counts 4" in str(caught.value)


def test_a_doubled_entry_is_said_to_be(signed: Path, signer) -> None:
    lines = _lines(signed)
    lines.insert(2, lines[2])
    with pytest.raises(LedgerError, match="was changed") as caught:
        check_ledger(b"\n".join(lines), keys=[signer.public_key])
    assert "5 entries where the tree head counts 4" in str(caught.value)


@pytest.mark.parametrize("with_key", [True, False])
def test_reordered_entries_are_said_to_be(signed: Path, signer, with_key: bool) -> None:
    lines = _lines(signed)
    lines[1], lines[3] = lines[3], lines[1]
    with pytest.raises(LedgerError, match="not in the order"):
        check_ledger(b"\n".join(lines), keys=[signer.public_key] if with_key else [])


def test_a_changed_entry_is_named_by_its_line(signed: Path, signer) -> None:
    lines = _lines(signed)
    lines[3] = lines[3].replace(b'"sig":"', b'"sig":"AA', 1)
    with pytest.raises(LedgerError, match="an entry of the ledger was changed") as caught:
        check_ledger(b"\n".join(lines), where="ledger.jsonl", keys=[signer.public_key])
    assert caught.value.where == "ledger.jsonl, line 4"


def test_an_exchanged_entry_is_detected(signed: Path, signer, many) -> None:
    lines = _lines(signed)
    lines[2] = sign_claim(many(9)[8], signer)
    with pytest.raises(LedgerError, match="was changed"):
        check_ledger(b"\n".join(lines), keys=[signer.public_key])


def test_unsigned_and_wrongly_signed_ledgers_are_told_apart(
    signed: Path, unsigned: Path, signer, stranger
) -> None:
    with pytest.raises(SignatureError, match="the ledger is not signed"):
        read_ledger(unsigned)
    with pytest.raises(SignatureError, match="the ledger is not signed"):
        read_ledger(unsigned, keys=[signer.public_key], unsigned=True)
    with pytest.raises(SignatureError, match="not by any of the keys"):
        read_ledger(signed, keys=[stranger])
    assert read_ledger(signed).signed_by == ()


def test_a_head_made_anew_needs_the_key(signed: Path, signer, tmp_path) -> None:
    # somebody changes an entry, makes a right head for it and signs with another key
    forger = load_signer(new_key(tmp_path / "forger.key").private)
    forged = tmp_path / "forged.jsonl"
    append(
        forged, [sign_claim(c.claim, forger) for c in read_ledger(signed).claims()], signer=forger
    )
    head = json.loads(_lines(forged)[-2])
    head["head"]["signatures"][0]["keyid"] = signer.public_key.keyid
    head["sha256"] = hashlib.sha256(canonical(head["head"])).hexdigest()
    content = b"\n".join([*_lines(forged)[:-2], canonical(head), b""])
    assert check_ledger(content).head.size == 4
    with pytest.raises(SignatureError):
        check_ledger(content, keys=[signer.public_key])


def test_entries_must_be_signed_too(many, signer, tmp_path: Path) -> None:
    with pytest.raises(SignatureError, match="there is no signature"):
        append(tmp_path / "new.jsonl", [sign_claim(many(1)[0])], signer=signer)
    assert not (tmp_path / "new.jsonl").exists()


def test_signed_and_unsigned_are_never_mixed(signed: Path, unsigned: Path, many, signer) -> None:
    before = signed.read_bytes(), unsigned.read_bytes()
    with pytest.raises(SignatureError, match="first entry to its last"):
        append(signed, [sign_claim(many(5)[4])])
    with pytest.raises(SignatureError, match="first entry to its last"):
        append(unsigned, [sign_claim(many(5)[4], signer)], signer=signer)
    assert (signed.read_bytes(), unsigned.read_bytes()) == before


def test_nothing_is_added_to_a_ledger_that_was_changed(signed: Path, many, signer) -> None:
    changed = signed.read_bytes().replace(b'"payload":"e', b'"payload":"f', 1)
    signed.write_bytes(changed)
    with pytest.raises(LedgerError):
        append(signed, [sign_claim(many(5)[4], signer)], signer=signer)
    assert signed.read_bytes() == changed


def test_a_claim_is_added_once(signed: Path, many, signer) -> None:
    before = signed.read_bytes()
    again = [sign_claim(claim, signer) for claim in many(3)]
    assert append(signed, again, signer=signer).head.size == 4
    assert signed.read_bytes() == before


def test_old_entries_stay_byte_for_byte(signed: Path, many, signer) -> None:
    before = _lines(signed)[:-2]
    append(signed, [sign_claim(many(5)[4], signer)], signer=signer)
    assert _lines(signed)[: len(before)] == before


def test_what_is_no_claim_is_not_added(signed: Path) -> None:
    with pytest.raises(ClaimError):
        append(signed, [b'{"payload":"e30=","payloadType":"text/plain","signatures":[]}'])
    with pytest.raises(LedgerError, match="folder cannot be opened"):
        append(signed.parent / "none" / "l.jsonl", [])


def test_two_offices_share_a_ledger_when_both_keys_are_known(
    signed: Path, many, signer, tmp_path: Path
) -> None:
    other = load_signer(new_key(tmp_path / "second.key").private)
    envelope = sign_claim(many(5)[4], other)
    with pytest.raises(SignatureError):
        append(signed, [envelope], signer=other)
    append(signed, [envelope], signer=other, keys=[signer.public_key])
    both = [signer.public_key, other.public_key]
    assert read_ledger(signed, keys=both).head.size == 5
    with pytest.raises(SignatureError) as caught:
        read_ledger(signed, keys=[other.public_key])
    assert caught.value.where == f"{signed}, line 2"


def test_a_witness_sees_that_history_was_kept_or_not(signed: Path, many, signer) -> None:
    kept = read_ledger(signed).head
    append(signed, [sign_claim(many(5)[4], signer)], signer=signer)
    read_ledger(signed).must_extend(kept)
    shorter = signed.with_name("shorter.jsonl")
    append(shorter, [sign_claim(claim, signer) for claim in many(3)], signer=signer)
    with pytest.raises(LedgerError, match="shorter than it was"):
        read_ledger(shorter).must_extend(kept)
    rewritten = signed.with_name("rewritten.jsonl")
    append(rewritten, [sign_claim(claim, signer) for claim in many(6)[1:]], signer=signer)
    with pytest.raises(LedgerError, match="does not begin with"):
        read_ledger(rewritten).must_extend(kept)


def test_a_receipt_proves_its_entry_without_the_ledger(signed: Path, signer, tmp_path) -> None:
    ledger = read_ledger(signed, keys=[signer.public_key])
    file = tmp_path / "claim.json"
    for number, envelope in enumerate(ledger.entries, start=1):
        file.write_bytes(make_receipt(ledger, envelope))
        ((claim, receipt),) = read_claims(file, keys=[signer.public_key])
        assert claim.envelope == envelope
        assert receipt is not None
        assert (receipt.entry, receipt.head) == (number, ledger.head)
    assert read_head(file, keys=[signer.public_key]) == ledger.head


def test_a_receipt_for_another_claim_is_refused(signed: Path, signer, many, tmp_path) -> None:
    ledger = read_ledger(signed)
    receipt = json.loads(make_receipt(ledger, ledger.entries[1]))
    file = tmp_path / "claim.json"
    for change in (
        {"entry": 3},
        {"entry": 0},
        {"path": receipt["path"][:-1]},
        {"path": ["zz"]},
        {"path": [1, 2]},
        {"entry": True},
        {"claim": json.loads(sign_claim(many(9)[8], signer))},
    ):
        file.write_bytes(canonical({**receipt, **change}))
        with pytest.raises(LedgerError, match="does not prove"):
            read_claims(file)
    with pytest.raises(LedgerError, match="no such entry"):
        make_receipt(ledger, sign_claim(many(9)[8], signer))


def test_heads_are_read_from_whatever_was_kept(signed: Path, tmp_path: Path) -> None:
    ledger = read_ledger(signed)
    line = tmp_path / "head.json"
    line.write_bytes(ledger.head_line + b"\n")
    assert read_head(line) == read_head(signed) == ledger.head
    line.write_bytes(b'{"a":1}')
    with pytest.raises(LedgerError, match="tree head cannot be read"):
        read_head(line)


@pytest.mark.parametrize(
    "parts",
    [
        {"size": -1},
        {"size": True},
        {"size": "4"},
        {"root": "zz"},
        {"time": "yesterday"},
        {"extra": 1},
    ],
)
def test_heads_of_another_form_are_refused(unsigned: Path, parts) -> None:
    lines = _lines(unsigned)
    envelope = json.loads(lines[-2])["head"]
    payload = {**json.loads(base64.b64decode(envelope["payload"])), **parts}
    envelope["payload"] = base64.b64encode(canonical(payload)).decode()
    digest = hashlib.sha256(canonical(envelope)).hexdigest()
    lines[-2] = canonical({"head": envelope, "sha256": digest})
    with pytest.raises(LedgerError, match="tree head cannot be read"):
        check_ledger(b"\n".join(lines), unsigned=True)


def test_a_head_with_other_members_is_refused(unsigned: Path) -> None:
    lines = _lines(unsigned)
    envelope = json.loads(lines[-2])["head"]
    payload = {**json.loads(base64.b64decode(envelope["payload"])), "members": "0" * 64}
    envelope["payload"] = base64.b64encode(canonical(payload)).decode()
    digest = hashlib.sha256(canonical(envelope)).hexdigest()
    lines[-2] = canonical({"head": envelope, "sha256": digest})
    with pytest.raises(LedgerError, match="was changed"):
        check_ledger(b"\n".join(lines), unsigned=True)


def test_files_that_are_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="cannot be read"):
        read_ledger(tmp_path / "none.jsonl")
    with pytest.raises(LedgerError, match="cannot be read"):
        read_ledger(tmp_path)
    with pytest.raises(ClaimError, match="cannot be read"):
        read_claims(tmp_path / "none.json")


def test_left_parts_of_killed_runs_are_cleared_away(signed: Path, many, signer) -> None:
    left = signed.parent / f".{signed.name}.x1.partial"
    others = [signed.parent / ".another.jsonl.x1.partial", signed.parent / "notes.txt"]
    for file in (left, *others):
        file.write_text("half")
    append(signed, [sign_claim(many(5)[4], signer)], signer=signer)
    assert not left.exists()
    assert all(file.exists() for file in others)
