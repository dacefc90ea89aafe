"""Waves and ids of a panel: in the order of time, joined as they are written."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from exitline.cli import main
from exitline.errors import DataError
from exitline.stats.engine import open_engine
from exitline.stats.panel import panel_spec, read_panel, transitions

CASES = Path(__file__).parent / "cases"
LONG = CASES / "waves-as-text.csv"
ASKED = ["--household", "id", "--welfare", "y", "--line", "2"]


@pytest.fixture(params=["duckdb", "spark"])
def engine(request: pytest.FixtureRequest):
    opened = open_engine(request.param)
    yield opened
    opened.close()


def ran(arguments: list[str]) -> int:
    """The exit status of a command."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


def rate(found: object, name: str) -> float:
    return found.estimates.find(measure=name, by="").estimate  # type: ignore[attr-defined]


def test_rounds_follow_their_numbers_on_both_engines(engine) -> None:
    spec = panel_spec(household="id", welfare="y", wave="round", line=2)
    found = transitions(LONG, spec, engine=engine)
    assert found.waves == ("R1", "R2", "R10")
    exits = [rate(found, f"exit_rate({pair})") for pair in ("R1>R2", "R2>R10")]
    assert exits == pytest.approx([0.4, 0.5])
    assert rate(found, "entry_rate(R2>R10)") == 0.0


def test_the_commands_take_the_last_round_for_the_latest(capsys) -> None:
    assert ran(["dynamics", str(LONG), *ASKED, "--wave", "round"]) == 0
    assert "R2-R10" in capsys.readouterr().out
    watch = ["--wave", "round", "--capacity", "5", "--clue-date", "2024-01-01"]
    assert ran(["watch", str(LONG), *ASKED, *watch]) == 0
    assert "at R10" in capsys.readouterr().out


def test_waves_without_an_order_are_refused_unless_they_are_named(tmp_path: Path, capsys) -> None:
    path = tmp_path / "long.csv"
    text = LONG.read_text()
    for name, season in (("R10", "winter"), ("R1", "summer"), ("R2", "autumn")):
        text = text.replace(f",{name},", f",{season},").replace(f",{name}\n", f",{season}\n")
    path.write_text(text)
    assert ran(["dynamics", str(path), *ASKED, "--wave", "round"]) == 1
    said = capsys.readouterr().err
    assert "do not tell which came first" in said
    assert "--waves" in said
    named = ["--wave", "round", "--waves", "summer,autumn,winter"]
    assert ran(["dynamics", str(path), *ASKED, *named]) == 0
    assert "40.0 %" in capsys.readouterr().out
    named[-1] = "summer=First visit, autumn=, winter=Third"
    assert ran(["dynamics", str(path), *ASKED, *named]) == 0
    said = capsys.readouterr().out
    assert "First visit-autumn" in said
    assert "autumn-Third" in said


def test_value_labels_of_the_wave_column_name_the_waves() -> None:
    import pyarrow as pa

    import exitline as xl
    from exitline.stats.data.scannable import Source

    rows = pa.table({"id": [1, 1, 2, 2], "y": [1.0, 3.0, 1.0, 1.0], "t": [1, 2] * 2})
    held = Source(kind="arrow", table=rows, labels={"t": {1: "Baseline", 2: "Endline"}})
    asked = {"household": "id", "welfare": "y", "wave": "t", "line": 2, "parts": ["rates"]}
    (rates,) = xl.dynamics(held, **asked)
    assert "exit_rate(Baseline>Endline)" in [row["measure"] for row in rates.records]


def test_files_against_the_order_of_their_names_are_refused(tmp_path: Path, capsys) -> None:
    long = pd.read_csv(LONG)
    paths = []
    for name in ("R1", "R10", "R2"):
        paths.append(str(tmp_path / f"{name}.csv"))
        long[long["round"] == name].to_csv(paths[-1], index=False)
    assert ran(["dynamics", *paths, *ASKED]) == 1
    assert "not in the order of time" in capsys.readouterr().err
    assert ran(["dynamics", paths[0], paths[2], paths[1], *ASKED]) == 0


def test_numbers_and_text_join_where_they_are_written_alike(engine) -> None:
    spec = panel_spec(household="id", welfare="y", line=2)
    found = transitions([CASES / "v1.dta", CASES / "v2.dta"], spec, engine=engine)
    assert found.pairs[0].lost == 0
    assert rate(found, "exit_rate(v1>v2)") == 1.0


def test_ids_that_differ_by_zeros_in_front_are_told_by_their_form(capsys) -> None:
    paths = [str(CASES / name) for name in ("w1.csv", "w2.csv")]
    assert ran(["dynamics", *paths, *ASKED]) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert "none of the 20 households of wave 'w1' is among the households of wave 'w2'" in said
    assert "text like 099" in said
    assert "000" not in said


def test_ids_blanks_and_strata_of_two_kinds(engine) -> None:
    one = pd.DataFrame({"id": ["17 ", "18"], "y": [1.0, 1.0], "s": [1, 1], "p": ["a", "b"]})
    two = pd.DataFrame({"id": [17.0, 18.0], "y": [3.0, 1.0], "s": ["1", "1"], "p": ["a ", "b"]})
    from exitline import Design

    spec = panel_spec(household="id", welfare="y", line=2, design=Design(strata="s", psu="p"))
    panel = read_panel([one, two], spec, engine=engine)
    assert [str(h) for h in panel.household.to_pylist()] == ["17", "18"]  # whole numbers, or text
    assert panel.poor.tolist() == [[1.0, 0.0], [1.0, 1.0]]
    assert rate(transitions([one, two], spec, engine=engine), "exit_rate(1>2)") == 0.5


def test_few_households_in_common_are_remarked_upon() -> None:
    one = pd.DataFrame({"id": range(30), "y": [1.0] * 30})
    two = pd.DataFrame({"id": range(20, 50), "y": [3.0] * 30})
    found = transitions([one, two], panel_spec(household="id", welfare="y", line=2))
    assert found.notes[0].startswith("only 10 of the 30 households of wave '1' are among")


def test_waves_that_are_doubles_or_blank() -> None:
    long = pd.DataFrame({"id": [1, 1, 2, 2], "y": [1.0, 3.0, 1.0, 1.0], "t": [2018.0, 2020.0] * 2})
    found = transitions(long, panel_spec(household="id", welfare="y", wave="t", line=2))
    assert found.waves == ("2018", "2020")
    named = panel_spec(household="id", welfare="y", wave="t", waves=("2018", "2020"), line=2)
    assert transitions(long, named).waves == ("2018", "2020")
    blank = long.assign(t=["1", "2", " ", "2"])
    with pytest.raises(DataError, match="1 rows name no wave"):
        transitions(blank, panel_spec(household="id", welfare="y", wave="t", line=2))
