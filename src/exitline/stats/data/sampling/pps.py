"""PSUs drawn with unequal probabilities: what a design says of how they were drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from exitline.errors import DesignError, nearest

PpsMethod = Literal["with-replacement", "brewer", "hartley-rao", "overton", "joint"]
PpsEstimator = Literal["horvitz-thompson", "yates-grundy"]


@dataclass(frozen=True)
class Pps:
    """How PSUs were drawn with probabilities proportional to size, within strata.

    The design's `fpc` names the column of their inclusion probabilities.

    Parameters
    ----------
    method : {"with-replacement", "brewer", "hartley-rao", "overton", "joint"}
        With replacement; or one of the approximations that need no joint probabilities; or the
        joint probabilities themselves.
    estimator : {"horvitz-thompson", "yates-grundy"}
        Of the variance, with "hartley-rao", "overton" and "joint"; the second is for samples of a
        fixed number of PSUs.
    joint : path or table, optional
        Joint inclusion probabilities: one row and one column for each PSU, the first column with
        its id; or the columns psu, other, probability.
    mean_square : float, optional
        For "hartley-rao": the sum of squared probabilities over the population, divided by the
        number of sampled PSUs (R's ``HR()``); estimated from the sample unless given.

    Raises
    ------
    DesignError

    Examples
    --------
    >>> Pps("brewer").estimator
    'horvitz-thompson'
    """

    method: PpsMethod
    estimator: PpsEstimator = "horvitz-thompson"
    joint: Any = field(default=None, compare=False)
    mean_square: float | None = None

    def __post_init__(self) -> None:
        known = (("method", get_args(PpsMethod)), ("estimator", get_args(PpsEstimator)))
        for name, choices in known:
            value = getattr(self, name)
            if value not in choices:
                raise _refusal(
                    f"design.pps.{name} is not known", name, "one of " + ", ".join(choices),
                    repr(value), nearest(str(value), choices) or "choose one of these",
                )  # fmt: skip
        if (self.method == "joint") != (self.joint is not None):
            raise _refusal(
                "joint probabilities and the method 'joint' go together", "joint",
                "both or neither", "one of them", "name the table of joint probabilities",
            )  # fmt: skip
        if self.mean_square is not None and self.method != "hartley-rao":
            raise _refusal(
                "only Hartley and Rao's approximation takes mean_square", "mean_square",
                "the method hartley-rao", self.method, "leave it out",
            )  # fmt: skip
        if self.estimator == "yates-grundy" and self.method in ("with-replacement", "brewer"):
            raise _refusal(
                f"the method {self.method} has no second estimator", "estimator",
                "hartley-rao, overton or joint", self.method, "leave the estimator out",
            )  # fmt: skip


def _refusal(what: str, key: str, expected: str, got: str, remedy: str) -> DesignError:
    return DesignError(what, where=f"design.pps.{key}", expected=expected, got=got, remedy=remedy)
