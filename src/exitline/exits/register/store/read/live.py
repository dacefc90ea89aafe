"""The register as one table, a row a household: what estimates and cross-checks are run on."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.models import AreaRow
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.read import arrow

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = """
SELECT h.id, h.key, h.path, coalesce(s.state, ''), coalesce(s.category, ''), s.listed, s.since,
       coalesce(m.members, 0), coalesce(m.workers, 0), coalesce(m.heads, 0),
       i.income, CAST(c.facts AS TEXT)
FROM register_household h
LEFT JOIN (
  SELECT household_id, state, category, listed, since FROM register_standing
  WHERE "on" <= {day} AND (next_on IS NULL OR next_on > {day})
) s ON s.household_id = h.id
LEFT JOIN (
  SELECT household_id, count(*) AS members, sum(CASE WHEN worker THEN 1 ELSE 0 END) AS workers,
         sum(CASE WHEN head THEN 1 ELSE 0 END) AS heads
  FROM register_member WHERE since <= {day} AND (until IS NULL OR until > {day})
  GROUP BY household_id
) m ON m.household_id = h.id
LEFT JOIN (
  SELECT id, household_id, facts,
         row_number() OVER (PARTITION BY household_id ORDER BY as_of DESC, id DESC) AS latest
  FROM register_card WHERE as_of <= {day}
) c ON c.household_id = h.id AND c.latest = 1
LEFT JOIN (
  SELECT card_id, CAST(sum(amount) AS double precision) AS income FROM register_incomeline
  GROUP BY card_id
) i ON i.card_id = c.id
WHERE (h.gone = '' OR h.gone_on > {day}) AND (h.came_on IS NULL OR h.came_on <= {day})
  AND {within}
ORDER BY h.id
"""
_MEASURES = """
SELECT DISTINCT household_id, kind FROM register_measure
WHERE since <= {day} AND (until IS NULL OR until > {day}) AND {within}
"""
ID = "exitline__id"
OWN = ("household", "path", "state", "category", "listed", "state_since", "members", "workers",
       "heads", "income", "measures")  # fmt: skip


def live_table(store: Store, day: date | None = None, *, ids: bool = False) -> pa.Table:
    """The households of a register on a day, with the facts of their cards.

    Parameters
    ----------
    store : Store
    day : date, optional
        Today when not given.
    ids : bool
        Also the rows' ids, as `exitline__id`.

    Returns
    -------
    pyarrow.Table
        household, path, one column for each level of area (its path), state, category, listed,
        state_since, members, workers, heads, income (the sum of its lines), measures (how
        many), measure_KIND for each kind, and every fact under its name (fact_NAME where one of
        these has the name).
    """
    import pyarrow as pa

    given = day or date.today()
    said = {"day": arrow.day(given)}
    rows = arrow.table(
        store, _ROWS.format(**said, within=arrow.within(store, "h")), _schema()
    ).combine_chunks()
    measures = arrow.table(
        store,
        _MEASURES.format(**said, within=arrow.within(store, "register_measure")),
        pa.schema([("household", pa.int64()), ("kind", pa.string())]),
    )
    columns: dict[str, Any] = {name: rows[name] for name in OWN if name in rows.column_names}
    if ids:
        columns[ID] = rows["id"]
    columns |= _places(store, rows["path"])
    columns |= _by_kind(rows["id"], measures)
    for name, column in _facts(rows["facts"]).items():
        columns[f"fact_{name}" if name in columns else name] = column
    return pa.table(columns)


def _schema() -> pa.Schema:
    import pyarrow as pa

    text, whole = pa.string(), pa.int64()
    return pa.schema(
        [
            ("id", whole), ("household", text), ("path", text), ("state", text),
            ("category", text), ("listed", pa.bool_()), ("state_since", pa.date32()),
            ("members", whole), ("workers", whole), ("heads", whole),
            ("income", pa.float64()), ("facts", text),
        ]
    )  # fmt: skip


def _places(store: Store, paths: Any) -> dict[str, Any]:
    """For each level of area, the path of the one that a household lives in."""
    import pyarrow as pa

    with store.transaction():
        levels = dict(AreaRow.objects.using(store.alias).values_list("path", "level"))
    coded = paths.combine_chunks().dictionary_encode()
    coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
    above: list[dict[str, str]] = []
    for path in coded.dictionary.to_pylist():
        parts = path.split("/")[:-1]
        ways = ["/".join(parts[: i + 1]) + "/" for i in range(len(parts))]
        above.append({levels[way]: way for way in ways if way in levels})
    names = sorted({level for one in above for level in one})
    return {
        name: pa.array([one.get(name) for one in above], pa.string()).take(coded.indices)
        for name in names
    }


def _by_kind(ids: Any, measures: pa.Table) -> dict[str, Any]:
    """How many kinds of measure each household has, and whether it has each kind."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found: dict[str, Any] = {}
    many = pa.array([0] * len(ids), pa.int64())
    for kind in sorted(set(measures["kind"].to_pylist())):
        having = measures.filter(pc.equal(measures["kind"], kind))["household"]
        found[f"measure_{kind}"] = has = pc.is_in(ids, value_set=having.combine_chunks())
        many = pc.add(many, has.cast(pa.int64()))
    return {"measures": many, **found}


def _facts(facts: Any) -> dict[str, Any]:
    """The facts of the cards as columns; a household without a card has none."""
    import pyarrow as pa
    import pyarrow.json as pj

    lines = "\n".join(text or "{}" for text in facts.to_pylist())
    if not lines.replace("{}", "").strip():
        return {}
    try:
        block = pj.ReadOptions(block_size=max(len(lines.encode()) + 1, 1 << 20))
        read = pj.read_json(BytesIO(lines.encode()), block)
    except pa.ArrowInvalid as reason:
        raise StoreError(
            "a fact is of several kinds",
            where="cards",
            expected="numbers, or words, or true and false, for all households alike",
            got=str(reason).partition(" in row")[0][:200],
            remedy="write the fact in one way on every card",
        ) from reason
    return {name: read[name] for name in read.column_names}
