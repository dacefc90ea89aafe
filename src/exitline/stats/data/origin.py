"""Which column of which file a column of a bound table is, unchanged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Origin:
    """A column of a table as it was attached.

    Attributes
    ----------
    table, column : str
    """

    table: str
    column: str


def origin_of(table: Any, column: str) -> Origin | None:
    """Where a column comes from, if it was renamed and joined and nothing else.

    Parameters
    ----------
    table : ibis.Table
    column : str

    Returns
    -------
    Origin or None
        None for a column that is computed. A cast changes how a value is held, not what it
        says, and is looked through.

    Examples
    --------
    >>> import ibis
    >>> homes = ibis.table({"reg": "int64", "y": "float64"}, name="households")
    >>> made = homes.mutate(region=homes.reg, poor=homes.y < 2).filter(homes.y > 0)
    >>> origin_of(made, "region"), origin_of(made, "poor")
    (Origin(table='households', column='reg'), None)
    """
    import ibis.expr.operations as ops

    node: Any = table[column].op()
    while True:
        if isinstance(node, ops.Cast | ops.Alias):
            node = node.arg
        elif not isinstance(node, ops.Field):
            return None
        elif isinstance(node.rel, ops.UnboundTable):
            return Origin(node.rel.name, node.name)
        elif isinstance(node.rel, ops.Project | ops.JoinChain):
            node = node.rel.values[node.name]
        elif isinstance(node.rel, ops.Filter | ops.Sort | ops.Reference | ops.DropColumns):
            node = ops.Field(node.rel.parent, node.name)
        else:
            return None
