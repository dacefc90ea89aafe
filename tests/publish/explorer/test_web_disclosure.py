"""An attacker who has the page alone learns no small count of a full count."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from exitline.api import run
from exitline.api.exploring import build
from exitline.proof.disclose.system import TableError
from exitline.publish.explorer.model import SUPPRESSED, Explorer

STUDY = """\
study: made
year: 2020
period: year
data: {{households: homes.parquet}}
columns: {{household: hid, welfare: y, size: size}}
design: {{census: true}}
areas: [{areas}]
lines: [{lines}]
measures: [{measures}]
"""


def homes(poor: dict[str, int], places: dict[str, tuple[str, str]], each: int = 60) -> pd.DataFrame:
    """Counties of households of one person, so many of them poor; province and zone of each."""
    rows = [
        (f"{county}-{i}", county, *places[county], 1, 50.0 if i < poor[county] else 200.0)
        for county in poor for i in range(each)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["hid", "county", "province", "zone", "size", "y"])


def shown(
    table: pd.DataFrame, folder: Path, areas: str, measures: str, lines: str = "100"
) -> Explorer:
    """The explorer of a full count."""
    folder.mkdir(exist_ok=True)
    table.to_parquet(folder / "homes.parquet")
    text = STUDY.format(areas=areas, measures=measures, lines=lines)
    (folder / "study.yaml").write_text(text)
    run(folder / "study.yaml", folder / "out")
    return build([folder / "out"])


def hidden(page: Explorer) -> set[str]:
    """Areas that are suppressed in some series."""
    return {page.areas[c.area].key for f in page.figures for c in f.cells if c.status == SUPPRESSED}


def inferred(table: pd.DataFrame, poor: pd.Series, gone: set[str], sets: list[str]) -> pd.DataFrame:
    """Least and most of the poor of each hidden county that fit every sum shown.

    The unknowns are the poor of each atom, a county's part in one province and one zone.
    """
    atoms = table.assign(poor=poor).groupby(["county", "province", "zone"])["poor"].sum()
    atoms = atoms.reset_index()
    known = [atoms[s] == key for s in sets for key in atoms[s].unique() if key not in gone]
    total = [] if "" in gone else [np.ones(len(atoms))]
    rows = np.array([*total, *known], dtype=float).reshape(-1, len(atoms))
    found = {}
    for county in sorted(gone & set(atoms["county"])):
        goal = (atoms["county"] == county).to_numpy(dtype=float)
        ends = [
            _end(linprog(sign * goal, A_eq=rows, b_eq=rows @ atoms["poor"]), sign)
            for sign in (1, -1)
        ]
        found[county] = (float(goal @ atoms["poor"]), *ends)
    return pd.DataFrame.from_dict(found, orient="index", columns=["truth", "low", "high"])


def _end(found: Any, sign: int) -> float:
    """One end of what fits; without a bound, infinite."""
    return sign * (float(found.fun) if found.status == 0 else -math.inf)


def protected(bounds: pd.DataFrame) -> bool:
    """Whether every small county could as well have ten more."""
    small = bounds[(bounds["truth"] > 0) & (bounds["truth"] < 10)]
    return bool(len(small)) and bool(
        ((small["high"] >= small["truth"] + 10 - 1e-6) & (small["low"] <= 1e-6)).all()
    )


PLACES = {f"c{i}": (f"p{i % 3}", f"z{i // 3}") for i in range(9)}
POOR = {f"c{i}": n for i, n in enumerate((3, 20, 31, 25, 22, 35, 21, 24, 30))}


def test_the_number_of_the_poor_alone_is_protected(tmp_path):
    page = shown(homes(POOR, PLACES), tmp_path / "a", "county", "poor_count")
    assert "c0" in hidden(page)
    assert len(hidden(page)) > 1
    assert all(c.text != "3" for f in page.figures for c in f.cells)


def test_counties_add_up_to_provinces_and_to_zones(tmp_path):
    table = homes(POOR, PLACES)
    page = shown(table, tmp_path / "a", "province, zone, county", "headcount")
    bounds = inferred(table, table["y"] < 100, hidden(page), ["county", "province", "zone"])
    assert protected(bounds), bounds


@pytest.mark.parametrize("of", ["c0", "c1", "c3"])
def test_one_household_astray_does_not_undo_the_protection(tmp_path, of):
    table = homes(POOR, PLACES)
    astray = table.index[(table["county"] == of) & (table["y"] > 100)][0]
    table.loc[astray, "province"] = "p2"
    page = shown(table, tmp_path / "a", "province, county", "headcount")
    bounds = inferred(table, table["y"] < 100, hidden(page), ["county", "province"])
    assert protected(bounds), bounds


def test_few_between_two_lines_are_protected(tmp_path):
    table = homes({c: n + 15 for c, n in POOR.items()}, PLACES)
    table.loc[(table["county"] != "c0") & (table.groupby("county").cumcount() < 12), "y"] = 90.0
    first = table.index[table["county"] == "c0"][:4]
    table.loc[first, "y"] = 90.0
    page = shown(table, tmp_path / "a", "province, county", "headcount", "80, 100")
    between = (table["y"] >= 80) & (table["y"] < 100)
    bounds = inferred(table, between, hidden(page), ["county", "province"])
    assert protected(bounds), bounds


def test_gaps_of_the_poor_are_protected_by_their_number_which_is_not_shown(tmp_path):
    page = shown(homes(POOR, PLACES), tmp_path / "a", "county", "poverty_gap")
    assert "c0" in hidden(page)
    assert len(hidden(page)) > 1
    with pytest.raises(TableError, match="how many are poor is not known") as caught:
        build([tmp_path / "a" / "out"], min_count=20)
    assert "add headcount" in caught.value.remedy


def test_classes_of_colours_do_not_tell_of_what_is_hidden(tmp_path):
    far = {f"c{i}": n for i, n in enumerate((3, 20, 21, 22, 23, 24, 25, 26, 27))}
    page = shown(homes(far, PLACES), tmp_path / "a", "county", "poor_count")
    values = [c.value for f in page.figures for c in f.cells if c.value is not None and c.area]
    edges = page.series[0].edges
    assert edges
    assert min(values) < min(edges) <= max(edges) < max(values)


def test_villages_do_not_add_up_to_a_hidden_county(tmp_path):
    run("examples/imaginary-country/census.yaml", tmp_path / "out")
    page = build([tmp_path / "out"])
    gone = {c.area for f in page.figures for c in f.cells if c.status == SUPPRESSED}
    (villages,) = [d for d in page.decisions if page.levels[d.level].key == "ea"]
    index = [c.key for c in villages.criteria].index("incidence")
    inside = [
        judged for area, judged in zip(villages.areas, villages.judged[index], strict=True)
        if page.areas[area].within in gone
    ]  # fmt: skip
    assert inside
    assert all(judged.hidden and not judged.text for judged in inside)


def test_villages_of_a_county_keep_their_protection_interval(tmp_path):
    run("examples/imaginary-country/census.yaml", tmp_path / "out")
    page = build([tmp_path / "out"])
    rows = pd.read_parquet(tmp_path / "out" / "decisions.parquet")
    rows = rows[(rows["level"] == "village") & (rows["criterion"] == "incidence")]
    rows = rows.assign(poor=(rows["value"] * rows["n"]).round()).set_index("unit")
    (villages,) = [d for d in page.decisions if page.levels[d.level].key == "ea"]
    index = [c.key for c in villages.criteria].index("incidence")
    judged = zip(villages.areas, villages.judged[index], strict=True)
    gone = {page.areas[area].key for area, one in judged if one.hidden}
    counties = {page.areas[c.area].key for f in page.figures for c in f.cells if not c.status}
    small = rows[(rows["poor"] > 0) & (rows["poor"] < 10)]
    assert set(small.index) <= gone
    for unit, row in small[small["parent"].isin(counties)].iterrows():
        together = rows[(rows["parent"] == row["parent"]) & rows.index.isin(gone)]["poor"].sum()
        assert together >= row["poor"] + 10, unit
