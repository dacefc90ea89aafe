"""Registries: everything of one kind by its name, in the one place that all who need it read.

A new one of a kind is a file of its own and a line in its registry: no other module compares
names (`tests/house/test_house_registries.py` adds one to each).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, TypeVar

from exitline.errors import ExitlineError, unknown

T = TypeVar("T")


class Registry(dict[str, T]):
    """Things of one kind by name.

    Parameters
    ----------
    what : str
        What one of them is called in messages.
    members : mapping of str to T
    error : type of ExitlineError
        What an unknown name raises.

    Examples
    --------
    >>> shapes = Registry("shape", {"round": 0, "square": 4})
    >>> shapes.find("square")
    4
    >>> shapes.find("sqare")
    Traceback (most recent call last):
    ...
    exitline.errors.ExitlineError: there is no shape 'sqare'
      expected: one of round, square
      got:      'sqare'
      remedy:   did you mean 'square'?
    """

    def __init__(
        self, what: str, members: Mapping[str, T], error: type[ExitlineError] = ExitlineError
    ) -> None:
        super().__init__(members)
        self.what = what
        self.error = error

    def find(self, name: str, where: str | None = None) -> T:
        """The member of this name.

        Raises
        ------
        ExitlineError
            Of the registry's type: there is none, with the names there are.
        """
        if name not in self:
            raise unknown(self.what, name, self, error=self.error, where=where)
        return self[name]


def lazily(place: str) -> Callable[..., Any]:
    """A function or class that is imported when it is called first: ``module:name``.

    Examples
    --------
    >>> lazily("math:floor")(2.5)
    2
    """
    module, _, name = place.partition(":")

    def called(*args: Any, **options: Any) -> Any:
        return getattr(import_module(module), name)(*args, **options)

    return called
