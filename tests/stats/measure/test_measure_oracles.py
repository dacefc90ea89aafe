"""Every measure, under every design, at every kind of line, has an outside oracle.

The table is oracles.yaml. Its "numeric" cells are run here: the influence of each household is the
numerical derivative of the measure's point estimate in that household's weight, and the variance of
each design is written out a second time, from survey sampling's textbooks (Särndal, Swensson and
Wretman 1992, results 2.6, 4.3.1 and 6.6.1 and eq. 9.3.7; Lumley 2004 for single PSUs; Brewer 2002,
Hartley and Rao 1962, Yates and Grundy 1953 for unequal probabilities), sharing no code with infer/.
Each of these variances is R's, of the same households (reference/oracle_designs.R).
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
    "brewer": {"pps": "brewer"},
    "hartley_rao": {"pps": "hartley-rao"},
    "yates_grundy": {"pps": ("joint", "yates-grundy")},
    "two_phases": {"second_phase": xl.SecondPhase("drawn", strata="listed")},
}
RUN_HERE = {"numeric", "density", "refused"}
F1, F2 = np.array([0.4, 0.5, 0.3, 0.5]), 0.6
DRAWN = np.arange(48) % 4 != 1  # in the second phase, two or three of four
DRAWN[::12] = False
LISTED = np.arange(48) // 3 % 2  # its strata
CHANCE = np.array([0.6, 0.3, 0.45, 0.25, 0.4, 0.5, 0.65, 0.3, 0.35, 0.55, 0.2, 0.6])  # of PSUs
AREA = np.repeat([0, 1, 2], 4)  # strata of the draw with unequal probabilities
SAME = np.equal.outer(AREA, AREA)
JOINT = np.outer(CHANCE, CHANCE) * np.where(
    SAME, 0.82 + 0.01 * np.abs(np.subtract.outer(np.arange(12), np.arange(12))), 1.0
)
np.fill_diagonal(JOINT, CHANCE)


@cache
def homes() -> pd.DataFrame:
    """48 households; no value lies on a line, so that all is smooth nearby."""
    rng = np.random.default_rng(11)
    level = rng.normal(0, 0.3, 12)[PSU]
    table = pd.DataFrame({"y": np.exp(rng.normal(1, 0.5, 48) + level), "w": rng.uniform(2, 5, 48)})
    return table.assign(
        n=rng.integers(1, 6, 48).astype(float), z=rng.uniform(2, 5, 48), s=STRATUM, p=PSU,
        g=np.where(np.arange(48) % 3 == 0, 1.0, 0.0), u=np.arange(48), f1=F1[STRATUM], f2=F2,
        chance=CHANCE[PSU], area=AREA[PSU], drawn=DRAWN, listed=LISTED,
    )  # fmt: skip


def weights_of(design: str) -> np.ndarray:
    """The weights at which a design's figures are taken."""
    w = homes()["w"].to_numpy()
    if design == "two_phases":
        return np.where(DRAWN, w * (np.bincount(LISTED) / np.bincount(LISTED[DRAWN]))[LISTED], 0.0)
    return calibrated().to_pandas()["cw"].to_numpy() if design == "calibrated" else w


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


def influences(kind: str, design: str) -> pd.DataFrame:
    """w x d(estimate)/dw of each household, one column a measure, at the design's weights."""
    return moved(kind, design if design in {"calibrated", "two_phases"} else "")


@cache
def moved(kind: str, weighted: str) -> pd.DataFrame:
    """As `influences`: designs with the same weights have the same."""
    up, down = np.eye(48) * STEP, -np.eye(48) * STEP
    weights = weights_of(weighted)[:, None] * (1 + np.hstack([up, down]))
    found = points(weights, kind, at_kind(kind, {"numeric"}))
    return (found.iloc[:48].reset_index(drop=True) - found.iloc[48:].reset_index(drop=True)) / (
        2 * STEP
    )


def _spread(totals: np.ndarray) -> float:
    """n times the sample variance of cluster totals; 0 for a single one."""
    return len(totals) * totals.var(ddof=1) if len(totals) > 1 else 0.0


def _two_phases(z: np.ndarray) -> float:
    """Independent draws of all, then simple random ones within strata: summed over all pairs.

    Of the first phase (p_kl - p_k p_l) / p_kl is one for a unit with itself (drawn from very
    many), zero for two.
    """
    stratum, many = LISTED[DRAWN], np.bincount(LISTED[DRAWN]).astype(float)
    unsampled = (1 - many / np.bincount(LISTED))[stratum]
    first = np.eye(len(stratum))
    second = -(unsampled / (many[stratum] - 1))[:, None] * np.equal.outer(stratum, stratum)
    np.fill_diagonal(second, unsampled)
    return z[DRAWN] @ (first + second - first * second) @ z[DRAWN]


def _unequal(totals: np.ndarray, design: str) -> float:
    """Of PSUs' totals over their probabilities; strata of four."""
    if design == "brewer":
        off = totals - np.repeat(totals.reshape(3, 4).mean(axis=1), 4)
        return float(4 / 3 * ((1 - CHANCE) * off**2).sum())
    if design == "hartley_rao":  # (p_ij - p_i p_j) / p_ij, with q estimated by the mean of p
        q = np.repeat(CHANCE.reshape(3, 4).mean(axis=1), 4)
        rates = (1 - (4 - np.add.outer(CHANCE, CHANCE) + q[:, None]) / 3) * SAME
        np.fill_diagonal(rates, 1 - CHANCE)
        return float(totals @ rates @ totals)
    rates = (np.outer(CHANCE, CHANCE) - JOINT) / JOINT
    return float((rates * np.subtract.outer(totals, totals) ** 2).sum() / 2)


def variance(z: np.ndarray, design: str) -> float:
    """The variance of a total of influences under a design."""
    if design == "census":
        return 0.0
    if design == "units":
        return _spread(z)
    if design == "two_phases":
        return _two_phases(z)
    totals = np.bincount(PSU, z)
    if "pps" in DESIGNS[design]:
        return _unequal(totals, design)
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
    more = DESIGNS[design]
    if "strata" in more:
        more = {"lonely": "remove", **more}
    if "pps" in more:
        joint = pd.DataFrame(JOINT, columns=[str(p) for p in range(12)])
        joint.insert(0, "id", np.arange(12))
        pps = xl.Pps(*more["pps"], joint=joint) if design == "yates_grundy" else more["pps"]
        more = {"strata": "area", "psu": "p", "fpc": "chance", "pps": pps}
    return xl.estimate(
        homes(), list(measures), welfare="y", line=line_of(kind),
        design=xl.Design(weight="w", size="n", **more),
    )  # fmt: skip


def has_cell(measure: str, kind: str, cell: str) -> bool:
    """Whether a measure's cell at a kind of line is of this sort."""
    own = TABLE["measures"][measure]
    return own.get(kind, own["cells"]) == cell


R = pd.read_csv(Path(__file__).parent / "reference" / "oracle_designs.csv")


@pytest.mark.parametrize("design", [d for d in DESIGNS if d != "census"])
def test_the_variance_of_each_design_is_rs(design):
    """Of totals: what is written out above, and by the house."""
    table, w = homes(), weights_of(design)
    for column, z in {"y": w * table["y"], "z": w * table["z"], "g": w * table["g"]}.items():
        known = float(R[(R["design"] == design) & (R["column"] == column)]["se"].iloc[0])
        used = residuals(z.to_numpy()) if design == "calibrated" else z.to_numpy()
        near = 1e-8 * z.sum()
        assert np.sqrt(variance(used, design)) == pytest.approx(known, rel=1e-10, abs=near), column


@pytest.mark.parametrize("kind", TABLE["lines"])
@pytest.mark.parametrize("design", DESIGNS)
def test_standard_errors_are_the_designs_variance_of_numerical_influences(design, kind):
    found = estimates(kind, design, at_kind(kind, {"numeric"}))
    tried = 0
    for measure in at_kind(kind, {"numeric"}):
        if not has_cell(measure, kind, "numeric"):
            continue
        name = named(measure).name
        z = influences(kind, design)[name].to_numpy()
        z = residuals(z) if design == "calibrated" else z
        wanted = np.sqrt(variance(z, design))
        got = found.find(measure=name)
        near = 1e-10 * abs(got.estimate)  # what was calibrated to has no error
        if np.isnan(wanted) and "below zero" in got.reason:
            assert np.isnan(got.se), (measure, kind)
            continue
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
