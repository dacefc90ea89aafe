"""What `exitline init` knows of a file's columns, and what it recognised."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["number", "text", "truth", "other"]


@dataclass(frozen=True)
class ColumnProfile:
    """A column at a glance.

    Parameters
    ----------
    name : str
    kind : {"number", "text", "truth", "other"}
    rows, missing, distinct : int
        `distinct` may be a few percent off.
    low, high : float or None
        For numbers.
    fractional : int
        Values that are not whole numbers.
    """

    name: str
    kind: Kind
    rows: int
    missing: int
    distinct: int
    low: float | None = None
    high: float | None = None
    fractional: int = 0


@dataclass(frozen=True)
class Guess:
    """A column for a role, and why.

    Parameters
    ----------
    role, column : str
    reason : str
        What speaks for it.
    others : tuple of str
        Columns that could play the role as well.
    text : str or None
        The expression to write, where the column alone is not it.
    sure : bool
        False: it is written as a comment, for the user to settle.
    """

    role: str
    column: str
    reason: str
    others: tuple[str, ...] = ()
    text: str | None = None
    sure: bool = True


@dataclass(frozen=True)
class Proposal:
    """What was recognised.

    Parameters
    ----------
    guesses : mapping of str to Guess
        By role: household, welfare, size, weight, strata, psu.
    areas : tuple of str
    rows : int
    year : int or None
    nest : bool
        PSU ids start anew in each stratum.
    nesting : tuple of str
        Where no stratum was recognised: areas of which each PSU lies in one alone.
    repeats : str or None
        A household key that occurs on several rows: the table may hold persons.
    persons : bool
        A row is a person.
    refused : tuple of (str, str)
        Columns that are no welfare although they sound like it, and what they are.
    pair : tuple of str
        Two columns that are the household's key together.
    waves : str or None
        A column of years or waves with several values, where households repeat.
    lonely : int
        Strata with one PSU alone.
    fpc : str or None
        A column that is called like the finite population correction.
    member : str or None
        In a table of persons: the column that with `pair` names a person.
    replicates : (str, int) or None
        A pattern of the names of replicate weights, and how many there are.
    """

    guesses: Mapping[str, Guess]
    areas: tuple[str, ...]
    rows: int
    year: int | None = None
    nest: bool = False
    nesting: tuple[str, ...] = ()
    repeats: str | None = None
    persons: bool = False
    refused: tuple[tuple[str, str], ...] = ()
    pair: tuple[str, ...] = ()
    waves: str | None = None
    lonely: int = 0
    fpc: str | None = None
    member: str | None = None
    replicates: tuple[str, int] | None = None


@dataclass(frozen=True)
class Ask:
    """Exact answers about a few columns, which profiles cannot give.

    Parameters
    ----------
    distinct : callable
        From column names to the number of distinct combinations of their values.
    alone : callable
        From a column and columns of ids: the column's values with one combination of ids alone.
    """

    distinct: Callable[[Sequence[str]], int]
    alone: Callable[[str, Sequence[str]], int] = lambda _, __: 0
