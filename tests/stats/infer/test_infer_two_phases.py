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
from exitline.cli import call
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
        ({"second_phase": {"selected": "t"}, "psu": ["psu", "home"]},
         "several stages without an fpc"),
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


CALIBRATED = [
    ("full", "linear", {}, "mean", "", 16.427032450814508, 2.2110268690973527),
    ("full", "linear", {}, "total", "", 3285.4064901629017, 442.56416659627612),
    ("full", "raking", {"h": {}}, "mean", "", 16.401971366315458, 2.4632719358502091),
    ("approx", "linear", {}, "mean", "", 16.427032450814508, 2.1997738235727393),
    ("approx", "linear", {}, "total", "n", 1334.8718349294588, 389.42475271281336),
    ("approx", "raking", {"h": {}}, "total", "", 3280.3942764741032, 469.35496198553625),
    ("approx", "raking", {"h": {}}, "mean", "n", 14.018850964348163, 2.6456018912292594),
]


@pytest.fixture(scope="module")
def auxiliary(homes) -> pd.DataFrame:
    return homes.assign(x=((homes["home"] * 7 % 11) + homes["y"] / 10).round(3))


@pytest.mark.parametrize(("method", "how", "more", "measure", "domain", "value", "se"), CALIBRATED)
def test_a_second_phase_calibrated_to_the_first_is_that_of_r(
    auxiliary, method, how, more, measure, domain, value, se
):
    """R: calibrate(design, phase = 2, formula = ~x + g, calfun = "linear"); by raking, ~x + g + h.

    R stops raking at 1e-7 of the totals. In subsets of method "full" R zeroes no residual
    beside rows that it keeps: the mean of "n" has 3.0346 there, and 3.087585143067077 by the
    sum over all pairs of its residuals (the next test).
    """
    design = xl.Design(**FPC, second_phase=xl.SecondPhase(**SRS, method=method))
    made = xl.calibrate(auxiliary, design, {"g": {}, "x": None, **more}, method=how)
    rows = made.to_pandas()
    assert (rows.loc[rows["t"] == 0, "calibrated_weight"] == 0).all()
    found = xl.estimate(rows, measure, welfare="y", design=made.design, by="r").find(domain=domain)
    assert (found.estimate, found.se) == pytest.approx((value, se), rel=1e-8)


def test_commands_and_a_study_calibrate_a_second_phase(auxiliary, tmp_path, capsys):
    """R's figures from the command line and from a study; CALIBRATED has the calls."""
    _, _, _, _, _, value, se = CALIBRATED[1]
    data, out, totals = (str(tmp_path / n) for n in ("homes.csv", "out.csv", "totals.csv"))
    auxiliary.to_csv(data, index=False)
    phase = ["--second-phase", "t", "--second-strata", "g"]
    asked = ["--levels", "g", "--numeric", "x", "--method", "linear", "--weight", "w1"]
    start = ["calibrate", data, *phase, *asked]
    assert call([*start, "--out", out, "--totals-out", totals]) == 0
    assert call([*start, totals]) == 2
    assert call(["calibrate", data, *phase]) == 2
    known = ["--weight", "calibrated_weight", "--base-weight", "w1", "--calibrated-to", totals]
    capsys.readouterr()
    row = ["--measure", "total(y)", "--fpc", "n1", "--missing", "exclude", "--json"]
    assert call(["estimate", out, *known, *phase, *row]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["estimate"], found["se"]) == pytest.approx((value, se), rel=1e-8)
    text = (
        "study: two phases\ndata: {{households: {}}}\ncolumns: {{welfare: y}}\nmeasures: total\n"
        "missing: exclude\n"
        "design: {{weight: {}, fpc: n1, second_phase: {{selected: t, strata: g}}, {}}}\n"
    )
    for study in (
        text.format("homes.csv", "w1", "calibration: {method: linear, levels: g, numeric: x}"),
        text.format("out.csv", "calibrated_weight", "base_weight: w1, calibrated_to: totals.csv"),
    ):
        (tmp_path / "study.yaml").write_text(study)
        ran = xl.run(tmp_path / "study.yaml").estimates.find(measure="total")
        assert (ran.estimate, ran.se) == pytest.approx((value, se), rel=1e-8)


@pytest.mark.parametrize(("column", "got"), [("r", "text"), ("psu", "other numbers")])
def test_who_was_drawn_again_is_told_by_yes_and_no(homes, column, got):
    """Numbers other than 0 and 1 were taken for no; text stopped the engine."""
    design = xl.Design(second_phase=xl.SecondPhase(column))
    for asked in (
        lambda: xl.estimate(homes, "mean(y)", design=design),
        lambda: xl.glm("y ~ psu", homes, design),
        lambda: xl.calibrate(homes, design, {"g": {}}),
    ):
        with pytest.raises(xl.ExitlineError, match=f"(?s)neither yes nor no.*{got}"):
            asked()


@pytest.mark.parametrize("second", [True, False])
def test_a_study_does_not_mix_totals_and_phases(auxiliary, tmp_path, second):
    auxiliary.to_csv(tmp_path / "homes.csv", index=False)
    keys = "second_phase: t, calibration: totals.csv" if second else "calibration: {levels: g}"
    (tmp_path / "study.yaml").write_text(
        f"study: a\ndata: {{households: homes.csv}}\ndesign: {{weight: w1, {keys}}}\n"
    )
    with pytest.raises(xl.ExitlineError, match="totals of the first" if second else "no second"):
        xl.run(tmp_path / "study.yaml")


def test_residuals_of_a_second_phase_take_in_rows_outside_of_a_domain(auxiliary):
    """The standard error is that of the sum over all pairs of the residuals, worked out by hand."""
    design = xl.Design(**FPC, second_phase=xl.SecondPhase(**SRS))
    made = xl.calibrate(auxiliary, design, {"g": {}, "x": None}, method="linear")
    rows = made.to_pandas()
    found = xl.estimate(rows, ["mean(y)", "total(x)"], design=made.design, by="r")
    assert found.find(measure="mean(y)", domain="n").se == pytest.approx(3.087585143067077)
    known = rows["x"].sum() * 200 / 48
    assert found.find(measure="total(x)", domain="").estimate == pytest.approx(known, rel=1e-9)


@pytest.fixture(scope="module")
def villages(homes) -> pd.DataFrame:
    """Four homes of each of twelve villages; 3 or 2 of them are visited again."""
    table = homes.assign(big=homes["psu"].rank(method="dense").astype(int).sub(1) // 2 + 1)
    k, odd = table.groupby("big").cumcount() + 1, table["big"] % 2 == 1
    table = table.assign(
        hb=table.groupby("big")["h"].transform("first"), gb=np.where(odd, "a", "b"),
        nh=8 + table["big"] % 3, ts=np.where(odd, k <= 3, k.isin([2, 4])),
    )  # fmt: skip
    table["nb"] = np.where(table["hb"] == "a", 30, 20)
    n = table.groupby("hb")["big"].transform("nunique")
    return table.assign(wt=table["nb"] / n * table["nh"] / 4)


STAGES = {"weight": "wt", "strata": "hb", "psu": ["big", "home"], "fpc": ["nb", "nh"]}


def test_a_first_phase_of_several_stages(villages):
    """R: twophase(list(~big + home, ~home), strata = list(~hb, ~gb), fpc = list(~nb + nh, NULL),
    subset = ~ts, method = "approx"); "full" against the sum over all pairs."""
    design = xl.Design(**STAGES, second_phase=xl.SecondPhase("ts", "gb", method="approx"))
    found = xl.estimate(villages, ["mean", "total"], welfare="y", design=design)
    want = (19.073502645502646, 2.8934881467186031, 8583.0761904761894, 1935.6210630439671)
    mean, total = (found.find(measure=m) for m in ("mean", "total"))
    assert (mean.estimate, mean.se, total.estimate, total.se) == pytest.approx(want, rel=1e-12)
    design = xl.Design(**STAGES, second_phase=xl.SecondPhase("ts", "gb"))
    found = xl.estimate(villages, ["mean", "total"], welfare="y", design=design)
    t = villages[villages["ts"]]
    drawn = t["hb"].map(villages.groupby("hb")["big"].nunique()).to_numpy(float)
    one = _delta(t["hb"].to_numpy(), t["big"].to_numpy(), drawn, drawn / t["nb"].to_numpy())
    two = _delta(t["big"].to_numpy(), t["home"].to_numpy(), np.full(len(t), 4.0),
                 4.0 / t["nh"].to_numpy())  # fmt: skip
    first = one + two - one * two
    there, taken = (d.groupby("gb")["home"].nunique() for d in (villages, t))
    share = t["gb"].map(taken / there).to_numpy()
    last = _delta(t["gb"].to_numpy(), t["home"].to_numpy(), t["gb"].map(taken).to_numpy(float),
                  share)  # fmt: skip
    x = t["wt"].to_numpy() / share * t["y"].to_numpy()
    se = np.sqrt(x @ (first + last - first * last) @ x)
    assert found.find(measure="total").se == pytest.approx(se, rel=1e-12)


def test_a_regression_of_a_second_phase_is_that_of_r(auxiliary):
    """R: svyglm(y ~ x, twophase(...)), and of the calibrated design; y may lack on other rows."""
    design = xl.Design(**FPC, second_phase=xl.SecondPhase(**SRS))
    bare = auxiliary.assign(y=auxiliary["y"].where(auxiliary["t"] == 1))
    plain = xl.glm("y ~ x", bare, design)
    want = (0.91580229136486002, 0.52705639269213633, 21)
    assert (plain.find("x").estimate, plain.find("x").se, plain.df) == pytest.approx(want, rel=1e-9)
    made = xl.calibrate(bare, design, {"g": {}, "x": None}, method="linear")
    fitted = xl.glm("y ~ x", made.to_pandas(), made.design).find("x")
    want = (0.91139474083143357, 0.50757042)
    assert (fitted.estimate, fitted.se) == pytest.approx(want, rel=1e-8)


def test_a_multidimensional_index_of_a_second_phase(auxiliary):
    """H is the mean of who is poor; only the second phase was asked, and only it is counted."""
    again = auxiliary["t"] == 1
    table = auxiliary.assign(
        d1=(auxiliary["y"] < 12).where(again), d2=(auxiliary["x"] < 5).where(again),
        poor=((auxiliary["y"] < 12) & (auxiliary["x"] < 5)).astype(float),
    )  # fmt: skip
    design = xl.Design(**FPC, second_phase=xl.SecondPhase(**SRS))
    found = xl.mpi(table, ["d1", "d2"], k=1, design=design, by="r")
    want = xl.estimate(table, "mean", welfare="poor", design=design, by="r")
    for domain in ("", "n", "s"):
        one, other = found.find(measure="H", domain=domain), want.find(domain=domain)
        assert (one.estimate, one.se, one.n) == pytest.approx((other.estimate, other.se, other.n))
    assert not any("retained sample" in str(note) for note in found.notes)


def test_totals_of_a_second_phase_are_left_empty(auxiliary):
    design = xl.Design(**FPC, second_phase=xl.SecondPhase(**SRS))
    for totals in ({"g": {"x": 100, "y": 100}}, {"x": 5.0}, {}):
        with pytest.raises(DesignError, match="calibrated to the totals of the first"):
            xl.calibrate(auxiliary, design, totals)
