"""Scores, cards, rules, evaluations and scenarios, as a user asks for them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from tests.exits.target.counting import CENSUS, SAMPLE, chosen

import exitline as xl
from exitline.exits.target import fitting
from exitline.exits.target.errors import TargetError

FORMULA = "log(pc_exp) ~ hhsize + rooms + water + electricity"
DESIGN = xl.Design(weight="hhweight", size="hhsize", psu="ea")


@pytest.fixture(scope="module")
def sample() -> pd.DataFrame:
    return pd.read_parquet(SAMPLE)


def test_least_squares_and_logit_are_those_of_the_design_weighted_regression():
    """As `xl.glm`, which is checked against R's svyglm."""
    one = xl.target.fit(FORMULA, SAMPLE, DESIGN, folds=0)
    np.testing.assert_allclose(
        one.coefficients, xl.glm(FORMULA, SAMPLE, DESIGN).estimate, rtol=1e-9
    )
    poor = "I(pc_exp < 1500) ~ hhsize + rooms + electricity"
    two = xl.target.fit(poor, SAMPLE, DESIGN, method="logit", folds=0)
    wanted = xl.glm(poor, SAMPLE, DESIGN, family="logit").estimate
    np.testing.assert_allclose(-two.coefficients, wanted, rtol=1e-6)


def test_a_quantile_regression_of_a_constant_is_the_weighted_quantile():
    rng = np.random.default_rng(1)
    y, w = rng.normal(size=101), rng.uniform(1, 3, 101)
    found = fitting.fit(np.ones((101, 1)), y, w, "quantile", tau=0.3)
    order = np.argsort(y)
    upto = np.cumsum(w[order]) / w.sum()
    assert found[0] == pytest.approx(y[order][np.searchsorted(upto, 0.3)], rel=1e-9)


def test_a_quantile_regression_is_where_the_loss_is_least():
    rng = np.random.default_rng(2)
    x = np.column_stack([np.ones(80), rng.normal(size=80), rng.integers(0, 2, 80)])
    y, w = x @ [1.0, 2.0, -1.0] + rng.standard_t(3, 80), rng.uniform(1, 3, 80)

    def loss(b: np.ndarray) -> float:
        apart = y - x @ b
        return float((w * apart * (0.4 - (apart < 0))).sum())

    found = fitting.fit(x, y, w, "quantile", tau=0.4)
    for _ in range(200):
        assert loss(found) <= loss(found + rng.normal(0, 0.05, 3)) + 1e-9


def test_an_elastic_net_predicts_nearly_as_well_as_all_columns():
    pytest.importorskip("sklearn")
    net = xl.target.fit(FORMULA, SAMPLE, DESIGN, method="elastic_net")
    full = xl.target.fit(FORMULA, SAMPLE, DESIGN)
    assert full.inside - 0.05 < net.inside <= full.inside + 1e-9


def test_households_are_scored_without_their_fold(sample):
    """The outside R squared, from scores that are fitted here without each fold's PSUs."""
    test = xl.target.fit("log(pc_exp) ~ hhsize + rooms", sample, DESIGN, folds=4)
    fold = dict(zip(*(test.folds.column(c).to_pylist() for c in ("unit", "fold")), strict=True))
    of = sample.ea.map(fold).to_numpy()
    x = np.column_stack([np.ones(len(sample)), sample.hhsize, sample.rooms])
    y, w = np.log(sample.pc_exp).to_numpy(), (sample.hhweight * sample.hhsize).to_numpy()
    score = np.empty(len(sample))
    for k in range(4):
        root = np.sqrt(w[of != k])
        b, *_ = np.linalg.lstsq(x[of != k] * root[:, None], y[of != k] * root, rcond=None)
        score[of == k] = x[of == k] @ b
    wanted = 1 - (w * (y - score) ** 2).sum() / (w * (y - np.average(y, weights=w)) ** 2).sum()
    assert test.outside == pytest.approx(wanted, rel=1e-9)
    options = {"welfare": "pc_exp", "line": 1500, "design": DESIGN, "quota": 0.3}
    found = xl.target.evaluate(sample, {"test": test}, **options)
    other = xl.target.evaluate(sample.assign(own=score), "own", **options)
    for figure in ("exclusion_error", "inclusion_error"):
        one, two = found.find("test", figure), other.find("own", figure)
        assert (one.estimate, one.se) == pytest.approx((two.estimate, two.se), rel=1e-9)


def test_a_card_is_added_up_by_hand(sample):
    test = xl.target.fit(FORMULA, sample, DESIGN)
    card = test.card(100)
    points = dict(zip(card.names, card.points, strict=True))
    found = xl.target.score(sample, test, design=DESIGN, card=card)
    wanted = (
        card.start + points["hhsize"] * sample.hhsize + points["rooms"] * sample.rooms
        + sample.water.map(lambda w: points.get(f"water[T.{w}]", 0))
        + points["electricity[T.Yes]"] * (sample.electricity == "Yes")
    )  # fmt: skip
    assert sorted(found.score) == sorted(wanted)
    assert found.score.min() == 0
    assert found.score.max() == card.most
    fine = xl.target.score(sample, test, design=DESIGN).merge(found, on="hid")
    assert np.corrcoef(fine.score_x, fine.score_y)[0, 1] > 0.99


def test_a_card_of_logarithms_is_refused(sample):
    test = xl.target.fit("log(pc_exp) ~ log(hhsize)", sample, DESIGN)
    with pytest.raises(TargetError, match="whole numbers"):
        test.card()


def test_the_card_on_the_census_is_nearly_as_good_as_the_model(sample):
    """What rounding to 100 points costs: fewer than two points of the poor."""
    test = xl.target.fit(FORMULA, sample, DESIGN, folds=0)
    whole = xl.Design(size="hhsize", census=True)
    found = xl.target.evaluate(
        CENSUS, {"test": test, "card": (test, test.card(100))}, welfare="pc_exp", line=1500,
        design=whole, missing="exclude",
    )  # fmt: skip
    assert found.estimates.excluded
    full, rounded = (found.find(m, "exclusion_error").estimate for m in ("test", "card"))
    assert full < 0.4
    assert rounded < full + 0.02


def test_who_is_chosen_is_a_plain_count(sample):
    for quota in (0.1, 0.33, 1.0):
        found = xl.target.score(sample, "rooms - hhsize", design=DESIGN, quota=quota)
        found = found.set_index("hid").loc[sample.hid]
        wanted = chosen(
            sample.rooms - sample.hhsize * 1.0, sample.hhweight * sample.hhsize, quota
        ).to_numpy()
        np.testing.assert_allclose(found.chosen, wanted, atol=1e-9)


def test_all_ties_at_a_given_cut_off_are_r_s_ratios(sample):
    """R 4.2.2, survey 4.5: the score rooms - hhsize, all with at most its 30 % quantile chosen;
    svyratio(~ex, ~p), svyratio(~inc, ~s), svyratio(~inc, ~np) of svydesign(~ea, weights =
    hhweight * hhsize), with p poor (below 1500), ex poor and not chosen, inc chosen and not poor.
    """
    found = xl.target.evaluate(
        sample, {"s": "rooms - hhsize"}, welfare="pc_exp", line=1500, design=DESIGN, quota=0.3,
        ties="all",
    )  # fmt: skip
    known = {
        "exclusion_error": (0.189666476355604, 0.0553182445571689),
        "inclusion_error": (0.577743524484145, 0.0770098274678456),
        "nonpoor_coverage": (0.276511458179267, 0.0530164286410951),
    }
    for figure, (estimate, se) in known.items():
        one = found.find("s", figure, 0.3)
        assert (one.estimate, one.se) == pytest.approx((estimate, se), rel=1e-9), figure


def test_groups_share_one_quota(sample):
    found = xl.target.evaluate(
        sample, {"s": "rooms - hhsize"}, welfare="pc_exp", line=1500, design=DESIGN, quota=0.3,
        by="urbrur",
    )  # fmt: skip
    w = sample.hhweight * sample.hhsize
    s, poor = chosen(sample.rooms - sample.hhsize * 1.0, w, 0.3), sample.pc_exp < 1500
    for group in ("Rural", "Urban"):
        own = w * (sample.urbrur == group)
        wanted = {
            "exclusion_error": 1 - (own * poor * s).sum() / (own * poor).sum(),
            "inclusion_error": (own * ~poor * s).sum() / (own * s).sum(),
            "coverage": (own * s).sum() / own.sum(),
        }
        for figure, value in wanted.items():
            got = found.find("s", figure, 0.3, group)
            assert got.estimate == pytest.approx(value, rel=1e-10), figure
            assert got.se > 0
    apart = found.between("exclusion_error", "s", "Rural", "Urban", 0.3)
    assert apart.se > 0
    shares = [found.find("s", "coverage", 0.3, g) for g in ("Rural", "Urban")]
    assert shares[0].se > 0


def test_rule_files_of_each_kind(sample, tmp_path):
    areas = sample.groupby("geo2").pc_exp.mean().rename("poverty").mul(-1).reset_index()
    areas.to_csv(tmp_path / "map.csv", index=False)
    (tmp_path / "geo.yaml").write_text(
        "rule: poorest districts\nareas: {column: geo2, map: map.csv, value: poverty}\nquota: 0.2\n"
    )
    (tmp_path / "hybrid.yaml").write_text(
        "rule: many\neligible: hhsize > 1\nfirst: \"urbrur = 'Rural'\"\nrank: rooms\nwithin: ea\n"
    )
    geographic = xl.target.load_rule(tmp_path / "geo.yaml")
    assert geographic.kind == "geographic"
    found = xl.target.score(sample, geographic, design=DESIGN)
    best = found.groupby("geo2").score.min().idxmin()
    assert best == areas.set_index("geo2").poverty.idxmax()
    hybrid = xl.target.load_rule(tmp_path / "hybrid.yaml")
    assert hybrid.kind == "hybrid (categorical, community)"
    ranked = xl.target.score(sample, hybrid, design=DESIGN)
    first = ranked[(ranked.urbrur == "Rural") & (ranked.hhsize > 1)].score.max()
    later = ranked[(ranked.urbrur == "Urban") & (ranked.hhsize > 1)].score
    assert first < later.min()
    assert later.max() < ranked[ranked.hhsize == 1].score.min()


@pytest.mark.parametrize(
    ("text", "said"),
    [("rule: x", "who comes first"), ("rule: x\nwithin: ea\nfirst: rooms > 1", "ranks its own"),
     ("rule: x\nrank: rooms\nquota: 20", "share of persons"), ("rule: x\nrang: rooms", "no key")],
)  # fmt: skip
def test_faults_of_rule_files_are_named(tmp_path, text, said):
    (tmp_path / "r.yaml").write_text(text)
    with pytest.raises(TargetError, match=said) as refused:
        xl.target.load_rule(tmp_path / "r.yaml")
    assert "r.yaml" in refused.value.where


def test_a_map_without_some_areas_is_refused(sample, tmp_path):
    pd.DataFrame({"geo2": ["geo_01_02"], "poverty": [0.3]}).to_csv(tmp_path / "m.csv", index=False)
    (tmp_path / "r.yaml").write_text("rule: x\nareas: {column: geo2, map: m.csv, value: poverty}\n")
    with pytest.raises(TargetError, match="no figure for"):
        xl.target.score(sample, xl.target.load_rule(tmp_path / "r.yaml"))


def test_a_scenario_is_a_plain_count(sample):
    found = xl.target.transfer(
        sample,
        {"all": {"amount": 150}, "rural": {"to": "urbrur = 'Rural'", "amount": 300},
         "few": {"score": "rooms - hhsize", "quota": 0.3, "amount": 500}},
        welfare="pc_exp", line=1500, design=DESIGN,
    )  # fmt: skip
    w, y = sample.hhweight * sample.hhsize, sample.pc_exp
    part = chosen(sample.rooms - sample.hhsize * 1.0, w, 0.3)
    before = np.average(y < 1500, weights=w)
    for name, share, amount in (
        ("all", 1.0, 150.0), ("rural", (sample.urbrur == "Rural") * 1.0, 300.0),
        ("few", part, 500.0),
    ):  # fmt: skip
        poor = share * (y + amount < 1500) + (1 - share) * (y < 1500)
        effect = found.find(name, "headcount")
        assert effect.after == pytest.approx(np.average(poor, weights=w), rel=1e-10)
        assert effect.change.estimate == pytest.approx(effect.after - before, rel=1e-9)
        assert effect.change.se > 0
        cost = found.after(name, "cost")
        assert cost.estimate == pytest.approx(float((w * share).sum() * amount), rel=1e-10)
    everyone, gini = found.find("all", "gini"), xl.estimate(
        sample.assign(z=y + 150), "gini", welfare="z", design=DESIGN
    ).find()  # fmt: skip
    assert everyone.after == pytest.approx(gini.estimate, rel=1e-12)
    assert found.after("all", "gini").se == pytest.approx(gini.se, rel=1e-9)


@pytest.mark.parametrize(
    "given",
    [{}, {"amount": -1}, {"amount": 1, "quota": 0.2}, {"amount": 1, "whom": "all"},
     {"amount": 1, "to": "rooms > 1", "score": "rooms", "quota": 0.2}],
)  # fmt: skip
def test_what_is_no_transfer_is_refused(sample, given):
    with pytest.raises(TargetError) as refused:
        xl.target.transfer(sample, {"x": given}, welfare="pc_exp", line=1500)
    assert refused.value.remedy


@pytest.mark.parametrize(
    "more",
    [{"quota": 30}, {"tables": ["all"]}, {"unit": "villages"}, {"methods": {"a-b": "rooms"}},
     {"methods": {"rooms": "hhsize"}}, {"by": "hid"}, {"methods": "no_column"}],
)  # fmt: skip
def test_what_cannot_be_evaluated_is_refused(sample, more):
    given = {"methods": "rooms", **more}
    with pytest.raises(xl.ExitlineError) as refused:
        xl.target.evaluate(sample, given.pop("methods"), welfare="pc_exp", line=1500, **given)
    assert refused.value.remedy


def test_the_bound_stands_beside_what_beats_it(sample):
    found = xl.target.evaluate(
        sample.assign(truth=sample.pc_exp), ["truth"], welfare="pc_exp", line=1500, design=DESIGN,
        quota=0.2, tables=["budget"],
    )  # fmt: skip
    assert "Brown, Ravallion and van de Walle" in found.bound[0]
    poor = xl.target.evaluate(
        sample.assign(other=-sample.pc_exp), ["other"], welfare="pc_exp", line=1500, design=DESIGN,
        quota=0.2, tables=["budget"],
    )  # fmt: skip
    assert poor.bound == ()


def run(*arguments: str) -> str:
    from exitline.cli.target import command

    done = CliRunner().invoke(command, list(arguments))
    assert done.exit_code == 0, done.output
    assert max(len(line) for line in done.output.splitlines()) <= 80
    return done.output


def test_the_command_says_it_in_words():
    said = run(
        SAMPLE, "--formula", FORMULA, "--card", "100", "--welfare", "pc_exp", "--line", "1500",
        "--weight", "hhweight", "--size", "hhsize", "--psu", "ea", "--table", "errors", "--table",
        "budget", "--quota", "0.3",
    )  # fmt: skip
    for part in ("The test explains", "Begin with", "poor persons left out", "percentage points"):
        assert part in said
    transfers = run("examples/imaginary-country/scenario.yaml")
    assert "everyone: 150 a person to everyone" in transfers
    assert "each unit" in transfers
