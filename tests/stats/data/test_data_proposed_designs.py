"""`init` on files whose households have keys of two columns, or whose weights have replicates."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import exitline as xl
from exitline.cli import exitline as program

RNG = np.random.default_rng(0)
HOMES = pd.DataFrame({
    "HH1": np.repeat(np.arange(1, 11), 6), "HH2": np.tile(np.arange(1, 7), 10),
    "hhweight": RNG.uniform(0.5, 2, 60).round(4), "income": RNG.lognormal(8, 0.5, 60).round(1),
})  # fmt: skip


def _proposed(data: pd.DataFrame, folder) -> str:
    data.to_csv(folder / "d.csv", index=False)
    found = CliRunner().invoke(program, ["init", str(folder / "d.csv"), "--out", "-"])
    assert found.exit_code == 0, found.output
    return found.output


def test_keys_of_two_columns_of_households_and_of_persons(tmp_path):
    assert "every pair of HH1 and HH2 occurs once" in _proposed(HOMES, tmp_path)
    persons = HOMES.loc[HOMES.index.repeat(3)].assign(LN=[1, 2, 3] * 60)
    assert "households are HH1 and HH2 together, persons these and LN" in _proposed(
        persons, tmp_path
    )


@pytest.mark.parametrize("name", ["repwt{}", "PWGTP{}", "bsw{}", "hh_rep_{}", "brr_{}", "jkw{}"])
def test_replicate_weights_are_proposed(tmp_path, name):
    more = {name.format(i): HOMES.hhweight * RNG.uniform(0.5, 1.5, 60) for i in range(1, 21)}
    said = _proposed(HOMES.assign(hhid=range(60), **more), tmp_path)
    assert name.format("*") in said
    assert "20 columns called like replicate weights" in said


def test_columns_counted_through_are_not_replicate_weights_by_that_alone(tmp_path):
    more = {f"item{i}": RNG.uniform(0, 1, 60) for i in range(1, 21)}
    assert "replicate" not in _proposed(HOMES.assign(hhid=range(60), **more), tmp_path)


def test_a_pattern_does_not_take_the_weight_itself_for_a_replicate():
    data = HOMES.assign(**{f"hhweight{i}": HOMES.hhweight * (1 + i / 10) for i in range(1, 9)})
    one, all_named = (
        xl.estimate(data, "mean", welfare="income", design=xl.Design(
            "hhweight", replicates=names, kind="BRR")).find()
        for names in ("hhweight*", [f"hhweight{i}" for i in range(1, 9)])
    )  # fmt: skip
    assert one.se == all_named.se
