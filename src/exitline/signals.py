"""Interrupts and closed streams, from the first moment of the process to its last.

Only this module is loaded before the signals are in hand, so that Ctrl-C ends in one line
and status 130 while everything else is still being imported, too.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

INTERRUPTED = 130
TERMINATED = 143
_WORDS = {
    INTERRUPTED: "interrupted; nothing was left half-written",
    TERMINATED: "terminated; nothing was left half-written",
}
_received: list[int] = []
_MOMENT = 0.2
"""Seconds in which a destructor is left, on a busy machine, too."""


def received() -> int:
    """The status that a signal asks for; 0 where none has come.

    An interrupt in the middle of an import or of a library's call may come out as an error
    of another kind; so whoever handles an error asks here first.
    """
    return _received[0] if _received else 0


def listen() -> None:
    """Take Ctrl-C and SIGTERM in hand, unless the caller of the process had them ignored."""
    asked = {signal.SIGINT: INTERRUPTED, signal.SIGTERM: TERMINATED}
    for number in asked:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _on_signal)
    sys.unraisablehook = _unraisable


def no_more() -> None:
    """What was to be done is done: a signal changes nothing any more."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def say(status: int, t: Callable[[str], str] = str) -> None:
    """The one line of an interrupted command, in English unless a language is at hand."""
    to_stderr(f"{t(_WORDS[status])}\n")


def to_stderr(text: str) -> None:
    """Write to standard error, which may be closed or full."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        return


def open_streams() -> None:
    """Give the process three streams, so that no file is opened in the place of a closed one.

    What the terminal's encoding lacks is written as its escape.
    """
    for handle in (0, 1, 2):
        try:
            os.fstat(handle)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def _on_signal(number: int, _: FrameType | None) -> None:
    """Remember the first signal, and stop what is being done."""
    status = INTERRUPTED if number == signal.SIGINT else TERMINATED
    _received.append(status)
    raise KeyboardInterrupt


def _unraisable(what: Any) -> None:
    """An interrupt where nothing can be raised (a destructor, a callback) is not a traceback."""
    if _received and isinstance(what.exc_value, KeyboardInterrupt):
        _again()
    else:
        sys.__unraisablehook__(what)


def _again() -> None:
    """Send the signal once more in a moment: where it came it stopped nothing.

    The thread is not waited for: on a busy machine the signal would come back while it is, and
    stop nothing once more.
    """
    import _thread

    number = signal.SIGINT if _received[-1] == INTERRUPTED else signal.SIGTERM
    _thread.start_new_thread(_send, (number,))


def _send(number: int) -> None:
    """Send a signal to this process a little later."""
    import time

    time.sleep(_MOMENT)
    os.kill(os.getpid(), number)
