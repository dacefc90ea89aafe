"""`exitline dynamics` and `exitline watch` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.csv
import pyarrow.parquet
import pytest
from click.testing import CliRunner

from exitline.cli.dynamics import PARTS as OFFERED
from exitline.cli.dynamics import command as dynamics_command
from exitline.cli.watch import command as watch_command
from exitline.errors import ExitlineError
from exitline.stats.panel.report import PARTS

PANEL = [
    "examples/pakistan-graduation/graduation.parquet", "--household", "id_hh", "--welfare",
    "ctotal_pcmonth_{wave}", "--waves", "bsl,end,fup", "--line", "730/12",
]  # fmt: skip


def test_the_command_offers_every_part() -> None:
    assert tuple(PARTS) == OFFERED


def test_dynamics_prints_tables_and_the_same_figures_as_json() -> None:
    given = [*PANEL, "--by", "treatment", "--compare", "treatment=1,0"]
    shown = CliRunner().invoke(dynamics_command, given)
    assert shown.exit_code == 0, shown.output
    assert "poor who left" in shown.output
    assert "57.1 %" in shown.output
    assert "no PSU is declared" in shown.output
    plain = CliRunner().invoke(dynamics_command, [*given, "--json"])
    found = json.loads(plain.output)
    rows = {(r["measure"], r["domain"]): r for r in found["rates"]["rows"]}
    assert rows[("exit_rate(bsl>end)", "")]["estimate"] == pytest.approx(113 / 198)
    assert rows[("exit_rate(bsl>end)", "1 - 0")]["difference"] is True
    histories = {r["measure"]: r for r in found["histories"]["rows"] if not r["domain"]}
    assert histories["share(poor,out,poor)"]["estimate"] == pytest.approx(45 / 854)


def test_every_part_prints() -> None:
    """But for persistent risk, which needs four waves: that is said."""
    parts = [part for part in OFFERED if part != "persistent"]
    given = [*PANEL, *(word for part in parts for word in ("--part", part)), "--times", "0,2,3"]
    with pytest.raises(ExitlineError, match="too few waves for persistent risk"):
        CliRunner().invoke(
            dynamics_command, [*PANEL, "--part", "persistent"], catch_exceptions=False
        )
    shown = CliRunner().invoke(dynamics_command, given)
    assert shown.exit_code == 0, shown.output
    for title in ("How long spells last", "chronic (Jalan", "Exits that last", "error (normal"):
        assert title in shown.output
    assert max(len(line) for line in shown.output.splitlines()) <= 80


def test_a_comparison_of_a_column_that_is_not_broken_down_is_a_usage_error() -> None:
    shown = CliRunner().invoke(dynamics_command, [*PANEL, "--compare", "treatment=1,0"])
    assert shown.exit_code == 2
    assert "is not a column of --by" in shown.output
    shown = CliRunner().invoke(dynamics_command, [*PANEL[:-1], "bsl=60,end=x,fup=60"])
    assert shown.exit_code == 2


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_watch_writes_the_list_and_prints_the_trial(tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"list.{ending}"
    given = [*PANEL, "--predictor", "percep_econ_{wave}", "--clue-date", "2024-05-02"]
    shown = CliRunner().invoke(watch_command, [*given, "--out", str(out), "--capacity", "30"])
    assert shown.exit_code == 0, shown.output
    read = pyarrow.parquet.read_table if ending == "parquet" else pyarrow.csv.read_csv
    table = read(out)
    assert table.num_rows == 30
    assert str(table.column("due_date")[0].as_py()) == "2024-05-17"
    assert "Verdict:" in shown.output
    assert "nearest to the line" in shown.output
    ids = [str(i) for i in table.column("household").to_pylist()]
    assert not any(i in shown.output for i in ids)  # ids only where asked for
    assert not list(tmp_path.glob(".*"))


def test_watch_lists_rows_only_where_asked_for() -> None:
    given = [*PANEL, "--clue-date", "2024-05-02", "--json"]
    plain = json.loads(CliRunner().invoke(watch_command, given).output)
    assert plain["rows"] == []
    assert plain["evaluation"]["fell"] == 157
    listed = json.loads(CliRunner().invoke(watch_command, [*given, "--list", "3"]).output)
    assert [r["rank"] for r in listed["rows"]] == [1, 2, 3]
    assert listed["rows"][0]["reason"].startswith("welfare is 1.0")
