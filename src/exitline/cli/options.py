"""Commands with many options: the options in a list, the command underneath."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from exitline.cli import numbers

MIN_COUNT = click.option(
    "--min-count", type=numbers.AMOUNT, metavar="N",
    help="Suppress counts from 1 to below N (the study's min_count, or 10; 0: none).",
)  # fmt: skip
"""What counts as a small count."""


def with_options(options: Sequence[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    """A decorator that gives a command some options, in their order.

        Examples
        --------
        >>> import click

    from exitline.cli import numbers
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
