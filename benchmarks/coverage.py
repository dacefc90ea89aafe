"""How often a 95 % interval holds what it should, where the truth is known.

Two-stage samples of the imaginary country's census: eight enumeration areas within each province x
urban or rural, twelve households in each, by two designs. Without replacement at both stages
(simple random), with population sizes at both (`fpc`); and areas with replacement in proportion to
their households, for which the usual variance of PSU totals is exact, and replicates of PSUs are
made. All samples of a batch go through one call, each as a domain with strata and PSUs of its own:
nothing of one sample is known to another.

    python -m benchmarks.coverage                # 2,000 samples a design
    python -m benchmarks.coverage --samples 200  # a quick look
    python -m benchmarks.coverage --from benchmarks/coverage.csv --plot docs/coverage.svg
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

import exitline as xl
from benchmarks.coverage_plot import plot
from exitline.errors import ExitlineError
from exitline.stats.measure.catalogue import named

CENSUS = Path(__file__).parents[1] / "examples" / "imaginary-country" / "hld_pop_wb_2023.parquet"
PAGE = Path(__file__).parents[1] / "docs" / "coverage.md"
WELFARE, LINE, AREAS, HOMES, BATCH = "pc_exp", 2500.0, 8, 12, 100
SMOOTH = (
    "mean", "total", "headcount", "poor_count", "poverty_gap", "severity", "watts", "shortfall",
    "mld", "theil", "ge(2)", "atkinson(1)", "j_divergence", "gini",
)  # fmt: skip
ORDERED = (
    "median", "quantile(0.1)", "quantile(0.9)", "at_risk_threshold",
    "at_risk_rate(threshold='area')", "relative_median_gap(threshold='area')",
    "median_of_poor(threshold='area')", "quintile_ratio", "palma", "lorenz(0.4)", "zenga",
    "sen", "sst",
)  # fmt: skip
"""What rests on quantiles and ranks; a threshold is that of each sample, never of a batch."""
MORE = (
    "renyi(2)", "kolm(0.001)", "prosperity_gap(9000)", "takayama", "clark(0.5)", "amato",
    "bourguignon(pc_exp + hhsize)", "richness_concave(1)", "wolfson", "zenga_curve(0.4)",
    "top_share(0.1)", "quantile_share(0.2, 0.4)", "quantile_share_ratio(0.1, 0.9)",
)  # fmt: skip
"""Measures that came later, and those seldom asked for."""
RELATIVE = {"headcount", "poverty_gap"}
"""Taken at 60 % of the sample's own median, too."""


@dataclass(frozen=True)
class Census:
    """The census, sorted by enumeration area, and where each area's households begin."""

    homes: pd.DataFrame
    first: np.ndarray
    size: np.ndarray
    stratum: np.ndarray


def census() -> Census:
    """The imaginary country."""
    homes = pd.read_parquet(CENSUS, columns=["geo1", "urbrur", "ea", "hhsize", WELFARE])
    homes = homes.sort_values("ea", kind="stable").reset_index(drop=True)
    ea = pd.factorize(homes["ea"])[0]
    first = np.searchsorted(ea, np.arange(ea.max() + 1))
    stratum = pd.factorize(homes["geo1"] + homes["urbrur"], sort=True)[0][first]
    return Census(homes, first, np.bincount(ea), stratum)


def drawn(place: Census, rng: np.random.Generator, *, with_replacement: bool) -> pd.DataFrame:
    """One sample: households with weight, stratum, PSU (of its stratum), population sizes."""
    parts = []
    for stratum in np.unique(place.stratum):
        there = np.flatnonzero(place.stratum == stratum)
        chance = place.size[there] / place.size[there].sum()
        picks = rng.choice(there, AREAS, replace=with_replacement,
                           p=chance if with_replacement else None)  # fmt: skip
        for draw, pick in enumerate(picks):
            homes = place.first[pick] + rng.choice(place.size[pick], HOMES, replace=False)
            share = place.size[pick] / place.size[there].sum() if with_replacement else None
            first_stage = AREAS * share if share else AREAS / len(there)
            parts.append(pd.DataFrame({
                "home": homes, "s": stratum, "draw": draw, "areas": float(len(there)),
                "homes": float(place.size[pick]),
                "w": place.size[pick] / HOMES / first_stage,
            }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def batches(
    place: Census, samples: int, *, with_replacement: bool, seed: int
) -> Iterator[pd.DataFrame]:
    """Samples in batches, as rows with their sample's number."""
    rng = np.random.default_rng(seed)
    for start in range(0, samples, BATCH):
        numbers = range(start, min(start + BATCH, samples))
        many = [drawn(place, rng, with_replacement=with_replacement).assign(sample=k)
                for k in numbers]  # fmt: skip
        table = pd.concat(many, ignore_index=True)
        own = place.homes.iloc[table["home"]].reset_index(drop=True)
        table = table.assign(hhsize=own["hhsize"], **{WELFARE: own[WELFARE].astype(float)})
        yield table.assign(
            stratum=table["sample"] * 100 + table["s"],
            psu=(table["sample"] * 100 + table["s"]) * 100 + table["draw"],
            unit=np.arange(len(table)),
        )


def jackknife(table: pd.DataFrame) -> tuple[pd.DataFrame, xl.Design]:
    """JKn: each PSU of a stratum left out once (Rust and Rao 1996); df 56 - 7."""
    strata = sorted(table["s"].unique())
    columns = {}
    for s in strata:
        for draw in range(AREAS):
            left = np.where(table["draw"] == draw, 0.0, AREAS / (AREAS - 1))
            columns[f"r{s}_{draw}"] = table["w"] * np.where(table["s"] == s, left, 1.0)
    design = xl.Design(
        weight="w", size="hhsize", replicates=tuple(columns), kind="JKn", mse=True, df=49,
        rscales=[(AREAS - 1) / AREAS] * len(columns),
    )  # fmt: skip
    return pd.concat([table, pd.DataFrame(columns)], axis=1), design


def bootstrap(table: pd.DataFrame, times: int = 200) -> tuple[pd.DataFrame, xl.Design]:
    """Rao and Wu's (1988) rescaled bootstrap: seven of eight PSUs of each stratum, 200 times."""
    rng = np.random.default_rng(1)
    cell = (table["sample"] * 100 + table["s"]).to_numpy()
    cells, where = np.unique(cell, return_inverse=True)
    columns = {}
    for r in range(times):
        hits = rng.multinomial(AREAS - 1, [1 / AREAS] * AREAS, size=len(cells))
        factor = hits[where, table["draw"]] * AREAS / (AREAS - 1)
        columns[f"b{r}"] = table["w"] * factor
    design = xl.Design(weight="w", size="hhsize", replicates=tuple(columns), kind="bootstrap",
                       mse=True, df=49)  # fmt: skip
    return pd.concat([table, pd.DataFrame(columns)], axis=1), design


def taylor(table: pd.DataFrame) -> tuple[pd.DataFrame, xl.Design]:
    """Linearisation, PSUs with replacement."""
    return table, xl.Design(weight="w", size="hhsize", strata="stratum", psu="psu")


def taylor_fpc(table: pd.DataFrame) -> tuple[pd.DataFrame, xl.Design]:
    """Linearisation at both stages, with population sizes."""
    return table, xl.Design(
        weight="w", size="hhsize", strata="stratum", psu=("psu", "unit"), fpc=("areas", "homes")
    )


METHODS = {
    "Taylor, two stages with fpc": (False, taylor_fpc, "t"),
    "Taylor, PSUs with replacement": (True, taylor, "t"),
    "JKn": (True, jackknife, "t"),
    "bootstrap, 200": (True, bootstrap, "t"),
    "corrected for skewness": (True, taylor, "skewness"),
    "two stages with fpc, corrected for skewness": (False, taylor_fpc, "skewness"),
}
"""How samples are drawn (PSUs with replacement or not), their design, intervals of figures."""


def there(names: tuple[str, ...]) -> list[str]:
    """Those of the measures that exist."""
    found = []
    for name in names:
        try:
            found.append(named(name).name)
        except ExitlineError:
            print(f"no measure {name} yet")
    return found


def figures(
    table: Any, design: xl.Design, measures: list[str], by: Any = (), how: str = "t"
) -> pd.DataFrame:
    """Estimates at the fixed line and, where it matters, at 60 % of the own median."""
    asked = {"welfare": WELFARE, "design": design, "by": by, "figure_interval": how}
    parts = [xl.estimate(table, measures, line=LINE, **asked).to_pandas()]
    own = xl.relative_line(0.6, "median", within=True, label="own")
    chosen = sorted(RELATIVE & set(measures))
    if chosen:
        relative = xl.estimate(table, chosen, line=own, **asked).to_pandas()
        parts.append(relative.assign(measure=relative["measure"] + " at 60 % of the median"))
    return pd.concat(parts, ignore_index=True)


def covered(
    place: Census, method: str, measures: list[str], samples: int, seed: int = 1,
    after: Callable[[pd.DataFrame], None] = lambda _: None,
) -> pd.DataFrame:  # fmt: skip
    """Coverage of each measure's intervals by one method, with SE against spread.

    `after` takes what is known after each batch of samples, which may be hours apart.

    Returns
    -------
    pandas.DataFrame
        Columns measure, method, samples, coverage, below, above (shares of intervals that lie
        below or above the truth), ratio (mean standard error over the estimates' spread), missing
        (without an interval) and log (coverage of t intervals on the scale of logs).
    """
    with_replacement, made, how = METHODS[method]
    whole = figures(place.homes, xl.Design(size="hhsize", census=True), measures)
    truth = whole.set_index("measure")["estimate"].to_dict()
    found: dict[str, list[np.ndarray]] = defaultdict(list)
    lines = pd.DataFrame()
    for table in batches(place, samples, with_replacement=with_replacement, seed=seed):
        rows, design = made(table)
        got = figures(rows, design, measures, "sample", how)
        for measure, own in got[got["by"] == "sample"].groupby("measure"):
            found[measure].append(own[["estimate", "se", "ci_low", "ci_high", "df"]].to_numpy())
        lines = pd.DataFrame([
            _counted(measure, method, np.concatenate(parts), truth[measure])
            for measure, parts in found.items()
        ])  # fmt: skip
        print(f"{method}: {lines['samples'].max():,} samples", flush=True)
        after(lines)
    return lines


def _counted(measure: str, method: str, drawn: np.ndarray, true: float) -> dict[str, Any]:
    """One measure's intervals against the truth."""
    estimate, se, low, high, df = drawn.T
    return {
        "measure": measure, "method": method, "samples": len(se),
        "coverage": np.mean((low <= true) & (true <= high)), "below": np.mean(high < true),
        "above": np.mean(low > true), "ratio": np.mean(se) / estimate.std(ddof=1),
        "missing": int(np.isnan(low).sum()), "log": _on_logs(estimate, se, df, true),
    }  # fmt: skip


def _on_logs(estimate: Any, se: Any, df: Any, true: float) -> float:
    """Coverage of the same standard errors' intervals on the scale of logs, which are skewed."""
    with np.errstate(invalid="ignore", divide="ignore"):
        reach = stdtrit(df, 0.975) * se / estimate
        return float(np.mean(np.abs(np.log(estimate / true)) <= reach))


def markdown(found: pd.DataFrame) -> str:
    """Coverage by measure and method."""
    methods = list(dict.fromkeys(found["method"]))
    words = {"coverage": "covers", "below": "below", "log": "on logs", "ratio": "SE / spread"}
    heads = ["measure", *(f"{m}: {said}" for said in words.values() for m in methods)]
    text = ["| " + " | ".join(heads) + " |", "| " + " | ".join("---" for _ in heads) + " |"]
    for measure in dict.fromkeys(found["measure"]):
        cells = [_cell(found, measure, m, what) for what in words for m in methods]
        text.append("| " + " | ".join([measure, *cells]) + " |")
    return "\n".join(text)


def _cell(found: pd.DataFrame, measure: str, method: str, what: str) -> str:
    """One figure of the table."""
    own = found[(found["measure"] == measure) & (found["method"] == method)]
    if own.empty:
        return ""
    value = float(own[what].iloc[0])
    return f"{value:.3f}" if what == "ratio" else f"{100 * value:.1f} %"


def main(methods: Mapping[str, Any] = METHODS) -> None:
    """Print the table; write it as CSV."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--method", choices=[*methods], action="append")
    parser.add_argument("--measure", action="append", help="these alone")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/work/coverage.csv"))
    parser.add_argument("--from", dest="known", type=Path, help="a table to draw again")
    parser.add_argument("--plot", type=Path, default=Path("benchmarks/work/coverage.svg"))
    given = parser.parse_args()
    if given.known is not None:
        plot(pd.read_csv(given.known), given.plot)
        return
    measures = there(tuple(given.measure or SMOOTH + ORDERED + MORE))
    place = census()
    given.out.parent.mkdir(parents=True, exist_ok=True)
    found = pd.DataFrame()
    for method in given.method or methods:
        before = found

        def keep(lines: pd.DataFrame, before: pd.DataFrame = before) -> None:
            pd.concat([before, lines], ignore_index=True).to_csv(given.out, index=False)

        lines = covered(place, method, measures, given.samples, after=keep)
        found = pd.concat([before, lines], ignore_index=True)
    print(markdown(found))
    plot(found, given.plot)


if __name__ == "__main__":
    main()
