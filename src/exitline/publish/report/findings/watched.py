"""The page of a watch: how many are listed and why, how good such a list was, nobody named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exitline.publish.report.axis import shared_axis
from exitline.publish.report.findings.sections import FoundPage, PageSection, sentence, table_of
from exitline.publish.report.table import TableCell, TableColumn, bar_of
from exitline.words.numbers import points, write
from exitline.words.said import Told, collected

if TYPE_CHECKING:
    from exitline.exits.watch.evaluation import RuleScore, WatchEvaluation
    from exitline.exits.watch.watchlist import WatchList
    from exitline.publish.report.axis import Axis
    from exitline.stats.infer.blocks import Estimate
    from exitline.words.catalogue import Language

_KINDS: Mapping[str, str] = {
    collected("unstable"): collected("were poor at an earlier visit"),
    collected("sudden hardship"): collected(
        "lost much since the visit before, or reported a shock"
    ),
    collected("marginal"): collected("stand a little above the line"),
}


def watch_page(
    found: WatchList, t: Language, *, title: str = "", rows: Sequence[Mapping[str, Any]] = ()
) -> FoundPage:
    """The list in numbers, and its record.

    Parameters
    ----------
    found : WatchList
    t : Language
    title : str
    rows : sequence of mapping
        Households to name: only for who may see them. The page then says that it is not for
        release.
    """
    listed = found.table.num_rows
    tried = found.evaluation
    sections = [_kinds(found, t)] if found.categories else []
    if tried is not None:
        sections += [_record(tried, t), _calibration(tried, t)]
    if rows:
        sections.append(_households(rows, t))
    return FoundPage(
        t("Watch"), title or t("Who may fall back into poverty"),
        t("Made from the visit {wave}.", wave=found.wave),
        question=t("Which households that are out of poverty should be visited first?"),
        answer=t("{n} of {m} households", n=listed, m=found.at_risk),
        meaning=t("that are not poor are on the list."),
        sure=_sure(found, t), steps=_steps(found, t), sections=tuple(sections),
        notes=(*(sentence(t.of(note)) for note in found.notes),
               *(() if tried is None else (sentence(t.of(note)) for note in tried.notes))),
        warning=t("This page names households. It is not for release.") if rows else "",
    )  # fmt: skip


def _sure(found: WatchList, t: Language) -> tuple[str, ...]:
    """How good the list is, in sentences."""
    ranked = t("Ranked by {what}.", what=t.of(found.ranked_by))
    if found.evaluation is None:
        return (ranked, t("Nobody has tried such a list on these data yet: how many it finds is "
                          "not known."))  # fmt: skip
    verdict = t("{sentence}.", sentence=sentence(t.of(found.evaluation.verdict)))
    return (ranked, verdict)


def _steps(found: WatchList, t: Language) -> tuple[str, ...]:
    """What to do with the list."""
    due = found.table.column("due_date").to_pylist()
    steps = [t("Visit the households on the list, in its order."),
             t.plural("{n} household is poor now: it needs support, not a watch.",
                      "{n} households are poor now: they need support, not a watch.",
                      found.already_poor)]  # fmt: skip
    if due:
        steps.insert(1, t("Decide on each by {day}.", day=max(due)))
    if found.unknown:
        steps.append(
            t.plural(
                "Find out about the {n} household of unknown state.",
                "Find out about the {n} households of unknown state.",
                found.unknown,
            )
        )
    return tuple(steps)


def _kinds(found: WatchList, t: Language) -> PageSection:
    """How many of each kind."""
    axis = shared_axis([0.0, *map(float, found.categories.values())], [], "households", t=t)
    rows = tuple(
        (TableCell(t.of(Told(kind)), small=t.of(Told(_KINDS.get(kind, "")))),
         TableCell(t.number(n), n),
         TableCell(bar=bar_of(axis, float(n), float(n), float(n)) if axis else None))
        for kind, n in sorted(found.categories.items(), key=lambda one: -one[1])
    )  # fmt: skip
    columns = (
        TableColumn("name", t("Kind")), TableColumn("number", t("Households on the list")),
        TableColumn("bar", t("Households on the list"), sortable=False),
    )  # fmt: skip
    heading = t("Why they are on the list")
    return PageSection(heading, table=table_of("kinds", heading, columns, rows, axis), key="kinds",
                       source=t("The list itself names households and is kept apart."))  # fmt: skip


def _record(tried: WatchEvaluation, t: Language) -> PageSection:
    """Ways of choosing, tried where the outcome is known."""
    heading = t("How many of those who fell such a list would have found")
    lead = t.plural("Tried on {n} household at {first}, of whom {m} poor at {last}. The model "
                    "learnt from earlier visits alone.",
                    "Tried on {n} households at {first}, of whom {m} were poor at {last}. The "
                    "model learnt from earlier visits alone.", tried.at_risk, m=tried.fell,
             first=tried.scored_at, last=tried.outcome_at)  # fmt: skip
    axis = shared_axis(
        [s.recall.estimate for s in tried.scores], [s.recall.ci_high for s in tried.scores],
        "share", t=t,
    )  # fmt: skip
    columns = (
        TableColumn("name", t("Way of choosing")),
        TableColumn("figure", t("Found of those who fell"), t("{sure} interval", sure=t.figure(
            f"{100 * tried.scores[0].recall.level:g} %"))),
        TableColumn("bar", t("Found of those who fell"), sortable=False),
        TableColumn("figure", t("Right of those visited")),
        TableColumn("number", t("Visits")),
        TableColumn("figure", t("The model finds more by"), t("with as many visits")),
    )  # fmt: skip
    rows = tuple(_score(score, axis, t) for score in tried.scores)
    new = tried.new_places[0].recall
    return PageSection(
        heading, lead, table_of("record", heading, columns, rows, axis), key="record",
        source=t("A model that has not seen the household's own place finds {share}.",
                 share=str(_share(new, t))),
    )  # fmt: skip


def _share(e: Estimate, t: Language) -> Any:
    return write(e.estimate, e.ci_low, e.ci_high, e.se, "share", e.reason, t)


def _score(score: RuleScore, axis: Axis | None, t: Language) -> tuple[TableCell, ...]:
    """One way of choosing."""
    found, gain = score.recall, score.gain
    more = "–"
    if score.rule != "the model":
        more = str(points(gain.estimate, gain.ci_low, gain.ci_high, gain.se, t))
    bar = bar_of(axis, found.estimate, found.ci_low, found.ci_high) if axis else None
    return (
        TableCell(sentence(t.of(score.rule))),
        TableCell(str(_share(found, t)), found.estimate),
        TableCell(bar=bar), TableCell(str(_share(score.precision, t)), score.precision.estimate),
        TableCell(t.number(round(score.visits)), score.visits), TableCell(more, gain.estimate),
    )  # fmt: skip


def _calibration(tried: WatchEvaluation, t: Language) -> PageSection:
    """Whether the model's risks came true."""
    heading = t("Did the risks come true?")
    both = (*tried.calibration.expected, *tried.calibration.observed)
    axis = shared_axis(both, [], "share", t=t)
    rows = tuple(
        (TableCell(t("group {n}", n=i)), TableCell(str(_plain(expected, t)), expected),
         TableCell(str(_plain(observed, t)), observed),
         TableCell(bar=bar_of(axis, observed, observed, observed, threshold=expected)
                   if axis else None))
        for i, (expected, observed) in enumerate(
            zip(tried.calibration.expected, tried.calibration.observed, strict=True), start=1)
    )  # fmt: skip
    columns = (
        TableColumn("name", t("Households, lowest risk first")),
        TableColumn("number", t("Expected to fall")), TableColumn("number", t("Fell")),
        TableColumn("bar", t("Fell, and expected"), sortable=False),
    )  # fmt: skip
    return PageSection(
        heading, t("Groups of equal size by the model's risk. Dot: who fell. Upright line: who was "
                   "expected to."),
        table_of("calibration", heading, columns, rows, axis), key="calibration",
    )  # fmt: skip


def _plain(share: float, t: Language) -> Any:
    return write(share, float("nan"), float("nan"), 0.0, "share", t=t).text


def _households(rows: Sequence[Mapping[str, Any]], t: Language) -> PageSection:
    """Households by name, for who may see them."""
    heading = t("First to visit")
    columns = (
        TableColumn("name", t("Household")), TableColumn("number", t("Rank")),
        TableColumn("name", t("Kind")), TableColumn("name", t("Why")),
        TableColumn("number", t("Due")),
    )  # fmt: skip
    cells = tuple(
        (TableCell(str(r["household"])), TableCell(t.number(r["rank"]), r["rank"]),
         TableCell(t.of(Told(r["category"]))), TableCell(t.of(r["reason"])),
         TableCell(t.date(r["due_date"]), str(r["due_date"])))
        for r in rows
    )  # fmt: skip
    return PageSection(heading, table=table_of("list", heading, columns, cells), key="list")
