"""Column names that can be told apart, on every engine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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
        When two names are the same; also when they differ only in upper and lower case,
        because SQL engines do not tell such names apart. When a name is one of those that
        exitline gives to columns of its own.

    Examples
    --------
    >>> check_names(["hhid", "weight"], "a.csv")
    >>> check_names(["hhid", "HHID"], "a.csv")
    Traceback (most recent call last):
    ...
    exitline.errors.DataError: two columns have the same name
      where:    a.csv, columns 1 and 2
      expected: column names that differ in more than upper and lower case
      got:      'hhid' and 'HHID'
      remedy:   rename one of them in the file
    """
    seen: dict[str, int] = {}
    for position, name in enumerate(names, start=1):
        first = seen.setdefault(name.casefold(), position)
        if first != position:
            raise DataError(
                "two columns have the same name",
                where=f"{where}, columns {first} and {position}",
                expected="column names that differ in more than upper and lower case",
                got=f"'{names[first - 1]}' and '{name}'",
                remedy="rename one of them in the file",
            )
    refuse_own_names(names, where)


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
