"""More reference files as jobs: convey, survey, vardpoor, replicates, calibration, inequality."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import exitline as xl
from benchmarks.parity import names
from benchmarks.parity.references import PEERS, label_of, rows, survey
from benchmarks.parity.wanted import Job, Wanted, values

PLAIN = {"estimate": "estimate", "se": "se", "df": "df"}
ALBANIA = {"weight": "weight", "size": "capita", "strata": "strat", "psu": "psu"}
VIETNAM = {"size": "hhsize", "strata": "urban", "psu": "commune"}
ABOVE_ZERO = {"ge", "mld", "theil", "atkinson", "lorenz"}
"""What convey's figures take over welfare above zero, where exitline's exist at zero as well."""
GHANA = {"weight": "weight", "size": "size", "strata": "region", "psu": "clust"}


def convey(data: Path, reference: Path) -> Iterator[Job]:
    """surveys/convey and albania-2012: convey's measures over all and by domain."""
    cases: list[tuple[Path, Any, str, Mapping[str, Any]]] = [
        (reference / "surveys/convey/ghana.csv", "ghana", "inc_pc", GHANA),
        (reference / "surveys/convey/vietnam.csv", "vietnam", "exp_pc", VIETNAM),
        (reference / "albania-2012/convey.csv", "albania", "rcons", ALBANIA),
    ]
    for path, name, welfare, design in cases:
        found = rows(path)
        if found:
            table = albania(data) if name == "albania" else survey(data, name)
            yield from conveyed(found, name, table, welfare, design)


def conveyed(
    found: Iterable[Mapping[str, str]], name: str, table: Any, welfare: str,
    design: Mapping[str, Any],
) -> Iterator[Job]:  # fmt: skip
    """Lines of a file of convey's results as one job, and svyciprop's limits as two more."""
    wanted, lines = [], {}
    limits: dict[str, dict[str, float]] = defaultdict(dict)
    quantiles: dict[str, dict[str, float]] = defaultdict(dict)
    for row in found:
        stat, params = row["stat"], row["params"]
        if stat.endswith("dec"):
            continue  # a decomposition: `parts`
        if stat.startswith("ciprop"):
            _, method, side = stat.split("_")
            limits[method][side] = float(row["estimate"])
        elif stat.startswith("quantile"):
            part = {"quantile": "estimate", "quantile_ci_low": "low", "quantile_ci_high": "high"}
            quantiles[params.split()[1]][part[stat]] = float(row["estimate"])
        elif stat == "deff":
            measure, line = ("mean", "") if "mean rcons" in params else ("headcount", "4891.0")
            wanted.append(Wanted(measure, {"deff": float(row["estimate"])}, line))
        else:
            measure, line = names.of_convey(stat, params, row["component"])
            label = label_of(line)
            lines |= {label: line} if label else {}
            wanted.append(Wanted(measure, values(row, PLAIN), label, row["by"], row["domain"]))
    wanted += [Wanted(f"quantile({p})", v) for p, v in quantiles.items()]
    lines |= {"4891.0": 4891.0} if name == "albania" else {}
    positive = tuple(w for w in wanted if w.family in ABOVE_ZERO)
    others = tuple(w for w in wanted if w.family not in ABOVE_ZERO)
    yield Job(name, PEERS["convey"], table, others, welfare, design, lines, {"deff": True})
    above = {"where": f"{welfare} > 0"}
    yield Job(name, PEERS["convey"], table, positive, welfare, design, {}, above)
    for method, both in limits.items():
        yield Job(
            name, f"{PEERS['survey']} svyciprop {method}", table,
            (Wanted("headcount", both, "4891.0"),), welfare, design, lines,
            {"interval": "logit" if method == "xlogit" else method},
        )  # fmt: skip


def albania(data: Path) -> pd.DataFrame:
    """Albania 2012 with the size that the references use."""
    homes = pd.read_csv(data / "albania-2012" / "lival.csv")
    return homes.assign(capita=(0.07527689 * homes.totcons / homes.rcons).round())


def gender_pay_gap(data: Path, reference: Path) -> Iterator[Job]:
    """surveys/convey/ses_gpg.csv."""
    found = rows(reference / "surveys/convey/ses_gpg.csv")
    wanted = tuple(
        Wanted("pay_gap(earningsHour, female)", values(r, PLAIN), "", r["by"], r["domain"])
        for r in found
    )
    design = {"weight": "weights", "strata": "stratum", "psu": "IDunit", "nest": True}
    if wanted:
        table = survey(data, "ses")
        table = table.assign(female=(table["sex"] == "female").astype(float))
        yield Job("ses", PEERS["convey"], table, wanted, "earningsHour", design)


def quantiles(data: Path, reference: Path) -> Iterator[Job]:
    """surveys/survey/quantiles.csv: svyquantile by rule, kind of interval and level."""
    designs = {
        "nhis (ties)": ("nhis", {"weight": "svywt", "strata": "stratum", "psu": "psu",
                                 "nest": True}),
        "ghana (zeros)": ("ghana", GHANA),
        "vietnam": ("vietnam", VIETNAM),
    }  # fmt: skip
    groups: dict[tuple[str, ...], list[dict[str, str]]] = defaultdict(list)
    for row in rows(reference / "surveys/survey/quantiles.csv"):
        groups[row["data"], row["variable"], row["qrule"], row["interval"], row["level"]].append(
            row
        )
    for (name, variable, rule, interval, level), found in groups.items():
        if name not in designs:
            continue
        parts = {**PLAIN, "low": "low", "high": "high"}
        wanted = tuple(
            Wanted(_quantile(float(r["p"]), rule, interval), values(r, parts), "", r["by"],
                   r["domain"])
            for r in found
        )  # fmt: skip
        source, design = designs[name]
        peer = f"{PEERS['survey']} svyquantile {rule} {interval}"
        options = {"level": float(level)}
        yield Job(source, peer, survey(data, source), wanted, variable, design, {}, options)


def _quantile(p: float, rule: str, interval: str) -> str:
    """A quantile with its rule and interval, as far as they are not the usual ones."""
    more = "" if rule == "math" else f", rule={rule!r}"
    more += "" if interval == "mean" else f", interval={interval!r}"
    return f"quantile({p:g}{more})"


def proportions(data: Path, reference: Path) -> Iterator[Job]:
    """surveys/survey/proportions.csv: svyciprop, seven methods, three levels."""
    groups: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in rows(reference / "surveys/survey/proportions.csv"):
        if row["data"].startswith("nhanes_raw"):
            groups[row["method"], row["level"]].append(row)
    if not groups:
        return
    table = survey(data, "nhanes_raw")
    design = {"weight": "WTMEC2YR", "strata": "SDMVSTRA", "psu": "SDMVPSU", "nest": True}
    for (method, level), found in groups.items():
        parts = {**PLAIN, "low": "low", "high": "high"}
        wanted = tuple(
            Wanted("proportion(HI_CHOL, 1)", values(r, parts), "", r["by"], r["domain"])
            for r in found
        )
        yield Job(
            "nhanes_raw", f"{PEERS['survey']} svyciprop {method}", table, wanted, None, design, {},
            {"interval": "logit" if method == "xlogit" else method, "level": float(level)},
        )  # fmt: skip


def design_effects(data: Path, reference: Path) -> Iterator[Job]:
    """surveys/survey/estimates.csv: means and totals with deff = TRUE (not "replace")."""
    nhis = {"weight": "svywt", "strata": "stratum", "psu": "psu", "nest": True}
    ses = {"weight": "weights", "strata": "stratum", "psu": "IDunit", "nest": True}
    cases = {"ghana": ("inc_pc", GHANA), "ses": ("earningsHour", ses), "nhis": ("age", nhis),
             "vietnam": ("exp_pc", VIETNAM)}  # fmt: skip
    found = [r for r in rows(reference / "surveys/survey/estimates.csv") if r["deff"]]
    for name, (welfare, design) in cases.items():
        form = "deff=replace" if name == "vietnam" else "deff=TRUE"
        mine = [r for r in found if r["data"] == name and r["params"] == form]
        parts = {**PLAIN, "deff": "deff"}
        wanted = tuple(Wanted(r["stat"], values(r, parts), "", r["by"], r["domain"]) for r in mine)
        if wanted:
            table, options = survey(data, name), {"deff": True}
            yield Job(name, PEERS["survey"], table, wanted, welfare, design, {}, options)


def variances(data: Path, reference: Path) -> Iterator[Job]:
    """surveys/survey/estimates.csv: svyvar."""
    nhis = {"weight": "svywt", "strata": "stratum", "psu": "psu", "nest": True}
    ses = {"weight": "weights", "strata": "stratum", "psu": "IDunit", "nest": True}
    cases = {"ghana": ("inc_pc", GHANA), "ses": ("earningsHour", ses), "nhis": ("age", nhis)}
    found = rows(reference / "surveys/survey/estimates.csv")
    for name, (welfare, design) in cases.items():
        wanted = tuple(
            Wanted("variance", values(r, {"estimate": "estimate", "se": "se"}))
            for r in found if (r["data"], r["stat"]) == (name, "variance")
        )  # fmt: skip
        if wanted:
            yield Job(name, PEERS["survey"], survey(data, name), wanted, welfare, design)


def two_phases(data: Path, reference: Path) -> Iterator[Job]:
    """surveys/survey/twophase.csv: Wilms' tumour cases, all relapses and a sample of others."""
    found = [r for r in rows(reference / "surveys/survey/twophase.csv")
             if r["params"] in ("twophase full", "twophase approx")]  # fmt: skip
    for method in ("full", "approx"):
        mine = [r for r in found if r["params"].endswith(method)]
        wanted = tuple(
            Wanted(
                f"{r['stat']}({r['component']})", values(r, {"estimate": "estimate", "se": "se"})
            )
            for r in mine
        )
        if wanted:
            table = survey(data, "nwtco").rename(columns={"in.subcohort": "subcohort"})
            strata = ("rel", "instit")
            second = xl.SecondPhase("incc2", strata=strata, method=method)  # type: ignore[arg-type]
            design = xl.Design(psu="seqno", second_phase=second)
            yield Job("nwtco", f"{PEERS['survey']} twophase {method}", table, wanted, None, design)


def vardpoor(data: Path, reference: Path) -> Iterator[Job]:
    """surveys/vardpoor: Eurostat's definitions on persons with income above zero."""
    name = {"ARPR": "at_risk_rate", "ARPT": "at_risk_threshold", "GINI": "gini",
            "POORMED": "median_of_poor", "QSR": "quintile_ratio",
            "RMPG": "relative_median_gap"}  # fmt: skip
    wanted = []
    for row in rows(reference / "surveys/vardpoor/laeken_indicators.csv"):
        share = 100.0 if row["type"] in {"ARPR", "GINI", "RMPG"} else 1.0
        value = float(row["value_eu"] or row["value"]) / share
        parts = {"estimate": value, "se": float(row["se"]) / share}
        wanted.append(Wanted(name[row["type"]], parts, "", row["by"], row["domain"]))
    if wanted:
        table = survey(data, "eusilcS").query("eqinc > 0")
        design = {"weight": "rb050", "strata": "db040", "psu": "db030"}
        yield Job("eusilcS", PEERS["vardpoor"], table, tuple(wanted), "eqinc", design)


def replicates(data: Path, reference: Path) -> Iterator[Job]:
    """surveys/replicates: vietnam, all measures by replicate design."""
    folder = reference / "surveys/replicates"
    found = [r for r in rows(folder / "results.csv") if r["replicates"].startswith("vietnam")]
    scales = rows(folder / "vietnam_scales.csv")
    kinds = dict.fromkeys(r["replicates"] for r in found if "read as" not in r["replicates"])
    for kind in kinds:
        label = kind.removeprefix("vietnam ").removesuffix(" mse")
        name = label.split()[0]
        path = folder / f"vietnam_multipliers_{name}.parquet"
        if not path.exists():
            continue
        table, columns = _replicated(data, path)
        mine = [s for s in scales if s.get("replicates", s.get("design", "")) == name]
        mse = kind.endswith("mse")
        kind_of = {"mrbbootstrap": "other", "bootstrap": "bootstrap"}.get(name, name)
        design = {"size": "hhsize", "replicates": columns, "kind": kind_of, "mse": mse}
        if mine:
            rscales = [float(s["rscales"]) for s in mine]
            design |= {"scale": float(mine[0]["scale"]), "rscales": rscales}
        wanted, lines = [], {}
        for row in (r for r in found if r["replicates"] == kind):
            measure, line, part = names.of_replicates(row["stat"], row["component"], 1790.0)
            text = label_of(line)
            lines |= {text: line} if text else {}
            parts = values(row, PLAIN)
            if part != "estimate":
                parts = {part: parts["estimate"]}
            if "replicate variance of the quantile" in row["stat"]:
                measure = measure.replace(")", ", interval='replicates')")
            wanted.append(Wanted(measure, parts, text, row["by"], row["domain"]))
        yield Job(
            "vietnam", f"{PEERS['survey']} {label}{' mse' if mse else ''}", table,
            tuple(wanted), "exp_pc", design, lines,
        )  # fmt: skip


def _replicated(data: Path, path: Path) -> tuple[pd.DataFrame, list[str]]:
    """Vietnam with its replicate weights: a household's multiplier is its commune's."""
    homes, multipliers = survey(data, "vietnam"), pd.read_parquet(path)
    columns = [c for c in multipliers.columns if c.startswith("m")]
    table = homes.merge(multipliers[["commune", *columns]], on="commune", how="left")
    return table.assign(poor=(table["exp_pc"] < 1790).astype(float)), columns


def inequality(_data: Path, reference: Path) -> Iterator[Job]:
    """inequality: the Ilocos incomes, unweighted, by the package ineq (points only)."""
    found = rows(reference / "inequality/results_ilocos.csv")
    if not found:
        return
    table = pd.read_csv(reference / "inequality/Ilocos.csv")
    wanted, lines = [], {}
    for row in found:
        stat, params = row["stat"], row["params"]
        value, line = {"estimate": float(row["estimate"])}, ""
        last = params.rpartition("=")[2]
        if stat == "Gini" and params == "corr=FALSE":
            measure = "gini"
        elif stat == "Theil/entropy":
            measure = f"ge({last})"
        elif stat == "Atkinson":
            measure = f"atkinson({last})"
        elif params.startswith("k="):
            line = params.partition(";")[0].removeprefix("k=")
            lines[line] = float(line)
            foster = {"1": "headcount", "2": "poverty_gap", "3": "severity"}
            measure = foster[last] if stat == "Foster" else stat.lower()
        elif stat == "Kolm":
            thousands = table.assign(income=table["income"] / 1000)  # as the reference has them
            own = (Wanted("kolm(1)", value),)
            yield Job("ilocos, thousands", "ineq 0.2-13", thousands, own, "income")
            continue
        else:
            continue
        wanted.append(Wanted(measure, value, line))
    yield Job("ilocos", "ineq 0.2-13", table, tuple(wanted), "income", {}, lines)


def schools(data: Path, reference: Path) -> Iterator[Job]:
    """api: California's school samples under seven designs, and single-PSU strata."""
    yield from schools_in(reference / "api")
    del data


API = {
    "srs": ("apisrs", {"fpc": "fpc"}),
    "strat": ("apistrat", {"strata": "stype", "fpc": "fpc"}),
    "strat_nofpc": ("apistrat", {"strata": "stype"}),
    "clus1": ("apiclus1", {"psu": "dnum", "fpc": "fpc"}),
    "clus1_nofpc": ("apiclus1", {"psu": "dnum"}),
    "clus2": ("apiclus2", {"psu": ["dnum", "snum"], "fpc": ["fpc1", "fpc2"]}),
    "clus2_wr": ("apiclus2", {"psu": ["dnum", "snum"]}),
}


def schools_in(folder: Path) -> Iterator[Job]:
    """As `schools`, from a folder that holds its samples and results."""
    found = rows(folder / "design_estimates.csv")
    for name, (sample, design) in API.items():
        path = folder / f"{sample}.csv"
        if not path.exists():
            continue
        table = pd.read_csv(path)
        for kind in "EHM":
            table[f"stype{kind}"] = (table["stype"] == kind).astype(float)
        table["yes"] = np.where(table["comp.imp"] == "Yes", "Yes", "No")
        by_welfare: dict[str, list[Wanted]] = defaultdict(list)
        for row in (r for r in found if r["params"].split(";")[0] == name):
            for welfare, wanted in _school(row):
                by_welfare[welfare].append(wanted)
        for welfare, wanted in by_welfare.items():
            yield Job(
                f"api {name}", PEERS["survey"], table, tuple(wanted),
                None if "/" in welfare else welfare,
                {"weight": "pw", **design}, {}, {"deff": True},
            )  # fmt: skip


def _school(row: Mapping[str, str]) -> Iterator[tuple[str, Wanted]]:
    """One line of the schools' results: whose welfare, and what is wanted."""
    stat, component, where = row["stat"], row["component"], row["params"].partition(";")[2]
    parts = values(row, {"estimate": "estimate", "se": "se", "deff": "deff"})
    if stat in {"mean", "total"} and not where:
        yield component, Wanted(stat, parts)
    elif stat in {"mean", "total"} and where == "by stype":
        yield "api00", Wanted(stat, parts, "", "stype", row["domain"])
    elif stat == "mean":
        yield "api00", Wanted(stat, parts, "", "yes", "Yes")
    elif stat in {"prop", "count"}:
        spelled = {"prop": f"share_of('{component}')",
                   "count": f"count_of('{component}', name='{component} counted')"}  # fmt: skip
        yield "api00", Wanted(spelled[stat], parts)
    elif stat == "ratio":
        top, _, bottom = component.partition("/")
        yield component, Wanted(f"ratio('{top}', '{bottom}')", parts)
    elif stat in {"quantile", "q_lo", "q_hi"}:
        part = {"quantile": "estimate", "q_lo": "low", "q_hi": "high"}[stat]
        own = parts if part == "estimate" else {part: parts["estimate"]}
        yield "api00", Wanted(f"quantile({component})", own)
