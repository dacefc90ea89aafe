"""Regressions and t tests as R's svyglm, regTermTest and svyttest (reference/models.R)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import exitline as xl
from exitline.cli.glm import command
from exitline.errors import ExitlineError

HERE = Path(__file__).parent
FIGURES = pd.read_csv(HERE / "reference" / "models.csv")
TESTS = pd.read_csv(HERE / "reference" / "model_tests.csv").set_index(["case", "what"])
DESIGNS = {
    "strat": xl.Design(weight="pw", strata="stype", fpc="fpc"),
    "clus2": xl.Design(weight="pw", psu=("dnum", "snum"), fpc=("fpc1", "fpc2")),
}
SCHOOLS = {one: pd.read_csv(HERE / "cases" / f"api_models_{one}.csv") for one in DESIGNS}
MODELS = {
    "linear": ("api00 ~ ell + meals + mobility + stype", {}),
    "crossed": ("api00 ~ meals * stype + I(ell**2)", {}),
    "no_intercept": ("api00 ~ stype + meals - 1", {}),
    "nested": ("api00 ~ stype + stype:meals + sqrt(ell)", {}),
    "logit": ("I(`sch.wide` == 'Yes') ~ ell + meals + enroll", {"family": "logit"}),
    "logit_category": ("I(api00 > 650) ~ C(stype) + meals", {"family": "binomial"}),
    "poisson": ("enroll ~ ell * stype", {"family": "poisson"}),
    "poisson_offset": ("enroll ~ meals + stype", {"family": "poisson", "offset": "log(api00)"}),
    "only": ("log(api00) ~ 1", {}),
}


def _fitted(case: str, model: str, **more):
    formula, options = MODELS[model]
    return xl.glm(formula, SCHOOLS[case], DESIGNS[case], **options, **more)


def _agrees(got, case, model):
    wanted = FIGURES[(FIGURES["case"] == case) & (FIGURES["model"] == model)]
    assert got.df == wanted["df"].iloc[0]
    assert got.n == wanted["n"].iloc[0]
    table = got.to_pandas()
    np.testing.assert_allclose(table["estimate"], wanted["estimate"], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(table["se"], wanted["se"], rtol=1e-9)
    np.testing.assert_allclose(table["p"], wanted["p"], rtol=1e-7)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("case", DESIGNS)
def test_coefficients_and_standard_errors_as_svyglm(case, model):
    _agrees(_fitted(case, model), case, model)


@pytest.mark.parametrize("model", ["crossed", "logit", "poisson_offset"])
def test_same_on_every_engine(engine, model):
    _agrees(_fitted("clus2", model, engine=engine), "clus2", model)


@pytest.mark.parametrize("case", DESIGNS)
@pytest.mark.parametrize("what", ["stype", "ell"])
def test_terms_as_regtermtest(case, what):
    wanted, got = TESTS.loc[(case, what)], _fitted(case, "linear").wald(what)
    assert got.f == pytest.approx(wanted["value"], rel=1e-9)
    assert (got.df, got.ddf) == (wanted["df"], wanted["ddf"])
    assert got.p == pytest.approx(wanted["p"], rel=1e-8)


@pytest.mark.parametrize("case", DESIGNS)
@pytest.mark.parametrize("what", ["one", "two"])
def test_t_tests_as_svyttest(case, what):
    by = "sch.wide" if what == "two" else None
    column = "api00" if by else "api00 - 650"
    got, wanted = (
        xl.t_test(SCHOOLS[case], column, by, design=DESIGNS[case]),
        TESTS.loc[(case, what)],
    )
    assert got.df == wanted["ddf"]
    assert got.t == pytest.approx(wanted["value"], rel=1e-9)
    assert got.p == pytest.approx(wanted["p"], rel=1e-8)
    assert got.estimate == pytest.approx(wanted["estimate"], rel=1e-9)
    if by is None:  # confint() of R 4.1.1 gives the two-sample limits on other degrees of freedom
        assert (got.ci_low, got.ci_high) == pytest.approx((wanted["low"], wanted["high"]), rel=1e-9)
    else:
        assert got.groups == ("No", "Yes")


def test_a_value_under_the_hypothesis_is_taken_off():
    plain = xl.t_test(SCHOOLS["strat"], "api00", design=DESIGNS["strat"], value=650)
    moved = xl.t_test(SCHOOLS["strat"], "api00 - 650", design=DESIGNS["strat"])
    assert plain.p == pytest.approx(moved.p, rel=1e-9)


def test_a_base_level_may_be_chosen_and_only_moves_the_others():
    first = _fitted("strat", "linear")
    other = xl.glm(
        'api00 ~ ell + meals + mobility + C(stype, base="M")', SCHOOLS["strat"], DESIGNS["strat"]
    )
    assert other.bases == {"C(stype, base='M')": "M"}
    moved = other.find("stype[T.E]")
    assert moved.estimate == pytest.approx(-first.find("stype[T.M]").estimate, rel=1e-9)
    assert moved.se == pytest.approx(first.find("stype[T.M]").se, rel=1e-9)


def test_far_from_zero_columns_lose_no_digits():
    """A year as it is written, and less 2000: slopes and their errors are the same."""
    rng = np.random.default_rng(3)
    homes = pd.DataFrame({"year": rng.integers(1990, 2020, 400), "x": rng.normal(0, 1e-4, 400)})
    homes["y"] = 3.0 * homes["year"] + 1e5 * homes["x"] + rng.normal(0, 5, 400)
    far = xl.glm("y ~ year + I(year**2) + x", homes)
    near = xl.glm("y ~ I(year - 2000) + x + I((year - 2000)**2)", homes)
    pairs = (("I(year ** 2)", "I((year - 2000) ** 2)"), ("x", "x"))
    for one, other in pairs:
        a, b = far.find(one), near.find(other)
        assert a.estimate == pytest.approx(b.estimate, rel=1e-7)
        assert a.se == pytest.approx(b.se, rel=1e-7)


REPLICATED = pd.read_csv(HERE / "reference" / "replicated_models.csv")


@pytest.mark.parametrize("model", ["linear", "poisson"])
@pytest.mark.parametrize("mse", [True, False])
def test_replicate_weights_fit_the_model_again(model, mse):
    schools = SCHOOLS["clus2"].copy()
    districts = schools["dnum"].unique()
    k = len(districts)
    for i, one in enumerate(districts):
        schools[f"r{i}"] = schools["pw"] * np.where(schools["dnum"] == one, 0, k / (k - 1))
    design = xl.Design(weight="pw", replicates=[f"r{i}" for i in range(k)], kind="JK1", mse=mse)
    response, family = ("api00", "linear") if model == "linear" else ("enroll", "poisson")
    got = xl.glm(f"{response} ~ ell + meals", schools, design, family=family)
    wanted = REPLICATED[(REPLICATED["model"] == model) & (REPLICATED["mse"] == mse)]
    assert got.df == wanted["df"].iloc[0]
    np.testing.assert_allclose(got.estimate, wanted["estimate"], rtol=1e-9)
    np.testing.assert_allclose(got.se, wanted["se"], rtol=1e-9)


def test_odds_ratios_are_exponentials():
    fit = _fitted("strat", "logit")
    plain, ratios = fit.to_pandas(), fit.to_pandas(exponentiated=True)
    np.testing.assert_allclose(ratios["ci_low"], np.exp(plain["ci_low"]))
    np.testing.assert_allclose(ratios["se"], np.exp(plain["estimate"]) * plain["se"])


def test_rows_without_a_value_stand_outside_and_are_counted():
    fit = _fitted("clus2", "logit")
    said = "6 households outside the model: an expression of it has no value there"
    assert fit.notes == (said,)


def test_rows_of_weight_zero_are_no_level():
    homes = pd.DataFrame({"y": [1.0, 2, 4, 5, 9], "r": list("aabbz"), "w": [1, 2, 1, 2, 0]})
    assert xl.glm("y ~ r", homes, xl.Design(weight="w")).names == ("Intercept", "r[T.b]")


def test_persons_or_households():
    homes = pd.DataFrame({"y": [1.0, 2, 4, 5, 9], "size": [1, 2, 3, 4, 5]})
    design = xl.Design(size="size")
    means = [xl.glm("y ~ 1", homes, design, unit=u).estimate[0] for u in ("persons", "households")]
    assert means == pytest.approx([np.average(homes["y"], weights=homes["size"]), 4.2])


def test_many_households_without_psus_stay_in_the_engine(monkeypatch):
    from exitline.stats.measure.passes import totals

    homes = SCHOOLS["strat"]
    few = _fitted("strat", "linear")
    monkeypatch.setattr(totals, "ONE_BY_ONE", 10)
    many = xl.glm(MODELS["linear"][0], homes, DESIGNS["strat"])
    np.testing.assert_allclose(many.covariance, few.covariance, rtol=1e-8)


def test_where_nothing_varies_around_the_model_there_is_no_test(tmp_path):
    """Rounding is no finding: a slope of 1e-17 with p = 0, or nan on the screen."""
    homes = pd.DataFrame({"y": [5.0] * 6, "z": [0.0] * 6, "x": [0.3, -1.2, 0.5, 2.1, 0.9, -0.4]})
    for formula in ("y ~ x", "z ~ x", "x ~ C(x)"):  # the last leaves no degrees of freedom
        found = xl.glm(formula, homes).to_pandas()
        assert (found.se < 1e-12).all()
        assert found.t.isna().all()
        assert found.p.isna().all()
    homes.to_csv(tmp_path / "homes.csv", index=False)
    shown = CliRunner().invoke(command, [str(tmp_path / "homes.csv"), "z ~ x"]).output
    assert "none" in shown
    assert "nan" not in shown


def test_a_full_count_has_no_standard_errors():
    homes = pd.DataFrame({"y": [1.0, 2, 4, 5], "x": [1, 2, 3, 5]})
    assert set(xl.glm("y ~ x", homes, xl.Design(census=True)).se) == {0.0}


BAD = pd.DataFrame(
    {"y": [1.0, 2, 4, 5, 9, 3], "x": [1, 2, 3, 4, 5, 6.0], "twice": [2, 4, 6, 8, 10, 12.0],
     "text": list("aabbcc"), "zero": [0] * 6, "flag": [0, 0, 0, 1, 1, 1], "same": list("qqqqqq"),
     "empty": [None] * 6, "w": [1, 1, -1, 1, 1, 1], "yes": list("ynynyn")}
)  # fmt: skip


@pytest.mark.parametrize(
    ("formula", "options", "said"),
    [
        ("y", {}, "no formula"),
        ("y ~ x +* x", {}, "no formula"),
        ("y + x ~ x", {}, "no formula"),
        ("y ~ x | twice", {}, "no formula"),
        ("y ~ (1 | text)", {}, "no formula"),
        (3, {}, "no formula"),
        ("y ~ nosuch", {}, "no column 'nosuch'"),
        ("y ~ __import__('os').getcwd()", {}, "no formula"),
        ("y ~ I(open('x'))", {}, "cannot be used in a formula"),
        ("y ~ I(x.__class__(1))", {}, "cannot be used in a formula"),
        ("y ~ I(0 < x < 3)", {}, "cannot be used in a formula"),
        ("y ~ C(text, base=x)", {}, "cannot be used in a formula"),
        ("y ~ poly(x, 2)", {}, "cannot be used in a formula"),
        ("y ~ I(text + 1)", {}, "cannot be computed|no number"),
        ("yes ~ x", {"family": "logit"}, "is a text"),
        ("y ~ x + twice", {}, "'twice' of the model follows"),
        ("y ~ zero", {}, "'zero' of the model follows"),
        ("y ~ same", {}, "single level"),
        ("y ~ C(text, base='d')", {}, "no level 'd'"),
        ("y ~ empty", {}, "no household|no number|single level"),
        ("y ~ log(zero)", {}, "no household is in the model"),
        ("y ~ x", {"family": "binomial"}, "does not suit"),
        ("I(y - 5) ~ x", {"family": "poisson"}, "does not suit"),
        ("zero ~ x", {"family": "logit"}, "the same on every row"),
        ("flag ~ x", {"family": "logit"}, "no finite coefficients"),
        ("y ~ x", {"family": "probit"}, "no family"),
        ("y ~ x", {"unit": "people"}, "cannot weigh"),
        ("y ~ x", {"level": 95}, "level"),
        ("y ~ x", {"design": xl.Design(weight="w")}, "weight"),
    ],
)
def test_what_cannot_be_fitted_says_why(formula, options, said):
    with pytest.raises(ExitlineError, match=said):
        xl.glm(formula, BAD, **options)


def test_a_term_that_is_not_there_and_a_group_of_three():
    fit = xl.glm("y ~ x + yes", BAD)
    for call in (fit.wald, fit.find):
        with pytest.raises(ExitlineError, match="no term"):
            call("z")
    with pytest.raises(ExitlineError, match="has 3 groups"):
        xl.t_test(BAD, "y", "text")


@pytest.mark.parametrize("written", ["inf", "-Infinity", "nan", "NaN"])
def test_a_number_that_is_infinite_or_none_makes_no_categories_of_a_column(written, tmp_path):
    """Of a text file, as of a table: the household stands outside the model and is counted."""
    homes = pd.DataFrame({"y": np.arange(12.0) ** 1.5, "x": np.arange(12.0)[::-1] ** 2})
    homes.drop(index=4).to_csv(tmp_path / "whole.csv", index=False)
    lines = homes.astype(str)
    lines.loc[4, "x"] = written
    lines.to_csv(tmp_path / "homes.csv", index=False)
    wanted = xl.glm("y ~ x", tmp_path / "whole.csv", xl.Design())
    found = xl.glm("y ~ x", tmp_path / "homes.csv", xl.Design())
    assert found.terms == wanted.terms
    np.testing.assert_array_equal(found.estimate, wanted.estimate)
    (note,) = found.notes
    assert note == "1 household outside the model: an expression of it has no value there"
