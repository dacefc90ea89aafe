"""The Alkire-Foster measures by name: what each is a ratio of.

The columns are those of `exitline.stats.measure.deprivation.scores`; a table has them where a
study's standard, or a call of `exitline.mpi`, gives weighted indicators.

References
----------
Alkire and Foster (2011), Journal of Public Economics 95, 476-487; Alkire, Foster, Seth, Santos,
Roche and Ballon (2015), Multidimensional Poverty Measurement and Analysis, chapter 5.
"""

from __future__ import annotations

from dataclasses import replace

from exitline.errors import MeasureError
from exitline.stats.measure.measures.counts import ratio_of, total_of
from exitline.stats.measure.model import Interval, Measure, Term, Unit

HEADLINE = ("H", "A", "M0")
CARDINAL = ("M1", "M2")
BY_INDICATOR = ("uncensored", "censored", "contribution", "contribution_share")
BY_DIMENSION = ("dimension_contribution", "dimension_share")
ON_REQUEST = ("household_H", "poor_count", "score_total")
DESTITUTE = ("destitute", "destitute_of_poor")
PREFIX = "exitline__mpi_"
"""Columns of scores and deprivations begin so."""
_HEADLINES = {
    "H": "multidimensionally poor persons, share",
    "A": "intensity: mean score of poor persons",
    "M0": "adjusted headcount ratio (M0) of persons",
}


def own(what: str, *which: int | str) -> str:
    """A column of scores and deprivations."""
    return PREFIX + "_".join([what, *map(str, which)])


def flag(what: str, *which: int | str, unit: Unit = "persons") -> Term:
    """How many have something."""
    return Term("flag", unit, column=own(what, *which))


def amount(what: str, *which: int | str) -> Term:
    """The sum of a score."""
    return Term("amount", column=own(what, *which))


def share(
    name: str,
    top: Term,
    bottom: Term,
    label: str,
    unit: str = "share",
    interval: Interval = "share",
    factor: float | None = None,
) -> Measure:
    """One weighted sum over another, times a factor."""
    parameters = () if factor is None else (factor,)
    return ratio_of(
        name, top, bottom, unit, label, interval=interval, parameters=parameters, better="lower"
    )


def headline(name: str, everyone: Term, cut: int | str) -> Measure:
    """H, A or M0 at a cut-off."""
    poor, score = flag("poor", cut), amount("amount", cut)
    top, bottom = {"H": (poor, everyone), "A": (score, poor), "M0": (score, everyone)}[name]
    return share(name, top, bottom, _HEADLINES[name], "index" if name == "M0" else "share")


def part_of(
    name: str, term: Term, weight: float | None, what: str, everyone: Term, cut: int | str
) -> Measure:
    """A contribution to M0: by itself, or (names that end in share) as a share of M0.

    A share of M0 refers to the poor.
    """
    if not name.endswith("share"):
        label = f"contribution of {what} to M0"
        return share(name, term, everyone, label, "index", factor=weight)
    parameters = () if weight is None else (weight,)
    return ratio_of(
        name, term, amount("amount", cut), "share", f"share of {what} in M0",
        parameters=parameters, speaks_of=flag("poor", cut),
    )  # fmt: skip


def asked(base: str, indicator: str = "", cutoff: str = "") -> str:
    """A measure as a study asks for it.

    Examples
    --------
    >>> asked("H"), asked("H", cutoff="severe"), asked("censored", "water", "severe")
    ('H', 'H(severe)', 'censored(water, severe)')
    """
    if cutoff and not indicator and base in BY_INDICATOR:
        return f"{base}(cutoff={cutoff})"
    given = [argument for argument in (indicator, cutoff) if argument]
    return f"{base}({', '.join(given)})" if given else base


def taken_apart(name: str) -> tuple[str, str, str]:
    """Measure, indicator and cut-off of a name that `asked` made.

    Examples
    --------
    >>> taken_apart("H(severe)"), taken_apart("censored(water)"), taken_apart("M0")
    (('H', '', 'severe'), ('censored', 'water', ''), ('M0', '', ''))
    """
    base, _, inside = name.partition("(")
    given = inside.removesuffix(")").split(", ") if inside else []
    if base not in BY_INDICATOR:
        return base, "", given[0] if given else ""
    if given and given[0].startswith("cutoff="):
        return base, "", given[0].removeprefix("cutoff=")
    indicator, cutoff = [*given, "", ""][:2]
    return base, indicator, cutoff


def at_cutoff(label: str, cutoff: str) -> str:
    """A label that says at which cut-off."""
    return f"{label}, at the cut-off {cutoff}" if cutoff else label


def _of_study(name: str, cutoff: str) -> Measure:
    """H, A or M0 as a study asks for it."""
    made = headline(name, flag("known"), cutoff or 0)
    return replace(made, name=asked(name, "", cutoff), label=at_cutoff(made.label, cutoff))


def H(cutoff: str = "") -> Measure:  # noqa: N802
    """Share of persons who are poor in weighted indicators (Alkire and Foster 2011, section 4).

    Parameters
    ----------
    cutoff : str, optional
        A cut-off of the standard by its name; its rule of who is poor unless given.
    """
    return _of_study("H", cutoff)


def A(cutoff: str = "") -> Measure:  # noqa: N802
    """Intensity: mean share of the weighted indicators that the poor are deprived in.

    Parameters
    ----------
    cutoff : str, optional
        As in `H`.
    """
    return _of_study("A", cutoff)


def M0(cutoff: str = "") -> Measure:  # noqa: N802
    """Adjusted headcount ratio: H x A (Alkire and Foster 2011, section 5), the MPI.

    Parameters
    ----------
    cutoff : str, optional
        As in `H`.
    """
    return _of_study("M0", cutoff)


def household_H(cutoff: str = "") -> Measure:  # noqa: N802
    """Share of households that are poor in weighted indicators.

    Parameters
    ----------
    cutoff : str, optional
        As in `H`.
    """
    made = of_households(flag("known", unit="households"), cutoff or 0)
    return replace(made, name=asked("household_H", "", cutoff), label=at_cutoff(made.label, cutoff))


def of_households(everyone: Term, cut: int | str) -> Measure:
    """The share of households that are poor at a cut-off."""
    label = "multidimensionally poor households, share"
    return share("household_H", flag("poor", cut, unit="households"), everyone, label)


def counted(name: str, cut: int | str) -> Measure:
    """How many persons are poor at a cut-off, or the sum of their scores."""
    if name == "poor_count":
        label = "multidimensionally poor persons"
        return total_of(name, flag("poor", cut), "persons", label, better="lower")
    label = "sum of the scores of poor persons"
    return total_of(name, amount("amount", cut), "index", label, better="lower")


def uncensored(indicator: str = "") -> Measure:
    """Share of persons who are deprived in an indicator, poor or not.

    Parameters
    ----------
    indicator : str, optional
        Each indicator of the standard unless given.
    """
    label = f"persons deprived in {indicator or 'each indicator'}, share"
    return share(asked("uncensored", indicator), flag("u", indicator), flag("known"), label)


def censored(indicator: str = "", cutoff: str = "") -> Measure:
    """Share of persons who are poor and deprived in an indicator.

    Parameters
    ----------
    indicator : str, optional
        Each indicator of the standard unless given.
    cutoff : str, optional
        As in `H`.
    """
    label = f"poor persons deprived in {indicator or 'each indicator'}, share"
    top = flag("c", cutoff or 0, indicator)
    name = asked("censored", indicator, cutoff)
    return share(name, top, flag("known"), at_cutoff(label, cutoff))


def contribution(indicator: str = "", cutoff: str = "") -> Measure:
    """What an indicator adds to M0: its weight times its censored headcount.

    Parameters
    ----------
    indicator : str, optional
        Each indicator of the standard unless given.
    cutoff : str, optional
        As in `H`.
    """
    return _part("contribution", indicator, cutoff)


def contribution_share(indicator: str = "", cutoff: str = "") -> Measure:
    """What an indicator adds to M0, as a share of M0.

    Parameters
    ----------
    indicator : str, optional
        Each indicator of the standard unless given.
    cutoff : str, optional
        As in `H`.
    """
    return _part("contribution_share", indicator, cutoff)


def _part(name: str, indicator: str, cutoff: str) -> Measure:
    """A contribution as a study asks for it; its weight is the standard's."""
    term, words = flag("c", cutoff or 0, indicator), indicator or "each indicator"
    made = part_of(name, term, None, words, flag("known"), cutoff or 0)
    return replace(made, name=asked(name, indicator, cutoff), label=at_cutoff(made.label, cutoff))


def needs_indicators(measure: Measure) -> bool:
    """Whether a measure is made of scores and deprivations."""
    return any((term.column or "").startswith(PREFIX) for term in measure.terms)


def refusal(measure: Measure) -> MeasureError:
    """What is said of such a measure where there are no indicators."""
    return MeasureError(
        f"'{measure.name}' needs weighted indicators",
        expected="a study whose standard has indicators, such as global-mpi; or xl.mpi(data, "
        "indicators, k=...)",
        got="no indicators",
        remedy="name such a standard in a study, or call xl.mpi",
    )


MEASURES = (H, A, M0, household_H, uncensored, censored, contribution, contribution_share)
