"""The option `--language` of every command, and the language in which the one that runs speaks."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import pairwise

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
