"""Tables of any number of ways, each flat or a hierarchy, with all their margins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import TYPE_CHECKING, Any

from exitline.proof.disclose.system import TableError, TableSystem

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

TOTAL = "total"
Node = tuple[str, ...]


@dataclass(frozen=True)
class Way:
    """One way of a table: its nodes, which leaves each holds, and the sums between nodes.

    Attributes
    ----------
    nodes : tuple of tuple of str
        The chain of labels down to each node; the empty chain is all together.
    members : sparse array of shape (nodes, leaves)
        1 where a node holds a leaf.
    sums : sparse array of shape (equations, nodes)
        +1 for parts, -1 for their total.
    """

    nodes: tuple[Node, ...]
    members: Any
    sums: Any


@dataclass(frozen=True)
class Hierarchy:
    """A hierarchy of areas, perhaps crossed with categories, ready to be suppressed.

    Attributes
    ----------
    system : TableSystem
        Of shape (nodes,) or (nodes, categories + 1), the total of the categories last.
    nodes : tuple of tuple of str
        The chain of labels down to each node, from the whole, ``()``, downwards.
    categories : tuple of str
        Without their total; empty where there are none.
    """

    system: TableSystem
    nodes: tuple[Node, ...]
    categories: tuple[str, ...] = ()

    @cached_property
    def _positions(self) -> dict[Node, int]:
        return {node: i for i, node in enumerate(self.nodes)}

    def cell(self, node: Sequence[str], category: str | None = None) -> int:
        """Position of a node's cell in the flattened system; of its total without a category."""
        row = self._positions[tuple(node)]
        if not self.categories:
            return row
        last = len(self.categories)
        return row * (last + 1) + (last if category is None else self.categories.index(category))


def flat(size: int, labels: Sequence[str] = ()) -> Way:
    """A way of categories and their total, which comes last.

    Examples
    --------
    >>> flat(2, ["met", "not met"]).nodes
    (('met',), ('not met',), ())
    """
    import numpy as np
    from scipy import sparse

    names = [str(label) for label in labels] or [str(i + 1) for i in range(size)]
    members = sparse.csr_array(np.vstack([np.eye(size), np.ones(size)]))
    sums = sparse.csr_array(np.append(np.ones(size), -1.0)[None, :])
    return Way((*((name,) for name in names), ()), members, sums)


def tree(parents: Sequence[Sequence[Any]]) -> Way:
    """A hierarchy: the whole first, each node before its children.

    Parameters
    ----------
    parents : sequence of columns
        Labels of each leaf from the top downwards, for instance province, county, village.

    Raises
    ------
    TableError
        Where a label is missing, or two leaves have the same chain.

    Examples
    --------
    >>> tree([["A", "A", "B"], ["1", "2", "1"]]).nodes
    ((), ('A',), ('A', '1'), ('A', '2'), ('B',), ('B', '1'))
    """
    import numpy as np
    from scipy import sparse

    chains = _chains(parents)
    prefixes = {chain[:depth] for chain in chains for depth in range(len(chain) + 1)}
    nodes = tuple(sorted(prefixes | {()}))
    position = {node: i for i, node in enumerate(nodes)}
    depths = range(len(parents) + 1)
    rows = [position[chain[:depth]] for chain in chains for depth in depths]
    leaves = np.repeat(np.arange(len(chains)), len(depths))
    members = sparse.csr_array(
        (np.ones(len(rows)), (rows, leaves)), shape=(len(nodes), len(chains))
    )
    below = [(position[node[:-1]], position[node]) for node in nodes if node]
    totals = sorted({parent for parent, _ in below})
    equation = {parent: i for i, parent in enumerate(totals)}
    parts = [(equation[parent], child, 1.0) for parent, child in below]
    parts += [(i, parent, -1.0) for parent, i in equation.items()]
    where, columns, signs = zip(*parts, strict=True)
    sums = sparse.csr_array((signs, (where, columns)), shape=(len(totals), len(nodes)))
    return Way(nodes, members, sums)


def _chains(parents: Sequence[Sequence[Any]]) -> list[Node]:
    """One chain of labels for each leaf, all there and all different."""
    lengths = {len(column) for column in parents}
    if len(lengths) != 1 or 0 in lengths:
        raise TableError(
            "the columns of the hierarchy do not fit", expected="columns of one length, not empty",
            got="lengths " + (", ".join(map(str, sorted(lengths))) or "none"),
            remedy="give one label per leaf and level",
        )  # fmt: skip
    if any(label is None or label != label for column in parents for label in column):
        raise TableError(
            "a label of the hierarchy is missing", expected="a label on every level",
            got="a leaf without one", remedy="name the unknown area, for instance '(missing)'",
        )  # fmt: skip
    chains = [tuple(map(str, chain)) for chain in zip(*parents, strict=True)]
    if len(set(chains)) < len(chains):
        raise TableError(
            "two leaves of the hierarchy have the same labels", expected="one count for each leaf",
            got=f"{len(chains) - len(set(chains)):,} repeated", remedy="add them up before",
        )  # fmt: skip
    return chains


def cross(counts: ArrayLike, ways: Sequence[Way]) -> TableSystem:
    """The table of some ways with every margin and subtotal.

    Parameters
    ----------
    counts : array with one axis for each way
        Inner cells: the leaves of each way.
    ways : sequence of Way

    Returns
    -------
    TableSystem
        Its shape has the number of nodes of each way.

    Raises
    ------
    TableError
        Where the counts do not have the ways' shape, or are below zero.

    Examples
    --------
    >>> cross([[1, 2], [3, 4]], [tree([["N", "S"]]), flat(2)]).values.reshape(3, 3).tolist()
    [[4.0, 6.0, 10.0], [1.0, 2.0, 3.0], [3.0, 4.0, 7.0]]
    """
    import numpy as np
    from scipy import sparse

    inner = np.asarray(counts, dtype=float)
    leaves = tuple(way.members.shape[1] for way in ways)
    if inner.shape != leaves or not inner.size:
        raise TableError(
            "the counts do not fit the ways of the table", expected=f"shape {leaves}, with cells",
            got=f"shape {inner.shape}", remedy="give one axis for each way",
        )  # fmt: skip
    full = inner
    for axis, way in enumerate(ways):
        full = np.moveaxis(_times(way.members, np.moveaxis(full, axis, 0)), 0, axis)
    blocks = []
    for axis, way in enumerate(ways):
        factors = [sparse.csr_array(sparse.eye_array(n)) for n in full.shape]
        factors[axis] = way.sums
        blocks.append(reduce(lambda a, b: sparse.csr_array(sparse.kron(a, b)), factors))
    return TableSystem(full.ravel(), sparse.vstack(blocks, format="csr"), full.shape)


def _times(matrix: Any, array: Any) -> Any:
    """A sparse matrix times an array along its first axis."""
    return (matrix @ array.reshape(array.shape[0], -1)).reshape(-1, *array.shape[1:])


def with_margins(counts: ArrayLike) -> TableSystem:
    """A table of any number of flat ways with all its margins appended.

    Parameters
    ----------
    counts : array of shape (rows,), (rows, columns), (rows, columns, layers) ...
        Inner cells.

    Returns
    -------
    TableSystem
        One longer along each axis, totals last.

    Raises
    ------
    TableError
        For a single number, no cells, or counts below zero.

    Examples
    --------
    >>> with_margins([[1, 2], [3, 4]]).values.reshape(3, 3).tolist()
    [[1.0, 2.0, 3.0], [3.0, 4.0, 7.0], [4.0, 6.0, 10.0]]
    """
    import numpy as np

    inner = np.asarray(counts, dtype=float)
    if not inner.ndim or not inner.size:
        raise TableError(
            "not a table", expected="one or more dimensions, with cells",
            got=f"shape {inner.shape}", remedy="pass the counts as an array",
        )  # fmt: skip
    return cross(inner, [flat(n) for n in inner.shape])


def hierarchy(
    counts: ArrayLike, parents: Sequence[Sequence[Any]], *, categories: Sequence[str] = ()
) -> Hierarchy:
    """Counts of leaves as a hierarchy of all their subtotals, crossed with categories if given.

    Parameters
    ----------
    counts : array of shape (leaves,) or (leaves, categories)
        Households or persons of each lowest area.
    parents : sequence of columns of shape (leaves,)
        Labels from the top downwards, for instance ``[province, county, village]``; the last
        column names the leaf itself. The same village name in two counties is two villages.
    categories : sequence of str
        Names of the second dimension, such as the outcomes of a decision.

    Returns
    -------
    Hierarchy
        Its ``system`` goes to `suppress`; ``nodes`` names the rows.

    Raises
    ------
    TableError
        Where a label is missing, a leaf comes twice, or the shapes do not fit.

    Examples
    --------
    >>> from exitline.proof.disclose import suppress
    >>> made = hierarchy([3, 40, 50, 60], [["N", "N", "S", "S"], ["a", "b", "c", "d"]])
    >>> made.nodes
    ((), ('N',), ('N', 'a'), ('N', 'b'), ('S',), ('S', 'c'), ('S', 'd'))
    >>> done = suppress(made.system)
    >>> done.cells()
    [153, 43, 'suppressed', 'suppressed', 110, 50, 60]
    >>> made.cell(("S", "d"))
    6
    """
    ways = [tree(parents)]
    if categories:
        ways.append(flat(len(categories), categories))
    return Hierarchy(cross(counts, ways), ways[0].nodes, tuple(map(str, categories)))
