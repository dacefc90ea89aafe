"""Anomaly screens on registries and assessments, each with its null distribution.

May import `stats`. Provides screens: each screen is a function of arrays that gives a
`ScreenFinding`.
"""

from __future__ import annotations

from exitline.exits.screens.copies import AgreeingPairs, agreeing_pairs, screen_copies
from exitline.exits.screens.digits import (
    DigitTest,
    even_digits,
    last_digits,
    same_digits,
    screen_digits,
)
from exitline.exits.screens.finding import ScreenFinding, adjusted, benjamini_hochberg
from exitline.exits.screens.heaping import Heaping, Window, bin_counts, heaping, screen_heaping
from exitline.exits.screens.interviewers import (
    InterviewerEffect,
    anova_icc,
    interviewer_effect,
    screen_interviewers,
)
from exitline.exits.screens.perfect import (
    PerfectUnits,
    perfect_at_rate,
    perfect_units,
    screen_perfect,
    zero_probability,
)
from exitline.exits.screens.speed import Speed, UnitChanges, screen_speed, speed, unit_changes

SCREENS = (
    "heaping above the line",
    "units without an error",
    "digit preference",
    "records that agree",
    "speed of change",
    "interviewer effect",
)

__all__ = [
    "SCREENS",
    "AgreeingPairs",
    "DigitTest",
    "Heaping",
    "InterviewerEffect",
    "PerfectUnits",
    "ScreenFinding",
    "Speed",
    "UnitChanges",
    "Window",
    "adjusted",
    "agreeing_pairs",
    "anova_icc",
    "benjamini_hochberg",
    "bin_counts",
    "even_digits",
    "heaping",
    "interviewer_effect",
    "last_digits",
    "perfect_at_rate",
    "perfect_units",
    "same_digits",
    "screen_copies",
    "screen_digits",
    "screen_heaping",
    "screen_interviewers",
    "screen_perfect",
    "screen_speed",
    "speed",
    "unit_changes",
    "zero_probability",
]
