"""A record of decisions that others took and announced, shown year by year.

Nothing is decided here. The record says which unit left in which year; counts and shares
by area are exact arithmetic on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from exitline.errors import nearest
from exitline.publish.explorer.edges import class_edges, edges_by_level
from exitline.publish.explorer.errors import ExplorerError
from exitline.publish.explorer.model import (
    Area,
    AreaLevel,
    DecidedCriterion,
    DecisionSet,
    Explorer,
    Judged,
    Series,
    SeriesFigures,
    ShownFigure,
    Verify,
)
from exitline.publish.explorer.places import places_of, put_in_place
from exitline.publish.explorer.settings import RECORD_FIGURES
from exitline.publish.explorer.shapes import put_in_shape
from exitline.publish.explorer.tables import read_table
from exitline.publish.explorer.texts import known
from exitline.stats.data.values import written
from exitline.words.said import Text, say

if TYPE_CHECKING:
    from exitline.publish.explorer.settings import RecordUse, Settings

LEFT, LISTED = 0, 1
NOTICE = say("A record of decisions, not evidence for them.")

TEMPLATES: tuple[Text, ...] = (
    say("The decision was announced in {0}."),
    say("The decision was announced in {0}. Note of the record: {1}."),
)
"""Sentences of `_said`."""


@dataclass(frozen=True)
class Unit:
    """One row of a record."""

    key: str
    name: Text
    chain: tuple[str, ...]
    year: int
    note: str


def explorer_of_record(settings: Settings) -> Explorer:
    """An explorer of a record of decisions.

    Parameters
    ----------
    settings : Settings
        With a record.

    Returns
    -------
    Explorer

    Raises
    ------
    ExplorerError
        When the record lacks a column, names a unit twice, or does not agree with the
        numbers that were published.

    Examples
    --------
    >>> from exitline.publish.explorer.settings import load_settings
    >>> shown = explorer_of_record(load_settings("examples/china-832/explorer.yaml"))
    >>> shown.years, shown.figures[0].cells[0].text
    (('2015', '2016', '2017', '2018', '2019', '2020'), '0')
    """
    use = settings.record
    assert use is not None
    units = _units(use, read_table(use.file, (use.key, use.name, *use.levels)))
    _check_published(units, use, settings)
    levels = _levels(use, settings)
    areas, members = _areas(units, levels)
    levels, areas, shaped = _placed(levels, areas, settings)
    areas = _romanised(areas, use)
    years = tuple(range(use.before, max(unit.year for unit in units) + 1))
    series = _series(areas, members, units, use, years)
    figures = tuple(
        SeriesFigures(s, y, _cells(s, year, areas, members, units))
        for s in range(len(series))
        for y, year in enumerate(years)
    )
    return Explorer(
        "record", settings.title or "", settings.summary or "", settings.languages,
        tuple(str(y) for y in years), tuple(levels), tuple(areas), series, figures,
        _decisions(levels, areas, units, use, years), settings.notice or NOTICE,
        outcomes=(use.left, use.listed, known("cannot tell yet")), templates=TEMPLATES,
        sources=((use.source, use.url),), method=(*_method(use), *shaped), verify=_verify(use),
        opens=settings.opens,
        disclosure=say("The record names areas, not households: nothing is suppressed."),
    )  # fmt: skip


def _units(use: RecordUse, rows: Sequence[Mapping[str, Any]]) -> list[Unit]:
    """The record's rows; a unit without a key of its own is told apart by its names."""
    wanted = (use.key, use.name, use.year, *use.levels)
    there = set(rows[0]) if rows else set()
    for name in wanted:
        if name not in there:
            raise ExplorerError(
                f"the record has no column '{name}'", where=str(use.file),
                expected=", ".join(wanted), got=", ".join(sorted(there)) or "no rows",
                remedy=nearest(name, there) or "name a column of the file",
            )  # fmt: skip
    found: dict[str, Unit] = {}
    for number, row in enumerate(rows, start=2):
        chain = tuple(written(row[name]) or "" for name in use.levels)
        own = written(row[use.name]) or ""
        key = written(row[use.key]) or ", ".join((*chain, own))
        year = row[use.year]
        year = int(year) if isinstance(year, float) and year.is_integer() else year
        if not isinstance(year, int) or year <= use.before:
            raise ExplorerError(
                "a row has no usable year", where=f"{use.file}, row {number}",
                expected=f"a year after {use.before}", got=str(year),
                remedy="correct the row, or `before` in the explorer file",
            )  # fmt: skip
        if key in found:
            raise ExplorerError(
                "a unit appears twice in the record", where=f"{use.file}, row {number}",
                expected=f"each {use.key} once", got=key, remedy="remove one of the two rows",
            )  # fmt: skip
        found[key] = Unit(key, own, chain, year, str(row.get("note") or ""))
    return list(found.values())


def _check_published(units: Sequence[Unit], use: RecordUse, settings: Settings) -> None:
    """Hold the record against the numbers that were announced."""
    for year, number in use.published.items():
        counted = sum(unit.year == year for unit in units)
        if counted != number:
            raise ExplorerError(
                f"the record does not agree with the published number for {year}",
                where=f"{settings.path}, key record.published.{year}",
                expected=f"{number:,} (published)", got=f"{counted:,} (counted in the record)",
                remedy="find out which of the two changed, and why",
            )  # fmt: skip


def _levels(use: RecordUse, settings: Settings) -> list[AreaLevel]:
    """The areas that units lie in, then the units themselves."""
    found = []
    for index, name in enumerate(use.levels):
        given = settings.areas.get(name)
        title = given.title if given is not None and given.title is not None else name
        many = given.many if given is not None and given.many is not None else title
        found.append(AreaLevel(name, title, many, index - 1))
    return [*found, AreaLevel(use.key, use.unit, use.units, len(use.levels) - 1)]


def _areas(
    units: Sequence[Unit], levels: Sequence[AreaLevel]
) -> tuple[list[Area], dict[int, list[int]]]:
    """All areas, each after the one it lies in, and the units of each by position."""
    areas = [Area("", known("All together"))]
    members: dict[int, list[int]] = {0: list(range(len(units)))}
    position: dict[tuple[str, ...], int] = {(): 0}
    for depth in range(len(levels)):
        for number, unit in enumerate(units):
            chain = (*unit.chain, unit.key)[: depth + 1]
            if chain not in position:
                position[chain] = len(areas)
                last = depth == len(levels) - 1
                key, label = (unit.key, unit.name) if last else (chain[-1], chain[-1])
                areas.append(Area(key, label, depth, position[chain[:-1]]))
            members.setdefault(position[chain], []).append(number)
    return areas, members


def _placed(
    levels: Sequence[AreaLevel], areas: list[Area], settings: Settings
) -> tuple[list[AreaLevel], list[Area], tuple[tuple[Text, Text], ...]]:
    """Areas with the names, places and shapes that tables and boundaries give them."""
    use, done = settings.record, list(levels)
    notes: tuple[tuple[Text, Text], ...] = ()
    assert use is not None
    for index, level in enumerate(levels):
        given = settings.areas.get(level.key)
        path = given.places if given is not None else None
        if index == len(levels) - 1 and path is None:
            path = use.positions
        if path is not None:
            rows = read_table(path, ("key", use.key, "label"))
            rows = [{"key": row[use.key], **row} if use.key in row else row for row in rows]
            layout, places = places_of(path, rows)
            done[index], areas = put_in_place(level, index, areas, layout, places)
        if given is not None and given.boundaries is not None:
            done[index], areas, more = put_in_shape(done[index], index, areas, given.boundaries)
            notes += more
    return done, areas, notes


def _romanised(areas: list[Area], use: RecordUse) -> list[Area]:
    """Areas whose names are in one script only, with the name in Latin letters beside it."""
    if use.romanised is None:
        return areas
    rows = read_table(use.romanised, ("name", "latin"))
    latin = {str(row["name"]): str(row["latin"]) for row in rows}

    def named(area: Area) -> Area:
        label = area.label
        if not isinstance(label, str) or str(label) not in latin:
            return area
        return replace(area, label={"en": f"{latin[str(label)]} ({label})", "zh": str(label)})

    return [named(area) for area in areas]


def _series(
    areas: Sequence[Area], members: Mapping[int, list[int]], units: Sequence[Unit], use: RecordUse,
    years: Sequence[int],
) -> tuple[Series, ...]:  # fmt: skip
    """Units that have left, their share, those that left in the year, those still listed."""
    labels: tuple[Text, ...] = (
        say("{outcome}: number", outcome=use.left),
        say("{outcome}: share", outcome=use.left),
        say("{outcome}: in the year alone", outcome=use.left),
        say("{outcome}: number", outcome=use.listed),
    )
    found = []
    for name, label in zip(RECORD_FIGURES, labels, strict=True):
        unit = "percent" if name == "share" else "areas"
        by_level: dict[int, list[float]] = {}
        for a in range(1, len(areas)):
            if areas[a].level < len(use.levels):
                by_level.setdefault(areas[a].level, []).extend(
                    float(_value(name, year, [units[m] for m in members[a]])) for year in years
                )
        values = [value for of_level in by_level.values() for value in of_level]
        words = say("% of {units}", units=use.units)
        edges = class_edges(values, unit)
        finer = edges_by_level(by_level, unit, len(use.levels))
        unit_words = words if unit == "percent" else use.units
        label = use.labels.get(name, label)
        found.append(Series(name, label, "", unit, unit_words, False, edges=edges,
                            edges_at=finer))  # fmt: skip
    return tuple(found)


def _value(kind: str, year: int, units: Sequence[Unit]) -> Decimal:
    """One figure of an area in a year, exact."""
    left = sum(unit.year <= year for unit in units)
    if kind == "share":
        share = Decimal(100 * left) / Decimal(len(units))
        return share.quantize(Decimal("0.1"), ROUND_HALF_UP)
    if kind == "in_year":
        return Decimal(sum(unit.year == year for unit in units))
    return Decimal(left if kind == "left" else len(units) - left)


def _cells(
    series: int, year: int, areas: Sequence[Area], members: Mapping[int, list[int]],
    units: Sequence[Unit],
) -> tuple[ShownFigure, ...]:  # fmt: skip
    """The figures of all areas that hold units, in one year."""
    found = []
    last = max(area.level for area in areas)
    for index, area in enumerate(areas):
        if area.level == last:
            continue
        value = _value(RECORD_FIGURES[series], year, [units[m] for m in members[index]])
        text = f"{value}\N{NO-BREAK SPACE}%" if RECORD_FIGURES[series] == "share" else f"{value:,}"
        found.append(ShownFigure(index, float(value), text=text))
    return tuple(found)


def _decisions(
    levels: Sequence[AreaLevel], areas: Sequence[Area], units: Sequence[Unit], use: RecordUse,
    years: Sequence[int],
) -> tuple[DecisionSet, ...]:  # fmt: skip
    """Which units have left by the end of each year."""
    last = len(levels) - 1
    own = tuple(i for i, area in enumerate(areas) if area.level == last)
    by_key = {unit.key: unit for unit in units}
    of = [by_key[areas[i].key] for i in own]
    said = [_said(unit) for unit in of]
    asked = (DecidedCriterion("", use.left),)
    return tuple(
        DecisionSet(
            last, y, asked, own,
            (tuple(
                Judged(LEFT if unit.year <= year else LISTED, reason=reason)
                for unit, reason in zip(of, said, strict=True)
            ),),
            ((sum(u.year <= year for u in of), sum(u.year > year for u in of), 0),),
        )
        for y, year in enumerate(years)
    )  # fmt: skip


def _said(unit: Unit) -> list[int | str]:
    """The sentence of a unit: with its note, where the record has one."""
    return [1, str(unit.year), unit.note] if unit.note else [0, str(unit.year)]


def _method(use: RecordUse) -> tuple[tuple[Text, Text], ...]:
    """What the record is, and is not."""
    names = say(
        "Names in Latin letters were made by a machine from the record's own; they are no official "
        "spelling."
    )
    romanised = ((say("Names"), names),) if use.romanised is not None else ()
    return (
        *romanised,
        (
            say("Data"),
            say(
                "A list of units with the year in which each decision was announced. Counts and "
                "shares are exact; there is no sampling error."
            ),
        ),
        (
            say("What it is not"),
            say(
                "It says what was decided, not whether the rule was met: no rate of poverty is "
                "in it, and nothing was checked against a rule here."
            ),
        ),
    )


def _verify(use: RecordUse) -> Verify:
    """How a stranger counts again."""
    from exitline.proof.claim import file_digest

    words = say(
        "Count again: group the file by area and year. The numbers were checked against those "
        "published when this page was made."
    )
    return Verify(words, (), ((use.file.name, file_digest(use.file)),))
