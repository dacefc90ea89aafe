"""Files of grouped data that cannot be used are refused in words."""

from __future__ import annotations

import pandas as pd
import pytest

import exitline as xl
from exitline.cli import call
from exitline.errors import ExitlineError

CHINA = "examples/china-1981-2019/china.csv"
BINS = "tests/stats/grouped_data/cases/bins.csv"


def _china(**given):
    return {"data": CHINA, "shares": "decile*", "mean": "mean", "line": 2.15,
            "by": ["year", "level"], **given}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (_china(shares="dezile*"), "number for the star"),
        (_china(mean="maen"), "no column 'maen'"),
        (_china(by="year"), "several rows belong to one distribution"),
        (_china(by=()), "several rows belong to one distribution"),
        (_china(mean="level"), "as a domain and as a number"),
        (_china(line=()), "need a poverty line"),
        (_china(line=-1), "not a positive number"),
        (_china(official=["at_2.15", "at_3.65"]), "do not fit the first measure"),
        (_china(pool="area"), "no domain column"),
        (_china(pool="level"), "unknown number of people"),
        (_china(pool="level=national", weight="people", mean=None, line=(), measures="gini"),
         "no mean"),
        (_china(pool="level=national", weight="people", line="mean"), "different lines"),
        (_china(data=BINS, shares=None), "no column"),
        ({"data": BINS, "measures": "gini"}, "no column was named"),
        ({"data": BINS, "counts": "people", "measures": "gini"}, "four forms"),
        ({"data": BINS, "counts": "people", "means": "mean", "mean": "mean", "measures": "gini"},
         "mean differs between classes"),
    ],
)  # fmt: skip
def test_bad_files(given, said):
    with pytest.raises(ExitlineError) as raised:
        xl.grouped_table(**given)
    assert said in str(raised.value)


def test_all_bad_distributions_are_named_at_once():
    data = pd.read_csv(CHINA)
    data.loc[[1, 7], "decile3"] = None
    with pytest.raises(ExitlineError) as raised:
        xl.grouped_table(**_china(data=data))
    said = str(raised.value)
    assert "1981, rural, class 3" in said
    assert said.count("missing or infinite values") == 2


def test_of_very_many_faults_the_first_are_said():
    data = pd.read_csv(CHINA).assign(decile3=None)
    with pytest.raises(ExitlineError) as raised:
        xl.grouped_table(**_china(data=data.astype({"decile3": float})))
    said = str(raised.value)
    assert said.count("missing or infinite values") == 10
    assert "50 more distributions" in said


def test_distributions_without_shares_are_left_out_on_request():
    data = pd.read_csv(CHINA)
    data.loc[[1, 7], "decile3"] = None
    found = xl.grouped_table(**_china(data=data), missing="exclude")
    assert found.excluded == ("1981, rural", "1987, rural")
    assert len(found) == 58
    assert "1981, rural; 1987, rural" in found.notes[0]


def test_what_was_done_to_the_data_is_said(capsys, tmp_path):
    file = tmp_path / "rounded.csv"
    file.write_text("d1,d2,d3,d4,d5\n7,11.9,16,22,43.5\n")
    assert call(["grouped", str(file), "--shares", "d*", "--measure", "gini", "--json"]) == 0
    said = capsys.readouterr()
    assert "shares were divided by their sum (all: 100.4)" in said.err
    assert '"gini"' in said.out


def test_domains_of_places_with_commas_stay_apart():
    data = pd.read_csv(CHINA).query("year == 1981").assign(level=["a, b", "a", "b"])
    found = xl.grouped_table(**_china(data=data)).to_pandas()
    assert found["domain"].tolist() == ["1981, a", '1981, "a, b"', "1981, b"]


def test_classes_in_rows(capsys):
    assert call(["grouped", BINS, "--counts", "people", "--means", "mean", "--upper", "upper",
                 "--line", "400", "--measure", "headcount", "--measure", "mean"]) == 0  # fmt: skip
    said = capsys.readouterr().out
    assert "mean" in said
    assert "644.6900" in said  # 6,446,900 over 10,000 people


def test_wrong_usage_is_status_2(capsys):
    assert call(["grouped", CHINA, "--shares", "decile*", "--line", "nan"]) in (1, 2)
    assert call(["grouped", CHINA, "--fit", "cubic"]) == 2
    assert "cubic" in capsys.readouterr().err
