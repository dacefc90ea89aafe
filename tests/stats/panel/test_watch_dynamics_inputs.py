"""Panels that cannot be used: each says what is wrong, and names no household."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from exitline.errors import DataError, DesignError, MeasureError
from exitline.stats.data.sampling.design import Design
from exitline.stats.panel import (
    misclassification_bounds,
    panel_spec,
    read_panel,
    sequences,
    spells,
    spells_from_table,
    transitions,
)

LONG = pd.DataFrame(
    {"id": [811, 811, 822, 822, 833, 833], "t": ["a", "b"] * 3,
     "y": [1.0, 3.0, 1.0, 1.5, 3.0, 4.0], "w": 1.0, "psu": [1, 1, 2, 2, 3, 3]}
)  # fmt: skip


def refused(data: object, words: str, **more: object) -> str:
    given: dict[str, object] = {"household": "id", "welfare": "y", "wave": "t", "line": 2.0} | more
    with pytest.raises(DataError, match=words) as caught:
        transitions(data, panel_spec(**given))  # type: ignore[arg-type]
    text = str(caught.value)
    assert "811" not in text
    assert "remedy:" in text
    return text


def test_a_household_twice_in_a_wave() -> None:
    text = refused(pd.concat([LONG, LONG[:1]]), "1 household has more than one row in wave 'a'")
    assert "appended twice" in text


def test_a_household_twice_with_ids_of_text() -> None:
    data = LONG.assign(id=LONG.id.map("home{}".format))
    refused(pd.concat([data, data[:1]]), "1 household has more than one row in wave 'a'")


def test_a_wave_named_twice() -> None:
    refused(LONG, "wave 'a' is given twice", waves=("a", "b", "a"))


def test_a_wave_that_is_not_there() -> None:
    refused(LONG, "wave 'c' is missing: it has no rows", waves=("a", "b", "c"))


def test_a_wide_table_without_the_column_of_a_wave() -> None:
    wide = pd.DataFrame({"id": [1, 2], "y_a": [1.0, 2.0], "y_b": [1.0, 2.0]})
    text = refused(
        wide, "column 'y_c' is not in the data", welfare="y_{wave}", wave=None,
        waves=("a", "b", "c"),
    )  # fmt: skip
    assert "did you mean" in text


def test_one_file_given_as_two_waves(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    LONG[LONG.t == "a"].to_parquet(path)
    refused([path, path], "the file 'a.parquet' is given as two waves", wave=None)


def test_two_files_with_the_same_values(tmp_path: Path) -> None:
    one = pd.DataFrame({"id": range(30), "y": np.linspace(1, 3, 30)})
    paths = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    for path in paths:
        one.to_parquet(path)
    refused(paths, "waves 'a' and 'b' hold the same values", wave=None)


def test_one_wave_alone() -> None:
    refused(LONG[LONG.t == "a"], "a panel needs at least two waves")


def test_a_missing_id_and_a_negative_weight() -> None:
    holed = LONG.assign(id=LONG.id.astype("Int64"))
    holed.loc[0, "id"] = pd.NA
    refused(holed, "1 rows of wave 'a' have no household id")
    refused(
        LONG.assign(w=[-1.0, *LONG.w[1:]]), "1 rows of wave 'a' have a missing, infinite or neg",
        design=Design(weight="w"),
    )  # fmt: skip


def test_a_wave_without_a_line() -> None:
    refused(LONG, "wave 'b' has no poverty line", line={"a": 2.0})


def test_welfare_and_state_together() -> None:
    with pytest.raises(DataError, match="a welfare column or a column with the state"):
        panel_spec(household="id", welfare="y", state="s")


def test_waves_of_a_wide_table_must_be_named() -> None:
    wide = pd.DataFrame({"id": [1, 2], "y_a": [1.0, 2.0]})
    refused(wide, "the waves of a wide table must be named", welfare="y_{wave}", wave=None)


def test_households_missing_from_a_wave_are_counted_not_dropped_silently() -> None:
    found = transitions(
        LONG.drop(index=3), panel_spec(household="id", welfare="y", wave="t", line=2.0)
    )
    assert found.pairs[0].lost == 1
    assert found.notes[0].startswith("1 of 3 households with a known state at a has none at b")


def test_missing_welfare_is_counted_as_unknown() -> None:
    holed = LONG.assign(y=[1.0, np.nan, 1.0, 1.5, 3.0, np.inf])
    found = transitions(holed, panel_spec(household="id", welfare="y", wave="t", line=2.0))
    assert found.reports[1].unknown == 2
    assert any("2 of 3 households have no usable welfare at b" in n for n in found.notes)


def test_ids_that_never_match() -> None:
    data = LONG.assign(id=range(6))
    spec = panel_spec(household="id", welfare="y", wave="t", line=2.0)
    for ask in (sequences, transitions, read_panel):
        with pytest.raises(DataError, match="none of the 3 households of wave 'a' is among"):
            ask(data, spec)


def test_a_psu_in_two_strata_and_a_design_that_is_not_used() -> None:
    data = LONG.assign(stratum=[1, 1, 1, 1, 2, 2], psu=[1, 1, 2, 2, 2, 2])
    design = Design(strata="stratum", psu="psu", lonely="certainty")
    spec = panel_spec(household="id", welfare="y", wave="t", line=2.0, design=design)
    with pytest.raises(DesignError, match="1 PSU id is used in more than one stratum"):
        transitions(data, spec)
    with pytest.raises(DesignError, match="1 PSU id is used in more than one stratum"):
        read_panel(data, spec)
    with pytest.raises(DesignError, match=r"panels do not use design\.fpc"):
        panel_spec(household="id", welfare="y", design=Design(fpc="N"))


def test_spells_that_overlap_or_run_backwards() -> None:
    home = np.array([811, 811, 822])
    begin = np.array([0.0, 2.0, 0.0])
    ended = np.array([True, True, False])
    with pytest.raises(DataError, match="1 spell overlaps an earlier spell") as caught:
        spells_from_table(home, begin, np.array([3.0, 4.0, 1.0]), ended)
    assert "811" not in str(caught.value)
    with pytest.raises(DataError, match="1 spell ends before it begins"):
        spells_from_table(home, begin, np.array([1.0, 1.0, 1.0]), ended)
    with pytest.raises(DataError, match="1 spell has no beginning or no end"):
        spells_from_table(home, begin, np.array([1.0, np.nan, 1.0]), ended)


def test_a_long_spell_is_held_against_all_that_follow_it() -> None:
    home = np.array([1, 1, 1, 2])
    with pytest.raises(DataError, match="2 spells overlap"):
        spells_from_table(
            home, np.array([0.0, 1.0, 5.0, 0.0]), np.array([9.0, 2.0, 6.0, 1.0]),
            np.array([True] * 4),
        )  # fmt: skip


def test_times_that_do_not_rise() -> None:
    data = pd.DataFrame({"id": [1, 2], "y_a": [3.0, 3], "y_b": [1.0, 1], "y_c": [3.0, 1]})
    panel = read_panel(
        data, panel_spec(household="id", welfare="y_{wave}", waves=("a", "b", "c"), line=2.0)
    )
    with pytest.raises(DataError, match="the times of the waves cannot be used"):
        spells(panel, "poor", times=[0, 3, 2])


def test_rows_of_a_long_table_that_name_no_wave() -> None:
    refused(LONG.assign(t=["a", None, "a", "b", "a", "b"]), "1 row names no wave")


def test_a_confidence_level_written_in_percent() -> None:
    spec = panel_spec(household="id", welfare="y", wave="t", line=2.0)
    with pytest.raises(MeasureError, match="the confidence level is out of range"):
        transitions(LONG, spec, level=95)


def test_where_nobody_is_poor_the_bounds_say_why_there_is_none() -> None:
    spec = panel_spec(household="id", welfare="y", wave="t", line=0.5)
    (bound,) = misclassification_bounds(transitions(LONG, spec).estimates, "a", "b", share=0.1)
    assert np.isnan(bound.low)
    assert bound.reason == "no household of the kind the measure averages over"
