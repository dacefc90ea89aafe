"""A score card: whole points that a village officer adds up by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.exits.target.errors import TargetError
from exitline.words.said import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Card:
    """A score of whole points; low points are of the poor.

    Attributes
    ----------
    names : tuple of str
        Of the model's columns, the intercept left out.
    points : tuple of int
        For each unit of a column.
    start : int
        Points that everyone begins with, so that nobody is below zero.
    most : int
        The most points that a household of the data can have.
    step : float
        What a point is worth in the model's own score.
    """

    names: tuple[str, ...]
    points: tuple[int, ...]
    start: int
    most: int
    step: float

    @property
    def values(self) -> list[float]:
        """The points as coefficients, the start first."""
        return [float(self.start), *(float(p) for p in self.points)]

    def of_folds(self, coefficients: Floats, by_fold: Floats) -> Floats:
        """The cards of models that were fitted without one fold, with the same step.

        Parameters
        ----------
        coefficients : float array, shape (k,)
            Of the card's own model.
        by_fold : float array, shape (folds, k)
        """
        found: Floats = np.round(by_fold / self.step)
        found[:, 0] = self.start + np.round((by_fold[:, 0] - coefficients[0]) / self.step)
        return found

    @property
    def lines(self) -> tuple[tuple[str, int], ...]:
        """What is asked and the points for it, those that count nothing left out."""
        asked = ((name, p) for name, p in zip(self.names, self.points, strict=True) if p)
        return ((say("Begin with"), self.start), *((in_words(name), p) for name, p in asked))


def in_words(name: str) -> str:
    """A column of a model as a card asks for it.

    Examples
    --------
    >>> in_words("water[T.Piped]"), in_words("rooms")
    ('water: Piped', 'for each: rooms')
    """
    if "[" in name and name.endswith("]"):
        column, _, level = name[:-1].partition("[")
        return f"{column}: {level.removeprefix('T.')}"
    return say("for each: {what}", what=name)


def card(names: Sequence[str], coefficients: Floats, x: Floats, points: int = 100) -> Card:
    """Round a score to whole points.

    The largest step of all households lies within `points`: coefficients are divided by the
    score's range over it, and rounded.

    Parameters
    ----------
    names : sequence of str
        Of the columns, the intercept first.
    coefficients : float array, shape (k,)
    x : float array, shape (rows, k)
        The columns on the data; whole numbers.
    points : int
        What the best-off household of the data has, about.

    Returns
    -------
    Card

    Raises
    ------
    TargetError
        For columns that are no whole numbers: nobody adds those up by hand.

    Examples
    --------
    >>> x = np.array([[1.0, 0.0], [1.0, 4.0]])
    >>> card(["Intercept", "rooms"], np.array([6.0, 0.2]), x, 20).points
    (5,)
    """
    broken = [n for n, column in zip(names, x.T, strict=True) if (column != column.round()).any()]
    if broken:
        raise TargetError(
            "a score card counts whole numbers",
            where="formula",
            expected="categories, and numbers such as persons or rooms",
            got=", ".join(broken[:3]),
            remedy="use the number itself instead of its logarithm, or groups of it by C(...)",
        )
    if points < 2 or not np.any(coefficients[1:]):
        raise TargetError(
            "there is nothing to give points for",
            expected="at least 2 points, and a coefficient that is not zero",
            got=f"{points} points",
            remedy="give more points, or other columns",
        )
    score = x[:, 1:] @ coefficients[1:]
    step = float(score.max() - score.min()) / points
    if not step > 0:
        raise TargetError(
            "all households have the same score",
            expected="a score that differs between households",
            got="one value",
            remedy="use other columns",
        )
    whole = np.round(coefficients[1:] / step).astype(np.int64)
    sums = x[:, 1:] @ whole
    start = -int(sums.min())
    return Card(
        tuple(names[1:]), tuple(int(p) for p in whole), start, int(sums.max()) + start, step
    )
