"""What was found about micro data that are to be released."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Anonymity:
    """How small the classes of households with equal keys are.

    Attributes
    ----------
    k : int
        What is asked for.
    rows, classes, smallest : int
        Households, combinations of the keys, and the size of the smallest class.
    rows_below, classes_below : int
        In classes of fewer than `k`.
    unique, unique_population : int
        Households alone in their class; of these with a weight of 1 or less.
    expected : float
        Expected re-identifications by somebody who knows the keys of everyone.
    highest_risk : float
        Of one household, from 0 to 1.
    """

    k: int
    rows: int
    classes: int
    smallest: int
    rows_below: int
    classes_below: int
    unique: int
    unique_population: int
    expected: float
    highest_risk: float

    @property
    def met(self) -> bool:
        """Whether every class has at least `k` households."""
        return self.smallest >= self.k


@dataclass(frozen=True)
class Diversity:
    """How diverse a sensitive column is within the classes.

    Attributes
    ----------
    column : str
    level : int
        l: what is asked for.
    c : float or None
        The c of recursive (c, l)-diversity, if asked for.
    distinct : int
        Least number of values in a class.
    entropy : float
        exp of the least entropy: the effective number of values.
    ratio : float
        Largest r1 / (rl + ... + rm); infinite where a class has fewer than l values.
    rows_below, classes_below : int
        In classes of fewer than l values.
    """

    column: str
    level: int
    c: float | None
    distinct: int
    entropy: float
    ratio: float
    rows_below: int
    classes_below: int

    @property
    def met(self) -> bool:
        """Distinct l-diversity, and recursive (c, l)-diversity where c is given."""
        return self.distinct >= self.level and (self.c is None or self.ratio < self.c)

    @property
    def entropy_met(self) -> bool:
        """Entropy l-diversity, which is stricter than distinct l-diversity."""
        return self.entropy >= self.level * (1.0 - 1e-12)


@dataclass(frozen=True)
class TopCode:
    """What top-coding did to a column.

    Attributes
    ----------
    column : str
    cut : float
        Larger values were replaced by it.
    coded : int
        Households changed.
    mean, mean_after : float
        Weighted, in the column's unit.
    poor, poor_after : float
        Shares below the line, from 0 to 1; NaN without a line.
    """

    column: str
    cut: float
    coded: int
    mean: float
    mean_after: float
    poor: float = math.nan
    poor_after: float = math.nan


@dataclass(frozen=True)
class ReleaseReport:
    """The checks of one release.

    Attributes
    ----------
    keys : tuple of str
    anonymity : Anonymity
    without : tuple of (str, int)
        For each key, households in too small classes if that key were left out.
    diversity : tuple of Diversity
    top_codes : tuple of TopCode
    dropped : tuple of str
        Columns that were left out.
    labelled : tuple of str
        Columns whose labels are written along, in the file's metadata.
    """

    keys: tuple[str, ...]
    anonymity: Anonymity
    without: tuple[tuple[str, int], ...]
    diversity: tuple[Diversity, ...]
    top_codes: tuple[TopCode, ...]
    dropped: tuple[str, ...] = ()
    labelled: tuple[str, ...] = ()

    @property
    def met(self) -> bool:
        """Whether k-anonymity and every l-diversity hold."""
        return self.anonymity.met and all(d.met for d in self.diversity)
