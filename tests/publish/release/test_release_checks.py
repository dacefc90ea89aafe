"""Micro data checks against brute force, on both engines."""

from __future__ import annotations

import json
import math
from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exitline.api.releases.release import ReleaseError, ReleasePlan, release
from exitline.cli import main

KEYS = ("region", "size")


def _homes(seed: int = 3, rows: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame({
        "region": rng.choice(["N", "S", None], rows, p=[0.6, 0.3, 0.1]),
        "size": rng.poisson(3, rows) + 1,
        "state": rng.choice(["poor", "near", "not"], rows, p=[0.1, 0.2, 0.7]),
        "income": rng.lognormal(3, 1, rows), "w": rng.uniform(0.5, 40, rows),
    })  # fmt: skip


def _risk(f: int, total: float) -> float:
    """E(1/F | f) with F negative binomial, by summing (Benedetti & Franconi 1998)."""
    p = min(1.0, f / total)
    if p == 1.0:
        return 1.0 / f
    return sum(
        math.exp(math.log(comb(h - 1, f - 1)) + f * math.log(p) + (h - f) * math.log1p(-p)) / h
        for h in range(f, 4000)
    )


def test_classes_and_risks_are_those_of_brute_force(engine):
    homes = _homes()
    found = release(homes, ReleasePlan(KEYS, (), "w", k=5), engine=engine).anonymity
    sizes = homes.groupby(list(KEYS), dropna=False).agg(n=("w", "size"), total=("w", "sum"))
    assert found.rows == 300
    assert found.classes == len(sizes)
    assert found.smallest == sizes.n.min()
    assert found.rows_below == sizes.n[sizes.n < 5].sum()
    assert found.classes_below == (sizes.n < 5).sum()
    assert found.unique == (sizes.n == 1).sum() > 0
    risks = [_risk(int(n), t) for n, t in sizes.itertuples(index=False)]
    # the formula for f >= 3 is an approximation; those for 1 and 2 are exact
    expected = float(np.dot(sizes.n, risks))
    assert found.expected == pytest.approx(expected, rel=0.02)
    assert found.highest_risk == pytest.approx(max(risks), rel=0.01)


@pytest.mark.parametrize(("f", "total"), [(1, 1.4), (1, 30.0), (1, 400.0), (2, 2.5), (2, 60.0)])
def test_risk_of_one_and_two_is_exact(f, total):
    homes = pd.DataFrame({"a": ["x"] * f, "w": [total / f] * f})
    found = release(homes, ReleasePlan(("a",), (), "w", k=2)).anonymity
    assert found.highest_risk == pytest.approx(_risk(f, total), rel=1e-6)


def test_diversity_is_that_of_brute_force(engine):
    homes = _homes()
    plan = ReleasePlan(KEYS, ("state",), level=2, c=3.0)
    found = release(homes, plan, engine=engine).diversity[0]
    classes = [
        g.state.value_counts().to_numpy() for _, g in homes.groupby(list(KEYS), dropna=False)
    ]
    shares = [c / c.sum() for c in classes]
    entropy = min(-(p * np.log(p)).sum() for p in shares)
    ratios = [c[0] / c[1:].sum() if len(c) > 1 else math.inf for c in classes]
    assert found.distinct == min(len(c) for c in classes)
    assert found.entropy == pytest.approx(math.exp(entropy))
    assert found.ratio == pytest.approx(max(ratios))
    assert found.rows_below == sum(c.sum() for c in classes if len(c) < 2)


def test_recursive_diversity_of_a_known_class():
    """Machanavajjhala et al. 2007: counts 6, 3, 1 satisfy (c, 2) for c > 6 / 4."""
    homes = pd.DataFrame({"a": ["x"] * 10, "s": list("aaaaaabbbc")})
    found = release(homes, ReleasePlan(("a",), ("s",), level=2, c=1.5)).diversity[0]
    assert found.ratio == pytest.approx(1.5)
    assert not found.met
    third = release(homes, ReleasePlan(("a",), ("s",), level=3, c=6.1)).diversity[0]
    assert (third.ratio, third.met) == (6.0, True)
    assert not third.entropy_met  # exp(0.898) = 2.45 effective values


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=40))
def test_smallest_class_and_values_hold_for_any_rows(rows):
    homes = pd.DataFrame(rows, columns=["a", "s"])
    report = release(homes, ReleasePlan(("a",), ("s",), k=2))
    by = homes.groupby("a")
    assert report.anonymity.smallest == by.size().min()
    assert report.diversity[0].distinct == by.s.nunique().min()
    assert 0 < report.anonymity.highest_risk <= 1
    assert report.diversity[0].entropy <= 3 + 1e-9


def test_top_coding_changes_what_it_says(engine, tmp_path):
    homes = _homes()
    plan = ReleasePlan(("region",), (), "w", k=2, top=(("income", 0.95, True), ("size", 6, False)),
                       welfare="income", line=15.0)  # fmt: skip
    report = release(homes, plan, tmp_path / "r.parquet", engine=engine)
    out = pd.read_parquet(tmp_path / "r.parquet")
    cut = np.quantile(homes.income, 0.95)
    income = next(t for t in report.top_codes if t.column == "income")
    assert income.cut == pytest.approx(cut)
    assert income.coded == (homes.income > cut).sum() == 15
    assert income.mean == pytest.approx(np.average(homes.income, weights=homes.w))
    assert income.mean_after == pytest.approx(np.average(out.income, weights=out.w))
    assert income.mean_after < income.mean
    poor = np.average(homes.income < 15, weights=homes.w)
    assert income.poor == pytest.approx(poor) == income.poor_after
    assert out.income.max() == pytest.approx(cut)
    assert out["size"].max() == 6
    assert len(out) == 300


def test_the_order_of_the_file_tells_nothing(tmp_path):
    """The same rows in another order give the same file."""
    homes = _homes()
    for name, frame in (("a", homes), ("b", homes.sample(frac=1.0, random_state=1))):
        release(frame, ReleasePlan(("region",), k=2), tmp_path / f"{name}.parquet")
    first, second = (pd.read_parquet(tmp_path / f"{n}.parquet") for n in "ab")
    pd.testing.assert_frame_equal(first, second)


@pytest.mark.parametrize(
    "column", ["id_card", "身份证号码", "HeadName", "户主姓名", "phone", "手机号", "iban",
               "开户银行", "GPS_lat"],
)  # fmt: skip
def test_columns_that_name_people_are_refused(column, tmp_path):
    homes = _homes().assign(**{column: [f"x{i}" for i in range(300)]})
    with pytest.raises(ReleaseError, match="name people") as raised:
        release(homes, ReleasePlan(("region",), k=2), tmp_path / "r.parquet")
    assert column in str(raised.value)
    assert not list(tmp_path.iterdir())
    report = release(homes, ReleasePlan(("region",), k=2, drop=(column,)), tmp_path / "r.parquet")
    assert report.met
    assert column not in pd.read_parquet(tmp_path / "r.parquet").columns


def test_whether_there_is_a_phone_is_no_phone():
    homes = _homes().assign(has_phone=True, phone=[0, 1] * 150, bank=["yes", "no", None] * 100)
    assert release(homes, ReleasePlan(("region",), k=2)).met


def _run(*arguments: object, status: int = 0) -> None:
    with pytest.raises(SystemExit) as end:
        main([str(a) for a in arguments])
    assert (end.value.code or 0) == status


def test_the_command_writes_only_what_holds(tmp_path, capsys):
    _homes().to_parquet(tmp_path / "homes.parquet")
    common = ("release", tmp_path / "homes.parquet", "--sensitive", "state", "--weight", "w")
    _run(*common, "--keys", "region,size", "--out", tmp_path / "r.parquet", status=1)
    said = capsys.readouterr().out
    assert "do not meet" in said
    assert "nothing was written" in said
    assert "leaving out a key" in said
    assert not (tmp_path / "r.parquet").exists()
    _run(*common, "--keys", "region", "--top", "income=99%", "--out", tmp_path / "r.parquet")
    assert (tmp_path / "r.parquet").exists()
    capsys.readouterr()
    _run(*common, "--keys", "region", "--json")
    assert json.loads(capsys.readouterr().out)["met"] is True


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--keys", "regio"], 1, "did you mean 'region'"),
        (["--keys", "region", "--k", "1"], 1, "protects nobody"),
        (["--keys", "region", "--top", "region=5"], 1, "no numbers"),
        (["--keys", "region", "--top", "income"], 2, "COLUMN=VALUE"),
        (["--keys", "region", "--top", "income=120%"], 2, "share below 100"),
        (["--keys", "region", "--drop", "region"], 1, "checked and left out"),
        (["--keys", "region", "--out", "r.sav"], 1, "Parquet"),
    ],
)
def test_bad_input_is_refused(arguments, status, said, capsys, tmp_path):
    _homes().to_parquet(tmp_path / "homes.parquet")
    _run("release", tmp_path / "homes.parquet", *arguments, status=status)
    assert said in " ".join(capsys.readouterr().err.split())


def test_no_rows_are_refused():
    from exitline.errors import DataError

    with pytest.raises(DataError, match="no rows"):
        release(_homes().head(0), ReleasePlan(("region",)))


@pytest.mark.parametrize(
    ("column", "values", "kind"),
    [
        ("var17", ["none", "１１０１０５ 19491231002Ｘ"], "id number"),
        ("var17", [13812345678, 13912345679],
         "phone"),
        ("var17", [13812345678.0, 13912345679.0, float("nan")], "phone"),
        ("remark", ["Wang 4111-1111-1111-1111", None], "bank account"),
        ("remark", ["call 138\u200b1234\u20135678"], "phone"),
        ("sfzh", ["a", "b", "c"], "id number"), ("xm", ["a", "b", "c"], "name"),
        ("姓 名", ["a", "b", "c"], "name"), ("户主", ["a", "b", "c"], "name"),
        ("phone1", ["a", "b", "c"], "phone"), ("yhkh", ["a", "b", "c"], "bank account"),
        ("username", ["e1", "e2"], "user name"), ("_submitted_by", ["e1"], "user name"),
        ("deviceid", ["x", "y"], "device id"), ("SubmitterID", [1, 2], "user name"),
        ("_home_latitude", [1.0, 2.0], "position"), ("geopoint", ["a", "b"], "position"),
        ("var17", ["[-1.290000, 36.820000]", None], "position"),
        ("var17", ["-1.29210 36.82190 1661.0 4.5"], "position"),
        ("var17", ["POINT(36.82190 -1.29210)"], "position"),
        ("var17", ["41.3275; 19.8187"], "position"),
        ("var17", ["a.person@example.org", "none"], "email"),
        ("var17", ["collect:aBcDeFgH1234"], "device id"),
        ("var17", ["0700000000", "0712 345 678", "069-123-4567"], "phone"),
    ],
)  # fmt: skip
def test_identifiers_in_disguise_are_refused(engine, column, values, kind):
    homes = _homes().drop(columns="size").assign(**{column: (values * 300)[:300]})
    with pytest.raises(ReleaseError, match="name people") as caught:
        release(homes, ReleasePlan(("region",)), engine=engine)
    assert caught.value.got == f"{column} ({kind})"
    assert not any(str(v) in str(caught.value) for v in values if len(str(v)) > 4)


def test_what_kobo_and_odk_add_by_themselves_never_leaves(engine, tmp_path):
    """A made-up export: positions of homes, phones, user names and device ids."""
    export = "tests/publish/release/cases/kobo.csv"
    with pytest.raises(ReleaseError) as caught:
        release(export, ReleasePlan(("reg",)), tmp_path / "r.parquet", engine=engine)
    for column in ("_geolocation", "phonenumber", "username", "deviceid"):
        assert column in caught.value.got
    assert not list(tmp_path.iterdir())


def test_codes_with_leading_zeros_and_decimals_are_no_identifiers():
    homes = _homes().assign(
        ratio=["0.12345", "12.5"] * 150,
        span=["1.5, 2.5", "10.25-11.75"] * 150, ea=["0001234567", "0001234568"] * 150,
        long_term=[1, 2] * 150, start=["2024-05-02T10:11:12.000+03:00"] * 300,
    )  # fmt: skip
    assert release(homes, ReleasePlan(("region",), k=2)).met


def test_id_numbers_stored_as_whole_numbers_are_refused_and_money_is_not(engine):
    homes = _homes().assign(code=[110105194912310038] * 300, income=13.8e9)
    homes.loc[:200, "income"] = [2.1e9 + i for i in range(201)]
    with pytest.raises(ReleaseError) as caught:
        release(homes, ReleasePlan(("region",)), engine=engine)
    assert caught.value.got == "code (id number)"
