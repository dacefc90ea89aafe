"""Signatures: the published encoding, keys in files, and nobody else's."""

from __future__ import annotations

import base64
import json
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from exitline.files import OutputError
from exitline.proof.claim import (
    Claim,
    ClaimError,
    SignatureError,
    load_public,
    load_signer,
    new_key,
    open_claim,
    sign_claim,
)
from exitline.proof.claim.canonical import canonical
from exitline.proof.claim.signing.envelope import sign_payload, verify_envelope
from exitline.proof.claim.signing.keys import is_encrypted
from exitline.proof.claim.signing.statement import PAYLOAD_TYPE, statement_of


def test_signature_is_ed25519_over_the_published_dsse_encoding(tmp_path: Path) -> None:
    made = new_key(tmp_path / "a.key")
    envelope = sign_payload(
        b"hello world", "http://example.com/HelloWorld", load_signer(made.private)
    )
    signature = base64.b64decode(json.loads(envelope)["signatures"][0]["sig"])
    public = serialization.load_pem_public_key(made.public.read_bytes())
    assert isinstance(public, ed25519.Ed25519PublicKey)
    # the example of the DSSE protocol, version 1
    public.verify(signature, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world")


def test_statement_is_in_toto_v1_about_the_data_files(claim: Claim, survey: Path) -> None:
    statement = json.loads(statement_of(claim))
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["subject"] == [
        {"name": survey.name, "digest": {"sha256": claim.inputs[0].sha256}}
    ]
    assert set(statement) == {"_type", "subject", "predicateType", "predicate"}
    assert "inputs" not in statement["predicate"]


def test_a_signed_claim_opens_with_its_key(claim: Claim, signer) -> None:
    signed = open_claim(sign_claim(claim, signer), keys=[signer.public_key])
    assert signed.claim == claim
    assert not signed.unverified
    assert signed.signed_by == (signer.public_key.keyid,)


def test_the_same_claim_has_one_name_whoever_signs(claim: Claim, signer) -> None:
    assert open_claim(sign_claim(claim)).claim_id == open_claim(sign_claim(claim, signer)).claim_id


def test_unsigned_and_wrongly_signed_claims_are_told_apart(claim: Claim, signer, stranger) -> None:
    with pytest.raises(SignatureError, match="there is no signature"):
        open_claim(sign_claim(claim), keys=[signer.public_key])
    with pytest.raises(SignatureError, match="not by any of the keys"):
        open_claim(sign_claim(claim, signer), keys=[stranger])
    assert open_claim(sign_claim(claim, signer), keys=[stranger, signer.public_key]).signed_by


def test_without_keys_nothing_is_said_to_be_checked(claim: Claim, signer) -> None:
    opened = open_claim(sign_claim(claim, signer))
    assert (opened.signed_by, opened.unverified) == ((), (signer.public_key.keyid,))


def test_a_signature_on_another_payload_is_refused(many, signer) -> None:
    one, other = (json.loads(sign_claim(c, signer)) for c in many(2))
    mixed = canonical({**one, "signatures": other["signatures"]})
    with pytest.raises(SignatureError):
        open_claim(mixed, keys=[signer.public_key])


def test_a_signature_for_another_payload_type_is_refused(signer) -> None:
    sealed = json.loads(sign_payload(b"{}", "text/plain", signer))
    retyped = canonical({**sealed, "payloadType": "text/html"})
    with pytest.raises(SignatureError):
        verify_envelope(retyped, "text/html", keys=[signer.public_key])
    with pytest.raises(ClaimError, match="not an envelope"):
        verify_envelope(canonical(sealed), "text/html")


def test_a_stolen_key_name_does_not_help(claim: Claim, signer, tmp_path: Path) -> None:
    forger = load_signer(new_key(tmp_path / "forger.key").private)
    forged = json.loads(sign_claim(claim, forger))
    forged["signatures"][0]["keyid"] = signer.public_key.keyid
    with pytest.raises(SignatureError):
        open_claim(canonical(forged), keys=[signer.public_key])


@pytest.mark.parametrize("name", ["payload", "sig"])
def test_every_changed_byte_of_a_signed_claim_is_detected(claim: Claim, signer, name: str) -> None:
    envelope = sign_claim(claim, signer)
    start = envelope.index(b'"%s":"' % name.encode()) + len(name) + 4
    end = envelope.index(b'"', start)
    for position in range(start, end, 1 if name == "sig" else 7):
        for change in (1, 0x20):
            changed = bytearray(envelope)
            changed[position] ^= change
            with pytest.raises((ClaimError, SignatureError)):
                open_claim(bytes(changed), keys=[signer.public_key])


@pytest.mark.parametrize(
    "change",
    [
        {"payload": "!"},
        {"payload": "e30"},
        {"payload": 1},
        {"signatures": {}},
        {"signatures": [{"keyid": "a"}]},
        {"signatures": [{"keyid": "a", "sig": "AA==", "note": "x"}]},
        {"signatures": [{"keyid": "a", "sig": "AA=="}, {"keyid": "a", "sig": "AA=="}]},
        {"signatures": [{"keyid": "a", "sig": "-_8="}]},
        {"extra": 1},
    ],
)
def test_envelopes_of_another_form_are_refused(claim: Claim, change) -> None:
    with pytest.raises(ClaimError, match="not an envelope"):
        open_claim(canonical({**json.loads(sign_claim(claim)), **change}))


@pytest.mark.parametrize(
    "change",
    [
        {"predicateType": "https://slsa.dev/provenance/v1"},
        {"_type": "https://in-toto.io/Statement/v0.1"},
        {"subject": {}},
        {"subject": [{"name": "x", "digest": {"md5": "0"}}]},
        {"predicate": []},
        {"extra": 1},
    ],
)
def test_other_statements_are_no_claims(claim: Claim, change) -> None:
    statement = {**json.loads(statement_of(claim)), **change}
    with pytest.raises(ClaimError, match="not a claim"):
        open_claim(sign_payload(canonical(statement), PAYLOAD_TYPE))


def test_inputs_cannot_hide_in_the_predicate(claim: Claim) -> None:
    statement = json.loads(statement_of(claim))
    statement["predicate"]["inputs"] = []
    with pytest.raises(ClaimError, match="not a claim"):
        open_claim(sign_payload(canonical(statement), PAYLOAD_TYPE))


def test_private_key_is_for_its_owner_alone_and_never_overwritten(tmp_path: Path) -> None:
    made = new_key(tmp_path / "a.key")
    assert stat.S_IMODE(made.private.stat().st_mode) == 0o600
    before = made.private.read_bytes()
    with pytest.raises(SignatureError, match="never written over"):
        new_key(tmp_path / "a.key")
    assert made.private.read_bytes() == before
    (tmp_path / "b.key.pub").write_text("something else")
    with pytest.raises(SignatureError, match="never written over"):
        new_key(tmp_path / "b.key")
    assert not (tmp_path / "b.key").exists()


def test_passphrase_protects_the_private_key(tmp_path: Path) -> None:
    made = new_key(tmp_path / "a.key", passphrase="correct horse")
    assert is_encrypted(made.private)
    assert load_signer(made.private, passphrase="correct horse").public_key.keyid == made.key_id
    for wrong in (None, "wrong horse"):
        with pytest.raises(SignatureError, match="cannot be opened") as caught:
            load_signer(made.private, passphrase=wrong)
        assert "horse" not in str(caught.value)
    with pytest.raises(SignatureError, match="empty passphrase"):
        new_key(tmp_path / "b.key", passphrase="")


def test_needless_passphrase_is_said(tmp_path: Path) -> None:
    made = new_key(tmp_path / "a.key")
    with pytest.raises(SignatureError, match="cannot be opened"):
        load_signer(made.private, passphrase="needless")


def test_other_files_are_no_keys(tmp_path: Path) -> None:
    made = new_key(tmp_path / "a.key")
    nist = ec.generate_private_key(ec.SECP256R1())
    other = tmp_path / "nist.key"
    other.write_bytes(
        nist.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    (tmp_path / "nist.pub").write_bytes(
        nist.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    (tmp_path / "junk").write_bytes(b"\0junk")
    for private in (made.public, other, tmp_path / "junk"):
        with pytest.raises(SignatureError, match="not an Ed25519 private key"):
            load_signer(private)
    for public in (made.private, tmp_path / "nist.pub", tmp_path / "junk"):
        with pytest.raises(SignatureError, match="not an Ed25519 public key"):
            load_public(public)
    for load in (load_signer, load_public):
        with pytest.raises(SignatureError, match="cannot be read"):
            load(tmp_path / "none")


def test_key_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        new_key(tmp_path / "none" / "a.key")
