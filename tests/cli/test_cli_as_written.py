"""Ids, areas, waves and keys of a CSV file stay apart where they are written apart.

Every command that names such columns is run over the same pairs: 1.1 and 1.10 are one
number, and 007 and 7, but two ids.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from exitline import Design
from exitline.cli import main
from exitline.exits.register import standing
from exitline.exits.screens.run import ScreenPlan, run_screens
from exitline.stats.panel import transitions
from exitline.stats.panel.spec import panel_spec

PAIRS = [("1.1", "1.10"), ("007", "7")]
pairs = pytest.mark.parametrize("pair", PAIRS, ids=["decimals", "zeros"])


def ran(*arguments: object) -> int:
    """The exit status of a command."""
    with pytest.raises(SystemExit) as ended:
        main([str(one) for one in arguments])
    return int(ended.value.code or 0)


def table(path: Path, heading: str, rows: Sequence[Sequence[Any]]) -> Path:
    """A CSV file."""
    lines = [heading, *(",".join(str(value) for value in row) for row in rows)]
    path.write_text("\n".join(lines) + "\n")
    return path


@pairs
def test_households_of_a_panel(pair: tuple[str, str], tmp_path: Path) -> None:
    one = table(tmp_path / "w1.csv", "id,y", [(pair[0], 1), (pair[1], 3)])
    two = table(tmp_path / "w2.csv", "id,y", [(pair[0], 3), (pair[1], 3)])
    found = transitions([one, two], panel_spec(household="id", welfare="y", line=2))
    assert found.pairs[0].lost == 0
    assert found.estimates.find(measure="exit_rate(w1>w2)", by="").estimate == 1.0


@pairs
def test_waves_psus_strata_and_areas_of_a_panel(pair: tuple[str, str], tmp_path: Path) -> None:
    rows = [
        (h, wave, 1 if (h + (wave == pair[1])) % 3 else 3, pair[h % 2], pair[h % 2], f"{h:02}.5")
        for h in range(12)
        for wave in pair
    ]
    path = table(tmp_path / "long.csv", "id,t,y,ea,area,w", rows)
    spec = panel_spec(
        household="id", welfare="y", wave="t", waves=pair, line=2, by="area",
        design=Design(weight="w", psu="ea"),
    )  # fmt: skip
    found = transitions(path, spec)
    assert found.waves == pair
    measure = f"exit_rate({pair[0]}>{pair[1]})"
    assert found.estimates.find(measure=measure, by="").df == 1
    assert {e.domain for e in found.estimates if e.by == "area"} == set(pair)


@pairs
def test_a_wide_panel(pair: tuple[str, str], tmp_path: Path) -> None:
    rows = [(pair[0], 1, "3"), (pair[1], 3, " 1 ")]
    path = table(tmp_path / "wide.csv", "id,y_a,y_b", rows)
    spec = panel_spec(household="id", welfare="y_{wave}", waves=("a", "b"), line=2)
    found = transitions(path, spec)
    assert found.estimates.find(measure="exit_rate(a>b)", by="").estimate == 1.0


@pairs
def test_the_list_of_a_watch(pair: tuple[str, str], tmp_path: Path) -> None:
    ids = [*pair, *(f"{h}.25" for h in range(10, 60))]
    rows = [(h, 2 + i % 7, w) for i, h in enumerate(ids) for w in (1, 2)]
    path = table(tmp_path / "long.csv", "id,y,t", rows)
    out = tmp_path / "list.csv"
    asked = ("--household", "id", "--welfare", "y", "--line", 1.5, "--wave", "t")
    told = ("--capacity", 52, "--clue-date", "2024-01-01", "--rank-by", "line", "--out", out)
    assert ran("watch", path, *asked, *told) == 0
    with out.open() as handle:
        listed = [row["household"] for row in csv.DictReader(handle)]
    assert sorted(listed) == sorted(ids)


@pairs
def test_units_of_a_screen(pair: tuple[str, str], tmp_path: Path) -> None:
    rows = [(pair[i % 2], 100 + 13 * i % 997) for i in range(400)]
    path = table(tmp_path / "a.csv", "office,y", rows)
    found = run_screens(path, ScreenPlan(value="y", unit="office"))
    assert {f.unit for f in found if f.screen == "digit preference"} >= set(pair)


@pairs
def test_a_frame_and_its_draw(pair: tuple[str, str], tmp_path: Path) -> None:
    rows = [(pair[i], pair[i], pair[i], f"{i}.50") for i in (0, 1)]
    path = table(tmp_path / "frame.csv", "household,village,stratum,town", rows)
    out = tmp_path / "draw.json"
    asked = ("--stratum", "stratum", "--take", 2)
    seed = ("--seed", "8 15 23 42 4 16", "--published", "2024-12-01T20:00:00+08:00")
    assert ran("draw", path, *asked, *seed, "--out", out) == 0
    drawn = {h["household"] for h in json.loads(out.read_text())["selected"]}
    assert drawn == set(pair)


@pairs
def test_keys_of_a_release(pair: tuple[str, str], tmp_path: Path) -> None:
    rows = [(pair[i % 2], pair[i // 2 % 2], "1,5"[0], f"{i}.5") for i in range(40)]
    path = table(tmp_path / "a.csv", "area,illness,w,y", rows)
    out = tmp_path / "release.parquet"
    asked = ("--keys", "area", "--sensitive", "illness", "--weight", "w", "--top", "y=99%")
    assert ran("release", path, *asked, "--out", out) == 0
    read = pq.read_table(out)
    assert set(read["area"].to_pylist()) == set(read["illness"].to_pylist()) == set(pair)
    assert str(read["y"].type) == "double"


@pairs
def test_villages_and_references_of_a_notice(pair: tuple[str, str], tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", "v,ref", [(pair[0], pair[1]), (pair[1], pair[0])])
    out = tmp_path / "notice.csv"
    said = ("--title", "Exits", "--objections", "To the office.", "--posted", "2020-11-02")
    asked = ("--village", "v", "--reference", "ref", "--days", 7)
    assert ran("notice", path, *asked, *said, "--out", out) == 0
    with out.open() as handle:
        listed = list(csv.reader(handle))
    cells = {cell.strip("'") for row in listed for cell in row}
    assert set(pair) <= cells


@pairs
def test_areas_of_a_table(pair: tuple[str, str], tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", "area,poor", [(pair[i % 2], i // 2 % 2) for i in range(80)])
    out = tmp_path / "t.csv"
    assert ran("table", path, "--rows", "area", "--columns", "poor", "--out", out) == 0
    first = {line.split(",")[0].strip('"') for line in out.read_text().splitlines()}
    assert set(pair) <= first


@pairs
def test_households_of_a_log_and_of_its_register(pair: tuple[str, str], tmp_path: Path) -> None:
    rows = [(h, "2020-01-0" + str(n), "poor", n) for n, h in enumerate(pair, 1)]
    log = table(tmp_path / "log.csv", "household,on,state,number", rows)
    counted = standing.count_states(log, date(2021, 1, 1))
    assert counted["households"].to_pylist() == [2]
    register = table(tmp_path / "register.csv", "household", [(pair[0],)])
    faults = standing.event_faults(log, frozenset({("poor", "exited")}), households=register)
    assert faults.unknown == 1


@pairs
def test_spells(pair: tuple[str, str], tmp_path: Path) -> None:
    rows = [(h, "poor", "2016-01-01", "2017-01-01") for h in pair]
    path = table(tmp_path / "spells.csv", "household,state,since,until", rows)
    found = standing.count_spell_states(path, date(2016, 6, 1))
    assert found["households"].to_pylist() == [2]


@pairs
def test_counties_of_an_assessment(pair: tuple[str, str], tmp_path: Path) -> None:
    from exitline.api.runs.opening import read_rows
    from exitline.exits.assess.assessment_table import counties_from

    counts = [(county, 9000, 20, 700) for county in pair]
    path = table(tmp_path / "c.csv", "county,rural_population,registered,exited", counts)
    assert set(counties_from(read_rows(str(path), ["county"]))) == set(pair)


@pairs
def test_places_of_an_explorer(pair: tuple[str, str], tmp_path: Path) -> None:
    from exitline.publish.explorer.tables import read_table

    path = table(tmp_path / "p.csv", "key,label,column,row", [(k, k, 1, 2) for k in pair])
    assert [row["key"] for row in read_table(path, ("key", "label"))] == list(pair)
