"""A poverty map as a study asks for it: the kind `ebp` of the section `small_areas`."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import exitline as xl
from exitline.api.area_models.kinds import small_areas
from exitline.errors import ExitlineError
from exitline.stats.data.studies.loader import parse_study

STUDY = Path("examples/imaginary-country/poverty-map.yaml")


def changed(**changes):
    text = STUDY.read_text()
    for old, new in {"size: hhsize\n    truth": "size: hhsize\n    replicates: 10\n    truth",
                     **changes}.items():  # fmt: skip
        assert old in text
        text = text.replace(old, new)
    return parse_study(text, STUDY)


def test_the_map_is_nearer_the_truth_than_the_sample_where_there_is_one():
    found = small_areas(changed())[0]
    assert found.title == "Empirical best predictor with effects of districts (REML, log scale)"
    headcount, gap = found.against
    assert (headcount.areas, headcount.sampled) == (133, 33)
    assert headcount.model_error_sampled < 0.75 * headcount.direct_error
    assert gap.model_error_sampled < 0.75 * gap.direct_error
    assert headcount.covered > 0.75
    table = found.to_pandas()
    assert set(table["evidence"]) == {"model"}
    truth = pd.read_csv(STUDY.parent / "villages.csv").set_index("ea")["census_headcount"]
    one = table[table["measure"] == "headcount"].set_index("area")["estimate"]
    one.index = one.index.astype(int)
    assert headcount.model_error == pytest.approx((one - truth).abs().mean(), abs=1e-6)


def test_what_a_study_may_have_wrong():
    for changes, says in (
        ({"lines: [2500]": "lines: [2500, 2000]"}, "one poverty line"),
        ({"ea                    #": "village  #"}, "no column 'village'"),
    ):
        with pytest.raises(ExitlineError, match=says) as caught:
            small_areas(changed(**changes))
        assert "small_areas" in str(caught.value)


def test_models_of_categories_alone_have_errors(unit_sample, unit_census):
    found = xl.small_area.ebp(
        "pc_exp ~ electricity + urbrur", unit_sample, unit_census, area="geo2", line=2500,
        measures="headcount", mse="parametric", replicates=5,
    )  # fmt: skip
    assert (found.levels[0].figures[0].rmse > 0).all()
