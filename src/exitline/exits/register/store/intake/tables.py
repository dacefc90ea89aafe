"""Import of a table: a preview, refusals by row, everything in one transaction, and undo.

Within a scope: imports whose households or members lie inside, and no others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.db.models import Exists, Min, OuterRef, Q

from exitline.digest import file_digest
from exitline.errors import ExitlineError
from exitline.exits.register.steps.drafts import table_rows
from exitline.exits.register.store.errors import AuthorityError, StoreError
from exitline.exits.register.store.identifiers import hasher
from exitline.exits.register.store.intake.areas import against_areas, area_row, write_areas
from exitline.exits.register.store.intake.rows import (
    GivenHousehold,
    GivenMember,
    Refusals,
    check_columns,
    household_row,
    member_row,
)
from exitline.exits.register.store.intake.written import (
    Told,
    import_of,
    nobody,
    write_households,
    write_members,
)
from exitline.exits.register.store.models import (
    AreaRow,
    BatchRow,
    ChangeRow,
    HouseholdRow,
    IdentifierRow,
    MemberRow,
)
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.write.planning import look_at
from exitline.words.said import say

Hash = Callable[[str, str], str]
TELL_EVERY = 1000


@dataclass(frozen=True)
class Preview:
    """What an import would do.

    Parameters
    ----------
    kind : {"households", "members", "areas"}
    rows : int
        Of the table.
    good : tuple of GivenHousehold, GivenMember or GivenArea
        Those that would be taken.
    refusals : Refusals
    digest : str
        Of the file.
    """

    kind: str
    rows: int
    good: tuple[Any, ...]
    refusals: Refusals
    digest: str


def preview(store: Store, file: Path, kind: str, *, told: Told = nobody, **reading: Any) -> Preview:
    """Read a table and say what would be taken, and what is wrong with every other row.

    Parameters
    ----------
    file : Path
        CSV, Excel, Stata, Parquet and what else the project reads.
    kind : {"households", "members", "areas"}
    told : callable, optional
        Is told how many rows were read.
    **reading
        Options of the reader (`encoding`, `sheet` ...).

    Raises
    ------
    StoreError
        For columns that are missing, or that nothing is made of.
    """
    if kind not in KINDS:
        raise StoreError(
            say("there is no such kind of table"), expected=" or ".join(KINDS), got=repr(kind[:40]),
            remedy=say("name one of these"),
        )  # fmt: skip
    refusals, today, count = Refusals(), date.today(), 0
    read, against, _ = KINDS[kind]
    rows: list[tuple[int, Any]] = []
    for number, row in _numbered(file, kind, reading):
        count = number
        if not count % TELL_EVERY:
            told(count, None)
        try:
            rows.append((number, read(row, today)))
        except ExitlineError as reason:
            refusals.add(number, reason.what)
    if not count:
        raise StoreError(
            say("the table has no rows"),
            where=file.name, expected=say("a header and at least one row"),
            got=say("no row"), remedy=say("add the rows"),
        )  # fmt: skip
    with store.transaction():
        good = tuple(against(store, rows, refusals))
    return Preview(kind, count, good, refusals, file_digest(file))


def take(
    store: Store, found: Preview, name: str, by: str, *, partly: bool = False,
    told: Told = nobody,
) -> BatchRow:  # fmt: skip
    """Take the rows of a preview, all in one transaction.

    Parameters
    ----------
    found : Preview
    name : str
        What the import is called in lists: the file's name.
    by : str
        Who is answerable.
    partly : bool
        Take the good rows although others were refused.
    told : callable, optional
        Is told how many rows were written, of how many.

    Returns
    -------
    Batch
        By which it can be undone.

    Raises
    ------
    StoreError
        When rows were refused and `partly` is not set: nothing was taken.
    """
    if found.refusals.rows and not partly:
        what, many, rows = found.refusals.by_kind()[0]
        raise StoreError(
            f"{len(found.refusals.rows):,} of {found.rows:,} rows are refused; nothing was taken",
            where=f"{name}, row {rows[0]}", expected=say("rows that can all be taken"),
            got=f"{many:,} rows: {what}",
            remedy=say("correct the rows, or take the others alone with --partly"),
        )  # fmt: skip
    with store.transaction():
        batch = BatchRow.objects.using(store.alias).create(
            name=name, digest=found.digest, by=by, rows=len(found.good)
        )
        _, _, write = KINDS[found.kind]
        write(store, found.good, batch, by, told)
    look_at(store, len(found.good))
    return batch


def undo(store: Store, batch_id: int, by: str) -> int:
    """Take back an import, as long as nothing else has happened to its households.

    Returns
    -------
    int
        Households (or members) taken back. They stay in the tables, marked; their ids are free.

    Raises
    ------
    StoreError
        When there is no such import, or a household has changed since.
    """
    with store.transaction():
        batch = BatchRow.objects.using(store.alias).select_for_update().filter(pk=batch_id).first()
        if batch is None or batch.undone is not None:
            raise StoreError(
                say("there is no such import to take back"), where=f"import {batch_id}",
                expected=say("the number of an import that stands"),
                remedy=say("exitline register imports"),
            )  # fmt: skip
        own = ChangeRow.objects.using(store.alias).filter(what=import_of(batch))
        rows = HouseholdRow.objects.using(store.alias).filter(pk__in=own.values("household"))
        list(rows.order_by("id").select_for_update().values_list("id"))
        later = ChangeRow.objects.using(store.alias).filter(
            household__in=rows, pk__gt=own.aggregate(first=Min("pk"))["first"] or 0
        )
        touched = later.exclude(what=import_of(batch)).values("household").distinct().count()
        if touched:
            raise StoreError(
                say("households of the import have changed since"), where=f"import {batch_id}",
                expected=say("households that nobody has changed"),
                got=f"{touched:,} that were changed",
                remedy=say("correct these households one by one"),
            )  # fmt: skip
        count = _taken_back(store, batch, by)
        batch.undone = datetime.now(UTC)
        batch.save(using=store.alias)
    return int(count)


def _taken_back(store: Store, batch: BatchRow, by: str) -> int:
    """Mark the households of an import, or end its members; their identifiers are free again."""
    households = HouseholdRow.objects.using(store.alias).filter(batch=batch)
    members = MemberRow.objects.using(store.alias).filter(batch=batch, until__isnull=True)
    identifiers = IdentifierRow.objects.using(store.alias)
    identifiers.filter(Q(household__in=households) | Q(member__in=members)).delete()
    ended = members.update(until=date.today(), left_by="import taken back")
    gone = households.update(
        gone=str(say("import {n} taken back by {person}", n=str(batch.pk), person=by))
    )
    return int(gone or ended)


def _numbered(
    file: Path, kind: str, reading: Mapping[str, Any]
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The rows of a table with their numbers, its columns checked."""
    for number, row in enumerate(table_rows(file, reading), start=1):
        if number == 1:
            check_columns(kind, list(row), file.name)
        yield number, row


def _against_households(
    store: Store, rows: list[tuple[int, GivenHousehold]], refusals: Refusals
) -> Iterator[GivenHousehold]:
    """The households that nothing in the register or the table stands against."""
    areas = store.scope.of(AreaRow.objects.using(store.alias)).filter(county__isnull=False)
    places = {area.path: area for area in areas}
    codes: dict[str, list[str]] = {}
    for path, area in places.items():
        codes.setdefault(area.code, []).append(path)
    stand = HouseholdRow.objects.using(store.alias).filter(gone="")
    known = set(stand.values_list("county__path", "key"))
    taken, hashed = _taken(store), _hasher(store, rows)
    for number, row in rows:
        paths = [row.area] if row.area in places else codes.get(row.area, [])
        if len(paths) != 1:
            refusals.add(
                number,
                say("an area that several villages are called")
                if paths
                else say("no such area here"),
            )
            continue
        placed = GivenHousehold(
            row.key, paths[0], row.name, row.as_of, row.facts, row.lines,
            _hashes(hashed, row.identifiers),
        )  # fmt: skip
        key = (places[paths[0]].county.path, row.key)
        if key in known:
            refusals.add(number, say("a household with this id is there already"))
        elif _repeated(placed.identifiers, taken):
            refusals.add(number, say("an identifier that a household has already"))
        else:
            known.add(key)
            yield placed


def _against_members(
    store: Store, rows: list[tuple[int, GivenMember]], refusals: Refusals
) -> Iterator[GivenMember]:
    """The members of households that are there, with one head each."""
    stand = store.scope.of(HouseholdRow.objects.using(store.alias)).filter(gone="")
    keys = Counter(stand.values_list("key", flat=True))
    headed = MemberRow.objects.using(store.alias).filter(head=True, until__isnull=True)
    heads = set(headed.values_list("household__key", flat=True))
    taken, hashed = _taken(store), _hasher(store, rows)
    for number, row in rows:
        hidden = GivenMember(
            row.key, row.name, row.since, row.fields, _hashes(hashed, row.identifiers)
        )
        if row.key not in keys:
            refusals.add(number, say("no such household here"))
        elif keys[row.key] > 1:
            refusals.add(number, say("two counties have a household with this id"))
        elif row.fields["head"] and row.key in heads:
            refusals.add(number, say("a second head of a household"))
        elif _repeated(hidden.identifiers, taken):
            refusals.add(number, say("an identifier that a household has already"))
        else:
            if row.fields["head"]:
                heads.add(row.key)
            yield hidden


def _taken(store: Store) -> set[tuple[str, str]]:
    """Kind and hash of every identifier of the register."""
    return set(IdentifierRow.objects.using(store.alias).values_list("kind", "hash"))


def _hashes(hashed: Hash | None, identifiers: Mapping[str, str]) -> dict[str, str]:
    """Identifiers as hashes; the function is only needed where there are some."""
    if not identifiers or hashed is None:
        return {}
    return {kind: hashed(kind, value) for kind, value in identifiers.items()}


def _hasher(store: Store, rows: list[tuple[int, Any]]) -> Hash | None:
    """The store's hash function, where some row has an identifier."""
    return hasher(store) if any(row.identifiers for _, row in rows) else None


def _repeated(hashes: Mapping[str, str], taken: set[tuple[str, str]]) -> bool:
    """Whether one of the identifiers is taken; otherwise all of them are from now on."""
    mine = set(hashes.items())
    if mine & taken:
        return True
    taken |= mine
    return False


KINDS: Mapping[str, tuple[Any, Any, Any]] = {
    "households": (household_row, _against_households, write_households),
    "members": (member_row, _against_members, write_members),
    "areas": (area_row, against_areas, write_areas),
}
"""For each kind of table: a row read, rows compared with the register, rows written."""


def batches(store: Store, most: int = 50) -> tuple[BatchRow, ...]:
    """The latest imports of the scope; all of them where everything is seen."""
    with store.transaction():
        return tuple(_inside(store).order_by("-id")[:most])


def undo_own(store: Store, batch: int, by: str) -> int:
    """Take back an import of the scope, as `undo` does.

    Raises
    ------
    AuthorityError
        When some of it lies outside, or none inside.
    """
    with store.transaction():
        mine = _inside(store).filter(pk=batch).exists()
        low, high = store.scope.bounds
        elsewhere = any(
            model.objects.using(store.alias).filter(batch=batch).exclude(
                path__gte=low, path__lt=high
            ).exists()
            for model in (HouseholdRow, MemberRow)
        )  # fmt: skip
    if not mine or elsewhere:
        raise AuthorityError(
            say("there is no such import to take back"), where=f"import {batch}",
            expected=say("the number of an import that stands"),
            remedy=say("look at the list again"),
        )  # fmt: skip
    return undo(store, batch, by)


def _inside(store: Store) -> Any:
    """Imports that have something inside the scope."""
    rows = BatchRow.objects.using(store.alias)
    if not store.scope.path:
        return rows
    of = {
        model: store.scope.of(model.objects.using(store.alias)).filter(batch=OuterRef("pk"))
        for model in (HouseholdRow, MemberRow)
    }
    return rows.filter(Exists(of[HouseholdRow]) | Exists(of[MemberRow]))
