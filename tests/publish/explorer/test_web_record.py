"""A record of decisions: the 832 counties, counted again in plain pandas; faulty records."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from exitline.api.exploring import build
from exitline.publish.explorer.errors import ExplorerError

EXAMPLE = "examples/china-832/explorer.yaml"
DATA = Path("examples/series-out-of-poverty/data/china-832/counties.csv")


@pytest.fixture(scope="module")
def shown():
    return build([EXAMPLE])


def _numbers(shown, key: str) -> pd.DataFrame:
    number = next(i for i, s in enumerate(shown.series) if s.key == key)
    rows = [
        (shown.areas[c.area].key, shown.areas[c.area].level, int(shown.years[f.year]), c.value)
        for f in shown.figures if f.series == number for c in f.cells
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["area", "level", "year", "value"])


def test_counts_by_year_are_the_published_ones(shown):
    of = _numbers(shown, "in_year")
    country = of[of["level"] == -1].set_index("year")["value"]
    assert country.to_dict() == {2015: 0, 2016: 28, 2017: 125, 2018: 283, 2019: 344, 2020: 52}


def test_every_province_and_year_is_as_counted_in_pandas(shown):
    counties = pd.read_csv(DATA)
    left, share = _numbers(shown, "left"), _numbers(shown, "share")
    for name, of in (("left", left), ("share", share)):
        for row in of[of["level"] == 0].itertuples():
            years = counties["exit_year"][counties["province_zh"] == row.area]
            truth = (years <= row.year).sum()
            expected = truth if name == "left" else 100 * truth / len(years)
            assert abs(row.value - expected) <= (0 if name == "left" else 0.05 + 1e-9)
    assert len(left[left["level"] == 0]) == 22 * 6


def test_every_county_is_there_once_in_its_prefecture(shown):
    counties = pd.read_csv(DATA)
    level = len(shown.levels) - 1
    own = [a for a in shown.areas if a.level == level]
    assert len(own) == len(counties) == 832
    for area, truth in zip(own, counties.itertuples(), strict=True):
        parent = shown.areas[area.within]
        assert (area.label["zh"], parent.key) == (truth.name_zh, truth.prefecture_zh)
        assert area.label["en"].endswith(f" ({truth.name_zh})")
        assert area.label["en"].split(" (")[0].isascii()  # romanised, the name itself beside
        assert shown.areas[parent.within].key == truth.province_zh
    placed = [a for a in own if a.x is not None]
    assert len(placed) > 700
    assert all(0 <= a.x <= 1 and 0 <= a.y <= 1 for a in placed)


def test_what_each_county_had_done_by_each_year(shown):
    years = pd.read_csv(DATA)["exit_year"].to_list()
    for decided in shown.decisions:
        year = int(shown.years[decided.year])
        assert [j.outcome for j in decided.judged[0]] == [0 if y <= year else 1 for y in years]


def test_it_says_that_it_is_no_evidence(shown):
    payload = shown.payload()
    assert "not evidence" in payload["notice"]["en"]
    assert payload["palette"] == "record"
    assert payload["outcomes"][0]["en"] == "has left the list"


def _spoilt(tmp_path: Path, old: str, new: str, file: str = "explorer.yaml") -> Path:
    """The example with one thing changed."""
    text = Path(EXAMPLE).read_text()
    data = tmp_path / "counties.csv"
    data.write_text(DATA.read_text())
    root = "../series-out-of-poverty/data/china-832/"
    text = text.replace(f"{root}counties.csv", "counties.csv")
    text = text.replace(root, f"{DATA.parent.resolve()}/")
    places = Path("examples/china-832/provinces.csv").resolve()
    text = text.replace("romanised: names.csv", f"romanised: {places.with_name('names.csv')}")
    text = text.replace("places: provinces.csv", f"places: {places}")
    (tmp_path / "explorer.yaml").write_text(text)
    target = tmp_path / file
    assert old in target.read_text()
    target.write_text(target.read_text().replace(old, new, 1))
    return tmp_path / "explorer.yaml"


@pytest.mark.parametrize(
    ("old", "new", "file", "message"),
    [
        ("2019: 344", "2019: 345", "explorer.yaml", "345 .published."),
        ("石家庄市,东部,2018", "石家庄市,东部,2017", "counties.csv", "published number for 2017"),
        ("130126,", "130125,", "counties.csv", "appears twice"),
        ("exit_year,note", "exit_yaer,note", "counties.csv", "did you mean 'exit_yaer'"),
        ("东部,2018,", "东部,,", "counties.csv", "no usable year"),
        ("东部,2018,", "东部,2015,", "counties.csv", "a year after 2015"),
        ("record:", "runs: [{study: x.yaml}]\nrecord:", "explorer.yaml", "runs or a record"),
        ("languages: [en, zh]", "languages: [en, xx]", "explorer.yaml", "'fr', 'zh'"),
        ("  before: 2015", "  befor: 2015", "explorer.yaml", "did you mean 'before'"),
        ("{en: Province, zh: 省}", "{zh: 省}", "explorer.yaml", "the key 'en' is missing"),
        ("2016: 28", "y2016: 28", "explorer.yaml", "is not a year"),
    ],
)  # fmt: skip
def test_faulty_records_and_files_are_refused(tmp_path, old, new, file, message):
    with pytest.raises(ExplorerError, match=message):
        build([_spoilt(tmp_path, old, new, file)])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("label,column,row\nA,1,2\n", "needs a column 'key'"),
        ("key,column,row\nTirane,1,2\nTirane,2,2\n", "appears twice"),
        ("key,column,row\nTirane,west,2\n", "not a number"),
        ("key,column,row\nTirana,1,2\n", "did you mean 'Tirane'|12 areas have no tile"),
    ],
)
def test_faulty_places_are_refused(tmp_path, content, message):
    (tmp_path / "places.csv").write_text(content)
    study = Path("examples/albania-2012/study.yaml").resolve()
    file = tmp_path / "e.yaml"
    file.write_text(
        f"explorer: A\nruns: [{{study: {study}}}]\nareas: {{prefectu: {{places: places.csv}}}}\n"
    )
    with pytest.raises(ExplorerError, match=message):
        build([file])


def test_an_unknown_kind_of_area_and_a_circle_are_refused(tmp_path):
    study = Path("examples/albania-2012/study.yaml").resolve()
    file = tmp_path / "e.yaml"
    file.write_text(f"explorer: A\nruns: [{{study: {study}}}]\nareas: {{district: {{title: D}}}}\n")
    with pytest.raises(ExplorerError, match="no run has areas of the kind 'district'"):
        build([file])
    file.write_text(
        f"explorer: A\nruns: [{{study: {study}}}]\n"
        "areas: {region: {within: urban}, urban: {within: region}}\n"
    )
    with pytest.raises(ExplorerError, match="in a circle"):
        build([file])
