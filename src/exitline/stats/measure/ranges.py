"""What numbers a measure takes: the range of each parameter, and the one check of it.

A parameter of a measure says its range in its annotation, ``Annotated[float, Range(...)]``, and
`ranged` reads it there, for whoever makes the measure by name or as a function.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, wraps
from math import inf
from typing import Annotated, ParamSpec, TypeVar, get_args

from exitline.errors import MeasureError

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Range:
    """The numbers that a parameter may be; never NaN, never infinite.

    Attributes
    ----------
    what : str
        What is said of a number outside.
    expected, remedy : str
        The range in words, and what to write.
    least, most : float
        The ends.
    ends : {"()", "(]", "[)", "[]"}
        Which ends belong to it.
    also : float, optional
        A number outside that belongs to it, too.

    Examples
    --------
    >>> SHARE.holds(0.6), SHARE.holds(0), SHARE.holds(float("nan"))
    (True, False, False)
    """

    what: str
    expected: str
    remedy: str
    least: float = -inf
    most: float = inf
    ends: str = "()"
    also: float | None = None

    def holds(self, value: float) -> bool:
        """Whether the range holds a number.

        Parameters
        ----------
        value : float
        """
        above = self.least <= value if self.ends[0] == "[" else self.least < value
        below = value <= self.most if self.ends[1] == "]" else value < self.most
        return (above and below) or value == self.also

    def check(self, value: float) -> float:
        """The number, if the range holds it.

        Parameters
        ----------
        value : float

        Raises
        ------
        MeasureError
        """
        number = float(value)
        if not self.holds(number):
            raise MeasureError(
                self.what, expected=self.expected, got=f"{number:.12g}", remedy=self.remedy
            )
        return number


PROBABILITY = Range(
    "there is no quantile of this probability",
    expected="a number between 0 and 1",
    remedy="write the tenth percentile as quantile(0.1)",
    least=0.0, most=1.0,
)  # fmt: skip
SHARE = Range(
    "this is no share of persons",
    expected="a number above 0, up to 1",
    remedy="write the poorest 40 % as 0.4",
    least=0.0, most=1.0, ends="(]",
)  # fmt: skip
EDGE = Range(
    "there is no part of the population between these quantiles",
    expected="two numbers from 0 to 1, the smaller one first",
    remedy="write the second fifth as 0.2, 0.4",
    least=0.0, most=1.0, ends="[]",
)  # fmt: skip
QUOTA = Range(
    "a quota is a share of persons",
    expected="a number from 0 to 1; 0 where the column says who is reached",
    remedy="write 20 % as 0.2",
    least=0.0, most=1.0, ends="[]",
)  # fmt: skip
OF_QUANTILE = Range(
    "an at-risk-of-poverty threshold is a share of a quantile",
    expected="a number above 0, up to 1",
    remedy="write 60 % as 0.6; for a line above the quantile take xl.relative_line",
    least=0.0, most=1.0, ends="(]",
)  # fmt: skip
UNITS = "an amount is in the unit of welfare, a budget a share of the total gap"
AMOUNT = Range(
    "a transfer needs an amount",
    expected="a finite number",
    remedy=UNITS,
)
PAID = Range(
    "the amount of a transfer is above zero",
    expected="a number above 0",
    remedy=UNITS,
    least=0.0,
)
BUDGET = Range(
    "the budget of a transfer is above zero",
    expected="a number above 0",
    remedy=UNITS,
    least=0.0,
)
ORDER = Range(
    "poverty after a transfer is not defined for this alpha",
    expected="0, or a number of 1 or above",
    remedy="0 is the headcount, 1 the poverty gap, 2 the severity",
    least=1.0, ends="[)", also=0.0,
)  # fmt: skip

Probability = Annotated[float, PROBABILITY]
Share = Annotated[float, SHARE]
Edge = Annotated[float, EDGE]
Quota = Annotated[float, QUOTA]
OfQuantile = Annotated[float, OF_QUANTILE]


@cache
def ranges_of(make: Callable[..., object]) -> dict[str, Range]:
    """The range of each numeric parameter of a measure.

    Parameters
    ----------
    make : callable
        From the parameters to the measure.

    Examples
    --------
    >>> from exitline.stats.measure.catalogue import MEASURES
    >>> ranges_of(MEASURES["clark"])["g"].expected
    'a number from 0 to 1'
    """
    found = {}
    for name, parameter in inspect.signature(make, eval_str=True).parameters.items():
        limits = [one for one in get_args(parameter.annotation)[1:] if isinstance(one, Range)]
        if limits:
            found[name] = limits[0]
    return found


def ranged(make: Callable[P, R]) -> Callable[P, R]:
    """A function that makes a measure, and refuses numbers out of the ranges it declares.

    Parameters
    ----------
    make : callable
    """
    names = tuple(inspect.signature(make).parameters)

    @wraps(make)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        for name, limits in ranges_of(make).items():
            if name in given:
                limits.check(given[name])  # type: ignore[arg-type]
        return make(*args, **kwargs)

    return checked
