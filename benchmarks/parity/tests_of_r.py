"""Comparisons, tests and samples of unequal probabilities as jobs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import exitline as xl
from benchmarks.parity.others import GHANA
from benchmarks.parity.references import PEERS, rows, survey
from benchmarks.parity.wanted import Job, Key, Wanted, values
from exitline.stats.infer.designs import unequal

PARTS = {"estimate": "estimate", "se": "se", "df": "df"}
SQUARES = 0.10321027266234986
"""sum(election$p^2) / 40 of survey's data `election`: Hartley and Rao's mean over all counties."""
REGION = {"measure": "headcount", "by": "region"}


def comparisons(data: Path, reference: Path) -> Iterator[Job]:
    """surveys/survey/comparisons.csv: svycontrast, Wald tests, p-values, svychisq."""
    found = rows(reference / "surveys/survey/comparisons.csv")
    if not found:
        return
    homes = survey(data, "ghana")
    homes = homes.assign(poor=(homes["inc_pc"] < 370).astype(int))
    wanted = []
    for row in found:
        stat, form = row["stat"], row["params"]
        parts = values(row, PARTS)
        if row["component"] in {"chi2", "statistic", "parameter", "p", "raw", "adjusted"}:
            parts = {"estimate": parts["estimate"]}
        name = f"{stat} {form}".strip()
        again = sum(w.measure == name and w.domain == row["domain"]
                    and w.by == row["component"] for w in wanted)  # fmt: skip
        part = row["component"] + ("2" if again else "")
        wanted.append(Wanted(name, parts, "", part, row["domain"]))
    yield Job("ghana", PEERS["survey"], None, tuple(wanted), call=lambda: _compared(homes))


def _compared(homes: Any) -> Mapping[Key, Any]:
    """Every comparison of the regions' headcounts, and of region with poor."""
    design = xl.Design(**GHANA)
    found = xl.estimate(homes, "headcount", welfare="inc_pc", line=370, design=design, by="region")
    figures: dict[Key, Any] = {}
    first = {"domain": "ashanti"}
    others = sorted(set(homes["region"]) - {"ashanti"})
    for other in others:
        gap = found.difference({"domain": other}, first)
        figures["difference of headcounts (<370)", "", "", f"ashanti - {other}"] = {
            "estimate": -gap.estimate, "se": gap.se,
        }  # fmt: skip
    figures["ratio of headcounts", "", "", "northern / ashanti"] = found.ratio(
        {"domain": "northern"}, first
    )
    test = found.wald(REGION, equal=True)
    name = "Wald test, all region headcounts equal"
    figures[f"{name} chi2 df 9; F = 17.6728616506", "", "chi2", ""] = {"estimate": test.chi2}
    figures[f"{name} F(9, degf)", "", "p", ""] = {"estimate": test.p}
    figures[f"{name} F(9, degf-8) adjusted", "", "p", ""] = {"estimate": test.p_adjusted}
    name = "t test p of differences to first region"
    spelled = {"two-sided, degf": ("none", "raw"), "Benjamini-Hochberg": ("bh", "adjusted"),
               "Holm": ("holm", "adjusted")}  # fmt: skip
    for said, (how, part) in spelled.items():
        table = found.differences(first, REGION, adjust=how)
        for domain, p in zip(table["domain"], table["p_adjusted"], strict=True):
            figures[f"{name} {said}", "", part, domain] = {"estimate": p}
    return figures | _independence(homes, design)


def _independence(homes: Any, design: Any) -> dict[Key, Any]:
    """Six statistics of region x poor."""
    table = xl.tabulate(homes, "region", "poor", design=design)
    figures: dict[Key, Any] = {}
    for statistic in ("F", "Chisq", "Wald", "adjWald", "lincom", "saddlepoint"):
        test = table.test(statistic)
        name = f"svychisq region~poor {statistic}"
        told = {"statistic": test.value, "parameter": test.df, "parameter2": test.ddf,
                "p": test.p}  # fmt: skip
        figures |= {(name, "", part, ""): {"estimate": v} for part, v in told.items()}
    return figures


def unequal_probabilities(_data: Path, reference: Path) -> Iterator[Job]:
    """surveys/survey/pps.csv: California's counties, drawn by their votes."""
    folder = reference / "surveys/survey"
    found = rows(folder / "pps.csv")
    if not found:
        return
    counties = pd.read_csv(folder / "election_pps.csv")
    joint = pd.read_csv(folder / "election_joint_probabilities.csv").to_numpy()
    wanted = tuple(Wanted(f"{r['stat']} by {r['params']}", values(r, {"se": "se"}), "", "",
                          r["component"]) for r in found)  # fmt: skip
    yield Job("election_pps", PEERS["survey"], None, wanted,
              call=lambda: _unequal(counties, joint))  # fmt: skip


def _unequal(counties: pd.DataFrame, joint: np.ndarray) -> Mapping[Key, Any]:
    """Standard errors of totals and of a ratio, by every variance."""
    p = counties["p"].to_numpy()
    sample = unequal.Unequal(p, np.zeros(len(p), dtype=int))
    columns = ["Bush", "Kerry", "Nader"]
    values = counties[[*columns, "votes"]].to_numpy(dtype=float)
    sums = (values / p[:, None]).sum(0)
    ratio = sums[0] / sums[3]
    z = np.column_stack([values[:, :3], (values[:, 0] - ratio * values[:, 3]) / sums[3]])
    z = z / p[:, None]
    ht, yg = "horvitz-thompson", "yates-grundy"
    variances = {
        "ppswr (with replacement)": unequal.with_replacement(z, sample),
        "HT_jointprob": unequal.from_matrix(z, unequal.checked(joint), ht),
        "YG_jointprob": unequal.from_matrix(z, unequal.checked(joint), yg),
        "brewer": unequal.brewer(z, sample),
        "overton": unequal.from_matrix(z, unequal.overton(sample), ht),
        "HR_population": unequal.from_matrix(
            z, unequal.hartley_rao(sample, np.array([SQUARES])), ht
        ),
        "HR_sample": unequal.from_matrix(z, unequal.hartley_rao(sample), ht),
    }
    figures: dict[Key, Any] = {}
    for name, matrix in variances.items():
        se = np.sqrt(np.diag(matrix))
        for i, column in enumerate(columns):
            figures[f"total by {name}", "", "", column] = {"estimate": sums[i], "se": se[i]}
        figures[f"ratio Bush/votes by {name}", "", "", ""] = {"estimate": ratio, "se": se[3]}
    return figures
