"""Results show themselves, and every file they are saved as says the same figures."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from xml.etree import ElementTree

import numpy as np
import openpyxl
import pandas as pd
import polars as pl
import pyreadstat
import pytest
from click.testing import CliRunner

import exitline as xl
from exitline.cli import exitline
from exitline.errors import ExitlineError
from exitline.words.shown.result import of_frame

ALBANIA = "examples/albania-2012/lival.parquet"
DESIGN = xl.Design(weight="weight", psu="psu", strata="strat")


@pytest.fixture(scope="module")
def found():
    return xl.estimate(
        ALBANIA, ["headcount", "mean"], welfare="rcons", line=4891, design=DESIGN, by="prefectu"
    )


@pytest.fixture(scope="module")
def rate(found):
    return found.to_pandas().query("measure == 'headcount'").reset_index(drop=True)


def test_a_result_shows_twenty_rows_and_how_many_more(found):
    text = repr(found)
    assert text.startswith("Estimates: 26 rows\n")
    assert text.count("\n") == 23  # title, headings, twenty rows, the rest
    assert "... and 6 more rows" in text
    assert "poor households, share" in text  # without a size nobody counts persons
    assert "and 6 more rows" in found._repr_html_()


def test_what_all_rows_share_stands_once_in_the_title():
    one = xl.estimate(ALBANIA, "headcount", welfare="rcons", line=4891, design=DESIGN, by="urban")
    table = one.readable()
    assert table.title == "Poor households, share, line 4,891"
    assert table.columns == ("urban", "estimate", "SE", "95 % interval", "n")
    assert table.rows[0] == ("all", "9.8\N{NO-BREAK SPACE}%", "0.6", "8.7–11.2", "6,671")


def test_a_name_from_the_data_is_never_markup():
    homes = pd.DataFrame(
        {"y": [1.0, 2.0, 3.0, 4.0], "r": ["<b>a|b</b>", "<b>a|b</b>", "=1+1", "=1+1"]}
    )
    shown = xl.estimate(homes, "mean", welfare="y", by="r")
    assert "&lt;b&gt;a|b&lt;/b&gt;" in shown._repr_html_()
    assert "<b>" not in shown._repr_html_()
    assert r"a\|b" in shown.to_markdown()
    assert r"\textless{}b\textgreater{}" in shown.to_latex()


def test_signs_that_a_terminal_obeys_are_shown_in_every_form(tmp_path):
    pytest.importorskip("altair")
    bad = "\x1b[31mred\N{RIGHT-TO-LEFT OVERRIDE}x"
    homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0], "r": [bad, bad, "b", "b"]})
    shown = xl.estimate(homes, "mean", welfare="y", by="r")
    said = [repr(shown), shown._repr_html_(), shown.to_markdown(), shown.to_latex()]
    for ending in (".xlsx", ".docx", ".html", ".md", ".tex", ".dta", ".csv", ".parquet"):
        shown.save(tmp_path / f"t{ending}")
    said += [(tmp_path / f"t{e}").read_text() for e in (".html", ".md", ".tex")]
    assert not any("\x1b" in text or "\u202e" in text for text in said)
    assert shown.plot().save(tmp_path / "d.svg").exists()


def test_hidden_and_unknown_figures_are_words_not_zero():
    homes = pd.DataFrame({"y": [1.0, 2.0, 3.0], "c": [1, 1, 2], "r": ["a", "a", "b"]})
    shown = xl.estimate(homes, "mean", welfare="y", by="r", design=xl.Design(psu="c"))
    rows = {row[0]: row for row in shown.readable().rows}
    assert rows["b"][1:4] == ("3.00", "", "none")


def test_excel_has_numbers_as_numbers_and_no_formula(found, rate, tmp_path):
    book = openpyxl.load_workbook(found.to_excel(tmp_path / "t.xlsx"))
    rows = list(book["Figures"].iter_rows(values_only=True))
    read = pd.DataFrame(rows[1:], columns=rows[0]).query("measure == 'headcount'")
    for name in ("estimate", "se", "ci_low", "ci_high"):
        np.testing.assert_allclose(read[name].astype(float), rate[name], rtol=1e-15)
    assert book["Figures"].freeze_panes == "A2"
    assert "standard error" in [cell.value for cell in book["Notes"]["B"]]
    homes = pd.DataFrame({"y": [1.0, 2.0], "r": ["=1+1", "+cmd"]})
    bad = xl.estimate(homes, "mean", welfare="y", by="r").to_excel(tmp_path / "bad.xlsx")
    cells = [c for row in openpyxl.load_workbook(bad)["Figures"].iter_rows() for c in row]
    assert not [c for c in cells if c.data_type == "f"]
    assert "=1+1" in [c.value for c in cells]


def test_stata_reads_the_same_figures_under_labelled_names(found, rate, tmp_path):
    read, meta = pyreadstat.read_dta(found.to_stata(tmp_path / "t.dta"))
    np.testing.assert_array_equal(
        read.query("measure == 'headcount'")["estimate"], rate["estimate"]
    )
    assert dict(zip(meta.column_names, meta.column_labels, strict=True))["se"] == "standard error"


def test_a_full_count_is_missing_degrees_of_freedom_in_stata(tmp_path):
    homes = pd.DataFrame({"y": [1.0, 2.0]})
    counted = xl.estimate(homes, "mean", welfare="y", design=xl.Design(census=True))
    assert math.isinf(counted.find().df)
    read, _ = pyreadstat.read_dta(counted.to_stata(tmp_path / "t.dta"))
    assert read["df"].isna().all()


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_plain_files_hold_every_digit(found, ending, tmp_path):
    path = found.save(tmp_path / f"t.{ending}")
    read = pd.read_csv(path) if ending == "csv" else pd.read_parquet(path)
    np.testing.assert_array_equal(read["estimate"], found.to_pandas()["estimate"])


def test_word_repeats_the_readable_table(found, tmp_path):
    docx = pytest.importorskip("docx")
    table = docx.Document(str(found.save(tmp_path / "t.docx"))).tables[0]
    cells = [tuple(cell.text for cell in row.cells) for row in table.rows]
    assert tuple(cells[1:]) == found.readable().rows


def test_polars_arrow_and_great_tables(found, rate):
    frame = found.to_polars()
    assert isinstance(frame, pl.DataFrame)
    assert (
        frame.filter(pl.col("measure") == "headcount")["estimate"].to_list()
        == rate["estimate"].tolist()
    )
    assert found.to_arrow().num_rows == len(found)
    assert "poor households, share" in found.to_great_tables().as_raw_html()


def test_an_unknown_ending_says_which_are_known(found, tmp_path):
    with pytest.raises(ExitlineError, match="no way to write") as refused:
        found.save(tmp_path / "t.pdf")
    assert ".xlsx" in refused.value.expected
    assert not list(tmp_path.iterdir())


def test_drawings_open_as_what_they_are(found, tmp_path):
    pytest.importorskip("altair")
    drawn = found.plot()
    root = ElementTree.fromstring(drawn.save(tmp_path / "d.svg").read_text())
    texts = "".join(root.itertext())
    assert "Kukes" in texts
    assert "mean welfare, by prefectu" in texts
    assert drawn.save(tmp_path / "d.png").read_bytes()[1:4] == b"PNG"
    rows = [row for data in drawn.to_dict()["datasets"].values() for row in data]
    drawn_rates = sorted(row["estimate"] for row in rows if row["estimate"] < 1)
    assert drawn_rates == sorted(e.estimate for e in found if e.measure == "headcount")
    assert json.loads(drawn.save(tmp_path / "d.json").read_text())["$schema"]


def test_a_line_from_year_to_year():
    pytest.importorskip("altair")
    homes = pd.DataFrame({"y": np.arange(1.0, 25.0), "year": [2001, 2002, 2003] * 8,
                          "r": list("ab") * 12})  # fmt: skip
    found = xl.estimate(homes, "mean", welfare="y", by=[("year", "r")])
    rows = next(iter(found.plot(over="year").to_dict()["datasets"].values()))
    assert {(row["when"], row["area"]) for row in rows} == {
        (year, r) for year in ("2001", "2002", "2003") for r in "ab"
    }
    with pytest.raises(ExitlineError, match="no figure is by 'yaer'"):
        found.plot(over="yaer")


def test_the_commands_save_what_they_show(tmp_path):
    target = tmp_path / "t.csv"
    said = CliRunner().invoke(exitline, [
        "estimate", ALBANIA, "--welfare", "rcons", "--line", "4891", "--census", "--save",
        str(target),
    ])  # fmt: skip
    assert said.exit_code == 0, said.output
    assert pd.read_csv(target)["measure"].tolist() == ["headcount"]
    refused = CliRunner().invoke(exitline, ["estimate", ALBANIA, "--save", "t.pdf"])
    assert refused.exit_code == 2
    assert ".xlsx" in refused.output


def test_a_run_saves_what_may_be_published_alone(tmp_path):
    run = xl.run("examples/imaginary-country/census.yaml", out=tmp_path / "out")
    assert (
        run.to_pandas()["estimate"].isna().sum()
        >= run.estimates.to_pandas()["estimate"].isna().sum()
    )
    assert run.readable().rows == run.published.readable().rows
    assert run.readable().title.startswith(run.study.title)
    with pytest.raises(ExitlineError, match="has no page"):
        xl.report(xl.api.Run(run.study, None, run.estimates, run.decisions, {}, (), {}))


@pytest.mark.parametrize(
    ("value", "se", "said"),
    [(0.14274, 0.00905, "0.1427"), (1234.5, math.nan, "1,234"), (0.0, 0.0, "0")],
)
def test_digits_follow_the_standard_error(value, se, said):
    frame = pd.DataFrame({"estimate": [value], "se": [se]})
    assert of_frame(frame).rows[0][0] == said


def test_a_run_leaves_each_chart_and_the_year_of_its_figures(tmp_path):
    run = xl.run("examples/imaginary-country/mpi.yaml", out=tmp_path / "out")
    drawn = run.plot().save_each(tmp_path / "charts")
    blocks = {(e.measure, e.line, e.by) for e in run.estimates if e.by}
    assert len(drawn) == 2 * len(blocks) == len(set(drawn))
    words = (
        tmp_path / "charts" / "multidimensionally-poor-persons-share-by-Province.svg"
    ).read_text()
    assert "by Province" in words
    assert not [p for p in drawn if p.stat().st_size < 1000]
    run.save(tmp_path / "f.sdmx.csv")
    rows = pd.read_csv(tmp_path / "f.sdmx.csv", dtype=str)
    assert set(rows["TIME_PERIOD"]) == {"2023"}
    said = json.loads((tmp_path / "f.structure.json").read_text(encoding="utf-8"))
    parts = said["data"]["dataStructures"][0]["dataStructureComponents"]["dimensionList"]
    assert parts["timeDimension"]["id"] == "TIME_PERIOD"
    head = run.estimates.find(measure="H", by="")
    shown = rows.query("MEASURE == 'H' and AREA_TYPE == '_T'")["OBS_VALUE"].iloc[0]
    assert float(shown) == head.estimate
    if shutil.which("pdflatex") is not None:
        text = "\\documentclass{article}\\usepackage{booktabs}\\usepackage[utf8]{inputenc}"
        text += "\\begin{document}\\tiny\n" + run.to_latex() + "\n\\end{document}\n"
        (tmp_path / "t.tex").write_text(text, encoding="utf-8")
        made = subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "t.tex"], cwd=tmp_path,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert made.returncode == 0, made.stdout[-1500:]
