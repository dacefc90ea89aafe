"""One run, one voice: report, explorer, API, terminal, tables and claims say the same."""

from __future__ import annotations

import asyncio
import html
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest

from exitline.api import run
from exitline.api.exploring import build
from exitline.api.runs.finished import Run
from exitline.proof.claim import read_claims
from exitline.publish.explorer.model import SUPPRESSED, Explorer
from exitline.publish.report import ReportInput
from exitline.publish.report.blocks import naming, written
from exitline.publish.report.page import view
from exitline.publish.web.figures.handler import application

CASES = Path(__file__).parent / "cases"
STUDIES = {
    "albania": "examples/albania-2012/study.yaml",
    "census": "examples/imaginary-country/census.yaml",
    "sample": "examples/imaginary-country/sample.yaml",
    "pakistan": "examples/pakistan-graduation/study.yaml",
    "small villages": CASES / "census-of-small-villages.yaml",
}
Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Told:
    """One run, and everything that was made of it."""

    run: Run
    folder: Path
    page: Explorer
    report: str

    def key(self, series: str, area: int) -> Key:
        """What names a figure of the explorer."""
        measure, _, line = series.partition("@")
        of = self.page.areas[area]
        return measure, line, self.page.levels[of.level].key if of.level >= 0 else "", of.key

    @property
    def cells(self) -> dict[Key, Any]:
        """Figures of the explorer."""
        return {
            self.key(self.page.series[f.series].key, c.area): c
            for f in self.page.figures for c in f.cells
        }  # fmt: skip

    @property
    def rows(self) -> pd.DataFrame:
        """The analyst's table."""
        return pd.read_parquet(self.folder / "estimates.parquet")


@pytest.fixture(scope="module", params=list(STUDIES))
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Each shipped example, run once."""
    folder = tmp_path_factory.mktemp("voice") / "out"
    found = run(STUDIES[request.param], folder)
    report = (folder / "report.html").read_text(encoding="utf-8")
    return Told(found, folder, build([folder]), report)


def _key(row: Any) -> Key:
    return row.measure, row.line, row.by, row.domain


def test_the_same_cells_are_hidden_everywhere(told: Told) -> None:
    rows = told.rows
    shown = {_key(r) for r in rows.itertuples() if r.release == "shown"}
    suppressed = {_key(r) for r in rows.itertuples() if r.release == "suppressed"}
    out = {_key(r) for r in rows.itertuples() if r.release == "left out"}
    assert {k for k, c in told.cells.items() if c.status == SUPPRESSED} == suppressed
    assert set(told.cells) == shown | suppressed
    published = {
        (b.measure, b.line, b.by, label): b.reason[i].startswith("suppressed")
        for b in told.run.published.estimates.blocks for i, label in enumerate(b.rows.labels)
    }  # fmt: skip
    assert {k for k, gone in published.items() if gone} == suppressed
    assert not set(published) & out
    queries = [signed.claim.query for signed, _ in read_claims(told.folder / "claims.json")]
    claimed = {(q.measure, q.line, q.by, q.domain) for q in queries if q.kind == "estimate"}
    assert claimed == {_key(r) for r in rows.dropna(subset="estimate").itertuples()} & shown


def test_the_same_numbers_are_read_everywhere(told: Told) -> None:
    content = ReportInput.from_run(told.run.published, outcome_estimates=told.run.outcomes)
    claims = {
        (q.measure, q.line, q.by, q.domain): signed.claim
        for signed, _ in read_claims(told.folder / "claims.json")
        if (q := signed.claim.query).kind == "estimate" and q.column == "estimate"
    }
    cells = told.cells
    seen = 0
    for block in content.estimates.blocks:
        unit = naming(content, block.measure).unit
        for i, label in enumerate(block.rows.labels):
            key = (block.measure, block.line, block.by, label)
            said, cell = written(content, block, i, unit), cells[key]
            if key not in claims:
                continue
            assert (cell.text, cell.interval) == (said.text, said.interval), key
            number = said.text.split("\N{NO-BREAK SPACE}")[0].replace(",", "")
            if not said.text.startswith("under"):
                assert number.replace("\N{MINUS SIGN}", "-") == claims[key].value, key
            if said.interval:
                ends = re.split("\N{EN DASH}| to ", said.interval.replace(",", ""))
                claimed = [claims[key].low, claims[key].high]
                assert [e.replace("\N{MINUS SIGN}", "-") for e in ends] == claimed, key
            seen += 1
    assert seen


def test_the_report_shows_what_the_explorer_shows(told: Told) -> None:
    content = ReportInput.from_run(
        told.run.published, outcome_estimates=told.run.published.outcomes
    )
    cells = told.cells
    for areas in view(content).areas:
        for figure in areas.figures:
            for row in figure.table.rows:
                cell = cells[figure.measure, figure.line, areas.by, row[0].text]
                said = f"{cell.text} ({cell.interval})" if cell.interval else cell.text
                assert row[1].text == (said if cell.status != SUPPRESSED else "suppressed")
                assert html.escape(row[1].text) in told.report or len(figure.table.rows) > 50


def test_the_same_words_for_who_stands_apart(told: Told) -> None:
    text = html.unescape(re.sub("<[^>]+>", "", told.report))
    content = ReportInput.from_run(told.run.published)
    for areas in view(content).areas:
        for figure in areas.figures:
            assert figure.title in text
            same = [
                said for f in told.page.figures for said in f.apart
                if said.scope == 0 and told.page.levels[said.level].key == areas.by
                and told.page.series[f.series].key == f"{figure.measure}@{figure.line}"
            ]  # fmt: skip
            assert [figure.title] == [said.finding["en"] for said in same]
            assert [figure.standing] == [said.beside and said.beside["en"] for said in same]


def test_the_terminal_says_the_same(told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    from exitline.cli.run import _plain, _show

    _show(told.run.published)
    printed = capsys.readouterr().out
    for key, cell in told.cells.items():
        if not key[2] and cell.status != SUPPRESSED and cell.value is not None:
            assert cell.text.replace("\N{NO-BREAK SPACE}", " ") in printed
    said = " ".join(printed.split())
    for areas in view(ReportInput.from_run(told.run.published)).areas:
        for figure in areas.figures:
            assert figure.title.replace("\N{NO-BREAK SPACE}", " ") in said
    plain = json.loads(json.dumps(_plain(told.run.published), default=str))
    for row in plain["estimates"]:
        cell = told.cells[row["measure"], row["line"], row["by"], row["domain"]]
        assert (cell.status == SUPPRESSED) == row["reason"].startswith("suppressed")


def test_the_api_says_the_same(told: Told) -> None:
    transport = httpx.ASGITransport(application(told.page, "<!doctype html><title>p</title>"))

    async def all_rows(way: str | None) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as to:
            while way:
                page = (await to.get(way)).json()
                found += page["rows"]
                way = page["next"]
        return found

    findings = asyncio.run(all_rows("/api/v1/findings?limit=500"))
    titles = {(f["series"], f["level"]): f["finding"] for f in findings if f["within"] == "all"}
    for areas in view(ReportInput.from_run(told.run.published)).areas:
        for of in areas.figures:
            assert titles[f"{of.measure}@{of.line}", areas.by] == of.title
    rows = asyncio.run(all_rows("/api/v1/estimates?limit=500"))
    cells = told.cells
    assert len(rows) == len(cells)
    for row in rows:
        by = "" if row["level"] == "all" else row["level"]
        cell = cells[*row["series"].split("@", 1), by, row["area_key"]]
        assert (row["status"] == "suppressed") == (cell.status == SUPPRESSED)
        if cell.status != SUPPRESSED and cell.value is not None:
            assert (row["text"], row["interval"]) == (cell.text, cell.interval)


def test_a_table_hides_what_the_run_hides(told: Told, tmp_path: Path) -> None:
    from exitline.api.releases.counted import Layout
    from exitline.api.releases.tables import safe_table
    from exitline.publish.tables.write import write

    levels = json.loads((told.folder / "run.json").read_text())["about"]["levels"]
    if not told.run.study.design.exact or "county" not in levels:
        pytest.skip("tables of a run are of full counts with counties")
    made = safe_table(told.folder, Layout(("county",), ("poor",)))
    (path, *_) = write(made.table, [tmp_path / "t.xlsx"])
    sheet = pd.read_excel(path, header=None, dtype=str)
    rows = told.rows[told.rows["by"] == levels["county"]]
    gone = set(rows.loc[rows["release"] != "shown", "domain"])
    shown = rows[(rows["release"] == "shown")].drop_duplicates("domain").set_index("domain")
    long = made.table.long()
    assert long[long["county"].isin(gone)]["households"].isna().all()
    whole = long[(long["county"].isin(shown.index)) & (long["poor"] == "total")].dropna()
    for row in whole.itertuples():
        assert int(row.households) == shown.loc[row.county, "n"]
    for area in gone:
        (line,) = sheet[sheet.apply(lambda r, area=area: area in list(r), axis=1)].index[:1]
        assert "suppressed" in list(sheet.loc[line])
