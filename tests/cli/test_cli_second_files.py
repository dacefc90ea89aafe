"""Tables beside the data are read with the options of the data; twins by case are no obstacle."""

from __future__ import annotations

from pathlib import Path

import pytest

from exitline.cli import main

READ = ["--encoding", "cp1252", "--delimiter", ";", "--missing-code", "NA"]


def run(*arguments: object, status: int = 0) -> None:
    with pytest.raises(SystemExit) as ended:
        main([str(one) for one in arguments])
    assert (ended.value.code or 0) == status


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A sample and its totals as Excel writes them, with calibrated weights of known size."""
    rows = ["id;zone;w;cal;y"]
    rows += [
        f"{i};{'Süd' if i < 4 else 'Nord'};1;{10 if i < 4 else 5};{i % 3 + 1}" for i in range(8)
    ]
    (tmp_path / "d.csv").write_text("\n".join(rows) + "\n", encoding="cp1252")
    totals = "margin;level;total\nzone;Süd;40\nzone;Nord;20\n"
    (tmp_path / "t.csv").write_text(totals, encoding="cp1252")
    return tmp_path


def test_totals_are_read_with_the_options_of_the_data(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, totals = files / "d.csv", files / "t.csv"
    run("calibrate", data, totals, "--weight", "w", *READ)
    assert "Süd       40       4       40" in capsys.readouterr().out
    run("estimate", data, "--measure", "mean", "--welfare", "y", "--weight", "cal",
              "--base-weight", "w", "--calibrated-to", totals, *READ)  # fmt: skip
    assert "1.83" in capsys.readouterr().out


def test_the_encoding_of_totals_is_asked_for_as_a_flag(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (files / "d.csv").write_text((files / "d.csv").read_text("cp1252"), encoding="utf-8")
    run("estimate", files / "d.csv", "--measure", "mean", "--welfare", "y", "--weight", "cal",
        "--base-weight", "w", "--calibrated-to", files / "t.csv", "--delimiter", ";",
        status=1)  # fmt: skip
    said = capsys.readouterr().err
    assert "t.csv, line 2" in said
    assert "--encoding cp1252" in said


def test_twins_by_case_that_nobody_asks_for_are_no_obstacle(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    data = tmp_path / "h.csv"
    data.write_text("Region,REGION,hhid,y\n" + "".join(f"N,{i},{i},{i + 0.5}\n" for i in range(6)))
    run("estimate", data, "--measure", "mean", "--welfare", "y")
    run("init", data, "--out", tmp_path / "study.yaml")
    assert "# REGION was not looked at" in (tmp_path / "study.yaml").read_text()
    out = tmp_path / "r.parquet"
    run("release", data, "--keys", "Region", "--drop", "hhid,REGION", "--out", out)
    assert pq.read_table(out).column_names == ["Region", "y"]
    run("release", data, "--keys", "Region", "--drop", "hhid", status=1)
