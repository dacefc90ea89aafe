"""Households that are clusters of their own: figures from the engine's covariances are those that
each household's own row gives (the same data with the household's id as PSU)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import exitline as xl
from exitline.stats.infer.comparing.apart import apart
from exitline.stats.measure.passes import totals

CLOSE = 1e-10
ROUNDING = 1e-11  # around zero: a domain of equal values
MEASURES = ["headcount", "severity", "poor_count", "mean", "total", "mld"]
DESIGNS = {
    "simple": {},
    "strata": {"strata": "stratum"},
    "crossed strata and fpc": {"strata": ["stratum", "side"], "fpc": "population"},
    "sampling fraction": {"strata": "stratum", "fpc": "fraction"},
    "lonely, adjusted": {"strata": "thin", "lonely": "adjust"},
    "lonely, averaged": {"strata": "thin", "lonely": "average"},
}


def _homes() -> pd.DataFrame:
    """Four strata, areas across them, one area without any poor and one of a single household."""
    rng = np.random.default_rng(8)
    n = 900
    stratum = rng.integers(0, 4, n)
    homes = pd.DataFrame(
        {
            "hhid": np.arange(n),
            "y": np.round(rng.lognormal(7.2, 0.7, n), 2) + 1.0,
            "people": rng.integers(1, 9, n),
            "w": np.round(rng.uniform(40, 260, n), 3),
            "stratum": stratum,
            "side": np.where(rng.random(n) < 0.4, "left", "right"),
            "area": rng.integers(0, 6, n),
            "town": rng.integers(0, 3, n),
        }
    )
    homes["population"] = 3_000 + 50 * homes["stratum"]
    homes["fraction"] = 0.1 + 0.05 * homes["stratum"]
    homes["thin"] = homes["stratum"].where(homes["hhid"] != 5, 9)
    homes.loc[homes["area"] == 1, "y"] += 5_000
    homes.loc[homes["area"] == 2, "y"] = 700.0
    homes.loc[7, "area"] = 77
    return homes


def _found(engine, homes, design, *, psu, monkeypatch=None, measures=MEASURES, line=None, **more):
    if monkeypatch is not None:
        monkeypatch.setattr(totals, "ONE_BY_ONE", 0)
    nested = {"psu": psu} if psu else {}
    return xl.estimate(
        homes, measures, engine=engine, welfare="y", line=line or 1500.0,
        design=xl.Design(weight="w", size="people", **design, **nested),
        by=["area", ("town", "side")], **more,
    )  # fmt: skip


def _same(got, expected):
    ours, theirs = (f.to_pandas(deff=True, reason=True) for f in (got, expected))
    for name in ("measure", "line", "by", "domain", "n", "df", "reason"):
        assert ours[name].tolist() == theirs[name].tolist(), name
    for name in ("estimate", "se", "ci_low", "ci_high", "population", "deff"):
        # of equal values a design effect is 0/0
        some = (theirs["domain"] != "2").to_numpy() if name == "deff" else slice(None)
        one, other = ours[name].to_numpy()[some], theirs[name].to_numpy()[some]
        np.testing.assert_allclose(one, other, rtol=CLOSE, atol=ROUNDING, err_msg=name)
    zero = theirs["se"] == 0
    assert zero.any()
    assert (ours["se"][zero] == 0).all()
    assert got.variance.df == expected.variance.df


@pytest.mark.parametrize("name", DESIGNS)
def test_same_as_row_by_row(monkeypatch, name):
    homes = _homes()
    expected = _found("duckdb", homes, DESIGNS[name], psu="hhid", deff=True)
    got = _found("duckdb", homes, DESIGNS[name], psu=None, monkeypatch=monkeypatch, deff=True)
    assert got.blocks[0].rows.times is not None
    assert expected.blocks[0].rows.times is None
    assert len(got.blocks[0].rows.n) < len(homes)
    _same(got, expected)


@pytest.mark.parametrize(
    "line", [{"m": xl.relative_line(0.6)}, {"m": xl.relative_line(0.5, "mean")}]
)
def test_same_at_relative_lines(monkeypatch, line):
    asked = {"measures": ["headcount", "poverty_gap", "poor_count"], "line": line["m"]}
    expected = _found("duckdb", _homes(), DESIGNS["strata"], psu="hhid", **asked)
    got = _found("duckdb", _homes(), DESIGNS["strata"], psu=None, monkeypatch=monkeypatch, **asked)
    _same(got, expected)
    for a, b in ((0, 3), (1, 4)):
        sides = [{"measure": "headcount", "domain": str(d)} for d in (a, b)]
        one, other = got.difference(*sides), expected.difference(*sides)
        assert one.se == pytest.approx(other.se, rel=CLOSE)


@pytest.mark.parametrize("name", ["simple", "crossed strata and fpc", "lonely, adjusted"])
def test_same_differences(monkeypatch, name):
    asked = {"measures": ["headcount", "mean"], "line": 1500.0}
    expected = _found("duckdb", _homes(), DESIGNS[name], psu="hhid", **asked)
    got = _found("duckdb", _homes(), DESIGNS[name], psu=None, monkeypatch=monkeypatch, **asked)
    pairs = [
        ({"measure": "headcount", "domain": "0"}, {"measure": "headcount", "domain": "3"}),
        ({"measure": "headcount", "domain": "0"}, {"measure": "headcount", "by": ""}),
        ({"measure": "mean", "domain": "4"}, {"measure": "headcount", "domain": "4"}),
        ({"measure": "mean", "domain": "4"}, {"measure": "mean", "domain": "0, left"}),
    ]
    for pair in pairs:
        one, other = got.difference(*pair), expected.difference(*pair)
        assert (one.n, one.df) == (other.n, other.df)
        assert one.se == pytest.approx(other.se, rel=CLOSE)
    for ours, theirs in zip(got.blocks, expected.blocks, strict=True):
        one, other = apart(got, ours), apart(expected, theirs)
        assert (one.above, one.below, one.highest) == (other.above, other.below, other.highest)
        assert list(one.p.values()) == pytest.approx(list(other.p.values()), rel=1e-8)


def test_same_on_both_engines(engine, monkeypatch):
    asked = {"measures": ["headcount", "mean"], "line": xl.relative_line(0.6)}
    design = DESIGNS["crossed strata and fpc"]
    expected = _found("duckdb", _homes(), design, psu="hhid", **asked)
    got = _found(engine, _homes(), design, psu=None, monkeypatch=monkeypatch, **asked)
    _same(got, expected)
    sides = [{"measure": "headcount", "domain": d} for d in ("0", "3")]
    assert got.difference(*sides).se == pytest.approx(expected.difference(*sides).se, rel=CLOSE)


def test_households_left_out_still_count_as_clusters(monkeypatch):
    homes = _homes()
    homes.loc[homes["hhid"] % 7 == 0, "y"] = np.nan
    homes.loc[homes["hhid"] % 11 == 0, "w"] = 0.0
    homes["poor"] = homes["y"] < 1000
    asked = {"measures": ["mean", "headcount"], "missing": "exclude"}
    expected = _found("duckdb", homes, DESIGNS["strata"], psu="hhid", **asked)
    got = _found("duckdb", homes, DESIGNS["strata"], psu=None, monkeypatch=monkeypatch, **asked)
    _same(got, expected)
    assert got.notes == expected.notes
    assert got.excluded == expected.excluded


def test_population_sizes_that_vary_are_refused(monkeypatch):
    homes = _homes()
    homes.loc[3, "population"] += 1
    with pytest.raises(xl.ExitlineError, match="varies within a stratum"):
        _found(
            "duckdb", homes, DESIGNS["crossed strata and fpc"], psu=None, monkeypatch=monkeypatch
        )


def test_a_census_needs_no_covariances(monkeypatch):
    monkeypatch.setattr(totals, "ONE_BY_ONE", 0)
    homes = _homes()
    found = xl.estimate(
        homes,
        "headcount",
        engine="duckdb",
        welfare="y",
        line=1000,
        design=xl.Design(census=True),
        by="area",
    )
    assert {one.se for one in found} == {0.0}
    assert found.blocks[0].rows.times is None


def test_whole_numbers_stay_whole(monkeypatch):
    homes = _homes().assign(w=3)
    found = _found("duckdb", homes, DESIGNS["strata"], psu=None, monkeypatch=monkeypatch)
    assert found.find(measure="mean", by="").population == 3 * homes["people"].sum()
