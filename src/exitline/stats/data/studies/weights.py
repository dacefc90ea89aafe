"""What a study says of its weights: calibrated to totals, adjusted for non-response."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from exitline.stats.data.sampling.calibration import (
        BoundsOf,
        CalibrationMethod,
        Count,
        Regression,
    )


@dataclass(frozen=True)
class CalibratedTo:
    """What a study's weight was calibrated to, or is before anything is estimated.

    Attributes
    ----------
    totals : path, optional
        File with the columns margin, level, total; None for a second phase that the study
        calibrates to its first.
    weight : str or None
        Column of the weights before, of a weight that comes calibrated.
    count, variance, within, regression
        As in `exitline.stats.data.sampling.calibration.Calibration`.
    made : bool
        Whether the study calibrates it.
    method, bounds, bounds_of
        How, then.
    levels, numeric
        Margins of a second phase: columns of categories (several are crossed), and of numbers.
    where : str
    """

    totals: Path | str | None
    weight: str | None = None
    count: Count = "households"
    within: tuple[str, ...] = ()
    variance: str | None = None
    regression: Regression = "weighted"
    made: bool = False
    method: CalibrationMethod = "raking"
    bounds: tuple[float, ...] = ()
    bounds_of: BoundsOf = "factors"
    levels: tuple[tuple[str, ...], ...] = ()
    numeric: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True)
class Responding:
    """How a study lets respondents stand for those who did not respond.

    Attributes
    ----------
    responded : str
        Column that says who did.
    classes : tuple of str
        Columns of the classes, crossed, within which weights are passed on.
    levels : tuple of tuple of str
        Predictors of a logit: columns of categories; several are crossed.
    numeric : tuple of str
        Predictors of a logit: columns of numbers.
    where : str
    """

    responded: str
    classes: tuple[str, ...] = ()
    levels: tuple[tuple[str, ...], ...] = ()
    numeric: tuple[str, ...] = ()
    where: str = ""
