"""The help of commands in the reader's language: of their texts, and of click's own words."""

from __future__ import annotations

import copy
import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click
from click import core, decorators, exceptions, formatting, parser, termui, types

from exitline.cli.shared.speaking import OPTION
from exitline.words.catalogue import ENGLISH, Language
from exitline.words.help_texts import names_in

_SENTENCE = re.compile(r".*?(?:\.(?=\s|$)|。)")
_CLOSING = "[。，；：、！？）”]+"
_ALONE = re.compile(rf"\n +({_CLOSING})(?=\n)")
_BEGINS = re.compile(rf"(\n +)({_CLOSING})")
"""Signs that end up at the beginning of a line, where none may stand."""
_PAD = "\ue000"
"""Stands behind a letter that takes two columns while lines are wrapped and columns aligned."""
_NAMED = {"TEXT", "NUMBER", "WHOLE NUMBER", "PATH", "FILE", "DIRECTORY", "INTEGER", "FLOAT"}
"""Kinds of values that click names in capitals."""


def worded(command: click.Command, t: Language) -> click.Command:
    """A copy of a command, and of all below it, whose help is in a language.

    Parameters
    ----------
    command : click.Command
        With English texts; it stays as it is.
    t : Language

    Examples
    --------
    >>> @click.command(help="Print as JSON.")
    ... def sample(): ...
    >>> worded(sample, Language("fr")).help == sample.help
    False
    """
    found = copy.copy(command)
    found.params = [copy.copy(one) for one in command.params]
    found._help_option = None  # click keeps the first one, in the language of then
    for one in found.params:
        if OPTION in one.opts and one.expose_value and not one.multiple:
            one.default, one.envvar = t.code, None  # as it stands before the command, or there
    if isinstance(found, click.Group):
        found.commands = {name: worded(one, t) for name, one in found.commands.items()}
    if t == ENGLISH:
        return found
    found.context_class = _HelpContext
    found.help = t.help(command.help or "")
    first = _SENTENCE.match(found.help.partition("\n\n")[0])
    found.short_help = first[0] if first else None
    found.options_metavar = t.help(command.options_metavar or "")
    if isinstance(found, click.Group):
        found.subcommand_metavar = t.help(found.subcommand_metavar)
    for one in found.params:
        if isinstance(one, click.Option):
            _word_option(one, t)
        if isinstance(one.type, click.Path):
            one.type = copy.copy(one.type)
            one.type.name = t.help(one.type.name)
    return found


def _word_option(option: click.Option, t: Language) -> None:
    """Say an option's help, and what it takes, in a language."""
    option.help = t.help(option.help or "")
    option.prompt = t.help(option.prompt) if option.prompt else option.prompt
    kind = option.type.name.upper()
    if option.metavar is not None:
        option.metavar = names_in(option.metavar, t.help)
    elif kind in _NAMED and option.nargs == 1:
        option.metavar = t.help(kind)


@contextmanager
def in_english() -> Iterator[None]:
    """Whatever click names in the block it names in English, as a module that is imported."""
    with click.Context(click.Command(None)).scope():
        yield


class _HelpFormatter(click.HelpFormatter):
    """Writes help with the colon of the language, and letters as wide as a terminal shows them."""

    def getvalue(self) -> str:
        written = super().getvalue().replace(_PAD, "")
        return _BEGINS.sub(r"\2\1", _ALONE.sub(r"\1", written))

    def write_heading(self, heading: str) -> None:
        colon = _language().signs[": "].rstrip(" ")
        self.write(f"{'':>{self.current_indent}}{heading}{colon}\n")

    def write_text(self, text: str) -> None:
        super().write_text(_padded(text))

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        padded = [(_padded(first), _padded(second)) for first, second in rows]
        super().write_dl(padded, col_max, col_spacing)


class _HelpContext(click.Context):
    formatter_class = _HelpFormatter


def _padded(text: str) -> str:
    """A text that is as long as it is wide."""
    return "".join(
        letter + _PAD if unicodedata.east_asian_width(letter) in "WF" else letter for letter in text
    )


def _language() -> Language:
    """The language of the running command line; English in a command line that is not ours."""
    context = click.get_current_context(silent=True)
    return (context and context.find_object(Language)) or ENGLISH


def _one(message: str) -> str:
    return _language().help(message)


def _either(one: str, many: str, n: int) -> str:
    return _one(one if n == 1 else many)


def _say_click() -> None:
    """Have click ask for its own words here, where it asks gettext for those of a process."""
    for module in (core, decorators, exceptions, formatting, parser, termui, types):
        names = vars(module)
        names |= {
            name: mine for name, mine in (("_", _one), ("ngettext", _either)) if name in names
        }


_say_click()
