"""Small tables that a command reads: counts, counties, assessors, visits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from exitline.words.numbers import rounded

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.stats.data.scannable import Source


def read_rows(data: str | Source, code: Sequence[str | None] = ()) -> pa.Table:
    """All rows of a file of any kind the project reads; names and ids as they are written.

    Parameters
    ----------
    data : path or Source
    code : sequence of str or None
        Columns that hold names or ids.
    """
    from exitline.stats.data.source import open_source
    from exitline.stats.data.uses import role_uses
    from exitline.stats.engine.session import session

    source = open_source(data).using(role_uses(code=code))
    with session() as engine:
        return engine.run(engine.attach(source, "rows"))


def percent(share: float, digits: int = 1) -> str | None:
    """A share in percent; nothing where there is none."""
    return None if share != share else f"{rounded(share, digits, percent=True)} %"
