"""How a remedy names an option of a reader: as a study writes it, or as a command does.

The reader that meets a fault does not know who asked. A command line says so for the length
of its work with `as_flags`; anything else is told how a study declares the option.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

FLAGS = {"missing": "missing-code"}
"""Options whose flag has another name than the key of a study."""

_flags: ContextVar[bool] = ContextVar("flags", default=False)


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
    "declare 'encoding: cp1252' beside the path"
    >>> with as_flags():
    ...     declare("encoding", "cp1252"), declare("missing", "NA")
    ('add --encoding cp1252', 'add --missing-code NA')
    """
    if _flags.get():
        return "add " + " ".join(f"--{FLAGS.get(option, option)} {_quoted(v)}" for v in values)
    several = option in ("missing", "text", "number")
    written = f"[{', '.join(values)}]" if several else values[0]
    return f"declare '{option}: {written}' beside the path"


def _quoted(value: str) -> str:
    """A value as a shell takes it."""
    return f"'{value}'" if not value or set(value) & set(" ;|*?<>&$\t") else value


def choose(key: str, flag: str) -> str:
    """What to say in a study or a notebook, or on a command line."""
    return flag if _flags.get() else key


@contextmanager
def as_flags() -> Iterator[None]:
    """Name options as flags of a command, for the length of the block."""
    token = _flags.set(True)
    try:
        yield
    finally:
        _flags.reset(token)
