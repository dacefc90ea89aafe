"""An engine's exceptions, said in the words of someone who has to correct the data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from exitline.errors import DataError, ExitlineError

if TYPE_CHECKING:
    from exitline.stats.data.held import HeldFile
    from exitline.stats.data.scannable import Source

_KIND = re.compile(
    r"((?:Conversion|Invalid Input|Out of Range|Binder|Catalog|Parser|IO|Internal|Constraint"
    r"|Not implemented|Mismatch Type|Permission|Serialization|Sequence) Error)\b"
    r"|\[([A-Z][A-Z_.]{2,60})\]"
)
_INTO = re.compile(r"\bto (DOUBLE|FLOAT|U?INT\d*|BIGINT|DATE|BOOLEAN|TIMESTAMP)\b")


@contextmanager
def reading(source: Source) -> Iterator[None]:
    """Turn what an engine says when it opens a file into a DataError."""
    try:
        yield
    except ExitlineError:
        raise
    except Exception as reason:
        _interrupted(reason)
        if source.held is not None:
            source.held.check()
        raise DataError(
            f"the file cannot be read as {source.kind}",
            where=source.name,
            expected=f"a {source.kind} file with a header and rows",
            got=said(reason),
            remedy="open it in the program that made it and export it again, or name its "
            "encoding and separator",
        ) from reason


@contextmanager
def running() -> Iterator[None]:
    """Turn what an engine says when a query fails into a DataError."""
    try:
        yield
    except ExitlineError:
        raise
    except Exception as reason:
        _interrupted(reason)
        if "Out of Memory Error" in str(reason):
            raise MemoryError from reason
        raise DataError(
            "the data do not allow this computation",
            got=said(reason),
            remedy="run `exitline check` on the study, which names the column",
        ) from reason


def _interrupted(reason: Exception) -> None:
    """Raise KeyboardInterrupt where an engine made an ordinary error of it.

    DuckDB says "INTERRUPT Error: ..." or, where it saw the signal itself, raises
    ``RuntimeError("Query interrupted")``.
    """
    if re.match(r"\s*(query )?interrupt", str(reason), re.IGNORECASE):
        raise KeyboardInterrupt from reason


@contextmanager
def unchanged(held: Mapping[str, Sequence[HeldFile]], expression: Any) -> Iterator[None]:
    """Refuse what was computed from a file that has changed since it was opened.

    Parameters
    ----------
    held : mapping of str to sequence of HeldFile
        Files of each table that was attached.
    expression : ibis.Table or ibis.Value
        What is computed in the block.
    """
    files = [file for name in tables(expression) for file in held.get(name, ())]
    try:
        yield
    except ExitlineError:
        for file in files:
            file.check()
        raise
    for file in files:
        file.check()


def tables(expression: Any) -> set[str]:
    """The names of the attached tables that an expression reads."""
    import ibis.expr.operations as ops

    return {node.name for node in expression.op().find(ops.UnboundTable)}


def said(reason: BaseException) -> str:
    """What an engine's exception is about, and none of its words: they quote values of the data.

    Only the kind of the error is kept, and the type that something could not be made into.

    Examples
    --------
    >>> said(ValueError("Conversion Error: Could not convert string 'Ana Hoxha' to DOUBLE"))
    'Conversion Error: a value that is no DOUBLE'
    >>> said(ValueError("[CAST_INVALID_INPUT] The value 'Ana Hoxha' of the type"))
    'CAST_INVALID_INPUT'
    >>> said(OverflowError("Python int too large: 17"))
    'OverflowError'
    """
    text = str(reason).strip()
    kind = _KIND.match(text)
    if kind is None:
        return type(reason).__name__
    into = _INTO.search(text)
    return (kind[1] or kind[2]) + (f": a value that is no {into[1]}" if into else "")
