"""One base error for everything a user can correct.

Every message has the same five parts, so that a person under pressure finds the
remedy at the same place each time: what is wrong, where, what was expected, what
came instead, and what to do about it.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

_LONGEST_PART = 1000
_LONGEST_NAME = 100
_LONGEST_WORD = 200
_LONG_WORD = re.compile(rf"[^\s/\\]{{{_LONGEST_WORD},}}")  # no path
_MOST_NAMES = 5000
_SHOWN_NAMES = 30
SPELLING = "check the spelling; upper and lower case count"
"""What to do about a name that is not there, where none is close."""


class ExitlineError(Exception):
    """An input that cannot be used, said so that it can be corrected.

    Parameters
    ----------
    what : str
        One sentence: what is wrong. No data values that could identify a household.
    where : str, optional
        File, line, key, column or unit in question.
    expected, got : str, optional
        What was expected and what came instead.
    remedy : str, optional
        What to do, as an instruction.

    Attributes
    ----------
    others : tuple of ExitlineError
        Further faults of the same input, so that all can be corrected in one go.

    Examples
    --------
    >>> print(ExitlineError("column not found", where="study.yaml:4", remedy="rename it"))
    column not found
      where:    study.yaml:4
      remedy:   rename it
    """

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        expected: str | None = None,
        got: str | None = None,
        remedy: str | None = None,
    ) -> None:
        self.what = what
        self.where = where
        self.expected = expected
        self.got = got
        self.remedy = remedy
        self.others: tuple[ExitlineError, ...] = ()
        super().__init__(what)

    def parts(self) -> dict[str, str]:
        """The parts that are set, by name, in reading order."""
        named = {
            "what": self.what,
            "where": self.where,
            "expected": self.expected,
            "got": self.got,
            "remedy": self.remedy,
        }
        return {name: _brief(text) for name, text in named.items() if text}

    def __str__(self) -> str:
        parts = self.parts()
        lines = [parts.pop("what", "")]
        lines += [f"  {name + ':':<9} {text}" for name, text in parts.items()]
        return "\n".join([*lines, *(str(other) for other in self.others)])


class Faults:
    """Faults of one input, collected so that all of them are said in one go.

    Examples
    --------
    >>> faults = Faults()
    >>> for name in ("a", "b"):
    ...     with faults.kept():
    ...         raise DataError(f"there is no column '{name}'")
    >>> [fault.what for fault in faults.found]
    ["there is no column 'a'", "there is no column 'b'"]
    """

    def __init__(self) -> None:
        self.found: list[ExitlineError] = []

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep a fault that is raised in the block, and go on behind it."""
        try:
            yield
        except ExitlineError as reason:
            self.add(reason)

    def add(self, reason: ExitlineError) -> None:
        """Keep a fault and those that came with it; what was said already is not said again."""
        others, reason.others = reason.others, ()
        for one in (reason, *others):
            if str(one) not in {str(known) for known in self.found}:
                self.found.append(one)

    def together(self) -> ExitlineError:
        """The first fault, with all others in its hands; there must be one."""
        first, *others = self.found
        first.others = tuple(others)
        return first

    def raise_all(self) -> None:
        """Raise the first fault with all others, if there is any.

        Raises
        ------
        ExitlineError
        """
        if self.found:
            raise self.together()


class ArgumentError(ExitlineError):
    """A call whose arguments contradict each other; on the command line, wrong usage."""


class RuleFileError(ExitlineError):
    """A rule file that cannot be used as it stands."""


class ConditionError(ExitlineError):
    """A condition that is not in the condition language."""


class StudyError(ExitlineError):
    """A study file that cannot be used as it stands."""


class DataError(ExitlineError):
    """Data that cannot be read, or that do not fit their roles."""


class DesignError(ExitlineError):
    """A sampling design that does not allow a standard error."""


class MeasureError(ExitlineError):
    """A measure that does not exist or that the data do not allow."""


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint naming the known names closest to a mistyped one ("" when none is close).

    What was typed is never offered again, however it is written.

    Examples
    --------
    >>> nearest("wieght", ["weight", "strata"])
    "did you mean 'weight'?"
    >>> nearest("weight", ["weight", "weight "])
    ''
    """
    close = close_names(name, known)
    return "did you mean " + " or ".join(f"'{c}'" for c in close) + "?" if close else ""


def close_names(name: str, known: Iterable[str]) -> list[str]:
    """The known names closest to a mistyped one, at most three.

    Parameters
    ----------
    name : str
    known : iterable of str

    Examples
    --------
    >>> close_names("wieght", ["weight", "strata"])
    ['weight']
    """
    typed = _bare(name)
    if len(typed) > _LONGEST_NAME:
        return []
    others = [str(k) for k in islice(known, _MOST_NAMES) if _bare(k) != typed]
    return difflib.get_close_matches(str(name), others, n=3, cutoff=0.6)


E = TypeVar("E", bound=ExitlineError)


def unknown(
    what: str,
    name: object,
    known: Collection[str],
    *,
    error: type[E] = ExitlineError,  # type: ignore[assignment]
    where: str | None = None,
    remedy: str = "choose one of these",
    meant: str | None = None,
) -> E:
    """The error for a name that nothing has, to be raised by the caller.

    Parameters
    ----------
    what : str
        What it was to be the name of.
    name : object
    known : collection of str
        The names there are.
    error : type of ExitlineError
    where : str, optional
    remedy : str
        Where no known name is close.
    meant : str, optional
        The known name that goes by this other name.

    Examples
    --------
    >>> print(unknown("engine", "duckbd", ("duckdb", "spark")))
    there is no engine 'duckbd'
      expected: one of duckdb, spark
      got:      'duckbd'
      remedy:   did you mean 'duckdb'?
    """
    names = [str(one) for one in islice(known, _SHOWN_NAMES)]
    more = " …" if len(known) > _SHOWN_NAMES else ""
    return error(
        f"there is no {what} '{str(name)[:_LONGEST_NAME]}'",
        where=where,
        expected="one of " + ", ".join(names) + more if names else f"a declared {what}",
        got=f"'{str(name)[:_LONGEST_NAME]}'",
        remedy=f"did you mean '{meant}'?" if meant else nearest(str(name), known) or remedy,
    )


def _bare(name: object) -> str:
    """A name without what the eye does not see."""
    return unicodedata.normalize("NFC", str(name)).strip()


def _brief(text: str) -> str:
    """A part of a message, its middle left out where it is very long; likewise each name in it."""
    if len(text) > _LONGEST_WORD:
        text = _LONG_WORD.sub(lambda word: f"{word[0][:60]}…{word[0][-20:]}", text)
    if len(text) <= _LONGEST_PART:
        return text
    return f"{text[:600]} … ({len(text):,} characters) … {text[-200:]}"


def install_extra(extra: str) -> str:
    """How to install libraries that only some need, as an instruction.

    Examples
    --------
    >>> install_extra("register")
    "in exitline's folder: pip install '.[register]' (docs/install.md)"
    """
    return f"in exitline's folder: pip install '.[{extra}]' (docs/install.md)"
