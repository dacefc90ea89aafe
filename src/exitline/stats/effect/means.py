"""Effects as differences of mean changes, with the influence of each row on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.effect.cells import Cell
    from exitline.stats.effect.sample import EffectSample

    Floats = NDArray[np.float64]


def differences(sample: EffectSample, wanted: Sequence[Cell]) -> tuple[Floats, Floats]:
    """Mean change of the treated less that of those they are compared with, cell by cell.

    Parameters
    ----------
    sample : EffectSample
    wanted : sequence of Cell

    Returns
    -------
    estimate : float array, shape (cells,)
    influence : float array, shape (rows, cells)
        What a row moves the estimate by: its covariances are sums over rows of products.

    References
    ----------
    Callaway and Sant'Anna (2021), equation 2.8 without covariates.
    """
    estimate = np.empty(len(wanted))
    influence = np.zeros((sample.group.size, len(wanted)))
    for k, cell in enumerate(wanted):
        change = sample.outcome[:, cell.time] - sample.outcome[:, cell.base]
        for sign, groups in ((1.0, (cell.group,)), (-1.0, cell.controls)):
            there = sample.in_groups(groups)
            weight = sample.weight[there]
            mean = change[there].sum() / weight.sum()
            estimate[k] = sign * mean + (estimate[k] if sign < 0 else 0.0)
            influence[there, k] = sign * (change[there] - mean * weight) / weight.sum()
    return estimate, influence
