"""What a draw needs of the frame: faults, counts, row digests and keyed ranks.

All of it is made of casts, text lengths, md5 or sha256, group-by and one row-number window,
which give the same values on every engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import ibis

Hash = Literal["sha256", "md5"]


@dataclass(frozen=True)
class FrameRoles:
    """Which column of the frame plays which role.

    Parameters
    ----------
    household : str
        Unique id of the household: text or whole number.
    village, stratum, group : str, optional
        The village (for two stages), the stratum of villages (or of households, for one
        stage), and the group (registered, exited, unregistered ...).
    keep : tuple of str
        Further columns that go along with drawn households (township, who identified it).
    """

    household: str = "household"
    village: str | None = None
    stratum: str | None = None
    group: str | None = None
    keep: tuple[str, ...] = ()

    def named(self) -> dict[str, str]:
        """Columns of the frame by role, those that are there."""
        roles = ("household", "village", "stratum", "group")
        return {role: name for role in roles if (name := getattr(self, role)) is not None}

    def columns(self) -> tuple[str, ...]:
        """All columns that are needed."""
        return (*self.named().values(), *self.keep)


def key(identity: Any, seed: str, purpose: str, how: Hash = "sha256") -> Any:
    """The keyed hash of an id: lower-case hex digest of ``seed|purpose|id`` in UTF-8.

    Parameters
    ----------
    identity : ibis column
        Text, or whole numbers (written in decimal without leading zeros).
    seed, purpose : str
        Without ``|`` in them.
    how : {"sha256", "md5"}

    Returns
    -------
    ibis.Value
        Text of 64 or 32 characters.

    Examples
    --------
    >>> table = ibis.table({"hid": "int64"}, name="frame")
    >>> str(key(table.hid, "lottery 4 8 15", "household").type())
    'string'
    """
    return (ibis.literal(f"{seed}|{purpose}|") + text(identity)).hexdigest(how)


def text(value: Any) -> Any:
    """A value as text; the same on every engine for text and whole numbers."""
    return value.cast("string")


def row_line(table: Any, roles: FrameRoles) -> Any:
    """A row of the frame as one unambiguous text.

    Household, village, stratum and group, those that are there, in this order, each as
    ``length:text`` (length in characters).
    """
    parts = [text(table[column]) for column in roles.named().values()]
    line = parts[0].length().cast("string") + ":" + parts[0]
    for part in parts[1:]:
        line = line + part.length().cast("string") + ":" + part
    return line


def row_digests(table: Any, roles: FrameRoles, first: str = "") -> Any:
    """sha256 of every row's line, ascending; only those that start with some hex digits."""
    digest = row_line(table, roles).hexdigest("sha256")
    rows = table.select(digest=digest)
    if first:
        rows = rows.filter(rows.digest.substr(0, len(first)) == first)
    return rows.order_by(rows.digest)


def faults(table: Any, roles: FrameRoles) -> Any:
    """One row: households, distinct ids, and how many lack each column."""
    named = roles.named()
    missing = {
        f"missing_{role}": table[column].isnull().cast("int64").sum()
        for role, column in named.items()
    }
    identity = table[roles.household]
    return table.aggregate(rows=table.count(), distinct=identity.nunique(), **missing)


def counts(table: Any, roles: FrameRoles) -> Any:
    """Households by stratum x village x group, those that are there, in ascending order."""
    cells = {role: text(table[column]) for role, column in roles.named().items()}
    cells.pop("household")
    rows = table.select(**cells, one=ibis.literal(1, "int64"))
    names = list(cells)
    if not names:
        return rows.aggregate(households=rows.one.sum())
    return rows.group_by(names).aggregate(households=rows.one.sum()).order_by(names)


def smallest(
    table: Any, takes: Any, roles: FrameRoles, by: tuple[str, ...], seed: str, how: Hash
) -> Any:
    """The households with the smallest keys in each cell, as many as the cell is to give.

    Parameters
    ----------
    table : ibis.Table
        The frame.
    takes : ibis.Table
        One row for each cell: the columns in `by` as text, and `take` (how many).
    roles : FrameRoles
    by : tuple of {"stratum", "village", "group"}
        What makes a cell.
    seed : str
    how : {"sha256", "md5"}

    Returns
    -------
    ibis.Table
        household, the cell's columns, key, and the columns to keep; by key.
    """
    named = {role: text(table[column]) for role, column in roles.named().items()}
    kept = {f"keep_{i}": text(table[column]) for i, column in enumerate(roles.keep)}
    rows = table.select(**named, **kept, key=key(table[roles.household], seed, "household", how))
    window = ibis.window(group_by=list(by), order_by=[rows.key, rows.household])
    ranked = rows.mutate(place=ibis.row_number().over(window))
    if by:
        chosen = ranked.inner_join(takes, [ranked[name] == takes[f"cell_{name}"] for name in by])
    else:
        chosen = ranked.cross_join(takes)
    chosen = chosen.filter(chosen.place < chosen["take"])
    return chosen.select(*named, *kept, "key").order_by(["key", "household"])
