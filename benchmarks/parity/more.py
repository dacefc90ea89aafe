"""The rest of the references as jobs: replicates of Albania, deprivations, grouped data, pairs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import exitline as xl
from benchmarks.parity.others import ALBANIA, GHANA, albania
from benchmarks.parity.references import PEERS, rows, survey
from benchmarks.parity.wanted import Job, Key, Wanted, number, values

PLAIN = {"estimate": "estimate", "se": "se", "df": "df"}
ALBANIAN: Mapping[str, tuple[str, Any]] = {
    "mean rcons": ("mean", None), "headcount 4891": ("headcount", 4891.0),
    "total poor": ("poor_count", 4891.0), "fgt1 4891": ("poverty_gap", 4891.0),
    "gini": ("gini", None), "arpr": ("at_risk_rate", None), "arpt": ("at_risk_threshold", None),
    "qsr": ("quintile_ratio(rule='convey')", None), "median": ("quantile(0.5)", None),
    "headcount 4891 by urban": ("headcount", 4891.0),
}  # fmt: skip


def albanian_replicates(data: Path, reference: Path) -> Iterator[Job]:
    """replicates: Albania under JKn (mse or not) and 50 subbootstrap replicates."""
    folder = reference / "replicates"
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows(folder / "results.csv"):
        found[row["replicates"]].append(row)
    for kind, mine in found.items():
        homes = albania(data)
        if kind == "subbootstrap":
            times = pd.read_csv(folder / "subbootstrap50_psu_multipliers.csv")
            columns = [c for c in times if c.startswith("m")]
            table = homes.merge(times, on="psu", suffixes=("", "_of_psu"))
            table[columns] = table[columns].mul(table["weight"], axis=0)
            scale = pd.read_csv(folder / "subbootstrap50_scales.csv")["scale"].iloc[0]
            design: Any = {"weight": "weight", "size": "capita", "replicates": columns,
                           "kind": "subbootstrap", "scale": float(scale)}  # fmt: skip
        else:
            given = xl.Design(**ALBANIA)
            made = xl.replicate_weights(homes, given, "JKn", mse=kind.endswith("mse"))
            table, design = made.to_pandas(), made.design
        wanted, lines = [], {}
        for row in mine:
            measure, line = ALBANIAN[row["stat"]]
            label = "" if line is None else str(line)
            lines |= {label: (line, "<=")} if label else {}
            urban = row["stat"].endswith("by urban")
            place = ("urban", row["domain"]) if urban else ("", "")
            parts = values(row, {k: v for k, v in PLAIN.items() if not (urban and k == "df")})
            wanted.append(Wanted(measure, parts, label, *place))
        yield Job("albania", f"{PEERS['survey']} {kind}", table, tuple(wanted), "rcons", design,
                  lines)  # fmt: skip


def pairs(data: Path, reference: Path) -> Iterator[Job]:
    """surveys/survey/estimates.csv: covariances of domain means, design effects by replacement."""
    nhis = {"weight": "svywt", "strata": "stratum", "psu": "psu", "nest": True}
    ses = {"weight": "weights", "strata": "stratum", "psu": "IDunit", "nest": True}
    cases = {"ghana": ("inc_pc", GHANA), "ses": ("earningsHour", ses), "nhis": ("age", nhis)}
    found = [r for r in rows(reference / "surveys/survey/estimates.csv")
             if r["stat"] == "covariance of domain means"]  # fmt: skip
    for name, (welfare, design) in cases.items():
        mine = [r for r in found if r["data"] == name]
        if not mine:
            continue
        table, by = survey(data, name), mine[0]["by"]
        wanted = tuple(Wanted("covariance of means", values(r, {"estimate": "estimate"}), "", by,
                              r["domain"]) for r in mine)  # fmt: skip
        yield Job(name, PEERS["survey"], None, wanted,
                  call=_covariances(table, welfare, design, by, mine))  # fmt: skip


def _covariances(table: Any, welfare: str, design: Any, by: str, mine: Any) -> Any:
    """Covariances of two domains' means: from the variances of each and of their difference."""

    def call() -> Mapping[Key, Any]:
        found = xl.estimate(table, "mean", welfare=welfare, design=xl.Design(**design), by=by)
        figures: dict[Key, Any] = {}
        for row in mine:
            a, b = ({"by": by, "domain": d} for d in row["domain"].split(":"))
            apart = found.difference(a, b).se ** 2
            own = found.find(**a).se ** 2 + found.find(**b).se ** 2
            covariance = (own - apart) / 2
            figures["covariance of means", "", by, row["domain"]] = {
                "estimate": 0.0 if abs(covariance) < 1e-12 * own else covariance
            }
        return figures

    return call


DEPRIVED = {
    "edu": ["d_edu"], "health": ["d_health"], "social": ["d_social"], "food": ["d_food"],
    "housing": ["d_quality", "d_services"],
}  # fmt: skip
IMAGINED = {
    "education": ["d_school"], "work": ["d_work", "d_food"],
    "living": ["d_elec", "d_water", "d_toilet", "d_crowd"],
}  # fmt: skip
COUNTED = {"hd": "uncensored", "hdk": "censored", "actb": "contribution",
           "pctb": "contribution_share"}  # fmt: skip


def deprivations(data: Path, reference: Path) -> Iterator[Job]:
    """mpitbR's figures on the imaginary country and on mexico."""
    path = reference / "mpi-imaginary"
    if (path / "mpitbR.csv").exists():
        design = xl.Design(weight="weight", strata="stratum", psu="ea")
        table = pd.read_csv(path / "input.csv")
        yield _counted("imaginary country", rows(path / "mpitbR.csv"), table, IMAGINED, design)
    path = reference / "surveys/mpi/mexico_t2_equal.csv"
    if path.exists():
        homes = survey(data, "mexico")
        design = xl.Design(weight="weight", strata="stratum", psu="psu")
        yield _counted("mexico", rows(path), homes[homes["t"] == 2], DEPRIVED, design)


def _counted(name: str, found: Any, table: Any, indicators: Any, design: Any) -> Job:
    """One file of mpitbR's."""
    cuts = sorted({int(r["k"]) for r in found if r["k"]})
    wholes = {"nat", "national"}
    wanted = []
    for row in found:
        parts = values(row, {"estimate": "b", "se": "se"})
        cut = f"{int(row['k']) / 100:g}" if row["k"] else ""
        label = f"{COUNTED.get(row['measure'], row['measure'])}: {row['indicator']}"
        place = ("", "") if row["loa"] in wholes else (row["loa"], row["subg"])
        wanted.append(Wanted(label, parts, cut, *place))
    by = list(dict.fromkeys(w.by for w in wanted if w.by))

    def call() -> Mapping[Key, Any]:
        figures: dict[Key, Any] = {}
        made = xl.mpi(table, indicators, k=[c / 100 for c in cuts], design=design, by=by)
        for r in made.to_pandas().to_dict("records"):
            what = str(r["measure"]).removeprefix("dimension_")
            part = r["dimension"] if what != r["measure"] else r["indicator"]
            figures[f"{what}: {part}", str(r["line"]), str(r["by"]), str(r["domain"])] = {
                "estimate": r["estimate"],
                "se": r["se"],
            }
        return figures

    return Job(name, "mpitbR 1.0.1", None, tuple(wanted), call=call)


FITS = {"lq": "quadratic", "lb": "beta"}
CURVES = {"A": "a", "B": "b", "C": "c", "theta": "theta", "gamma": "gamma", "delta": "delta"}


def curves(_data: Path, reference: Path) -> Iterator[Job]:
    """surveys/grouped/exact.csv: curves and figures solved exactly."""
    folder = reference / "surveys/grouped"
    if not (folder / "exact.csv").exists():
        return
    points = pd.read_csv(folder / "input.csv")
    asked: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows(folder / "exact.csv"):
        if "is_" not in row["stat"] and "slope" not in row["stat"]:
            asked[row["table"]].append(row)
    for name, mine in asked.items():
        own = points[points["table"] == name]
        wanted = tuple(
            Wanted(f"{FITS[r['fit']]}: {r['stat']}", {"estimate": number(r["value"])},
                   r["z_over_mean"])
            for r in mine
        )  # fmt: skip
        yield Job(name, "solved exactly", None, wanted, call=_fitted(own, mine))


def _fitted(points: pd.DataFrame, asked: Any) -> Any:
    """Figures of one table's curves."""

    def call() -> Mapping[Key, Any]:
        data = xl.grouped(population=points["P"], lorenz=points["L"],
                          mean=points["mean"].iloc[0], curves=("quadratic", "beta"))  # fmt: skip
        figures: dict[Key, Any] = {}
        for row in asked:
            curve, stat = FITS[row["fit"]], row["stat"]
            fit = data.fits[curve]
            if stat in CURVES:
                found = fit.curve.parameters[CURVES[stat]]
            elif stat.startswith("deciles"):
                k = int(stat.removeprefix("deciles"))
                share = f"share({(k - 1) / 10}, {k / 10})"
                found = data.estimate(share, curve=curve).estimate
            else:
                measure = "severity" if stat == "poverty_severity" else stat
                ratio = number(row["z_over_mean"])
                line = None if np.isnan(ratio) else ratio * fit.mean
                found = data.estimate(measure, line, curve=curve).estimate
            figures[f"{curve}: {stat}", row["z_over_mean"], "", ""] = {"estimate": found}
        return figures

    return call
