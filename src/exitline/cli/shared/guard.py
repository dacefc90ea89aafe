"""What went wrong, said once: the last boundary before the terminal."""

from __future__ import annotations

import errno
import io
import sys
import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from exitline import signals
from exitline.errors import ExitlineError
from exitline.foreign import visible
from exitline.words.said import say

if TYPE_CHECKING:
    from exitline.words.catalogue import Language

INPUT = 1
FAULT = 70
UNREAD = 141
"""What a shell says of a program whose reader has left: what was found was not told."""
"""The status of a fault of exitline itself (EX_SOFTWARE of sysexits.h)."""
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}
_LONGEST = 1000
_LONGEST_ARGUMENT = 4096


def check_arguments(arguments: Sequence[str]) -> None:
    """Refuse arguments that are no text (another encoding, zero bytes), empty or far too long.

    An empty one is a variable of a shell that was not set (`--by "$REGION"`): nothing is called
    so, and without a word the option would be left out.

    Raises
    ------
    click.UsageError

    Examples
    --------
    >>> check_arguments(["run", "étude.yaml"])
    >>> check_arguments(["run", "a" + chr(0)])
    Traceback (most recent call last):
    ...
    click.exceptions.UsageError: argument 2 is not text in UTF-8
    """
    for i, argument in enumerate(arguments, start=1):
        try:
            unusable = b"\0" in argument.encode()
        except UnicodeEncodeError:
            unusable = True
        if unusable:
            raise click.UsageError(f"argument {i} is not text in UTF-8")
        if not argument.strip():
            raise click.UsageError(f"argument {i} is empty; give a value, or leave the option out")
        if len(argument) > _LONGEST_ARGUMENT:
            raise click.UsageError(
                f"argument {i} has {len(argument):,} characters; at most {_LONGEST_ARGUMENT:,}"
            )


def told(reason: BaseException, *, debug: bool = False, t: Language | None = None) -> int:
    """Say what went wrong, in one message; the status that the process ends with.

    Parameters
    ----------
    reason : BaseException
        What ended the command.
    debug : bool
        Whether its traceback is shown, too.
    t : Language, optional
        Of who reads it.

    Returns
    -------
    int
        0 where nothing went wrong or nobody reads any more; 1 for an input; 2 for usage;
        70 for a fault of exitline; 130 for an interrupt, 143 for SIGTERM.

    Examples
    --------
    >>> told(SystemExit(3)), told(click.exceptions.Exit(0))
    (3, 0)
    """
    if isinstance(reason, SystemExit) and not signals.received():
        return reason.code if isinstance(reason.code, int) else int(reason.code is not None)
    if isinstance(reason, click.exceptions.Exit) and not signals.received():
        return reason.exit_code
    if debug:
        signals.to_stderr("".join(traceback.format_exception(reason)))
    if signals.received() or isinstance(reason, KeyboardInterrupt | click.Abort):
        status = signals.received() or signals.INTERRUPTED
        signals.say(status, t or str)
        return status
    try:
        return _said(reason, t)
    except (OSError, ValueError):  # standard error itself is closed or full
        return INPUT


def _said(reason: BaseException, t: Language | None) -> int:
    """The message of an error, and its status."""
    if isinstance(reason, BrokenPipeError):
        return UNREAD
    if isinstance(reason, click.ClickException):
        usage = io.StringIO()
        context = getattr(reason, "ctx", None) or click.Context(click.Command("exitline"), obj=t)
        if t is not None:
            vars(reason)["message"] = t.error(reason.message)
        with context.scope(cleanup=False):
            reason.show(usage)
        said = visible(usage.getvalue(), lines=True)
        whole = isinstance(reason, click.exceptions.NoArgsIsHelpError)
        click.echo(said if whole else _brief(said), err=True, nl=False)
        return reason.exit_code
    from exitline.cli.shared import show

    known = _known(reason)
    show.error(known or _fault(reason), t)
    return FAULT if known is None else INPUT


def _known(reason: BaseException) -> ExitlineError | None:
    """The error as something that the user can correct; None where it is a fault of ours."""
    if isinstance(reason, ExitlineError):
        return reason
    if isinstance(reason, MemoryError):
        return ExitlineError(
            say("there is not enough memory for this"),
            remedy=say("close other programs, or set EXITLINE_MEMORY to what may be used"),
        )
    if isinstance(reason, OSError) and reason.errno is not None:
        wrote = reason.errno in _NO_ROOM and not reason.filename
        return ExitlineError(
            say("the output cannot be written") if wrote else say("the system refused a file"),
            where=say("standard output") if wrote else str(reason.filename or "") or None,
            expected=say("room for the output") if wrote else say("a file that can be used"),
            got=reason.strerror,
            remedy=say("free some room")
            if wrote
            else say("check the path and the right to use it"),
        )
    return None


def _fault(reason: BaseException) -> ExitlineError:
    """A fault of exitline: what and where, without the values that were at hand."""
    frames = traceback.extract_tb(reason.__traceback__)
    ours = [frame for frame in frames if "exitline" in frame.filename] or list(frames)
    place = f"{ours[-1].filename.rsplit('/', 1)[-1]}, line {ours[-1].lineno}" if ours else None
    return ExitlineError(
        say("this is a fault of exitline, not of what you gave it"),
        where=place,
        got=type(reason).__name__,
        remedy=say(
            "run it again with --debug and report the traceback it shows; look at it first, "
            "since a traceback can show values of your data"
        ),
    )


def flush() -> None:
    """Send what was printed, so that a full disk is an error and not a silence."""
    sys.stdout.flush()


def _brief(text: str) -> str:
    """A message that fits on a screen."""
    return text if len(text) <= _LONGEST else f"{text[:600]} … {text[-80:]}"
