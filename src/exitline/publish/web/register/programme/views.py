"""What changed this week, who is late, exits and what became of them; asking for a table.

The standard's estimates and decisions on the live tables: a button, and what came of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from exitline.exits.register.procedures.procedure import Procedure
from exitline.exits.register.store.jobs.asking import ask
from exitline.exits.register.store.jobs.kinds import KINDS, figures_folder
from exitline.exits.register.store.models import JobRow
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.read import programme
from exitline.exits.register.store.read.states import kept
from exitline.publish.web.register import pages
from exitline.publish.web.register.acting import AUDITOR, OFFICE, SignedIn, acting, keeping
from exitline.publish.web.register.procedures import current
from exitline.publish.web.register.programme.table import DONORS
from exitline.publish.web.register.typed import day_of

YEAR = 365
QUICK = 0.5
"""Seconds: what is counted sooner is counted for each look at the page."""


@require_safe
@acting(OFFICE, AUDITOR)
def show(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """The programme in the own area."""
    first, last = _span(request)
    store, procedure, today = person.store, current(person.store), date.today()
    found = kept(
        store, ("programme", procedure.digest, first, last, today),
        lambda: _counted(store, procedure, first, last, today), free=QUICK,
    )  # fmt: skip
    labels = {name: step.label for name, step in procedure.steps.items()}
    return pages.page(
        request, "programme", person=person, first=first, last=last, labels=labels,
        week_from=programme.week_before(today), **found,
    )  # fmt: skip


def _counted(
    store: Store, procedure: Procedure, first: date, last: date, today: date
) -> dict[str, Any]:
    """What the page says."""
    week = programme.steps_since(store, programme.week_before(today))
    return {
        "week": week,
        "many": sum(n for _, n in week),
        "late": programme.late_by_area(store, today),
        "exits": programme.exits_between(store, procedure, first, last),
        "relapses": programme.relapses(store, today).months,
    }


@require_POST
@acting(OFFICE, AUDITOR)
def table(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """Ask for the donor's table: it is written in the background."""
    first, last = day_of(request.POST.get("first")), day_of(request.POST.get("last"))
    if first is None or last is None:
        return pages.page(request, "nothing", status=404, person=person)
    ask(
        person.store, DONORS, person.name, first=min(first, last).isoformat(),
        last=max(first, last).isoformat(), by=person.name, language=pages.spoken(request).code,
    )  # fmt: skip
    return HttpResponseRedirect("/exports")


def _span(request: HttpRequest) -> tuple[date, date]:
    """The days that were asked for: the last year by default."""
    last = day_of(request.GET.get("last")) or date.today()
    first = day_of(request.GET.get("first")) or last - timedelta(days=YEAR)
    return min(first, last), max(first, last)


FILES = {"report": "run/report.html", "explorer": "explorer.html", "claims": "run/claims.json"}
"""What a run leaves to be read: name in the address, file."""
PAGE_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
    " allow-scripts allow-downloads"
)
"""Of pages that bring their own script along: they may load nothing and send nothing."""
LONGEST = timedelta(hours=1)
"""After which a run that has not ended is taken for dead."""
RUN, VERIFY = "figures", "verify"
"""The jobs."""


@dataclass(frozen=True)
class LastRun:
    """What is known of the runs of an area.

    Parameters
    ----------
    made : datetime or None
        When the figures that are there were made.
    running : bool
    fault : str
        Why the last run gave nothing.
    claims, match : int or None
        How many claims of it were computed again, and how many came out the same.
    """

    made: datetime | None
    running: bool
    fault: str
    claims: int | None = None
    match: int | None = None


@require_safe
@acting(OFFICE, AUDITOR)
def figures(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """Figures of the own area: as of when, and where to read them."""
    return pages.page(
        request, "figures", person=person, last=last_run(person.store), can=RUN in KINDS,
        keeps=person.keeps_cards,
    )  # fmt: skip


@require_POST
@keeping
def measure(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """Run the standard on the live tables of the own area, or compute its claims again."""
    kind = VERIFY if request.POST.get("again") else RUN
    if kind in KINDS and not last_run(person.store).running:
        ask(person.store, kind, person.name)
    return HttpResponseRedirect("/figures?done=begun")


@require_safe
@acting(OFFICE, AUDITOR)
def read(request: HttpRequest, person: SignedIn, name: str) -> HttpResponse:
    """The report, the explorer's page or the claims of the own area's last run."""
    file = figures_folder(person.store) / FILES.get(name, "none")
    if not file.is_file():
        return pages.page(request, "nothing", status=404, person=person)
    kind = "application/json" if file.suffix == ".json" else "text/html; charset=utf-8"
    return HttpResponse(
        file.read_bytes(), content_type=kind, headers={"Content-Security-Policy": PAGE_POLICY}
    )


def last_run(store: Store) -> LastRun:
    """What is known of the runs of the scope's area."""
    report = figures_folder(store) / FILES["report"]
    made = datetime.fromtimestamp(report.stat().st_mtime, UTC) if report.is_file() else None
    with store.transaction():
        rows = JobRow.objects.using(store.alias).filter(path=store.scope.path)
        jobs = list(rows.filter(kind__in=(RUN, VERIFY)).order_by("-id")[:1])
    if not jobs:
        return LastRun(made, running=False, fault="")
    last, said = jobs[0], jobs[0].result
    running = last.ended is None and last.asked > timezone.now() - LONGEST
    return LastRun(made, running, str(last.fault), said.get("claims"), said.get("match"))
