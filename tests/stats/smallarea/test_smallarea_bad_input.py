"""Bad input to models of small areas, on the command line: a clear error, or a stated choice."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from exitline.cli import call

RNG = np.random.default_rng(11)
HOMES = pd.DataFrame({
    "hid": range(60), "y": np.exp(RNG.normal(2, 0.4, 60)).round(3), "rooms": RNG.integers(1, 5, 60),
    "roof": RNG.choice(["tin", "tile"], 60), "area": np.repeat(list("abcdef"), 10),
    "w": 2.0, "psu": np.arange(60) // 2,
})  # fmt: skip
PEOPLE = pd.DataFrame({
    "rooms": RNG.integers(1, 5, 140), "roof": RNG.choice(["tin", "tile"], 140),
    "area": np.repeat(list("abcdefg"), 20),
})  # fmt: skip
AREAS = pd.DataFrame({"area": list("abcdefg"), "toilet": [0.1, 0.5, 0.3, 0.9, 0.7, 0.2, 0.4]})
STUDY = """study: Bad input
year: 2024
data: {{households: homes.csv}}
columns: {{household: hid, welfare: y}}
design: {{weight: w, psu: psu}}
lines: [7]
small_areas: {{{model}}}
"""
EBP = "kind: ebp, area: area, formula: '{formula}', census: people.csv, mse: none"
FH = "kind: fay_herriot, area: area, formula: 'headcount ~ {formula}', covariates: areas.csv"


def run(folder, capsys, *, formula="y ~ rooms + roof", model=EBP, homes=HOMES, people=PEOPLE,
        areas=AREAS):  # fmt: skip
    for name, table in (("homes", homes), ("people", people), ("areas", areas)):
        table.to_csv(folder / f"{name}.csv", index=False)
    study = folder / "study.yaml"
    study.write_text(STUDY.format(model=model.format(formula=formula)), encoding="utf-8")
    code = call(["smallarea", str(study)])
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    return code, " ".join((said.out + said.err).split())


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"people": PEOPLE[PEOPLE["area"] > "b"]},
         "2 sampled areas are not in the census, so they have no figure"),
        ({"people": PEOPLE.assign(roof=PEOPLE["roof"].where(PEOPLE.index > 9, "straw"))},
         "10 of 140 households of the census are left out"),
        ({"homes": HOMES.assign(rooms=HOMES["rooms"].where(HOMES.index > 4))},
         "5 of 60 households of the sample are left out"),
    ],
)  # fmt: skip
def test_a_choice_is_stated(given, says, tmp_path, capsys):
    code, said = run(tmp_path, capsys, **given)
    assert code == 0
    assert says in said
    assert re.search(r" g \d", said)  # in the census alone: by the regression


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"people": PEOPLE.assign(area="z")}, "sample and census have no area in common"),
        ({"people": PEOPLE.assign(rooms="three")}, "'rooms' is text on one side and numbers"),
        ({"people": PEOPLE.assign(roof="straw")}, "the model has no value on any household"),
        ({"people": PEOPLE.drop(columns="roof")}, "the census has no column 'roof'"),
        ({"formula": "y ~ rooms + I(2 * rooms)"}, "follows from the columns before it"),
        ({"homes": HOMES.assign(area="a")}, "a single area"),
        ({"homes": HOMES.assign(y=HOMES["y"].where(HOMES.index > 3, 0.0))},
         "welfare that is not above zero has no value under 'log'"),
        ({"model": FH, "formula": "toilet", "homes": HOMES.assign(y=HOMES["y"].where(
            HOMES["area"] > "a", 1.0))}, "sampling variance is zero or missing"),
        ({"model": FH, "formula": "toilet", "homes": HOMES.assign(area="a")},
         "too few areas with a direct estimate"),
        ({"model": FH, "formula": "toilet + I(1 - toilet)"}, "follows from the columns before it"),
        ({"model": FH, "formula": "toilets"}, "the data have no column 'toilets'"),
        ({"model": FH, "formula": "toilet", "areas": AREAS[2:]}, "areas"),
        ({"model": FH, "formula": "toilet", "areas": AREAS.assign(toilet="0,x")}, "toilet"),
    ],
)  # fmt: skip
def test_what_allows_no_model_is_an_error(given, says, tmp_path, capsys):
    code, said = run(tmp_path, capsys, **given)
    assert code == 1
    assert says in said
    assert "remedy" in said
    assert "study.yaml" in said
