"""Options of the commands that read a data file without a study."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from exitline.cli.shared.options import as_usage, with_options

_OPTIONS = (
    click.option("--encoding", metavar="NAME",
                 help="Encoding of a CSV, Stata or SPSS file, such as cp1252."),
    click.option("--delimiter", metavar="CHARACTER", help="Separator of a CSV file."),
    click.option("--decimal", type=click.Choice([".", ","]), help="Decimal sign of a CSV file."),
    click.option("--comment", metavar="CHARACTER",
                 help="Lines of a CSV file that begin with it are left out."),
    click.option("--sheet", metavar="NAME", help="Sheet of a spreadsheet."),
    click.option("--missing-code", "missing", multiple=True, metavar="VALUE",
                 help="A value that stands for a missing one, such as NA or -99; repeatable."),
    click.option("--text", multiple=True, metavar="COLUMN",
                 help="A column that is text as written, whatever it looks like; repeatable."),
    click.option("--number", multiple=True, metavar="COLUMN",
                 help="A column that is a number, also where codes begin with 0; repeatable."),
)  # fmt: skip
_NAMES = ("encoding", "delimiter", "decimal", "comment", "sheet", "missing", "text", "number")


def reads_data(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of the readers; it gets those given as `reading`.

    While the command works, the remedy of an error names these flags instead of the keys of
    a study.

    Parameters
    ----------
    function : callable
        Takes `reading`, a dict for `exitline.stats.data.open_source`.

    Returns
    -------
    callable
    """

    @functools.wraps(function)
    def reading(*arguments: Any, **given: Any) -> Any:
        from exitline.api.runs.opening import as_flags

        options = {name: given.pop(name) for name in _NAMES}
        with as_flags(), as_usage():
            return function(
                *arguments,
                reading={name: value for name, value in options.items() if value},
                **given,
            )

    made: Callable[..., Any] = with_options(_OPTIONS)(reading)
    return made
