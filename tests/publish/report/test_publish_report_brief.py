"""Two pages of a report and files of its figures, opened by other programs' readers."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import docx
import msgspec
import openpyxl
import pyreadstat
import pytest
from pysdmx.io.csv.sdmx20.reader import read as read_csv
from pysdmx.io.json.sdmxjson2.messages.structure import JsonStructureMessage

from exitline.api import run
from exitline.api.runs.finished import Run


@pytest.fixture(scope="module")
def albania(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The example, with its brief."""
    out = tmp_path_factory.mktemp("brief") / "out"
    return run("examples/albania-2012/study.yaml", out, brief=True)


def _seen(path: Path) -> str:
    return " ".join(re.sub("<[^>]+>", " ", path.read_text(encoding="utf-8")).split())


def test_the_brief_says_what_the_report_says(albania: Run) -> None:
    assert albania.folder is not None
    report, brief = (_seen(albania.folder / f"{name}.html") for name in ("report", "brief"))
    document = docx.Document(str(albania.folder / "brief.docx"))
    told = " ".join(p.text for p in document.paragraphs)
    for said in (
        "What is the share of poor persons (absolute poverty line: 4,891 lek per person per month,",
        "410,000 (355,000–465,000) of 2,870,000 persons.",
        "Go first where the share of poor persons is clearly higher: Kukes.",
        "The share of poor persons is above the overall 14.3\N{NO-BREAK SPACE}% in Kukes",
    ):
        assert said.replace("\N{NO-BREAK SPACE}", " ") in report.replace("\N{NO-BREAK SPACE}", " ")
        assert " ".join(said.split()) in " ".join(told.split())
        assert " ".join(said.split()) in brief
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert len(rows) == 14
    assert rows[2] == ["Kukes", "22.6\N{NO-BREAK SPACE}% (17.2–29.0)", "19,500 (13,300–25,800)",
                       "86,400", "568"]  # fmt: skip
    assert all("(" in row[1] for row in rows[1:]), "a sample's figure has its interval"
    assert "http" not in (albania.folder / "brief.html").read_text().split("<body", 1)[1]
    run("examples/albania-2012/study.yaml", albania.folder)  # it may be replaced as any run


def test_other_programs_read_the_same_figures(albania: Run, tmp_path: Path) -> None:
    for ending in (".xlsx", ".dta", ".sdmx.csv", ".csv"):
        albania.save(tmp_path / f"f{ending}")
    found = albania.estimates.find(measure="headcount", line="absolute", by="region",
                                   domain="Coastal")  # fmt: skip
    wanted = (found.estimate, found.ci_low, found.ci_high)
    sheet = openpyxl.load_workbook(tmp_path / "f.xlsx")["Figures"]
    heads, *rows = sheet.iter_rows(values_only=True)
    rows = [dict(zip(heads, row, strict=True)) for row in rows]
    stata, _ = pyreadstat.read_dta(str(tmp_path / "f.dta"))
    with (tmp_path / "f.csv").open(newline="") as file:
        tables = [rows, stata.to_dict("records"), list(csv.DictReader(file))]
    for table in tables:
        row = next(r for r in table if (r["measure"], r["line"], r["domain"]) ==
                   ("headcount", "absolute", "Coastal"))  # fmt: skip
        got = tuple(float(row[k]) for k in ("estimate", "ci_low", "ci_high"))
        assert got == pytest.approx(wanted, rel=1e-14)


def test_sdmx_has_its_structure_message(albania: Run, tmp_path: Path) -> None:
    albania.save(tmp_path / "f.sdmx.csv")
    message = msgspec.json.decode((tmp_path / "f.structure.json").read_bytes(),
                                  type=JsonStructureMessage).to_model()  # fmt: skip
    structure = message.get_data_structure_definitions()[0]
    dataset = read_csv((tmp_path / "f.sdmx.csv").read_text())[0]
    assert dataset.structure == message.get_dataflows()[0].short_urn
    assert [c.id for c in structure.components] == list(dataset.data.columns)
    assert message.get_dataflows()[0].structure == structure
    row = dataset.data.query("MEASURE == 'headcount' and LINE == 'absolute' and AREA == 'Coastal'")
    found = albania.estimates.find(measure="headcount", line="absolute", by="region",
                                   domain="Coastal")  # fmt: skip
    assert float(row.OBS_VALUE.iloc[0]) == found.estimate
    assert float(row.CI_LOW.iloc[0]) == found.ci_low
    keys = list(dataset.data[["MEASURE", "LINE", "AREA_TYPE", "AREA"]].itertuples(index=False))
    assert len(set(keys)) == len(keys)
