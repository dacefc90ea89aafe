"""Facts about villages, and registers: joined as they are written, and how much was matched."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from exitline.api import check, decisions
from exitline.errors import DataError
from exitline.exits.register.standing import event_faults
from exitline.exits.register.steps.drafts import draft_of

RULE = """
standard: roads
title: Roads
jurisdiction: here
valid: {from: 2000-01-01, to: 2099-12-31}
sources: {own: {title: Written for this test, publisher: exitline, date: "2026"}}
columns:
  welfare: {meaning: consumption, unit: USD per person per year, type: number}
  road: {meaning: a road, type: boolean, level: village}
lines:
  basic: {label: Basic, unit: USD per person per year, boundary: "<", value: 5, source: own}
household:
  source: own
  poor: welfare < line('basic')
  exits: {consumption: {label: Not poor, condition: NOT poor}}
village:
  source: own
  exits: {road: {label: A road, condition: road}}
"""


def study(
    folder: Path, villages: list[object], facts: pd.DataFrame, *, county: bool = False
) -> Path:
    """A census of four households a village, with a table of facts."""
    homes = pd.DataFrame(
        {
            "hid": range(4 * len(villages)),
            "y": [6.0, 7.0, 8.0, 9.0] * len(villages),
            "vid": [v for v in villages for _ in range(4)],
            "cid": [i // 8 for i in range(4 * len(villages))],
        }
    )
    homes.to_parquet(folder / "homes.parquet")
    facts.to_parquet(folder / "facts.parquet")
    (folder / "rule.yaml").write_text(RULE)
    columns = "{road: km < 2, county: cid}" if county and "cid" in facts else "{road: km < 2}"
    (folder / "study.yaml").write_text(
        "study: Roads\nstandard: rule.yaml\nperiod: year\ndata: {households: homes.parquet}\n"
        "columns: {household: hid, welfare: y}\ndesign: {census: true}\n"
        f"levels: {{village: vid{', county: cid' if county else ''}}}\n"
        f"villages: {{table: facts.parquet, on: vid, columns: {columns}}}\n"
    )
    return folder / "study.yaml"


def outcomes(path: Path, engine: str = "duckdb") -> list[str]:
    table = decisions(path, engine=engine).to_pandas()
    rows = table[(table["level"] == "village") & (table["criterion"] == "road")]
    return rows.sort_values(["parent", "unit"])["outcome"].tolist()


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [([17, 18], [17.0, 18.0]), (["17", "18 "], [17, 18]), ([17.0, 18.0], ["17", "18"])],
)
def test_facts_join_as_they_are_written(
    ours: list[object], theirs: list[object], engine: str, tmp_path: Path
) -> None:
    path = study(tmp_path, ours, pd.DataFrame({"vid": theirs, "km": [1.0, 5.0]}))
    assert outcomes(path, engine) == ["met", "not met"]
    assert not [f for f in check(path, engine=engine) if f.check == "facts"]


def test_facts_that_match_nothing_are_an_error_with_both_forms(tmp_path: Path) -> None:
    facts = pd.DataFrame({"vid": ["0017", "0018"], "km": [1.0, 5.0]})
    (found,) = [f for f in check(study(tmp_path, [17, 18], facts)) if f.check == "facts"]
    assert found.severity == "error"
    assert "none of the 2 villages of the data is among" in found.message
    assert "numbers like 99 (villages of the data), text like 0099" in found.message
    assert "17" not in found.message


def test_few_matches_are_a_warning(tmp_path: Path) -> None:
    facts = pd.DataFrame({"vid": [1], "km": [1.0]})
    (found,) = [f for f in check(study(tmp_path, [1, 2, 3], facts)) if f.check == "facts"]
    assert found.severity == "warning"
    assert found.message.startswith("only 1 of the 3 villages of the data are among")


def test_villages_of_one_key_in_two_counties_need_their_county(tmp_path: Path) -> None:
    villages = [1, 2, 1, 2]
    bare = pd.DataFrame({"vid": [1, 2], "km": [1.0, 5.0]})
    with pytest.raises(DataError, match="may be of several villages"):
        decisions(study(tmp_path, villages, bare, county=True))
    full = pd.DataFrame({"vid": [1, 2, 1, 2], "cid": [0, 0, 1, 1], "km": [1.0, 5.0, 5.0, 1.0]})
    path = study(tmp_path, villages, full, county=True)
    assert outcomes(path) == ["met", "not met", "not met", "met"]


EVENTS = pd.DataFrame(
    {
        "household": ["17", "18"], "on": [date(2016, 5, 1)] * 2, "state": ["poor"] * 2,
        "number": [1, 2],
    }
)  # fmt: skip


def test_events_and_a_register_of_two_kinds() -> None:
    steps = frozenset({("new", "poor")})
    assert (
        event_faults(EVENTS, steps, households=pa.table({"household": [17.0, 18.0]})).unknown == 0
    )
    assert event_faults(EVENTS, steps, households=pa.table({"household": [17, 19]})).unknown == 1
    with pytest.raises(DataError, match="none of the 2 households of the events"):
        event_faults(EVENTS, steps, households=pa.table({"household": ["017", "018"]}))


def test_without_an_allowed_step_every_event_is_one_too_many() -> None:
    found = event_faults(EVENTS, frozenset())
    assert (found.illegal, found.rows) == (2, 2)
    assert event_faults(EVENTS.iloc[:0], frozenset()).illegal == 0


@pytest.mark.parametrize("written", [17, 17.0, "17", " 17 "])
def test_an_id_is_logged_as_it_is_written(written: object) -> None:
    row = {"household": written, "step": "propose exit", "on": "2016-05-01", "actor": "li",
           "role": "village committees"}  # fmt: skip
    assert draft_of(row, where="row 1").household == "17"
