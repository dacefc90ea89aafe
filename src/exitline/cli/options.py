"""Commands with many options: the options in a list, the command underneath."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import click


class FiniteRange(click.FloatRange):
    """A number within a range; NaN, which every comparison lets pass, and infinities are none.

    Examples
    --------
    >>> FiniteRange(min=0).convert("10", None, None)
    10.0
    """

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number that was written."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a finite number", param, ctx)
        return number


MIN_COUNT = click.option(
    "--min-count", type=FiniteRange(min=0), metavar="N",
    help="Suppress counts from 1 to below N (the study's min_count, or 10; 0: none).",
)  # fmt: skip
"""What counts as a small count."""


def with_options(options: Sequence[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    """A decorator that gives a command some options, in their order.

    Examples
    --------
    >>> import click
    >>> @click.command()
    ... @with_options([click.option("--a"), click.option("--b")])
    ... def command(a, b): ...
    >>> [parameter.name for parameter in command.params]
    ['a', 'b']
    """

    def decorated(function: Any) -> Any:
        for option in reversed(options):
            function = option(function)
        return function

    return decorated


def column_names(text: str) -> tuple[str, ...]:
    """Column names from a list with commas.

    Examples
    --------
    >>> column_names("county, village")
    ('county', 'village')
    """
    return tuple(name.strip() for name in text.split(",") if name.strip())
