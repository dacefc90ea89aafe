"""JSON text within bounds of size, depth and count, without what JSON does not have."""

from __future__ import annotations

import json
import math
import os
import re
from pathlib import Path
from typing import Any, NoReturn

from exitline.errors import ExitlineError
from exitline.records.errors import RecordError
from exitline.records.reading import read_bytes
from exitline.records.shape import Shape, check_shape

MAX_DEPTH = 40
MAX_VALUES = 2_000_000
_MOST_DIGITS = 400
_TEXT = re.compile(rb'"(?:[^"\\]+|\\.)*+(?:"|\Z)', re.DOTALL)
_BRACKET = re.compile(rb"[][{}]")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_LONGEST_SHOWN = 80


def read_json(
    path: str | Path,
    *,
    what: str,
    shape: Shape = object,
    error: type[ExitlineError] = RecordError,
    remedy: str = "take an unchanged copy",
) -> Any:
    """The value of a JSON file, of a bounded size and depth and of a known shape.

    Parameters
    ----------
    path : str or Path
        The file.
    what : str
        What it is, for the message: "the run's record".
    shape : type, tuple, list or dict
        What it must be made of; see :func:`check_shape`.
    error : type of ExitlineError
        What is raised.
    remedy : str
        What to do when it cannot be read.

    Raises
    ------
    ExitlineError
        Of the type `error`, naming what was found.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "head.json"
    >>> _ = file.write_text('{"head": "e3b0"}')
    >>> read_json(file, what="the head", shape={"head": str})
    {'head': 'e3b0'}
    """
    content = read_bytes(path, what=what, error=error, remedy=remedy)
    where = os.fsdecode(path)
    return parse_json(content, what=what, where=where, shape=shape, error=error, remedy=remedy)


def parse_json(
    content: bytes | str,
    *,
    what: str,
    where: str = "",
    shape: Shape = object,
    error: type[ExitlineError] = RecordError,
    max_depth: int = MAX_DEPTH,
    max_values: int = MAX_VALUES,
    remedy: str = "take an unchanged copy",
) -> Any:
    """The value of JSON text that came from elsewhere.

    Refused are text that is not UTF-8, NaN and infinities, repeated keys, lone surrogates,
    numbers of more than 400 digits, and nesting and counts beyond what a record needs.

    Parameters
    ----------
    content : bytes or str
        The text.
    what, where : str
        What it is, and its file or line, for the message.
    shape, error, max_depth, remedy
        As in :func:`read_json`.
    max_values : int
        The most values that are read.

    Raises
    ------
    ExitlineError
        Of the type `error`.

    Examples
    --------
    >>> parse_json('{"a": NaN}', what="the record")
    Traceback (most recent call last):
    ...
    exitline.records.errors.RecordError: the record is not JSON that can be used
      expected: JSON with numbers, text and each key once
      got:      NaN, which is no number
      remedy:   take an unchanged copy
    """
    try:
        value = _value(content, max_depth, max_values)
    except _UnusableError as reason:
        raise error(
            f"{what} is not JSON that can be used",
            where=where or None,
            expected="JSON with numbers, text and each key once",
            got=str(reason),
            remedy=remedy,
        ) from None
    check_shape(value, shape, what=what, where=where, error=error, remedy=remedy)
    return value


class _UnusableError(Exception):
    """Why some text is not JSON that can be used."""


def _value(content: bytes | str, max_depth: int, max_values: int) -> Any:
    """The value of the text, or the reason why there is none."""
    try:
        raw = content if isinstance(content, bytes) else content.encode()
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as reason:
        raise _UnusableError(f"bytes that are not UTF-8 at position {reason.start}") from None
    except UnicodeEncodeError as reason:
        raise _UnusableError(f"text that is not Unicode at position {reason.start}") from None
    _bounded(raw, max_depth, max_values)
    try:
        value = json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_integer,
            parse_float=_finite,
        )  # fmt: skip
    except json.JSONDecodeError as reason:
        raise _UnusableError(
            f"{reason.msg} at line {reason.lineno}, column {reason.colno}"
        ) from None
    except RecursionError:
        raise _UnusableError("brackets within brackets without end") from None
    if _SURROGATE.search(text):
        _all_unicode(value)
    return value


def _bounded(raw: bytes, max_depth: int, max_values: int) -> None:
    """Refuse brackets within brackets, and more values than a record has."""
    opened = raw.count(b"[") + raw.count(b"{")
    if opened <= max_depth and opened + raw.count(b",") <= max_values:
        return
    bare = _TEXT.sub(b"", raw)
    values = bare.count(b",") + bare.count(b"[") + bare.count(b"{")
    if values > max_values:
        raise _UnusableError(f"{values:,} values, where a record has at most {max_values:,}")
    depth = deepest = 0
    for match in _BRACKET.finditer(bare):
        depth += 1 if match[0] in b"[{" else -1
        deepest = max(deepest, depth)
    if deepest > max_depth:
        raise _UnusableError(
            f"{deepest:,} brackets within each other, at most {max_depth} are read"
        )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _UnusableError(f"the key {_brief(twice)} twice in one object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise _UnusableError(f"{name}, which is no number")


def _integer(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise _UnusableError(f"a number of {len(text):,} digits")
    return int(text)


def _finite(text: str) -> float:
    number = float(text) if len(text) <= _MOST_DIGITS else math.inf
    if not math.isfinite(number):
        raise _UnusableError("a number too large, or of too many digits")
    return number


def _all_unicode(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise _UnusableError("text with half of a surrogate pair, which is not Unicode") from None


def _brief(text: str) -> str:
    cut = text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "..."
    return ascii(cut)
