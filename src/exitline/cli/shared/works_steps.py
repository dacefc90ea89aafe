"""Commands about the steps of works: what is due, which notices are to be posted."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from exitline.cli.shared import show
from exitline.cli.shared.options import JSON
from exitline.cli.shared.saving import save_all, saves
from exitline.cli.shared.speaking import reader
from exitline.cli.shared.works_records import AS_OF, MOST, frames, opened
from exitline.words.said import say


@click.command(
    help="""What has to be done on works by which day, and who is answerable.

Clocks of the procedure (from proposal to approval, from failure to repair) and
inspections that are due. FOLDER may be a register's address.

Examples:

\b
  exitline works due works/
  exitline works due sqlite:///register/register.db --role inspector
"""
)
@click.argument("folder", type=click.Path())
@click.option("--role", help="Only what this role is answerable for.")
@click.option("--done", is_flag=True, help="Also what is done.")
@AS_OF
@saves
@JSON
def due(
    folder: str, role: str | None, *, done: bool, as_of: datetime | None, saved: tuple[str, ...],
    json_: bool,
) -> None:  # fmt: skip
    """List duties."""
    with show.working("looking at deadlines"):
        found = opened(folder, as_of).due(role, done=done)
    save_all(found, saved)
    table = found.table.assign(due=found.table["due"].astype(str))
    if json_:
        show.as_json({"due": table.to_dict("records"), "notes": found.notes})
        return
    frames({say("What is to be done"): table.head(MOST)})
    late = int((table["status"] == "overdue").sum())
    show.note(say("{n} duties, {late} of them overdue", n=len(table), late=late))
    if len(table) > MOST:
        show.note(say("... and {n} more: --save FILE writes all", n=len(table) - MOST))
    show.notes(found.notes)


@click.command(
    help="""Notices of works as sheets to be printed and posted in villages.

Before entry: what is to be built, for whom, with which money. After completion:
what was built. FOLDER may be a register's address.

Examples:

\b
  exitline works notice works/ --out notice.html --office "County office, room 3"
"""
)
@click.argument("folder", type=click.Path())
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The page, .html.")
@click.option("--office", default="", help="Where objections and questions go.")
@click.option("--posted", is_flag=True, help="Also notices that were posted before.")
@AS_OF
@JSON
def notice(
    folder: str, out: Path, office: str, *, posted: bool, as_of: datetime | None, json_: bool
) -> None:
    """Write the sheets."""
    from exitline.api.works import notice as written

    with show.working("writing notices"):
        works = opened(folder, as_of)
        written(works, out, office=office, posted=posted, language=reader().code)
    found = [one for one in works.notices() if posted or one.posted is None]
    if json_:
        show.as_json({"file": str(out), "notices": [
            {"work": one.work, "notice": one.document, "status": one.status,
             "posted": one.posted and str(one.posted), "until": one.until and str(one.until)}
            for one in found]})  # fmt: skip
        return
    show.note(say("{n} notices written: {file}", n=len(found), file=str(out)))
