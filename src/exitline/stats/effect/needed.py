"""How many units would tell an effect from none."""

from __future__ import annotations

import math

from scipy import stats

from exitline.stats.effect.errors import EffectError


def units_needed(units: float, se: float, effect: float, *, level: float, power: float) -> float:
    """Units of the same kind and in the same shares as those at hand.

    Parameters
    ----------
    units : float
        At hand.
    se : float
        Of the effect, with these.
    effect : float
        The smallest that matters.
    level, power : float
        Of the interval that is to leave out zero; of finding so.

    Raises
    ------
    EffectError
        For an effect of zero or a power out of range.

    Examples
    --------
    >>> units_needed(100, 0.5, 1.4, level=0.95, power=0.8)
    101.0
    """
    if effect == 0 or not 0 < power < 1:
        raise EffectError(
            "no number of units tells such an effect from none",
            expected="an effect other than zero, and a power between 0 and 1",
            got=f"effect {effect:g}, power {power:g}", remedy="name the smallest that matters",
        )  # fmt: skip
    ends = stats.norm.ppf(0.5 + level / 2) + stats.norm.ppf(power)
    found = units * (ends * se / effect) ** 2
    return float(math.ceil(found)) if math.isfinite(found) else found
