"""The page of an evaluation of targeting: whom each method reaches, and its curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from exitline.publish.report.axis import shared_axis
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
    if apart.p < 0.001:
        return t("That is {n} percentage points fewer than by '{other}' (p below {p}).", n=points,
                 other=other[0], p=t.figure("0.001"))  # fmt: skip
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


COLOURS = 6
_TOP, _HEIGHT, _ROW = 30, 300, 22
_LEFT, _RIGHT = 11.0, 98.0


@dataclass(frozen=True)
class LineChart:
    """What is drawn.

    Attributes
    ----------
    title, x, y : str
        For screen readers, and what the sides are.
    lines : mapping of str to sequence of (float, float, float, float)
        By name, points from the left: x, value and the ends of its interval; values are shares.
    most : float
        The right end.
    even : str
        The name of a line from corner to corner; "" for none.
    """

    title: str
    x: str
    y: str
    lines: Mapping[str, Sequence[tuple[float, ...]]]
    most: float = 1.0
    even: str = ""


def lines_drawing(chart: LineChart, t: Language) -> str:
    """A chart as SVG; shapes stretch with the page, letters keep their size.

    Parameters
    ----------
    chart : LineChart
    t : Language
    """
    shapes, names = [], []
    if chart.even:
        shapes.append('<path class="k-line k-even" d="M0 100L100 0"/>')
        names.append(("k-even", chart.even))
    for i, (name, points) in enumerate(chart.lines.items()):
        kind = f"k{i % COLOURS}" + (" k-dashed" if i >= COLOURS else "")
        places = [_place(point, chart.most) for point in points]
        shapes.insert(i, f'<path class="k-band {kind}" d="{_band(places)}"/>')
        path = "L".join(f"{x:.2f} {y:.2f}" for x, y, _, _ in places)
        shapes.append(f'<path class="k-line {kind}" d="M{path}"/>')
        names.append((kind, t.of(name)))
    foot = _TOP + _HEIGHT + 62
    listed = "".join(
        f'<svg x="{_LEFT}%" y="{foot + _ROW * i}" overflow="visible"><line class="k-line {kind}" '
        f'x1="0" x2="30" y1="0" y2="0"/><text class="k-name" x="38" y="4">{escape(name)}</text>'
        "</svg>"
        for i, (kind, name) in enumerate(names)
    )
    return (
        f'<svg role="img" aria-label="{escape(chart.title)}" height="{foot + _ROW * len(names)}">'
        f"{''.join(_grid(chart, t))}"
        f'<svg x="{_LEFT}%" y="{_TOP}" width="{_RIGHT - _LEFT}%" height="{_HEIGHT}" '
        f'viewBox="0 0 100 100" preserveAspectRatio="none">{"".join(shapes)}</svg>{listed}</svg>'
    )


def _place(point: tuple[float, ...], most: float) -> tuple[float, ...]:
    """A point in percent of the drawing, its interval kept inside; the value where it has none."""
    x, value, low, high = point
    ends = (value if low != low else low, value if high != high else high)
    return (100.0 * x / most, *(100.0 - 100.0 * min(max(v, 0.0), 1.0) for v in (value, *ends)))


def _band(places: Sequence[tuple[float, ...]]) -> str:
    """What lies between both ends of the intervals."""
    ahead = "L".join(f"{x:.2f} {low:.2f}" for x, _, low, _ in places)
    back = "L".join(f"{x:.2f} {high:.2f}" for x, _, _, high in reversed(places))
    return f"M{ahead}L{back}Z"


def _grid(chart: LineChart, t: Language) -> list[str]:
    """Thin lines with numbers at both sides, and what the sides are."""
    found = [f'<text class="ticks" x="0" y="14">{escape(t.of(Told(chart.y)))}</text>']
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = _TOP + _HEIGHT * (1.0 - share)
        x = _LEFT + (_RIGHT - _LEFT) * share
        found += [
            f'<line class="tick" x1="{_LEFT}%" x2="{_RIGHT}%" y1="{y:.1f}" y2="{y:.1f}"/>',
            f'<text class="ticks" x="{_LEFT}%" dx="-6" y="{y + 4:.1f}" text-anchor="end">'
            f"{t.figure(f'{100 * share:.0f}{SPACE}%')}</text>",
            f'<text class="ticks" x="{x:.2f}%" y="{_TOP + _HEIGHT + 18}" '
            f'text-anchor="{"end" if share == 1.0 else "middle"}">'
            f"{t.figure(f'{100 * share * chart.most:.3g}{SPACE}%')}</text>",
        ]
    found.append(
        f'<text class="ticks" x="{_RIGHT}%" y="{_TOP + _HEIGHT + 38}" text-anchor="end">'
        f"{escape(t.of(Told(chart.x)))}</text>"
    )
    return found
