"""What changed this week, who is late, exits and what became of them; the donor's table."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from exitline.exits.register.store.read import programme
from exitline.publish.web.register import pages
from exitline.publish.web.register.acting import AUDITOR, OFFICE, SignedIn, acting
from exitline.publish.web.register.intake.field import SHEET, attached
from exitline.publish.web.register.procedures import current
from exitline.publish.web.register.programme.donors import MIN_COUNT, donor_lines, small
from exitline.publish.web.register.typed import day_of
from exitline.words.catalogue import Language

YEAR = 365


@require_safe
@acting(OFFICE, AUDITOR)
def show(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """The programme in the own area."""
    first, last = _span(request)
    store, procedure, today = person.store, current(person.store), date.today()
    week = programme.steps_since(store, programme.week_before(today))
    labels = {name: step.label for name, step in procedure.steps.items()}
    return pages.page(
        request, "programme", person=person, first=first, last=last, labels=labels,
        week=week, week_from=programme.week_before(today), many=sum(n for _, n in week),
        late=programme.late_by_area(store, today),
        exits=programme.exits_between(store, procedure, first, last),
        relapses=programme.relapses(store, today).months,
    )  # fmt: skip


@require_safe
@acting(OFFICE, AUDITOR)
def table(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """The donor's table as a workbook."""
    first, last = _span(request)
    content = _workbook(person, first, last, pages.spoken(request))
    return attached(content, SHEET, f"programme-{first.isoformat()}-{last.isoformat()}.xlsx")


def _workbook(person: SignedIn, first: date, last: date, t: Language) -> bytes:
    """A line for each area; a second sheet with the whole and where it is from."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    store = person.store
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
        (t("Objections"), _shown(exits.objected, t)), (t("Made by"), person.name),
        (t("Hidden"), t("Counts from 1 to below {n}, and as many others as it takes so that "
                        "nobody can work them out from sums", n=MIN_COUNT)),
        (t("Source"), t("The register's steps, each of which can be checked")),
    ):  # fmt: skip
        notes.append([label, value])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "C2"
    sheet.column_dimensions["B"].width = notes.column_dimensions["A"].width = 32
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _shown(count: int, t: Language) -> int | str:
    """A count beside the table."""
    found = small(count)
    return t.of(found) if isinstance(found, str) else found


def _plain(text: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def _span(request: HttpRequest) -> tuple[date, date]:
    """The days that were asked for: the last year by default."""
    last = day_of(request.GET.get("last")) or date.today()
    first = day_of(request.GET.get("first")) or last - timedelta(days=YEAR)
    return min(first, last), max(first, last)
