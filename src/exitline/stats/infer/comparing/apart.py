"""Which areas stand apart: one rule for everything that is said of areas side by side."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import scipy

from exitline.stats.infer.comparing.compare import holm, p_value, shared_variance
from exitline.stats.infer.intervals import t_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exitline.arrays import Bools, Floats
    from exitline.stats.infer.blocks import Block
    from exitline.stats.infer.comparing.compare import Shared
    from exitline.stats.infer.estimates import Estimates


LEAST = -690.0
"""The smallest ln p that is looked for."""
STEPS = 60
"""Halvings of the range of ln p."""


@dataclass(frozen=True)
class Apart:
    """What may be said of areas side by side. Areas are positions in the block.

    Attributes
    ----------
    above, below : tuple of int
        Areas that differ from the overall figure.
    alike : tuple of int
        Areas that cannot be told apart from it (in a census: that equal it).
    left_out : tuple of int
        Areas that enter no claim: hidden, or without a standard error.
    highest, lowest : tuple of int
        The area that differs from all others and is highest (lowest). Empty where none does;
        several only in a census, where they share the exact figure.
    differ : bool
        Whether the highest and the lowest figure may be said to differ.
    p : mapping of int to float
        Of each area against the overall figure, adjusted by Holm's method for all areas that
        are shown. Empty for a census.
    exact : bool
        A full count: figures are compared as they are, and nothing is "clear".
    level : float
        One minus the rate of error that each kind of statement keeps to.
    """

    above: tuple[int, ...]
    below: tuple[int, ...]
    alike: tuple[int, ...]
    left_out: tuple[int, ...]
    highest: tuple[int, ...]
    lowest: tuple[int, ...]
    differ: bool
    p: dict[int, float]
    exact: bool
    level: float

    @property
    def nothing(self) -> bool:
        """Whether no area can be told apart from the overall figure or from all others."""
        return not (self.above or self.below or self.highest or self.lowest or self.differ)

    @property
    def nearest(self) -> tuple[int, float] | None:
        """The area nearest to differing from the overall figure, and how many times as large a
        sample it takes at least.

        By the test that was made: standard errors fall with the square root of the sample, the
        difference stays, and Holm's method divides the level among the areas that are left. At
        that size the p-value equals the level; chance decides on which side it falls.

        Returns
        -------
        (int, float) or None
            Position and factor above 1; None where no area is open, or no difference is seen.
        """
        open_ = {i: self.p[i] for i in self.alike if 0.0 < self.p.get(i, 1.0) < 1.0}
        if not open_:
            return None
        area, left = min(open_, key=lambda i: open_[i]), 2 * len(self.alike)
        now, needed = (
            NormalDist().inv_cdf(1.0 - p / left) for p in (open_[area], 1.0 - self.level)
        )  # fmt: skip
        return area, (needed / now) ** 2


def apart(
    estimates: Estimates,
    block: Block,
    *,
    shown: Sequence[int] | None = None,
    reference: tuple[Block, int] | None = None,
) -> Apart:
    """Which areas of a block stand apart from the overall figure, and from each other.

    Each area is compared with the overall figure, which it is part of: the variance of the
    difference takes in their covariance (see `Estimates.difference`). The hypothesis is that
    of area against the rest, since area - overall = (1 - share) x (area - rest). The test is
    made where the intervals are made: shares as logits, other figures above zero as logarithms,
    on the degrees of freedom of the area (of the smaller of two), not of the whole design. On
    the scale of the figure itself, with the design's degrees of freedom, chance alone sets some
    area apart in up to 97 % of surveys; here in 4 % at most, for shares (see docs/inference.md).

    Holm's method keeps the chance that any area is wrongly called above or below within
    1 - level, whatever the number of areas shown. The highest area is named only where it
    differs from every other one, by Holm's method over these comparisons; so is the lowest. That
    keeps to the same rate although the data chose the area (Gutmann and Maymin 1987). Whether
    the highest and the lowest differ at all is adjusted for all pairs.

    No claim rests on an area without a standard error, with less than one degree of freedom,
    or whose standard error is zero in a sample. A share of 0 or 1 with an interval is compared
    by the limits of that interval.

    Numbers of persons or households, and sums of money, are parts of the overall figure: they
    are never above or below it.

    Parameters
    ----------
    estimates : Estimates
    block : Block
        One measure at one line, by area.
    shown : sequence of int, optional
        Positions of the areas that are shown; all unless given. What is hidden has no part in
        the control, and is spoken of nowhere.
    reference : (Block, int), optional
        The figure to compare with, for instance that of the county that all shown areas lie
        in; the overall figure of the same measure and line unless given.

    Returns
    -------
    Apart

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6, 65-70. Gutmann and Maymin (1987), Annals
    of Statistics 15, 456-461. Zou and Donner (2008), Statistics in Medicine 27, 1693-1702.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> homes = pd.DataFrame({"y": [1, 1, 1, 2, 9, 9, 9, 8] * 20, "r": ["a"] * 80 + ["b"] * 80})
    >>> homes["y"] += (homes["r"] == "b") * homes.index % 3
    >>> found = xl.estimate(homes, "mean", welfare="y", by="r")
    >>> apart(found, found.blocks[1]).nothing
    True
    """
    keep = _kept(block, shown)
    whole = reference or _overall(estimates, block)
    if estimates.variance.exact:
        return _exact(block, keep, whole, estimates.level)
    return _sampled(estimates, block, keep, whole)


def _kept(block: Block, shown: Sequence[int] | None) -> Bools:
    """Areas that are shown and have a figure."""
    keep = np.zeros(block.rows.size, dtype=bool)
    keep[slice(None) if shown is None else list(shown)] = True
    return np.asarray(keep & np.isfinite(block.estimate))


def _overall(estimates: Estimates, block: Block) -> tuple[Block, int] | None:
    """The figure of all areas together, for the same measure and line."""
    found = (
        b for b in estimates.blocks
        if not b.by and (b.measure, b.line) == (block.measure, block.line) and b.rows.size
    )  # fmt: skip
    return next(((b, 0) for b in found), None)


def _exact(block: Block, keep: Bools, whole: tuple[Block, int] | None, level: float) -> Apart:
    """A census: plain comparison of exact numbers."""
    value = block.estimate
    known = np.flatnonzero(keep)
    above = below = np.zeros(len(keep), dtype=bool)
    if whole is not None and not block.additive:
        of_all = float(whole[0].estimate[whole[1]])
        above, below = keep & (value > of_all), keep & (value < of_all)
    differ = len(known) > 1 and bool(value[known].max() > value[known].min())
    top = keep & (value == value[known].max()) if differ else keep & False
    bottom = keep & (value == value[known].min()) if differ else keep & False
    return Apart(
        _positions(above), _positions(below), _positions(keep & ~above & ~below),
        _positions(~keep), _positions(top), _positions(bottom), differ, {}, True, level,
    )  # fmt: skip


def _sampled(
    estimates: Estimates, block: Block, keep: Bools, whole: tuple[Block, int] | None
) -> Apart:
    """A sample: differences with their joint standard errors, and Holm's control."""
    areas = sides(block, estimates.level)
    usable = keep & areas.usable
    adjusted = np.full(len(keep), np.nan)
    higher = np.zeros(len(keep), dtype=bool)
    if whole is not None and not block.additive:
        adjusted[usable] = holm(p_against(estimates, block, whole)[usable])
        higher = block.estimate > whole[0].estimate[whole[1]]
    differs = adjusted <= 1.0 - estimates.level
    highest, lowest, differ = _extremes(estimates, block, keep, usable)
    above, below = differs & higher, differs & ~higher
    return Apart(
        _positions(above), _positions(below), _positions(usable & ~above & ~below),
        _positions(~usable), highest, lowest, differ,
        {int(i): float(adjusted[i]) for i in np.flatnonzero(~np.isnan(adjusted))},
        False, estimates.level,
    )  # fmt: skip


def _extremes(
    estimates: Estimates, block: Block, keep: Bools, usable: Bools
) -> tuple[tuple[int, ...], tuple[int, ...], bool]:
    """The highest and lowest area where they differ from all others, and whether these differ.

    Where an area that enters no claim is shown with a higher (lower) figure, none is named.
    """
    known = np.flatnonzero(usable)
    if len(known) < 2:
        return (), (), False
    alpha = 1.0 - estimates.level
    order = known[np.argsort(block.estimate[known], kind="stable")]
    low, high = int(order[0]), int(order[-1])
    shown = block.estimate[keep]
    named: list[tuple[int, ...]] = []
    p = np.array([])
    for end, extreme in ((high, shown.max()), (low, shown.min())):
        p = p_against(estimates, block, (block, end))
        others = p[known[known != end]]
        sure = block.estimate[end] == extreme and not np.isnan(others).any()
        named.append((end,) if sure and np.all(holm(others) <= alpha) else ())
    pairs = len(known) * (len(known) - 1) / 2
    return named[0], named[1], bool(p[high] * pairs <= alpha) or any(map(bool, named))


def _positions(flags: Bools) -> tuple[int, ...]:
    """Where a flag is set."""
    return tuple(int(i) for i in np.flatnonzero(flags))


@dataclass(frozen=True)
class Sides:
    """Figures to be compared, with what is known of each.

    `size` is the effective size behind the interval of a share that is 0 or 1 in a sample,
    NaN for all other figures. The variance says nothing there; the interval, of width
    1 - (alpha/2)^(1/size), does.
    """

    estimate: Floats
    se: Floats
    df: Floats
    size: Floats

    @property
    def usable(self) -> Bools:
        """Figures that a claim may rest on: with a standard error, or limits instead of it."""
        return np.asarray((self.df >= 1) & ((self.se > 0) | np.isfinite(self.size)))

    def at(self, i: int) -> Sides:
        """One figure."""
        return Sides(*(part[[i]] for part in (self.estimate, self.se, self.df, self.size)))


def sides(block: Block, level: float) -> Sides:
    """The areas of a block.

    Parameters
    ----------
    block : Block
    level : float
        Confidence of the block's intervals.
    """
    width = block.bounds.high - block.bounds.low
    flat = block.share & (block.se == 0) & ((block.estimate == 0) | (block.estimate == 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.log((1.0 - level) / 2.0) / np.log1p(-width)
    size = np.where(flat & (width > 0) & (width < 1), size, np.nan)
    return Sides(block.estimate, block.se, block.df, size)


def p_against(estimates: Estimates, block: Block, reference: tuple[Block, int]) -> Floats:
    """p of each area of a block against one figure: of all together, or of an area.

    Parameters
    ----------
    estimates : Estimates
    block : Block
    reference : (Block, int)

    Returns
    -------
    float array, shape (areas,)
        Not adjusted; NaN where both are the same figure.
    """
    other, i = reference
    shared = shared_variance(estimates, block, reference)
    of_other = sides(other, estimates.level).at(i)
    return _p(sides(block, estimates.level), of_other, shared, block.share)


def _p(one: Sides, other: Sides, shared: Shared, share: bool) -> Floats:
    """p of differences: shares as logits, figures above zero as logarithms, others as they are.

    Where one side is a share of 0 or 1, from the limits of both sides.
    """
    df = np.minimum(one.df, other.df)
    df = df if share else skewed_df(df)
    p = _p_scaled(one, other, shared, df, share)
    flat = np.isfinite(one.size) | np.isfinite(other.size)
    return np.where(flat, _p_by_limits(one, other, df), p) if flat.any() else p


def skewed_df(df: Floats) -> Floats:
    """Degrees of freedom of a variance of PSU totals that have long tails, as money has.

    By Satterthwaite's rule, 2 E(v)^2 / Var(v), where totals have an excess kurtosis of 2 (that
    of a lognormal with a standard deviation of logarithms of 0.33): 2 / (2 / df + 2 / (df + 1)),
    about half. With df itself chance set some of 50 areas of 12 PSUs apart in up to 15 % of
    simulated samples, with this in 2 %; `docs/inference.md` has the table.

    References
    ----------
    Satterthwaite (1946), Biometrics Bulletin 2, 110-114; Box (1953), Biometrika 40, 318-335.

    Examples
    --------
    >>> skewed_df(np.array([1.0, 11.0, np.inf])).round(2).tolist()
    [1.0, 5.74, inf]
    """
    with np.errstate(divide="ignore"):
        fewer = 1.0 / (1.0 / df + 1.0 / (df + 1.0))
    return np.where(df >= 1, np.maximum(fewer, 1.0), df)


def _p_scaled(one: Sides, other: Sides, shared: Shared, df: Floats, share: bool) -> Floats:
    """On the scale on which the sampling distribution of a figure is nearest to a t."""
    a, b = one.estimate, other.estimate
    plain = p_value(a - b, shared.se_of_difference(), df)
    inside = (a > 0) & (b > 0) & ((a < 1) & (b < 1) if share else True)
    a, b = np.where(inside, a, 0.5), np.where(inside, b, 0.5)
    if share:
        value = scipy.special.logit(a) - scipy.special.logit(b)
        slope_a, slope_b = 1 / (a * (1 - a)), 1 / (b * (1 - b))
    else:
        value, slope_a, slope_b = np.log(a) - np.log(b), 1 / a, 1 / b
    scaled = p_value(value, shared.se_of_difference(slope_a, slope_b), df)
    return np.where(inside & ~np.isnan(plain), scaled, plain)


def _p_by_limits(one: Sides, other: Sides, df: Floats) -> Floats:
    """p of a difference from the limits of its two sides, where one is a share of 0 or 1.

    Method of variance estimates recovery (Zou and Donner 2008): the difference leaves zero at
    the level at which distance^2 = reach^2 + reach^2. The reach of a share of 0 or 1 is that of
    Clopper and Pearson's limit at the effective size of its interval, that of other figures
    t x se. Both sides are uncorrelated, since such a share has no influence. By bisection.
    """
    distance = np.abs(one.estimate - other.estimate)
    low, high = np.full(distance.shape, LEAST), np.zeros(distance.shape)
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        t = t_quantile(np.exp(middle) / 2.0, df)
        reach = sum(
            np.where(
                np.isfinite(side.size),
                np.expm1((middle - np.log(2.0)) / np.where(side.size > 0, side.size, 1.0)),
                t * side.se,
            )
            ** 2
            for side in (one, other)
        )
        outside = distance**2 > reach
        low, high = np.where(outside, low, middle), np.where(outside, middle, high)
    return np.exp(high)
