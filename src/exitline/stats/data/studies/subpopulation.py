"""A part of the population that figures refer to: a condition, and who fulfils it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exitline.errors import DataError
from exitline.stats.data.readers.names import OWN

if TYPE_CHECKING:
    import ibis

SUBPOPULATION = OWN + "where"
"""The column that is true for the rows that figures refer to."""
WHERE = "where"
"""Where messages say that the condition stands."""


def subpopulation(table: ibis.Table, text: str) -> ibis.Table:
    """The table with a column that says whether the condition holds.

    Parameters
    ----------
    table : ibis.Table
    text : str
        In the condition language: ``"urban = 1 and age >= 60"``.

    Returns
    -------
    ibis.Table
        With `SUBPOPULATION`; missing where the condition cannot be told.

    Raises
    ------
    ConditionError
        Where the condition cannot be read, or names a column that is not there.
    DataError
        Where it gives no truth.

    Examples
    --------
    >>> import ibis
    >>> table = ibis.table({"age": "int64"}, name="persons")
    >>> subpopulation(table, "age >= 60").columns
    ('age', 'exitline__where')
    """
    from exitline.rules.condition import parse

    column = parse(text, where=WHERE).build(table)
    kind = column.type()
    if not kind.is_boolean() and not kind.is_numeric():
        raise DataError(
            "the subpopulation is no condition",
            where=WHERE,
            expected="something that is true or false of each row, such as \"region = 'north'\"",
            got=f"'{text}', which gives {kind}",
            remedy="compare it with something",
        )
    return table.mutate(**{SUBPOPULATION: column if kind.is_boolean() else column > 0})
