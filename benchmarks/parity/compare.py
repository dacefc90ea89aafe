"""Run a job, hold each figure against the reference's."""

from __future__ import annotations

import ast
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import exitline as xl
from benchmarks.parity.known import Case, known
from benchmarks.parity.wanted import WHAT, Job, Key, Wanted
from exitline.errors import ExitlineError
from exitline.stats.measure import catalogue

TOLERANCE = 1e-9
ROUNDING = 1e-14
"""A difference below this share of the estimate is rounding, whatever the figure's own size."""


@dataclass(frozen=True)
class Found:
    """One figure beside the reference's.

    Attributes
    ----------
    status : str
        "same", "differs", "known" (differs for a stated reason), "absent" (no such measure, line
        or design yet) or "refused".
    difference : float
        Relative; infinite where one of the two has no number.
    said : str
        Why it is absent, refused or known to differ.
    """

    job: Job
    wanted: Wanted
    what: str
    theirs: float
    ours: float
    status: str
    difference: float
    said: str = ""


class AbsentError(Exception):
    """A measure, a kind of line or an option that exitline does not have yet."""


def compared(job: Job) -> Iterator[Found]:
    """Every figure of a job."""
    figures, refused, names = _figures(job)
    for one in job.wanted:
        key = (names.get(one.measure, one.measure), one.line, one.by, _plain(one.domain))
        for what in (w for w in WHAT if w in one.values):
            theirs = one.values[what]
            if key in figures:
                ours = _part(figures[key], what)
                yield _judged(job, one, what, theirs, ours, _part(figures[key], "estimate"))
            else:
                default = ("differs", "no such figure among the results")
                status, said = _why(refused, (one.measure, one.line), default)
                yield Found(job, one, what, theirs, math.nan, status, math.inf, said)


def _why(refused: Any, key: tuple[str, str], default: tuple[str, str]) -> tuple[str, str]:
    """Why a figure is not there."""
    return refused[key] if isinstance(refused, defaultdict) or key in refused else default


def _judged(
    job: Job, one: Wanted, what: str, theirs: float, ours: float, estimate: float
) -> Found:  # fmt: skip
    """A figure's relative difference, and whether that is as it should be."""
    apart = difference(ours, theirs, estimate)
    if apart <= TOLERANCE:
        return Found(job, one, what, theirs, ours, "same", apart)
    reason = known(Case(job, one, what, theirs, ours), apart)
    if reason is not None:
        return Found(job, one, what, theirs, ours, "known", apart, reason.text)
    return Found(job, one, what, theirs, ours, "differs", apart)


def difference(ours: float, theirs: float, scale: float) -> float:
    """|ours - theirs| / |theirs|; 0 within rounding of the estimate (or of 1, as an index of equal
    incomes is nothing but rounding), infinite where one is NaN.

    Examples
    --------
    >>> difference(1.0, 1.0, 1.0), difference(float("nan"), 1.0, 1.0)
    (0.0, inf)
    """
    if ours == theirs or (math.isnan(ours) and math.isnan(theirs)):
        return 0.0
    if not (math.isfinite(ours) and math.isfinite(theirs)):
        return math.inf
    apart = abs(ours - theirs)
    if apart <= ROUNDING * max(abs(scale), 1.0):
        return 0.0
    return apart / abs(theirs) if theirs else math.inf


def _figures(job: Job) -> tuple[dict[Key, Any], dict[tuple[str, str], tuple[str, str]], dict]:
    """Estimates by key; why some are not there, by measure and line; names of measures."""
    if job.call is not None:
        return _called(job.call)
    measures, names, refused = {}, {}, {}
    for one in job.wanted:
        if one.measure in measures or (one.measure, one.line) in refused:
            continue
        try:
            found = resolve(one.measure)
        except AbsentError as absent:
            refused[one.measure, one.line] = ("absent", str(absent))
            continue
        measures[one.measure] = found
        names[one.measure] = getattr(found, "name", one.measure)
    figures: dict[Key, Any] = {}
    for lines, wanted in _runs(job, measures):
        why = _tried(job, [measures[m] for m in wanted], lines, figures)
        if why is None:
            continue
        for m, line in product(wanted, lines or ("",)):
            alone = _tried(job, [measures[m]], (line,) if line else (), figures)
            refused |= {(m, line): alone} if alone is not None else {}
    return figures, refused, names


def _called(
    call: Callable[[], Mapping[Key, Any]],
) -> tuple[Mapping[Key, Any], dict[tuple[str, str], tuple[str, str]], dict]:
    """What a job's own call gives, or why it gives nothing."""
    try:
        return {(m, z, by, _plain(d)): f for (m, z, by, d), f in call().items()}, {}, {}
    except ExitlineError as error:
        said = ("refused", str(error).splitlines()[0])
        return {}, defaultdict(lambda: said), {}


def _tried(
    job: Job, measures: list[Any], lines: tuple[str, ...], into: dict[Key, Any]
) -> tuple[str, str] | None:
    """Run one call; why it could not be, if so: status and words."""
    try:
        _run(job, measures, lines, into)
    except ExitlineError as error:
        return "refused", str(error).splitlines()[0]
    except (AbsentError, TypeError) as error:
        return "absent", str(error).splitlines()[0]
    return None


def _runs(job: Job, measures: Mapping[str, Any]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Lines that share their measures, and those measures: one call each."""
    of_line: dict[str, dict[str, None]] = defaultdict(dict)
    for one in job.wanted:
        if one.measure in measures:
            of_line[one.line][one.measure] = None
    shared: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for line, wanted in of_line.items():
        shared[tuple(wanted)].append(line)
    return [(tuple(z for z in lines if z), wanted) for wanted, lines in shared.items()]


def _run(job: Job, measures: list[Any], lines: Iterable[str], into: dict[Key, Any]) -> None:
    """One call; its figures by key."""
    by = list(dict.fromkeys(w.by for w in job.wanted if w.by))
    found = xl.estimate(
        job.table, measures, welfare=job.welfare,
        line={label: line_of(job.lines[label]) for label in lines} or None,
        design=_design(job), by=[tuple(one.split(", ")) for one in by],
        missing="exclude", **job.options,
    )  # fmt: skip
    for one in found:
        into[one.measure, one.line, one.by, _plain(one.domain)] = one


def _design(job: Job) -> xl.Design:
    """A job's design."""
    return job.design if isinstance(job.design, xl.Design) else xl.Design(**job.design)


def line_of(given: Any) -> Any:
    """A line from a number, a column or the arguments of `exitline.relative_line`."""
    if isinstance(given, Mapping):
        return xl.relative_line(**given)
    if isinstance(given, tuple):
        return xl.PovertyLine("", given[0], given[1])
    return given


def resolve(spelling: str) -> Any:
    """The measure of this spelling: by name, or by a call of the catalogue.

    Raises
    ------
    AbsentError
    """
    try:
        return xl.measure.named(spelling)
    except ExitlineError as error:
        said = str(error).splitlines()[0]
    call = ast.parse(spelling, mode="eval").body
    make = getattr(catalogue, getattr(getattr(call, "func", None), "id", ""), None)
    if isinstance(call, ast.Call) and make is not None:
        try:
            named = {k.arg: ast.literal_eval(k.value) for k in call.keywords if k.arg}
            return make(*(ast.literal_eval(a) for a in call.args), **named)
        except (TypeError, ExitlineError) as error:
            said = str(error).splitlines()[0]
    raise AbsentError(said)


def _part(estimate: Any, what: str) -> float:
    """One part of an estimate."""
    if isinstance(estimate, Mapping):
        return float(estimate.get(what, math.nan))
    name = {"low": "ci_low", "high": "ci_high"}.get(what, what)
    return float(getattr(estimate, name))


def _plain(domain: str) -> str:
    """A domain without the quotes around single values of a crossing."""
    return domain.replace('"', "")
