"""`exitline serve`: the explorer over HTTP, read-only, on this machine unless told otherwise."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from exitline.cli.shared import numbers, show
from exitline.cli.shared.options import MIN_COUNT
from exitline.words.said import say

if TYPE_CHECKING:
    from exitline.api.serving import Served


@click.command(
    "serve",
    help="""Show a run, or a record of decisions, to a browser; with a JSON API.

SOURCE is the folder of a run, several of them (one for each year), or an explorer
file. The page is that of `exitline explore`; /docs describes the API. Nothing can be
changed through it, and no file is served: only figures as they may be published,
checked against their claims, small counts suppressed, as they were read at the start.

Only this machine can reach it, unless --host says otherwise. Ctrl-C stops it.

Examples:

\b
  exitline serve out                           # http://127.0.0.1:8000/
  exitline serve out --study study.yaml        # computes every figure again first
  exitline serve examples/china-832/explorer.yaml --port 0   # any free port
""",
)
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...", type=click.Path())
@click.option("--host", default="127.0.0.1", show_default=True, metavar="NAME",
              help="Address to listen on; only loopback is closed to others.")  # fmt: skip
@click.option("--port", type=numbers.Whole(0, 65535), default=8000, show_default=True,
              metavar="N", help="Port to listen on; 0: any free one.")  # fmt: skip
@click.option("--study", type=click.Path(),
              help="The study of the run: compute every figure again and compare.")  # fmt: skip
@MIN_COUNT
def command(
    sources: tuple[str, ...], host: str, port: int, study: str | None, min_count: float | None
) -> None:  # fmt: skip
    """Listen, build, say where, answer."""
    from exitline.api.serving import serve

    with ExitStack() as until_ready:
        say = until_ready.enter_context(show.steps())

        def ready(served: Served) -> None:
            until_ready.close()
            _ready(served)

        serve(sources, host=host, port=port, study=study, min_count=min_count, ready=ready, say=say)
    show.note("stopped")


def _ready(served: Served) -> None:
    """Where to look, and who else can."""
    show.note(served.title)
    if served.notice:
        show.note(served.notice)
    show.note(say("page: {file}", file=served.address))
    show.note(say("API: {file}", file=f"{served.address}docs"))
    if not served.near:
        show.note(
            "warning: everyone who can reach this machine can read these figures; there is no "
            "password and no encryption"
        )
    show.note("Figures are those read just now; run it again to see changes. Ctrl-C stops it.")
