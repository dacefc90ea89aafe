"""Choosing covariates of an area-level model: information criteria, cross-validation over areas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import unknown
from exitline.stats.smallarea.area.fit import Direct, fit
from exitline.stats.smallarea.area.variance import Batch, at, estimate_variance
from exitline.stats.smallarea.errors import SmallAreaError
from exitline.words.said import say
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from exitline.stats.measure.modelling.formula import Formula
    from exitline.stats.smallarea.area.fit import Fit

    Floats = NDArray[Any]

CRITERIA: tuple[str, ...] = ("aic", "bic", "kic", "caic", "cv")
"""Of area-level and unit-level models alike."""


@dataclass(frozen=True)
class SelectionStep:
    """One model on the way: what was done, its terms, and its criterion."""

    change: str
    terms: tuple[str, ...]
    value: float


@dataclass(frozen=True)
class TermSelection(ShownResult):
    """The way from all terms to the chosen ones.

    Attributes
    ----------
    criterion : str
    steps : tuple of SelectionStep
        From the full model on; the last is the chosen one.
    tried : tuple of SelectionStep
        Every model that was looked at.
    """

    criterion: str
    steps: tuple[SelectionStep, ...]
    tried: tuple[SelectionStep, ...]

    @property
    def terms(self) -> tuple[str, ...]:
        """The chosen terms."""
        return self.steps[-1].terms

    def formula(self, full: Formula) -> str:
        """The formula with the chosen terms alone.

        Parameters
        ----------
        full : Formula
            That all terms are of.
        """
        right = " + ".join(self.terms) or "1"
        return f"{full.response.text} ~ {right}" + ("" if full.intercept else " - 1")

    def to_pandas(self) -> pd.DataFrame:
        """The models that were tried: change, terms, value; best first."""
        import pandas as pd

        rows = [(one.change, " + ".join(one.terms) or "1", one.value) for one in self.tried]
        table = pd.DataFrame(rows, columns=["change", "terms", self.criterion])
        return table.sort_values(self.criterion).reset_index(drop=True)


def cross_validated(direct: Direct, method: str) -> float:
    """The mean log predictive density of each direct estimate, by the model of the other areas,
    with its sign turned: smaller is better.

    Parameters
    ----------
    direct : Direct
    method : str

    References
    ----------
    Vehtari, Gelman and Gabry (2017), Statistics and Computing 27, 1413-1432 (the score); Rao
    and Molina (2015), Small Area Estimation, section 6.4.
    """
    m = direct.size
    if m < direct.width + 3:
        return float("nan")
    taking = ~np.eye(m, dtype=bool)
    batch = Batch(np.tile(direct.y, (m, 1)), direct.x, direct.psi, taking)
    variance = estimate_variance(batch, method)
    found = at(batch, variance)
    here = np.arange(m)
    residual = found.residual[here, here]
    spread = np.einsum("ij,ijk,ik->i", direct.x, np.linalg.inv(found.gram), direct.x)
    total = variance + direct.psi + spread
    return float(np.mean(0.5 * np.log(2.0 * np.pi * total) + 0.5 * residual**2 / total))


def conditional_aic(found: Fit) -> float:
    """Akaike's criterion of the predictions of these areas, not of new ones.

    Minus twice the likelihood of the direct estimates at the predictions, and twice the
    predictions' degrees of freedom: the sum of the derivative of each prediction by its own
    direct estimate, through the coefficients and through the variance of area effects.

    Parameters
    ----------
    found : Fit
        With independent area effects, by profile likelihood or Fay and Herriot's moments.

    References
    ----------
    Han (2013), Journal of Multivariate Analysis 115, 66-81. Vaida and Blanchard (2005),
    Biometrika 92, 351-370.
    """
    x, psi, y = found.direct.x, found.direct.psi, found.direct.y
    inverse = 1.0 / (found.variance + psi)
    right = x * inverse[:, None]
    projection = np.diag(inverse) - right @ found.covariance @ right.T
    once = projection @ y
    twice = projection @ once
    bend = float(once @ twice)  # y'PPPy
    moved = np.zeros_like(y)  # of the variance, by each direct estimate
    if found.variance > 0 and found.method == "fh":
        moved = 2.0 * once / float(once @ once)
    elif found.variance > 0:
        moved = twice / (bend - 0.5 * float(np.sum(inverse**2)))
    degrees = float(np.sum(1.0 - psi * np.diag(projection) + psi * twice * moved))
    away = y - found.predicted
    return float(np.sum(np.log(2.0 * np.pi * psi) + away**2 / psi)) + 2.0 * degrees


def value_of(direct: Direct, method: str, criterion: str) -> float:
    """A criterion of a model, smaller is better."""
    if criterion == "cv":
        return cross_validated(direct, method)
    if criterion == "caic":
        return conditional_aic(fit(direct, method))
    return float(getattr(fit(direct, method).criteria, criterion))


def select(
    direct: Direct,
    terms: Sequence[str],
    of_column: Sequence[str],
    method: str = "ml",
    criterion: str = "aic",
) -> TermSelection:
    """Leave out and take back terms one at a time, as long as the criterion falls.

    Parameters
    ----------
    direct : Direct
        With the columns of all terms.
    terms : sequence of str
        Those that may be left out.
    of_column : sequence of str
        The term of each column; others stay in.
    method : str
        Profile likelihood is comparable between different covariates, restricted is not.
    criterion : {"aic", "bic", "kic", "caic", "cv"}

    Raises
    ------
    SmallAreaError
        For a criterion that does not exist.
    """

    def value(chosen: tuple[str, ...]) -> float:
        part = _part(direct, [c not in terms or c in chosen for c in of_column])
        return value_of(part, method, criterion)

    least = 0 if any(c not in terms for c in of_column) else 1
    return searched(tuple(terms), value, criterion, least)


def searched(
    terms: tuple[str, ...],
    value: Callable[[tuple[str, ...]], float],
    criterion: str,
    least: int,
) -> TermSelection:
    """The way down from all terms, and up again, as long as the criterion falls.

    Parameters
    ----------
    terms : tuple of str
    value : callable
        From the terms kept to the criterion of their model, which is fitted once.
    criterion : str
    least : int
        Terms that must stay.

    Raises
    ------
    SmallAreaError
        For a criterion that does not exist.
    """
    if criterion not in CRITERIA:
        raise unknown("criterion", criterion, CRITERIA, error=SmallAreaError)
    tried: dict[tuple[str, ...], SelectionStep] = {}

    def step(change: str, chosen: tuple[str, ...]) -> SelectionStep:
        if chosen not in tried:
            tried[chosen] = SelectionStep(change, chosen, value(chosen))
        return tried[chosen]

    here = step(say("all terms"), terms)
    way = [here]
    while True:
        nearby = []
        for term in terms:
            inside = term in here.terms
            kept = tuple(t for t in terms if (t in here.terms) != (t == term))
            if len(kept) >= least:
                change = (
                    say("without {what}", what=term) if inside else say("with {what}", what=term)
                )
                nearby.append(step(change, kept))
        best = min(nearby, key=lambda one: one.value, default=here)
        if not best.value < here.value - 1e-9:
            return TermSelection(criterion, tuple(way), tuple(tried.values()))
        here = best
        way.append(here)


def _part(direct: Direct, keep: list[bool]) -> Direct:
    """The model with some of its columns."""
    columns = np.flatnonzero(keep)
    names = [direct.names[int(i)] for i in columns]
    return Direct(direct.y, direct.psi, direct.x[:, columns], direct.out[:, columns], names)
