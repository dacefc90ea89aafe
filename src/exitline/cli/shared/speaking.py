"""What the options of all commands share: `--language`, and that one given twice is an error."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import click

from exitline.words.catalogue import ENGLISH, Language
from exitline.words.texts import languages

OPTION = "--language"
VARIABLE = "EXITLINE_LANGUAGE"
"""Of the environment: the language of whoever does not give the option."""


def speaking(command: click.Command) -> click.Command:
    """The command, and all below it, with the option `--language` where it has none of its own.

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
    ... def sample(): ...
    >>> [one.opts for one in speaking(speaking(sample)).params]
    [['--language']]
    """
    if isinstance(command, click.Group):
        for below in command.commands.values():
            speaking(below)
    if not any(OPTION in one.opts for one in command.params):
        command.params.append(
            click.Option(
                [OPTION], type=click.Choice(languages()), default="en", show_default=True,
                envvar=VARIABLE, expose_value=False, help="Language of what is to be read.",
            )
        )  # fmt: skip
    return command


def asked(arguments: Sequence[str]) -> Language:
    """The language that arguments ask for, so that a refusal of them is said in it, too.

    Examples
    --------
    >>> asked(["check", "study.yaml", "--language", "fr"]).code, asked(["--language=zh"]).code
    ('fr', 'zh')
    """
    given = [os.environ.get(VARIABLE, "")]
    for name, following in pairwise([*arguments, ""]):
        option, sign, value = name.partition("=")
        if option == OPTION:
            given = [value if sign else following]
            break
    return Language(given[0]) if given[0] in languages() else ENGLISH


def reader() -> Language:
    """The language of who reads what the running command prints; English outside a command."""
    context = click.get_current_context(silent=True)
    if context is None:
        return ENGLISH
    said = context.find_object(Language)
    if said is not None:
        return said
    given = context.params.get("language") or ENGLISH.code  # a command called by itself
    return Language(given if isinstance(given, str) else given[0])


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
