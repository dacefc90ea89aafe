"""One sample of a change, at its own line and at the other's mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exitline.api.figures.estimation import estimate
from exitline.errors import MeasureError

if TYPE_CHECKING:
    from exitline.stats.curves.changes import ChangeSample
    from exitline.stats.measure.catalogue import Measure


def sample_at(
    data: Any, measure: Measure, line: float, other_mean: float, options: dict[str, Any]
) -> ChangeSample:
    """The measure at a line and where the mean were another's, and the mean.

    With welfare brought to another mean, the measure is that at line x own mean / other mean:
    a line relative to the own mean, so that the mean's own error is carried through.

    Parameters
    ----------
    data : as in `exitline.estimate`
    measure : Measure
    line : float
    other_mean : float
    options : dict
        Of `exitline.estimate`.
    """
    from exitline.stats.curves.changes import ChangeSample
    from exitline.stats.measure.lines import PovertyLine
    from exitline.stats.measure.relative_lines import relative_line

    if not other_mean > 0:
        raise MeasureError(
            "growth has no part where a mean is not above zero",
            expected="a mean above zero in both samples",
            got="zero or below",
            remedy="check the welfare column",
        )
    at = relative_line(line / other_mean, "mean", label="at the other mean")
    lines = [PovertyLine("at the line", line), at]
    found = estimate(data, [measure, "mean"], line=lines, **options)
    return ChangeSample(found, "at the line", "at the other mean", measure.name)
