"""Numbers on the command line: finite, of ordinary size, and within the range they need.

Every numeric option takes its type from here (a test walks all commands), so that NaN and
infinities, which pass comparisons, and numbers that overflow whatever is computed from them
end at the door.
"""

from __future__ import annotations

import re
from typing import Any

import click

MOST = 1e15
"""Largest number of any option: no line, budget or count needs more."""
MOST_COUNT = 10**9
"""Largest count of any option."""
_PLAIN = re.compile(r"[-+]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][-+]?\d{1,3})?", re.ASCII)
_WHOLE = re.compile(r"[-+]?\d{1,20}", re.ASCII)


class FiniteNumber(click.FloatRange):
    """A finite number within a range.

    Examples
    --------
    >>> FiniteNumber(0, 1).convert("0.25", None, None)
    0.25
    >>> FiniteNumber(0, 1).convert("nan", None, None)
    Traceback (most recent call last):
    ...
    click.exceptions.BadParameter: 'nan' is not a number
    """

    name = "number"

    def __init__(
        self,
        least: float = -MOST,
        most: float = MOST,
        *,
        min_open: bool = False,
        max_open: bool = False,
    ) -> None:
        super().__init__(least, most, min_open=min_open, max_open=max_open)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number that a text stands for."""
        if isinstance(value, str) and not _PLAIN.fullmatch(value.strip()):
            self.fail(f"{_shown(value)} is not a number", param, ctx)
        return super().convert(value, param, ctx)

    def _describe_range(self) -> str:
        """The range where it says something; nothing where it only bars the absurd."""
        return "" if (self.min, self.max) == (-MOST, MOST) else _range(super()._describe_range())


class Whole(click.IntRange):
    """A whole number within a range.

    Examples
    --------
    >>> Whole(1).convert("20", None, None)
    20
    >>> Whole(1).convert("1e9", None, None)
    Traceback (most recent call last):
    ...
    click.exceptions.BadParameter: '1e9' is not a whole number
    """

    name = "whole number"

    def __init__(self, least: int = -MOST_COUNT, most: int = MOST_COUNT) -> None:
        super().__init__(least, most)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The whole number that a text stands for."""
        if isinstance(value, str) and not _WHOLE.fullmatch(value.strip()):
            self.fail(f"{_shown(value)} is not a whole number", param, ctx)
        return super().convert(value, param, ctx)

    def _describe_range(self) -> str:
        """The range where it says something; nothing where it only bars the absurd."""
        either = (self.min, self.max) == (-MOST_COUNT, MOST_COUNT)
        return "" if either else _range(super()._describe_range())


SHARE = FiniteNumber(0, 1)
"""A share: from 0 to 1."""
INSIDE = FiniteNumber(0, 1, min_open=True, max_open=True)
"""A share that is neither nothing nor everything, such as a confidence."""
POSITIVE = FiniteNumber(0, min_open=True)
"""More than nothing."""
AMOUNT = FiniteNumber(0)
"""Nothing or more."""


def number_in(text: str, option: str, kind: FiniteNumber = POSITIVE) -> float:
    """A number or a fraction written inside another text, or a usage error.

    Parameters
    ----------
    text : str
    option : str
        The option it came with, for the message.
    kind : FiniteNumber
        The range.

    Examples
    --------
    >>> number_in("730/12", "--line")
    60.833333333333336
    """
    found = fraction(text)
    if found is None:
        raise click.BadParameter(f"{_shown(text)} is not a number", param_hint=option)
    try:
        return float(kind.convert(found, None, None))
    except click.BadParameter as fault:
        fault.param_hint = fault.param_hint or option
        raise


def numbers_in(text: str, option: str, kind: FiniteNumber = AMOUNT) -> tuple[float, ...]:
    """Numbers separated by commas, or a usage error.

    Examples
    --------
    >>> numbers_in("0, 2,3", "--times")
    (0.0, 2.0, 3.0)
    """
    return tuple(number_in(part, option, kind) for part in text.split(",") if part.strip())


def number_or_column(text: str, option: str) -> float | str:
    """A number or fraction where the text is one, else the name of a column.

    Examples
    --------
    >>> number_or_column("2500", "--line"), number_or_column("line_2017", "--line")
    (2500.0, 'line_2017')
    """
    if text.strip().lower().lstrip("+-") in {"nan", "inf", "infinity"}:
        raise click.BadParameter(f"{_shown(text)} is not a number", param_hint=option)
    return text if fraction(text) is None else number_in(text, option)


def fraction(text: str) -> float | None:
    """The number that "12", "1.5e3" or "730/12" stands for; None for anything else.

    Examples
    --------
    >>> fraction("1/4"), fraction("1/0"), fraction("cost"), fraction("1e999")
    (0.25, None, None, inf)
    """
    parts = text.strip().split("/")
    if len(parts) > 2 or not all(_PLAIN.fullmatch(part.strip()) for part in parts):
        return None
    above, below = float(parts[0]), float(parts[1]) if len(parts) == 2 else 1.0
    return above / below if below else None


def _range(said: str) -> str:
    """A range without the bound that only bars the absurd."""
    for most in (MOST, MOST_COUNT):
        for end in (f"<={most}", f"<{most}"):
            said = said.replace(end, "")
    return said if said != "x" else ""


def _shown(text: str) -> str:
    """What was typed, within bounds."""
    return repr(text if len(text) <= 40 else text[:40] + "…")
