"""An engine's exceptions, said in the words of someone who has to mend the data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from exitline.errors import DataError, ExitlineError

if TYPE_CHECKING:
    from exitline.data.source import Source


@contextmanager
def reading(source: Source) -> Iterator[None]:
    """Turn what an engine says when it opens a file into a DataError."""
    try:
        yield
    except ExitlineError:
        raise
    except Exception as reason:
        text = _first_line(reason)
        raise DataError(
            f"the file cannot be read as {source.kind}",
            where=source.name,
            expected=f"a {source.kind} file with a header and rows",
            got=_without_values(text),
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
    except KeyboardInterrupt:
        raise
    except Exception as reason:
        text = _first_line(reason)
        if "INTERRUPT" in text.upper():
            raise KeyboardInterrupt from reason
        raise DataError(
            "the data do not allow this computation",
            got=_without_values(text),
            remedy="run `exitline check` on the study, which names the column",
        ) from reason


def tables(expression: Any) -> set[str]:
    """The names of the attached tables that an expression reads."""
    import ibis.expr.operations as ops

    return {node.name for node in expression.op().find(ops.UnboundTable)}


def _first_line(reason: Exception) -> str:
    return (str(reason).strip().splitlines() or [type(reason).__name__])[0]


def _without_values(text: str) -> str:
    """The engine's sentence without quoted data values, which could identify a household."""
    return re.sub(r"[\"'][^\"']{0,200}[\"']", "'…'", text)[:200]
