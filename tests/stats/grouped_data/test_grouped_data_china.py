"""China 1981 to 2019 against the World Bank's published figures: see the example's README."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import exitline as xl
from exitline.cli import call

CHINA = "examples/china-1981-2019/china.csv"
ASKED = {
    "shares": "decile*", "mean": "mean", "by": ["year", "level"], "pool": "level=national",
    "weight": "people",
}  # fmt: skip


@pytest.fixture(scope="module")
def headcounts() -> pd.DataFrame:
    """Ours and the published at all three lines."""
    official = ["at_2.15", "at_3.65", "at_6.85"]
    root = Path(__file__).parents[3]
    return xl.grouped_table(
        root / CHINA, line=[2.15, 3.65, 6.85], official=official, **ASKED
    ).to_pandas()


@pytest.mark.parametrize(
    ("line", "level", "distance", "same"),
    [(2.15, "rural", 0.392, 8), (2.15, "urban", 0.273, 2), (2.15, "national", 0.297, 1),
     (3.65, "rural", 0.227, 11), (3.65, "urban", 0.466, 3), (3.65, "national", 0.211, 3),
     (6.85, "rural", 0.024, 17), (6.85, "urban", 0.210, 4), (6.85, "national", 0.120, 3)],
)  # fmt: skip
def test_headcounts_beside_the_published(headcounts, line, level, distance, same):
    """Mean distance in percentage points, and in how many years five digits are the same."""
    found = headcounts[headcounts["line"] == line]
    off = found[found["domain"].str.endswith(level)]["difference"].abs()
    assert len(off) == 20
    assert 100 * off.mean() == pytest.approx(distance, abs=6e-4)
    assert (off < 1e-5).sum() == same


def test_the_nations_gini_from_town_and_country():
    found = xl.grouped_table(CHINA, "gini", official="gini", **ASKED).to_pandas()
    off = found[found["domain"].str.endswith("national")]["difference"].abs()
    assert (off < 1e-6).sum() == 13
    assert off.max() < 0.011


def test_the_published_curve_is_found_again():
    """Where the shares were read off the quadratic (or beta), it goes through all of them."""
    table = xl.grouped_table(CHINA, "gini", **{**ASKED, "pool": None, "weight": None, "mean": None})
    exact = table.goodness().query("sse < 1e-20")["curve"].value_counts()
    assert len(table.distributions) == 60
    assert exact.to_dict() == {"quadratic": 35, "beta": 5}


def test_every_extrapolated_figure_is_marked(headcounts):
    found = headcounts[headcounts["line"] == 2.15]
    low = found["estimate"] < 0.1
    rural = found["domain"].str.endswith("rural")
    assert found[low & rural]["note"].str.contains("below the first class").all()
    assert not found[~low & rural & (found["estimate"] < 0.8)]["note"].str.contains("below").any()


def test_the_command(capsys):
    assert call(["grouped", CHINA, "--shares", "decile*", "--mean", "mean", "--by", "year", "--by",
                 "level", "--line", "2.15", "--official", "at_2.15", "--pool", "level=national",
                 "--weight", "people"]) == 0  # fmt: skip
    said = capsys.readouterr().out
    assert "1999, rural quadratic 62.65 % 62.65 % 0.00" in " ".join(said.split())
    assert "line below the first class: extrapolated" in " ".join(said.split())
    assert call(["grouped", CHINA, "--shares", "decile*", "--by", "year", "--by", "level",
                 "--measure", "gini", "--json"]) == 0  # fmt: skip
    assert len(json.loads(capsys.readouterr().out)) == 60


def test_the_same_on_each_engine(engine, headcounts):
    found = xl.grouped_table(CHINA, line=2.15, engine=engine, **ASKED).to_pandas()
    first = headcounts[headcounts["line"] == 2.15].reset_index(drop=True)
    assert found["domain"].tolist() == first["domain"].tolist()
    assert found["estimate"].tolist() == pytest.approx(first["estimate"].tolist(), rel=1e-12)


def test_the_order_of_rows_does_not_matter():
    data = pd.read_csv(CHINA)
    once = xl.grouped_table(data, line=2.15, **ASKED).to_pandas()
    again = xl.grouped_table(data.sample(frac=1, random_state=3), line=2.15, **ASKED).to_pandas()
    pd.testing.assert_frame_equal(once, again)
    points = pd.read_csv(Path(__file__).parent / "cases" / "datt1998.csv")
    asked = {"line": 89, "population": "P", "lorenz": "L", "mean": 109.9}
    values = [
        xl.grouped_table(rows, **asked).to_pandas()["estimate"][0]
        for rows in (points, points[::-1], points.sample(frac=1, random_state=5))
    ]
    assert len(set(values)) == 1
