"""Functions of weighted totals that make a figure, with their gradients.

Each rule takes what is `Given` by domain (totals in the order of the measure's terms, scalars
in the order of its scalars) and says the figure and its derivative with respect to each total.
The influence of a cluster is the gradient times the cluster's totals.
"""

from __future__ import annotations

from functools import reduce
from operator import add, mul

import numpy as np

from exitline.stats.measure.dual import Dual, of_excess, ranked, totals
from exitline.stats.measure.model import Given, Linear


def total(given: Given) -> Linear:
    """The total itself."""
    return Linear(given.totals[:, 0].copy(), np.ones_like(given.totals))


def ratio(given: Given) -> Linear:
    """First total over the second; gradient (1, -R) / denominator. NaN where it is 0/0.

    With a parameter, the first total is taken that many times: a contribution is a weight times
    a ratio.
    """
    (factor,) = given.parameters or (1.0,)
    top, bottom = factor * given.totals[:, 0], given.totals[:, 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        value = top / bottom
        gradient = np.stack([factor / bottom, -value / bottom], axis=1)
    empty = bottom == 0
    value[empty] = np.nan
    gradient[empty] = np.nan
    return Linear(value, gradient)


def one_less_exp(given: Given) -> Linear:
    """1 - exp(-S/N), from S and N."""
    S, N = totals(given)
    return (1.0 - (-(S / N)).exp()).linear()


def correlation(given: Given) -> Linear:
    """Pearson's r from N, A = sum w a, B, and the sums of a^2, b^2 and a b; missing where one
    of them does not vary."""
    N, A, B, AA, BB, AB = totals(given)
    a, b = A / N, B / N
    one, other = AA / N - a * a, BB / N - b * b
    flat = (one.value <= 1e-14 * AA.value / N.value) | (other.value <= 1e-14 * BB.value / N.value)
    return ((AB / N - a * b) / ((one * other) ** 0.5)).unless(flat).linear()


def variance(given: Given) -> Linear:
    """n/(n - 1) (AA/N - (A/N)^2), from N, A = sum w x and AA = sum w x^2; n counts rows."""
    assert given.n is not None
    N, A, AA = totals(given)
    with np.errstate(divide="ignore"):
        times = np.where(given.n > 1, given.n / (given.n - 1.0), np.nan)
    return (times * (AA / N - A * A / (N * N))).linear()


def standard_deviation(given: Given) -> Linear:
    """The root of `variance`; it moves by half of what that does, over itself."""
    square = variance(given)
    value = np.sqrt(np.maximum(square.value, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        times = np.where(value > 0, 0.5 / value, 0.0)
    return Linear(value, times[:, None] * square.gradient)


def generalised_entropy(given: Given) -> Linear:
    """GE(epsilon) from N = sum w, Y = sum wy and S (Shorrocks 1984, eq. 11).

    epsilon = 0: ln(Y/N) - S/N with S = sum w ln y; epsilon = 1: S/Y - ln(Y/N) with
    S = sum w y ln y; otherwise (N^(e-1) S / Y^e - 1) / (e (e-1)) with S = sum w y^e.
    """
    N, Y, S = totals(given)
    return entropy(N, Y, S, given.parameters[0]).linear()


def entropy(N: Dual, Y: Dual, S: Dual, e: float) -> Dual:
    """As `generalised_entropy`, of one group of households."""
    if e == 0.0:
        return (Y / N).log() - S / N
    if e == 1.0:
        return S / Y - (Y / N).log()
    return (N ** (e - 1.0) * S * Y**-e - 1.0) / (e * (e - 1.0))


def renyi(given: Given) -> Linear:
    """ln(N^(a-1) S / Y^a) / (a - 1), from N, Y and S = sum w y^a; the Theil index at a = 1."""
    (a,) = given.parameters
    N, Y, S = totals(given)
    if a == 1.0:
        return entropy(N, Y, S, a).linear()
    return ((N ** (a - 1.0) * S * Y**-a).log() / (a - 1.0)).linear()


def bourguignon(given: Given) -> Linear:
    """1 - (U/N) / (sum m_j^b)^(a/b), with m_j = X_j/N; of b = 0, of products of m_j^(a/k).

    The totals are N, U = sum w (sum x_j^b)^(a/b), the number of values below zero, and each
    of k columns' X_j; all count equally.
    """
    a, b = given.parameters
    N, U, below, *columns = totals(given)
    means = [X / N for X in columns]
    if b == 0.0:
        best = reduce(mul, (m ** (a / len(means)) for m in means))
    else:
        best = reduce(add, (m**b for m in means)) ** (a / b)  # equal weights cancel
    index = 1.0 - U / N / best
    lost = np.any([~(m.value > 0) for m in means], axis=0)
    return index.unless(lost | (below.value > 0)).linear()


def atkinson(given: Given) -> Linear:
    """Atkinson index from N, Y and S (Atkinson 1970, eq. 17).

    epsilon = 1: 1 - exp(S/N) N/Y with S = sum w ln y; otherwise
    1 - (S/N)^(1/(1-e)) N/Y with S = sum w y^(1-e).
    """
    (e,) = given.parameters
    N, Y, S = totals(given)
    mean = S / N
    return (1.0 - (mean.exp() if e == 1.0 else mean ** (1.0 / (1.0 - e))) * N / Y).linear()


def amato(given: Given) -> Linear:
    """S/N, from N, Y, S = sum w (1 + q^2)^.5 and D = sum w q^2 / (1 + q^2)^.5, with q = y/m.

    m is the mean, from the first pass, which N and Y move: D/N is what the index loses by one
    percent of it. With a parameter, from 0 to 1: less the root of 2, over what 2 is above it.
    """
    N, Y, S, D = totals(given)
    m = given.found[:, 0]
    drift = (Y / N) / m  # 1, and how the mean moves
    loss = D.value / N.value
    index = S / N + Dual(0.0 * m, -loss[:, None] * drift.gradient)
    if given.parameters:
        index = (index - 2.0**0.5) / (2.0 - 2.0**0.5)
    return index.unless(~(m > 0)).linear()


def j_divergence(given: Given) -> Linear:
    """GE(0) + GE(1), from N, Y, sum w ln y and sum w y ln y (Rohde 2016, eq. 3)."""
    N, Y, logs, products = totals(given)
    return (entropy(N, Y, logs, 0.0) + entropy(N, Y, products, 1.0)).linear()


def kolm(given: Given) -> Linear:
    """ln(mean exp(a (mean - y))) / a, from N, Y and E = sum w exp(a (m - y)) (Kolm 1976, p. 419).

    m is the lowest welfare, from the first pass; it is only there to keep exponents below zero.
    """
    (a,) = given.parameters
    N, Y, E = totals(given)
    return ((E / N).log() / a + Y / N - given.found[:, 0]).linear()


def gini(given: Given) -> Linear:
    """Gini or concentration index from N, X = sum w x and T = sum w (x F - L).

    F of a household is the weighted number ranked below it, with half of its ties, and L the
    same sum of x, so that G = T / (N X) is the mean absolute difference over twice the mean:
    neither the order of rows nor the scale of weights matters.

    References
    ----------
    Lerman and Yitzhaki (1989), Journal of Econometrics 42, 43-47; Langel and Tillé (2013),
    Journal of the Royal Statistical Society A 176, 521-540, section 3.
    """
    return concentration(*totals(given)).linear()


def concentration(N: Dual, X: Dual, T: Dual) -> Dual:
    """As `gini`; missing where the mean is not above zero."""
    return (of_excess(N, X, T) / (N * X)).unless(~(X.value > 0))


def gini_of_ranks(given: Given) -> Linear:
    """As `gini`, 2 A / (N X) - 1, from N, X, A = sum w x F and B = sum w L: of what moves with a
    line, whose effect on A is known (`exitline.stats.measure.derivatives`)."""
    N, X, A, B = totals(given)
    return (2.0 * ranked(N, X, A, B) / (N * X) - 1.0).unless(~(X.value > 0)).linear()


def kakwani(given: Given) -> Linear:
    """C - G, from the totals of a concentration index and of the Gini index beside it."""
    N, X, T, Y, TY = totals(given)
    return (concentration(N, X, T) - concentration(N, Y, TY)).linear()


def reynolds_smolensky(given: Given) -> Linear:
    """G - C: as `kakwani`, of welfare afterwards, the other way round."""
    found = kakwani(given)
    return Linear(-found.value, -found.gradient)


def sen(given: Given) -> Linear:
    """2 D / (N Q), from N, the poor Q, G = sum of relative gaps and D = sum of gap x rank.

    Ranks are taken among the poor, the smallest gap first: equal to H (I + (1 - I) Gp) with Gp
    the Gini index of the poor (Sen 1976, the limit for many poor).
    """
    N, Q, G, A, B = totals(given)
    index = 2.0 * ranked(Q, G, A, B) / (N * Q)
    nobody = (Q.value == 0) & (N.value > 0)
    value = np.where(nobody, 0.0, index.value)
    return Linear(value, np.where(nobody[:, None], 0.0, index.gradient))


def sen_shorrocks_thon(given: Given) -> Linear:
    """2 D / N^2, from N, G = sum of relative gaps and D = sum of gap x rank among all.

    Equal to the mean gap times (1 + the Gini index of gaps) (Shorrocks 1995).
    """
    N, G, A, B = totals(given)[:4]
    return (2.0 * ranked(N, G, A, B) / (N * N)).linear()


def zenga(given: Given) -> Linear:
    """The sum of steps; N, Y and ranks move it as `measures.rank_kinds` says."""
    N, Y, value, by_number, by_amount, unit = totals(given)
    gradient = (
        by_number.value[:, None] * N.gradient
        + by_amount.value[:, None] * Y.gradient
        + unit.gradient
    )
    return Dual(value.value, gradient).unless(~(N.value > 0)).linear()


def wolfson(given: Given) -> Linear:
    """2 (Y/N)/m (1 - 2 L - G) from N, Y, T, the number F and welfare V up to the median m.

    L, the share of the poorer half, is (V + m (N/2 - F)) / Y, whatever ties at m. K, the
    density at m times N, moves m as in `quantile`.
    """
    N, Y, T, F, V, K = totals(given)
    at = given.found[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        steep = np.where(K.value > 0, -1.0 / K.value, np.nan)
    median = Dual(at, steep[:, None] * (F.gradient - 0.5 * N.gradient))
    half = (V + at * (0.5 * N - F)) / Y
    index = 2.0 * (Y / N) / median * (1.0 - 2.0 * half - concentration(N, Y, T))
    return index.unless(~(at > 0)).linear()


def growth_elasticity(given: Given) -> Linear:
    """a (1 - P(a-1)/P(a)), from the sums of relative gaps to the power a - 1 and a."""
    (a,) = given.parameters
    before, this = totals(given)[:2]
    return (a * (1.0 - before / this)).linear()


def pay_gap(given: Given) -> Linear:
    """1 - (X1/N1) / (X0/N0), from X1, N1, X, N and the sum of squares of the group's column."""
    X1, N1, X, N, squares = totals(given)
    gap = 1.0 - (X1 / N1) / ((X - X1) / (N - N1))
    coded = np.isclose(squares.value, N1.value, rtol=1e-9, atol=0.0)
    return gap.unless(~coded | (N1.value <= 0) | (N1.value >= N.value)).linear()


def median_ratio(given: Given) -> Linear:
    """m1/m0 of a group's median and that of the rest.

    From the numbers in the group N1 and of its squares, of all N, and of each part the number up
    to its median F and the density there K, which moves the median as in `quantile`.
    """
    N1, squares, N, F1, K1, F0, K0 = totals(given)
    medians = []
    for k, (count, below, dense) in enumerate(((N1, F1, K1), (N - N1, F0, K0))):
        with np.errstate(divide="ignore", invalid="ignore"):
            steep = np.where(dense.value > 0, -1.0 / dense.value, np.nan)
        gradient = steep[:, None] * (below.gradient - 0.5 * count.gradient)
        medians.append(Dual(given.found[:, k], gradient))
    coded = np.isclose(squares.value, N1.value, rtol=1e-9, atol=0.0)
    empty = (N1.value <= 0) | (N1.value >= N.value) | ~(medians[1].value > 0)
    return (medians[0] / medians[1]).unless(~coded | empty).linear()


def quantile(given: Given) -> Linear:
    """share x q from N, F = sum w (y <= q) and K, with q the quantile of probability p.

    The parameters are p and share. K is the kernel estimate of the density at q times the
    population; the influence of a household on q is -((y <= q) - p) / K.

    References
    ----------
    Deville (1999), Survey Methodology 25, 193-203; Osier (2009), Survey Research Methods 3,
    167-195.
    """
    p, share = given.parameters
    K = given.totals[:, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(K > 0, share / K, np.nan)
    parts = (p * slope, -slope, np.zeros_like(slope))
    return Linear(share * given.found[:, 0], np.stack(parts, axis=1))
