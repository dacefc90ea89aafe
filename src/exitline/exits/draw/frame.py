"""The frame: who could be drawn, its digest, and the faults that make a draw worthless."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.errors import DataError, nearest
from exitline.exits.draw.seed import DrawError
from exitline.stats.measure import draw as expressions
from exitline.stats.measure.draw import FrameRoles

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.stats.engine.base import Engine

AT_ONCE = 8_000_000
"""Rows whose digests are held at once; a larger frame is digested in sixteen passes."""


@dataclass(frozen=True)
class DrawCell:
    """Households of one stratum, village and group ("" where the frame has no such role)."""

    stratum: str
    village: str
    group: str
    households: int


@dataclass(frozen=True)
class DrawFrame:
    """A frame that an engine holds, checked.

    Attributes
    ----------
    engine : Engine
    table : ibis.Table
        Unbound.
    roles : FrameRoles
    households : int
    cells : tuple of DrawCell
        In ascending order.
    """

    engine: Engine
    table: Any
    roles: FrameRoles
    households: int
    cells: tuple[DrawCell, ...]

    def digest(self) -> str:
        """sha256 over the rows' digests, whatever the order of the rows.

        Every row is written as ``length:text`` of household, village, stratum and group;
        its sha256 in hex is one line; lines are sorted, each ended by a line feed, and
        hashed together.

        Returns
        -------
        str
            ``sha256:`` and 64 hex digits.
        """
        total = hashlib.sha256()
        passes = [""] if self.households <= AT_ONCE else [f"{digit:x}" for digit in range(16)]
        for first in passes:
            rows = self.engine.run(expressions.row_digests(self.table, self.roles, first))
            for chunk in rows.column(0).chunks:
                total.update(_lines(chunk))
        return f"sha256:{total.hexdigest()}"


def _lines(digests: pa.Array) -> bytes:
    """Digests of 64 digits, each ended by a line feed."""
    import numpy as np
    import pyarrow as pa

    fixed = digests.cast(pa.binary()).cast(pa.binary(64))
    start = fixed.offset * 64
    digits = np.frombuffer(fixed.buffers()[1], dtype=np.uint8)[start : start + 64 * len(fixed)]
    lines = np.full((len(fixed), 65), ord("\n"), dtype=np.uint8)
    lines[:, :64] = digits.reshape(-1, 64)
    return lines.tobytes()


def open_frame(engine: Engine, data: Any, roles: FrameRoles) -> DrawFrame:
    """Attach a frame, check it and count its cells.

    Parameters
    ----------
    engine : Engine
    data : path or table
        Anything `exitline.stats.data.source.open_source` takes; one row for each household.
    roles : FrameRoles

    Returns
    -------
    DrawFrame

    Raises
    ------
    DataError
        When a column is missing, ids are missing, doubled or neither text nor whole numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> from exitline.stats.engine.session import session
    >>> homes = pd.DataFrame({"household": ["a", "b", "c"], "village": [1, 1, 2]})
    >>> with session() as engine:
    ...     frame = open_frame(engine, homes, FrameRoles(village="village"))
    ...     frame.households, [cell.households for cell in frame.cells]
    (3, [2, 1])
    """
    from exitline.stats.data.source import open_source
    from exitline.stats.data.studies.uses import narrowed, role_uses

    source = open_source(data).using(role_uses(code=roles.columns()))
    source = narrowed(source, roles.columns())
    table = engine.attach(source, "frame")
    _refuse_columns(table, roles)
    _refuse_faults(engine.run(expressions.faults(table, roles)).to_pylist()[0], roles)
    found = engine.run(expressions.counts(table, roles)).to_pylist()
    cells = tuple(
        DrawCell(row.get("stratum", ""), row.get("village", ""), row.get("group", ""),
             int(row["households"] or 0))
        for row in found
    )  # fmt: skip
    _refuse_split_villages(cells)
    return DrawFrame(engine, table, roles, sum(cell.households for cell in cells), cells)


def _refuse_columns(table: Any, roles: FrameRoles) -> None:
    """All columns exist, and what is hashed is text or whole numbers."""
    schema = table.schema()
    for name in roles.columns():
        if name not in schema:
            raise DataError(
                f"the frame has no column '{name}'",
                where=f"column {name}",
                expected="one of " + ", ".join(list(schema)[:20]),
                got=repr(name),
                remedy=nearest(name, list(schema)) or "say which column it is",
            )
        kind = schema[name]
        if not (kind.is_string() or kind.is_integer()):
            raise DataError(
                f"'{name}' cannot be hashed the same way everywhere",
                where=f"column {name}",
                expected="text or whole numbers",
                got=str(kind),
                remedy="store ids and names as text",
            )


def _refuse_faults(found: dict[str, Any], roles: FrameRoles) -> None:
    """No missing and no doubled ids, at least one household."""
    rows = int(found["rows"] or 0)
    if rows == 0:
        raise DataError(
            "the frame is empty", expected="one row for each household", got="no rows",
            remedy="check the file and its filters",
        )  # fmt: skip
    for role, column in roles.named().items():
        if missing := int(found[f"missing_{role}"] or 0):
            raise DataError(
                f"the frame lacks the {role} of some households",
                where=f"column {column}",
                expected="a value on every row",
                got=f"{missing:,} of {rows:,} missing",
                remedy="complete the frame before it is published; nobody may drop out unseen",
            )
    if int(found["distinct"]) != rows:
        raise DataError(
            "some households are in the frame more than once",
            where=f"column {roles.household}",
            expected=f"{rows:,} different ids",
            got=f"{int(found['distinct']):,}",
            remedy="remove the doubles, or use an id that is unique in the whole frame",
        )


def _refuse_split_villages(cells: tuple[DrawCell, ...]) -> None:
    """A village belongs to one stratum."""
    strata: dict[str, str] = {}
    for cell in cells:
        if cell.village and strata.setdefault(cell.village, cell.stratum) != cell.stratum:
            raise DrawError(
                "a village lies in more than one stratum",
                where="columns of village and stratum",
                expected="one stratum for each village",
                got="at least one village with several",
                remedy="stratify by something all households of a village share, or make village "
                "names unique",
            )
