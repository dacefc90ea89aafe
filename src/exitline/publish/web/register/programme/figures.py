"""The standard's estimates and decisions on the live tables: a button, and what came of it."""

from __future__ import annotations

import json
import logging
import re
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST, require_safe

from exitline.errors import ExitlineError
from exitline.publish.web.register import opened, pages
from exitline.publish.web.register.acting import AUDITOR, OFFICE, SignedIn, acting, keeping

FILES = {"report": "run/report.html", "explorer": "explorer.html", "claims": "run/claims.json"}
"""What a run leaves to be read: name in the address, file."""
PAGE_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
    " allow-scripts allow-downloads"
)
"""Of pages that bring their own script along: they may load nothing and send nothing."""
LONGEST = 3600
"""Seconds after which a run that has not ended is taken for dead."""
log = logging.getLogger("exitline.register")


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
    """

    made: datetime | None
    running: bool
    fault: str


@require_safe
@acting(OFFICE, AUDITOR)
def figures(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """Figures of the own area: as of when, and where to read them."""
    path = str(person.held.path)
    return pages.page(
        request, "figures", person=person, last=last_run(path), can=opened.measure() is not None,
        keeps=person.keeps_cards,
    )  # fmt: skip


@require_POST
@keeping
def measure(request: HttpRequest, person: SignedIn) -> HttpResponse:  # noqa: ARG001
    """Run the standard on the live tables of the own area, in the background."""
    run, path = opened.measure(), str(person.held.path)
    if run is not None and not last_run(path).running:
        _say(path, running=time.time())
        threading.Thread(target=_run, args=(run, path), daemon=True).start()
    return HttpResponseRedirect("/figures?done=begun")


@require_safe
@acting(OFFICE, AUDITOR)
def read(request: HttpRequest, person: SignedIn, name: str) -> HttpResponse:
    """The report, the explorer's page or the claims of the own area's last run."""
    file = _folder(str(person.held.path)) / FILES.get(name, "none")
    if not file.is_file():
        return pages.page(request, "nothing", status=404, person=person)
    kind = "application/json" if file.suffix == ".json" else "text/html; charset=utf-8"
    return HttpResponse(
        file.read_bytes(), content_type=kind, headers={"Content-Security-Policy": PAGE_POLICY}
    )


def last_run(path: str) -> LastRun:
    """What is known of the runs of an area."""
    report = _folder(path) / FILES["report"]
    made = datetime.fromtimestamp(report.stat().st_mtime, UTC) if report.is_file() else None
    try:
        said = json.loads(_state(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        said = {}
    begun = float(said.get("running") or 0)
    return LastRun(made, time.time() - begun < LONGEST, str(said.get("fault", "")))


def _run(run: opened.Measure, path: str) -> None:
    """Run it; say what became of it."""
    from django.db import connections

    fault = ""
    try:
        run(path, str(_folder(path)))
    except ExitlineError as reason:
        fault = reason.what
    except Exception as reason:
        log.error(json.dumps({"fault": type(reason).__name__, "where": "figures"}))
        fault = "a fault of the program"
    finally:
        _say(path, fault=fault)
        connections.close_all()


def _say(path: str, **said: object) -> None:
    from exitline.files import whole_file

    with whole_file(_state(path), private=True) as partial:
        partial.write_text(json.dumps(said), encoding="utf-8")


def _state(path: str) -> Path:
    return _folder(path).with_suffix(".state.json")


def _folder(path: str) -> Path:
    """The folder of an area's figures: beside the key, readable by its owner."""
    key = opened.store().key_file
    above = key.parent if key is not None else Path(tempfile.gettempdir()) / "exitline-register"
    above = above / "figures"
    above.mkdir(mode=0o700, parents=True, exist_ok=True)
    return above / ("area-" + re.sub(r"[^0-9A-Za-z_-]", "+", path))
