"""The figures that R's mpitbR and survey give for multidimensional poverty."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exitline as xl

REFERENCE = Path(__file__).parent / "reference"
INDICATORS = {
    "education": ["d_school"],
    "work": ["d_work", "d_food"],
    "living": ["d_elec", "d_water", "d_toilet", "d_crowd"],
}
DESIGN = xl.Design(weight="weight", strata="stratum", psu="ea")
NAMES = {
    "hd": "uncensored", "hdk": "censored", "actb": "contribution", "pctb": "contribution_share",
}  # fmt: skip
KEYS = ["measure", "indicator", "k", "by", "domain"]


def _found(k) -> pd.DataFrame:
    data = pd.read_csv(REFERENCE / "mpi_imaginary.csv")
    found = xl.mpi(
        data, INDICATORS, k=k, design=DESIGN, by=["geo1", "urbrur"],
        bands={"vulnerable": ("0.25", "1/3")},
    ).to_pandas()  # fmt: skip
    found["indicator"] = np.where(
        found.measure.str.startswith("dimension"), found.dimension, found.indicator
    )
    found["k"] = found.line
    return found.set_index(KEYS)


@pytest.fixture(scope="module")
def of_mpitbr() -> pd.DataFrame:
    """Our figure beside each of mpitbR's."""
    rows = pd.read_csv(REFERENCE / "mpi_imaginary_mpitbr.csv", keep_default_na=False)
    whole = rows.loa == "nat"
    theirs = pd.DataFrame({
        "measure": rows.measure.replace(NAMES), "indicator": rows.indicator,
        "k": rows.k.map(lambda k: "" if k == "" else f"{int(k) / 100:g}"),
        "by": np.where(whole, "", rows.loa), "domain": np.where(whole, "", rows.subg),
        **{name: pd.to_numeric(rows[name]) for name in ("b", "se", "ll", "ul")},
    })  # fmt: skip
    both = theirs.set_index(KEYS).join(_found([0.2, 0.33, 0.5]), lsuffix="_r")
    assert len(both) == 553
    return both


def test_estimates_are_mpitbrs(of_mpitbr):
    """svyciprop goes through a model: 1e-8 off the closed form, and not quite 0 at 0."""
    assert np.allclose(of_mpitbr.estimate, of_mpitbr.b, rtol=5e-8, atol=1e-10)


def test_standard_errors_are_mpitbrs(of_mpitbr):
    told = of_mpitbr[of_mpitbr.se_r.notna() & (of_mpitbr.estimate > 0) & (of_mpitbr.estimate < 1)]
    assert len(told) == 247
    assert np.allclose(told.se, told.se_r, rtol=1e-9, atol=0)


def test_limits_are_mpitbrs(of_mpitbr):
    """Where the degrees of freedom are those of the whole design, as mpitbR takes them."""
    told = of_mpitbr[(of_mpitbr.df == 26) & of_mpitbr.ll.notna()]
    assert len(told) > 20
    assert np.allclose(told[["ci_low", "ci_high"]], told[["ll", "ul"]], rtol=1e-7)


def test_every_figure_is_surveys():
    """With standard errors of ratios and percentage contributions, which mpitbR has not."""
    theirs = pd.read_csv(
        REFERENCE / "mpi_imaginary_survey.csv", keep_default_na=False, dtype={"k": str}
    )
    theirs.loc[theirs.measure == "vulnerable", "k"] = ""
    both = theirs.set_index(KEYS).join(_found(["0.2", "1/3", "0.5"]), lsuffix="_r")
    assert len(both) == len(theirs) == 385
    assert np.allclose(both.estimate, both.b.astype(float), rtol=1e-12, atol=1e-15)
    told = both[both.se.notna()]
    assert len(told) > 370
    assert np.allclose(told.se, told.se_r.astype(float), rtol=1e-9, atol=1e-15)
    assert (told.df == told.df_r).all()


def test_shares_of_areas_are_surveys():
    """An area's part of all poor persons, and of M0: a ratio across domains."""
    theirs = pd.read_csv(REFERENCE / "mpi_imaginary_shares.csv")
    found = xl.mpi(
        pd.read_csv(REFERENCE / "mpi_imaginary.csv"), INDICATORS, k="1/3", design=DESIGN,
        by=["geo1", "urbrur"], measures=["poor_count", "score_total"],
    )  # fmt: skip
    for row in theirs.to_dict("records"):
        whole = {"measure": row["of"], "by": ""}
        share = found.ratio({**whole, "by": row["by"], "domain": row["domain"]}, whole)
        assert share.estimate == pytest.approx(row["b"], rel=1e-12)
        assert share.se == pytest.approx(row["se"], rel=1e-9)


def test_changes_are_mpitbrs():
    data = pd.read_csv(REFERENCE / "mpi_imaginary.csv")
    odd = np.arange(1, len(data) + 1) % 2 == 1
    before, after = (
        xl.mpi(data[wave], INDICATORS, k="0.33", design=DESIGN, by="urbrur") for wave in (~odd, odd)
    )
    found = xl.change(before, after, years=4)
    assert found.shared == 33
    kinds = {"abs0": "absolute", "rel0": "relative", "abs1": "annual", "rel1": "annual relative"}
    rows = pd.read_csv(REFERENCE / "mpi_imaginary_changes.csv", keep_default_na=False)
    assert len(rows) == 84
    for row in rows.itertuples():
        percent = 100.0 if row.ctype == "rel" else 1.0
        area = {} if row.loa == "nat" else {"domain": row.subg}
        one = found.find(
            measure=NAMES.get(row.measure, row.measure), kind=kinds[f"{row.ctype}{row.ann}"],
            by="" if row.loa == "nat" else row.loa,
            **area, **({"indicator": row.indicator} if row.indicator else {}),
        )  # fmt: skip
        got = (percent * one.estimate, percent * one.se)
        assert got == pytest.approx((row.b, row.se), rel=1e-9), row
