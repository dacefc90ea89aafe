"""Commands with many options: the options in a list, the command underneath."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from exitline.api.names import ENGINES
from exitline.cli.shared import numbers
from exitline.cli.shared.speaking import OPTION, VARIABLE
from exitline.errors import ArgumentError
from exitline.words.texts import languages

ENGINE = click.option(
    "--engine", type=click.Choice(tuple(ENGINES)), default="duckdb", show_default=True,
    help="What runs the queries.",
)  # fmt: skip
"""What runs the queries."""
JSON = click.option("--json", "json_", is_flag=True, help="Print as JSON.")
"""For programs that read on."""
LEVEL = click.option(
    "--level", type=numbers.FiniteNumber(0, 1, min_open=True, max_open=True), default=0.95,
    show_default=True, help="Confidence of the intervals.",
)  # fmt: skip
"""Of intervals that a command prints."""
MIN_COUNT = click.option(
    "--min-count", type=numbers.AMOUNT, metavar="N",
    help="Suppress counts from 1 to below N (the study's min_count, or 10; 0: none).",
)  # fmt: skip
"""What counts as a small count."""
LANGUAGE = click.option(
    OPTION, type=click.Choice(languages()), default="en", show_default=True, envvar=VARIABLE,
    help="Language of what is to be read.",
)  # fmt: skip
"""In which language."""
LANGUAGES = click.option(
    OPTION, multiple=True, type=click.Choice(languages()),
    help="Language of the page, the first one first; repeatable.",
)  # fmt: skip
"""In which languages."""


def with_options(options: Sequence[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    """A decorator that gives a command some options, in their order.

    Examples
    --------
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


@contextmanager
def as_usage() -> Iterator[None]:
    """A call whose arguments contradict each other is wrong usage of the command.

    Examples
    --------
    >>> with as_usage():
    ...     raise ArgumentError("--since is for a ledger.")
    Traceback (most recent call last):
    ...
    click.exceptions.UsageError: --since is for a ledger.
    """
    try:
        yield
    except ArgumentError as reason:
        raise click.UsageError(reason.what) from reason


@contextmanager
def said_as_flags() -> Iterator[None]:
    """Name options as flags of a command in messages, for the length of the block."""
    from exitline.api.runs.opening import as_flags

    with as_flags():
        yield
