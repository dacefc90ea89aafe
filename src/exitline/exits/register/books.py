"""Where the life of households is kept: a log in a folder, or a register in a database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from exitline.exits.register.errors import LifecycleError
from exitline.exits.register.event import Draft, Event
from exitline.exits.register.listing import events_table, write_events
from exitline.exits.register.logbook.checking import faults_of
from exitline.exits.register.logbook.log import Log
from exitline.exits.register.overdue import Duty, duties
from exitline.exits.register.procedures.procedure import Procedure

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.exits.register.store.read.logs import StoreLog

Book: TypeAlias = "Log | StoreLog"
_ADDRESSES = ("sqlite:///", "postgresql://", "postgres://")


def in_database(source: str) -> bool:
    """Whether a source is the address of a database, and no path.

    Examples
    --------
    >>> in_database("postgresql://office@localhost/register"), in_database("register/")
    (True, False)
    """
    return source.startswith(_ADDRESSES)


def opened(source: str) -> Book:
    """The log in a folder, or the register at an address.

    Parameters
    ----------
    source : str

    Returns
    -------
    Log or StoreLog

    Raises
    ------
    LifecycleError
        When there is none.
    """
    if not in_database(source):
        return Log.open(source)
    from exitline.exits.register.store.read.logs import StoreLog

    return StoreLog.open(source)


def begun(
    source: str, drafts: Sequence[Draft], procedure: Procedure, *, where: str = "event"
) -> tuple[Book, tuple[Event, ...]]:
    """A new log or register with its first events; where one is refused, nothing is left.

    Parameters
    ----------
    source : str
    drafts, procedure, where
        As in `Log.append`.

    Returns
    -------
    tuple of (Log or StoreLog) and tuple of Event
    """
    if not in_database(source):
        return Log.begin(source, drafts, procedure, where=where)
    from exitline.exits.register.store.read.logs import StoreLog

    return StoreLog.begin(source, drafts, procedure, where=where)


def append(
    book: Book, drafts: Sequence[Draft], procedure: Procedure, *, where: str, area: str = ""
) -> tuple[Event, ...]:
    """Check drafts in order and record them all; or, if one is refused, none.

    Parameters
    ----------
    book : Log or StoreLog
    drafts, procedure, where
        As in `Log.append`.
    area : str
        In a register, the path where households live that it does not hold yet.
    """
    if not isinstance(book, Log):
        return book.append(drafts, procedure, where=where, area=area)
    if area:
        raise LifecycleError(
            "a log knows no areas", where=str(book.folder), expected="a register in a database",
            got="an area", remedy="leave --area out",
        )  # fmt: skip
    return book.append(drafts, procedure, where=where)


def all_duties(book: Book, day: date) -> list[Duty]:
    """The duties of every household that had begun by a day."""
    if not isinstance(book, Log):
        return book.duties(day)
    return [d for h in book.households for d in duties(book.history(h), book.procedure, day)]


def table(book: Book, known_on: date | None = None) -> pa.Table:
    """The events, as far as they were known on a day, without evidence or names."""
    if not isinstance(book, Log):
        return book.table(known_on)
    return events_table([e for e in book.events if known_on is None or e.recorded <= known_on])


def states(
    address: str, day: date, known_on: date | None = None, out: Path | None = None
) -> tuple[list[dict[str, Any]], int | None]:
    """Households of a database by state on a day; written into a Parquet file where one is named.

    Parameters
    ----------
    address : str
    day : date
    known_on : date, optional
        Leave out what was recorded later.
    out : Path, optional

    Returns
    -------
    tuple of list and int or None
        Rows with households and state, the most frequent first; and how many were written.
    """
    from exitline.exits.register.store.read.logs import StoreLog

    book = StoreLog.open(address)
    counts = book.counts(day, known_on)
    return counts, None if out is None else book.write_states(day, out, known_on)


def name_of(source: str) -> str:
    """A source in messages: a file's name, or an address without user and password."""
    if not in_database(source):
        return Path(source).name
    from exitline.exits.register.store.addresses import shown

    return shown(source)


def faults(book: Book) -> tuple[str, ...]:
    """What does not follow, in words."""
    return faults_of(book) if isinstance(book, Log) else book.faults()


def export(book: Book, path: str | Path) -> int:
    """Write the events into one Parquet file; how many."""
    return write_events(book.events, path) if isinstance(book, Log) else book.write_events(path)
