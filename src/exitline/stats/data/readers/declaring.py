"""How a remedy names an option: as a study writes it, a command line does, or a call.

What meets a fault does not know who asked. A command says so for the length of its work with
`as_flags`, whatever reads the files of a study with `as_keys`, a page that takes files with
`as_upload`; anything else is told what a call takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

from exitline.words.said import collected

Caller = Literal["call", "study", "flags", "upload"]
FLAGS = {"missing": "missing-code"}
"""Options whose flag has another name than the key of a study."""
UPLOADED = {
    "encoding": collected("save the file as CSV in UTF-8"),
    "delimiter": collected("save the file as CSV in UTF-8, with commas between the fields"),
    "sheet": collected("leave one sheet in the file, or save it as CSV in UTF-8"),
    "missing": collected("leave the cell empty"),
}
"""What whoever hands in a file at a page can do, by option."""
_SEVERAL = ("missing", "text", "number")

_caller: ContextVar[Caller] = ContextVar("caller", default="call")


def declare(option: str, *values: str) -> str:
    """An instruction that declares an option of a reader.

    Parameters
    ----------
    option : str
        Its key in a study: "encoding", "sheet", "missing", "delimiter", "decimal".
    *values : str
        What to declare; several only where the option takes several.

    Examples
    --------
    >>> declare("encoding", "cp1252")
    "open it with exitline.stats.data.open_source(path, encoding='cp1252')"
    >>> with as_flags():
    ...     declare("encoding", "cp1252"), declare("missing", "NA")
    ('add --encoding cp1252', 'add --missing-code NA')
    >>> with as_keys():
    ...     declare("missing", "NA", "-9")
    "declare 'missing: [NA, -9]' beside the path"
    """
    if _caller.get() == "upload":
        return UPLOADED[option]
    several = option in _SEVERAL
    if _caller.get() == "flags":
        return "add " + " ".join(f"--{FLAGS.get(option, option)} {_quoted(v)}" for v in values)
    if _caller.get() == "call":
        given = list(values) if several else values[0]
        return f"open it with exitline.stats.data.open_source(path, {option}={given!r})"
    written = f"[{', '.join(values)}]" if several else values[0]
    return f"declare '{option}: {written}' beside the path"


def in_encoding(guess: str) -> str:
    """What to do with a file in another encoding.

    Examples
    --------
    >>> with as_upload():
    ...     in_encoding("utf-16-le")
    'save the file as CSV in UTF-8'
    """
    said = declare("encoding", guess)
    return said if _caller.get() == "upload" else said + ", or save the file as UTF-8"


def _quoted(value: str) -> str:
    """A value as a shell takes it."""
    return f"'{value}'" if not value or set(value) & set(" ;|*?<>&$\t") else value


def choose(key: str, flag: str, in_study: str | None = None) -> str:
    """What to say in a call, on a command line, or in a study (as in a call, unless given).

    Examples
    --------
    >>> choose("give waves=", "give --waves")
    'give waves='
    """
    if _caller.get() == "study" and in_study is not None:
        return in_study
    return flag if _caller.get() == "flags" else key


@contextmanager
def as_flags() -> Iterator[None]:
    """Name options as flags of a command, for the length of the block."""
    yield from _as("flags")


@contextmanager
def as_keys() -> Iterator[None]:
    """Name options as keys of a study, for the length of the block."""
    yield from _as("study")


@contextmanager
def as_upload() -> Iterator[None]:
    """Say what to do with the file itself: whoever handed it in has no options."""
    yield from _as("upload")


def _as(caller: Caller) -> Iterator[None]:
    token = _caller.set(caller)
    try:
        yield
    finally:
        _caller.reset(token)
