"""An option given twice is a list where the command says so, and an error everywhere else."""

from __future__ import annotations

from collections import Counter
from typing import Any

import click


def once(command: click.Command) -> click.Command:
    """The command, and all below it, refusing options that are given twice.

    click keeps the last value without a word; here every option that is no list is
    counted as it is parsed, for every command in the same place.

    Parameters
    ----------
    command : click.Command

    Returns
    -------
    click.Command
        The same object.

    Examples
    --------
    >>> @click.command()
    ... @click.option("--psu")
    ... def sample(psu): ...
    >>> once(sample).main(["--psu", "a", "--psu", "b"], standalone_mode=False)
    Traceback (most recent call last):
    ...
    click.exceptions.UsageError: --psu is given 2 times; it takes one value
    """
    if isinstance(command, click.Group):
        for below in command.commands.values():
            once(below)
    made = command.make_parser
    if getattr(made, "refuses_twice", False):
        return command

    def make_parser(ctx: click.Context) -> Any:
        parser = made(ctx)
        parse = parser.parse_args

        def parse_args(args: list[str]) -> Any:
            found = parse(args)
            _refuse_twice(found[2], ctx)
            return found

        vars(parser)["parse_args"] = parse_args
        return parser

    vars(make_parser)["refuses_twice"] = True
    vars(command)["make_parser"] = make_parser
    return command


def _refuse_twice(order: list[click.Parameter], ctx: click.Context) -> None:
    """Refuse what was given several times and is neither a list nor a count."""
    for parameter, times in Counter(order).items():
        if not isinstance(parameter, click.Option) or times == 1:
            continue
        if not parameter.multiple and not parameter.count:
            raise click.UsageError(
                f"{parameter.opts[0]} is given {times} times; "
                f"it {'is a switch' if parameter.is_flag else 'takes one value'}",
                ctx,
            )
