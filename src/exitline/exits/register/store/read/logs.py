"""A register as a log: what the commands of the life cycle ask, answered from the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.exits.register.event import Draft, Event
from exitline.exits.register.history import History
from exitline.exits.register.listing import events_schema
from exitline.exits.register.overdue import Duty
from exitline.exits.register.procedures.procedure import Procedure
from exitline.exits.register.store.audit.check import check, require_head
from exitline.exits.register.store.audit.heads import root_of
from exitline.exits.register.store.models import ChainRow
from exitline.exits.register.store.opening import Store, create_store, open_store
from exitline.exits.register.store.read import arrow, as_of, histories
from exitline.exits.register.store.write.areas import COUNTY, add_area
from exitline.exits.register.store.write.record import record_all

if TYPE_CHECKING:
    import pyarrow as pa

_EVENTS = (
    'SELECT h.key, s."on", s.state, s.number, e.step, s.category, s.listed FROM register_standing s'
    " JOIN register_step e ON e.county_id = s.county_id AND e.number = s.number"
    " JOIN register_household h ON h.id = s.household_id"
)


class StoreLog:
    """A register in a database with the face of a log.

    Parameters
    ----------
    store : Store
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    @classmethod
    def open(cls, address: str) -> StoreLog:
        """The register at an address.

        Raises
        ------
        StoreError
            When there is none.
        """
        return cls(open_store(address))

    @classmethod
    def begin(
        cls, address: str, drafts: Sequence[Draft], procedure: Procedure, *, where: str = "event"
    ) -> tuple[StoreLog, tuple[Event, ...]]:
        """A new register of one county without villages, with its first events."""
        store = create_store(address)
        with store.transaction():
            add_area(store, "", COUNTY, "County", COUNTY, since=procedure.valid_from)
            events = record_all(store, drafts, procedure, where=where)
        return cls(store), events

    def append(
        self,
        drafts: Sequence[Draft],
        procedure: Procedure,
        *,
        where: str = "event",
        area: str = "",
    ) -> tuple[Event, ...]:
        """Check drafts in order and record them all; or, if one is refused, none."""
        return record_all(self.store, drafts, procedure, where=where, area=area)

    @property
    def count(self) -> int:
        """How many events there are."""
        return sum(leaf[1] for leaf in self._leaves())

    @property
    def head(self) -> str:
        """The head of the only county, or the root over those of all counties."""
        leaves = self._leaves()
        return leaves[0][2] if len(leaves) == 1 else root_of(leaves)

    def history(self, household: str) -> History:
        """The events of a household."""
        return histories.history(self.store, histories.household(self.store, household))

    def duties(self, day: date) -> list[Duty]:
        """Every duty that had begun by a day, by SQL."""
        return list(as_of.duties(self.store, day))

    def counts(self, day: date, known_on: date | None = None) -> list[dict[str, Any]]:
        """Households by state at the end of a day, by SQL; the most frequent first."""
        found: dict[str, int] = {}
        for one in as_of.counts(self.store, day, known_on=known_on):
            found[one.state] = found.get(one.state, 0) + one.households
        order = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
        return [{"households": many, "state": state} for state, many in order]

    def write_states(self, day: date, path: Path, known_on: date | None = None) -> int:
        """Write the state of every household on a day into one Parquet file."""
        query, schema = as_of.states_query(self.store, day, known_on)
        return arrow.write(self.store, query, schema, path)

    def table(self, known_on: date | None = None) -> pa.Table:
        """The events as an Arrow table, without evidence or names."""
        return arrow.table(self.store, self._events(known_on), events_schema())

    def write_events(self, path: str | Path) -> int:
        """Write the events into one Parquet file, in constant memory."""
        return arrow.write(self.store, self._events(None), events_schema(), path)

    def faults(self) -> tuple[str, ...]:
        """What does not follow, in words (`audit.check`)."""
        return check(self.store).faults

    def require_head(self, head: str) -> None:
        """Refuse a register in which a head that was noted earlier does not stand."""
        with self.store.transaction():
            require_head(self.store, head)

    @property
    def household_count(self) -> int:
        """How many households have taken a step."""
        with self.store.transaction() as cursor:
            cursor.execute("SELECT count(*) FROM register_household WHERE steps > 0")
            return int(cursor.fetchone()[0])

    def _leaves(self) -> list[tuple[str, int, str]]:
        with self.store.transaction():
            rows = ChainRow.objects.using(self.store.alias).order_by("county__path")
            return list(rows.values_list("county__path", "count", "head"))

    def _events(self, known_on: date | None) -> str:
        """The query of the events in the order of the log."""
        limit = arrow.day(known_on or as_of.KNOWN)
        within = arrow.within(self.store, "s")
        return f"{_EVENTS} WHERE {within} AND s.recorded <= {limit} ORDER BY s.county_id, s.number"
