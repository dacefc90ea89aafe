"""What a survey and a census may have wrong, and how `ebp` says it."""

from __future__ import annotations

import pandas as pd
import pytest

import exitline as xl
from exitline.errors import ExitlineError

HOMES = pd.DataFrame(
    {"y": [1.0, 2.0, 3.0, 5.0, 2.0, 7.0, 4.0, 3.5], "rooms": [1, 2, 2, 3, 1, 3, 2, 2],
     "roof": list("tstststt"), "area": list("aabbccdd")}
)  # fmt: skip
PEOPLE = pd.DataFrame({"rooms": [1, 2, 3, 1, 2, 3], "roof": list("tststs"), "area": list("aabbce")})


def ebp(formula="y ~ rooms", sample=HOMES, census=PEOPLE, **options):
    return xl.small_area.ebp(
        formula, sample, census, **{"area": "area", "measures": "headcount", "line": 2.5, **options}
    )


def test_areas_of_one_table_only():
    found = ebp()
    one = found.levels[0].figures[0]
    assert one.areas == ("a", "b", "c", "e")
    assert one.sampled.tolist() == [True, True, True, False]
    assert any("1 sampled area is not in the census" in note for note in found.notes)
    with pytest.raises(ExitlineError, match="no area in common"):
        ebp(census=PEOPLE.assign(area="z"))


def test_numbers_and_texts_name_the_same_areas():
    sample = HOMES.assign(area=HOMES.area.map({"a": 1, "b": 2, "c": 3, "d": 4}))
    census = PEOPLE.assign(area=PEOPLE.area.map({"a": "1", "b": "2", "c": "3", "e": "5"}))
    assert ebp(sample=sample, census=census).levels[0].figures[0].sampled.tolist() == [
        True, True, True, False,
    ]  # fmt: skip


def test_rows_without_a_value_are_left_out_and_counted():
    holes = PEOPLE.assign(rooms=[1, None, 3, 1, 2, 3])
    found = ebp(census=holes)
    assert any("1 of 6 households of the census are left out" in note for note in found.notes)
    assert found.levels[0].households.tolist() == [1, 2, 1, 1]
    sample = HOMES.assign(y=[None, *HOMES.y[1:]])
    assert any("1 of 8 households of the sample" in note for note in ebp(sample=sample).notes)


def test_levels_that_the_sample_does_not_have_are_left_out_and_counted():
    other = PEOPLE.assign(roof=list("tstsxx"))
    found = ebp("y ~ rooms + roof", census=other)
    assert any("2 of 6 households" in note and "category" in note for note in found.notes)
    assert found.levels[0].figures[0].areas == ("a", "b")
    with pytest.raises(ExitlineError, match="no value on any household"):
        ebp("y ~ rooms + roof", census=PEOPLE.assign(roof="x"))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"census": PEOPLE.drop(columns="rooms")}, "the census has no column 'rooms'"),
        ({"census": PEOPLE.drop(columns="area")}, "the census has no column 'area'"),
        ({"by": "province"}, "the census has no column 'province'"),
        ({"size": "persons"}, "the census has no column 'persons'"),
        ({"weight": "w"}, "the sample has no column 'w'"),
        ({"formula": "y ~ roof", "census": PEOPLE.assign(roof=1)}, "text on one side"),
        ({"formula": "y ~ rooms + I(2 * rooms)"}, "follows from the columns before it"),
        ({"sample": HOMES.assign(area="a")}, "a single area"),
        ({"sample": HOMES.assign(y=HOMES.y - 1.0)}, "not above zero has no value under 'log'"),
        ({"sample": HOMES.assign(y=3.0), "transform": "rank"}, "the same on every row"),
        ({"line": None}, "needs a poverty line"),
        ({"line": -1.0}, "needs a poverty line"),
        ({"measures": "sen"}, "no measure 'sen'"),
        ({"measures": "fgt(0.5)"}, "no measure 'fgt"),
        ({"transform": "sqrt"}, "no transformation 'sqrt'"),
        ({"mse": "jackknife"}, "'mse' has no such value"),
        ({"method": "mle"}, "'method' has no such value"),
        ({"weight": "rooms", "district": "roof"}, "do not go together"),
        ({"sample": HOMES.iloc[:3]}, "too few rows"),
    ],
)
def test_what_cannot_be_is_said(options, says):
    with pytest.raises(ExitlineError, match=says):
        ebp(**options)


def test_a_model_of_area_means_is_warned_of():
    sample = HOMES.assign(wet=HOMES.area.map({"a": 1.0, "b": 2.0, "c": 4.0, "d": 3.0}))
    census = PEOPLE.assign(wet=PEOPLE.area.map({"a": 1.0, "b": 2.0, "c": 4.0, "e": 2.0}))
    assert any("unit-context" in note for note in ebp("y ~ wet", sample, census).notes)
    assert not any("unit-context" in note for note in ebp().notes)


def test_engines_agree(engine, unit_sample, unit_census):
    asked = {
        "area": "geo2", "by": [("geo1", "urbrur")], "measures": ["headcount", "poverty_gap"],
        "line": 2500, "size": "hhsize",
    }  # fmt: skip
    formula = "pc_exp ~ log(hhsize) + proom + urbrur"
    mine = xl.small_area.ebp(formula, unit_sample, unit_census, engine=engine, **asked)
    right = xl.small_area.ebp(formula, unit_sample, unit_census, **asked)
    for one, other in zip(mine.levels, right.levels, strict=True):
        assert one.population.tolist() == other.population.tolist()
        for figures, same in zip(one.figures, other.figures, strict=True):
            assert figures.areas == same.areas
            assert figures.estimate == pytest.approx(same.estimate, rel=1e-9)
