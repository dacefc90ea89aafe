"""Tables of samples carry the intervals of the page, and none that tells of a hidden cell."""

from __future__ import annotations

import json
import re
from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import exitline as xl
from exitline.api.releases.counted import Layout
from exitline.api.releases.tables import safe_table
from exitline.publish.tables.build import ProtectionRule
from exitline.publish.tables.write import write
from exitline.stats.measure.measures.counts import count_of
from exitline.words.catalogue import language
from exitline.words.numbers import write as written

ALBANIA = "examples/albania-2012/study.yaml"
DESIGN = xl.Design("weight", "size", strata="strat", psu="psu")


@pytest.fixture(scope="module")
def homes():
    """The households of the example, as its study binds them."""
    found = pd.read_parquet("examples/albania-2012/lival.parquet")
    size = (0.07527689 * found.totcons / found.rcons).round()
    poor = np.where(found.rcons < 4891, "poor", "not poor")
    return found.assign(size=size, poor=poor)


@pytest.fixture(scope="module")
def whole():
    """Households, persons and shares by prefecture; nothing in it is hidden."""
    layout = Layout(("prefectu",), ("poor",), ("persons", "households"), percent=True)
    return safe_table(ALBANIA, layout).table


@pytest.fixture(scope="module")
def holed():
    """Smaller cells, some of them hidden."""
    layout = Layout(("prefectu",), ("poor", "urban"), percent=True)
    return safe_table(ALBANIA, layout, ProtectionRule(min_count=20)).table


def _number(text):
    return float(re.sub("[, %\\s]", "", text))


def _as_written(one, unit):
    """Figure and ends as a page writes them."""
    said = written(one.estimate, one.ci_low, one.ci_high, one.se, unit)
    return [_number(text) for text in (said.text, *said.ends)]


def test_figures_and_intervals_are_those_of_the_page(homes, whole):
    """Numbers of poor persons, and of all, as `estimate` gives them; rounded as pages do."""
    found = xl.estimate(homes, ["poor_count", "count"], welfare="rcons", line=4891, design=DESIGN,
                        by="prefectu")  # fmt: skip
    long = whole.long().set_index(["prefectu", "poor"])
    columns = ["persons", "persons_low", "persons_high"]
    for one in found:
        key = (
            one.domain if one.by else "total",
            "poor" if one.measure == "poor_count" else "total",
        )
        assert long.loc[key, columns].tolist() == _as_written(one, "persons")
    assert len(found) == 26
    assert long.loc[("total", "poor"), columns].tolist() == [410_000, 355_000, 465_000]


def test_shares_of_the_row_are_those_of_tabulate(homes, whole):
    rows = xl.tabulate(homes, "prefectu", "poor", design=DESIGN).to_pandas("row")
    long = whole.long().set_index(["prefectu", "poor"])
    for one in rows[rows.row != ""].itertuples():
        shown = long.loc[(one.row, one.column), ["percent", "percent_low", "percent_high"]]
        assert shown.tolist() == _as_written(one, "share")
    assert np.isnan(long.loc[("Berat", "total"), "percent_low"])  # all are all, without error


def test_every_form_holds_the_same_figures(holed, tmp_path):
    """Read back by pandas, openpyxl and as text: no number where a cell is hidden."""
    openpyxl = pytest.importorskip("openpyxl")
    paths = [tmp_path / name for name in ("t.csv", "t.xlsx", "t.html", "t.sdmx.csv")]
    write(holed, paths)
    long = holed.long()
    shown = pd.read_csv(paths[0], dtype=str, keep_default_na=False)
    for name in ("households", "percent"):
        for column in (name, f"{name}_low", f"{name}_high"):
            texts = shown[column]
            assert ((texts == "suppressed") == long[name].isna()).all()
            assert ((texts == "") == (long[column].isna() & long[name].notna())).all()
            known = long[column].notna()
            assert (texts[known].astype(float) == long[column][known]).all()
    exchange = pd.read_csv(paths[3], dtype=str)
    homes = exchange[exchange.MEASURE == "HH"].reset_index()
    for column, ends in (("households_low", "CI_LOW"), ("households_high", "CI_HIGH")):
        assert np.array_equal(homes[ends].astype(float), long[column], equal_nan=True)
    sheet = openpyxl.load_workbook(paths[1])["Table"]
    heads = [cell.value for cell in sheet[4]]
    at = heads.index("poor, Rural")
    assert heads[at + 1 : at + 3] == ["poor, Rural, low", "poor, Rural, high"]
    cells = {
        row[0].value: [c.value for c in row[at : at + 3]] for row in sheet.iter_rows(min_row=5)
    }
    for row in long[(long.poor == "poor") & (long.urban == "Rural")].itertuples():
        numbers = [row.households, row.households_low, row.households_high]
        want = ["suppressed"] * 3 if np.isnan(row.households) else numbers
        found = cells["Total" if row.prefectu == "total" else row.prefectu]
        assert all(w == f or (f is None and np.isnan(w)) for w, f in zip(want, found, strict=True))
    page = paths[2].read_text()
    diber = long.loc[(long.prefectu == "Diber") & (long.poor == "poor") & (long.urban == "Rural")]
    figure, low, high = (f"{diber[c].item():,.0f}" for c in
                         ("households", "households_low", "households_high"))  # fmt: skip
    assert f'>{figure}<span class="interval">({low}–{high})</span></td>' in page
    hidden = int(long.households.isna().sum() + long[long.poor + long.urban != "totaltotal"]
                 .percent.isna().sum() + long.n.isna().sum())  # fmt: skip
    assert page.count(">suppressed</span></td>") == hidden


def test_no_interval_stands_where_its_width_would_tell(holed):
    """Neither on a hidden cell nor on any sum that has one among its parts; on all others."""
    rows, first, second = (side.nodes for side in holed.sides)
    hidden = np.isnan(holed.figures[0].values)
    assert 0 < hidden.sum() < hidden.size / 2
    silent = np.zeros_like(hidden)
    places = list(product(*(range(len(nodes)) for nodes in (rows, first, second))))
    for at, part in product(places, places):
        inside = (
            nodes[i] == nodes[j][: len(nodes[i])]
            for nodes, i, j in zip((rows, first, second), at, part, strict=True)
        )
        silent[at] |= hidden[part] and all(inside)
    assert np.array_equal(holed.silent, silent)
    main, percent, n = holed.figures
    assert (np.isnan(main.bounds.low) == silent).all()
    assert (np.isnan(percent.bounds.low) >= silent).all()
    total = silent[:, first.index(()), second.index(())]
    assert np.isnan(percent.bounds.low)[total].all()  # a share of a row that hides something
    assert (~np.isnan(percent.bounds.low)).any()
    assert n.bounds is None
    assert any("its width would tell" in note for note in holed.facts.notes)


def test_widths_of_areas_sampled_apart_do_not_give_hidden_cells_away(tmp_path):
    """The attack: three strata are the areas; two hide. The interval of all three would fit one
    division of the 18 households that the two hide."""
    counts = {"a": (3, 100), "b": (15, 60), "c": (20, 100)}
    homes = pd.DataFrame(
        [(area, "yes" if i < k else "no", 100.0) for area, (k, n) in counts.items()
         for i in range(n)], columns=["area", "kind", "w"],
    )  # fmt: skip
    homes.to_parquet(tmp_path / "homes.parquet")
    (tmp_path / "study.yaml").write_text(
        "study: a\ndata: {households: homes.parquet}\ncolumns: {}\n"
        "design: {weight: w, strata: area}\nareas: [area]\n"
    )
    table = safe_table(tmp_path / "study.yaml", Layout(("area",), ("kind",))).table
    long = table.long().set_index(["area", "kind"])
    assert long.loc[("a", "yes")].isna().all()
    with_intervals = set(long.index[long.households_low.notna()])
    assert ("total", "yes") not in with_intervals
    assert ("c", "yes") in with_intervals
    half = _half(20, 100) * stats.t.ppf(0.975, 99)
    assert long.loc[("c", "yes"), "households_low"] == pytest.approx(2000 - half, abs=5)
    assert ("c", "total") not in with_intervals  # the size of a stratum has no error
    found = xl.estimate(homes.assign(yes=homes.kind == "yes"), count_of("yes"),
                        design=xl.Design("w", strata="area")).find()  # fmt: skip
    spread = [np.sqrt(_half(k, 100) ** 2 + _half(18 - k, 60) ** 2 + _half(20, 100) ** 2)
              for k in range(19)]  # fmt: skip
    half = stats.t.ppf(0.975, 257) * np.array(spread)
    kept = _as_written(found, "households")[1:]
    assert [
        k for k, h in enumerate(half) if [round(3800 - h, -1), round(3800 + h, -1)] == kept
    ] == [3]


def _half(k, n):
    """Standard error of a stratum's number, by hand: weights of 100, households drawn simply."""
    return 100.0 * n * np.sqrt(k / n * (1 - k / n) / (n - 1))


def test_what_has_no_interval_says_why(tmp_path):
    """A full count, rows that are not weighted, a sample of which only the weights are known."""
    rng = np.random.default_rng(8)
    homes = pd.DataFrame({"area": rng.choice(["a", "b"], 300), "w": rng.choice([2.0, 9.0], 300)})
    homes.to_csv(tmp_path / "homes.csv", index=False)
    layout = Layout(("area",))
    census = safe_table("examples/imaginary-country/census.yaml", Layout(("geo1",)))
    plain = safe_table(tmp_path / "homes.csv", layout)
    for made, said in ((census, "A full count"), (plain, "without weights")):
        assert "households_low" not in made.table.long()
        assert [note for note in made.table.facts.notes if said in note]
    weighted = safe_table(tmp_path / "homes.csv", layout, weight="w").table
    row = weighted.long().set_index("area").loc["a"]
    found = xl.estimate(homes, "households", design=xl.Design("w"), by="area").find(area="a")
    columns = ["households", "households_low", "households_high"]
    assert row[columns].tolist() == _as_written(found, "households")
    assert "simple random sample" in weighted.facts.notes[0]
    assert "sondage aléatoire simple" in str(weighted.facts.lines(language("fr")))
    write(weighted, [tmp_path / "t.csv"])
    (told,) = json.loads((tmp_path / "datapackage.json").read_text())["resources"]
    assert told["schema"]["missingValues"] == ["suppressed", ""]
    assert [f["name"] for f in told["schema"]["fields"]][1:4] == columns
    report = pytest.importorskip("frictionless").validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["message"])
