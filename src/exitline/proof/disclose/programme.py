"""One linear programme, solved again and again from where the last solution stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from exitline.proof.disclose.system import TableError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Method = Literal["dual", "primal"]
_STRATEGY = {"dual": 1, "primal": 4}  # HiGHS option simplex_strategy
_SLICE = 1.0
"""Seconds after which a solution is taken up again from its basis: Ctrl-C is heard in between.
Each slice is twice as long as the one before, so that one is long enough to get on."""


class LinearProgramme:
    """Minimise cost @ x, where matrix @ x equals `right` and x lies between `low` and `high`.

    HiGHS keeps its basis between solutions: after a change of one bound (method "dual") or of
    the costs ("primal") a few steps of the simplex method are enough. Solving each programme
    of a table anew takes tens of times as long (benchmarks/tables.py).

    Parameters
    ----------
    matrix : sparse array of shape (equations, variables)
    right : array of shape (equations,)
    low, high, cost : arrays of shape (variables,)
    method : {"dual", "primal"}
        What changes between solutions: bounds, or costs.

    References
    ----------
    Huangfu & Hall (2018), Mathematical Programming Computation 10: 119-142.

    Examples
    --------
    >>> import numpy as np
    >>> one, two = np.ones(2), np.array([1.0, 2.0])
    >>> LinearProgramme(one[None, :], [3.0], 0 * one, 9 * one, two).solve().tolist()
    [3.0, 0.0]
    """

    def __init__(
        self, matrix: Any, right: Any, low: Any, high: Any, cost: Any, *, method: Method = "dual"
    ) -> None:
        import highspy
        import numpy as np
        from scipy import sparse

        columns = sparse.csc_array(matrix)
        model = highspy.HighsLp()
        model.num_row_, model.num_col_ = columns.shape
        model.col_cost_, model.col_lower_, model.col_upper_ = map(_floats, (cost, low, high))
        model.row_lower_ = model.row_upper_ = _floats(right)
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_ = columns.indptr.astype(np.int32)
        model.a_matrix_.index_ = columns.indices.astype(np.int32)
        model.a_matrix_.value_ = _floats(columns.data)
        self._status = highspy.HighsModelStatus
        self._solver = highspy.Highs()  # type: ignore[no-untyped-call]
        self._solver.silent()
        options: dict[str, int | str] = {
            "threads": 1,
            "presolve": "off",
            "simplex_strategy": _STRATEGY[method],
        }
        for name, value in options.items():
            self._solver.setOptionValue(name, value)
        self._solver.passModel(model)

    def cost(self, variables: Any, cost: float) -> None:
        """Set the cost of some variables."""
        for variable in variables:
            self._solver.changeColCost(int(variable), float(cost))

    def bound(self, variable: int, low: float, high: float) -> None:
        """Set the bounds of a variable."""
        self._solver.changeColBounds(int(variable), float(low), float(high))

    def solve(self, *, must: bool = True) -> NDArray[np.float64] | None:
        """The best x; None where the objective has no bound, or, unless one must, no x fits.

        Raises
        ------
        TableError
            Where no x fits.
        """
        import numpy as np

        status = self._run()
        if status == self._status.kUnbounded or (status == self._status.kInfeasible and not must):
            return None
        if status != self._status.kOptimal:
            raise TableError(
                "a linear programme of the table has no solution",
                got=self._solver.modelStatusToString(status),
                remedy="join small rows, or divide the table; do not publish it unaudited",
            )
        return np.asarray(self._solver.getSolution().col_value, dtype=float)

    def _run(self) -> Any:
        """Solve, a slice of time after another, and say how it ended."""
        seconds = _SLICE
        while True:
            self._solver.setOptionValue("time_limit", self._solver.getRunTime() + seconds)
            self._solver.run()
            status = self._solver.getModelStatus()
            if status != self._status.kTimeLimit:
                return status
            seconds *= 2


def _floats(values: Any) -> Any:
    """As an array of doubles."""
    import numpy as np

    return np.asarray(values, dtype=float)
