"""The standard errors that calibration earns: those of residuals from the auxiliaries.

A calibrated total moves with the sample only as far as the auxiliaries do not explain it. Its
influence is that of e = z - x'B instead of z, with B the regression of z on x under the weights
before calibration, and e weighted by the calibrated weights (Deville and Särndal 1992, Journal of
the American Statistical Association 87, eq. 3.4; R's ``calibrate`` and ``svyrecvar``). Sums by PSU
of z and of x are enough for that, and the sums of x z by domain.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import DesignError
from exitline.stats.infer.intake.arrived import cells_from_arrow
from exitline.stats.infer.intake.cells import Rows, no_kinds, roll_up, together

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.arrays import Floats, Ints
    from exitline.stats.data.sampling.calibration import Calibration
    from exitline.stats.infer.intake.cells import Cells
    from exitline.stats.measure.passes.sums import Plan


CENTRED = ("adjust", "average")
"""Treatments of single PSUs that ask which strata a domain has."""
MOST = 5e7
"""Largest number of rows that residuals are laid out on."""
REACHED = 1e-6


def coefficients(square: Floats, cross: Floats) -> Floats:
    """Regression on auxiliaries, some of which may depend on others.

    Parameters
    ----------
    square : float array, shape (auxiliaries, auxiliaries)
        Weighted sums of x x'.
    cross : float array, shape (auxiliaries, figures)
        Weighted sums of x z.

    Returns
    -------
    float array, shape (auxiliaries, figures)

    Examples
    --------
    >>> square, cross = np.array([[4.0, 4.0], [4.0, 4.0]]), np.array([[8.0], [8.0]])
    >>> coefficients(square, cross).ravel().round(9).tolist()
    [1.0, 1.0]
    """
    scale = np.sqrt(np.diag(square))
    scale = np.where(scale > 0, scale, 1.0)
    inverse = np.linalg.pinv(square / np.outer(scale, scale), rtol=1e-11, hermitian=True)
    return np.asarray((inverse @ (cross / scale[:, None])) / scale[:, None])


def residuals(z: Floats, x: Floats, found: Floats) -> Floats:
    """What is left of the influence of each PSU: z - x'B.

    Parameters
    ----------
    z : float array, shape (psus, figures)
        Sums of calibrated weight x influence, zero where a PSU has no member of the domain.
    x : float array, shape (psus, auxiliaries)
        Sums of calibrated weight x auxiliary, over the whole sample.
    found : float array, shape (auxiliaries, figures)
        See `coefficients`.

    Returns
    -------
    float array, shape (psus, figures)

    Examples
    --------
    >>> x = np.array([[1.0], [2.0], [3.0]])
    >>> residuals(2 * x, x, np.array([[2.0]])).ravel().tolist()
    [0.0, 0.0, 0.0]
    """
    return z - x @ found


@dataclass(frozen=True)
class CalibratedSample:
    """The auxiliaries of a sample: what turns influences into those of residuals.

    Attributes
    ----------
    everyone : Rows
        Stratum and clusters of each row of the whole sample.
    x : float array, shape (rows, auxiliaries)
        Sums of calibrated weight x auxiliary.
    square : float array, shape (auxiliaries, auxiliaries)
    cross : tuple of Cells, one for each auxiliary
        By domain: sums of every weighted value x regressor.
    all_strata : bool
        Whether clusters without a residual stay, because single PSUs are centred.
    """

    everyone: Rows
    x: Floats
    square: Floats
    cross: tuple[Cells, ...]
    all_strata: bool

    def of_domains(
        self, columns: tuple[int, ...], rows: Rows, linear: Callable[[Rows], Floats]
    ) -> tuple[Rows, Floats]:
        """The rows of a set of domains, with those that their residuals add, and the influences.

        Parameters
        ----------
        columns : tuple of int
            The set of domains.
        rows : Rows
        linear : callable
            From rows to the influence of each: linear in their sums.

        Returns
        -------
        Rows, and a float array with a value for each
        """
        crossed = [self._by_domain(cells, columns, linear) for cells in self.cross]
        return self._with_residuals(rows, linear(rows), np.stack(crossed))

    def of_everyone(self, rows: Rows, linear: Callable[[Rows], Floats]) -> tuple[Rows, Floats]:
        """As `of_domains`, for a figure of the whole sample, subpopulation or not."""
        crossed = [[linear(together(cells)).sum()] for cells in self.cross]
        return self._with_residuals(rows, linear(rows), np.array(crossed))

    @staticmethod
    def _by_domain(
        cells: Cells, columns: tuple[int, ...], linear: Callable[[Rows], Floats]
    ) -> Floats:
        """Sums of x z by domain."""
        rows = roll_up(cells, columns)
        return np.bincount(rows.domain, weights=linear(rows), minlength=rows.size).astype(
            np.float64
        )

    def _with_residuals(self, rows: Rows, influence: Floats, cross: Floats) -> tuple[Rows, Floats]:
        """Rows and influences with - x'B of every cluster, for each domain."""
        explained = -(self.x @ coefficients(self.square, np.nan_to_num(cross))).T
        domain, place = np.nonzero(
            np.ones_like(explained, dtype=bool) if self.all_strata else explained
        )
        if explained.size > MOST:
            raise DesignError(
                "these are too many areas for the residuals of a calibration",
                where="by", expected=f"at most {MOST:,.0f} areas x PSUs",
                got=f"{explained.shape[0]:,} areas, {explained.shape[1]:,} PSUs",
                remedy="ask for fewer areas at a time",
            )  # fmt: skip
        return (
            _longer(rows, self.everyone, domain, place),
            np.concatenate([influence, explained[domain, place]]),
        )


def _longer(rows: Rows, everyone: Rows, domain: Ints, place: Ints) -> Rows:
    """Rows with further clusters behind them, on which nothing is counted."""
    many = len(domain)
    none = np.zeros(many, dtype=np.int64)
    return replace(
        rows,
        domain=np.concatenate([rows.domain, domain]),
        stratum=np.concatenate([rows.stratum, everyone.stratum[place]]),
        stages=tuple(
            np.concatenate([own, more[place]])
            for own, more in zip(rows.stages, everyone.stages, strict=True)
        ),
        n=np.concatenate([rows.n, none]),
        cases=np.concatenate([rows.cases, np.zeros((many, rows.cases.shape[1]), dtype=np.int64)]),
        sums=np.concatenate([rows.sums, np.zeros((many, rows.sums.shape[1]))]),
    )


def calibrated_from_arrow(
    totals: pa.Table, crossed: pa.Table, cells: Cells, plan: Plan
) -> CalibratedSample:
    """The auxiliaries of a sample, from two queries.

    Parameters
    ----------
    totals : pyarrow.Table
        From `exitline.stats.measure.passes.totals.totals`.
    crossed : pyarrow.Table
        From `exitline.stats.measure.weighting.crossed.crossed`.
    cells : Cells
        Of the totals.
    plan : Plan

    Returns
    -------
    CalibratedSample

    Raises
    ------
    DesignError
        Where the weights do not add up to the totals of the calibration: other data, or another
        column of weights.
    """
    model = plan.design.calibration
    assert model is not None
    many = model.size_of_model
    phases = plan.design.sampling.taken is not None
    x = np.column_stack([totals.column(f"auxiliary{j}").to_numpy() for j in range(many)])
    square = np.zeros((many, many))
    for i in range(many):
        for j in range(i, many):
            square[i, j] = square[j, i] = np.nansum(crossed.column(f"square{i}_{j}").to_numpy())
    if model.responded is not None:
        _refuse_other_response(np.nansum(x, axis=0), np.diag(square), model)
    else:
        _refuse_other_weights(np.nansum(x, axis=0), model)
    domains = cells_from_arrow(crossed, 0)
    cross = []
    for j in range(many):
        sums = [_column(crossed, f"cross{j}_{k}") for k in range(len(plan.sums))]
        cross.append(replace(domains, sums=np.column_stack(sums)))
    last = cells.stages[-1]
    behind = int(last.max(initial=-1)) + 1 if phases else 0  # see `TwoPhase.joint`
    first, code = np.unique(last, return_index=True, return_inverse=True)[1:]
    everyone = Rows(
        np.zeros(len(first), dtype=np.int64), ((),), cells.stratum[first],
        (*(stage[first] for stage in cells.stages[:-1]), last[first] + behind),
        np.zeros(len(first), dtype=np.int64),
        no_kinds(first), np.empty((len(first), 0)),
    )  # fmt: skip
    by_cluster = np.zeros((len(first), many))
    np.add.at(by_cluster, code, np.nan_to_num(x))
    return CalibratedSample(
        everyone, by_cluster, square, tuple(cross), plan.design.sampling.lonely in CENTRED
    )


def _column(table: pa.Table, name: str) -> Floats:
    """A column of sums; zeros for one that was not asked for."""
    if name not in table.column_names:
        return np.zeros(table.num_rows)
    return np.asarray(table.column(name).to_numpy(), dtype=np.float64)


def _refuse_other_weights(found: Floats, model: Calibration) -> None:
    """Refuse weights that do not add up to the totals of the calibration."""
    named = [(m.name, t) for m in model.margins for t in (m.levels.values() or [m.total])]
    off = [
        (name, total, reached)
        for (name, total), reached in zip(named, found, strict=True)
        if not abs(reached - total) <= REACHED * max(abs(total), 1.0)
    ]
    if off:
        name, total, reached = off[0]
        raise DesignError(
            "the weights do not add up to the totals of their calibration",
            where=f"column '{model.calibrated}', margin '{name}'",
            expected=f"{total:,.10g}", got=f"{reached:,.10g}",
            remedy="use the rows that `calibrate` gave, all of them, and its design; "
            "for parts of them name areas (by)",
        )  # fmt: skip


def _refuse_other_response(found: Floats, square: Floats, model: Calibration) -> None:
    """Refuse weights that are not those of the estimated propensities, whose scores add up to 0."""
    many = np.repeat([m.kind == "number" for m in model.margins],
                     [max(1, len(m.levels)) for m in model.margins])  # fmt: skip
    everyone = float(square[~many].max(initial=0.0))
    off = np.flatnonzero(~(np.abs(found) <= REACHED * np.sqrt(square * everyone)))
    if len(off):
        names = [m.name for m in model.margins for _ in range(max(1, len(m.levels)))]
        raise DesignError(
            "the weights are not those of this adjustment for non-response",
            where=f"column '{model.calibrated}', predictor '{names[off[0]]}'",
            expected="respondents whose weights stand for everyone who was sampled",
            got=f"weights that are off by {found[off[0]]:,.6g}",
            remedy="use the rows that `adjust_nonresponse` gave, all of them, and its design; "
            "for parts of them name areas (by)",
        )  # fmt: skip
