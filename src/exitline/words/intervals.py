"""Methods of intervals, by name: the one list that studies, commands and pages read.

A method of shares is a function ``NAME_share`` of `exitline.stats.infer.intervals`, a line here,
and a section of docs/intervals.md.
"""

from __future__ import annotations

from collections.abc import Mapping

from exitline.words.said import collected

SHARES: Mapping[str, str] = {
    "logit": collected("shares on the logit scale"),
    "xlogit": collected("shares on the logit scale"),
    "beta": collected("shares by Korn and Graubard's beta limits"),
    "wilson": collected("shares by Wilson's score limits"),
    "asin": collected("shares on the scale of the arcsine of the root"),
    "likelihood": collected("shares by the likelihood ratio"),
    "mean": collected("shares on their own scale"),
}
"""How intervals of shares are made, as in "...; shares on the logit scale"."""

FIGURES: Mapping[str, str] = {
    "t": "",
    "skewness": collected("other figures corrected for the skewness of PSU totals"),
}
"""How intervals of all else are made: symmetric with Student's t, or as in "...; other figures"."""

REPLICATES = "replicates"
"""A symmetric interval of a quantile, from its own standard error (R's "quantile")."""

QUANTILES: tuple[str, ...] = ("mean", *(name for name in SHARES if name != "mean"), REPLICATES)
"""How Woodruff's intervals limit the share at or below a quantile (R's ``interval.type``)."""
