"""One way of writing a claim in bytes, so that its digest and signature mean one thing.

The form is RFC 8785, the JSON Canonicalization Scheme (JCS), for JSON without fractional
numbers: figures are written as decimal or rational text, so that no two machines can print
the same number differently. The canonical form of securesystemslib (OLPC) is not used for
claims: it leaves control characters unescaped, so that its output is not always JSON.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from exitline import digest
from exitline.proof.claim.errors import ClaimError
from exitline.records import parse_json

_LARGEST = 2**53 - 1  # I-JSON (RFC 7493, section 2.2): integers every reader keeps exactly


def canonical(value: Any) -> bytes:
    """JSON as RFC 8785 writes it: equal content gives equal bytes.

    Parameters
    ----------
    value : JSON-like
        Objects with text keys, lists, text, booleans, None and integers within
        +-(2^53 - 1). No floating-point numbers: write a figure as text.

    Returns
    -------
    bytes
        UTF-8, keys sorted by UTF-16 code units, no spaces.

    Raises
    ------
    ClaimError
        For a floating-point number, an integer beyond 2^53 - 1, or text that is not
        valid Unicode.

    References
    ----------
    Rundgren, Jordan, Erdtman (2020), RFC 8785, sections 3.2.2 and 3.2.3.

    Examples
    --------
    >>> canonical({"b": "14.3", "a": [True, None, 5]})
    b'{"a":[true,null,5],"b":"14.3"}'
    """
    try:
        return digest.written(_sorted(value), in_order=False)
    except UnicodeEncodeError as reason:
        raise ClaimError(
            "text that is not valid Unicode cannot be part of a claim",
            expected="text that UTF-8 can hold",
            got="a lone surrogate",
            remedy="correct the text where it was read (its encoding)",
        ) from reason


def read_canonical(content: bytes, *, where: str = "") -> Any:
    """The value of canonical JSON; anything written otherwise is refused.

    Parameters
    ----------
    content : bytes
        What :func:`canonical` wrote.
    where : str
        What to name in the message: a file, or a file and line.

    Returns
    -------
    JSON-like

    Raises
    ------
    ClaimError
        When the bytes are not JSON, or are JSON written in another way (spaces, other
        key order, repeated keys): a changed byte never goes unnoticed.

    Examples
    --------
    >>> read_canonical(b'{"a":1}')
    {'a': 1}
    """
    try:
        value = parse_json(content, what="the content", error=ClaimError)
        same = canonical(value) == content
    except ClaimError as reason:
        raise ClaimError(
            "not canonical JSON",
            where=where or None,
            expected="one JSON value as RFC 8785 writes it",
            got=reason.got or reason.what,
            remedy="take an unchanged copy from the publisher",
        ) from reason
    if not same:
        raise ClaimError(
            "JSON that is not in its canonical form",
            where=where or None,
            expected="sorted keys, no spaces, each key once (RFC 8785)",
            got="the same value written in another way",
            remedy="take an unchanged copy from the publisher",
        )
    return value


def file_digest(path: str | Path) -> str:
    """SHA-256 of a file's bytes, in hex, read in pieces; a `ClaimError` when it cannot be read."""
    return digest.file_digest(path, ClaimError)


def _sorted(value: Any) -> Any:
    """The value with object keys in UTF-16 order; refuses what JCS without fractions lacks."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return _safe_integer(value)
    if isinstance(value, (list, tuple)):
        return [_sorted(item) for item in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        ordered = sorted(value.items(), key=lambda item: item[0].encode("utf-16-be"))
        return {key: _sorted(item) for key, item in ordered}
    raise ClaimError(
        f"a value of type {type(value).__name__} has no canonical form",
        expected="text, integers, booleans, null, lists and objects",
        got=type(value).__name__,
        remedy="write a figure as decimal text, such as '14.3'",
    )


def _safe_integer(value: int) -> int:
    """The integer, when every JSON reader keeps it exactly."""
    if abs(value) > _LARGEST:
        raise ClaimError(
            "an integer too large for JSON to keep exactly",
            expected=f"at most {_LARGEST}",
            got=f"{value.bit_length()} bits",
            remedy="write it as text",
        )
    return value
