"""Packages of others that wait to be loaded until something of them is asked for.

Some libraries load, with the one part that is needed, many that are not: Ibis the compilers of
all its engines, scipy's functions the whole of numpy with its compiler for Fortran. That is a
quarter of a second of each short command. Elsewhere, in a notebook say, nothing waits: there a
package may be somebody else's, who imports one of its modules by itself.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec, module_from_spec
from threading import RLock
from types import ModuleType
from typing import Any

_lock = RLock()
_loading: set[str] = set()  # what the thread that has the lock is loading
_commands: list[bool] = []  # one entry in the process of a command
_thresholds: list[tuple[int, int, int]] = []  # of Python, one for each who collects rarely
RARELY = (50_000, 20, 20)
"""How seldom Python need look for rubbish: what libraries make as they load is none."""


class _Late(ModuleType):
    """A package that runs when something is asked of it that it does not hold yet.

    Modules of it that are imported by themselves run without it.
    """

    def __getattr__(self, name: str) -> Any:
        with _lock:  # another thread waits until all of it is there
            if self.__name__ in _loading:
                raise AttributeError(f"module {self.__name__!r} has no attribute {name!r} yet")
            if type(self) is _Late:
                _loading.add(self.__name__)
                try:
                    self.__spec__.loader.exec_module(self)  # type: ignore[union-attr]
                finally:
                    _loading.discard(self.__name__)
                self.__class__ = ModuleType  # type: ignore[assignment]
        return getattr(self, name)


def in_a_command() -> None:
    """This process is that of a command: packages may wait, and rubbish too, from now on."""
    _commands.append(True)
    gc.set_threshold(*RARELY)


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Within the block Python looks for rubbish less often, unless it does so seldom already.

    Examples
    --------
    >>> import gc
    >>> before = gc.get_threshold()
    >>> with collecting_rarely():
    ...     gc.get_threshold()
    (50000, 20, 20)
    >>> gc.get_threshold() == before
    True
    """
    with _lock:
        _thresholds.append(gc.get_threshold())
        if 0 < gc.get_threshold()[0] < RARELY[0]:
            gc.set_threshold(*RARELY)
    try:
        yield
    finally:
        with _lock:  # of several at once in threads, the last to leave
            first = _thresholds[0]
            _thresholds.pop()
            if not _thresholds:
                gc.set_threshold(*first)


def package(name: str) -> None:
    """Let a package wait; nothing happens outside a command, or where there is none to load.

    Parameters
    ----------
    name : str
        Of a package within another.

    Examples
    --------
    >>> package("xml.dom")
    >>> import xml.dom
    >>> xml.dom.Node.ELEMENT_NODE
    1
    """
    if name in sys.modules or not _commands:
        return
    spec = find_spec(name)
    if spec is None or spec.loader is None:
        return
    waiting = module_from_spec(spec)
    waiting.__class__ = _Late
    parent, _, own = name.rpartition(".")
    with _lock:
        if name not in sys.modules:
            sys.modules[name] = waiting
            setattr(sys.modules[parent], own, waiting)
