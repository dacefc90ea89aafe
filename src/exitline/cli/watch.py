"""`exitline watch`: who is at risk of falling back, why, and whether the watch works."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.panel import arguments_of, panel_options
from exitline.cli.shared import numbers, show
from exitline.cli.shared.saving import paged, save_page
from exitline.cli.shared.speaking import reader
from exitline.words.said import Told, say, say_plural

if TYPE_CHECKING:
    from exitline.exits.watch.evaluation import RuleScore, WatchEvaluation
    from exitline.exits.watch.watchlist import RankBy, WatchList


@click.command(
    "watch",
    help="""Rank the households at risk of falling back, and try the watch itself.

DATA is one file a wave in the order of time, or one long or wide file. The list
is written to --out; the screen shows what it contains and how good such a list is.

Examples:

\b
  exitline watch examples/pakistan-graduation/graduation.parquet \\
      --household id_hh --welfare ctotal_pcmonth_{wave} --waves bsl,end,fup \\
      --line 730/12 --predictor index_foodsecurity_{wave} --clue-date 2024-05-02
""",
)
@panel_options
@click.option(
    "--predictor", "predictors", multiple=True,
    help="Column for the model: 'assets_{wave}' in a wide table; repeatable.",
)  # fmt: skip
@click.option("--label", "labels", multiple=True, help="Words for reasons: assets='its assets'.")
@click.option("--shock", help="Column that is not zero where a shock was reported.")
@click.option("--capacity", type=numbers.POSITIVE, default=0.1, show_default=True,
              help="Visits: a share of those at risk, or a number.")  # fmt: skip
@click.option(
    "--rank-by", default="auto", show_default=True, type=click.Choice(["auto", "model", "line"]),
    help="What orders the list.",
)  # fmt: skip
@click.option("--clue-date", type=click.DateTime(["%Y-%m-%d"]),
              help="Day of the clues; today by default.")  # fmt: skip
@click.option("--multiple", type=numbers.POSITIVE, help="Near the line: below this many times it.")
@click.option("--fall", type=numbers.INSIDE, help="Share of welfare lost that is a sudden fall.")
@click.option("--days", type=numbers.Whole(0, 36_500), help="Days from clue to decision.")
@click.option("--out", type=click.Path(dir_okay=False), help="Write the list: .parquet or .csv.")
@paged
@click.option("--list", "listed", type=numbers.Whole(0), default=0, show_default=True,
              help="Also print so many rows of the list, with household ids; --page has them, "
              "too.")  # fmt: skip
def command(
    predictors: tuple[str, ...], labels: tuple[str, ...], shock: str | None, capacity: float,
    rank_by: RankBy, clue_date: datetime | None, multiple: float | None, fall: float | None,
    days: int | None, out: str | None, page: Path | None, listed: int, **given: Any,
) -> None:  # fmt: skip
    """Make the list, try the watch, write and print."""
    from exitline import api

    out = _checked_ending(out)
    with show.working("reading waves, learning from the earlier ones"):
        found = api.watch(
            **arguments_of(given), predictors=predictors, labels=_labels(labels), shock=shock,
            capacity=capacity, rank_by=rank_by, clue_date=clue_date.date() if clue_date else None,
            multiple=multiple, fall=fall, days=days, out=out,
        )  # fmt: skip
    if given["as_json"]:
        show.as_json(_plain(found, listed))
    else:
        _print(found, listed, out)
    save_page(found, page, named=listed, quiet=given["as_json"])


def _labels(texts: tuple[str, ...]) -> dict[str, str]:
    """Words by predictor."""
    found = {}
    for text in texts:
        name, _, words = text.partition("=")
        if not words:
            raise click.BadParameter(f"'{text}' is not name=words", param_hint="--label")
        found[name.strip()] = words.strip()
    return found


def _checked_ending(out: str | None) -> str | None:
    """The file to write, refused where its ending says neither Parquet nor CSV."""
    if out is not None and not out.endswith((".parquet", ".csv")):
        raise click.BadParameter("a file that ends in .parquet or .csv", param_hint="--out")
    return out


def _print(found: WatchList, listed: int, out: str | None) -> None:
    """What the list holds, then how good it is."""
    t = reader()
    show.note(
        say("{n} of {m} households at risk at {what} are to be visited.",
            n=found.table.num_rows, m=found.at_risk, what=found.wave)
    )  # fmt: skip
    kinds = (
        t("{what}: {n}", what=t.of(kind), n=count)
        for kind, count in found.categories.items()
        if count
    )
    show.note(t.joined(kinds))
    show.note(say("{n} are poor now, {m} unknown.", n=found.already_poor, m=found.unknown))
    show.note(say("Ranked by {what}.", what=found.ranked_by))
    if listed:
        rows = found.table.slice(0, listed).to_pylist()
        show.table(
            "First to visit", ("rank", "household", "kind", "why", "due"),
            [
                (r["rank"], r["household"], Told(r["category"]), Told(r["reason"]), r["due_date"])
                for r in rows
            ],
            right=(0,),
        )  # fmt: skip
    if found.evaluation is not None:
        _print_evaluation(found.evaluation)
    show.notes(found.notes)
    if out:
        show.note(say("written: {file}", file=out))


def _print_evaluation(tried: WatchEvaluation) -> None:
    """Recall and precision of every way of choosing."""
    from exitline.cli.shared.figures import plain

    learnt = ", ".join(f"{a}-{b}" for a, b in tried.trained_on)
    show.table(
        say_plural("Tried on {n} household at {first}, of whom {m} poor at {last}",
                   "Tried on {n} households at {first}, of whom {m} were poor at {last}",
                   tried.at_risk, first=tried.scored_at, m=tried.fell, last=tried.outcome_at),
        ("way of choosing", "visits", "found of those who fell", "right of those visited",
         "model finds more by"),
        [_score_row(s) for s in tried.scores], right=(1, 2, 3, 4),
        caption=say("The model learnt from {waves} alone. With a model that has not seen the "
                    "household's own place: {share} found.", waves=learnt,
                    share=_percent(tried.new_places[0].recall)),
    )  # fmt: skip
    show.note(plain(reader().of(say("Verdict: {what}.", what=tried.verdict))))
    show.notes(tried.notes)


def _score_row(score: RuleScore) -> tuple[str, ...]:
    """One way of choosing as people read it."""
    from exitline.cli.shared.figures import plain
    from exitline.words.numbers import points

    gain = score.gain
    more = "-"
    if score.rule != "the model":
        more = plain(str(points(gain.estimate, gain.ci_low, gain.ci_high, gain.se)))
    return (score.rule, f"{score.visits:,.0f}", _percent(score.recall),
            _percent(score.precision), more)  # fmt: skip


def _percent(estimate: Any) -> str:
    """An estimate in percent with its interval."""
    from exitline.cli.shared.figures import figure, interval

    bounds = interval(estimate.ci_low, estimate.ci_high, "share")
    return f"{figure(estimate.estimate, 'share')} ({bounds})"


def _plain(found: WatchList, listed: int) -> dict[str, Any]:
    """The list's summary and the evaluation as plain values; rows only where asked for."""
    from dataclasses import asdict

    tried = found.evaluation
    return {
        "wave": found.wave, "listed": found.table.num_rows, "at_risk": found.at_risk,
        "already_poor": found.already_poor, "unknown": found.unknown,
        "ranked_by": found.ranked_by, "categories": dict(found.categories),
        "rows": found.table.slice(0, listed).to_pylist(),
        "evaluation": asdict(tried) if tried is not None else None, "notes": found.notes,
    }  # fmt: skip
