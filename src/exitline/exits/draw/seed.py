"""The seed: a text that was published before the draw, and the keys made from it."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from exitline.errors import ExitlineError

if TYPE_CHECKING:
    from exitline.stats.measure.draw import Hash

SEPARATOR = "|"
DIGITS = 16
"""Hex digits of a key that make a number between 0 and 1."""


class DrawError(ExitlineError):
    """A draw that cannot be made or cannot be trusted."""


@dataclass(frozen=True)
class Seed:
    """A published text and when it was published.

    Parameters
    ----------
    text : str
        At least 8 characters without ``|``, control characters or blanks at its ends, in
        Unicode normal form C. Best taken from something nobody can steer, announced with
        the frame's digest: the numbers of a lottery still to be held, a stock index at
        closing time.
    published : datetime
        With a time zone.

    Raises
    ------
    DrawError
        When the text could be read in two ways, is too short, or the time has no zone.

    Examples
    --------
    >>> from datetime import datetime, UTC
    >>> seed = Seed("state lottery 2026-12-01: 4 8 15 16 23 42", datetime(2026, 12, 1, tzinfo=UTC))
    >>> seed.key("household", "0017")[:12]
    'c6872a7a2c7d'
    """

    text: str
    published: datetime

    def __post_init__(self) -> None:
        _check_text(self.text)
        check_zone(self.published, "seed.published")

    def key(self, purpose: str, identity: str, how: Hash = "sha256") -> str:
        """Lower-case hex digest of ``text|purpose|identity`` in UTF-8."""
        return hex_key(self.text, purpose, identity, how)

    def number(self, purpose: str, identity: str, how: Hash = "sha256") -> int:
        """The first 16 hex digits of a key, as a whole number below 16^16."""
        return int(self.key(purpose, identity, how)[:DIGITS], 16)

    def refuse_late(self, drawn: datetime) -> None:
        """Refuse a draw that was made before, or when, the seed was published.

        Raises
        ------
        DrawError
            Whoever knows the seed before it is public can choose it.
        """
        check_zone(drawn, "drawn")
        if self.published >= drawn:
            raise DrawError(
                "the seed was published after the draw",
                where="seed.published",
                expected=f"a time before the draw ({drawn.isoformat()})",
                got=self.published.isoformat(),
                remedy="publish the frame's digest and the seed's source first, then draw; a "
                "draw made before its seed was public proves nothing and has to be repeated",
            )


def hex_key(seed: str, purpose: str, identity: str, how: Hash = "sha256") -> str:
    """Lower-case hex digest of ``seed|purpose|identity`` in UTF-8.

    The same as ``printf '%s|%s|%s' "$seed" "$purpose" "$identity" | sha256sum``.

    Examples
    --------
    >>> hex_key("seed text", "household", "17")[:8]
    'e062f055'
    """
    line = SEPARATOR.join((seed, purpose, identity)).encode("utf-8")
    return hashlib.new(how, line, usedforsecurity=False).hexdigest()


def moment(text: str, name: str) -> datetime:
    """An ISO 8601 time with a zone.

    Raises
    ------
    DrawError
        When it is no time, or has no zone.

    Examples
    --------
    >>> moment("2026-12-01T20:00:00+08:00", "drawn").isoformat()
    '2026-12-01T20:00:00+08:00'
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError as reason:
        raise DrawError(
            "this is no time",
            where=name,
            expected="date and time with a zone, such as 2026-12-01T20:00:00+08:00",
            got=repr(text),
            remedy="write it as in the example",
        ) from reason
    check_zone(found, name)
    return found


def now() -> datetime:
    """The present time, to the second, in UTC."""
    return datetime.now(UTC).replace(microsecond=0)


def check_zone(time: datetime, name: str) -> None:
    """Refuse a time without a zone."""
    if time.utcoffset() is None:
        raise DrawError(
            "this time has no zone, so it cannot be compared",
            where=name,
            expected="a time with a zone, such as 2026-12-01T20:00:00+08:00",
            got=time.isoformat(),
            remedy="add +00:00, +08:00 ... or Z",
        )


def _check_text(text: str) -> None:
    """Refuse a seed that two people could type in two ways."""
    faults = {
        "shorter than 8 characters": len(text) < 8,
        f"a '{SEPARATOR}' in it": SEPARATOR in text,
        "a line break or control character in it": any(
            unicodedata.category(c).startswith("C") for c in text
        ),
        "a blank at its beginning or end": text != text.strip(),
        "letters that are not in Unicode normal form C": text != unicodedata.normalize("NFC", text),
    }
    found = [fault for fault, there in faults.items() if there]
    if found:
        raise DrawError(
            "the seed's text cannot be used",
            where="seed.text",
            expected="one line of at least 8 characters that everybody types alike",
            got=", ".join(found),
            remedy="for instance: state lottery 2026-12-01: 4 8 15 16 23 42",
        )
