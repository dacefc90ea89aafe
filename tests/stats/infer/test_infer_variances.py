"""One object for each variance: what they give agrees with each other and with arithmetic."""

from __future__ import annotations

import numpy as np
import pytest

from exitline.stats.infer.comparing.joint import InfluenceColumns
from exitline.stats.infer.designs.frame import Stage
from exitline.stats.infer.designs.pps import UnequalProbabilities
from exitline.stats.infer.designs.unequal import Unequal, brewer
from exitline.stats.infer.designs.variance import Part
from exitline.stats.infer.designs.variances import Census, Replicates, Taylor
from exitline.stats.infer.intake.cells import Rows, no_kinds

PSUS, AREAS = 6, 2
STRATUM = np.array([0, 0, 0, 1, 1, 1])
VALUES = np.random.default_rng(4).normal(size=(AREAS, PSUS))
ONE = np.ones(2)


def rows(areas: int, *, sampled: bool = True) -> Rows:
    """One row for each area x PSU."""
    domain = np.repeat(np.arange(areas), PSUS)
    psu = np.tile(np.arange(PSUS), areas)
    n = np.ones_like(psu)
    stratum = STRATUM[psu] if sampled else np.zeros_like(psu)
    keys = tuple((str(i),) for i in range(areas))
    return Rows(domain, keys, stratum, (psu,), n, no_kinds(n), np.empty((len(psu), 0)),
                sampled=sampled)  # fmt: skip


P = np.array([0.2, 0.4, 0.3, 0.5, 0.6, 0.7])
SCALES = np.array([0.5, 1.0, 0.0, 2.0, 0.3, 0.1])
KINDS = {
    "taylor": Taylor((Stage(np.array([3, 3]), np.array([0.9, 0.7]), ONE),)),
    "adjust": Taylor((Stage(np.array([3, 3]), np.array([0.9, 0.7]), ONE),), "adjust"),
    "replicates": Replicates({}, SCALES, True, {(): np.array([5.0])}),
    "brewer": UnequalProbabilities(Unequal(P, STRATUM)),
    "census": Census(),
}


@pytest.mark.parametrize("kind", KINDS)
def test_variances_and_covariances_of_one_object_agree(kind):
    """Variances by area, the joint matrix, its rows, covariances with all: the same numbers."""
    variance = KINDS[kind]
    mine, every = rows(AREAS, sampled=kind != "replicates"), rows(1, sampled=kind != "replicates")
    whole = VALUES.sum(axis=0)
    areas = InfluenceColumns(mine, mine.domain, VALUES.ravel(), AREAS)
    all_ = InfluenceColumns(every, every.domain, whole, 1)
    joint = variance.joint([areas, all_])
    matrix = joint.matrix()
    assert matrix == pytest.approx(matrix.T)
    assert np.diag(matrix) == pytest.approx(joint.variances())
    assert joint.row(AREAS) == pytest.approx(matrix[AREAS])
    by_area = variance.of(mine, VALUES.ravel()[:, None])[:, 0]
    assert by_area == pytest.approx(np.diag(matrix)[:AREAS])
    shared = variance.shared(mine, VALUES.ravel(), every, whole)
    assert shared == pytest.approx(matrix[AREAS, :AREAS])
    sums = np.array([[1.0, 1.0, 0.0], [1.0, -1.0, 0.0]])
    functions = variance.joint([areas, all_], sums)
    assert functions.matrix() == pytest.approx(sums @ matrix @ sums.T)
    assert functions.size == 2
    assert functions.matrix()[0, 0] == pytest.approx(matrix[AREAS, AREAS])
    assert (by_area > 0).all() != variance.exact


def test_each_is_what_its_formula_says():
    a = VALUES[0]
    mine = rows(1)
    within = sum(
        f * 3 / 2 * ((a[h == STRATUM] - a[h == STRATUM].mean()) ** 2).sum()
        for h, f in enumerate((0.9, 0.7))
    )
    assert KINDS["taylor"].of(mine, a[:, None])[0, 0] == pytest.approx(within)
    squares = KINDS["replicates"].of(rows(1, sampled=False), a[:, None])[0, 0]
    assert squares == pytest.approx((a**2).sum())
    found = KINDS["brewer"].of(mine, a[:, None])[0, 0]
    assert found == pytest.approx(brewer(a[:, None], Unequal(P, STRATUM))[0, 0])


@pytest.mark.parametrize("mse", [True, False])
def test_replicates_are_centred_as_declared_and_leave_out_what_has_no_figure(mse):
    figures = np.array([[1.0, 2.0, 9.0, np.nan, 4.0, 5.0]])
    variance = Replicates({((), "m", None): figures}, SCALES, not mse, {(): np.array([5.0])})
    variance = variance.around(mse=mse)
    part = variance.part(((), "m", None), rows(1), np.array([2.5]), lambda: Part(rows(1), figures))
    used = np.array([0, 1, 4, 5])  # not the one without a scale, nor the one without a figure
    centre = 2.5 if mse else figures[0, used].mean()
    expected = (SCALES[used] * (figures[0, used] - centre) ** 2).sum()
    assert variance.of(part.rows, part.influence[:, None])[0, 0] == pytest.approx(expected)
    assert not part.rows.sampled


def test_degrees_of_freedom():
    mine = rows(AREAS)
    cases = np.where((mine.domain == 1) & (mine.stages[0] > 3), 0, 1)
    assert KINDS["taylor"].df == KINDS["brewer"].df == 4
    for kind in ("taylor", "brewer"):
        assert KINDS[kind].sampled(mine, cases).df.tolist() == [4.0, 2.0]
        assert KINDS[kind].sampled(mine, cases).psus.tolist() == [6, 4]
    stage = KINDS["taylor"].stages
    declared = Taylor(stage, declared=7.0)
    assert (declared.df, declared.sampled(mine, cases).df.tolist()) == (7.0, [7.0, 7.0])
    assert np.isinf(Census().sampled(mine, cases).df).all()
    assert KINDS["replicates"].sampled(rows(1), np.ones(PSUS, dtype=int)).df.tolist() == [5.0]
