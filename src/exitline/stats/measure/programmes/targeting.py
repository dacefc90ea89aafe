"""Whom a programme reaches: coverage, errors, incidence, and measures of a score.

A programme is a column: of zeros and ones, of parts of a place, or of benefits. With a quota
it is a score instead: the lowest are chosen until the quota is full
(`exitline.stats.measure.programmes.cuts`).
"""

from __future__ import annotations

from typing import Any

from exitline.stats.measure.dual import ranked, totals
from exitline.stats.measure.model import Given, Linear, Measure, Term
from exitline.stats.measure.programmes.cuts import Pick
from exitline.stats.measure.programmes.programme import (
    Programme,
    Quotient,
    made,
    over,
    programme_of,
)
from exitline.stats.measure.ranges import Quota, ranged
from exitline.words.said import collected


@ranged
def coverage(column: str, quota: Quota = 0.0) -> Measure:
    """Share of persons whom a programme reaches.

    Parameters
    ----------
    column : str
        Zeros and ones (or parts of a place); with a quota, a score.
    quota : float
        Share of persons to be chosen, the lowest scores first. Without it the column says who
        is.
    """
    return of_programme("coverage", programme_of(column, quota))


@ranged
def poor_coverage(column: str, quota: Quota = 0.0) -> Measure:
    """Share of the poor whom a programme reaches (recall).

    Parameters
    ----------
    column, quota
        As in `coverage`.
    """
    return of_programme("poor_coverage", programme_of(column, quota))


@ranged
def exclusion_error(column: str, quota: Quota = 0.0) -> Measure:
    """Share of the poor whom a programme does not reach (undercoverage).

    Parameters
    ----------
    column, quota
        As in `coverage`.

    References
    ----------
    Cornia and Stewart (1993), in Ravallion and others; Coady, Grosh and Hoddinott (2004),
    Targeting of Transfers in Developing Countries, chapter 2.
    """
    return of_programme("exclusion_error", programme_of(column, quota))


@ranged
def inclusion_error(column: str, quota: Quota = 0.0) -> Measure:
    """Share of those reached who are not poor; of benefits, the share that goes to them (leakage).

    Parameters
    ----------
    column, quota
        As in `coverage`; a column of benefits gives the leakage.

    References
    ----------
    Coady, Grosh and Hoddinott (2004), Targeting of Transfers in Developing Countries, chapter 2.
    """
    return of_programme("inclusion_error", programme_of(column, quota))


@ranged
def nonpoor_coverage(column: str, quota: Quota = 0.0) -> Measure:
    """Share of those who are not poor whom a programme reaches (the false positive rate).

    Parameters
    ----------
    column, quota
        As in `coverage`.
    """
    return of_programme("nonpoor_coverage", programme_of(column, quota))


@ranged
def targeting_differential(column: str, quota: Quota = 0.0) -> Measure:
    """Share of the poor who are reached, less the share of the others (-1 to 1).

    Parameters
    ----------
    column, quota
        As in `coverage`.

    References
    ----------
    Ravallion (2000), Economic Journal 110, 435-452; Galasso and Ravallion (2005).
    """
    return of_programme("targeting_differential", programme_of(column, quota))


def of_programme(kind: str, programme: Programme) -> Measure:
    """A measure of who is reached, of any programme.

    Parameters
    ----------
    kind : str
        "coverage", "poor_coverage", "nonpoor_coverage", "exclusion_error", "inclusion_error",
        "targeting_differential" or "poor_share".
    programme : Programme

    Returns
    -------
    Measure
    """
    label, better, speaks = _KINDS[kind]
    name = f"{kind}({programme.said})"
    one, poor = programme.one, programme.poor
    everyone, all_poor = Pick(programme.among(one)), Pick(programme.among(poor))
    reached, poor_reached = programme.of(one), programme.of(poor)
    of_poor = over(poor_reached, all_poor)
    of_others = Quotient(
        ((1.0, reached), (-1.0, poor_reached)), ((1.0, everyone), (-1.0, all_poor))
    )
    back = Quotient(((-1.0, poor_reached),), ((1.0, all_poor),))
    parts, plus = {
        "coverage": ((over(reached, everyone),), 0.0),
        "poor_coverage": ((of_poor,), 0.0),
        "nonpoor_coverage": ((of_others,), 0.0),
        "exclusion_error": ((back,), 1.0),
        "inclusion_error": ((over(poor_reached, reached, -1.0),), 1.0),
        "poor_share": ((over(poor_reached, reached),), 0.0),
        "targeting_differential": (
            (of_poor, Quotient(of_others.top, of_others.bottom, -1.0)), 0.0,
        ),
    }[kind]  # fmt: skip
    about = {
        "poor": programme.among(poor), "others": programme.among(programme.others),
        "reached": programme.reached, "all": programme.among(one),
    }[speaks]  # fmt: skip
    more: dict[str, Any] = {"speaks_of": about, "better": better}
    if kind == "targeting_differential":
        more |= {"interval": "plain", "unit": "index"}
    return made(name, label, *parts, plus=plus, **more)


_KINDS = {
    "coverage": ("reached, share of persons", "", "all"),
    "poor_coverage": ("poor persons reached, share of the poor", "higher", "poor"),
    "nonpoor_coverage": ("others reached, share of those who are not poor", "lower", "others"),
    "exclusion_error": ("poor persons not reached, share of the poor", "lower", "poor"),
    "inclusion_error": ("not poor, share of those reached", "lower", "reached"),
    "poor_share": ("poor, share of those reached", "higher", "reached"),
    "targeting_differential": ("coverage of the poor less that of others", "higher", "all"),
}


def overlap(column: str, other: str) -> Measure:
    """Share of the recipients of one programme who receive another, too.

    Parameters
    ----------
    column, other : str
        Benefits, or zeros and ones, of both.
    """
    receives = Term("received", column=column)
    both = Term("product", of=receives, ranking=Term("received", column=other))
    label = f"recipients of {column} who also receive {other}, share"
    part = over(Pick(both), Pick(receives))
    return made(f"overlap({column}, {other})", label, part, speaks_of=receives)


def roc_area(score: str) -> Measure:
    """Area under the ROC curve: how often a poor person's score is below that of another.

    0.5 is a score that tells nothing, 1 one that tells the poor apart without error; equal
    scores count half.

    Parameters
    ----------
    score : str
        Column of the score, low for the poor.

    References
    ----------
    Bamber (1975), Journal of Mathematical Psychology 12, 387-415; Wodon (1997), Economics
    Letters 55, 387-393.
    """
    by = Term("amount", column=score)
    poor = Term("poor")
    terms = (
        Term("one"), poor, Term("ranked", of=poor, ranking=by), Term("lower", of=poor, ranking=by),
    )  # fmt: skip
    return Measure(
        f"roc_area({score})", terms, _roc_area, "share", "share",
        "area under the ROC curve", better="higher",
        undefined=collected("nobody is poor, or everybody is"),
    )  # fmt: skip


def _roc_area(given: Given) -> Linear:
    """1 - (R - Q^2/2) / (Q (N - Q)), with R the sum over the poor of the number ranked below."""
    N, Q, A, B = totals(given)
    figure = 1.0 - (ranked(N, Q, A, B) - Q * Q / 2.0) / (Q * (N - Q))
    return figure.unless(~((Q.value > 0) & (N.value > Q.value))).linear()


MEASURES = (
    coverage, poor_coverage, nonpoor_coverage, exclusion_error, inclusion_error,
    targeting_differential, overlap, roc_area,
)  # fmt: skip
