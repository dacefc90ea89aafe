"""Column names that can be told apart, on every engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from exitline.errors import DataError

OWN = "exitline__"
"""Columns that exitline adds for its own use begin so; `refuse_own_names` keeps files from it."""


def check_names(names: Sequence[str], where: str) -> None:
    """Refuse a table in which two columns have one name, or one has a name of ours.

    Parameters
    ----------
    names : sequence of str
        Column names in file order.
    where : str
        The file's name, for the message.

    Raises
    ------
    DataError
        When two names are the same, or one is of those that exitline gives to columns of its
        own. Names that differ only in upper and lower case pass: `read_names` refuses them
        where both are asked for, because SQL engines do not tell them apart.

    Examples
    --------
    >>> check_names(["hhid", "HHID", "weight"], "a.csv")
    >>> check_names(["hhid", "hhid"], "a.csv")
    Traceback (most recent call last):
    ...
    exitline.errors.DataError: two columns have the same name
      where:    a.csv, columns 1 and 2
      expected: column names that differ in more than upper and lower case
      got:      'hhid' and 'hhid'
      remedy:   rename one of them in the file
    """
    seen: dict[str, int] = {}
    for position, name in enumerate(names, start=1):
        first = seen.setdefault(name, position)
        if first != position:
            raise _same(names, first, position, where)
    refuse_own_names(names, where)


def read_names(
    names: Sequence[str], reads: Callable[[str], bool], where: str
) -> dict[str, int] | None:
    """The columns that an engine may see, where some differ in upper and lower case alone.

    Parameters
    ----------
    names : sequence of str
        Column names in file order.
    reads : callable
        Whether a column may be asked for.
    where : str
        The file's name, for the message.

    Returns
    -------
    dict of str to int, or None
        Position of each column without the twins that nobody reads; None where there are none.

    Raises
    ------
    DataError
        Where both twins are read.

    Examples
    --------
    >>> read_names(["Npsu", "npsu", "y"], {"Npsu", "y"}.__contains__, "a.parquet")
    {'Npsu': 0, 'y': 2}
    >>> read_names(["x", "y"], lambda name: True, "a.parquet") is None
    True
    """
    groups = _by_case(names)
    if len(groups) == len(names):
        return None
    kept = []
    for twins in groups.values():
        read = [i for i in twins if len(twins) == 1 or reads(names[i])]
        if len(read) > 1:
            raise _same(names, read[0] + 1, read[1] + 1, where)
        kept += read
    return {names[i]: i for i in sorted(kept)}


def twins(names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Groups of columns that differ in upper and lower case alone.

    Examples
    --------
    >>> twins(["hhid", "y", "HHID"]), twins(["x", "y"])
    ((('hhid', 'HHID'),), ())
    """
    groups = _by_case(names).values()
    return tuple(tuple(names[i] for i in group) for group in groups if len(group) > 1)


def _by_case(names: Sequence[str]) -> dict[str, list[int]]:
    """Positions of columns that an engine takes for one."""
    groups: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        groups.setdefault(name.casefold(), []).append(position)
    return groups


def _same(names: Sequence[str], first: int, position: int, where: str) -> DataError:
    """The fault of two columns that an engine cannot tell apart."""
    return DataError(
        "two columns have the same name",
        where=f"{where}, columns {first} and {position}",
        expected="column names that differ in more than upper and lower case",
        got=f"'{names[first - 1]}' and '{names[position - 1]}'",
        remedy="rename one of them in the file",
    )


def refuse_own_names(columns: Iterable[str], where: str) -> None:
    """Refuse a file whose columns have names that exitline keeps for itself.

    Raises
    ------
    DataError

    Examples
    --------
    >>> refuse_own_names(["size", "flag_met"], "homes.csv")
    """
    for name in columns:
        if name.casefold().startswith(OWN):
            raise DataError(
                "the name of a column is one that exitline keeps for itself",
                where=f"{where}, column '{name}'",
                expected=f"a name that does not begin with '{OWN}'",
                got=f"'{name}'",
                remedy="rename the column",
            )
