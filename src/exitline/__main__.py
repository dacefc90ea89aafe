"""The process behind `exitline` and `python -m exitline`."""

from __future__ import annotations

import os
import sys

from exitline import late, signals


def main() -> None:
    """Run the command line as a process: signals first, then everything else."""
    try:
        signals.listen()
        signals.open_streams()
        late.in_a_command()
        from exitline.cli import call

        status = call(sys.argv[1:])
    except BaseException:
        status = signals.received()
        if not status:
            raise
        signals.say(status)
    signals.no_more()
    _end(status)


def _end(status: int) -> None:
    """Leave, without a word on streams that nobody reads any more."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(status)


if __name__ == "__main__":
    main()
