"""Samples in two phases, against R and against the sum over all pairs.

Data: cases/two_phases.csv, made for this test (48 homes in 24 PSUs, strata h, second phase by g or
gp). Figures of R 4.2.2, survey 4.1.1: svymean and svytotal of ~y on

    twophase(list(~home, ~home), strata = list(NULL, ~g), subset = ~t, method = )        # srs
    ... fpc = list(~N1, NULL), N1 = 200                                                 # fpc
    twophase(list(~psu, ~psu), strata = list(NULL, ~gp), subset = ~tp, method = "approx")     # psu
    twophase(list(~home, ~home), strata = list(~h, ~g), fpc = list(~n_homes, NULL), ...)   # strata
    ... weights = list(~w, NULL), no fpc                                              # weights
    twophase(list(~psu, ~home), strata = list(NULL, ~gp), subset = ~tt)              # within

with tt two of three homes of each gp in their order; "n" is subset(design, r == "n").
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import exitline as xl
from exitline.cli.estimate import command as estimate_command
from exitline.errors import DesignError

CASE = Path(__file__).parent / "cases" / "two_phases.csv"
SRS = {"selected": "t", "strata": "g"}
FPC = {"weight": "w1", "fpc": "n1"}
OVER = {"weight": "w", "strata": "h"}
R = [
    ({}, SRS, "full", "mean", "", 16.412500000000001, 2.3792505062820766),
    ({}, SRS, "full", "mean", "n", 14.518181818181818, 3.3932109988112122),
    ({}, SRS, "full", "total", "", 787.79999999999995, 161.1593207564076),
    ({}, SRS, "full", "total", "n", 319.39999999999998, 114.01028900936967),
    ({}, SRS, "approx", "mean", "", 16.412500000000001, 2.3913707539692211),
    ({}, SRS, "approx", "mean", "n", 14.518181818181818, 3.4105819759261244),
    ({}, SRS, "approx", "total", "", 787.79999999999995, 114.78579619052262),
    (FPC, SRS, "full", "mean", "", 16.412500000000001, 2.2583506613922637),
    (FPC, SRS, "full", "total", "n", 1330.8333333333335, 412.49468375397947),
    (FPC, SRS, "full", "total", "", 3282.5, 451.67013227845274),
    (FPC, SRS, "approx", "total", "", 3282.5, 449.55777741294446),
    (FPC, SRS, "approx", "mean", "n", 14.518181818181818, 3.2047679362467427),
    ({"psu": "psu"}, {"selected": "tp", "strata": "gp", "psu": "psu"}, "approx", "mean", "",
     21.387499999999999, 3.5218860623523338),
    ({"psu": "psu"}, {"selected": "tp", "strata": "gp", "psu": "psu"}, "approx", "total", "",
     1026.5999999999999, 169.050530992912),
    (OVER | {"fpc": "n_homes"}, SRS, "approx", "mean", "", 16.360294117647058, 2.1616059444197511),
    (OVER | {"fpc": "n_homes"}, SRS, "approx", "total", "", 2383.9285714285716,
     328.43888511048954),
    (OVER, SRS, "approx", "mean", "", 16.360294117647058, 2.3625559742876132),
    (OVER, SRS, "approx", "total", "", 2383.9285714285716, 362.2526355925653),
    ({"psu": "psu"}, {"selected": "tt", "strata": "gp"}, "approx", "mean", "",
     18.463636363636365, 3.0090464634424032),
    ({"psu": "psu"}, {"selected": "tt", "strata": "gp"}, "approx", "total", "n",
     411.34545454545457, 128.64869470200361),
]  # fmt: skip


@pytest.fixture(scope="module")
def homes() -> pd.DataFrame:
    table = pd.read_csv(CASE).assign(n1=200.0, w1=200 / 48)
    return table.assign(tt=(table.groupby("gp").cumcount() + 1) % 3 != 0)


@pytest.mark.parametrize(("first", "second", "method", "measure", "domain", "value", "se"), R)
def test_figures_are_those_of_r(homes, first, second, method, measure, domain, value, se):
    design = xl.Design(**first, second_phase=xl.SecondPhase(**second, method=method))
    found = xl.estimate(homes, measure, welfare="y", design=design, by="r")
    one = found.find(domain=domain)
    assert one.estimate == pytest.approx(value, rel=1e-12)
    assert one.se == pytest.approx(se, rel=1e-12)


def _delta(stratum, unit, n, share):
    """(p_kl - p_k p_l) / p_kl of simple random sampling of units within strata."""
    apart = np.where(np.equal.outer(stratum, stratum), -((1 - share) / (n - 1))[:, None], 0.0)
    return np.where(np.equal.outer(unit, unit), (1 - share)[:, None], apart)


def _by_pairs(table, first, second, unit):
    """Total and mean with the standard errors of eq. 9.3.7, a pair at a time."""
    drawn = table[table[second] == 1]
    group = "gp" if second == "tp" else "g"
    psu = "home" if first == "n_homes" else "psu"
    n1 = drawn["h"].map(table.groupby("h")[psu].nunique()).to_numpy(float)
    one = _delta(drawn["h"].to_numpy(), drawn[psu].to_numpy(), n1, n1 / drawn[first].to_numpy())
    there, taken = (t.groupby(group)[unit].nunique() for t in (table, drawn))
    share = drawn[group].map(taken / there).to_numpy()
    two = _delta(drawn[group].to_numpy(), drawn[unit].to_numpy(),
                 drawn[group].map(taken).to_numpy(float), share)  # fmt: skip
    both = one + two - one * two
    w, y = drawn["w"].to_numpy() / share, drawn["y"].to_numpy()
    mean = w @ y / w.sum()
    x, z = w * y, w * (y - mean) / w.sum()
    return {"total": (w @ y, np.sqrt(x @ both @ x)), "mean": (mean, np.sqrt(z @ both @ z))}


@pytest.mark.parametrize(
    ("first", "second", "unit"),
    [("n_homes", "t", "home"), ("n_psus", "t", "home"), ("n_psus", "tp", "psu")],
)
def test_full_is_the_sum_over_all_pairs(homes, first, second, unit):
    """With strata, clusters and sizes in the first phase, units or clusters in the second.

    R's method "full" has other figures where strata differ in size (301.03 for 297.88 as the
    first total): it takes the sample sizes of the first rows of the table for those of strata.
    """
    phase = xl.SecondPhase(second, strata="gp" if second == "tp" else "g",
                           psu="psu" if unit == "psu" else None)  # fmt: skip
    psu = None if first == "n_homes" else "psu"
    design = xl.Design(weight="w", strata="h", psu=psu, fpc=first, second_phase=phase)
    found = xl.estimate(homes, ["total", "mean"], welfare="y", design=design)
    for measure, (value, se) in _by_pairs(homes, first, second, unit).items():
        assert found.find(measure=measure).estimate == pytest.approx(value, rel=1e-12)
        assert found.find(measure=measure).se == pytest.approx(se, rel=1e-12)


def test_a_second_phase_of_everyone_is_one_phase(homes):
    table = homes.assign(all=True)
    asked = {"welfare": "y", "by": "r", "line": xl.relative_line(0.6)}
    one = xl.Design(weight="w", strata="h", psu="psu", fpc="n_psus")
    two = xl.Design(weight="w", strata="h", psu="psu", fpc="n_psus",
                    second_phase=xl.SecondPhase("all", strata="g"))  # fmt: skip
    want, got = (xl.estimate(table, ["mean", "headcount", "gini"], design=d, **asked)
                 for d in (one, two))  # fmt: skip
    for column in ("estimate", "se", "n", "population"):
        ours = got.to_pandas()[column].to_numpy(float)
        assert ours == pytest.approx(want.to_pandas()[column].to_numpy(float), rel=1e-9)
    gaps = [f.difference({"measure": "mean", "domain": "n"}, {"measure": "mean", "domain": "s"})
            for f in (want, got)]  # fmt: skip
    assert gaps[1].se == pytest.approx(gaps[0].se, rel=1e-9)


def test_rows_that_were_not_drawn_again_may_lack_anything(homes):
    """What the second phase asked is missing on the others; they only count their PSUs."""
    design = xl.Design(weight="w", strata="h", psu="psu", second_phase=xl.SecondPhase("t", "g"))
    bare = homes.assign(y=homes["y"].where(homes["t"] == 1))
    want, got = (xl.estimate(t, "mean", welfare="y", design=design).find() for t in (homes, bare))
    assert (got.estimate, got.se, got.n, got.df) == (want.estimate, want.se, 24, 22)


def test_spark_has_the_same_figures(homes):
    design = xl.Design(weight="w", strata="h", psu="psu", fpc="n_psus",
                       second_phase=xl.SecondPhase("t", strata="g"))  # fmt: skip
    here, there = (
        xl.estimate(homes, ["mean", "total"], welfare="y", design=design, by="r", engine=engine)
        for engine in ("duckdb", "spark")
    )
    for column in ("estimate", "se", "df"):
        ours, theirs = (f.to_pandas()[column].to_numpy(float) for f in (here, there))
        assert theirs == pytest.approx(ours, rel=1e-10)


def _mean(table, second_phase, **first):
    design = xl.Design(**first, second_phase=xl.SecondPhase(**second_phase))
    return xl.estimate(table, "mean", welfare="y", design=design)


@pytest.mark.parametrize(
    ("design", "words"),
    [
        ({"second_phase": {"selected": "t", "strata": "home"}}, "strata without any unit"),
        ({"second_phase": {"selected": "one_g", "strata": "g"}}, "strata with a single unit"),
        ({"second_phase": {"selected": "t", "strata": "g", "method": "approx"}, "psu": "psu"},
         "units in several strata of the second phase"),
        ({"second_phase": {"selected": "t"}, "psu": ["psu", "home"]}, "several stages"),
        ({"second_phase": {"selected": "t"}, "lonely": "adjust"}, "lonely: adjust"),
        ({"second_phase": {"selected": "t", "method": "ful"}}, "method that is not known"),
        ({"second_phase": {"selected": "t"}, "replicates": "r*", "kind": "JK1"},
         "replicate weights and second_phase"),
    ],
)  # fmt: skip
def test_what_has_no_variance_is_refused(homes, design, words):
    table = homes.assign(one_g=(homes["g"] == "y") | ~homes["g"].duplicated())
    with pytest.raises(DesignError, match=words):
        _mean(table, **design)


def test_a_study_names_the_second_phase(tmp_path, homes):
    homes.to_csv(tmp_path / "homes.csv", index=False)
    (tmp_path / "study.yaml").write_text(
        "study: two phases\ndata: {households: homes.csv}\ncolumns: {welfare: y}\n"
        "design: {weight: w1, fpc: n1, second_phase: {selected: t, strata: g}}\n"
        "measures: mean\n"
    )
    found = xl.run(tmp_path / "study.yaml").estimates.find(measure="mean")
    assert found.estimate == pytest.approx(16.412500000000001, rel=1e-12)
    assert found.se == pytest.approx(2.2583506613922637, rel=1e-12)


def test_the_command_takes_a_second_phase(tmp_path, homes):
    homes.to_csv(tmp_path / "homes.csv", index=False)
    start = [str(tmp_path / "homes.csv"), "--measure", "mean(y)", "--missing", "exclude", "--json"]
    second = ["--second-phase", "t", "--second-strata", "g", "--second-method", "approx"]
    (row,) = json.loads(CliRunner().invoke(estimate_command, [*start, *second]).stdout)
    assert (row["estimate"], row["se"]) == pytest.approx((16.4125, 2.3913707539692211), rel=1e-9)
    alone = CliRunner().invoke(estimate_command, [*start, "--second-strata", "g"])
    assert alone.exit_code == 2
    assert "go with --second-phase" in alone.stderr


def test_a_regression_does_not_take_a_second_phase(homes):
    design = xl.Design(weight="w", second_phase=xl.SecondPhase("t", strata="g"))
    with pytest.raises(DesignError, match="a regression cannot take a second phase"):
        xl.glm("y ~ h", homes, design=design)
