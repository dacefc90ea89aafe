"""The bound that a decision rests on, in words that cannot contradict the decision.

An upper bound is rounded up and a lower one down, with as many decimals as keep it on its side
of the threshold: 1.996 % is never shown as 2.0 % where *below 2 %* was met.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from exitline.words.said import Numeral, say

if TYPE_CHECKING:
    from exitline.exits.decide.decision import Comparison

MOST_DECIMALS = 6


def bound_text(bound: float, threshold: float, *, upper: bool) -> str:
    """A bound as a percentage, rounded away from the rate but not across the threshold.

    Parameters
    ----------
    bound, threshold : float
        Shares.
    upper : bool
        Round up; else down.

    Examples
    --------
    >>> bound_text(0.01996, 0.02, upper=True), bound_text(0.0123, 0.02, upper=True)
    ('1.996 %', '1.3 %')
    >>> bound_text(0.0201, 0.02, upper=False)
    '2.01 %'
    """
    towards, slack = (math.ceil, -1e-9) if upper else (math.floor, 1e-9)
    for digits in range(1, MOST_DECIMALS + 1):
        scale = 10.0 ** (digits + 2)
        shown = towards(bound * scale + slack) / scale
        same_side = (shown < threshold) == (bound < threshold)
        if same_side and (shown > threshold) == (bound > threshold):
            break
    text = f"{100.0 * shown:.{digits}f}"
    return Numeral(f"{text.rstrip('0').rstrip('.')} %")


def decided_on(
    outcome: str, low: float, high: float, threshold: float, comparison: Comparison
) -> str:
    """What a decision rests on: the one bound that decided, or both where none did.

    Examples
    --------
    >>> decided_on("met", 0.003, 0.01996, 0.02, "below")
    'at most 1.996 %'
    >>> decided_on("not met", 0.041, 0.09, 0.02, "below")
    'at least 4.1 %'
    >>> decided_on("cannot tell", 0.0049, 0.027, 0.02, "below")
    'between 0.4 % and 2.7 %'
    """
    least = bound_text(low, threshold, upper=False)
    most = bound_text(high, threshold, upper=True)
    if outcome not in {"met", "not met"}:
        return say("between {low} and {high}", low=least, high=most)
    falling = comparison in {"below", "at_most"}
    if (outcome == "met") == falling:
        return say("at most {share}", share=most)
    return say("at least {share}", share=least)
