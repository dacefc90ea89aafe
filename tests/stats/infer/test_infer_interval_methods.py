"""Every method of intervals reaches every figure: by study, command, function, and on panels."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import exitline as xl
from exitline.cli.estimate import command as estimate_command
from exitline.errors import ExitlineError
from exitline.stats.infer import intervals
from exitline.words.intervals import FIGURES, QUANTILES, SHARES

ROOT = Path(__file__).parents[3]
SCHOOLS = ROOT / "tests" / "stats" / "estimate" / "reference" / "apiclus2.csv"
DESIGN = xl.Design(weight="pw", psu=("dnum", "snum"), fpc=("fpc1", "fpc2"))
OPTIONS = ["--weight", "pw", "--psu", "dnum", "--psu", "snum", "--fpc", "fpc1", "--fpc", "fpc2"]
STUDY = """
study: Schools
data: {{households: {data}}}
columns: {{household: snum, welfare: api00}}
design: {{weight: pw, psu: [dnum, snum], fpc: [fpc1, fpc2]}}
lines: {{value: 600}}
year: 2000
measures: [headcount, median, severity]
interval: {interval}
"""


@cache
def headcount() -> xl.Estimate:
    return xl.estimate(SCHOOLS, "headcount", welfare="api00", line=600, design=DESIGN).find()


def expected(method: str, level: float = 0.95) -> tuple[float, float]:
    one = headcount()
    given = (np.array([float(v)]) for v in (one.estimate, one.se, one.n, one.df))
    found = intervals.share(*given, level, method)
    return float(found.low[0]), float(found.high[0])


@pytest.mark.parametrize("method", SHARES)
def test_the_command_takes_every_method_of_shares(method):
    wanted = expected(method)
    argv = [str(SCHOOLS), "--welfare", "api00", "--line", "600", *OPTIONS, "--json"]
    said = CliRunner().invoke(estimate_command, [*argv, "--interval", method])
    (row,) = json.loads(said.stdout)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(wanted, rel=1e-12)


def test_methods_differ_and_each_has_its_section():
    found = {method: expected(method) for method in SHARES if method != "xlogit"}
    assert len(set(found.values())) == len(found)
    page = (ROOT / "docs" / "intervals.md").read_text()
    assert {line[3:] for line in page.splitlines() if line.startswith("## ")} == {
        *SHARES, *QUANTILES, *FIGURES,
    }  # fmt: skip


def test_a_study_says_how_quantiles_are_limited(tmp_path):
    """The median's own method wins; the study's holds for those that name none."""
    named = [f"quantile(0.5, interval='{how}')" for how in ("beta", "mean", "replicates")]
    found = xl.estimate(SCHOOLS, ["median", *named], welfare="api00", design=DESIGN,
                        quantile_interval="beta")  # fmt: skip
    ends = {one.measure: (one.ci_low, one.ci_high) for one in found}
    assert ends["median"] == ends[named[0]] != ends[named[1]]
    plain = xl.estimate(SCHOOLS, "median", welfare="api00", design=DESIGN).find()
    assert ends[named[1]] == (plain.ci_low, plain.ci_high)
    t = intervals.t_quantile(0.975, plain.df)
    symmetric = (plain.estimate - t * plain.se, plain.estimate + t * plain.se)
    assert ends[named[2]] == pytest.approx(symmetric, rel=1e-12)
    file = tmp_path / "study.yaml"
    text = "{shares: wilson, quantiles: beta, figures: skewness}"
    file.write_text(STUDY.format(data=SCHOOLS, interval=text))
    run = xl.run(file).estimates
    one, share = run.find(measure="median"), run.find(measure="headcount")
    assert (one.ci_low, one.ci_high) == pytest.approx(ends["median"], rel=1e-12)
    assert (share.ci_low, share.ci_high) == pytest.approx(expected("wilson"), rel=1e-12)
    asked = {"welfare": "api00", "line": 600, "design": DESIGN, "figure_interval": "skewness"}
    gap, other = run.find(measure="severity"), xl.estimate(SCHOOLS, "severity", **asked).find()
    assert (gap.ci_low, gap.ci_high) == pytest.approx((other.ci_low, other.ci_high), rel=1e-12)
    assert gap.ci_high != pytest.approx(gap.estimate + t * gap.se, rel=1e-6)
    argv = [str(SCHOOLS), "--measure", "median", "--welfare", "api00", *OPTIONS]
    said = CliRunner().invoke(estimate_command, [*argv, "--json", "--quantile-interval", "beta"])
    (row,) = json.loads(said.stdout)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(ends["median"], rel=1e-12)


def test_rates_of_a_panel_take_the_method():
    from exitline.stats.panel import panel_spec, sequences, transitions

    rng = np.random.default_rng(3)
    wide = pd.DataFrame({"id": range(60), "y_a": rng.uniform(0, 4, 60),
                         "y_b": rng.uniform(0, 4, 60)})  # fmt: skip
    spec = panel_spec(household="id", welfare="y_{wave}", waves=("a", "b"), line=2.0)

    def figures(**how):
        yield from transitions(wide, spec, **how).estimates
        yield from sequences(wide, spec, **how).estimates

    for one, plain in zip(figures(interval="wilson", level=0.9), figures(level=0.9), strict=True):
        given = (np.array([float(v)]) for v in (one.estimate, one.se, one.n, one.df))
        limits = intervals.share(*given, 0.9, "wilson")
        assert (one.ci_low, one.ci_high) == pytest.approx((limits.low[0], limits.high[0]))
        assert (one.estimate, one.se) == (plain.estimate, plain.se)


@pytest.mark.parametrize("how", [{"interval": "wald"}, {"quantile_interval": "logits"}])
def test_unknown_methods_are_refused_with_those_there_are(how):
    with pytest.raises(ExitlineError, match="there is no interval '") as said:
        xl.estimate(SCHOOLS, "median", welfare="api00", design=DESIGN, **how)
    assert "wilson" in str(said.value)


@pytest.mark.parametrize("method", SHARES)
def test_a_share_without_sampling_error_is_its_own_interval(method):
    """Strata of which all households are poor, and others of which none is: nothing varies."""
    homes = pd.DataFrame({"y": [1, 1, 1, 9, 9, 9, 9], "s": [1, 1, 1, 2, 2, 2, 2]})
    found = xl.estimate(
        homes, "headcount", welfare="y", line=5, design=xl.Design(strata="s"), interval=method
    ).find()
    assert found.se == 0
    assert (found.ci_low, found.ci_high, found.reason) == pytest.approx((3 / 7, 3 / 7, ""))


def test_the_quantile_at_a_share_without_error_is_its_own_interval():
    """R's hospitals: the four smallest are all those of one stratum. Its share of 0.2658 is known,
    and the quantile there is the middle of two values by the rules that take it. R's limits are
    480, as it compares cumulative weights that rounding moves apart, and 576 with beta (NaN)."""
    births = [174, 342, 426, 480, 482, 576, 836, 1999, 2022, 1610, 1781, 2539, 3108, 4618, 4674]
    homes = pd.DataFrame({
        "births": births, "s": [1] * 4 + [2] * 5 + [3] * 6,
        "w": [10.5] * 4 + [19.8] * 5 + [17 / 6] * 6,
    })  # fmt: skip
    design = xl.Design(weight="w", strata="s")
    for method in ("mean", "beta", "likelihood", "asin"):
        for rule, limit in (("math", 480), ("hf2", 481)):
            found = xl.estimate(
                homes, f"quantile(0.25, {rule!r})", welfare="births", design=design,
                quantile_interval=method,
            ).find()  # fmt: skip
            assert (found.estimate, found.ci_low, found.ci_high) == (480, limit, limit), method
