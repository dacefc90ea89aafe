"""The command line: parse, call a room, print. Each command loads when it is used.

May import `api` and `words`.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

import click

from exitline import signals
from exitline.cli.shared import guard
from exitline.cli.shared.speaking import asked, speaking
from exitline.cli.shared.wording import in_english, worded
from exitline.version import __version__
from exitline.words.catalogue import ENGLISH, Language

_DEBUG = "--debug"

_LINES = {
    "init": "Look at a data file, propose a commented study file.",
    "check": "Report on data quality and design of a study.",
    "run": "Estimates, decisions and report of a study.",
    "estimate": "One table of estimates, straight from flags.",
    "change": "What changed between two samples, with standard errors.",
    "tabulate": "Shares of categories, one column or two crossed; tests.",
    "glm": "A linear, logit or Poisson regression of a survey.",
    "mpi": "Multidimensional poverty by the method of Alkire and Foster.",
    "smallarea": "Areas that the sample is too small for, by models.",
    "grouped": "Poverty and inequality from deciles, bins and means.",
    "measures": "List the measures; explain one: formula, source, unit.",
    "calibrate": "Weights that add up to known totals.",
    "nonresponse": "Weights of respondents that stand for everyone sampled.",
    "replicates": "Replicate weights from strata and PSUs.",
    "standards": "List the rule files; show one with its sources.",
    "schema": "JSON Schema of a study or a rule file, for editors.",
    "plan": "How large an assessment must be, and what it would cost.",
    "draw": "Draw a sample that anyone can draw again.",
    "assess": "Judge a county by its assessment sample.",
    "lifecycle": "Record what happens to households; ask where they stand.",
    "register": "A register of households in a database.",
    "dynamics": "Movements in and out of poverty over a panel.",
    "watch": "Who is at risk of falling back, why, and does the watch work.",
    "screen": "Patterns that chance rarely makes, with their p-values.",
    "target": "Whom a score reaches; what transfers do to poverty.",
    "works": "Whom works reach, which to do next, whether they mattered.",
    "claim": "Make a figure a claim: bound, signed, kept in a ledger.",
    "verify": "Recompute a claim: match, mismatch or cannot verify.",
    "check-claim": "Do the figures of a published sentence fit together?",
    "table": "A table that can be published: small counts hidden, audited.",
    "release": "Check micro data before they are released.",
    "notice": "Lists of households for public notice.",
    "explore": "One offline page for a whole run, or a record of decisions.",
    "serve": "The same page on this machine, with a JSON API.",
    "story": "Build films whose every figure is recomputed.",
}
COMMANDS: dict[str, tuple[str, str]] = {
    name: (f"exitline.cli.{name.replace('-', '_')}", line) for name, line in _LINES.items()
}
"""Name of each command: the module that defines it, and its line in the help."""


class LazyGroup(click.Group):
    """A group whose commands are imported only when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Names in the order of the work: look, check, run, then the rest."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module."""
        if cmd_name not in COMMANDS:
            return None
        from exitline.cli.shared.speaking import once

        with in_english():
            command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return once(worded(speaking(command), ctx.find_object(Language) or asked(())))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest name for a mistyped one."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from exitline.errors import nearest

            t = ctx.find_object(Language) or ENGLISH
            hint = nearest(args[0], COMMANDS)
            what = t("there is no command '{name}'.", name=args[0][:80])
            ctx.fail(t.sentences(what, t.error(hint) if hint else ""))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing any."""
        t = ctx.find_object(Language) or ENGLISH
        with formatter.section(t.help("Commands")):
            formatter.write_dl([(name, t.help(text)) for name, (_, text) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    help="""Measure poverty, decide exits by declared rules, and publish numbers that
anyone can recompute.

Examples:

\b
  exitline init survey.dta              # propose a study file
  exitline run study.yaml               # estimates, decisions, report
  exitline standards china-2011-2020    # a rule file with its sources
""",
)
@click.option(_DEBUG, is_flag=True, expose_value=False,
              help="Show the traceback of an error; may come after the command, too.")  # fmt: skip
@click.version_option(__version__, "-V", "--version", prog_name="exitline")
def exitline() -> None:
    """The group itself; see its help."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave the process.

    Exit statuses: 0 done; 1 the input cannot be used (a clear message, nothing
    half-written); 2 wrong usage; 70 a fault of exitline; 130 interrupted, 143 terminated.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process, unless given; then its signals and streams are taken in
        hand, too.

    Examples
    --------
    >>> try:
    ...     main(["--version"])
    ... except SystemExit as end:
    ...     end.code
    exitline, version ...
    0
    """
    if arguments is None:
        signals.listen()
        signals.open_streams()
    sys.exit(call(sys.argv[1:] if arguments is None else arguments))


def call(arguments: Sequence[str]) -> int:
    """Run one command; whatever happens is said in one message.

    Parameters
    ----------
    arguments : sequence of str

    Returns
    -------
    int
        The exit status; see `main`.

    Examples
    --------
    >>> call(["--version"])
    exitline, version ...
    0
    """
    given = list(arguments)
    end = given.index("--") if "--" in given else len(given)
    debug = _DEBUG in given[:end]
    try:
        guard.check_arguments(given)
        status = _run([a for i, a in enumerate(given) if a != _DEBUG or i > end])
        guard.flush()
    except BaseException as reason:
        return guard.told(reason, debug=debug, t=asked(given))
    return status


def _run(arguments: list[str]) -> int:
    """Parse and invoke. Not by click's own `main`, which takes an EOFError for an interrupt."""
    exitline._main_shell_completion({}, "exitline")
    t = asked(arguments)
    group = worded(speaking(exitline), t)
    with group.make_context("exitline", arguments, obj=t) as context:
        found = group.invoke(context)
    return found if isinstance(found, int) else 0
