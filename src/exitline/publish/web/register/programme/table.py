"""The donor's table as a workbook, written in the background."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.read import programme
from exitline.exits.register.store.read.programme import AreaLine, donor_table
from exitline.files import whole_file
from exitline.proof.disclose.suppress import SUPPRESSED, suppress
from exitline.proof.disclose.ways import cross, flat, tree
from exitline.publish.web.register.procedures import current
from exitline.words.catalogue import Language, language

DONORS = "donors"
"""The name of the job."""


def write_table(store: Store, given: dict[str, Any], folder: Path, told: Any) -> dict[str, Any]:
    """The table of an area and a span of days, in the language of whoever asked.

    Parameters
    ----------
    store : Store
    given : dict
        first, last, by, language.
    folder : Path
    told : callable
        Is told how far it is.

    Returns
    -------
    dict
        file, rows.
    """
    told(0, 2)
    first, last = (date.fromisoformat(str(given[name])) for name in ("first", "last"))
    t = language(str(given["language"]))
    book, rows = _workbook(store, str(given["by"]), first, last, t)
    told(1, 2)
    file = folder / f"programme-{first.isoformat()}-{last.isoformat()}.xlsx"
    with whole_file(file) as partial:
        book.save(partial)
    told(2, 2)
    return {"file": file.name, "rows": rows}


def _workbook(store: Store, by: str, first: date, last: date, t: Language) -> tuple[Any, int]:
    """A line for each area; a second sheet with the whole and where it is from; how many lines."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet: Any = book.active
    sheet.title = "Areas"
    sheet.append([
        t("Path"), t("Area"), t("Level"), t("Households"), t("On the list"), t("Steps"),
        t("Left the list"), t("Came back to it"), t("Duties overdue"),
    ])  # fmt: skip
    lines = donor_lines(store, first, last)
    for one in lines:
        cells = [t.of(cell) if isinstance(cell, str) else cell for cell in one.cells.values()]
        sheet.append([one.area.path, _plain(one.area.name), t.of(one.area.level), *cells])
    notes: Any = book.create_sheet("Notes")
    exits = programme.exits_between(store, current(store), first, last)
    for label, value in (
        (t("From"), first), (t("To"), last), (t("Exits proposed"), _shown(exits.proposed, t)),
        (t("Exits refused or returned"), _shown(exits.refused, t)),
        (t("Objections"), _shown(exits.objected, t)), (t("Made by"), by),
        (t("Hidden"), t("Counts from 1 to below {n}, and as many others as it takes so that "
                        "nobody can work them out from sums", n=MIN_COUNT)),
        (t("Source"), t("The register's steps, each of which can be checked")),
    ):  # fmt: skip
        notes.append([label, value])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "C2"
    sheet.column_dimensions["B"].width = notes.column_dimensions["A"].width = 32
    return book, len(lines)


def _shown(count: int, t: Language) -> int | str:
    """A count beside the table."""
    found = small(count)
    return t.of(found) if isinstance(found, str) else found


def _plain(text: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


MIN_COUNT = 10
"""Counts from 1 to below it are hidden, as in a run."""
COLUMNS = ("households", "listed", "steps", "exited", "reversed", "overdue")
_HERE = "(here)"


@dataclass(frozen=True)
class DonorLine:
    """A line of the table.

    Parameters
    ----------
    area : AreaLine
        With every figure: not for publication.
    cells : mapping from column to int or str
        As published.
    """

    area: AreaLine
    cells: Mapping[str, int | str]


def donor_lines(store: Store, first: date, last: date) -> tuple[DonorLine, ...]:
    """A line for each area; what each holds beside its parts counts as a part.

    Parameters
    ----------
    store : Store
    first, last : date

    Returns
    -------
    tuple of DonorLine
    """
    areas = donor_table(store, first, last)
    if not areas:
        return ()
    chains, counts = _leaves(areas)
    way = tree([list(column) for column in zip(*chains, strict=True)])
    at = {node: i for i, node in enumerate(way.nodes)}
    listed = [[one["listed"], one["households"] - one["listed"]] for one in counts]
    both = suppress(cross(listed, [way, flat(2)]), min_count=MIN_COUNT).cells()
    found = {"listed": both[0::3], "households": both[2::3]}
    for name in COLUMNS[2:]:
        found[name] = suppress(
            cross([one[name] for one in counts], [way]), min_count=MIN_COUNT
        ).cells()
    return tuple(
        DonorLine(area, {name: found[name][at[_codes(area.path)]] for name in COLUMNS})
        for area in areas
    )


def small(count: int) -> int | str:
    """A count beside the table: hidden where it is small.

    Examples
    --------
    >>> small(0), small(3), small(10)
    (0, 'suppressed', 10)
    """
    return SUPPRESSED if 0 < count < MIN_COUNT else count


def _codes(path: str) -> tuple[str, ...]:
    return tuple(path.strip("/").split("/"))


def _leaves(
    areas: Sequence[AreaLine],
) -> tuple[list[tuple[str, ...]], list[dict[str, int]]]:
    """What no area below holds, with the chain of codes down to it, all chains equally long."""
    below: dict[tuple[str, ...], list[AreaLine]] = {}
    known = {_codes(area.path) for area in areas}
    for area in areas:
        codes = _codes(area.path)
        above = next((codes[:n] for n in range(len(codes) - 1, 0, -1) if codes[:n] in known), ())
        below.setdefault(above, []).append(area)
    longest = max(map(len, known)) + 1
    chains, counts = [], []
    for area in areas:
        codes = _codes(area.path)
        parts = below.get(codes, [])
        own = {
            name: getattr(area, name) - sum(getattr(part, name) for part in parts)
            for name in COLUMNS
        }
        if parts and not any(own.values()):
            continue
        chains.append((*codes, *([_HERE] * (longest - len(codes)))))
        counts.append(own)
    return chains, counts
