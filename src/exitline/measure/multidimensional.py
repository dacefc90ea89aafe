"""The Alkire-Foster measures: columns of each household, and the figures made of their sums.

A household's score is a whole number over the common denominator of the weights, and a cut-off
the lowest whole number that reaches it: six weights of 1/18 are one third, whatever the order.
All figures are ratios of weighted sums of 0/1 columns and of censored scores, so that every
standard error is that of the joint linearisation.

References
----------
Alkire and Foster (2011), Journal of Public Economics 95, 476-487; Alkire, Foster, Seth, Santos,
Roche and Ballon (2015), Multidimensional Poverty Measurement and Analysis, chapters 5 and 8.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import ibis

from exitline.data.keys import OWN
from exitline.errors import MeasureError, nearest
from exitline.measure.catalogue import Measure, Term
from exitline.measure.indicators import Indicators

HEADLINE = ("H", "A", "M0")
CARDINAL = ("M1", "M2")
BY_INDICATOR = ("uncensored", "censored", "contribution", "contribution_share")
BY_DIMENSION = ("dimension_contribution", "dimension_share")
DESTITUTE = ("destitute", "destitute_of_poor")
_KNOWN = OWN + "mpi_known"


@dataclass(frozen=True)
class Cut:
    """Who is poor: from which share of all weights; None where a standard's own condition says.

    `label` is how results name it, in the column of the line; `reaches` the share that results
    show as k.
    """

    label: str
    k: Fraction | None
    reaches: float = float("nan")


@dataclass(frozen=True)
class Band:
    """A stretch of the score, from `low` to below `high` (None: to the end)."""

    name: str
    low: Fraction
    high: Fraction | None = None


@dataclass(frozen=True)
class Spec:
    """What a multidimensional measure is made of.

    Attributes
    ----------
    indicators : Indicators
    cuts : tuple of Cut
    bands : tuple of Band
    destitution : Indicators, optional
        Of a second, stricter set: who is poor and reaches the cut-off there, too.
    mixed : bool
        Whether who is poor also hangs on something else than the score (an income line), so
        that it may be known where an indicator is not.
    all_kept : bool
        Whether no household is left out for a missing indicator.
    """

    indicators: Indicators
    cuts: tuple[Cut, ...]
    bands: tuple[Band, ...] = ()
    destitution: Indicators | None = None
    mixed: bool = False
    all_kept: bool = False


@dataclass(frozen=True)
class States:
    """Boolean columns of each household before anything is scored; null where unknown.

    Attributes
    ----------
    deprived : mapping of str to ibis.Value
        By indicator, after its rule for missing values.
    gaps : mapping of str to ibis.Value
        By cardinal indicator: (below - achievement) / below.
    poor : ibis.Value, optional
        By a standard's own condition.
    destitute : mapping of str to ibis.Value
        By indicator of the stricter set.
    """

    deprived: Mapping[str, Any]
    gaps: Mapping[str, Any] = field(default_factory=dict)
    poor: Any = None
    destitute: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Figure:
    """A measure, and how results name it: its name, the cut-off as line, indicator, k."""

    measure: Measure
    name: str
    line: str = ""
    more: tuple[tuple[str, str | float], ...] = ()


def scored(table: Any, spec: Spec, states: States) -> Any:
    """Households with the columns that the figures sum.

    Parameters
    ----------
    table : ibis.Table
    spec : Spec
    states : States
        Over this table.

    Returns
    -------
    ibis.Table
        With 0/1 columns (known, poor, deprived, deprived and poor ...) and censored scores.
    """
    table = table.mutate(**_raw(states))
    new = {_own("score"): _score(table, spec.indicators, "d")}
    if spec.destitution is not None:
        new[_own("strict")] = _score(table, spec.destitution, "s")
    table = table.mutate(**new)
    known = _is_known(table, spec, states)
    table = table.mutate(**{_KNOWN: known})
    poor = {_own("is_poor", i): _is_poor(table, spec, cut) for i, cut in enumerate(spec.cuts)}
    table = table.mutate(**poor)
    return table.mutate(**_summed(table, spec))


def is_kept(table: Any, spec: Spec, states: States) -> Any:
    """Whether each household takes part: no indicator is unknown that would have to be known."""
    raw = table.mutate(**_raw(states))
    new = {_own("score"): _score(raw, spec.indicators, "d")}
    if spec.destitution is not None:
        new[_own("strict")] = _score(raw, spec.destitution, "s")
    raw = raw.mutate(**new)
    return raw, _is_known(raw, spec, states)


def _own(what: str, *numbers: int) -> str:
    """A column of exitline's own."""
    return OWN + "mpi_" + "_".join([what, *map(str, numbers)])


def _raw(states: States) -> dict[str, Any]:
    """The states as columns of their own, so that each is computed once."""
    new = {_own("d", j): state for j, state in enumerate(states.deprived.values())}
    new |= {_own("s", j): state for j, state in enumerate(states.destitute.values())}
    new |= {_own("g", j): gap for j, gap in enumerate(states.gaps.values())}
    if states.poor is not None:
        new[_own("declared")] = states.poor
    return new


def _score(table: Any, indicators: Indicators, prefix: str) -> Any:
    """The whole score: missing where any state is."""
    parts = [table[_own(prefix, j)].cast("int64") * part for j, part in enumerate(indicators.parts)]
    return sum(parts[1:], parts[0])


def _is_known(table: Any, spec: Spec, states: States) -> Any:
    """Whether it can be told who is poor, and how deprived the poor are."""
    known = table[_own("score")].notnull()
    if states.poor is not None:
        declared = table[_own("declared")]
        known = declared.notnull() & (known | ~declared.fill_null(True))
    return known & table[_own("strict")].notnull() if spec.destitution is not None else known


def _is_poor(table: Any, spec: Spec, cut: Cut) -> Any:
    """Whether a household that takes part is poor at a cut-off."""
    if cut.k is None:
        reached = table[_own("declared")]
    else:
        reached = table[_own("score")] >= ibis.literal(spec.indicators.at_least(cut.k), "int64")
    return (table[_KNOWN] & reached).fill_null(False)


def _summed(table: Any, spec: Spec) -> dict[str, Any]:
    """The numbers that are summed."""
    known, score = table[_KNOWN], table[_own("score")]
    share = score.cast("float64") / float(spec.indicators.whole)
    new: dict[str, Any] = {_own("known"): _flag(known)}
    for j in range(len(spec.indicators.each)):
        new[_own("u", j)] = _flag((known & table[_own("d", j)]).fill_null(False))
        if spec.mixed:
            new[_own("ku", j)] = _flag(known & table[_own("d", j)].notnull())
    for b, band in enumerate(spec.bands):
        inside = score >= ibis.literal(spec.indicators.at_least(band.low), "int64")
        if band.high is not None:
            inside = inside & (score < ibis.literal(spec.indicators.at_least(band.high), "int64"))
        new[_own("band", b)] = _flag((known & inside).fill_null(False))
    for i, cut in enumerate(spec.cuts):
        poor = table[_own("is_poor", i)]
        new[_own("poor", i)] = _flag(poor)
        new[_own("amount", i)] = ibis.ifelse(poor, share, 0.0)
        new |= _of_cut(table, spec, cut, i, poor)
    return new


def _of_cut(table: Any, spec: Spec, cut: Cut, i: int, poor: Any) -> dict[str, Any]:
    """Censored deprivations, gaps and dimensions at one cut-off."""
    new: dict[str, Any] = {}
    indicators = spec.indicators
    for j in range(len(indicators.each)):
        new[_own("c", i, j)] = _flag((poor & table[_own("d", j)]).fill_null(False))
    for d, dimension in enumerate(_summed_dimensions(spec)):
        inside = [j for j, one in enumerate(indicators.each) if one.dimension == dimension]
        parts = [table[_own("d", j)].cast("int64") * indicators.parts[j] for j in inside]
        within = sum(parts[1:], parts[0]).cast("float64") / float(indicators.whole)
        new[_own("dim", i, d)] = ibis.ifelse(poor, within, 0.0)
    if indicators.cardinal:
        for power in (1, 2):
            gaps = [
                ibis.ifelse(table[_own("d", j)], table[_own("g", j)] ** power, 0.0) * float(part)
                for j, part in enumerate(indicators.parts)
            ]
            total = sum(gaps[1:], gaps[0]) / float(indicators.whole)
            new[_own("gap", power, i)] = ibis.ifelse(poor, total, 0.0)
    if spec.destitution is not None and cut.k is not None:
        reached = table[_own("strict")] >= ibis.literal(spec.destitution.at_least(cut.k), "int64")
        new[_own("destitute", i)] = _flag((poor & reached).fill_null(False))
    return new


def _flag(condition: Any) -> Any:
    return ibis.ifelse(condition, 1.0, 0.0)


def _summed_dimensions(spec: Spec) -> tuple[str, ...]:
    """Dimensions with figures of their own: not where there is one, or one for each indicator."""
    found = spec.indicators.dimensions
    return found if 1 < len(found) < len(spec.indicators.each) else ()


def available(spec: Spec) -> tuple[str, ...]:
    """The measures that a specification allows, in the order of results."""
    return (
        *HEADLINE, *(CARDINAL if spec.indicators.cardinal else ()),
        *(band.name for band in spec.bands), *BY_INDICATOR,
        *(BY_DIMENSION if _summed_dimensions(spec) else ()),
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
    everyone = Term("one") if spec.all_kept else Term("flag", column=_own("known"))
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
    return _headline(name, Term("flag", column=_own("known")), 0)


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
        for d, dimension in enumerate(_summed_dimensions(spec)):
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
        of = _term("ku", j) if spec.mixed else everyone
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
    return Term("flag", column=_own(what, *numbers))


def _amount(what: str, *numbers: int) -> Term:
    return Term("amount", column=_own(what, *numbers))


def _ratio(
    name: str, top: Term, bottom: Term, label: str, unit: str, interval: str = "share",
    factor: float | None = None,
) -> Measure:  # fmt: skip
    """One weighted sum over another, times a factor."""
    return Measure(name, (top, bottom), "ratio", interval, unit, label, parameter=factor)  # type: ignore[arg-type]


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
