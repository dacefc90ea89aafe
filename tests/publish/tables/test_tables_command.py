"""`exitline table`: what it writes can be read back, and gives nothing away."""

from __future__ import annotations

import csv
import json
import math
import os
import re
import signal
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse, stats
from scipy.optimize import linprog

from exitline.cli import main
from exitline.proof.disclose import programme

from .shapes import attacker

CENSUS = "examples/imaginary-country/census.yaml"
ALBANIA = "examples/albania-2012/study.yaml"


def _run(*arguments: object, status: int = 0) -> None:
    with pytest.raises(SystemExit) as end:
        main([str(a) for a in arguments])
    assert (end.value.code or 0) == status


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """One table of a census by province, county and village, in every form."""
    folder = tmp_path_factory.mktemp("tables")
    outs = [
        w for name in ("t.csv", "t.html", "t.xlsx", "t.sdmx.csv") for w in ("--out", folder / name)
    ]
    _run(
        "table", CENSUS, "--rows", "geo1,geo2,village", "--columns", "outcome", "--count", "both",
        "--group-disclosure", *outs, "--audit", folder / "audit.json", "--licence", "CC-BY-4.0",
    )  # fmt: skip
    return folder


def test_the_counts_are_those_of_pandas(tmp_path):
    """Households by county and outcome, from the run's own decisions."""
    from exitline.api import run
    from exitline.api.releases.counted import Layout
    from exitline.api.releases.tables import safe_table

    folder = run(CENSUS, tmp_path / "run").folder
    homes = pd.read_parquet(folder / "household_decisions.parquet")
    expected = homes.groupby(["county", "outcome"]).size()
    made = safe_table(folder, Layout(("county",), ("outcome",)))
    long = made.table.long()
    shown = long[(long.county != "total") & (long.outcome != "total")].dropna()
    assert len(shown) > 40  # as many as the run itself publishes
    said = json.loads((folder / "run.json").read_text())["about"]["outcomes"]
    assert said["met"] == "every criterion is met"  # nobody was followed in a census
    known = {words: outcome for outcome, words in said.items()}
    for row in shown.itertuples():
        assert expected[row.county, known[row.outcome]] == row.households
    assert long[(long.county == "total") & (long.outcome == "total")].households.item() == len(
        homes
    )
    _attacked_with_the_report(folder)


def _attacked_with_the_report(folder):
    """Somebody who has the run's own figures, too: what they tell of a village is no secret."""
    from exitline.api.releases.counted import Layout
    from exitline.api.releases.tables import safe_table

    shown = pd.read_parquet(folder / "decisions.parquet")
    shown = shown[(shown.criterion == "water") & (shown.release == "shown")]
    report = {
        (row.parent, row.unit, kind): round(row.n * share)
        for row in shown.itertuples()
        for kind, share in (("met", row.value), ("total", 1.0))
    }
    made = safe_table(folder, Layout(("county", "village"), ("water",)))
    long, one = made.table.long(), made.audits["households"]
    keys = list(zip(long.county, long.village, long.water, strict=True))
    told = np.array([key in report for key in keys])
    assert told.sum() > 150
    assert [report[key] for key in keys if key in report] == one.table.values[told].tolist()
    assert not (one.hidden & told).any()
    for bound in [b for b in one.audit.bounds if b.primary][::12]:
        low, high = attacker(one.table, one.hidden & ~told, bound.cell)
        assert low <= bound.wanted_low + 1e-6
        assert high >= bound.wanted_high - 1e-6


def test_an_attacker_with_the_published_csv_learns_nothing(written):
    """Sums are built anew from the labels of the file; the small cells stay protected."""
    shown = pd.read_csv(written / "t.csv")
    keys = ["geo1", "geo2", "village", "outcome"]
    audit = json.loads((written / "audit.json").read_text())["audit"]
    for figure in ("households", "persons"):
        value = pd.to_numeric(shown[figure].replace("suppressed", np.nan)).to_numpy()
        sums = _sums(shown[keys])
        place = {tuple(row): i for i, row in enumerate(shown[keys].astype(str).to_numpy())}
        bounds = [(0, None) if math.isnan(v) else (v, v) for v in value]
        small = [a for a in audit if a["figure"] == figure and a["reason"] == "small"]
        assert len(small) > 50
        for cell in small[::10]:
            at = place[tuple(cell[k] for k in keys)]
            assert math.isnan(value[at])
            goal = np.zeros(len(shown))
            ends = []
            for goal[at] in (1.0, -1.0):
                answer = linprog(goal, A_eq=sums, b_eq=np.zeros(sums.shape[0]), bounds=bounds)
                ends.append(math.inf if answer.status == 3 else abs(answer.fun))
            assert ends[0] <= cell["protected_low"] + 1e-6
            assert ends[1] >= cell["protected_high"] - 1e-6


def _sums(labels: pd.DataFrame) -> sparse.csr_array:
    """Each total of the file equals its parts, column by column, by the labels alone."""
    rows = [tuple(r) for r in labels.astype(str).to_numpy()]
    equations = []
    for depth in range(labels.shape[1]):
        parts: dict[tuple[str, ...], list[int]] = {}
        for i, row in enumerate(rows):
            area, below = row[: min(depth, 2) + 1], row[depth + 1 : 3]
            if row[depth] != "total" and all(b == "total" for b in below):
                parent = (
                    (*area[:depth], "total", *row[depth + 1 :])
                    if depth < 3
                    else (*row[:3], "total")
                )
                parts.setdefault(parent, []).append(i)
        place = {row: i for i, row in enumerate(rows)}
        for parent, children in parts.items():
            line = np.zeros(len(rows))
            line[children], line[place[parent]] = 1.0, -1.0
            equations.append(line)
    return sparse.csr_array(np.array(equations))


def test_no_file_for_publication_holds_a_suppressed_value(written):
    """Hidden cells are empty in each form, and the audit is for its owner alone."""
    shown = pd.read_csv(written / "t.csv")
    hidden = shown.households == "suppressed"
    assert hidden.sum() > 100
    assert (hidden == (shown.persons == "suppressed")).all()
    exchange = pd.read_csv(written / "t.sdmx.csv", dtype=str)
    assert exchange.OBS_VALUE.isna().sum() == 2 * hidden.sum()
    assert (exchange.OBS_VALUE.isna() == (exchange.OBS_STATUS == "Q")).all()
    assert set(exchange.CONF_STATUS[exchange.OBS_VALUE.isna()]) == {"N"}
    page = (written / "t.html").read_text()
    assert page.count(">suppressed</span>") == 2 * hidden.sum()
    assert stat.S_IMODE((written / "audit.json").stat().st_mode) == 0o600
    assert json.loads((written / "audit.json").read_text())["classification"].startswith("NOT FOR")


def test_the_data_package_is_valid(written):
    """By the frictionless library: descriptor, and every row of the data."""
    frictionless = pytest.importorskip("frictionless")
    report = frictionless.validate(str(written / "datapackage.json"))
    assert report.valid, report.flatten(["type", "message"])
    package = frictionless.Package(str(written / "datapackage.json"))
    (resource,) = package.resources
    assert resource.schema.missing_values == ["suppressed"]
    rows = resource.read_rows()
    assert sum(row["households"] is None for row in rows) > 100
    descriptor = json.loads((written / "datapackage.json").read_text())["resources"][0]
    assert descriptor["licenses"] == [{"name": "CC-BY-4.0"}]
    assert "Cells of 1 to 9 rows" in descriptor["description"]
    assert {f["unit"] for f in descriptor["schema"]["fields"] if "unit" in f} == {
        "households",
        "persons",
    }


def test_a_package_keeps_its_other_tables(tmp_path):
    homes = tmp_path / "homes.csv"
    pd.DataFrame({"area": ["a"] * 30 + ["b"] * 40}).to_csv(homes, index=False)
    for name in ("a.csv", "b.csv", "a.csv"):
        _run("table", homes, "--rows", "area", "--out", tmp_path / name)
    package = json.loads((tmp_path / "datapackage.json").read_text())
    assert [r["name"] for r in package["resources"]] == ["b", "a"]
    (tmp_path / "datapackage.json").write_text("{}")
    _run("table", homes, "--rows", "area", "--out", tmp_path / "c.csv", status=1)
    assert not (tmp_path / "c.csv").exists()


def test_sdmx_is_read_by_another_reader(written):
    """pysdmx reads the file; identifiers are valid; keys are unique."""
    reader = pytest.importorskip("pysdmx.io.csv.sdmx20.reader")
    (found,) = reader.read((written / "t.sdmx.csv").read_text())
    data = found.data
    shown = pd.read_csv(written / "t.csv")
    assert len(data) == 2 * len(shown)
    assert list(data.columns[:3]) == ["FREQ", "REF_AREA", "OUTCOME"]
    assert not data.duplicated(["REF_AREA", "OUTCOME", "MEASURE", "TIME_PERIOD"]).any()
    identifier = re.compile(r"[A-Za-z0-9_@$-]+")
    for column in ("REF_AREA", "OUTCOME", "MEASURE", "OBS_STATUS", "CONF_STATUS"):
        assert all(identifier.fullmatch(code) for code in data[column])
    total = data[(data.REF_AREA == "_T") & (data.OUTCOME == "_T") & (data.MEASURE == "HH")]
    assert total.OBS_VALUE.tolist() == ["57867"]


def test_the_workbook_holds_numbers_and_notes(written):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(written / "t.xlsx")
    sheet = book["Table"]
    assert sheet.freeze_panes == "B5"
    cells = [c for row in sheet.iter_rows(min_row=5, min_col=2) for c in row if c.value is not None]
    assert {type(c.value) for c in cells} == {int, str}
    assert {c.value for c in cells if isinstance(c.value, str)} == {"suppressed"}
    assert {c.number_format for c in cells if isinstance(c.value, int)} == {"#,##0"}
    assert sheet["B5"].value == 57867
    assert 10 < sheet.column_dimensions["A"].width < 60
    notes = {row[0].value: row[1].value for row in book["Notes"].iter_rows()}
    assert {"Title", "Unit", "Standard", "Line", "Year", "Source", "Disclosure control"} <= set(
        notes
    )


def test_text_that_looks_like_a_formula_stays_text(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    homes = pd.DataFrame({"area": ["=1+1"] * 20 + ["b"] * 30})
    homes.to_csv(tmp_path / "homes.csv", index=False)
    _run("table", tmp_path / "homes.csv", "--rows", "area", "--out", tmp_path / "t.xlsx")
    assert openpyxl.load_workbook(tmp_path / "t.xlsx")["Table"]["A6"].data_type == "s"


def test_labels_in_chinese_and_alike_get_codes_of_their_own(tmp_path):
    homes = pd.DataFrame({"省": ["云南"] * 20 + ["贵州"] * 30 + ["A b"] * 15 + ["A_b"] * 25})
    homes.to_csv(tmp_path / "homes.csv", index=False)
    _run("table", tmp_path / "homes.csv", "--rows", "省", "--year", "2020",
         "--out", tmp_path / "t.sdmx.csv")  # fmt: skip
    rows = list(csv.DictReader((tmp_path / "t.sdmx.csv").open(encoding="utf-8")))
    codes = [row["REF_AREA"] for row in rows]
    assert len(set(codes)) == 5
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+", code) for code in codes)
    assert {row["省"] for row in rows} == {"total", "云南", "贵州", "A b", "A_b"}


def test_a_rounded_table_adds_up(tmp_path):
    _run("table", CENSUS, "--rows", "geo1,geo2", "--columns", "poor", "--round", 5, "--out",
         tmp_path / "t.csv")  # fmt: skip
    shown = pd.read_csv(tmp_path / "t.csv")
    assert (shown.households % 5 == 0).all()
    counties = shown[(shown.geo2 != "total") & (shown.poor == "total")].households.sum()
    assert counties == shown[(shown.geo1 == "total") & (shown.poor == "total")].households.item()


def test_both_engines_count_alike(engine, tmp_path):
    from exitline.api.releases.counted import Layout
    from exitline.api.releases.tables import safe_table

    rng = np.random.default_rng(4)
    homes = pd.DataFrame({
        "county": rng.choice(["a", "b", "c"], 400), "poor": rng.choice([True, False, None], 400),
        "w": rng.choice([0.0, 1.5, 7.25], 400), "size": rng.integers(1, 9, 400),
    })  # fmt: skip
    homes.to_parquet(tmp_path / "homes.parquet")
    layout = Layout(("county",), ("poor",), ("households", "persons"))
    source = tmp_path / "homes.parquet"
    made = safe_table(source, layout, weight="w", size="size", engine=engine).table
    used = homes[homes.w > 0]
    whole = made.long().iloc[[made.sides[1].nodes.index(())]]
    assert whole.n.item() == len(used)
    for name, total in (("households", homes.w), ("persons", homes.w * homes["size"])):
        se = math.sqrt(total.var(ddof=1) * len(homes))  # of a simple random sample, zeros in it
        shown = whole[[name, f"{name}_low", f"{name}_high"]].to_numpy()[0]
        ends = total.sum() + se * stats.t.ppf([0.5, 0.025, 0.975], len(used) - 1)
        assert shown == pytest.approx(ends, abs=0.5 * 10 ** (math.floor(math.log10(se)) - 1))
    states = {node[0] for node in made.sides[1].nodes if node}
    assert states == {"yes", "no", "(missing)"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rows", "prefectuu"], "did you mean 'prefectu'"),
        (["--rows", "prefectu", "--out", "t.pdf"], ".sdmx.csv"),
        (["--rows", "prefectu", "--out", "no-such-folder/t.csv"], "cannot be written"),
        (["--rows", "prefectu", "--columns", "psu,poor", "--largest", "1000"], "too large"),
        (["--rows", "prefectu", "--round", "5"], "not protected by rounding"),
        (["--rows", "prefectu", "--min-count", "1"], "protects nobody"),
        (["--rows", "prefectu,prefectu"], "do not fit"),
        (["--rows", "prefectu", "--weight", "weight"], "which role"),
        (["--rows", "prefectu", "--audit", "audit.txt"], "file of its own"),
        (["--rows", "prefectu", "--out", "t.sdmx.csv", "--dataflow", "my flow"], "AGENCY:ID"),
    ],
)
def test_bad_input_is_refused(arguments, said, capsys, tmp_path, monkeypatch):
    study = Path(ALBANIA).resolve()
    monkeypatch.chdir(tmp_path)
    _run("table", study, *arguments, status=1)
    assert said in " ".join(capsys.readouterr().err.split())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"w": [-1.0, 2.0, 2.0]}, "1 household with a weight below zero"),
        ({"w": [None, 2.0, 2.0]}, "1 household without a weight"),
        ({"w": [math.inf, 2.0, 2.0]}, "1 household with an infinite weight"),
        ({"size": [0, 2, 2]}, "1 household without a household size above zero"),
        ({"area": ["Total", "a", "a"]}, "is called 'total'"),
        ({"w": [0.0, 0.0, 0.0]}, "nothing to count"),
    ],
)
def test_bad_data_are_refused(change, said, capsys, tmp_path):
    homes = pd.DataFrame({"area": ["a", "a", "b"], "w": [1.0, 2.0, 2.0], "size": [1, 2, 2]})
    homes.assign(**change).to_parquet(tmp_path / "homes.parquet")
    _run("table", tmp_path / "homes.parquet", "--rows", "area", "--weight", "w", "--size", "size",
         "--count", "persons", "--out", tmp_path / "t.csv", status=1)  # fmt: skip
    assert said in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "t.csv").exists()


@pytest.mark.parametrize(
    ("column", "labels", "said"),
    [
        ("phone", [f"p{i % 9}" for i in range(99)], "its name says: phone"),
        ("area", ["13800138000"] * 50 + ["b"] * 49, "form of: phone"),
        ("code", [f"h{i}" for i in range(99)], "fewer than 5 rows of the data"),
        ("code", [f"h{i}" for i in range(99)] * 2, "fewer than 5 rows of the data"),
        ("hhid", [f"h{i}" for i in range(99)] * 12, "key of households"),
    ],
)
def test_people_are_no_areas(column, labels, said, capsys, tmp_path):
    """Labels are published even where every count is suppressed."""
    pd.DataFrame({column: labels}).to_csv(tmp_path / "homes.csv", index=False)
    _run("table", tmp_path / "homes.csv", "--rows", column, status=1)
    found = " ".join(capsys.readouterr().err.split())
    assert said in found
    assert "13800138000" not in found


def test_the_key_a_study_declares_names_people_whatever_it_is_called(capsys, tmp_path):
    homes = pd.DataFrame({"ref": [f"r{i % 30}" for i in range(600)], "y": 5.0})
    homes.to_csv(tmp_path / "homes.csv", index=False)
    (tmp_path / "study.yaml").write_text(
        "study: a\ndata: {households: homes.csv}\ncolumns: {household: ref, welfare: y}\n"
        "lines: [{value: 9}]\n"
    )
    _run("table", tmp_path / "study.yaml", "--rows", "ref", status=1)
    assert "key of households" in " ".join(capsys.readouterr().err.split())


def test_a_run_of_a_sample_and_a_foreign_folder_are_refused(capsys, tmp_path):
    from exitline.api import run

    _run("table", tmp_path, "--rows", "county", status=1)
    assert "not that of a finished run" in " ".join(capsys.readouterr().err.split())
    folder = run("examples/imaginary-country/sample.yaml", tmp_path / "run").folder
    _run("table", folder, "--rows", "county", status=1)
    assert "without their weights" in " ".join(capsys.readouterr().err.split())


def test_shares_are_those_of_published_cells_alone(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    outs = [w for name in ("t.csv", "t.xlsx", "t.sdmx.csv", "t.html") for w in
            ("--out", tmp_path / name)]  # fmt: skip
    _run("table", CENSUS, "--rows", "geo1,geo2", "--columns", "outcome", "--percent", *outs)
    shown = pd.read_csv(tmp_path / "t.csv", na_values=["suppressed"])
    row_total = shown.groupby(["geo1", "geo2"]).households.transform("last")
    assert shown.households.isna().sum() == 4
    assert (shown.percent.isna() == shown.households.isna()).all()
    known = shown.dropna()
    expected = 100 * known.households / row_total[known.index]
    assert np.allclose(known.percent, expected, atol=0.051)
    report = pytest.importorskip("frictionless").validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["message"])
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["Table"]
    heads = [c.value for c in sheet[4]]
    outcomes = ["every criterion is met", "a criterion does not hold", "cannot tell yet"]
    assert heads[1:] == ["total", *outcomes, *outcomes]
    assert sheet["F5"].value == pytest.approx(64.6)
    exchange = pd.read_csv(tmp_path / "t.sdmx.csv", dtype=str)
    assert "64.6" in set(exchange[exchange.MEASURE == "PC"].OBS_VALUE)
    assert ">64.6<" in (tmp_path / "t.html").read_text()


def test_a_study_of_persons_counts_persons(tmp_path, capsys):
    study = tmp_path / "study.yaml"
    data = Path("examples/imaginary-country").resolve()
    study.write_text(
        f"study: Persons\ndata:\n  unit: person\n  households: {data}/hld_sample_wb_2023.parquet\n"
        f"  persons: {data}/ind_sample_wb_2023.parquet\n  on: hid\n"
        "columns: {welfare: pc_exp}\ndesign: {weight: hhweight}\nareas: [geo1]\n"
    )
    _run("table", study, "--rows", "geo1", "--unweighted")
    persons = pd.read_parquet(data / "ind_sample_wb_2023.parquet")
    said = capsys.readouterr().out
    assert f"{len(persons):,}" in said
    assert "Persons in the sample, not weighted" in said
    _run("table", study, "--rows", "geo1", "--count", "households", status=1)


def test_many_columns_are_printed_in_parts_that_fit(capsys):
    _run("table", ALBANIA, "--rows", "prefectu", "--columns", "urban,poor", "--count", "persons")
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 80
    assert "2,873,000 (2,798,000-2,947,000)" in said
    assert said.count("Albania 2012: persons") >= 2


def test_two_ways_with_the_same_words_are_told_apart():
    from exitline.api.releases.counted import Layout
    from exitline.api.releases.tables import safe_table
    from exitline.publish.tables.write.wide import wide

    made = safe_table(CENSUS, Layout(("geo1",), ("water", "toilet")))
    heads = [category for _, category in wide(made.table).heads]
    assert len(set(heads)) == len(heads)
    assert "Water: met, Toilet: not met" in heads


def test_all_forms_are_written_or_none(tmp_path, capsys):
    """The second form cannot be made: the first one is not left behind."""
    outs = ["--out", tmp_path / "t.csv", "--out", tmp_path / "t.sdmx.csv"]
    pd.DataFrame({"area": ["a"] * 30}).to_csv(tmp_path / "homes.csv", index=False)
    _run("table", tmp_path / "homes.csv", "--rows", "area", *outs, status=1)
    assert "needs the year" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["homes.csv"]
    _run("table", tmp_path / "homes.csv", "--rows", "area", "--out", tmp_path / "a.csv", "--out",
         tmp_path / "b.csv")  # fmt: skip
    package = json.loads((tmp_path / "datapackage.json").read_text())
    assert [r["path"] for r in package["resources"]] == ["a.csv", "b.csv"]


def test_nothing_and_everything_suppressed_are_tables_too(tmp_path, capsys):
    pd.DataFrame({"area": ["a"] * 3 + ["b"] * 2}).to_csv(tmp_path / "few.csv", index=False)
    _run("table", tmp_path / "few.csv", "--rows", "area")
    assert capsys.readouterr().out.count("suppressed") >= 3
    _run("table", ALBANIA, "--rows", "prefectu", "--out", tmp_path / "t.html")
    assert "0 of 13 cells" in (tmp_path / "t.html").read_text()


def test_a_folder_without_permission_is_said(tmp_path, capsys, monkeypatch):
    (tmp_path / "locked").mkdir(mode=0o500)
    may = os.access  # root may write anywhere: here it may not
    monkeypatch.setattr(os, "access", lambda p, m, **o: "locked" not in str(p) and may(p, m, **o))
    _run("table", ALBANIA, "--rows", "prefectu", "--out", tmp_path / "locked/t.csv", status=1)
    assert "cannot be written" in capsys.readouterr().err


def test_an_interrupt_leaves_nothing_behind(tmp_path):
    """A table that takes minutes, stopped when its programmes are being solved."""
    rng = np.random.default_rng(1)
    size = 1_000_000
    pd.DataFrame({
        "province": (area := rng.integers(0, 7000, size)) // 50, "county": area,
        "kind": (rng.gamma(0.6, 3.0, size)).astype(int).clip(0, 11),
    }).to_parquet(tmp_path / "homes.parquet")  # fmt: skip
    script = (
        "from exitline.cli import main; from exitline.proof.disclose import programme as p\n"
        "whole = p.LinearProgramme.solve\n"
        "def solve(*a, **k): print('solving', flush=True); return whole(*a, **k)\n"
        "p.LinearProgramme.solve = solve; main()"
    )
    started = subprocess.Popen(
        [sys.executable, "-c", script, "table", tmp_path / "homes.parquet", "--rows",
         "province,county", "--columns", "kind", "--min-count", "30", "--out", tmp_path / "t.csv"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert started.stdout is not None
    assert started.stdout.readline() == "solving\n"
    started.send_signal(signal.SIGINT)
    _, said = started.communicate(timeout=60)
    assert started.returncode == 130, said
    assert "nothing was left half-written" in said
    assert [p.name for p in tmp_path.iterdir()] == ["homes.parquet"]


def test_a_programme_in_slices_of_time_has_the_same_solution(monkeypatch):
    """Ctrl-C is heard between two slices; what a slice leaves off the next one takes up."""
    rng = np.random.default_rng(3)
    matrix = sparse.random_array((120, 360), density=0.05, rng=rng, format="csc")
    right, cost = matrix @ rng.uniform(0, 5, 360), rng.uniform(0, 1, 360)
    solutions = []
    for slice_ in (1e9, 1e-4):
        monkeypatch.setattr(programme, "_SLICE", slice_)
        solutions.append(
            programme.LinearProgramme(matrix, right, np.zeros(360), np.full(360, 9.0), cost).solve()
        )
    assert solutions[0] == pytest.approx(solutions[1], abs=1e-9)
