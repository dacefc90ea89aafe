"""Figures of the same cells as one system: what two of them say together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.proof.disclose.audit import Audit, CellInterval, audit_wanted
from exitline.proof.disclose.protection import Wanted
from exitline.proof.disclose.system import TableSystem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Tie:
    """What an intruder may know of two figures of one cell: ``low * base <= other <= high * base``.

    Persons are at least one and at most so many for each household; households in the
    population are the weights of those in the sample.

    Attributes
    ----------
    base, other : int
        Positions of the figures.
    low, high : arrays of shape (cells,)
        NaN for totals, of which their parts say enough.
    """

    base: int
    other: int
    low: NDArray[np.float64]
    high: NDArray[np.float64]


class JointTables:
    """Several figures as one table, each in rows of data: its cells are those of all figures.

    A tie becomes two sums, with a cell each for what is between the figure and its ends. These
    cells are never published, so that protecting and auditing know nothing of ties.

    Parameters
    ----------
    tables : sequence of TableSystem
        With the same sums.
    goals : sequence of Wanted
    ties : sequence of Tie

    References
    ----------
    Fischetti & Salazar-Gonzalez (2000), JASA 95: 916-928: any linear constraints that an
    intruder knows are rows of the attacker's programme.

    Examples
    --------
    >>> import numpy as np
    >>> from exitline.proof.disclose import with_margins
    >>> from exitline.proof.disclose.protection import wanted
    >>> homes, persons = with_margins([[3, 40], [9, 60]]), with_margins([[9, 120], [27, 240]])
    >>> goals = [wanted(t, min_count=10, share=0.1, n=homes.values) for t in (homes, persons)]
    >>> sizes = np.array([3, 3, np.nan, 3, 4, np.nan, np.nan, np.nan, np.nan])
    >>> both = JointTables([homes, persons], goals, [Tie(0, 1, sizes, sizes)])
    >>> both.system.values.size, both.copies.shape
    (26, (2, 26))
    """

    def __init__(
        self, tables: Sequence[TableSystem], goals: Sequence[Wanted], ties: Sequence[Tie]
    ) -> None:
        import numpy as np

        self.tables, self.goals = tables, goals
        self.cells = tables[0].values.size
        values = [t.values / g.scale for t, g in zip(tables, goals, strict=True)]
        rows, between = self._tied(values, ties)
        self.values = np.concatenate([*values, between])
        own = len(tables) * self.cells
        self.system = TableSystem(self.values, self._sums(rows, between.size), (self.values.size,))
        none = np.zeros(between.size)
        self.goal = Wanted(
            np.concatenate([*(g.primary for g in goals), none.astype(bool)]),
            np.concatenate([*(g.low / g.scale for g in goals), none]),
            np.concatenate([*(g.high / g.scale for g in goals), none]), 1.0,
            None if goals[0].known is None
            else np.append(np.tile(goals[0].known, len(tables)), none.astype(bool)),
        )  # fmt: skip
        every = np.arange(self.values.size)
        self.copies = np.array([
            np.where(every < own, every % self.cells + i * self.cells, every)
            for i in range(len(tables))
        ])  # fmt: skip

    def _tied(
        self, values: Sequence[NDArray[np.float64]], ties: Sequence[Tie]
    ) -> tuple[list[tuple[int, int, int, float, int]], NDArray[np.float64]]:
        """Entries of the sums of ties, two sums a tied cell: other, base, sign; and their cells."""
        import numpy as np

        rows: list[tuple[int, int, int, float, int]] = []
        between: list[float] = []
        for tie in ties:
            scale = self.goals[tie.base].scale / self.goals[tie.other].scale
            for cell in np.flatnonzero(~np.isnan(tie.low)).tolist():
                base, other = tie.base * self.cells + cell, tie.other * self.cells + cell
                x, y = float(values[tie.base][cell]), float(values[tie.other][cell])
                for sign, end in ((1, tie.low[cell] * scale), (-1, tie.high[cell] * scale)):
                    if np.isfinite(end):
                        rows.append((len(between), other, base, float(end), sign))
                        between.append(max(0.0, sign * (y - end * x)))
        return rows, np.array(between)

    def _sums(self, rows: Sequence[tuple[int, int, int, float, int]], between: int) -> Any:
        """The sums of figures, and those of ties: sign * (other - end * base) - between."""
        import numpy as np
        from scipy import sparse

        own = len(self.tables) * self.cells
        figures = sparse.block_diag([table.sums for table in self.tables], format="csr")
        figures.resize((figures.shape[0], own + between))
        at = np.array([row[0] for row in rows], dtype=np.int64)
        columns = [(r[1] for r in rows), (r[2] for r in rows), (own + r[0] for r in rows)]
        factors = [(r[4] for r in rows), (-r[4] * r[3] for r in rows), (-1.0 for _ in rows)]
        data = np.concatenate([np.fromiter(f, float, len(rows)) for f in factors])
        where = np.concatenate([np.fromiter(c, np.int64, len(rows)) for c in columns])
        ties = sparse.csr_array((data, (np.tile(at, 3), where)), shape=(between, own + between))
        return sparse.vstack([figures, ties], format="csr")

    def spread(self, hidden: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """A pattern of the cells of one figure as one of all: what is between is never shown."""
        import numpy as np

        every = np.ones(self.values.size, dtype=bool)
        every[: len(self.tables) * self.cells] = np.tile(hidden, len(self.tables))
        return every

    def audits(self, hidden: NDArray[np.bool_]) -> list[Audit]:
        """What can be inferred from all figures at once, for each figure in its own unit."""
        import numpy as np

        own = len(self.tables) * self.cells
        found = audit_wanted(
            self.system, self.spread(hidden), self.goal.primary, self.goal,
            asked=np.arange(self.values.size) < own,
        )  # fmt: skip
        bounds: list[list[CellInterval]] = [[] for _ in self.tables]
        for one in found.bounds:
            figure, cell = divmod(one.cell, self.cells)
            goal = self.goals[figure]
            bounds[figure].append(CellInterval(
                cell, one.low * goal.scale, one.high * goal.scale, float(goal.low[cell]),
                float(goal.high[cell]), one.primary,
            ))  # fmt: skip
        return [Audit(tuple(of)) for of in bounds]

    def lost(self, audits: Sequence[Audit]) -> NDArray[np.bool_]:
        """Small cells of all figures that do not keep their protection interval."""
        import numpy as np

        found = np.zeros(self.values.size, dtype=bool)
        for figure, one in enumerate(audits):
            found[
                [figure * self.cells + b.cell for b in one.bounds if b.primary and not b.safe]
            ] = True
        return found
