"""The figures of weighted indicators at every cut-off, made of the sums of scores.

All are ratios of weighted sums of 0/1 columns and of censored scores (`measure.scores`),
so that every standard error is that of the joint linearisation.

References
----------
Alkire and Foster (2011), Journal of Public Economics 95, 476-487; Alkire, Foster, Seth, Santos,
Roche and Ballon (2015), Multidimensional Poverty Measurement and Analysis, chapters 5 and 8.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from exitline.errors import MeasureError, nearest
from exitline.stats.measure.deprivation.multidimensional import (
    BY_DIMENSION,
    BY_INDICATOR,
    CARDINAL,
    DESTITUTE,
    HEADLINE,
    ON_REQUEST,
    amount,
    asked,
    at_cutoff,
    counted,
    flag,
    headline,
    of_households,
    part_of,
    share,
    taken_apart,
)
from exitline.stats.measure.deprivation.scores import PoorCut, Spec, summed_dimensions
from exitline.stats.measure.model import Measure, Term


@dataclass(frozen=True)
class MpiFigure:
    """A measure, and how results name it: its name, the cut-off as line, indicator, k."""

    measure: Measure
    name: str
    line: str = ""
    more: tuple[tuple[str, str | float], ...] = ()


def columns_of(chosen: Iterable[Measure]) -> frozenset[str]:
    """The columns that measures sum."""
    terms = [t for one in chosen for t in (*one.terms, one.about)]
    return frozenset(term.column for term in terms if term.column is not None)


def available(spec: Spec) -> tuple[str, ...]:
    """The measures that a specification allows, in the order of results."""
    return (
        *HEADLINE, *(CARDINAL if spec.indicators.cardinal else ()),
        *(band.name for band in spec.bands), *BY_INDICATOR,
        *(BY_DIMENSION if summed_dimensions(spec) else ()),
        *(DESTITUTE if spec.destitution is not None else ()),
    )  # fmt: skip


def figures(spec: Spec, wanted: Sequence[str] | None = None) -> tuple[MpiFigure, ...]:
    """The figures of a specification.

    Parameters
    ----------
    spec : Spec
    wanted : sequence of str, optional
        Measures by name; all that are `available` unless given.

    Returns
    -------
    tuple of MpiFigure

    Raises
    ------
    MeasureError
        For a measure that there is not, or that these indicators do not allow.
    """
    there = available(spec)
    chosen = there if wanted is None else tuple(dict.fromkeys(wanted))
    unknown = next((name for name in chosen if name not in (*there, *ON_REQUEST)), None)
    if unknown is not None:
        raise _not_available(unknown, there)
    everyone = Term("one") if spec.all_kept else flag("known")
    found: list[MpiFigure] = []
    for name in chosen:
        if name == "uncensored":
            found += _uncensored(spec, everyone)
        elif name in {band.name for band in spec.bands}:
            found.append(_band(spec, name, everyone))
        else:
            for i, cut in enumerate(spec.cuts):
                found += _at(name, spec, everyone, i, cut)
    return tuple(found)


def of_study(spec: Spec, wanted: Sequence[str]) -> Iterator[Measure]:
    """The measures that a study asks for by name: H, M0(severe), censored(water).

    Parameters
    ----------
    spec : Spec
        Of the study's standard.
    wanted : sequence of str
        As `exitline.stats.measure.deprivation.multidimensional.asked` writes them.

    Raises
    ------
    MeasureError
        For an indicator or a cut-off that the standard does not have.
    """
    made = figures(spec, [taken_apart(name)[0] for name in wanted])
    for name in wanted:
        base, indicator, cutoff = taken_apart(name)
        line = cutoff or spec.cuts[0].label
        found = [
            (one, own)
            for one in made
            for own in (str(dict(one.more).get("indicator", "")),)
            if one.name == base and one.line in ("", line) and indicator in ("", own)
        ]
        if not found:
            raise _not_of_standard(name, spec)
        for one, own in found:
            yield replace(
                one.measure, name=asked(base, own, cutoff),
                label=at_cutoff(one.measure.label, cutoff),
            )  # fmt: skip


def _at(name: str, spec: Spec, everyone: Term, i: int, cut: PoorCut) -> Iterator[MpiFigure]:
    """The figures of one measure at one cut-off."""
    if name in HEADLINE:
        yield _figure(name, headline(name, everyone, i), cut, i)
    elif name == "household_H":
        households = replace(everyone, unit="households")
        yield _figure(name, of_households(households, i), cut, i)
    elif name in ON_REQUEST:
        yield _figure(name, counted(name, i), cut, i)
    elif name in CARDINAL:
        power = int(name[1])
        words = {1: "adjusted poverty gap", 2: "adjusted squared poverty gap"}[power]
        label = f"{words} of persons"
        term = amount("gap", power, i)
        yield _figure(name, share(name, term, everyone, label, "index", interval="plain"), cut, i)
    elif name in BY_DIMENSION:
        for d, dimension in enumerate(summed_dimensions(spec)):
            term, more = amount("dim", i, d), (("dimension", dimension),)
            made = part_of(name, term, 1.0, dimension, everyone, i)
            yield _figure(name, made, cut, i, more, d)
    elif name in DESTITUTE:
        if cut.k is not None:
            of, label = everyone, "destitute persons, share"
            if name == "destitute_of_poor":
                of, label = flag("poor", i), "poor persons who are destitute, share"
            yield _figure(name, share(name, flag("destitute", i), of, label), cut, i)
    else:
        yield from _by_indicator(name, spec, everyone, i, cut)


def _by_indicator(
    name: str, spec: Spec, everyone: Term, i: int, cut: PoorCut
) -> Iterator[MpiFigure]:
    """Censored headcounts and contributions of each indicator."""
    indicators = spec.indicators
    for j, (one, part) in enumerate(zip(indicators.each, indicators.parts, strict=True)):
        weight = part / indicators.whole
        term = flag("c", i, j)
        if name == "censored":
            label = f"poor persons deprived in {one.label or one.name}, share"
            made = share(name, term, everyone, label)
        else:
            of = one.label or one.name
            made = part_of(name, term, weight, of, everyone, i)
        yield _figure(name, made, cut, i, _more(one.name, one.dimension), j)


def _uncensored(spec: Spec, everyone: Term) -> Iterator[MpiFigure]:
    """Headcounts of each indicator among all who take part."""
    for j, one in enumerate(spec.indicators.each):
        label = f"persons deprived in {one.label or one.name}, share"
        of = flag("ku", j) if spec.declared_alone else everyone
        made = share(f"uncensored:{j}", flag("u", j), of, label)
        yield MpiFigure(
            made, "uncensored", "", (*_more(one.name, one.dimension), ("k", float("nan")))
        )


def _band(spec: Spec, name: str, everyone: Term) -> MpiFigure:
    """The share of those in a band."""
    b = [band.name for band in spec.bands].index(name)
    label = f"{name} persons, share"
    made = share(f"band:{b}", flag("band", b), everyone, label)
    return MpiFigure(made, name, "", (("indicator", ""), ("k", float(spec.bands[b].low))))


def _figure(
    name: str, measure: Measure, cut: PoorCut, i: int,
    more: tuple[tuple[str, str | float], ...] = (), *numbers: int,
) -> MpiFigure:  # fmt: skip
    """A figure at a cut-off; its measure has a name of its own."""
    own = ":".join([name, str(i), *map(str, numbers)])
    k = float(cut.k) if cut.k is not None else cut.reaches
    told = dict((("indicator", ""), *more, ("k", k)))
    return MpiFigure(replace(measure, name=own), name, cut.label, tuple(told.items()))


def _more(indicator: str, dimension: str) -> tuple[tuple[str, str | float], ...]:
    """What tells the figures of indicators apart."""
    named: tuple[tuple[str, str | float], ...] = (("indicator", indicator),)
    return (*named, ("dimension", dimension)) if dimension else named


def _not_of_standard(name: str, spec: Spec) -> MeasureError:
    known = [*(one.name for one in spec.indicators.each), *(cut.label for cut in spec.cuts)]
    _, indicator, cutoff = taken_apart(name)
    return MeasureError(
        f"'{name}' is about nothing in the standard",
        expected="one of its indicators and cut-offs: " + ", ".join(known), got=name,
        remedy=nearest(indicator or cutoff, known) or "see `exitline standards`",
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
