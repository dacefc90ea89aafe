"""Commands with many options: the options in a list, the command underneath."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


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
