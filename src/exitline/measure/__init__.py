"""What to compute, as unbound Ibis expressions; never an engine.

The measures themselves are made here: ``exitline.measure.atkinson(epsilon=0.5)``.
"""

from exitline.measure.catalogue import (
    Measure,
    Term,
    atkinson,
    count,
    fgt,
    ge,
    headcount,
    household_headcount,
    households,
    j_divergence,
    mean,
    mld,
    named,
    poor_count,
    poor_households,
    poverty_gap,
    severity,
    shortfall,
    theil,
    total,
    total_shortfall,
    watts,
)

__all__ = [
    "Measure",
    "Term",
    "atkinson",
    "count",
    "fgt",
    "ge",
    "headcount",
    "household_headcount",
    "households",
    "j_divergence",
    "mean",
    "mld",
    "named",
    "poor_count",
    "poor_households",
    "poverty_gap",
    "severity",
    "shortfall",
    "theil",
    "total",
    "total_shortfall",
    "watts",
]
