"""Two lists with covariates: households differ in how easily they are listed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.errors import DataError
from exitline.exits.coverage.capture import EstimatedPopulation, unseen_interval

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ListModel:
    """A fitted model of who is on which list.

    Parameters
    ----------
    first, second : array, shape (p1 + 1,), (p2 + 1,)
        Coefficients of the logits, intercept first.
    covariance : array
        Of both, the first list's coefficients first.
    log_likelihood : float
        Conditional on being on at least one list.
    population : EstimatedPopulation
    """

    first: Floats
    second: Floats
    covariance: Floats
    log_likelihood: float
    population: EstimatedPopulation


def huggins_alho(
    on_first: NDArray[Any],
    on_second: NDArray[Any],
    first: NDArray[Any],
    second: NDArray[Any] | None = None,
    *,
    level: float = 0.95,
) -> ListModel:
    """The number of households from two lists that are independent given covariates.

    Parameters
    ----------
    on_first, on_second : array of bool, shape (n,)
        Of every household on at least one list.
    first : array, shape (n, p1)
        Covariates of being on the first list; no intercept. p1 may be 0.
    second : array, shape (n, p2), optional
        Of being on the second; those of the first when not given.
    level : float

    Returns
    -------
    ListModel

    Raises
    ------
    DataError
        When a household is on no list, a covariate is missing, or the covariates tell
        the lists apart perfectly.

    Notes
    -----
    The likelihood is conditional on being listed at all (Huggins 1989, equation 3; Alho
    1990, section 2): P(a, b | listed) = p1^a (1-p1)^(1-a) p2^b (1-p2)^(1-b) / pi with
    pi = 1 - (1-p1)(1-p2). It is an exponential family in the coefficients: the score of
    the first logit is a - p1/pi, and Newton's method is Fisher scoring. Then
    N = sum 1/pi, with variance sum (1-pi)/pi^2 + D' V D, D the gradient of N (Alho 1990,
    equation 13).

    Examples
    --------
    >>> import numpy as np
    >>> a = np.r_[np.ones(200), np.zeros(40)]; b = np.r_[np.ones(60), np.zeros(140), np.ones(40)]
    >>> round(huggins_alho(a, b, np.empty((240, 0))).population.estimate)  # 200 x 100 / 60
    333
    """
    import numpy as np

    a, b = np.asarray(on_first, dtype=float), np.asarray(on_second, dtype=float)
    x1 = _with_intercept(first, len(a))
    x2 = x1 if second is None else _with_intercept(second, len(a))
    _check(a, b)
    fit = _newton(a, b, x1, x2)
    p1, p2 = _expit(x1 @ fit[: x1.shape[1]]), _expit(x2 @ fit[x1.shape[1] :])
    listed = 1 - (1 - p1) * (1 - p2)
    inverse = np.linalg.inv(_information(p1, p2, listed, x1, x2))
    covariance: Floats = np.asarray(inverse, dtype=np.float64)
    unlisted = 1 - listed
    gradient = -np.concatenate(
        [x1.T @ (p1 * unlisted / listed**2), x2.T @ (p2 * unlisted / listed**2)]
    )
    estimate = float((1 / listed).sum())
    variance = float((unlisted / listed**2).sum() + gradient @ covariance @ gradient)
    se = float(np.sqrt(variance))
    low, high = unseen_interval(estimate, se, len(a), level)
    population = EstimatedPopulation(
        estimate,
        se,
        low,
        high,
        level,
        len(a),
        int(a.sum()),
        "Huggins-Alho",
        "no household joins or leaves, matching is right, and households with equal "
        "covariates are equally likely to be listed, one list saying nothing about the other",
    )
    return ListModel(
        fit[: x1.shape[1]],
        fit[x1.shape[1] :],
        covariance,
        _log_likelihood(a, b, x1, x2, fit),
        population,
    )


def _newton(a: Floats, b: Floats, x1: Floats, x2: Floats) -> Floats:
    """Coefficients that maximise the conditional likelihood, with halved steps."""
    import numpy as np

    beta: Floats = np.zeros(x1.shape[1] + x2.shape[1])
    value = _log_likelihood(a, b, x1, x2, beta)
    for _ in range(60):
        p1, p2 = _expit(x1 @ beta[: x1.shape[1]]), _expit(x2 @ beta[x1.shape[1] :])
        listed = 1 - (1 - p1) * (1 - p2)
        score = np.concatenate([x1.T @ (a - p1 / listed), x2.T @ (b - p2 / listed)])
        try:
            step = np.linalg.solve(_information(p1, p2, listed, x1, x2), score)
        except np.linalg.LinAlgError as reason:
            raise _no_maximum() from reason
        scale, moved = 1.0, _log_likelihood(a, b, x1, x2, beta + step)
        while not moved >= value - 1e-12 and scale > 1e-6:
            scale /= 2
            moved = _log_likelihood(a, b, x1, x2, beta + scale * step)
        beta, value = beta + scale * step, moved
        if np.abs(beta).max() > 30:
            raise _no_maximum()
        if np.abs(score @ step) < 1e-12 * (1 + abs(value)):
            return beta
    raise _no_maximum()


def _information(p1: Floats, p2: Floats, listed: Floats, x1: Floats, x2: Floats) -> Floats:
    """Fisher information, conditional on being listed."""
    import numpy as np

    v11 = p1 / listed * (1 - p1 / listed)
    v22 = p2 / listed * (1 - p2 / listed)
    v12 = -p1 * p2 * (1 - listed) / listed**2
    return np.block(
        [
            [x1.T @ (x1 * v11[:, None]), x1.T @ (x2 * v12[:, None])],
            [x2.T @ (x1 * v12[:, None]), x2.T @ (x2 * v22[:, None])],
        ]
    )


def _log_likelihood(a: Floats, b: Floats, x1: Floats, x2: Floats, beta: Floats) -> float:
    """Log likelihood, conditional on being on at least one list."""
    import numpy as np

    eta1, eta2 = x1 @ beta[: x1.shape[1]], x2 @ beta[x1.shape[1] :]
    unlisted = -np.logaddexp(0, eta1) - np.logaddexp(0, eta2)
    return float((a * eta1 + b * eta2 + unlisted - np.log(-np.expm1(unlisted))).sum())


def _with_intercept(x: NDArray[Any], rows: int) -> Floats:
    """A column of ones before the covariates."""
    import numpy as np

    table = np.asarray(x, dtype=float)
    table = table.reshape(rows, -1) if table.size else np.empty((rows, 0))
    if not np.isfinite(table).all():
        raise DataError(
            "a covariate is missing for some households",
            expected="a number for every household on a list",
            got=f"{int((~np.isfinite(table)).sum())} missing",
            remedy="fill it in on both lists, or leave the covariate out",
        )
    return np.column_stack([np.ones(rows), table])


def _check(a: Floats, b: Floats) -> None:
    """Refuse households on no list, and lists without overlap."""
    import numpy as np

    if not (np.isin(a, (0, 1)).all() and np.isin(b, (0, 1)).all() and (a + b >= 1).all()):
        raise DataError(
            "a household that is on neither list",
            expected="for each household 0 or 1 for each list, and at least one 1",
            got="others",
            remedy="leave out households that are on no list: their number is what is asked",
        )
    if not (a * b).any():
        raise DataError(
            "no household is on both lists",
            expected="lists that overlap",
            got="no overlap",
            remedy="check the matching; without overlap no number can be estimated",
        )


def _no_maximum() -> DataError:
    return DataError(
        "the likelihood of the lists has no maximum",
        expected="covariates under which both lists hold some and lack some households",
        got="covariates that tell the lists apart, or that repeat each other",
        remedy="leave out a covariate, or put its categories together",
    )


def _expit(eta: Floats) -> Floats:
    from scipy import special

    return special.expit(eta)
