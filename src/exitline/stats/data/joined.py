"""Tables with more columns: those of another with the same key, and those that a study names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exitline.errors import SPELLING, StudyError, unknown
from exitline.stats.data.keys import alike
from exitline.stats.data.readers.names import OWN
from exitline.stats.data.studies.study import Study

if TYPE_CHECKING:
    import ibis

JOIN_KEY, _OWN_KEY = OWN + "persons_key", OWN + "key"


def analysis_rows(table: ibis.Table, study: Study, persons: ibis.Table | None) -> ibis.Table:
    """What the rows of the analysis are: households, or persons with their household's columns.

    A household column whose name the persons table has, too, is called household_<name>.
    """
    if study.unit == "household":
        return table
    assert persons is not None
    assert study.key is not None
    require_column(study.key.persons, persons.columns, study, "data.on")
    require_column(study.key.households, table.columns, study, "data.on")
    ours, theirs = alike(persons[study.key.persons], table[study.key.households])
    renamed = _free_names(table.columns, persons.columns)
    columns = {new: table[name] for name, new in renamed.items()}
    return joined_on(persons, ours, table.select(**columns, **{JOIN_KEY: theirs}))


def _free_names(columns: Sequence[str], taken: Iterable[str]) -> dict[str, str]:
    """A name for each column that no other has: household_<name> where its own is taken."""
    used = {name.casefold() for name in taken}
    found: dict[str, str] = {}
    for name in sorted(columns, key=lambda name: name.casefold() in used):
        free = name
        while free.casefold() in used:
            free = f"household_{free}"
        used.add(free.casefold())
        found[name] = free
    return {name: found[name] for name in columns}


def joined_on(table: ibis.Table, key: ibis.Value, other: ibis.Table) -> ibis.Table:
    """The table with the columns of another that has the same key, once each, in `JOIN_KEY`.

    The key is selected before it is joined on (see `exitline.stats.data.keys.written`).
    """
    keyed = table.mutate(**{_OWN_KEY: key})
    return keyed.left_join(other, keyed[_OWN_KEY] == other[JOIN_KEY]).drop(_OWN_KEY, JOIN_KEY)


def with_columns(
    table: ibis.Table, named: Mapping[str, ibis.Value], original: tuple[str, ...]
) -> ibis.Table:
    """The file's columns that no name hides, then the named ones."""
    hidden = {name.casefold() for name in named}
    kept = {name: table[name] for name in original if name.casefold() not in hidden}
    return table.select(**kept, **named)


def require_column(name: str, there: Any, study: Study, where: str) -> None:
    """Refuse a column that is not there."""
    known = list(there)
    if name in known:
        return
    raise unknown(
        "column", name, known, error=StudyError, where=study.where(where), remedy=SPELLING
    )


def place_of(study: Study, name: str) -> str:
    """Where a column of design or levels was declared."""
    stem = name.rpartition("_")[0] if name[-1:].isdigit() else name
    for key in (f"design.{name}", f"design.{stem}", f"levels.{name}", f"columns.{name}"):
        if key in study.places:
            return study.places[key]
    return name
