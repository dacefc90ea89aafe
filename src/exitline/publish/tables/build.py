"""From counted combinations to a protected table: suppressed, or rounded."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from exitline.proof.disclose.behind import PerRow, rows_behind
from exitline.proof.disclose.joint import Tie
from exitline.proof.disclose.protection import wanted, whole_rows
from exitline.proof.disclose.rounding import controlled_rounding
from exitline.proof.disclose.suppress import LARGEST, Suppressed, suppress_together
from exitline.proof.disclose.system import TableError, TableSystem
from exitline.proof.disclose.ways import Way, cross, flat, tree
from exitline.publish.tables.content import (
    CANNOT_TELL,
    TOTAL,
    CountedFigure,
    SafeTable,
    TableFacts,
    TableSide,
)
from exitline.words.said import Said, say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from exitline.proof.disclose.ways import Node

UNITS = {"households": "households", "persons": "persons", "n": "rows of the data"}
NOTHING: Mapping[str, Set[str]] = MappingProxyType({})
LABELS = {"households": "Households", "persons": "Persons", "n": "n"}


@dataclass(frozen=True)
class ProtectionRule:
    """How a table is protected.

    Attributes
    ----------
    min_count : float
        Cells of fewer rows of data are suppressed.
    share : float
        Least half-width of a protection interval, as a share of the cell.
    group : bool
        Also protect zeros that tell the state of everyone in a row.
    base : int or None
        Round to multiples of this instead of suppressing.
    largest : int
        Refuse tables of more cells.
    """

    min_count: float = 10
    share: float = 0.1
    group: bool = False
    base: int | None = None
    largest: int = LARGEST

    def sentence(self, hidden: int, cells: int) -> str:
        """What was done, as the table says it."""
        if self.base is not None:
            return say(
                "Every cell is rounded to a multiple of {n}; totals are the sums of the rounded "
                "cells. No cell is further than {m} from its count.", n=self.base, m=self.base
            )  # fmt: skip
        counts = {"n": math.ceil(self.min_count) - 1, "m": hidden, "most": cells}
        if self.group:
            return say(
                "Cells of 1 to {n} rows of data, zeros that would tell about everyone in a row, "
                "and the cells needed to protect them are suppressed: {m} of {most} cells. Linear "
                "programmes have checked that no small cell can be told within its protection "
                "interval.", **counts
            )  # fmt: skip
        return say(
            "Cells of 1 to {n} rows of data and the cells needed to protect them are suppressed: "
            "{m} of {most} cells. Linear programmes have checked that no small cell can be told "
            "within its protection interval.", **counts
        )  # fmt: skip


@dataclass(frozen=True)
class Leaves:
    """Counts of the smallest cells.

    Attributes
    ----------
    sides : tuple of tuple of str
        Columns of each way, rows first.
    labels : tuple of tuple of str arrays
        For each way and each of its columns, the label of each leaf.
    counts : mapping of str to array with one axis for each way
        "n" and what is published.
    per_row : mapping of str to PerRow
        What a row of the data counts for in the leaves of the areas: its "weight", its "size" in
        persons, and both ("weight_size"). Somebody may know it; of what is not given, nothing.
    """

    sides: tuple[tuple[str, ...], ...]
    labels: tuple[tuple[Any, ...], ...]
    counts: Mapping[str, NDArray[np.float64]]
    per_row: Mapping[str, PerRow] = field(default_factory=dict)


@dataclass(frozen=True)
class Protected:
    """A table that can be published, and the producer's own record.

    Attributes
    ----------
    table : SafeTable
    audits : dict of str to Suppressed
        By figure; not for publication. Empty where the table was rounded.
    """

    table: SafeTable
    audits: dict[str, Suppressed] = field(repr=False)


def protected(
    leaves: Leaves, figures: Sequence[str], rule: ProtectionRule, facts: TableFacts, *,
    percent: bool = False, hidden: Mapping[str, Set[str]] = NOTHING,
    told: Mapping[str, Mapping[str, Set[Node]]] = MappingProxyType({}),
) -> Protected:  # fmt: skip
    """Protect the table of some leaves and say how.

    Parameters
    ----------
    leaves : Leaves
    figures : sequence of str
        Those of the counts that are published, the main one first.
    rule : ProtectionRule
    facts : TableFacts
        Its rule is filled in.
    percent : bool
        Also show each cell of the main figure as a share of its row.
    hidden : mapping of str to set of str
        By column of the rows: areas that are hidden where the same data are published, so that
        no figure of them is shown here either.
    told : mapping of str to mapping of str to set of tuple of str
        By category and by column of the rows ("" for all together): areas of which the numbers in
        the category's cells are published elsewhere, as the last labels of their chain. Hiding
        them would protect nothing.

    Raises
    ------
    TableError
        Where the table cannot be protected, see `suppress`.
    """
    import numpy as np

    ways = _ways(leaves)
    sides = tuple(
        TableSide(names, way.nodes) for names, way in zip(leaves.sides, ways, strict=True)
    )
    systems = {name: cross(leaves.counts[name], ways) for name in {"n", *figures}}
    if rule.base is not None:
        values = {
            name: controlled_rounding(systems[name], rule.base).astype(float) for name in figures
        }
        audits: dict[str, Suppressed] = {}
    else:
        gone = hidden_rows(leaves, ways[0], hidden)
        known = told_cells(sides, told)
        audits = _suppressed(systems, figures, rule, (gone, known), leaves.per_row, ways)
        values = {
            name: np.where(one.hidden, np.nan, np.round(one.table.values))
            for name, one in audits.items()
        }
    shown = tuple(
        CountedFigure(name, LABELS[name], UNITS[name], values[name].reshape(systems[name].shape))
        for name in figures
    )
    if percent:
        shown = (*shown[:1], _percent(shown[0], sides), *shown[1:])
    over = None
    if audits:
        main = audits[figures[0]]
        over = main.over.reshape(main.table.shape)
    table = SafeTable(sides, shown, facts, over=over)
    said = rule.sentence(table.suppressed, table.cells)
    notes = (*facts.notes, *_of_rows(table))
    return Protected(replace(table, facts=replace(facts, rule=said, notes=notes)), audits)


def _of_rows(table: SafeTable) -> tuple[Said, ...]:
    """That n is suppressed in more cells than the main figure, where it is."""
    import numpy as np

    for figure in table.figures[1:]:
        if figure.name == "n" and np.isnan(figure.values).sum() > table.suppressed:
            return (say(
                "n of a total with a suppressed cell among its parts is suppressed, too, where n "
                "and the figure together would tell of that cell."
            ),)  # fmt: skip
    return ()


def _percent(figure: CountedFigure, sides: Sequence[TableSide]) -> CountedFigure:
    """Shares of the row, from published cells alone: hidden where either cell is."""
    import numpy as np

    at: Any = (slice(None), *(side.nodes.index(()) for side in sides[1:]))
    total = figure.values[at]
    by_row = total.reshape(-1, *(1 for _ in sides[1:]))
    values = np.round(100.0 * figure.values / np.where(by_row > 0, by_row, np.nan), 1)
    return CountedFigure(
        "percent", f"{figure.label}, %", f"% of the {figure.unit} of the row", values, 1
    )


def hidden_rows(
    leaves: Leaves, way: Way, hidden: Mapping[str, Set[str]]
) -> NDArray[np.bool_] | None:
    """Rows of areas that are hidden elsewhere, and of all that lies in them; None for none.

    A row that would be hidden alone among its neighbours takes the smallest of them with it,
    since their total gives it away.
    """
    import numpy as np

    names = leaves.sides[0]
    found = np.array([
        any(label in hidden.get(name, ()) for name, label in zip(names, node, strict=False))
        for node in way.nodes
    ])  # fmt: skip
    if not found.any():
        return None
    size = way.members @ leaves.counts["n"].reshape(leaves.counts["n"].shape[0], -1).sum(axis=1)
    families: dict[tuple[str, ...], list[int]] = {}
    for i, node in enumerate(way.nodes):
        if node:
            families.setdefault(node[:-1], []).append(i)
    for members in sorted(families.values(), key=lambda of: len(way.nodes[of[0]])):
        rest = [i for i in members if not found[i]]
        if len(members) - len(rest) == 1 and rest:
            least = way.nodes[min(rest, key=lambda i: size[i])]
            found |= [node[: len(least)] == least for node in way.nodes]
    return found


def told_cells(
    sides: Sequence[TableSide], told: Mapping[str, Mapping[str, Set[Node]]]
) -> NDArray[np.bool_] | None:
    """Cells that are published elsewhere: by area and one category, over all of the others.

    Where some cannot be told, a run gives the poor and the others with a figure, and those who
    meet a criterion of all that there are.
    """
    import numpy as np

    rows, *others = sides
    found = np.zeros(tuple(len(side.nodes) for side in sides), dtype=bool)
    for axis, side in enumerate(others, start=1):
        areas = told.get(side.names[0], {})
        mine = np.array([_among(node, rows.names, areas) for node in rows.nodes])
        unsaid: set[Node] = {(CANNOT_TELL,), () if side.names[0] == "poor" else ("not met",)}
        if (CANNOT_TELL,) not in side.nodes:
            unsaid = set()
        open_ = np.array([node in unsaid for node in side.nodes])
        at: list[Any] = [slice(None)] + [len(s.nodes) - 1 for s in others]
        at[axis] = slice(None)
        whole = np.array([not node for node in rows.nodes])
        found[tuple(at)] |= mine[:, None] & (whole[:, None] | ~open_)
    return found.ravel() if found.any() else None


def _among(node: Node, names: Sequence[str], areas: Mapping[str, Set[Node]]) -> bool:
    """Whether an area is among those named, by its own label or with those above it."""
    if not node:
        return () in areas.get("", ())
    named = areas.get(names[len(node) - 1], ())
    return any(node[-length:] in named for length in range(1, len(node) + 1))


def _suppressed(
    systems: Mapping[str, TableSystem], figures: Sequence[str], rule: ProtectionRule,
    elsewhere: tuple[NDArray[np.bool_] | None, NDArray[np.bool_] | None],
    per_row: Mapping[str, PerRow], ways: Sequence[Way],
) -> dict[str, Suppressed]:  # fmt: skip
    """One pattern for all figures; n beside weighted ones is hidden where it would tell more."""
    import numpy as np

    n, shape = systems["n"], systems["n"].shape
    (rows, known), gone = elsewhere, None
    if rows is not None:
        gone = np.broadcast_to(rows.reshape(-1, *(1 for _ in shape[1:])), shape).ravel()
    also = whole_rows(n) if rule.group and len(shape) > 1 else None
    main = [name for name in figures if name != "n"] or list(figures)
    done = suppress_together(
        [systems[name] for name in main], n=n.values, min_count=rule.min_count, share=rule.share,
        also=also, gone=gone, known=known, ties=_ties(main, per_row, ways), largest=rule.largest,
    )  # fmt: skip
    found = dict(zip(main, done, strict=True))
    if "n" in figures and "n" not in found:
        goal = wanted(n, min_count=rule.min_count, share=rule.share, also=also)
        of = {"households": "weight", "persons": "weight_size"}[main[0]]
        leaves = per_row.get(of) if len(main) == 1 else None
        nodes = leaves.of_nodes(ways[0]) if leaves is not None else None
        found["n"] = rows_behind(n, goal, done[0], nodes, ways[0])
    return {name: found[name] for name in figures}


def _ties(
    figures: Sequence[str], per_row: Mapping[str, PerRow], ways: Sequence[Way]
) -> tuple[Tie, ...]:
    """Persons for each household, in the smallest cells: what everybody may know of an area."""
    import numpy as np

    if not {"households", "persons"} <= set(figures) or "size" not in per_row:
        return ()
    size = per_row["size"].of_nodes(ways[0])
    leaf = np.asarray(ways[0].members.sum(axis=1)).ravel() == 1
    leaf &= np.array([len(node) for node in ways[0].nodes]) == max(map(len, ways[0].nodes))
    inner = [np.array([bool(node) for node in way.nodes]) for way in ways[1:]]
    mask = leaf
    for axis in inner:
        mask = mask[..., None] & axis
    shape = (-1, *(1 for _ in inner))
    low, high = (
        np.where(mask, end.reshape(shape), np.nan).ravel() for end in (size.low, size.high)
    )
    return (Tie(figures.index("households"), figures.index("persons"), low, high),)


def _ways(leaves: Leaves) -> list[Way]:
    """The rows as a hierarchy, every other way flat."""
    ways = [tree(leaves.labels[0])]
    ways += [flat(len(labels[0]), labels[0]) for labels in leaves.labels[1:]]
    for names, way in zip(leaves.sides, ways, strict=True):
        if any(label.casefold() == TOTAL for node in way.nodes for label in node):
            raise TableError(
                f"an area or category is called '{TOTAL}'", where=", ".join(names),
                expected="labels that are no totals",
                remedy="leave rows of totals out of the data, or rename the category",
            )  # fmt: skip
    return ways
