"""The Alkire-Foster measures: the figures made of the sums of scores and deprivations.

All are ratios of weighted sums of 0/1 columns and of censored scores (`exitline.measure.scores`),
so that every standard error is that of the joint linearisation.

References
----------
Alkire and Foster (2011), Journal of Public Economics 95, 476-487; Alkire, Foster, Seth, Santos,
Roche and Ballon (2015), Multidimensional Poverty Measurement and Analysis, chapters 5 and 8.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from exitline.errors import MeasureError, nearest
from exitline.measure.counts import ratio_of
from exitline.measure.model import Measure, Term
from exitline.measure.scores import Cut, Spec, own, summed_dimensions

HEADLINE = ("H", "A", "M0")
CARDINAL = ("M1", "M2")
BY_INDICATOR = ("uncensored", "censored", "contribution", "contribution_share")
BY_DIMENSION = ("dimension_contribution", "dimension_share")
DESTITUTE = ("destitute", "destitute_of_poor")


@dataclass(frozen=True)
class Figure:
    """A measure, and how results name it: its name, the cut-off as line, indicator, k."""

    measure: Measure
    name: str
    line: str = ""
    more: tuple[tuple[str, str | float], ...] = ()


def columns_of(chosen: Sequence[Figure]) -> frozenset[str]:
    """The columns that figures sum."""
    terms = [t for one in chosen for t in (*one.measure.terms, one.measure.about)]
    return frozenset(term.column for term in terms if term.column is not None)


def available(spec: Spec) -> tuple[str, ...]:
    """The measures that a specification allows, in the order of results."""
    return (
        *HEADLINE, *(CARDINAL if spec.indicators.cardinal else ()),
        *(band.name for band in spec.bands), *BY_INDICATOR,
        *(BY_DIMENSION if summed_dimensions(spec) else ()),
        *(DESTITUTE if spec.destitution is not None else ()),
    )  # fmt: skip


def figures(spec: Spec, wanted: Sequence[str] | None = None) -> tuple[Figure, ...]:
    """The figures of a specification.

    Parameters
    ----------
    spec : Spec
    wanted : sequence of str, optional
        Measures by name; all that are `available` unless given.

    Returns
    -------
    tuple of Figure

    Raises
    ------
    MeasureError
        For a measure that there is not, or that these indicators do not allow.
    """
    there = available(spec)
    chosen = there if wanted is None else tuple(dict.fromkeys(wanted))
    unknown = next((name for name in chosen if name not in there), None)
    if unknown is not None:
        raise _not_available(unknown, there)
    everyone = Term("one") if spec.all_kept else Term("flag", column=own("known"))
    found: list[Figure] = []
    for name in chosen:
        if name == "uncensored":
            found += _uncensored(spec, everyone)
        elif name in {band.name for band in spec.bands}:
            found.append(_band(spec, name, everyone))
        else:
            for i, cut in enumerate(spec.cuts):
                found += _at(name, spec, everyone, i, cut)
    return tuple(found)


def headline(name: str) -> Measure:
    """H, A or M0 of the first cut-off, as a study asks for it by name."""
    return _headline(name, Term("flag", column=own("known")), 0)


def _headline(name: str, everyone: Term, i: int) -> Measure:
    """H, A or M0 at a cut-off."""
    poor, amount = _term("poor", i), _amount("amount", i)
    if name == "H":
        return _ratio("H", poor, everyone, "multidimensionally poor persons, share", "share")
    if name == "A":
        label = "intensity: mean share of deprivations of poor persons"
        return _ratio("A", amount, poor, label, "share")
    label = "adjusted headcount ratio (MPI) of persons"
    return _ratio("M0", amount, everyone, label, "index", interval="share")


def _at(name: str, spec: Spec, everyone: Term, i: int, cut: Cut) -> Iterator[Figure]:
    """The figures of one measure at one cut-off."""
    if name in HEADLINE:
        yield _figure(name, _headline(name, everyone, i), cut, i)
    elif name in CARDINAL:
        power = int(name[1])
        words = {1: "adjusted poverty gap", 2: "adjusted squared poverty gap"}[power]
        label = f"{words} of persons"
        term = _amount("gap", power, i)
        yield _figure(name, _ratio(name, term, everyone, label, "index", interval="plain"), cut, i)
    elif name in BY_DIMENSION:
        for d, dimension in enumerate(summed_dimensions(spec)):
            term, more = _amount("dim", i, d), (("dimension", dimension),)
            made = _part(name.endswith("share"), term, 1.0, dimension, everyone, i)
            yield _figure(name, made, cut, i, more, d)
    elif name in DESTITUTE:
        if cut.k is not None:
            of, label = everyone, "destitute persons, share"
            if name == "destitute_of_poor":
                of, label = _term("poor", i), "poor persons who are destitute, share"
            yield _figure(name, _ratio(name, _term("destitute", i), of, label, "share"), cut, i)
    else:
        yield from _by_indicator(name, spec, everyone, i, cut)


def _by_indicator(name: str, spec: Spec, everyone: Term, i: int, cut: Cut) -> Iterator[Figure]:
    """Censored headcounts and contributions of each indicator."""
    indicators = spec.indicators
    for j, (one, part) in enumerate(zip(indicators.each, indicators.parts, strict=True)):
        weight = part / indicators.whole
        term = _term("c", i, j)
        if name == "censored":
            label = f"poor persons deprived in {one.label or one.name}, share"
            made = _ratio(name, term, everyone, label, "share")
        else:
            of = one.label or one.name
            made = _part(name.endswith("share"), term, weight, of, everyone, i)
        yield _figure(name, made, cut, i, _more(one.name, one.dimension), j)


def _part(share: bool, term: Term, weight: float, of: str, everyone: Term, i: int) -> Measure:
    """A contribution to M0: of its own unit, or as a share of M0, which speaks of the poor."""
    if not share:
        label = f"contribution of {of} to M0"
        return _ratio("contribution", term, everyone, label, "index", "share", weight)
    label = f"share of {of} in M0"
    poor = _term("poor", i)
    made = _ratio("share", term, _amount("amount", i), label, "share", "share", weight)
    return replace(made, speaks_of=poor)


def _uncensored(spec: Spec, everyone: Term) -> Iterator[Figure]:
    """Headcounts of each indicator among all who take part."""
    for j, one in enumerate(spec.indicators.each):
        label = f"persons deprived in {one.label or one.name}, share"
        of = _term("ku", j) if spec.declared_alone else everyone
        made = _ratio(f"uncensored:{j}", _term("u", j), of, label, "share")
        yield Figure(made, "uncensored", "", (*_more(one.name, one.dimension), ("k", float("nan"))))


def _band(spec: Spec, name: str, everyone: Term) -> Figure:
    """The share of those in a band."""
    b = [band.name for band in spec.bands].index(name)
    label = f"{name} persons, share"
    made = _ratio(f"band:{b}", _term("band", b), everyone, label, "share")
    return Figure(made, name, "", (("k", float(spec.bands[b].low)),))


def _figure(
    name: str, measure: Measure, cut: Cut, i: int, more: tuple[tuple[str, str | float], ...] = (),
    *numbers: int,
) -> Figure:  # fmt: skip
    """A figure at a cut-off; its measure has a name of its own."""
    own = ":".join([name, str(i), *map(str, numbers)])
    k = float(cut.k) if cut.k is not None else cut.reaches
    return Figure(replace(measure, name=own), name, cut.label, (*more, ("k", k)))


def _more(indicator: str, dimension: str) -> tuple[tuple[str, str | float], ...]:
    """What tells the figures of indicators apart."""
    named: tuple[tuple[str, str | float], ...] = (("indicator", indicator),)
    return (*named, ("dimension", dimension)) if dimension else named


def _term(what: str, *numbers: int) -> Term:
    return Term("flag", column=own(what, *numbers))


def _amount(what: str, *numbers: int) -> Term:
    return Term("amount", column=own(what, *numbers))


def _ratio(
    name: str, top: Term, bottom: Term, label: str, unit: str, interval: str = "share",
    factor: float | None = None,
) -> Measure:  # fmt: skip
    """One weighted sum over another, times a factor."""
    parameters = () if factor is None else (factor,)
    return ratio_of(
        name, top, bottom, unit, label, interval=interval, parameters=parameters,
        speaks_of=bottom,
    )  # fmt: skip


def _not_available(name: str, there: tuple[str, ...]) -> MeasureError:
    why = {
        "M1": "every indicator must be an amount with a cut-off (achievement, below)",
        "M2": "every indicator must be an amount with a cut-off (achievement, below)",
        "destitute": "give the stricter indicators: destitution=",
        "destitute_of_poor": "give the stricter indicators: destitution=",
        "dimension_contribution": "give the indicators dimensions",
        "dimension_share": "give the indicators dimensions",
    }
    return MeasureError(
        f"'{name}' cannot be had from these indicators", expected="some of " + ", ".join(there),
        got=name, remedy=why.get(name, "") or nearest(name, there) or "choose one of these",
    )  # fmt: skip
