"""Do households crowd just below or just above the line?

Four bins of equal width lie around the line. Null hypothesis: the number of households
changes along a smooth curve, so that the contrast

    (just below - just above) - (far below - far above) / 3

is zero on average; this holds exactly for a density that is linear or quadratic over the
four bins. Counts are taken as Poisson, which gives the contrast's variance. The idea is
McCrary's (2008, Journal of Econometrics 142, 698-714): a jump in the density at a
threshold shows that someone was moved across it; the contrast is a simple form of it that
needs four counts only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

BIN = 0.05
"""Width of each bin, as a share of the line."""
FEWEST = 30
"""Fewer households in the two inner bins cannot tell."""


@dataclass(frozen=True)
class LineCounts:
    """Households around one line, unweighted.

    Parameters
    ----------
    label : str
        The line.
    far_below, just_below, just_above, far_above : int
        Households with welfare in [0.90, 0.95), [0.95, 1), [1, 1.05), [1.05, 1.10) times
        the line.
    exactly : int
        Households with welfare equal to the line.
    """

    label: str
    far_below: int
    just_below: int
    just_above: int
    far_above: int
    exactly: int = 0


@dataclass(frozen=True)
class Jump:
    """The contrast around a line, and how likely one as large is without a jump.

    Parameters
    ----------
    moved : float
        Households more just below than a smooth curve has (negative: just above); each
        is one too few on the other side.
    share : float
        `moved` as a share of the households expected there.
    z : float
        The contrast divided by its standard error.
    p_value : float
        Two-sided.
    """

    moved: float
    share: float
    z: float
    p_value: float


def density_jump(counts: LineCounts) -> Jump | None:
    """Test for a jump of the density at the line.

    Parameters
    ----------
    counts : LineCounts

    Returns
    -------
    Jump or None
        None where fewer than 30 households lie in the two inner bins.

    Notes
    -----
    With counts c1..c4 the contrast is c2 - c3 - (c1 - c4)/3, its variance under the null
    is estimated by c2 + c3 + (c1 + c4)/9. In a clustered sample counts vary more than
    Poisson ones; the checks therefore ask for p < 0.001 and a jump of at least 10 %.

    Examples
    --------
    >>> density_jump(LineCounts("z", 100, 110, 120, 130)).z
    0.0
    >>> density_jump(LineCounts("z", 100, 60, 170, 130)).moved
    -50.0
    """
    inner = counts.just_below + counts.just_above
    if inner < FEWEST:
        return None
    outer = (counts.far_below - counts.far_above) / 3
    contrast = counts.just_below - counts.just_above - outer
    variance = inner + (counts.far_below + counts.far_above) / 9
    z = contrast / math.sqrt(variance)
    expected = (inner + outer) / 2 if contrast > 0 else (inner - outer) / 2
    share = abs(contrast) / 2 / expected if expected > 0 else math.inf
    return Jump(contrast / 2, share, z, math.erfc(abs(z) / math.sqrt(2)))
