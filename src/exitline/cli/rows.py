"""Small tables that a command reads: counts, counties, assessors, visits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exitline.words.numbers import rounded

if TYPE_CHECKING:
    import pyarrow as pa


def read_rows(path: str) -> pa.Table:
    """All rows of a file of any kind the project reads."""
    from exitline.data.source import open_source
    from exitline.engine.session import session

    with session() as engine:
        return engine.run(engine.attach(open_source(path), "rows"))


def percent(share: float, digits: int = 1) -> str | None:
    """A share in percent; nothing where there is none."""
    return None if share != share else f"{rounded(share, digits, percent=True)} %"
