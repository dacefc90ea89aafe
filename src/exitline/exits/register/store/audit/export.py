"""A county's chain as a log on disk, for an auditor alone; and back into a register."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from exitline.digest import written as canonical
from exitline.exits.register.errors import LogDamagedError
from exitline.exits.register.event import Event
from exitline.exits.register.logbook import kept
from exitline.exits.register.logbook import store as files
from exitline.exits.register.logbook.canonical import START, chain, commit_of
from exitline.exits.register.store import texts
from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.models import (
    AreaRow,
    ChainRow,
    HouseholdRow,
    KeptTextRow,
    StepRow,
)
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.read.histories import event_of
from exitline.exits.register.store.read.places import county_of
from exitline.exits.register.store.together import together
from exitline.exits.register.store.write.chain import held_chains, next_step
from exitline.exits.register.store.write.derived import replayed
from exitline.exits.register.store.write.hand import area_of
from exitline.folders import whole_folder
from exitline.records import read_json

PLACES = "places.json"
AT_ONCE = 2000


def export_log(store: Store, county: str, folder: Path) -> int:
    """Write a county's chain as a log that `exitline lifecycle` reads, with the same head.

    Parameters
    ----------
    county : str
        Its path; "" for the only one.
    folder : Path
        Appears whole, or not at all.

    Returns
    -------
    int
        Steps written.
    """
    with store.transaction(), whole_folder(folder) as partial:
        area = county_of(store, county)
        steps = StepRow.objects.using(store.alias).filter(county=area).order_by("number")
        head, count = START, 0
        with (partial / files.EVENTS).open("wb") as handle:
            for step in steps.only("content", "hash", "commit", "number").iterator(AT_ONCE):
                handle.write(files.line_of(step.hash, step.content.encode()))
                count, head = step.number, step.commit or head
                if step.commit:
                    handle.write(files.line_of(step.commit, commit_of(step.number)))
        (partial / files.HEAD).write_bytes(files.head_bytes(head))
        _write_texts(store, steps, partial)
        places = dict(_places(store, area))
        (partial / PLACES).write_bytes(canonical(places))
    return count


def import_log(store: Store, folder: Path, area: str = "") -> int:
    """Take a log into a county that has no steps yet: the same lines, the same head.

    Parameters
    ----------
    folder : Path
    area : str
        The path of the county, or of a village of it where the log does not say where its
        households live.

    Returns
    -------
    int
        Steps taken.

    Raises
    ------
    LogDamagedError
        When a line is not what was recorded.
    StoreError
        When the county has steps already.
    """
    if not (folder / files.EVENTS).exists():
        raise LogDamagedError(
            "there is no log in the folder", where=str(folder),
            expected=f"a folder with {files.EVENTS}", remedy="name the log's folder",
        )  # fmt: skip
    with store.transaction():
        place = area_of(store, area or county_of(store).path)
        link = held_chains(store, [place.county_id])[0][place.county_id]
        if link.count:
            raise StoreError(
                "the county has steps already", where=place.county.path,
                expected="a county without steps", got=f"{link.count:,} steps",
                remedy="import the log into a new register or another county",
            )  # fmt: skip
        texts.add(store, list(_kept_texts(folder)))
        _take_steps(store, link, folder, place)
        _follow(store, place.county)
    return int(link.count)


def _take_steps(store: Store, link: ChainRow, folder: Path, place: AreaRow) -> None:
    """The steps of a log, in its batches; the chain must come out with the log's heads."""
    where = _read_places(folder)
    areas = {a.path: a for a in AreaRow.objects.using(store.alias).filter(county=place.county)}
    rows: dict[str, HouseholdRow] = {}
    pending: list[StepRow] = []
    for records, head in files.batches(folder):
        events = [Event.from_json(record["event"]) for record in records]
        for event in events:
            if event.household not in rows:
                at = areas.get(where.get(event.household, ""), place)
                rows[event.household] = HouseholdRow.objects.using(store.alias).create(
                    key=event.household, county=place.county, area=at, path=at.path
                )
        for position, event in enumerate(events, start=1):
            row = rows[event.household]
            row.steps += 1
            pending.append(next_step(link, row, event, row.steps, last=position == len(events)))
            link.last_recorded = event.recorded
        if not events:
            link.head = chain(link.head, commit_of(link.count))
        if link.head != head:
            raise LogDamagedError(
                "the log's lines are not in the form that they are recorded in",
                where=str(folder), expected="the head that its chain gives", got="another",
                remedy="export the log again",
            )  # fmt: skip
        if len(pending) >= AT_ONCE:
            StepRow.objects.using(store.alias).bulk_create(pending, batch_size=500)
            pending = []
    StepRow.objects.using(store.alias).bulk_create(pending, batch_size=500)
    link.save(using=store.alias)


def _follow(store: Store, county: AreaRow) -> None:
    """What follows from the steps of a county, household by household."""
    steps = StepRow.objects.using(store.alias).filter(county=county).select_related("household")
    stream = steps.order_by("household", "place").iterator(chunk_size=AT_ONCE)
    for _, group in groupby(stream, lambda step: step.household_id):
        mine = list(group)
        for step in mine:
            step.event = event_of(step.content)
        again = replayed(store, mine[0].household, mine)
        with together(store) as sent:
            again.write(sent, {step.number: step for step in mine})


def _write_texts(store: Store, steps: Any, folder: Path) -> None:
    """The procedures and rules that the steps name, as a log keeps them."""
    used = {
        texts.PROCEDURE: (kept.PROCEDURES, "yaml", "procedure"),
        texts.RULE: (kept.RULES, "json", "rule"),
    }
    for kind, (name, ending, column) in used.items():
        (folder / name).mkdir()
        digests = steps.order_by().values(column)
        rows = KeptTextRow.objects.using(store.alias).filter(kind=kind, digest__in=digests)
        for row in rows:
            (folder / name / f"{row.digest}.{ending}").write_bytes(row.text.encode())


def _kept_texts(folder: Path) -> Iterator[tuple[str, str, str, str]]:
    """The texts of a log, each verified against its digest."""
    for file in sorted((folder / kept.PROCEDURES).glob("*.yaml")):
        found = kept.procedure(folder, file.stem)
        yield texts.PROCEDURE, file.stem, found.name, found.text
    for file in sorted((folder / kept.RULES).glob("*.json")):
        rule = kept.rule(folder, file.stem)
        yield texts.RULE, file.stem, rule.name, canonical(rule.content).decode()


def _places(store: Store, county: AreaRow) -> Iterator[tuple[str, str]]:
    """Where each household of a county is now."""
    rows = HouseholdRow.objects.using(store.alias).filter(county=county, steps__gt=0)
    yield from rows.order_by("key").values_list("key", "path").iterator(AT_ONCE)


def _read_places(folder: Path) -> dict[str, str]:
    """Where the households of an exported log were; empty for a log that does not say."""
    if not (folder / PLACES).exists():
        return {}
    found = read_json(folder / PLACES, what="the places", shape=dict, error=LogDamagedError)
    return {str(key): str(path) for key, path in found.items()}
