"""Empirical best prediction where the truth is known: the design of Molina and Rao (2010).

80 areas of 250 households, 50 of each in the sample; beta = (3, .03, -.04), sigma_u = .15,
sigma_e = .5, welfare is lognormal, the line 12. In every population the model is fitted to the
sample and each area predicted, with the sample's own households standing for themselves.

    python -m benchmarks.small_area_design                    # about ten minutes
    python -m benchmarks.small_area_design --populations 200 --checked 20
    python -m benchmarks.small_area_design --shapes --populations 600 --checked 60

`--shapes` asks for quantiles and the Gini coefficient of 40 areas of 100 households, a fifth or two
fifths of which are in the sample.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from exitline.stats.smallarea.unit.bootstrap import mean_squared_errors
from exitline.stats.smallarea.unit.cells import CensusCells, Places
from exitline.stats.smallarea.unit.figures import indicators
from exitline.stats.smallarea.unit.model import AreaMatch, fit_model
from exitline.stats.smallarea.unit.own_values import Known, predicted
from exitline.stats.smallarea.unit.population import BootstrapPlan
from exitline.stats.smallarea.unit.result import interval
from exitline.stats.smallarea.unit.sample import UnitSample
from exitline.stats.smallarea.unit.transform import Transform

LINE = 12.0
BETA = np.array([3.0, 0.03, -0.04])
SIGMA_U, SIGMA_E = 0.15, 0.5


@dataclass(frozen=True)
class Design:
    """So many areas of so many households, so many of each drawn, and what is asked."""

    areas: int
    size: int
    drawn: int
    wanted: tuple[str, ...]


PAPER = Design(80, 250, 50, ("headcount", "poverty_gap"))
SHAPES = ("headcount", "quantile(0.1)", "median", "quantile(0.9)", "gini")


@dataclass(frozen=True)
class Frame:
    """The households of all populations: what is known of them beside welfare."""

    x: np.ndarray
    area: np.ndarray
    drawn: np.ndarray


def frame(design: Design, random: np.random.Generator) -> Frame:
    """Covariates as in the paper, and a sample of each area."""
    area = np.repeat(np.arange(design.areas), design.size)
    first = random.random(len(area)) < 0.3 + 0.5 * (area + 1) / design.areas
    second = random.random(len(area)) < 0.2
    x = np.column_stack([np.ones(len(area)), first, second]).astype(np.float64)
    drawn = np.zeros(len(area), dtype=bool)
    for d in range(design.areas):
        drawn[d * design.size + random.choice(design.size, design.drawn, replace=False)] = True
    return Frame(x, area, drawn)


def cells_of(rows: Frame, beta: np.ndarray) -> CensusCells:
    """The households outside the sample, by area and pattern of covariates: exactly."""
    x, area = rows.x[~rows.drawn], rows.area[~rows.drawn]
    found, count = np.unique(np.column_stack([area, x]), axis=0, return_counts=True)
    place, x = found[:, 0].astype(np.int64), found[:, 1:]
    weight, nothing = count.astype(np.float64), np.zeros(len(count))
    return CensusCells(place, weight, weight, x @ beta, nothing, x, nothing)


def figures(names: Sequence[str], y: np.ndarray, area: np.ndarray) -> np.ndarray:
    """What is asked of every area, shape (areas, figures); areas are of one size, in order."""
    rows = np.sort(y.reshape(int(area.max()) + 1, -1), axis=1)
    n = rows.shape[1]
    gap = np.maximum(1.0 - rows / LINE, 0.0)
    rank = np.arange(1, n + 1) - 0.5
    known = {
        "headcount": lambda: (gap > 0).mean(axis=1), "poverty_gap": lambda: gap.mean(axis=1),
        "median": lambda: np.quantile(rows, 0.5, axis=1),
        "quantile(0.1)": lambda: np.quantile(rows, 0.1, axis=1),
        "quantile(0.9)": lambda: np.quantile(rows, 0.9, axis=1),
        "gini": lambda: 2 * (rows @ rank) / (n * rows.sum(axis=1)) - 1,
    }  # fmt: skip
    return np.column_stack([known[name]() for name in names])


def run(design: Design, populations: int, checked: int, replicates: int) -> None:
    """Draw, predict, compare."""
    random = np.random.default_rng(2010)
    rows, wanted, areas = frame(design, random), indicators(design.wanted), design.areas
    everywhere = np.arange(areas)
    places = Places(
        everywhere, tuple(range(areas)), {"area": everywhere},
        {"area": tuple((d,) for d in range(areas))}, np.full(areas, design.size),
        np.full(areas, float(design.size)),
    )  # fmt: skip
    sample = UnitSample(rows.x[rows.drawn], rows.area[rows.drawn], 0)
    errors, direct, estimated, inside = [], [], [], []
    for k in range(populations):
        u = random.normal(0.0, SIGMA_U, areas)
        t = rows.x @ BETA + u[rows.area] + random.normal(0.0, SIGMA_E, len(rows.area))
        y = np.exp(t)
        truth = figures(design.wanted, y, rows.area)
        fitted, _ = fit_model(sample, y[rows.drawn], Transform("log"))
        cells = cells_of(rows, fitted.beta)
        known = Known(sample.area, np.ones(len(sample.area)), y[rows.drawn])
        given = fitted.over(AreaMatch(everywhere))
        found = predicted(wanted, cells, places, given, LINE, known)["area"]
        errors.append((found - truth) ** 2)
        direct.append((figures(design.wanted, y[rows.drawn], sample.area) - truth) ** 2)
        if k < checked:
            plan = BootstrapPlan(
                sample, fitted, t[rows.drawn], cells, places, AreaMatch(everywhere), wanted, LINE,
                known=known,
            )  # fmt: skip
            mse = mean_squared_errors(plan, replicates, k)["area"]
            estimated.append(mse)
            limits = [
                interval(found[:, j], mse[:, j], 0.95, share=one.share, positive=not one.share)
                for j, one in enumerate(wanted)
            ]
            inside.append(
                np.column_stack(
                    [(lo <= truth[:, j]) & (truth[:, j] <= hi) for j, (lo, hi) in enumerate(limits)]
                )
            )
    report(design, np.array(errors), np.array(direct), np.array(estimated), np.array(inside))


def report(
    design: Design, errors: np.ndarray, direct: np.ndarray, estimated: np.ndarray,
    inside: np.ndarray,
) -> None:  # fmt: skip
    """Print mean squared errors and what the bootstrap says of them."""
    print(f"{design.areas} areas of {design.size} households, {design.drawn} of each drawn")
    for j, name in enumerate(design.wanted):
        eb, plain = errors[:, :, j].mean() * 1e4, direct[:, :, j].mean() * 1e4
        boot = estimated[:, :, j].mean() * 1e4
        se = errors[:, :, j].mean(axis=1).std() / np.sqrt(len(errors)) * 1e4
        sure = estimated[:, :, j].mean(axis=1).std() / np.sqrt(len(estimated)) * 1e4
        apart = 100 * np.hypot(se / eb, sure / boot) * boot / eb
        print(
            f"{name}: MSE x 1e4 of EB {eb:.3f} (+- {se:.3f}), direct {plain:.3f}; "
            f"bootstrap {boot:.3f} ({100 * (boot / eb - 1):+.1f} +- {apart:.1f} %); "
            f"coverage of 95 % intervals {100 * inside[:, :, j].mean():.2f} %"
        )
        by_area = estimated[:, :, j].mean(axis=0) / errors[:, :, j].mean(axis=0)
        print(f"    bootstrap over truth by area: {by_area.min():.2f} to {by_area.max():.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--populations", type=int, default=2000)
    parser.add_argument("--checked", type=int, default=100)
    parser.add_argument("--replicates", type=int, default=200)
    parser.add_argument("--shapes", action="store_true", help="quantiles and Gini coefficients")
    given = parser.parse_args()
    asked = [Design(40, 100, n, SHAPES) for n in (20, 40)] if given.shapes else [PAPER]
    for one in asked:
        run(one, given.populations, given.checked, given.replicates)
