"""Calibrated weights as jobs: bigcity_cal, the school samples, strata with one school."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

import exitline as xl
from benchmarks.parity.references import PEERS, rows, survey
from benchmarks.parity.wanted import Job, Wanted, values

PLAIN = {"estimate": "estimate", "se": "se", "df": "df"}
CITY = {"weight": "weight", "strata": "Stratum", "psu": "PSU"}
ZONE = {"Rural": 19174, "Urban": 22116}
SIZE = {"1-2": 11704, "3-4": 18382, "5+": 11204}
SEX = {"Female": 15068, "Male": 26222}
CROSSED = {
    ("Rural", "1-2"): 5188, ("Rural", "3-4"): 8284, ("Rural", "5+"): 5702,
    ("Urban", "1-2"): 6516, ("Urban", "3-4"): 10098, ("Urban", "5+"): 5502,
}  # fmt: skip
SPENT = 13849614.039999999
MARGINS = {"Zone": ZONE, "sizegr": SIZE}
PERSONS = {**MARGINS, "size": 150266, "kids": 39344}
CITY_CALLS: Mapping[str, tuple[Any, dict[str, Any]]] = {
    "post_Zone_sizegr": ({("Zone", "sizegr"): CROSSED}, {"method": "poststratify"}),
    "rake_Zone_sizegr_headsex": ({**MARGINS, "headsex": SEX}, {"regression": "unweighted"}),
    "linear_margins": (MARGINS, {"method": "linear"}),
    "linear_persons": (PERSONS, {"method": "linear"}),
    "raking_persons": (PERSONS, {"method": "raking"}),
    "logit_persons": (PERSONS, {"method": "logit", "bounds": (0.85, 1.12)}),
    "linear_bounded": (PERSONS, {"method": "linear", "bounds": (0.92, 1.06)}),
    "ratio_expenditure": (
        {"Expenditure": SPENT}, {"method": "linear", "variance": "Expenditure"},
    ),
    "linear_expenditure": ({"(all)": 41290, "Expenditure": SPENT}, {"method": "linear"}),
    "linear_psu_stage": (
        {"Zone": ZONE, "size": 150266}, {"method": "linear", "within": ("Stratum", "PSU")},
    ),
}  # fmt: skip
CITY_MEASURES = {
    "mean Income": ("Income", "mean", None),
    "total Income": ("Income", "total", None),
    "households": ("Income", "count", None),
    "persons": ("size", "total", None),
    "total kids": ("kids", "total", None),
    "headcount of households <250": ("Income", "headcount", (250.0, "<")),
    "headcount of persons <250": ("Income", "ratio(poor_persons, size)", None),
    "gap of persons": ("Income", "ratio(gap_persons, size)", None),
    "Expenditure/Income": ("Income", "ratio(Expenditure, Income)", None),
    "median Income": ("Income", "quantile(0.5)", None),
    "median Income Woodruff": ("Income", "quantile(0.5)", None),
    "gini Income (households)": ("Income", "gini", None),
    "fgt1 250 (households)": ("Income", "poverty_gap", 250.0),
    "headcount 0.6 median (households)": (
        "Income", "headcount", {"share": 0.6, "of": "median", "boundary": "<="},
    ),
    "qsr (households)": ("Income", "quintile_ratio(rule='convey')", None),
    "theil (households)": ("Income", "theil", None),
}  # fmt: skip
STYPE = {"E": 4421, "H": 755, "M": 1018}
API99 = {"stype": STYPE, "api99": 3914069}
SCHOOL_CALLS: Mapping[str, tuple[Any, dict[str, Any]]] = {
    "post": ({"stype": STYPE}, {"method": "poststratify"}),
    "rake": (
        {"stype": STYPE, "sch.wide": {"No": 1072, "Yes": 5122}}, {"regression": "unweighted"},
    ),
    "lin_stype": ({"stype": STYPE}, {"method": "linear"}),
    "lin_api99": (API99, {"method": "linear"}),
    "raking_api99": (API99, {"method": "raking"}),
    "logit_api99": (API99, {"method": "logit", "bounds": (0.5, 2)}),
    "linbound_api99": (API99, {"method": "linear", "bounds": (0.7, 1.6)}),
}  # fmt: skip


def city(data: Path) -> pd.DataFrame:
    """bigcity_cal with what its ratios need."""
    homes = survey(data, "bigcity_cal")
    short = (250 - homes["Income"]).clip(lower=0) / 250
    return homes.assign(
        poor_persons=(homes["Income"] < 250) * homes["size"] * 1.0,
        gap_persons=short * homes["size"],
    )


def calibrated(data: Path, reference: Path) -> Iterator[Job]:
    """surveys/calibration: estimates under each calibration, and the weights themselves."""
    folder = reference / "surveys/calibration"
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows(folder / "estimates.csv"):
        if row["design"] == "wr":
            found[row["calibration"]].append(row)
    if not found:
        return
    table = city(data)
    weights = pd.read_parquet(folder / "weights.parquet").set_index("HHID")
    given = xl.Design(**CITY)
    for name, mine in found.items():
        peer = f"{PEERS['survey']} {name}"
        if name == "none":
            yield from _city(mine, peer, table, given)
            continue
        if name == "logit_bounds_abs":
            continue  # known.REFUSED says why
        if name.startswith("trim"):
            base = xl.calibrate(table, given, PERSONS, method="linear")
            done = (
                xl.trim_weights(base.to_pandas(), base.design, lower=3, upper=90, strict=True)
                if name == "trim_strict"
                else xl.trim_weights(table, given, lower=3, upper=90)
            )
        else:
            totals, options = CITY_CALLS[name]
            done = xl.calibrate(table, given, totals, **options)
        made = done.to_pandas()
        theirs = weights[name].reindex(made["HHID"]).tolist()
        yield held_weights("bigcity_cal", peer, made[done.design.weight].tolist(), theirs)
        yield from _city(mine, peer, made, done.design)


def held_weights(name: str, peer: str, ours: list[float], theirs: list[float]) -> Job:
    """A column of weights, row by row."""
    wanted = tuple(Wanted("weight", {"estimate": t}, "", "row", str(i))
                   for i, t in enumerate(theirs))  # fmt: skip
    figures = {("weight", "", "row", str(i)): {"estimate": o} for i, o in enumerate(ours)}
    return Job(name, peer, None, wanted, call=lambda: figures)


def _city(found: Iterable[Mapping[str, str]], peer: str, table: Any, design: Any) -> Iterator[Job]:
    """The estimates of one calibration, a job for each column of welfare."""
    wanted: dict[str, list[Wanted]] = defaultdict(list)
    lines: dict[str, Any] = {}
    for row in found:
        welfare, measure, line = CITY_MEASURES[row["stat"]]
        label = "" if line is None else str(line)
        lines |= {label: line} if label else {}
        parts = values(row, PLAIN)
        if row["component"] in {"low", "high"}:
            parts = {row["component"]: parts["estimate"]}
        wanted[welfare].append(Wanted(measure, parts, label, row["by"], row["domain"]))
    for welfare, own in wanted.items():
        asked = lines if welfare == "Income" else {}
        yield Job("bigcity_cal", peer, table, tuple(own), welfare, design, asked)


def calibrated_schools(_data: Path, reference: Path) -> Iterator[Job]:
    """api: calibrated estimates of three designs, and the weights of two."""
    folder = reference / "api"
    designs = {
        "clus1": {"psu": "dnum", "fpc": "fpc"},
        "strat": {"strata": "stype", "fpc": "fpc"},
        "clus2": {"psu": ["dnum", "snum"], "fpc": ["fpc1", "fpc2"]},
    }
    found: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in rows(folder / "calibration_estimates.csv"):
        sample, call = row["params"].split(";")[:2]
        found[sample, call].append(row)
    for (sample, call), mine in found.items():
        table = pd.read_csv(folder / f"api{sample}.csv")
        for kind in "EHM":
            table[f"stype{kind}"] = (table["stype"] == kind).astype(float)
        totals, options = SCHOOL_CALLS[call]
        given = xl.Design(weight="pw", **designs[sample])
        done = xl.calibrate(table, given, totals, **options)
        made, peer = done.to_pandas(), f"{PEERS['survey']} {call}"
        path = folder / f"calibrated_weights_{sample}.csv"
        if path.exists():
            theirs = pd.read_csv(path).set_index("snum")[call].reindex(made["snum"])
            ours = made[done.design.weight].tolist()
            yield held_weights(f"api {sample}", peer, ours, theirs.tolist())
        yield from _schools(f"api {sample}", peer, mine, made, done.design)


def _schools(
    name: str, peer: str, found: Iterable[Mapping[str, str]], table: Any, design: Any
) -> Iterator[Job]:
    """The estimates of one calibration of the schools."""
    wanted: dict[str | None, list[Wanted]] = defaultdict(list)
    for row in found:
        parts = values(row, {"estimate": "estimate", "se": "se"})
        by = "comp.imp" if row["params"].endswith("by comp.imp") else ""
        place = ("", by, row["component"] if by else "")
        if row["stat"] == "ratio":
            top, bottom = row["component"].split("/")
            wanted[None].append(Wanted(f"ratio('{top}', '{bottom}')", parts, *place))
        elif row["stat"] == "count":
            wanted[row["component"]].append(Wanted("total", parts, *place))
        else:
            welfare = "api00" if by else row["component"]
            wanted[welfare].append(Wanted(row["stat"], parts, *place))
    for welfare, own in wanted.items():
        yield Job(name, peer, table, tuple(own), welfare, design)


def lonely_schools(_data: Path, reference: Path) -> Iterator[Job]:
    """api: a stratum with one school under four treatments."""
    folder = reference / "api"
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows(folder / "lonely_psu.csv"):
        found[row["params"].partition("=")[2]].append(row)
    for treatment, mine in found.items():
        wanted = tuple(
            Wanted(r["stat"], values(r, {"estimate": "estimate", "se": "se"})) for r in mine
        )
        design = {"weight": "pw", "strata": "stype", "lonely": treatment}
        table = pd.read_csv(folder / "lonely_psu_input.csv")
        yield Job("api lonely", f"{PEERS['survey']} {treatment}", table, wanted, "api00", design)


def school_replicates(_data: Path, reference: Path) -> Iterator[Job]:
    """api: replicate weights as exitline makes them, and what follows from them."""
    folder = reference / "api"
    samples: dict[str, dict[str, Any]] = {"clus1": {"psu": "dnum"}, "strat": {"strata": "stype"}}
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows(folder / "replicate_estimates.csv"):
        found[row["params"]].append(row)
    for params, mine in found.items():
        case, kind = params.split(";")
        sample = case.removesuffix("_nofpc")
        fpc = {} if case.endswith("_nofpc") else {"fpc": "fpc"}
        if kind in {"BRR", "Fay"}:
            continue  # strata of 50 and 100 schools: R splits them by the order of rows
        table = pd.read_csv(folder / f"api{sample}.csv")
        design = xl.Design(weight="pw", **samples[sample], **fpc)
        made = xl.replicate_weights(table, design, kind)
        own = xl.Design(weight="pw", replicates=made.replicates, kind=kind, scale=made.scale,
                        rscales=made.rscales)  # fmt: skip
        yield from _schools(
            f"api {case}", f"{PEERS['survey']} {kind}",
            [r for r in mine if r["stat"] != "nrep"], made.to_pandas(), own,
        )  # fmt: skip
        counted = next(float(r["estimate"]) for r in mine if r["stat"] == "nrep")
        yield held_weights(f"api {case}", f"{PEERS['survey']} {kind} number of replicates",
                           [float(len(made.replicates))], [counted])  # fmt: skip
