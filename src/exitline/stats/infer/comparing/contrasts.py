"""Functions of several figures of one sample: contrasts, ratios, Wald tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy

from exitline.errors import MeasureError
from exitline.stats.infer import intervals
from exitline.stats.infer.blocks import Estimate
from exitline.stats.infer.comparing.compare import p_value
from exitline.stats.infer.comparing.parts import of_figures
from exitline.words.said import Numeral, say_plural

if TYPE_CHECKING:
    from exitline.arrays import Floats
    from exitline.stats.infer.blocks import Block, Figures

    Figure = tuple[Block, int]

SINGULAR = 1e-10
"""Share of the largest eigenvalue of a correlation matrix below which figures are dependent."""


@dataclass(frozen=True)
class WaldTest:
    """A Wald test that several figures, or linear functions of them, have given values.

    Attributes
    ----------
    chi2 : float
        The Wald statistic: chi-squared with `df` degrees of freedom in large samples.
    df : int
        Number of functions tested.
    ddf : float
        Degrees of freedom of the design.
    p : float
        Of F = chi2 / df on `df` and `ddf` degrees of freedom.
    p_chi2 : float
        Of chi2 itself, as if the variances were known.
    p_adjusted : float
        Of F x (ddf - df + 1) / ddf on `df` and ddf - df + 1 degrees of freedom: Hotelling's
        form, for few PSUs. NaN where there are none left.

    References
    ----------
    Korn and Graubard (1990), The American Statistician 44, 270-276. Thomas and Rao (1987),
    Journal of the American Statistical Association 82, 630-636.
    """

    chi2: float
    df: int
    ddf: float

    @property
    def f(self) -> float:
        """The F statistic."""
        return self.chi2 / self.df

    @property
    def ddf_adjusted(self) -> float:
        """ddf - df + 1, which the adjusted test stands on."""
        return self.ddf - self.df + 1

    @property
    def f_adjusted(self) -> float:
        """F x (ddf - df + 1) / ddf; NaN where none are left."""
        if np.isinf(self.ddf):
            return self.f
        left = self.ddf_adjusted
        return self.f * left / self.ddf if left > 0 else float("nan")

    @property
    def p(self) -> float:
        """Of F on the degrees of freedom of the design."""
        return tail_of_f(self.f, self.df, self.ddf)

    @property
    def p_chi2(self) -> float:
        """Of the statistic as chi-squared."""
        return float(scipy.special.chdtrc(self.df, self.chi2))

    @property
    def p_adjusted(self) -> float:
        """Of the adjusted F."""
        return tail_of_f(self.f_adjusted, self.df, self.ddf_adjusted)


def tail_of_f(f: float, df: float, ddf: float) -> float:
    """Chance that F with these degrees of freedom is above `f`; chi-squared for infinite ddf.

    Examples
    --------
    >>> round(tail_of_f(4.0, 1, 10), 4), round(tail_of_f(3.841459, 1, float("inf")), 4)
    (0.0734, 0.05)
    """
    if np.isnan(f) or not ddf > 0:
        return float("nan")
    return float(
        scipy.special.chdtrc(df, df * f) if np.isinf(ddf) else scipy.special.fdtrc(df, ddf, f)
    )


def covariance(estimates: Figures, figures: Sequence[Figure], functions: Floats) -> Floats:
    """Covariances of linear functions of figures, jointly linearised over the design.

    Parameters
    ----------
    estimates : Figures
        Whose figures they are.
    figures : sequence of (Block, int)
    functions : float array, shape (functions, figures)

    Returns
    -------
    float array, shape (functions, functions)
        Zeros for a census.
    """
    return estimates.variance.joint(of_figures(figures), functions, overlaid=True).matrix()


def values_of(figures: Sequence[Figure]) -> Floats:
    """The figures themselves."""
    return np.array([block.estimate[i] for block, i in figures], dtype=np.float64)


def smooth_function(
    estimates: Figures,
    figures: Sequence[Figure],
    value: float,
    gradient: Sequence[float],
    names: dict[str, Any],
    null: float = 0.0,
) -> Estimate:
    """The estimate of a smooth function of figures.

    Parameters
    ----------
    estimates : Figures
    figures : sequence of (Block, int)
    value : float
        The function's.
    gradient : sequence of float
        Its derivative by each figure.
    names : dict
        measure, line, by and domain of the result.
    null : float
        What the p-value is checked against.

    Returns
    -------
    Estimate
        With a t interval and p-value on the degrees of freedom of the design.
    """

    missing = next((why for block, i in figures if (why := block.unknown(i))), "")
    se, df = float("nan"), estimates.variance.df
    if not missing:
        variance = float(covariance(estimates, figures, np.array([gradient]))[0, 0])
        se = float(np.sqrt(max(variance, 0.0))) if np.isfinite(variance) else se
    bounds = intervals.symmetric(np.array([value]), np.array([se]), np.array([df]), estimates.level)
    return Estimate(
        **names, estimate=value, se=se, ci_low=float(bounds.low[0]),
        ci_high=float(bounds.high[0]), level=estimates.level, df=df,
        n=int(sum(block.n[i] for block, i in figures)), population=float("nan"), reason=missing,
        p=float(p_value(value - null, se, df)),
    )  # fmt: skip


def joined(figures: Sequence[Figure], sign: str) -> dict[str, Any]:
    """measure, line, by, domain and what else tells figures apart: what they share, or all, joined.

    Parameters
    ----------
    figures : sequence of (Block, int)
    sign : str
        What stands between two names, such as " - ".
    """
    parts: dict[str, list[str]] = {
        "measure": [block.measure for block, _ in figures],
        "line": [block.line for block, _ in figures],
        "by": [block.by for block, _ in figures],
        "domain": [block.rows.labels[i] for block, i in figures],
    }
    found: dict[str, Any] = {k: _shared(v, sign) for k, v in parts.items()}
    each = [dict(block.more) for block, _ in figures]
    names = dict.fromkeys(name for more in each for name in more)
    found["more"] = {name: _shared([m.get(name, "") for m in each], sign) for name in names}
    return found


def _shared(values: Sequence[str | float], sign: str) -> str | float:
    """The value that all have, or all of them, joined."""
    texts = [str(value) for value in values]
    return values[0] if len(set(texts)) == 1 else sign.join(texts)


def difference(estimates: Figures, a: Figure, b: Figure) -> Estimate:
    """a - b (see `Estimates.difference`)."""
    value = float(a[0].estimate[a[1]] - b[0].estimate[b[1]])
    return smooth_function(estimates, (a, b), value, (1.0, -1.0), joined((a, b), " - "))


def ratio(estimates: Figures, a: Figure, b: Figure) -> Estimate:
    """a / b (see `Estimates.ratio`)."""
    top, bottom = values_of((a, b))
    if bottom == 0:
        raise MeasureError(
            "a ratio to a figure that is zero has no value",
            expected="a figure other than 0 as the denominator",
            got=f"0 for {b[0].measure}, {b[0].rows.labels[b[1]] or 'all together'}",
            remedy="turn the ratio round, or take the difference",
        )
    gradient = (1.0 / bottom, -top / bottom**2)
    value = float(top / bottom)
    return smooth_function(estimates, (a, b), value, gradient, joined((a, b), " / "), 1.0)


def contrast(estimates: Figures, terms: Sequence[tuple[float, Figure]], name: str = "") -> Estimate:
    """The sum of coefficient x figure (see `Estimates.contrast`)."""
    figures = [figure for _, figure in terms]
    coefficients = [float(c) for c, _ in terms]
    if not figures or not np.all(np.isfinite(coefficients)):
        raise MeasureError(
            "this is no contrast",
            expected="at least one pair of a finite number and a selection",
            got="none" if not figures else "a coefficient that is missing or infinite",
            remedy='for instance [(1, {"domain": "Urban"}), (-1, {"domain": "Rural"})]',
        )
    names = joined(figures, "; ")
    if name:
        names["domain"] = name
    value = float(values_of(figures) @ coefficients)
    return smooth_function(estimates, figures, value, coefficients, names)


def wald(
    estimates: Figures,
    terms: Sequence[Sequence[tuple[float, Figure]]],
    *,
    equal: bool = False,
    values: float | Sequence[float] = 0.0,
) -> WaldTest:
    """A Wald test that contrasts have given values, or are equal (see `Estimates.wald`).

    Parameters
    ----------
    estimates : Figures
    terms : sequence of contrasts
        Each a sequence of pairs of a coefficient and a figure.
    equal : bool
    values : float or sequence of float

    Raises
    ------
    MeasureError
        For figures without a standard error, or where one contrast follows from the others.
    """
    figures = [figure for one in terms for _, figure in one]
    functions = np.zeros((len(terms), len(figures)))
    column = 0
    for row, one in enumerate(terms):
        for coefficient, _ in one:
            functions[row, column] = coefficient
            column += 1
    if len(terms) < 1 + equal:
        raise MeasureError(
            "too few figures to test",
            expected="at least two figures to be equal" if equal else "at least one figure",
            got=str(len(terms)),
            remedy="name more figures, or a selection that fits several",
        )
    missing = {block.unknown(i) for block, i in figures} - {""}
    if missing or estimates.variance.exact:
        raise MeasureError(
            "figures without a standard error cannot be tested",
            expected="figures of a sample, each with its standard error",
            got=next(iter(missing), "a full count, which has no sampling error"),
            remedy="leave them out; figures of a full count differ or they do not",
        )
    found = functions @ values_of(figures) - values
    if equal:
        step = equalities(len(terms))
        functions, found = step @ functions, step @ found
    return wald_of(found, covariance(estimates, figures, functions), estimates.variance.df)


def wald_of(value: Floats, matrix: Floats, ddf: float) -> WaldTest:
    """The Wald test that estimates with a covariance matrix are all zero.

    Parameters
    ----------
    value : float array, shape (k,)
    matrix : float array, shape (k, k)
    ddf : float
        Degrees of freedom of the design.

    Raises
    ------
    MeasureError
        Where the matrix has no inverse.

    Examples
    --------
    >>> test = wald_of(np.array([1.0, 2.0]), np.eye(2), 10.0)
    >>> test.chi2, test.f, round(test.p, 4)
    (5.0, 2.5, 0.1317)
    """
    scale = np.sqrt(np.diag(matrix))
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = matrix / np.outer(scale, scale)
    solvable = bool(np.all(np.isfinite(correlation)) and np.all(scale > 0))
    if solvable:
        eigen = np.linalg.eigvalsh(correlation)
        solvable = bool(eigen[0] > SINGULAR * eigen[-1])
    if not solvable:
        raise MeasureError(
            "the figures cannot be tested together: one of them follows from the others, or "
            "does not vary",
            expected="figures of which none is determined by the others, and fewer of them than "
            "degrees of freedom",
            got=say_plural(
                "{n} figure; degrees of freedom: {df}",
                "{n} figures; degrees of freedom: {df}",
                len(value),
                df=Numeral(f"{ddf:g}"),
            ),
            remedy="leave one out: of shares that add up to 1, the last; of differences, "
            "those that follow from others",
        )
    t = value / scale
    return WaldTest(float(t @ np.linalg.solve(correlation, t)), len(value), float(ddf))


def equalities(count: int) -> Floats:
    """Functions that are zero where `count` figures are equal: each less the first.

    Examples
    --------
    >>> equalities(3).tolist()
    [[-1.0, 1.0, 0.0], [-1.0, 0.0, 1.0]]
    """
    return np.hstack([-np.ones((count - 1, 1)), np.eye(count - 1)])
