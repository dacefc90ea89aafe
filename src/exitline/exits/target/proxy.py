"""A fitted proxy means test: what was learned, and how well it predicts what it has not seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from exitline.exits.target import fitting
from exitline.exits.target.card import Card
from exitline.exits.target.card import card as card_of
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    from exitline.exits.target.fitting import Method
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.smallarea.formula import Learned

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class ProxyMeansTest(ShownResult):
    """A score of what can be seen of a household, lowest for the poor.

    Attributes
    ----------
    learned : Learned
        The formula, with the levels of its categories.
    method : {"ols", "logit", "quantile", "elastic_net"}
    coefficients : float array, shape (k,)
        Of the score; those of a logit of being poor are turned, so that low is poor.
    by_fold : float array, shape (folds, k)
        Of the models that were fitted without one fold.
    folds : pyarrow.Table or None
        The fold of each sampling unit.
    design : Design
    inside, outside : float
        Share of the response's variance that is explained: in the data of the fit, and of
        households whose sampling unit was left out.
    n : int
        Households in the fit.
    """

    learned: Learned
    method: Method
    coefficients: Floats
    by_fold: Floats
    folds: pa.Table | None
    design: Design
    inside: float
    outside: float
    n: int
    x: Floats = field(repr=False)

    def to_pandas(self) -> pd.DataFrame:
        """The score's coefficients: columns term, coefficient."""
        import pandas as pd

        return pd.DataFrame({"term": self.learned.names, "coefficient": self.coefficients})

    def card(self, points: int = 100) -> Card:
        """A score card of whole points.

        Parameters
        ----------
        points : int
            Between the poorest and the best-off household of the data.
        """
        return card_of(self.learned.names, self.coefficients, self.x, points)


@dataclass(frozen=True)
class Sample:
    """The rows of a fit.

    Attributes
    ----------
    x, y, weight : float arrays
    fold : int array, shape (rows,)
        -1 for all where there are no folds.
    """

    x: Floats
    y: Floats
    weight: Floats
    fold: Ints

    def coefficients(
        self, method: Method, tau: float, seed: int, *, without: int | None = None
    ) -> Floats:
        """Of a fit to all rows, or to those outside a fold."""
        kept = self.fold != without if without is not None else np.ones(len(self.y), dtype=bool)
        return fitting.fit(
            self.x[kept], self.y[kept], self.weight[kept], method, tau=tau, seed=seed
        )

    def explained(self, method: Method, each: Floats) -> float:
        """The share of variance that is explained, each row by coefficients of its own."""
        from scipy.special import expit

        score = (self.x * each).sum(axis=1)
        return fitting.explained(self.y, expit(score) if method == "logit" else score, self.weight)


def fold_of(units: int, folds: int, seed: int) -> Ints:
    """A fold for each sampling unit, as even as can be.

    Parameters
    ----------
    units, folds, seed : int

    Examples
    --------
    >>> sorted(fold_of(5, 2, 1).tolist())
    [0, 0, 0, 1, 1]
    """
    return np.random.default_rng(seed).permutation(np.arange(units) % folds).astype(np.int64)
