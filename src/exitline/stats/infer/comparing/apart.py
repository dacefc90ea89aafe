"""Which areas stand apart: one rule for everything that is said of areas side by side."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import MeasureError
from exitline.stats.infer.comparing.compare import holm
from exitline.stats.infer.comparing.tested import p_against, p_of_pairs, sides

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from exitline.stats.infer.blocks import Block
    from exitline.stats.infer.estimates import Estimates

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]


MOST_PAIRED = 2_000
"""Areas of which all pairs can be compared at once: two million pairs."""


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


@dataclass(frozen=True)
class Pairs:
    """Which pairs of areas may be said to differ.

    Attributes
    ----------
    areas : tuple of int
        The areas that are compared, as positions in the block.
    p : float array, shape (areas, areas)
        Adjusted by Holm's method for all pairs; NaN where a pair cannot be compared. In a full
        count 0 where the figures differ, else 1.
    level : float
    """

    areas: tuple[int, ...]
    p: Floats
    level: float

    def differ(self, i: int, j: int) -> bool:
        """Whether the areas at two positions in the block differ."""
        if i not in self.areas or j not in self.areas:
            return False
        p = self.p[self.areas.index(i), self.areas.index(j)]
        return bool(p <= 1.0 - self.level)


def pairs_apart(estimates: Estimates, block: Block, *, shown: Sequence[int] | None = None) -> Pairs:
    """Which pairs of areas differ, with Holm's control over all pairs that are shown.

    Parameters
    ----------
    estimates, block, shown
        As in `apart`.

    Returns
    -------
    Pairs

    Raises
    ------
    MeasureError
        For more areas than can be compared pair by pair.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> homes = pd.DataFrame({"y": [1.0, 2, 2.5, 1.5, 2, 9, 8, 7, 8, 7.5], "r": list("aaaaabbbbb")})
    >>> found = xl.estimate(homes, "mean", welfare="y", by="r")
    >>> pairs_apart(found, found.blocks[1]).differ(0, 1)
    True
    """
    keep = _kept(block, shown)
    if not estimates.variance.exact:
        keep &= sides(block, estimates.level).usable
    areas = np.flatnonzero(keep)
    if len(areas) > MOST_PAIRED:
        raise MeasureError(
            "too many areas to compare all of them pair by pair",
            expected=f"at most {MOST_PAIRED:,} areas",
            got=f"{len(areas):,}",
            remedy="compare fewer, such as those of one county (shown=)",
        )
    if not estimates.variance.exact:
        p = p_of_pairs(estimates, block)[np.ix_(areas, areas)]
    else:
        value = block.estimate[areas]
        p = np.where(value[:, None] == value[None, :], 1.0, 0.0)
    upper = np.triu_indices(len(areas), 1)
    adjusted = np.full(p.shape, np.nan)
    adjusted[upper] = holm(p[upper]) if not estimates.variance.exact else p[upper]
    adjusted.T[upper] = adjusted[upper]
    return Pairs(tuple(int(i) for i in areas), adjusted, estimates.level)


def _kept(block: Block, shown: Sequence[int] | None) -> Flags:
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


def _exact(block: Block, keep: Flags, whole: tuple[Block, int] | None, level: float) -> Apart:
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
    estimates: Estimates, block: Block, keep: Flags, whole: tuple[Block, int] | None
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
    estimates: Estimates, block: Block, keep: Flags, usable: Flags
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


def _positions(flags: Flags) -> tuple[int, ...]:
    """Where a flag is set."""
    return tuple(int(i) for i in np.flatnonzero(flags))
