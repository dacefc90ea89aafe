"""What speaks against a unit-level model: warnings, residuals, influence of areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from exitline.stats.smallarea.unit.sample import Sample


def warnings_of(sample: Sample, predictor: str) -> list[str]:
    """Say what is known to go wrong with models of this kind."""
    found = []
    if predictor == "ell":
        found.append(
            "ELL is kept for reference: it ignores what the sample says of each area, and its "
            "errors were five times those of EB where the truth is known (Molina and Rao 2010)"
        )
    within = np.diag(sample.within)
    terms = [k for k in range(len(within)) if k != sample.intercept]
    if terms and np.all(within[terms] <= 1e-9 * len(sample.area)):
        found.append(
            "a unit-context model: no covariate differs between households of an area, so that "
            "poverty rates are biased (Corral, Himelein, McGee and Molina 2021); take "
            "covariates of households, or an area-level model"
        )
    return found
