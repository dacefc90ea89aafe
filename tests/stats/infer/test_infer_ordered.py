"""Quantiles and sums of ranks with many weights, against the plain sums that they shorten."""

import numpy as np
import pytest

from exitline.stats.infer.intake.ordered import Domains, Ordered


def made(*, ties, domains, below_zero=False, rows=700):
    rng = np.random.default_rng(5)
    ranking = rng.lognormal(size=rows)
    ranking = ranking.round(1) if ties else ranking
    weights = rng.uniform(-0.05 if below_zero else 0.0, 2.0, (rows, 5)) * (
        rng.random((rows, 5)) > 0.2
    )
    code = rng.integers(0, domains, rows)
    return Domains(code, domains), ranking, np.asfortranarray(weights)


EVERY = [(ties, many) for ties in (True, False) for many in (1, 6)]


@pytest.mark.parametrize(("ties", "many"), EVERY)
@pytest.mark.parametrize("below_zero", [False, True])
def test_quantiles_are_where_running_sums_of_all_rows_reach_a_share(ties, many, below_zero):
    domains, ranking, weights = made(ties=ties, domains=many, below_zero=below_zero)
    ordered = Ordered.of(ranking, domains)
    for p in (0.001, 0.25, 0.5, 0.999):
        found = ordered.quantile(ranking, weights, p)
        for d in range(many):
            rows = ordered.order[ordered.starts[d] : ordered.starts[d + 1]]
            upto = np.cumsum(weights[rows], axis=0)
            short = (upto < (p - 1e-12) * upto[-1]).sum(axis=0)
            assert found[d].tolist() == ranking[rows[np.minimum(short, len(rows) - 1)]].tolist()


@pytest.mark.parametrize(("ties", "many"), EVERY)
@pytest.mark.parametrize("alike", [True, False])
def test_sums_of_ranks_are_those_of_each_pair_of_rows(ties, many, alike):
    domains, ranking, weights = made(ties=ties, domains=many)
    rng = np.random.default_rng(6)
    amount = ranking**2 if alike else rng.normal(size=len(ranking))
    among = (rng.random(len(ranking)) > 0.3).astype(float)
    amount = amount * among  # who does not count in ranks adds nothing
    same = domains.code[:, None] == domains.code
    lower = ((ranking[:, None] > ranking) & same) @ (weights * among[:, None])
    equal = ((ranking[:, None] == ranking) & same) @ (weights * among[:, None])
    expected = domains.sums(weights * amount[:, None] * (lower + equal / 2))
    ordered = Ordered.of(ranking, domains)
    found = ordered.ranked(weights, amount, among, alike=alike)
    assert found == pytest.approx(expected, rel=1e-11)
    around = ordered.around(weights * among[:, None])
    assert around[0] == pytest.approx(lower, rel=1e-11, abs=1e-11)
    assert around[1] == pytest.approx(equal, rel=1e-11, abs=1e-11)


def test_sums_of_a_domain_without_rows_are_zero_and_it_has_no_quantile():
    domains = Domains(np.array([0, 2, 2]), 4)
    ranking, weights = np.array([3.0, 2.0, 1.0]), np.ones((3, 1))
    assert domains.sums(weights)[:, 0].tolist() == [1.0, 0.0, 2.0, 0.0]
    found = Ordered.of(ranking, domains).quantile(ranking, weights, 0.5)
    assert np.array_equal(found[:, 0], [3.0, np.nan, 1.0, np.nan], equal_nan=True)
