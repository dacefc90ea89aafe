"""Means of areas from households and population means, against R.

nlme 3.1 (R 4.2.2): lme(pc_exp ~ hhsize + rooms, random = ~1 | geo2), REML; the predictor of Rao
and Molina (2015, 7.1.21) as sae::eblupBHF has it, and sae::pbmseBHF's bootstrap written out
(effects, households and population means drawn, lme fitted again, 2,000 times).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import exitline as xl
from exitline.stats.smallarea.errors import SmallAreaError

HOMES = pd.read_parquet("examples/imaginary-country/hld_sample_wb_2023.parquet")
EBLUP = [
    4311.034342, 3767.966334, 3366.007173, 3851.831336, 3759.500192, 3355.456879, 2253.288142,
    3320.25642, 4663.688909, 2897.969619, 2810.722341, 2616.935584, 2602.709307, 3354.45536,
    2972.615155, 2733.826295, 3717.321978, 2407.972026, 3116.315901,
]  # fmt: skip
MSE = [
    90488.5, 94531.5, 90227.3, 94328.9, 99340.5, 109466, 109702, 35498.3, 56046.3, 48997.5,
    35101.4, 95780.8, 52435.2, 52353.8, 95320.5, 33031, 53948.1, 55533.8, 48047.8,
]  # fmt: skip


def means():
    n = HOMES.groupby("geo2").size()
    step = np.arange(1, len(n) + 1)
    return pd.DataFrame(
        {"geo2": n.index, "hhsize": 4 + 0.05 * step, "rooms": 3 - 0.02 * step, "homes": 4 * n + 10}
    ).sample(frac=1.0, random_state=1)


def fitted(data=None, **options):
    given = {"area": "geo2", "population": "homes", **options}
    data = means() if data is None else data
    return xl.small_area.eblup("pc_exp ~ hhsize + rooms", HOMES, data, **given)


def test_area_means_and_their_errors_are_those_of_r():
    found = fitted(mse="parametric", replicates=4000)
    fit = found.coefficients()["estimate"].to_numpy()
    assert fit == pytest.approx([4005.388224016, -579.505015599, 664.177848939], rel=1e-7)
    assert found.variances()["sigma2_u"] == pytest.approx(364953.406973, rel=1e-6)
    assert found.variances()["sigma2_e"] == pytest.approx(3701102.634688, rel=1e-7)
    table = found.to_pandas()
    assert table["estimate"].to_numpy() == pytest.approx(EBLUP, rel=1e-7)
    # 2,000 replicates there and 4,000 here: a Monte-Carlo error of 3.9 % of each
    away = table["rmse"].to_numpy() ** 2 / np.array(MSE) - 1
    assert np.abs(away).max() < 4 * 0.039
    assert abs(away.mean()) < 4 * 0.039 / np.sqrt(len(MSE))
    assert set(table["evidence"]) == {"model"}
    assert found.kind == "eblup"


def test_an_area_counted_in_full_is_its_own_mean_without_error():
    data = means().set_index("geo2")
    area = "geo_02_04"
    mine = HOMES[HOMES["geo2"] == area]
    data.loc[area, ["hhsize", "rooms"]] = mine[["hhsize", "rooms"]].mean()
    data["homes"] = data["homes"].astype(float)
    data.loc[area, "homes"] = len(mine)
    one = fitted(data.reset_index(), mse="parametric", replicates=50).find(area)
    assert one.estimate == pytest.approx(mine["pc_exp"].mean(), rel=1e-12)
    assert one.rmse == pytest.approx(0.0, abs=1e-6)


def test_areas_beyond_the_sample_have_the_regression():
    other = pd.DataFrame({"geo2": ["nowhere"], "hhsize": [5.0], "rooms": [2.0], "homes": [900]})
    found = fitted(pd.concat([means(), other]), mse="parametric", replicates=300)
    beta = found.coefficients()["estimate"].to_numpy()
    one = found.find("nowhere")
    assert one.estimate == pytest.approx(beta @ [1.0, 5.0, 2.0], rel=1e-12)
    assert not one.sampled
    assert one.rmse**2 > found.variances()["sigma2_u"] * 0.75


@pytest.mark.parametrize(
    ("change", "formula", "said"),
    [
        ({}, "pc_exp ~ log(hhsize)", "the mean of 'log(hhsize)' does not follow"),
        ({}, "pc_exp ~ urbrur", "the mean of 'urbrur' does not follow"),
        ({"homes": 3}, None, "fewer households than the sample has"),
        ({"geo2": "geo_01_02"}, None, "no single row for each area"),
        ({"geo2": [f"x{i}" for i in range(19)]}, None, "no area in common"),
    ],
)
def test_what_cannot_be_predicted_is_refused(change, formula, said):
    data = means().assign(urbrur="Urban").assign(**change)
    with pytest.raises(SmallAreaError, match=said.replace("(", r"\(").replace(")", r"\)")):
        xl.small_area.eblup(
            formula or "pc_exp ~ hhsize + rooms", HOMES, data, area="geo2", population="homes"
        )
