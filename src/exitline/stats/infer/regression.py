"""Regression with the standard errors of the design: Newton's steps, the sandwich, the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit

from exitline.errors import DesignError, MeasureError, nearest
from exitline.stats.infer.comparing.compare import p_value
from exitline.stats.infer.comparing.contrasts import wald_of
from exitline.stats.infer.comparing.parts import of_areas
from exitline.stats.infer.intervals import symmetric
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd

    from exitline.arrays import Floats
    from exitline.stats.infer.comparing.contrasts import WaldTest
    from exitline.stats.infer.estimates import Estimates


MOST_STEPS = 40
CONVERGED = 1e-11
"""Largest step, over one plus the largest coefficient (of scaled columns), at the end."""
ALIASED = 1e-11
"""Share of a column's variance, not explained by the columns before, below which it follows
from them."""


@dataclass(frozen=True)
class Coefficient:
    """One coefficient of a regression.

    Attributes
    ----------
    term : str
    estimate, se, ci_low, ci_high, level, df, t, p : float
        t and p against zero, on the degrees of freedom that are left.
    """

    term: str
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    level: float
    df: float
    t: float
    p: float


@dataclass(frozen=True)
class Regression(ShownResult):
    """A regression on a sample, with standard errors by its design.

    Attributes
    ----------
    formula, family : str
    names : tuple of str
        Of the coefficients.
    estimate : float array, shape (k,)
    covariance : float array, shape (k, k)
    df : float
        PSUs minus strata of the households in the model, plus one, minus coefficients: R's
        ``df.residual``.
    n : int
        Households in the model.
    population : float
        Persons or households that they stand for.
    level : float
        Two-sided confidence of intervals.
    terms : tuple of str
        The term of the formula that each coefficient belongs to.
    bases : mapping of str to str
        Of each factor of categories the level that the others are compared with.
    notes : tuple of str
        What a reader must know: rows left out.
    """

    formula: str
    family: str
    names: tuple[str, ...]
    estimate: Floats
    covariance: Floats
    df: float
    n: int
    population: float
    level: float
    terms: tuple[str, ...]
    bases: Mapping[str, str]
    notes: tuple[str, ...] = ()

    @property
    def se(self) -> Floats:
        """Standard errors."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))

    def to_pandas(self, *, exponentiated: bool = False) -> pd.DataFrame:
        """The coefficients as a table.

        Parameters
        ----------
        exponentiated : bool
            Odds ratios of a logit, rate ratios of a Poisson regression: exp of estimate and
            limits; se is then exp(estimate) x se, and t and p stay those of the coefficient.
            Where nothing varies around the model (se is 0), or it leaves no degrees of freedom,
            there is no test: t and p are NaN.

        Returns
        -------
        pandas.DataFrame
            Columns term, estimate, se, ci_low, ci_high, level, df, t, p.
        """
        import pandas as pd

        bounds = symmetric(self.estimate, self.se, np.full(len(self.names), self.df), self.level)
        se = np.where((self.se > 0) & (self.df > 0), self.se, np.nan)
        found = pd.DataFrame(
            {
                "term": self.names, "estimate": self.estimate, "se": self.se,
                "ci_low": bounds.low, "ci_high": bounds.high, "level": self.level, "df": self.df,
                "t": self.estimate / se, "p": p_value(self.estimate, se, self.df),
            }
        )  # fmt: skip
        if exponentiated:
            found["se"] = np.exp(found["estimate"]) * found["se"]
            for name in ("estimate", "ci_low", "ci_high"):
                found[name] = np.exp(found[name])
        return found

    def find(self, term: str) -> Coefficient:
        """The coefficient of this name.

        Raises
        ------
        MeasureError
            Where there is none.
        """
        if term not in self.names:
            raise _no_term(term, self.names)
        table, k = self.to_pandas().drop(columns="term"), self.names.index(term)
        return Coefficient(term, *(float(value) for value in table.to_numpy()[k]))

    def wald(self, terms: str | Sequence[str]) -> WaldTest:
        """Test that all coefficients of some terms are zero, as R's ``regTermTest``.

        Parameters
        ----------
        terms : str or sequence of str
            Terms of the formula ("region"), or names of coefficients.

        Returns
        -------
        WaldTest
            On the degrees of freedom that are left.

        Raises
        ------
        MeasureError
            For a term that the model has not.
        """
        wanted = [terms] if isinstance(terms, str) else list(terms)
        for one in wanted:
            if one not in self.terms and one not in self.names:
                raise _no_term(one, (*self.terms, *self.names))
        pairs = enumerate(zip(self.terms, self.names, strict=True))
        taken = [k for k, (term, name) in pairs if term in wanted or name in wanted]
        return wald_of(self.estimate[taken], self.covariance[np.ix_(taken, taken)], self.df)


def _no_term(term: object, known: Sequence[str]) -> MeasureError:
    """The error for a term that a model has not."""
    there = list(dict.fromkeys(known))
    return MeasureError(
        f"the model has no term '{term}'",
        expected="one of " + ", ".join(there[:30]),
        got=repr(term),
        remedy=nearest(str(term), there) or "take a name from the table of coefficients",
    )


def newton_step(information: Floats, scores: Floats, names: Sequence[str]) -> Floats:
    """The step to the next coefficients: the scores over the information matrix.

    Parameters
    ----------
    information : float array, shape (k, k)
    scores : float array, shape (k,)
    names : sequence of str
        Of the columns, for the message.

    Raises
    ------
    MeasureError
        Where a column follows from the others.

    Examples
    --------
    >>> newton_step(np.array([[4.0, 0.0], [0.0, 2.0]]), np.array([2.0, 2.0]), "ab").tolist()
    [0.5, 1.0]
    """
    scale = np.sqrt(np.diag(information))
    flat = [k for k, one in enumerate(scale) if not one > 0]
    column = flat[0] if flat else aliased(information / np.outer(scale, scale))
    if column is not None:
        raise MeasureError(
            f"the column '{names[column]}' of the model follows from the others",
            where="formula",
            expected="columns of which none is a sum of others, or constant",
            got=f"'{names[column]}', which adds nothing to the columns before it",
            remedy="leave it out, or one of those it is made of",
        )
    return np.linalg.solve(information / np.outer(scale, scale), scores / scale) / scale


def aliased(correlation: Floats) -> int | None:
    """The first column that the ones before explain, by Cholesky's method; None if none is."""
    left = correlation.copy()
    for k in range(len(left)):
        if not left[k, k] > ALIASED:
            return k
        column = left[k:, k] / np.sqrt(left[k, k])
        left[k:, k:] -= np.outer(column, column)
    return None


def sandwich(estimates: Estimates, information: Floats, back: Floats) -> Floats:
    """The covariance matrix of coefficients from the totals of their scores by PSU.

    Parameters
    ----------
    estimates : Estimates
        The totals of the scores over all, one block for each.
    information : float array, shape (k, k)
    back : float array, shape (k, k)
        From the coefficients that were fitted to those that are shown.

    References
    ----------
    Binder (1983), International Statistical Review 51, 279-292.
    """
    scores = estimates.variance.joint([of_areas(block) for block in estimates.blocks]).matrix()
    bread = back @ np.linalg.inv(information)
    found: Any = bread @ scores @ bread.T
    return np.asarray((found + found.T) / 2.0)


def fit_again(
    z: Floats,
    y: Floats,
    offset: Floats,
    replicate: tuple[str, Floats],
    family: str,
    full: tuple[Floats, Sequence[str]],
) -> Floats:
    """The coefficients with one replicate weight, by Newton's method.

    Parameters
    ----------
    z : float array, shape (rows, k)
        Scaled columns.
    y, offset : float arrays, shape (rows,)
    replicate : (str, float array)
        Column and weights.
    family : {"gaussian", "binomial", "poisson"}
    full : (float array, sequence of str)
        The coefficients with the full-sample weights, where it starts, and their names.

    Raises
    ------
    DesignError
        Where the model cannot be fitted with these weights.
    """
    name, weight = replicate
    gamma, names = full
    if not np.all(np.isfinite(weight)):
        raise _unfitted(name, "missing or infinite weights")
    for _ in range(MOST_STEPS):
        eta = z @ gamma + offset
        mu, v = _expected(eta, family)
        information = z.T @ (z * (weight * v)[:, None])
        try:
            step = newton_step(information, z.T @ (weight * (y - mu)), names)
        except (MeasureError, np.linalg.LinAlgError) as reason:
            raise _unfitted(name, str(reason).splitlines()[0]) from reason
        gamma = gamma + step
        if np.max(np.abs(step)) <= CONVERGED * (1.0 + np.max(np.abs(gamma))):
            return gamma
    raise _unfitted(name, "coefficients that grow without end")


def _expected(eta: Floats, family: str) -> tuple[Floats, Floats]:
    """The mean at a linear predictor, and its derivative."""
    if family == "gaussian":
        return eta, np.ones_like(eta)
    if family == "poisson":
        mean = np.exp(eta)
        return mean, mean
    mean = expit(eta)
    return mean, mean * expit(-eta)


def _unfitted(name: str, got: str) -> DesignError:
    """The error for a replicate without a model."""
    return DesignError(
        f"the model cannot be fitted with the replicate weight '{name}'",
        where=f"column '{name}'",
        expected="a model that every replicate can be fitted with",
        got=got,
        remedy="leave out levels that few PSUs have, or join them",
    )
