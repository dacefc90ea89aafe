"""Empirical best prediction where the truth is known: the design of Molina and Rao (2010).

80 areas of 250 households, 50 of each in the sample; beta = (3, .03, -.04), sigma_u = .15,
sigma_e = .5, welfare is lognormal, the line 12. In every population the model is fitted to the
sample and each area predicted, with the sample's own households standing for themselves.

    python -m benchmarks.small_area_design                    # about ten minutes
    python -m benchmarks.small_area_design --populations 200 --checked 20
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np

from exitline.stats.smallarea.unit.bootstrap import BootstrapPlan, mean_squared_errors
from exitline.stats.smallarea.unit.cells import CensusCells, Places
from exitline.stats.smallarea.unit.figures import Known, indicators, predicted
from exitline.stats.smallarea.unit.model import AreaMatch, fit_model
from exitline.stats.smallarea.unit.result import interval
from exitline.stats.smallarea.unit.sample import UnitSample
from exitline.stats.smallarea.unit.transform import Transform

AREAS, SIZE, DRAWN, LINE = 80, 250, 50, 12.0
BETA = np.array([3.0, 0.03, -0.04])
SIGMA_U, SIGMA_E = 0.15, 0.5
WANTED = indicators(["headcount", "poverty_gap"])


@dataclass(frozen=True)
class Frame:
    """The households of all populations: what is known of them beside welfare."""

    x: np.ndarray
    area: np.ndarray
    drawn: np.ndarray


def frame(random: np.random.Generator) -> Frame:
    """Covariates as in the paper, and a sample of each area."""
    area = np.repeat(np.arange(AREAS), SIZE)
    first = random.random(len(area)) < 0.3 + 0.5 * (area + 1) / AREAS
    second = random.random(len(area)) < 0.2
    x = np.column_stack([np.ones(len(area)), first, second]).astype(np.float64)
    drawn = np.zeros(len(area), dtype=bool)
    for d in range(AREAS):
        drawn[d * SIZE + random.choice(SIZE, DRAWN, replace=False)] = True
    return Frame(x, area, drawn)


def cells_of(rows: Frame, beta: np.ndarray) -> CensusCells:
    """The households outside the sample, by area and pattern of covariates: exactly."""
    x, area = rows.x[~rows.drawn], rows.area[~rows.drawn]
    found, count = np.unique(np.column_stack([area, x]), axis=0, return_counts=True)
    place, x = found[:, 0].astype(np.int64), found[:, 1:]
    weight, nothing = count.astype(np.float64), np.zeros(len(count))
    return CensusCells(place, weight, weight, x @ beta, nothing, x, nothing)


def shares(y: np.ndarray, rows: Frame) -> np.ndarray:
    """F0 and F1 of every area, shape (areas, 2)."""
    gap = np.maximum(1.0 - y / LINE, 0.0)
    count = np.bincount(rows.area).astype(np.float64)
    return np.column_stack(
        [np.bincount(rows.area, v) / count for v in ((y < LINE).astype(float), gap)]
    )


def run(populations: int, checked: int, replicates: int) -> None:
    """Draw, predict, compare."""
    random = np.random.default_rng(2010)
    rows = frame(random)
    everywhere = np.arange(AREAS)
    places = Places(
        everywhere, tuple(range(AREAS)), {"area": everywhere},
        {"area": tuple((d,) for d in range(AREAS))}, np.full(AREAS, SIZE),
        np.full(AREAS, float(SIZE)),
    )  # fmt: skip
    sample = UnitSample(rows.x[rows.drawn], rows.area[rows.drawn], 0)
    errors, direct, estimated, inside = [], [], [], []
    for k in range(populations):
        u = random.normal(0.0, SIGMA_U, AREAS)
        t = rows.x @ BETA + u[rows.area] + random.normal(0.0, SIGMA_E, len(rows.area))
        y = np.exp(t)
        truth = shares(y, rows)
        fitted, _ = fit_model(sample, y[rows.drawn], Transform("log"))
        cells = cells_of(rows, fitted.beta)
        known = Known(sample.area, np.ones(len(sample.area)), y[rows.drawn])
        found = predicted(WANTED, cells, places, fitted.over(AreaMatch(everywhere)), LINE, known)[
            "area"
        ]
        errors.append((found - truth) ** 2)
        small = Frame(sample.x, sample.area, np.ones(len(sample.area), bool))
        direct.append((shares(y[rows.drawn], small) - truth) ** 2)
        if k < checked:
            plan = BootstrapPlan(
                sample, fitted, t[rows.drawn], cells, places, AreaMatch(everywhere), WANTED, LINE
            )
            mse = mean_squared_errors(plan, replicates, k)["area"]
            estimated.append(mse)
            limits = [
                interval(found[:, j], mse[:, j], 0.95, share=True, positive=False) for j in (0, 1)
            ]
            inside.append(
                np.column_stack(
                    [(lo <= truth[:, j]) & (truth[:, j] <= hi) for j, (lo, hi) in enumerate(limits)]
                )
            )
    report(np.array(errors), np.array(direct), np.array(estimated), np.array(inside))


def report(
    errors: np.ndarray, direct: np.ndarray, estimated: np.ndarray, inside: np.ndarray
) -> None:
    """Print mean squared errors and what the bootstrap says of them."""
    for j, name in enumerate(("F0", "F1")):
        eb, plain = errors[:, :, j].mean() * 1e4, direct[:, :, j].mean() * 1e4
        boot = estimated[:, :, j].mean() * 1e4
        se = errors[:, :, j].mean(axis=1).std() / np.sqrt(len(errors)) * 1e4
        print(
            f"{name}: MSE x 1e4 of EB {eb:.3f} (+- {se:.3f}), direct {plain:.3f}; "
            f"bootstrap {boot:.3f} ({100 * (boot / eb - 1):+.1f} %); "
            f"coverage of 95 % intervals {100 * inside[:, :, j].mean():.2f} %"
        )
        by_area = estimated[:, :, j].mean(axis=0) / errors[:, :, j].mean(axis=0)
        print(f"    bootstrap over truth by area: {by_area.min():.2f} to {by_area.max():.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--populations", type=int, default=2000)
    parser.add_argument("--checked", type=int, default=100)
    parser.add_argument("--replicates", type=int, default=200)
    given = parser.parse_args()
    run(given.populations, given.checked, given.replicates)
