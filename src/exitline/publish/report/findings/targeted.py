"""The page of an evaluation of targeting: whom each method reaches, and its curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from exitline.publish.report.axis import shared_axis
from exitline.publish.report.findings.lines import LineChart, lines_drawing
from exitline.publish.report.findings.sections import FoundPage, PageSection, table_of
from exitline.publish.report.table import Row, TableCell, TableColumn, bar_of
from exitline.words.numbers import SPACE, Written, write
from exitline.words.said import Told

if TYPE_CHECKING:
    from exitline.exits.target.evaluation import Evaluation, FigureAsked
    from exitline.stats.infer.blocks import Estimate
    from exitline.words.catalogue import Language

Figures = dict[tuple[str, str], dict[str, "Estimate"]]


def targeting_page(found: Sequence[Evaluation], t: Language, *, title: str = "") -> FoundPage:
    """What some methods are worth.

    Parameters
    ----------
    found : sequence of Evaluation
        Of the same methods: the first gives the figures in words, each curve comes from the first
        that has its points.
    t : Language
    title : str
    """
    first = found[0]
    figures = _by_method(first, t)
    answer, meaning = _answer(first, figures, t)
    sections = [_errors(figures, t), *(_curve(found, kind, t) for kind in _leads(t))]
    return FoundPage(
        t("Targeting"), title or t("Whom each method would reach"),
        question=t("How many of the poor would each method leave out?"),
        answer=answer, meaning=meaning,
        sure=(
            t("Errors of the cut-off are part of every figure, those of a score's coefficients "
              "are not."),
            t("Every method is tried on the same households: their difference is surer than "
              "either figure."),
        ),
        steps=(
            t("Look at who is left out, group by group, before a method is chosen: --by."),
            t("Try a score on households that it was not fitted to."),
        ),
        sections=tuple(one for one in sections if one is not None),
        notes=tuple(dict.fromkeys(
            t.of(note) for one in found for note in (*one.bound, *one.notes)
        )),
    )  # fmt: skip


def _leads(t: Language) -> dict[str, str]:
    """The curves, with what to look at."""
    return {
        "roc": t("The higher a line, the more of the poor are chosen before others are. Bands: "
                 "intervals."),
        "precision_recall": t("To the right more of the poor are chosen; the height says how many "
                              "of those chosen are poor. Bands: intervals."),
        "budget": t("What transfers to those chosen leave of the headcount and of the gap, by "
                    "budget. Bands: intervals."),
    }  # fmt: skip


def _by_method(found: Evaluation, t: Language) -> Figures:
    """Estimates by method and quota, then by figure, of all together."""
    rows: Figures = {}
    for one in found.estimates:
        asked: FigureAsked = found.asked[one.measure]
        if asked.quota is not None and not asked.part:
            rows.setdefault((asked.method, _quota(asked.quota, t)), {})[asked.figure] = one
    return rows


def _quota(quota: float, t: Language) -> str:
    """A quota in words."""
    if quota != quota:
        return t("as many as are poor")
    return t.figure(f"{100 * quota:g}{SPACE}%") if quota else t("as the column says")


def _said(one: Estimate | None, t: Language) -> Written | None:
    if one is None:
        return None
    return write(one.estimate, one.ci_low, one.ci_high, one.se, "share", one.reason, t)


def _answer(found: Evaluation, figures: Figures, t: Language) -> tuple[str, str]:
    """The method that leaves out fewest at the first quota, and how sure that is."""
    known = [(name, quota, one["exclusion_error"]) for (name, quota), one in figures.items()
             if "exclusion_error" in one and one["exclusion_error"].estimate >= 0]  # fmt: skip
    same = sorted((row for row in known if row[1] == known[0][1]), key=lambda r: r[2].estimate)
    if not same:
        return t("cannot tell yet"), ""
    name, quota, one = same[0]
    said = _said(one, t)
    assert said is not None
    answer = t("'{name}' leaves out {figure} of the poor", name=name, figure=said.text)
    meaning = [t("Chosen: {quota}. Interval: {interval}.", quota=quota, interval=said.interval)]
    if len(same) > 1:
        meaning.append(_beside(found, same, t))
    return answer, t.sentences(*meaning)


def _beside(found: Evaluation, same: list[tuple[str, str, Any]], t: Language) -> str:
    """The best method beside the next."""
    best, other = same[0], same[1]
    apart = found.estimates.difference(
        {"measure": other[2].measure}, {"measure": best[2].measure}
    )  # fmt: skip
    points = t.figure(f"{100 * apart.estimate:.1f}")
    if apart.p != apart.p:
        return t("That is {n} percentage points fewer than by '{other}'.", n=points, other=other[0])
    return t("That is {n} percentage points fewer than by '{other}' (p = {p}).", n=points,
             other=other[0], p=t.figure(f"{apart.p:.3f}"))  # fmt: skip


def _errors(figures: Figures, t: Language) -> PageSection | None:
    """Both errors of each method."""
    rows: list[Row] = []
    axis = shared_axis([0.0, 1.0], [], "share", t=t)
    for (name, quota), one in figures.items():
        out, there = _said(one.get("exclusion_error"), t), _said(one.get("inclusion_error"), t)
        if out is None or there is None:
            continue
        error = one["exclusion_error"]
        bar = bar_of(axis, error.estimate, error.ci_low, error.ci_high) if axis else None
        rows.append((
            TableCell(name), TableCell(quota), TableCell(str(out), error.estimate),
            TableCell(bar=bar), TableCell(str(there), one["inclusion_error"].estimate),
        ))  # fmt: skip
    if not rows:
        return None
    heading = t("Who is left out, and who is chosen without being poor")
    columns = (
        TableColumn("name", t("Method")), TableColumn("name", t("Chosen")),
        TableColumn("figure", t("Poor left out, % of the poor")),
        TableColumn("bar", t("Poor left out"), sortable=False),
        TableColumn("figure", t("Not poor, % of those chosen")),
    )  # fmt: skip
    return PageSection(heading, table=table_of("errors", heading, columns, tuple(rows), axis),
                       key="errors")  # fmt: skip


def _curve(found: Sequence[Evaluation], kind: str, t: Language) -> PageSection | None:
    """A curve, from the first evaluation that has its points."""
    from exitline.exits.target.curves import CURVES, lines

    points = next((some for one in found if (some := lines(one, kind))), None)
    if points is None:
        return None
    what = CURVES[kind]
    heading = t.of(Told(what.title))
    most = max([1.0, *(row[0] for rows in points.values() for row in rows)])
    even = t("chosen by lot") if kind == "roc" else ""
    drawn = lines_drawing(LineChart(heading, what.x, what.y, points, most, even), t)
    return PageSection(heading, _leads(t)[kind], drawing=drawn, key=kind.replace("_", "-"))
