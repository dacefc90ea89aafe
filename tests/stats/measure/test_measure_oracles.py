"""Every measure, under every design, at every kind of line, has an outside oracle.

The table is oracles.yaml. Its "numeric" cells are run here: the influence of each household is the
numerical derivative of the measure's point estimate in that household's weight, and the variance of
each design is written out a second time, from survey sampling's textbooks (Särndal, Swensson and
Wretman 1992, results 2.6, 4.3.1 and 6.6.1; Lumley 2004 for single PSUs), sharing no code with
infer/.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

import exitline as xl
from exitline.api.weights.calibrated import Calibrated
from exitline.errors import MeasureError
from exitline.stats.measure.catalogue import MEASURES, named

TESTS = Path(__file__).parents[2]
TABLE = yaml.safe_load((Path(__file__).parent / "oracles.yaml").read_text())
STEP = 1e-5
STRATUM = np.repeat([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3], 4)  # of each household; PSUs of four
PSU = np.repeat(np.arange(12), 4)
DESIGNS = {
    "census": {"census": True},
    "units": {},
    "replacement": {"strata": "s", "psu": "p"},
    "fpc": {"strata": "s", "psu": "p", "fpc": "f1"},
    "two_stages": {"strata": "s", "psu": ("p", "u"), "fpc": ("f1", "f2")},
    "lonely": {"strata": "s", "psu": "p", "lonely": "adjust"},
    "calibrated": {"strata": "s", "psu": "p"},
}
RUN_HERE = {"numeric", "density", "refused"}
F1, F2 = np.array([0.4, 0.5, 0.3, 0.5]), 0.6


@cache
def homes() -> pd.DataFrame:
    """48 households; no value lies on a line, so that all is smooth nearby."""
    rng = np.random.default_rng(11)
    level = rng.normal(0, 0.3, 12)[PSU]
    table = pd.DataFrame({"y": np.exp(rng.normal(1, 0.5, 48) + level), "w": rng.uniform(2, 5, 48)})
    return table.assign(
        n=rng.integers(1, 6, 48).astype(float), z=rng.uniform(2, 5, 48), s=STRATUM, p=PSU,
        g=np.where(np.arange(48) % 3 == 0, 1.0, 0.0), u=np.arange(48), f1=F1[STRATUM], f2=F2,
    )  # fmt: skip


@cache
def calibrated() -> Calibrated:
    """The households with weights that add up to totals of g and of z."""
    totals = {"g": {0.0: 120.0, 1.0: 60.0}, "z": 650.0}
    design = xl.Design(weight="w", size="n", strata="s", psu="p", lonely="remove")
    return xl.calibrate(homes(), design, totals, method="linear", name="cw")


def residuals(z: np.ndarray) -> np.ndarray:
    """z less what g and z explain of it, by a regression with the weights before."""
    table = calibrated().to_pandas()
    x = np.column_stack([table["g"] == 0, table["g"] == 1, table["z"]]).astype(float)
    w, cw = table["w"].to_numpy(), table["cw"].to_numpy()
    slopes = np.linalg.solve(x.T @ (w[:, None] * x), x.T @ (w * z / cw))
    return z - cw * (x @ slopes)


def line_of(kind: str):
    """The line of a kind; none for measures without."""
    own = xl.relative_line(0.9, "mean", within=True)
    return {"none": None, "fixed": 3.0, "column": "z", "mean_own": own}[kind]


def kinds_of(measure: str) -> list[str]:
    """The kinds of line that a measure can be taken at."""
    return TABLE["lines"][1:] if named(measure).needs_line else ["none"]


def points(weights: np.ndarray, kind: str, measures: tuple[str, ...]) -> pd.DataFrame:
    """Point estimates with each column of weights, all in one call: copies as domains."""
    copies = weights.shape[1]
    stacked = pd.concat([homes()] * copies, ignore_index=True)
    stacked = stacked.assign(w=weights.T.ravel(), copy=np.repeat(np.arange(copies), 48))
    found = xl.estimate(
        stacked, list(measures), welfare="y", line=line_of(kind), by="copy",
        design=xl.Design(weight="w", size="n", census=True),
    ).to_pandas()  # fmt: skip
    found = found[found["by"] == "copy"]
    found = found.assign(copy=found["domain"].astype(int))
    return found.pivot_table(index="copy", columns="measure", values="estimate").sort_index()


def at_kind(kind: str, cells: set[str]) -> tuple[str, ...]:
    """Measures of some cells that can be taken at a kind of line."""
    return tuple(
        m
        for m, own in TABLE["measures"].items()
        if own["cells"] in cells and kind in kinds_of(m) and own.get(kind) != "refused"
    )


@cache
def influences(kind: str, *, own: bool = False) -> pd.DataFrame:
    """w x d(estimate)/dw of each household, one column a measure; at calibrated weights, if own."""
    up, down = np.eye(48) * STEP, -np.eye(48) * STEP
    w = (calibrated().to_pandas()["cw"] if own else homes()["w"]).to_numpy()
    weights = w[:, None] * (1 + np.hstack([up, down]))
    found = points(weights, kind, at_kind(kind, {"numeric"}))
    return (found.iloc[:48].reset_index(drop=True) - found.iloc[48:].reset_index(drop=True)) / (
        2 * STEP
    )


def _spread(totals: np.ndarray) -> float:
    """n times the sample variance of cluster totals; 0 for a single one."""
    return len(totals) * totals.var(ddof=1) if len(totals) > 1 else 0.0


def variance(z: np.ndarray, design: str) -> float:
    """The variance of a total of influences under a design."""
    if design == "census":
        return 0.0
    if design == "units":
        return _spread(z)
    totals = np.bincount(PSU, z)
    of_psu = STRATUM[::4]
    first = [_spread(totals[of_psu == s]) for s in range(4)]
    if design == "lonely":  # stratum 3 has one PSU: its distance from the mean of all
        return sum(first) + (totals[11] - totals.mean()) ** 2
    if design in ("replacement", "calibrated"):
        return sum(first)
    within = [sum(_spread(z[p == PSU]) for p in np.flatnonzero(of_psu == s)) for s in range(4)]
    later = sum(f * (1 - F2) * v for f, v in zip(F1, within, strict=True))
    return sum((1 - f) * v for f, v in zip(F1, first, strict=True)) + later * (
        design == "two_stages"
    )


def estimates(kind: str, design: str, measures: tuple[str, ...]) -> xl.Estimates:
    """As a user asks for them; the stratum of one PSU leaves designs that refuse it."""
    if design == "calibrated":
        return xl.estimate(calibrated().to_pandas(), list(measures), welfare="y",
                           line=line_of(kind), design=calibrated().design)  # fmt: skip
    given = {"lonely": "remove", **DESIGNS[design]} if "strata" in DESIGNS[design] else {}
    more = given or DESIGNS[design]
    return xl.estimate(
        homes(), list(measures), welfare="y", line=line_of(kind),
        design=xl.Design(weight="w", size="n", **more),
    )  # fmt: skip


def has_cell(measure: str, kind: str, cell: str) -> bool:
    """Whether a measure's cell at a kind of line is of this sort."""
    own = TABLE["measures"][measure]
    return own.get(kind, own["cells"]) == cell


@pytest.mark.parametrize("kind", TABLE["lines"])
@pytest.mark.parametrize("design", DESIGNS)
def test_standard_errors_are_the_designs_variance_of_numerical_influences(design, kind):
    found = estimates(kind, design, at_kind(kind, {"numeric"}))
    tried = 0
    for measure in at_kind(kind, {"numeric"}):
        if not has_cell(measure, kind, "numeric"):
            continue
        name = named(measure).name
        z = influences(kind, own=design == "calibrated")[name].to_numpy()
        z = residuals(z) if design == "calibrated" else z
        wanted = np.sqrt(variance(z, design))
        got = found.find(measure=name)
        near = 1e-10 * abs(got.estimate)  # what was calibrated to has no error
        assert got.se == pytest.approx(wanted, rel=2e-7, abs=near), (measure, kind)
        tried += 1
    assert tried >= (10 if kind == "none" else 5)


def _left_out() -> tuple[np.ndarray, np.ndarray]:
    """JKn weights: each PSU of the first three strata left out; and their scales."""
    w, columns, scales = homes()["w"].to_numpy(), [], []
    for p in range(11):
        n = 4 if p < 8 else 3
        others = np.where(STRATUM[4 * p] == STRATUM, n / (n - 1), 1.0)
        columns.append(w * np.where(p == PSU, 0.0, others))
        scales.append((n - 1) / n)
    return np.column_stack(columns), np.array(scales)


@pytest.mark.parametrize("kind", TABLE["lines"])
def test_replicate_errors_are_the_spread_of_point_estimates(kind):
    """Of every measure: those that rest on quantiles as well.

    Variances count the rows of the full sample with every replicate, as R's svyvar does
    (test_variances_as_svyvar), and a sample without some PSUs has fewer.
    """
    measures = [m for m in at_kind(kind, {"numeric", "density"})
                if not m.startswith(("variance", "standard_deviation"))]  # fmt: skip
    weights, scales = _left_out()
    both = np.column_stack([homes()["w"], weights])
    found = points(both, kind, tuple(measures))
    names = [f"r{i}" for i in range(weights.shape[1])]
    table = pd.concat([homes(), pd.DataFrame(weights, columns=names)], axis=1)
    design = xl.Design(weight="w", size="n", replicates=names, kind="JKn", mse=True,
                       rscales=scales.tolist())  # fmt: skip
    got = xl.estimate(table, measures, welfare="y", line=line_of(kind), design=design)
    for measure in measures:
        name = named(measure).name
        apart = found[name].to_numpy()[1:] - found[name].iloc[0]
        wanted = np.sqrt((scales * apart**2).sum())
        assert got.find(measure=name).se == pytest.approx(wanted, rel=1e-9), (measure, kind)


def test_a_quantiles_error_is_that_of_the_persons_below_it_over_one_density():
    """The influence on q is -((y <= q) - p) / (f N) (Deville 1999): the density f is one and the
    same under every design; R's figure of it is held by `point`."""
    table = homes()
    for measure, p, share in (("quantile(0.3)", 0.3, 1.0), ("median", 0.5, 1.0),
                              ("at_risk_threshold", 0.5, 0.6)):  # fmt: skip
        assert TABLE["measures"][measure]["cells"] == "density"
        ratios = []
        for design in ("units", "replacement", "fpc", "two_stages", "lonely"):
            found = estimates("none", design, (measure,)).find()
            below = (table["y"] <= found.estimate / share * (1 + 1e-12)) - p
            z = (table["w"] * table["n"] * below).to_numpy()
            ratios.append(found.se / np.sqrt(variance(z, design)))
        assert ratios == pytest.approx([ratios[0]] * 5, rel=1e-9), measure
        assert estimates("none", "census", (measure,)).find().se == 0.0


def test_what_the_table_calls_refused_is_refused():
    """Where linearisation has no derivative, an error names replicate weights instead."""
    for measure, own in TABLE["measures"].items():
        if own.get("mean_own") == "refused":
            with pytest.raises(MeasureError, match="no standard error at a relative line"):
                estimates("mean_own", "replacement", (measure,))


def test_every_measure_has_its_row():
    """A new measure must say who vouches for it."""
    rows = {re.match(r"\w+", name)[0] for name in TABLE["measures"]} | set(TABLE["others"])
    assert rows == set(MEASURES)
    assert TABLE["designs"] == [*DESIGNS, "jackknife"]


def _named_tests() -> list[str]:
    """Every test that the table names."""
    cells = {v for own in TABLE["measures"].values() for v in own.values()}
    return sorted({*cells - RUN_HERE, *TABLE["others"].values()})


@pytest.mark.parametrize("cell", _named_tests())
def test_every_named_oracle_is_a_test(cell):
    path, _, function = cell.partition("::")
    text = (TESTS / path).read_text()
    assert function == "" or re.search(rf"^    def {function}\(|^def {function}\(", text, re.M)


def test_no_cell_is_empty():
    for measure, own in TABLE["measures"].items():
        assert own["cells"] in RUN_HERE or "::" in own["cells"], measure
        assert own["point"], measure
