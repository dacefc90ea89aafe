"""Poverty and inequality from grouped data: deciles, bins and means.

Points of a Lorenz curve (`points`), curves (`quadratic`, `beta`, `parametric`) fitted to them
(`fitting`), what follows from a curve, solved exactly (`figures`, `measures`), which curve
speaks where (`grouped`), and tables of many distributions (`table`, `pooled`).

May import `stats.infer`. Provides `grouped` and tables of distributions.
"""

from exitline.stats.grouped_data.fit import CurveFit
from exitline.stats.grouped_data.grouped import CURVES, Grouped, GroupedFigure, fit_grouped
from exitline.stats.grouped_data.points import LorenzPoints, points_of
from exitline.stats.grouped_data.table import GroupedDistribution, GroupedTable, Pool, table_of

__all__ = [
    "CURVES",
    "CurveFit",
    "Grouped",
    "GroupedDistribution",
    "GroupedFigure",
    "GroupedTable",
    "LorenzPoints",
    "Pool",
    "fit_grouped",
    "points_of",
    "table_of",
]  # fmt: skip
