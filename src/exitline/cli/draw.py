"""`exitline draw`: a sample drawn in public, drawn again, and handed to assessors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exitline.cli import numbers, show
from exitline.cli.reading import reads_data
from exitline.cli.rows import read_rows

if TYPE_CHECKING:
    from exitline.exits.draw.check import Check
    from exitline.exits.draw.sample import Draw, DrawPlan
    from exitline.exits.draw.seed import Seed
    from exitline.stats.data.scannable import Source
    from exitline.stats.measure.draw import FrameRoles


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
@click.option("--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb",
              show_default=True)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@reads_data
@click.pass_context
def command(ctx: click.Context, /, frame: str, as_json: bool, **given: Any) -> None:
    """Print a digest, check a record, or draw."""
    from exitline.stats.data.readers import open_each

    people = [given["assessors"]] if given["assessors"] else []
    source, *others = open_each([frame, *people], **given["reading"])
    given["people"] = others[0] if others else None
    if given["record"]:
        _check(ctx, source, given, as_json=as_json)
    elif given["digest"]:
        _digest(source, given, as_json=as_json)
    else:
        _draw(source, given, as_json=as_json)


def _roles(given: Mapping[str, Any]) -> FrameRoles:
    """Which column plays which role."""
    from exitline.stats.measure.draw import FrameRoles

    keep = (given["township"], *given["identified_by"]) if given["assessors"] else ()
    return FrameRoles(given["household"], given["village"], given["stratum"], given["group"], keep)


def _check(ctx: click.Context, frame: Source, given: Mapping[str, Any], *, as_json: bool) -> None:
    """Draw again by a record."""
    from exitline.exits.draw.check import check_draw
    from exitline.exits.draw.record import read_record
    from exitline.stats.engine.session import session

    record = read_record(given["record"])
    with show.working("drawing again"), session(given["engine"]) as engine:
        found = check_draw(record, engine, frame)
    if as_json:
        show.as_json({"match": found.match, "differences": list(found.differences)})
    else:
        _show_check(found)
    if not found.match:
        ctx.exit(1)


def _show_check(found: Check) -> None:
    """Match, or what differs."""
    if found.match:
        show.note(f"match: the frame and the seed give these {found.households:,} households")
        return
    show.note("mismatch: this sample is not the one that frame and seed give")
    for difference in found.differences:
        show.note(f"  {difference}")


def _digest(frame: Source, given: Mapping[str, Any], *, as_json: bool) -> None:
    """What to publish before the seed is known."""
    from exitline.exits.draw.frame import open_frame
    from exitline.stats.engine.session import session

    with show.working("reading the frame"), session(given["engine"]) as engine:
        opened = open_frame(engine, frame, _roles(given))
        digest = opened.digest()
    if as_json:
        show.as_json({"digest": digest, "households": opened.households})
    else:
        show.note(f"{digest}\n{opened.households:,} households; publish this before the seed")


def _draw(frame: Source, given: Mapping[str, Any], *, as_json: bool) -> None:
    """Draw, write, and hand out."""
    from exitline.exits.draw.frame import open_frame
    from exitline.exits.draw.record import as_record, write_list, write_record
    from exitline.exits.draw.sample import draw_sample
    from exitline.exits.draw.seed import moment, now
    from exitline.stats.engine.session import session

    plan, seed = _plan(given), _seed(given)
    drawn = moment(given["drawn"], "--drawn") if given["drawn"] else now()
    with show.working("drawing"), session(given["engine"]) as engine:
        draw = draw_sample(open_frame(engine, frame, _roles(given)), plan, seed, drawn)
    lists = _hand_out(draw, given) if given["assessors"] else 0
    for path in (given["out"], given["listing"]):
        if path:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
    if given["out"]:
        write_record(draw, given["out"], ids=not given["keys_only"])
    if given["listing"]:
        write_list(draw.selected, given["listing"])
    if as_json:
        show.as_json(as_record(draw, ids=not given["keys_only"]))
    else:
        _show_draw(draw, given, lists)


def _plan(given: Mapping[str, Any]) -> DrawPlan:
    """The plan from the flags."""
    from exitline.exits.draw.sample import DrawPlan

    take = {}
    for text in given["take"]:
        group, _, number = text.rpartition("=")
        if not number.isdigit():
            raise click.BadParameter(f"'{text}' is not GROUP=N, or N", param_hint="--take")
        take[group] = int(number)
    if not take:
        raise click.UsageError("say whom to draw: --take exited=10, or --take 10 for anyone.")
    if (given["villages"] is None) != (given["village"] is None):
        raise click.UsageError("--village (a column) and --villages (a number) go together.")
    return DrawPlan(take, given["villages"], given["method"], given["allocation"], given["how"])


def _seed(given: Mapping[str, Any]) -> Seed:
    """The seed from the flags."""
    from exitline.exits.draw.seed import Seed, moment

    if not given["seed"] or not given["published"]:
        raise click.UsageError("a draw needs --seed and --published.")
    return Seed(given["seed"], moment(given["published"], "--published"))


def _hand_out(draw: Draw, given: Mapping[str, Any]) -> int:
    """Assign assessors and write their lists."""
    from exitline.exits.draw.assign import assign_twice
    from exitline.exits.draw.visitors import assessors_from, visits_from, write_assignments

    if not given["assignments"]:
        raise click.UsageError("--assessors needs --assignments, a folder for the lists.")
    people = assessors_from(read_rows(given["people"], ("assessor", "township")))
    visits = visits_from(draw.selected, given["township"], given["identified_by"])
    found = assign_twice(visits, people, draw.seed, given["reinterview"])
    return write_assignments(found, draw.selected, draw.seed, given["assignments"])


def _show_draw(draw: Draw, given: Mapping[str, Any], lists: int) -> None:
    """How many of whom, and where it was written."""
    counts = _counts(draw)
    show.table(
        f"{len(draw.selected):,} households drawn"
        + (f" in {len(draw.villages):,} villages" if draw.villages else ""),
        ("stratum", "group", "villages", "households", "stand for"),
        counts,
        right=(2, 3, 4),
        caption=f"frame {draw.digest[:23]}..., seed published {draw.seed.published.isoformat()}",
    )
    if lists:
        show.note(f"{lists} lists of visits in {Path(given['assignments']) / 'visits'}")
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
