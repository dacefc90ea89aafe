"""Variances of PPS samples: R's figures, and unbiasedness over all samples of a small design."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from exitline.errors import DesignError
from exitline.stats.infer.designs import unequal
from exitline.stats.infer.designs.unequal import Unequal

P = np.array([0.6, 0.3, 0.45, 0.25, 0.4, 0.5, 0.7, 0.3])
STRATUM = np.array([0, 0, 0, 0, 0, 1, 1, 1])
Y = np.array([12, 5, 9, 4, 11, 20, 31, 9.0])
X = np.array([10, 6, 8, 5, 9, 19, 29, 12.0])
Z = np.column_stack([Y, X]) / P[:, None]
APART = np.abs(np.subtract.outer(np.arange(8), np.arange(8)))
JOINT = np.outer(P, P) * np.where(np.equal.outer(STRATUM, STRATUM), 0.82 + 0.01 * APART, 1.0)
np.fill_diagonal(JOINT, P)
SAMPLE = Unequal(P, STRATUM)
ONE = Unequal(P, np.zeros(8, dtype=int))
HT, YG = "horvitz-thompson", "yates-grundy"
# R 4.2.2, survey 4.1.1: vcov(svytotal(~y+x, svydesign(~1, strata=~stratum, fpc=~p, pps=...)))
R = {
    "with replacement": (265.41893424036289, 31.11583522297812, 34.438082640463591),
    "brewer": (155.75884353741498, 13.699640967498121, 17.099395313681025),  # pps = "brewer"
    "overton": (-30.87868480725615, -81.341506046863159, 18.888479465860456),  # "overton"
    "Hartley-Rao": (815.46655328798158, 793.85723733937982, 916.19866465104496),  # HR()
    "Hartley-Rao, p": (549.84274376417386, 529.36535147392442, 639.57716049382861),  # HR(.47)
    HT: (9.8540321984773698, 29.237675503562571, 194.43852631180403),  # ppsmat(J, tolerance=0)
    YG: (143.01568783236982, 19.949635017295719, 22.252159892491534),  # variance = "YG"
}
OURS = {
    "with replacement": lambda: unequal.with_replacement(Z, SAMPLE),
    "brewer": lambda: unequal.brewer(Z, SAMPLE),
    "overton": lambda: unequal.from_matrix(Z, unequal.overton(SAMPLE), HT),
    "Hartley-Rao": lambda: unequal.from_matrix(Z, unequal.hartley_rao(SAMPLE), HT),
    "Hartley-Rao, p": lambda: unequal.from_matrix(
        Z, unequal.hartley_rao(ONE, np.array([0.47])), HT
    ),
    HT: lambda: unequal.from_matrix(Z, unequal.checked(JOINT), HT),
    YG: lambda: unequal.from_matrix(Z, unequal.checked(JOINT), YG),
}


@pytest.mark.parametrize("method", R)
def test_variances_are_those_of_r(method):
    found = OURS[method]()
    assert [found[0, 0], found[0, 1], found[1, 1]] == pytest.approx(R[method], rel=1e-9)
    assert found[1, 0] == pytest.approx(found[0, 1], rel=1e-12)


@pytest.mark.parametrize("estimator", [HT, YG])
def test_with_true_joint_probabilities_unbiased_over_all_samples(estimator):
    """A design on all pairs of five PSUs with unequal chances: E V = Var, exactly."""
    size = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    y = np.array([3.0, 1.0, 4.0, 1.0, 5.0])
    pairs = list(combinations(range(5), 2))
    chance = np.array([size[i] * size[j] for i, j in pairs])
    chance /= chance.sum()
    joint = np.zeros((5, 5))
    for (i, j), p in zip(pairs, chance, strict=True):
        joint[i, j] = joint[j, i] = p
        joint[i, i] += p
        joint[j, j] += p
    own = np.diag(joint)
    totals = np.array([sum(y[k] / own[k] for k in pair) for pair in pairs])
    true = chance @ (totals - y.sum()) ** 2
    found = []
    for pair in pairs:
        k = np.array(pair)
        matrix = unequal.checked(joint[np.ix_(k, k)])
        found.append(unequal.from_matrix((y / own)[k][:, None], matrix, estimator)[0, 0])
    assert chance @ totals == pytest.approx(y.sum())
    assert chance @ np.array(found) == pytest.approx(true, rel=1e-12)


def test_equal_probabilities_are_a_simple_random_sample():
    """n of N alike: Yates-Grundy and Brewer give N^2 (1 - f) s^2 / n."""
    n, size = 4, 10
    y = np.array([3.0, 8.0, 1.0, 5.0])
    sample = Unequal(np.full(n, n / size), np.zeros(n, dtype=int))
    joint = np.full((n, n), n * (n - 1) / (size * (size - 1)))
    np.fill_diagonal(joint, n / size)
    z = (y * size / n)[:, None]
    expected = size**2 * (1 - n / size) * y.var(ddof=1) / n
    assert unequal.brewer(z, sample)[0, 0] == pytest.approx(expected, rel=1e-12)
    matrix = unequal.checked(joint)
    assert unequal.from_matrix(z, matrix, YG)[0, 0] == pytest.approx(expected, rel=1e-12)


def test_certainty_adds_nothing_to_brewer_s():
    sample = Unequal(np.array([1.0, 0.5, 0.5]), np.array([0, 1, 1]))
    z = np.array([[100.0], [4.0], [6.0]])
    assert unequal.brewer(z, sample)[0, 0] == pytest.approx(0.5 * 2 * (1 + 1))


def test_probabilities_that_cannot_be():
    with pytest.raises(DesignError, match="out of range"):
        Unequal(np.array([0.0, 0.5]), np.zeros(2, dtype=int))
    with pytest.raises(DesignError, match="single PSU"):
        Unequal(np.array([0.5, 0.5]), np.array([0, 1]))
    with pytest.raises(DesignError, match="no symmetric matrix"):
        unequal.checked(np.array([[0.5, 0.2], [0.3, 0.5]]))
    for joint in (0.0, 0.6):
        with pytest.raises(DesignError, match="cannot be right"):
            unequal.checked(np.array([[0.5, joint], [joint, 0.5]]))
    assert unequal.checked(JOINT, tolerance=0.15)[0, 5] == 0.0
