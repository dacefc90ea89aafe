"""Do the standard errors of targeting cover? 1,000 samples of a census whose truth is known.

`python -m benchmarks.targeting` draws 1,000 samples from the imaginary country's census, estimates
every figure with its 95 % interval in all of them, and counts how many intervals hold what the
census says. Two designs: enumeration areas (in each of eight strata 25 draws with probability
proportional to size and with replacement, 8 households in each), and 1,600 households drawn one by
one. `--draws 8 --inside 14` is a sample of a usual size: there the plain headcount's intervals
cover too little as well, since poverty is in few areas.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd

import exitline as xl

CENSUS = "examples/imaginary-country/hld_pop_wb_2023.parquet"
LINE = 1500.0
MEASURES = (
    "headcount", "poverty_gap",
    "poor_coverage(score, 0.3)", "nonpoor_coverage(score, 0.3)", "exclusion_error(score, 0.3)",
    "inclusion_error(score, 0.3)", "targeting_differential(score, 0.3)",
    "benefit_incidence(score, 0, 0.2, 0.3)", "quantile_coverage(score, 0.2, 0.4, 0.3)",
    "coady_grosh_hoddinott(score, 0.4, 0.3)", "marginal_incidence(score, 0, 0.4, 0.2, 0.4)",
    "distributional_characteristic(score, 1, 0.3)", "roc_area(score)",
    "exclusion_error(points, 0.3)", "inclusion_error(points, 0.3)", "coverage(gets)",
    "exclusion_error(gets)", "inclusion_error(gets)", "generosity(benefit)",
    "coady_grosh_hoddinott(benefit, 0.4)", "poverty_after(0, score, 500, 0.3)",
    "poverty_after(1, score, 500, 0.3)", "poverty_after(1, gets, 500)",
    "poverty_left(0, score, 1, 0.3)", "poverty_left(1, score, 1, 0.3)", "poverty_left(1, gets, 1)",
    "gini_after(gets, 500)", "transfer_cost(gets, 500)", "cost_of_gap(score, 500, 0.3)",
)  # fmt: skip


def census() -> pd.DataFrame:
    """The census with a score, a coarse score of whole points, and a programme."""
    found = pd.read_parquet(CENSUS)
    columns = pd.get_dummies(
        found[["water", "toilet", "electricity", "urbrur"]], drop_first=True, dtype=float
    )
    x = columns.assign(one=1.0, rooms=found.rooms, size=np.log(found.hhsize))
    fitted, *_ = np.linalg.lstsq(x.to_numpy(), np.log(found.pc_exp).to_numpy(), rcond=None)
    found["score"] = x.to_numpy() @ fitted
    found["points"] = (found.score * 10).round()
    found["gets"] = ((found.urbrur == "Rural") & (found.hhsize >= 5)) * 1.0
    found["benefit"] = found.gets * 100.0
    found["stratum"] = found.geo1 + found.urbrur
    return found


def samples(
    rows: pd.DataFrame, count: int, rng: np.random.Generator, draws: int, inside: int
) -> pd.DataFrame:
    """Two-stage samples, one beside the other; `w` is the weight of a household."""
    areas = rows.groupby(["stratum", "ea"]).size().rename("size").reset_index()
    by_area = {ea: part.index.to_numpy() for ea, part in rows.groupby("ea")}
    taken, weights, sample, psu = [], [], [], []
    for stratum, frame in areas.groupby("stratum"):
        size = frame["size"].to_numpy(dtype=float)
        share = size / size.sum()
        for s in range(count):
            for k, place in enumerate(rng.choice(len(frame), draws, p=share)):
                some = rng.choice(by_area[frame["ea"].iloc[place]], inside, replace=False)
                taken.append(some)
                weights.append(np.full(inside, size.sum() / (draws * inside)))
                sample.append(np.full(inside, s))
                psu.append([f"{stratum}-{k}"] * inside)
    found = rows.loc[np.concatenate(taken)].reset_index(drop=True)
    found["w"], found["sample"] = np.concatenate(weights), np.concatenate(sample)
    found["psu"] = np.concatenate(psu) + ("-" + found["sample"].astype(str))
    return found.assign(stratum=found.stratum + "-" + found["sample"].astype(str))


def one_by_one(rows: pd.DataFrame, count: int, rng: np.random.Generator, n: int) -> pd.DataFrame:
    """Samples of households, drawn with replacement."""
    found = rows.iloc[rng.integers(0, len(rows), n * count)].reset_index(drop=True)
    found = found.assign(w=len(rows) / n, sample=np.repeat(np.arange(count), n))
    return found.assign(stratum=found["sample"].astype(str), psu=np.arange(len(found)))


def coverage(count: int, seed: int, draws: int, inside: int) -> pd.DataFrame:
    """By measure: the truth, bias, mean SE over the spread of estimates, share that covers."""
    everyone = census()
    truth = xl.estimate(
        everyone, list(MEASURES), welfare="pc_exp", line=LINE,
        design=xl.Design(size="hhsize", census=True),
    ).to_pandas().set_index("measure")["estimate"]  # fmt: skip
    rng = np.random.default_rng(seed)
    if draws:
        drawn = samples(everyone, count, rng, draws, inside)
    else:
        drawn = one_by_one(everyone, count, rng, inside)
    design = xl.Design(weight="w", size="hhsize", strata="stratum", psu="psu")
    parts = []
    for some in np.array_split(np.array(MEASURES), 4):
        found = xl.estimate(
            drawn, [str(one) for one in some], welfare="pc_exp", line=LINE, design=design,
            by="sample",
        ).to_pandas()  # fmt: skip
        parts.append(found[found["by"] == "sample"])
    table = pd.concat(parts)
    table["truth"] = table["measure"].map(truth)
    table["covers"] = (table.ci_low <= table.truth) & (table.truth <= table.ci_high)
    by = table.groupby("measure", sort=False)
    return pd.DataFrame(
        {
            "truth": by["truth"].first(), "bias": by["estimate"].mean() - by["truth"].first(),
            "spread": by["estimate"].std(), "mean SE": by["se"].mean(),
            "covers": by["covers"].mean(),
        }
    )  # fmt: skip


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--draws", type=int, help="of areas in each stratum; 0: none")
    parser.add_argument("--inside", type=int, default=8, help="households of each")
    given = parser.parse_args()
    designs = ((25, 8), (0, 1600)) if given.draws is None else ((given.draws, given.inside),)
    for draws, inside in designs:
        start = time.perf_counter()
        print(coverage(given.samples, given.seed, draws, inside).round(4).to_string())
        what = f"{draws} x {inside} in each stratum" if draws else f"{inside} households"
        print(f"{given.samples} samples of {what}, {time.perf_counter() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
