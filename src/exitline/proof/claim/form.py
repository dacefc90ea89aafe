"""Records to JSON-ready values and back, passing over nothing unknown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

from exitline.errors import nearest
from exitline.proof.claim.errors import ClaimError

_HEX = re.compile(r"[0-9a-f]{64}")
_TEXT = ("str", "QueryKind", "RoundingMode")


def plain(record: Any) -> dict[str, Any]:
    """A frozen record as JSON-ready values; parts that are empty are left out.

    Examples
    --------
    >>> from exitline.proof.claim.exact import Rounding
    >>> plain(Rounding(decimals=1))
    {'decimals': 1, 'mode': 'half even', 'scale': '1'}
    """
    values: dict[str, Any] = {}
    for each in fields(record):
        value = getattr(record, each.name)
        if value is None or value == "" or value == ():
            continue
        if isinstance(value, tuple):
            value = [plain(one) for one in value]
        elif not isinstance(value, (str, int)):
            value = plain(value)
        values[each.name] = value
    return values


def known(kind: type, content: object, where: str = "") -> dict[str, Any]:
    """The parts of a record, when all are known, present and of their type.

    Parameters
    ----------
    kind : type
        A frozen dataclass.
    content : object
        What was read; should be a mapping.
    where : str
        The file, for the message.

    Raises
    ------
    ClaimError
        For anything else than a mapping, unknown or missing parts, and a number where
        text should be.

    Examples
    --------
    >>> from exitline.proof.claim.exact import Rounding
    >>> known(Rounding, {"decimals": 1})
    {'decimals': 1}
    """
    if not isinstance(content, Mapping):
        raise unreadable(f"{kind.__name__} is not an object", where, type(content).__name__)
    parts = {each.name: each for each in fields(kind)}
    for name in content:
        if name not in parts:
            hint = nearest(str(name), parts) or "a part of this version's form"
            raise unreadable(f"unknown part '{name}' of {kind.__name__}", where, hint)
    for name, part in parts.items():
        needed = part.default is MISSING and part.default_factory is MISSING
        if name not in content:
            if needed:
                raise unreadable(f"{kind.__name__} lacks '{name}'", where, "nothing")
        elif part.type in _TEXT and not isinstance(content[name], str):
            raise unreadable(f"'{name}' is not text", where, type(content[name]).__name__)
    return dict(content)


def check_hex(text: str, what: str) -> None:
    """Refuse a digest that is neither empty nor 64 lower-case hexadecimal digits."""
    if text and not _HEX.fullmatch(text):
        raise refused(f"the {what} is not a SHA-256 digest", "64 hexadecimal digits", text[:70])


def refused(what: str, expected: str, got: str) -> ClaimError:
    """An error for a claim that contradicts itself."""
    return ClaimError(what, expected=expected, got=got or "nothing", remedy="correct the claim")


def unreadable(what: str, where: str, got: str) -> ClaimError:
    """An error for a claim file that is not in the form of this version."""
    return ClaimError(
        what,
        where=where or None,
        expected="a claim as exitline writes it",
        got=got,
        remedy="take an unchanged copy from the publisher, or a newer exitline",
    )
