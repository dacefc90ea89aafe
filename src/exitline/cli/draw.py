"""`exitline draw`: a sample drawn in public, drawn again, and handed to assessors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared import numbers, show
from exitline.cli.shared.options import ENGINE
from exitline.cli.shared.reading import reads_data
from exitline.words.said import say, say_plural

if TYPE_CHECKING:
    from exitline.api.deciding.drawing import Drawn
    from exitline.exits.draw.check import Check
    from exitline.exits.draw.sample import Draw


_ASKED = (
    "seed", "published", "drawn", "household", "village", "stratum", "group", "villages", "method",
    "allocation", "out", "keys_only", "assessors", "township", "identified_by", "reinterview",
    "assignments", "engine",
)  # fmt: skip
"""Options that `exitline.draw` calls by the same name."""


@click.command(
    "draw",
    help="""Draw a sample that anyone can draw again, from a FRAME of households.

First publish the frame's digest (--digest) and where the seed will come from; when the
seed is public, draw with --seed and --published. With --check, draw again by a record
and compare: exit status 1 when anything differs.

Examples:

\b
  exitline draw examples/assessment/frame.parquet --household hid --village ea \\
      --group status --digest
  exitline draw examples/assessment/frame.parquet \\
      --check examples/assessment/draw.json
""",
)
@click.argument("frame")
@click.option("--digest", is_flag=True, help="Only print the frame's digest.")
@click.option("--check", "record", type=click.Path(), help="Draw again by this record.")
@click.option("--seed", help="The published text.")
@click.option("--published", help="When it was published: 2026-12-01T20:00:00+08:00.")
@click.option("--drawn", help="When the draw is made.  [default: now]")
@click.option("--household", default="household", show_default=True, help="Column of ids.")
@click.option("--village", help="Column of villages: two stages.")
@click.option("--stratum", help="Column of strata.")
@click.option("--group", help="Column of groups (registered, exited, unregistered).")
@click.option("--villages", type=numbers.Whole(1), help="Villages to draw.")
@click.option("--method", type=click.Choice(["systematic", "poisson", "equal"]),
              default="systematic", show_default=True,
              help="Villages: in proportion to size, or with equal chances.")  # fmt: skip
@click.option("--allocation", type=click.Choice(["proportional", "equal", "square root"]),
              default="proportional", show_default=True, help="Over strata.")  # fmt: skip
@click.option("--take", multiple=True, metavar="GROUP=N",
              help="Households to draw: in each village, or in all; repeatable.")  # fmt: skip
@click.option("--hash", "how", type=click.Choice(["sha256", "md5"]), default="sha256",
              show_default=True)  # fmt: skip
@click.option("--out", type=click.Path(), help="Record of the draw (JSON).")
@click.option("--keys-only", is_flag=True, help="Leave ids out of the record.")
@click.option("--list", "listing", type=click.Path(), help="Drawn households with weights (CSV).")
@click.option("--assessors", type=click.Path(), help="Table: assessor, township, capacity.")
@click.option("--township", default="township", show_default=True, help="Column of the frame.")
@click.option("--identified-by", multiple=True, help="Column of the frame; repeatable.")
@click.option("--reinterview", type=numbers.SHARE, default=0.0, show_default=True,
              help="Share that a second assessor interviews blind.")  # fmt: skip
@click.option("--assignments", type=click.Path(), help="Folder for the assessors' lists.")
@ENGINE
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@reads_data
@click.pass_context
def command(ctx: click.Context, /, frame: str, as_json: bool, **given: Any) -> None:
    """Print a digest, check a record, or draw."""
    from exitline.api.runs.opening import open_together

    people = [given["assessors"]] if given["assessors"] else []
    source, *others = open_together([frame, *people], **given["reading"])
    given["assessors"] = others[0] if others else None
    if given["record"]:
        _check(ctx, source, given, as_json=as_json)
    elif given["digest"]:
        _digest(source, given, as_json=as_json)
    else:
        _draw(source, given, as_json=as_json)


def _check(ctx: click.Context, frame: Any, given: Mapping[str, Any], *, as_json: bool) -> None:
    """Draw again by a record."""
    from exitline import api

    with show.working("drawing again"):
        found = api.check_draw(frame, given["record"], engine=given["engine"])
    if as_json:
        show.as_json({"match": found.match, "differences": list(found.differences)})
    else:
        _show_check(found)
    if not found.match:
        ctx.exit(1)


def _show_check(found: Check) -> None:
    """Match, or what differs."""
    if found.match:
        show.note(
            say_plural(
                "match: the frame and the seed give this {n} household",
                "match: the frame and the seed give these {n} households",
                found.households,
            )
        )
        return
    show.note("mismatch: this sample is not the one that frame and seed give")
    show.points(found.differences)


def _digest(frame: Any, given: Mapping[str, Any], *, as_json: bool) -> None:
    """What to publish before the seed is known."""
    from exitline import api

    keep = (given["township"], *given["identified_by"]) if given["assessors"] else ()
    roles = {name: given[name] for name in ("household", "village", "stratum", "group", "engine")}
    with show.working("reading the frame"):
        found = api.frame_digest(frame, **roles, keep=keep)
    if as_json:
        show.as_json({"digest": found.digest, "households": found.households})
    else:
        show.note(found.digest)
        show.note(
            say_plural(
                "{n} household; publish this before the seed",
                "{n} households; publish this before the seed",
                found.households,
            )
        )


def _draw(frame: Any, given: dict[str, Any], *, as_json: bool) -> None:
    """Draw, write, and hand out."""
    from exitline import api

    asked = {name: given[name] for name in _ASKED}
    with show.working("drawing"):
        found = api.draw(
            frame, **asked, take=take_of(given["take"]), hash=given["how"], list=given["listing"]
        )
    if as_json:
        show.as_json(found.record())
    else:
        _show_draw(found, given)


def take_of(texts: Sequence[str]) -> dict[str, int]:
    """Households to draw, by group."""
    take = {}
    for text in texts:
        group, _, number = text.rpartition("=")
        if not number.isdigit():
            raise click.BadParameter(f"'{text}' is not GROUP=N, or N", param_hint="--take")
        take[group] = int(number)
    return take


def _show_draw(found: Drawn, given: Mapping[str, Any]) -> None:
    """How many of whom, and where it was written."""
    draw, lists = found.draw, found.lists
    counts = _counts(draw)
    show.table(
        say_plural(
            "{n} household drawn in {villages}",
            "{n} households drawn in {villages}",
            len(draw.selected),
            villages=say_plural("{n} village", "{n} villages", len(draw.villages)),
        )
        if draw.villages
        else say_plural("{n} household drawn", "{n} households drawn", len(draw.selected)),
        ("stratum", "group", "villages", "households", "stand for"),
        counts,
        right=(2, 3, 4),
        caption=say(
            "frame {what}, seed published {day}",
            what=f"{draw.digest[:23]}...",
            day=draw.seed.published,
        ),
    )
    if lists:
        folder = Path(given["assignments"]) / "visits"
        show.note(
            say_plural(
                "{n} list of visits in {folder}",
                "{n} lists of visits in {folder}",
                lists,
                folder=str(folder),
            )
        )
    if not given["out"]:
        show.note("nothing was recorded: add --out draw.json, so that others can draw again")


def _counts(draw: Draw) -> Sequence[Sequence[Any]]:
    """Households by stratum and group."""
    from collections import defaultdict

    cells: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for one in draw.selected:
        cells[one.stratum, one.group].append(one)
    return [
        (stratum or None, group or None, len({h.village for h in members} - {""}) or None,
         f"{len(members):,}", f"{sum(h.weight for h in members):,.0f}")
        for (stratum, group), members in sorted(cells.items())
    ]  # fmt: skip
