"""DSSE envelopes: any payload with its signatures, as one line of canonical JSON.

The signed bytes are DSSE's pre-authentication encoding, which binds the payload to its type;
securesystemslib makes and checks the signatures.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.proof.claim.canonical import canonical, read_canonical
from exitline.proof.claim.errors import ClaimError, SignatureError

if TYPE_CHECKING:
    from securesystemslib.signer import Key, Signer


@dataclass(frozen=True)
class Opened:
    """An envelope that was opened.

    Parameters
    ----------
    payload : bytes
        What was signed.
    signed_by : tuple of str
        Key ids whose signatures were verified with the keys given; empty without keys.
    unverified : tuple of str
        Key ids that its other signatures name. Anybody can name any key.
    """

    payload: bytes
    signed_by: tuple[str, ...]
    unverified: tuple[str, ...]

    @property
    def has_signature(self) -> bool:
        """Whether there is any signature, verified or not."""
        return bool(self.signed_by or self.unverified)


def sign_payload(payload: bytes, payload_type: str, signer: Signer | None = None) -> bytes:
    """Put a payload into an envelope, signed when there is a signer.

    Parameters
    ----------
    payload : bytes
        Any bytes; here always canonical JSON.
    payload_type : str
        What they are, such as "application/vnd.in-toto+json".
    signer : securesystemslib Signer, optional
        Such as :func:`exitline.proof.claim.load_signer` gives.

    Returns
    -------
    bytes
        One line of canonical JSON without line end.

    References
    ----------
    Dead Simple Signing Envelope, version 1, secure-systems-lab/dsse, protocol.md.

    Examples
    --------
    >>> sign_payload(b"{}", "text/plain")
    b'{"payload":"e30=","payloadType":"text/plain","signatures":[]}'
    """
    from securesystemslib.dsse import Envelope

    envelope = Envelope(payload, payload_type, {})
    if signer is not None:
        envelope.sign(signer)
    return canonical(envelope.to_dict())


def verify_envelope(
    content: bytes, payload_type: str, *, keys: Sequence[Key] = (), where: str = ""
) -> Opened:
    """Open an envelope; with keys, one of them must have signed it.

    Parameters
    ----------
    content : bytes
        What :func:`sign_payload` wrote.
    payload_type : str
        What the payload has to be.
    keys : sequence of securesystemslib Key
        Public keys that are trusted. Without any, signatures are not checked.
    where : str
        The file, for messages.

    Raises
    ------
    ClaimError
        When it is no envelope of this type in canonical form.
    SignatureError
        With keys: when it is unsigned, or signed by none of them, or wrongly.

    Examples
    --------
    >>> verify_envelope(sign_payload(b"{}", "text/plain"), "text/plain").has_signature
    False
    """
    envelope = _envelope(read_canonical(content, where=where), where)
    if envelope.payload_type != payload_type:
        raise _not_an_envelope(where, f"type {payload_type}", f"type {envelope.payload_type!r}")
    if canonical(envelope.to_dict()) != content:
        raise _not_an_envelope(where, "base64 in its one canonical form", "another form")
    verified = _verified(envelope, keys, where) if keys else ()
    others = tuple(sorted(set(envelope.signatures) - set(verified)))
    return Opened(bytes(envelope.payload), verified, others)


def _envelope(content: Any, where: str) -> Any:
    """The securesystemslib envelope of its JSON form, when it has exactly the parts of one."""
    from securesystemslib.dsse import Envelope

    parts: Mapping[str, type] = {"payload": str, "payloadType": str, "signatures": list}
    if not _has_parts(content, parts) or not all(
        _has_parts(one, {"keyid": str, "sig": str}) for one in content["signatures"]
    ):
        raise _not_an_envelope(where, "payload, payloadType and signatures", "other parts")
    signatures = [dict(one) for one in content["signatures"]]
    try:
        base64.b64decode(content["payload"], validate=True)
        return Envelope.from_dict({**content, "signatures": signatures})
    except (ValueError, binascii.Error) as reason:
        raise _not_an_envelope(where, "base64 text, each key once", str(reason)[:60]) from reason


def _has_parts(content: Any, parts: Mapping[str, type]) -> bool:
    return (
        isinstance(content, dict)
        and set(content) == set(parts)
        and all(isinstance(content[name], kind) for name, kind in parts.items())
    )


def _verified(envelope: Any, keys: Sequence[Key], where: str) -> tuple[str, ...]:
    """The keys that have signed the envelope, one at least."""
    if not envelope.signatures:
        raise SignatureError(
            "there is no signature",
            where=where or None,
            expected="a signature by " + _names(keys),
            got="an unsigned envelope",
            remedy="ask the publisher for a signed copy, or verify without --public-key",
        )
    found = tuple(sorted({key.keyid for key in keys if _has_signed(key, envelope)}))
    if not found:
        raise SignatureError(
            "the signature is not by any of the keys given",
            where=where or None,
            expected="a valid signature by " + _names(keys),
            got="a signature that names " + ", ".join(k[:16] for k in envelope.signatures),
            remedy="check that this is the publisher's key; otherwise the content was changed",
        )
    return found


def _has_signed(key: Key, envelope: Any) -> bool:
    from securesystemslib.exceptions import VerificationError

    try:
        envelope.verify([key], 1)
    except VerificationError:
        return False
    return True


def _names(keys: Sequence[Key]) -> str:
    return " or ".join(f"key {key.keyid[:16]}" for key in keys)


def _not_an_envelope(where: str, expected: str, got: str) -> ClaimError:
    return ClaimError(
        "not an envelope as exitline writes it",
        where=where or None,
        expected=expected,
        got=got,
        remedy="take an unchanged copy from the publisher",
    )
