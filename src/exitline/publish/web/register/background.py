"""Files that are written in the background: asked for, watched, fetched by whoever asked."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods, require_safe

from exitline.exits.register.store.jobs.asking import ask
from exitline.exits.register.store.jobs.kinds import ENDINGS
from exitline.exits.register.store.jobs.running import folder_of, jobs_of
from exitline.exits.register.store.write.looks import taken_away
from exitline.publish.web.register import pages
from exitline.publish.web.register.acting import AUDITOR, OFFICE, SignedIn, acting
from exitline.publish.web.register.programme.table import DONORS
from exitline.words.said import say

FILES = ("export", DONORS)
"""Jobs that write a file."""


@require_http_methods(["GET", "HEAD", "POST"])
@acting(OFFICE, AUDITOR)
def exports(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """Files that one asked for, and how far they are; ask for another."""
    if request.method == "POST":
        ending = request.POST.get("ending", "")
        if ending not in ENDINGS:
            return pages.page(request, "nothing", status=404, person=person)
        ask(person.store, "export", person.name, ending=ending)
        return HttpResponseRedirect("/exports")
    jobs = [one for one in jobs_of(person.store, person.name) if one.kind in FILES]
    waits = any(one.ended is None for one in jobs)
    return pages.page(request, "exports", person=person, jobs=jobs, waits=waits, endings=ENDINGS)


@require_safe
@acting(OFFICE, AUDITOR)
def fetch(request: HttpRequest, person: SignedIn, number: int) -> HttpResponseBase:
    """A file that one asked for."""
    job = next((one for one in jobs_of(person.store, person.name) if one.pk == number), None)
    name = "" if job is None else str(job.result.get("file", ""))
    file = folder_of(person.store, number) / name if name else None
    if job is None or file is None or not file.is_file():
        return pages.page(request, "nothing", status=404, person=person)
    ending = file.suffix.removeprefix(".")
    what = str(
        say("file of all households ({ending})", ending=ending)
        if job.kind == "export"
        else say("table for donors")
    )
    taken_away(person.store, person.name, person.role, what, job.result.get("rows"))
    return FileResponse(file.open("rb"), as_attachment=True, filename=file.name)
