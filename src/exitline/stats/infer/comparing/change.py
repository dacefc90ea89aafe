"""Change between two samples: independent ones, and those that share PSUs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from exitline.errors import DesignError, MeasureError, nearest
from exitline.stats.infer.comparing.changes import Change, Changes
from exitline.stats.infer.comparing.compare import p_value
from exitline.stats.infer.comparing.links import SharedUnits, shared_names, shared_psus
from exitline.stats.infer.intervals import symmetric
from exitline.words.said import collected, say_plural

if TYPE_CHECKING:
    from exitline.arrays import Floats, Ints
    from exitline.stats.infer.blocks import Block
    from exitline.stats.infer.comparing.links import Link
    from exitline.stats.infer.estimates import Estimates


Df = Literal["pooled", "satterthwaite"]
KINDS = ("absolute", "relative", "annual", "annual relative")
"""What a change may be: after - before; after / before - 1; the first by year; yearly growth."""
UNDEFINED = collected("no relative change from a figure that is zero, or to one of another sign")
AT_ZERO = "no standard error of yearly growth to zero"


def change(
    before: Estimates,
    after: Estimates,
    *,
    years: float | None = None,
    shared: bool | None = None,
    df: Df = "pooled",
) -> Changes:
    """Change of every figure that both samples have, with its standard error.

    Independent samples: variances add. Samples that share PSUs (the same stratum and PSU id in
    both designs): the covariance of the PSU totals is taken off, stratum by stratum, and that of
    units of later stages with population sizes, within shared clusters. Where all
    PSUs are shared that is the variance of one design of both waves (R's ``svydesign`` of the
    stacked data, with the PSU as cluster); where a part is (a rotating sample), the covariance
    is estimated from that part, and stands for its share of the sample.

    Parameters
    ----------
    before, after : Estimates
        Figures with the same measure, line, by and domain are compared. Where each sample has
        one line, their labels may differ.
    years : float, optional
        Years between them: adds the changes by year.
    shared : bool, optional
        Whether equal ids mean the same PSUs. Without it they do: for independent samples that
        use the same ids by chance this costs precision, but no truth.
    df : {"pooled", "satterthwaite"}
        Degrees of freedom: PSUs minus strata of both designs taken together, as R's ``degf``
        of stacked data; or Satterthwaite's of each pair of figures, for independent samples.

    Returns
    -------
    Changes

    Raises
    ------
    MeasureError
        Where the two have no figure in common, or other confidence levels.
    DesignError
        With `shared=True`, where no PSU is in both samples.

    References
    ----------
    Kish (1965), Survey Sampling, section 12.4. Satterthwaite (1946), Biometrics Bulletin 2,
    110-114. Berger and Priam (2016), Journal of the Royal Statistical Society A 179, 251-272.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> then = pd.DataFrame({"y": [1.0, 2.0, 3.0, 9.0, 4.0, 5.0], "ea": [1, 1, 2, 2, 3, 3]})
    >>> now = then.assign(y=then["y"] + 1.0)
    >>> design = xl.Design(psu="ea")
    >>> waves = [xl.estimate(d, "mean", welfare="y", design=design) for d in (then, now)]
    >>> found = xl.change(*waves, years=2)
    >>> found.shared, found.find(kind="annual").estimate
    (3, 0.5)
    """
    _check(before, after, years, df)
    link = linked(before, after, shared)
    if link is not None and df == "satterthwaite":
        raise MeasureError(
            "Satterthwaite's degrees of freedom are for independent samples",
            expected="df='pooled' where samples share PSUs",
            got=f"{link.shared:,} PSUs in both samples",
            remedy="leave df= out; or shared=False, if equal ids are other PSUs",
        )
    both = list(_common(before, after))
    if not both:
        raise MeasureError(
            "the two samples have no figure in common",
            expected="figures of the same measure, line, by and domain",
            got=f"{_list(before)}; then {_list(after)}",
            remedy='label the lines alike: line={"national": 4891}, line={"national": 5127}',
        )
    kinds = KINDS[:2] if years is None else KINDS
    pooled = pooled_df(before, after, link)
    rows: list[Change] = []
    clipped = 0
    for pair in both:
        moved = pair.moved(link)
        clipped += moved.clipped
        by_kind = [_of_kind(pair, moved, k, years or 1.0, pooled, df, before.level) for k in kinds]
        rows += [one for of_figure in zip(*by_kind, strict=True) for one in of_figure]
    return Changes(
        tuple(rows), link.shared if link else 0, linked_notes(before, after, link, shared, clipped)
    )


def linked(before: Estimates, after: Estimates, shared: bool | None) -> Link | None:
    """The PSUs that two samples share.

    Parameters
    ----------
    before, after : Estimates
    shared : bool, optional
        True where some must be shared; False where equal ids are other PSUs.

    Returns
    -------
    Link or None
        None for independent samples.

    Raises
    ------
    DesignError
        With `shared=True`, where no PSU is in both samples.
    """
    link = None if shared is False else shared_psus(before.variance.overlap, after.variance.overlap)
    if shared and link is None:
        raise DesignError(
            "no PSU is in both samples",
            where="shared",
            expected="two designs with strata and PSUs of which some have the same ids",
            got=_unlike(before, after),
            remedy="name the columns that identify strata and PSUs alike in both, or leave "
            "shared= out",
        )
    return link


def _check(before: Estimates, after: Estimates, years: float | None, df: str) -> None:
    """Refuse what no change can be made of."""
    if years is not None and not 0 < years < float("inf"):
        raise MeasureError(
            "the years between two samples must be above zero",
            expected="a finite number above 0",
            got=str(years),
            remedy="give the time from the first to the second sample, such as years=3",
        )
    if df not in get_args(Df):
        raise MeasureError(
            f"there are no degrees of freedom named '{df}'",
            expected="one of " + ", ".join(get_args(Df)),
            got=repr(df),
            remedy=nearest(str(df), get_args(Df)) or "choose one of these",
        )
    if before.level != after.level:
        raise MeasureError(
            "the two samples have other confidence levels",
            expected="one level",
            got=f"{before.level:g} and {after.level:g}",
            remedy="estimate both with the same level=",
        )


@dataclass(frozen=True)
class _Moved:
    """Variances of both figures and their covariance; how many covariances were cut back."""

    before: Floats
    after: Floats
    covariance: Floats
    clipped: int

    def se(self, a: Any, b: Any) -> Floats:
        """Standard error of a x after + b x before."""
        parts = self.before * b**2 + self.after * a**2
        variance = parts + 2.0 * a * b * self.covariance
        rounding = 16.0 * np.finfo(np.float64).eps * parts
        return np.asarray(np.sqrt(np.where(variance > rounding, variance, 0.0 * variance)))


@dataclass(frozen=True)
class _Pair:
    """Figures that two samples have in common: areas of one block of each."""

    before: Block
    after: Block
    of_before: Ints
    of_after: Ints
    line: str

    def moved(self, link: Link | None) -> _Moved:
        """Variances and covariances."""
        one, two = self.before.se[self.of_before] ** 2, self.after.se[self.of_after] ** 2
        if link is None:
            return _Moved(one, two, np.zeros(len(one)), 0)
        found = SharedUnits(link).covariances(
            self.before, self.of_before, self.after, self.of_after
        )
        most = np.sqrt(one * two)
        clipped = int(np.sum(np.abs(found) > most * (1 + 1e-9)))
        return _Moved(one, two, np.clip(found, -most, most), clipped)


def _common(before: Estimates, after: Estimates) -> Iterator[_Pair]:
    """Blocks and areas that both have."""
    one_line = _only_line(before), _only_line(after)
    there = {(b.measure, b.line, b.by, _further(b)): b for b in after.blocks}
    for block in before.blocks:
        line = block.line
        if None not in one_line and line:
            line = str(one_line[1])
        other = there.get((block.measure, line, block.by, _further(block)))
        if other is None:
            continue
        position = {key: i for i, key in enumerate(other.rows.codes)}
        found = [(i, position[k]) for i, k in enumerate(block.rows.codes) if k in position]
        if found:
            label = line if line == block.line else f"{block.line} -> {line}"
            ours, theirs = np.array(found, dtype=np.int64).T
            yield _Pair(block, other, ours, theirs, label)


def _further(block: Block) -> tuple[str, ...]:
    """What else must be the same of two figures: the indicator, the cut-off."""
    return tuple(f"{name}={value}" for name, value in block.more)


def _only_line(estimates: Estimates) -> str | None:
    """The label of the line, where there is one alone."""
    lines = {block.line for block in estimates.blocks} - {""}
    return next(iter(lines)) if len(lines) == 1 else None


def _of_kind(
    pair: _Pair, moved: _Moved, kind: str, years: float, pooled: float, df: Df, level: float
) -> Iterator[Change]:
    """The changes of one kind of all figures of a pair of blocks."""
    b, a = pair.before.estimate[pair.of_before], pair.after.estimate[pair.of_after]
    value, by_after, by_before = _function(kind, b, a, years)
    se = moved.se(by_after, by_before)
    se = np.where(np.isnan(value), np.nan, se)
    known = np.full(len(b), pooled)
    if df == "satterthwaite":
        known = _satterthwaite(pair, by_before**2 * moved.before, by_after**2 * moved.after)
    bounds = symmetric(value, se, known, level)
    p = p_value(value, se, known)
    for k, (i, j) in enumerate(zip(pair.of_before, pair.of_after, strict=True)):
        missing = pair.before.unknown(i) or pair.after.unknown(j)
        yield Change(
            pair.before.measure, pair.line, pair.before.by, pair.before.rows.labels[i], kind,
            float(b[k]), float(a[k]), float(value[k]), float(se[k]), float(bounds.low[k]),
            float(bounds.high[k]), level, float(known[k]), float(p[k]),
            int(pair.before.n[i]), int(pair.after.n[j]),
            missing or _reason(value[k], se[k]), dict(pair.before.more),
        )  # fmt: skip


def _reason(value: float, se: float) -> str:
    """Why a function of two known figures, or its standard error, is missing."""
    if np.isnan(value):
        return UNDEFINED
    return AT_ZERO if np.isnan(se) else ""


def _function(kind: str, before: Floats, after: Floats, years: float) -> tuple[Floats, Any, Any]:
    """A change, and its derivatives by the figure after and the figure before."""
    if kind in ("absolute", "annual"):
        over = years if kind == "annual" else 1.0
        one = np.full(len(before), 1.0 / over)
        return (after - before) / over, one, -one
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((before != 0) & (after / before >= 0), after / before, np.nan)
        if kind == "relative":
            return ratio - 1.0, 1.0 / before, -ratio / before
        root = ratio ** (1.0 / years)
        return root - 1.0, root / (years * after), -root / (years * before)


def _satterthwaite(pair: _Pair, before: Floats, after: Floats) -> Floats:
    """(v1 + v2)^2 / (v1^2 / df1 + v2^2 / df2), by figure."""
    df_before, df_after = pair.before.df[pair.of_before], pair.after.df[pair.of_after]
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (before + after) ** 2 / (before**2 / df_before + after**2 / df_after)
    return np.where(before + after > 0, found, np.inf)


def pooled_df(before: Estimates, after: Estimates, link: Link | None) -> float:
    """PSUs minus strata of both designs together; of the one that is a sample, if one is.

    Parameters
    ----------
    before, after : Estimates
    link : Link or None
    """
    known = [one.variance.df for one in (before, after) if not one.variance.exact]
    if link is None:
        return sum(known) if known else float("inf")
    return sum(known) - link.shared + link.strata


def _list(estimates: Estimates) -> str:
    """Measures and lines, for a message."""
    found = dict.fromkeys(
        f"{b.measure}{f' at {b.line}' if b.line else ''}{f' by {b.by}' if b.by else ''}"
        for b in estimates.blocks
    )
    return ", ".join(list(found)[:6])


def _unlike(before: Estimates, after: Estimates) -> str:
    """Why no PSU is shared."""
    if before.variance.overlap is None or after.variance.overlap is None:
        return "a sample without declared PSUs"
    names = _names_in_both(before, after)
    return f"{names:,} ids in both, in other strata" if names else "no id in both"


def _names_in_both(before: Estimates, after: Estimates) -> int:
    """PSU ids that stand in both samples."""
    return shared_names(before.variance.overlap, after.variance.overlap)


def linked_notes(
    before: Estimates, after: Estimates, link: Link | None, shared: bool | None, clipped: int = 0
) -> tuple[str, ...]:
    """What a reader must know of the link between two samples.

    Parameters
    ----------
    before, after : Estimates
    link : Link or None
    shared : bool, optional
        As it was asked for.
    clipped : int
        Figures whose covariance was cut back.
    """
    notes = []
    if link is not None:
        notes.append(
            say_plural(
                "{n} PSU is in both samples (of {m} and {most}): its covariance is included",
                "{n} PSUs are in both samples (of {m} and {most}): their covariance is included",
                link.shared,
                m=link.sizes[0],
                most=link.sizes[1],
            )
        )
    elif shared is None and (
        names := shared_names(before.variance.overlap, after.variance.overlap)
    ):
        notes.append(
            say_plural(
                "{n} PSU id is in both samples, but in different strata: taken as different PSUs",
                "{n} PSU ids are in both samples, but in different strata: taken as different PSUs",
                names,
            )
        )
    if clipped:
        notes.append(
            say_plural(
                "{n} figure: the covariance from the shared PSUs was more than the "
                "variances allow and was reduced to that",
                "{n} figures: the covariance from the shared PSUs was more than the "
                "variances allow and was reduced to that",
                clipped,
            )
        )
    return tuple(notes)
