"""Drawings of findings as SVG: flows between visits, and what a plan says by the true rate.

Shapes stretch with the page, letters keep their size, so that both are read on a phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from exitline.publish.report.axis import shared_axis
from exitline.words.numbers import SPACE, rounded
from exitline.words.said import Told

if TYPE_CHECKING:
    from exitline.words.catalogue import Language
    from exitline.words.numbers import Written

_NODE = 2.2
"""Width of a bar of states, in percent."""
_TOP, _HEIGHT, _FOOT = 26, 270, 46
_LEFT, _RIGHT = 9.0, 97.0
"""Sides of a drawing with a scale, in percent of the page's width."""


@dataclass(frozen=True)
class Flow:
    """A share of households that went from one state to another between two visits."""

    before: str
    after: str
    share: float
    said: Written

    @property
    def kind(self) -> str:
        """stay, left (poverty) or fell."""
        if self.before == self.after:
            return "stay"
        return "left" if self.before == "poor" else "fell"


@dataclass(frozen=True)
class VisitPair:
    """Two visits, one after the other, with the four flows between them."""

    before: str
    after: str
    flows: tuple[Flow, ...]

    def share(self, state: str, *, after: bool) -> float:
        """How many are in a state at one of the two visits."""
        return sum(f.share for f in self.flows if (f.after if after else f.before) == state)


def alluvial(pairs: Sequence[VisitPair], title: str, t: Language) -> str:
    """Bars of states at each visit, ribbons between them, figures with intervals on the ribbons.

    Parameters
    ----------
    pairs : sequence of VisitPair
    title : str
        For screen readers.
    t : Language
    """
    visits = len(pairs) + 1
    step = (100.0 - _NODE) / (visits - 1)
    shapes, labels = [], []
    for i, pair in enumerate(pairs):
        left, right = i * step + _NODE, (i + 1) * step
        shapes += [_bar(left - _NODE / (2 if i else 1), _NODE / (2 if i else 1), pair, False)]
        shapes += [_bar(right, _NODE / (1 if i == len(pairs) - 1 else 2), pair, True)]
        ribbons, said = _ribbons(pair, left, right)
        shapes += ribbons
        labels += said
        if not i:
            labels.append(_visit(0.0, pair.before, pair, False, t, "start"))
        at, anchor = (100.0, "end") if i == len(pairs) - 1 else (right + _NODE / 2, "middle")
        labels.append(_visit(at, pair.after, pair, True, t, anchor))
    tall = _TOP + _HEIGHT + _FOOT
    return (
        f'<svg role="img" aria-label="{escape(title)}" height="{tall}" '
        f'class="visits-{visits}">'
        f'<svg x="0" y="{_TOP}" width="100%" height="{_HEIGHT}" viewBox="0 0 100 100" '
        f'preserveAspectRatio="none">{"".join(shapes)}</svg>{"".join(labels)}</svg>'
    )


def _bar(x: float, width: float, pair: VisitPair, after: bool) -> str:
    """The states at one visit: out of poverty above, poor below."""
    out = 100.0 * pair.share("out", after=after)
    return (
        f'<rect class="f-out" x="{x:.3f}" y="0" width="{width:.3f}" height="{out:.3f}"/>'
        f'<rect class="f-poor" x="{x:.3f}" y="{out:.3f}" width="{width:.3f}" '
        f'height="{100 - out:.3f}"/>'
    )


def _ribbons(pair: VisitPair, left: float, right: float) -> tuple[list[str], list[str]]:
    """The four flows: those out of poverty above, in the order that crosses least."""
    order = [("out", "out"), ("out", "poor"), ("poor", "out"), ("poor", "poor")]
    by = {(f.before, f.after): f for f in pair.flows}
    out_before = 100.0 * pair.share("out", after=False)
    out_after = 100.0 * pair.share("out", after=True)
    start = {"out": 0.0, "poor": out_before}
    end = {"out": 0.0, "poor": out_after}
    shapes, labels, middle = [], [], (left + right) / 2
    placed = {}
    for before, after in [order[0], order[2], order[1], order[3]]:
        placed[before, after] = [0.0, end[after]]
        end[after] += 100.0 * by[before, after].share
    for key in order:
        placed[key][0] = start[key[0]]
        start[key[0]] += 100.0 * by[key].share
    for key in (order[0], order[3], order[1], order[2]):
        flow, (a, b) = by[key], placed[key]
        wide = 100.0 * flow.share
        shapes.append(
            f'<path class="f-{flow.kind}" d="M{left:.3f} {a:.3f}C{middle:.3f} {a:.3f} '
            f"{middle:.3f} {b:.3f} {right:.3f} {b:.3f}V{b + wide:.3f}C{middle:.3f} "
            f'{b + wide:.3f} {middle:.3f} {a + wide:.3f} {left:.3f} {a + wide:.3f}Z"/>'
        )
        labels.append(_flow_label(flow, left, right, a, b, wide))
    return shapes, labels


def _flow_label(flow: Flow, left: float, right: float, a: float, b: float, wide: float) -> str:
    """Figure and interval on a ribbon; nothing on one too thin to hold them."""
    high = wide * _HEIGHT / 100
    if high < 14:
        return ""
    stays = flow.kind == "stay"
    x, anchor, dx = ((left + right) / 2, "middle", 0) if stays else (left, "start", 6)
    y = _TOP + _HEIGHT * ((a + b if stays else 2 * a) + wide) / 200
    place = f'x="{x:.2f}%" dx="{dx}" text-anchor="{anchor}"'
    two = high >= 30 and flow.said.interval
    first = (
        f'<text class="f-label" {place} y="{y + (-2 if two else 5):.1f}">'
        f"{escape(flow.said.text)}</text>"
    )
    if not two:
        return first
    return first + (
        f'<text class="f-small" {place} y="{y + 12:.1f}">{escape(flow.said.interval)}</text>'
    )


def _visit(at: float, name: str, pair: VisitPair, after: bool, t: Language, anchor: str) -> str:
    """A visit's name above, and how many were poor then below."""
    poor = t.figure(f"{100 * pair.share('poor', after=after):.1f}\N{NO-BREAK SPACE}%")
    said = t("{share} poor", share=poor)
    return (
        f'<text class="f-node" x="{at:.2f}%" y="16" text-anchor="{anchor}">{escape(name)}</text>'
        f'<text class="f-node" x="{at:.2f}%" y="{_TOP + _HEIGHT + 20}" text-anchor="{anchor}">'
        f"{escape(said)}</text>"
    )


@dataclass(frozen=True)
class OperatingCurve:
    """What a plan says, by the true rate.

    Attributes
    ----------
    rates : sequence of float
        In rising order.
    met, not_met : sequence of float
        Their probabilities; what is left is *cannot tell*.
    threshold, aim : float
    threshold_said, aim_said : str
    mirrored : bool
        Whether a high rate meets the criterion.
    """

    rates: Sequence[float]
    met: Sequence[float]
    not_met: Sequence[float]
    threshold: float
    aim: float
    threshold_said: str
    aim_said: str
    mirrored: bool = False

    @property
    def low(self) -> float:
        """The first rate."""
        return self.rates[0]

    @property
    def high(self) -> float:
        """The last rate."""
        return self.rates[-1]

    def at(self, rate: float) -> float:
        """A rate's place, in percent of the drawing's width."""
        return 100.0 * (rate - self.low) / (self.high - self.low)


def operating(curve: OperatingCurve, title: str, t: Language) -> str:
    """Areas of the three outcomes by the true rate, with the threshold and the aim.

    Parameters
    ----------
    curve : OperatingCurve
    title : str
        For screen readers.
    t : Language
    """
    left, right = (curve.not_met, curve.met) if curve.mirrored else (curve.met, curve.not_met)
    names = ("not met", "met") if curve.mirrored else ("met", "not met")
    rates = [curve.at(rate) for rate in curve.rates]
    bottom = [(x, 100.0 - 100.0 * p) for x, p in zip(rates, left, strict=True)]
    top = [(x, 100.0 * p) for x, p in zip(rates, right, strict=True)]
    shapes = (
        '<rect class="o-cannot-tell" x="0" y="0" width="100" height="100"/>'
        f'<path class="o-{names[0].replace(" ", "-")}" d="{_area(bottom, 100.0)}"/>'
        f'<path class="o-{names[1].replace(" ", "-")}" d="{_area(top, 0.0)}"/>'
    )
    bands = {
        names[0]: [(y, 100.0) for _, y in bottom], names[1]: [(0.0, y) for _, y in top],
        "cannot tell yet": [(a, b) for (_, a), (_, b) in zip(top, bottom, strict=True)],
    }  # fmt: skip
    labels = [_band_label(t.of(Told(name)), rates, band) for name, band in bands.items()]
    marks = [_upright(curve.at(curve.threshold), "o-line", curve.threshold_said)]
    if curve.low <= curve.aim <= curve.high:
        marks.append(_upright(curve.at(curve.aim), "o-aim", curve.aim_said, below=True))
    return (
        f'<svg role="img" aria-label="{escape(title)}" height="{_TOP + _HEIGHT + 70}">'
        f'<svg x="{_LEFT}%" y="{_TOP}" width="{_RIGHT - _LEFT}%" height="{_HEIGHT}" '
        f'viewBox="0 0 100 100" preserveAspectRatio="none">{shapes}</svg>'
        f"{''.join((*_scales(curve, t), *marks, *labels))}</svg>"
    )


def _area(points: Sequence[tuple[float, float]], base: float) -> str:
    """What lies between a line and a side of the drawing."""
    line = "L".join(f"{x:.2f} {y:.2f}" for x, y in points)
    return f"M{points[0][0]:.2f} {base}L{line}L{points[-1][0]:.2f} {base}Z"


def _x(at: float) -> float:
    """A place in the drawing's own percent as one in those of the page."""
    return _LEFT + (_RIGHT - _LEFT) * at / 100.0


def _upright(at: float, kind: str, said: str, *, below: bool = False) -> str:
    """A line across, with its name above; one that would meet another's stands lower."""
    anchor = "start" if at < 25 else "end" if at > 75 else "middle"
    y = _TOP + _HEIGHT + 38 if below else 15
    return (
        f'<line class="{kind}" x1="{_x(at):.2f}%" x2="{_x(at):.2f}%" y1="{_TOP - 6}" '
        f'y2="{_TOP + _HEIGHT}"/>'
        f'<text class="f-node" x="{_x(at):.2f}%" y="{y}" text-anchor="{anchor}">'
        f"{escape(said)}</text>"
    )


def _band_label(said: str, rates: Sequence[float], band: Sequence[tuple[float, float]]) -> str:
    """An outcome's name where it is the most likely; "" where it never is likely."""
    most = max(range(len(band)), key=lambda i: band[i][1] - band[i][0])
    low, high = band[most]
    if high - low < 15:
        return ""
    at = rates[most]
    anchor, dx = ("start", 8) if at < 12 else ("end", -8) if at > 88 else ("middle", 0)
    y = _TOP + _HEIGHT * (low + high) / 200 + 5
    return (
        f'<text class="o-label" x="{_x(at):.2f}%" dx="{dx}" y="{y:.1f}" '
        f'text-anchor="{anchor}">{escape(said)}</text>'
    )


def _scales(curve: OperatingCurve, t: Language) -> list[str]:
    """Numbers along both sides, and what they are."""
    axis = shared_axis([curve.high - curve.low], [], "share", t=t)
    found = [
        f'<text class="ticks" x="{_LEFT}%" dx="-6" y="{_TOP + _HEIGHT * (1 - p) + 4:.1f}" '
        f'text-anchor="end">{t.figure(f"{100 * p:.0f}{SPACE}%")}</text>'
        for p in (0.0, 0.5, 1.0)
    ]
    count = 4 if axis is None else max(2, len(axis.ticks) - 1)
    for i in range(count + 1):
        rate = curve.low + (curve.high - curve.low) * i / count
        label = t.figure(f"{rounded(rate, 1, percent=True)}{SPACE}%")
        found.append(
            f'<text class="ticks" x="{_x(curve.at(rate)):.2f}%" y="{_TOP + _HEIGHT + 18}" '
            f'text-anchor="middle">{label}</text>'
        )
    named = escape(t("true rate in the county"))
    found.append(
        f'<text class="ticks" x="50%" y="{_TOP + _HEIGHT + 60}" text-anchor="middle">{named}</text>'
    )
    return found
