"""What must hold of areas that stand apart, whatever the data: scale of weights, order of rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import exitline as xl
from exitline.stats.engine.duckdb import DuckDB
from exitline.stats.infer.comparing.apart import Apart, apart

DESIGN = xl.Design(weight="w", strata="s", psu="p")
QUICK = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def duck():
    opened = DuckDB(threads=1)
    yield opened
    opened.close()


@st.composite
def surveys(draw: st.DrawFn) -> pd.DataFrame:
    """Four to seven areas of two to six PSUs, one of them poorer or richer than the rest."""
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    areas = draw(st.integers(4, 7))
    sizes = rng.integers(2, 7, areas)
    area = np.repeat(np.repeat(np.arange(areas), sizes), 5)
    psu = np.repeat(np.arange(sizes.sum()), 5)
    shift = draw(st.sampled_from([-2.0, 0.0, 2.0])) * (area == 0)
    y = np.exp(rng.normal(0, 1, len(area)) + rng.normal(0, 0.3, sizes.sum())[psu] + shift)
    return pd.DataFrame(
        {"y": y, "w": rng.uniform(1, 9, len(area)).round(3), "s": psu % 2, "p": psu,
         "area": [f"a{i}" for i in area]}
    )  # fmt: skip


def _said(data: pd.DataFrame, measure: str, engine: DuckDB, **shown: list[int]) -> Apart:
    found = xl.estimate(
        data, measure, welfare="y", line=1.0, design=DESIGN, by="area", engine=engine
    )
    return apart(found, found.blocks[1], **shown)


def _sets(one: Apart) -> tuple[object, ...]:
    return one.above, one.below, one.alike, one.left_out, one.highest, one.lowest, one.differ


@given(surveys(), st.sampled_from(["headcount", "mean", "poverty_gap"]), st.integers(0, 99))
@QUICK
def test_scaled_weights_and_shuffled_rows_say_the_same(duck, data, measure, seed):
    data = data.assign(w=data.w * 1e6)  # R's design effect, assumed at 0 and 1, has (N - n) / N
    first = _said(data, measure, duck)
    scaled = _said(data.assign(w=data.w * 1000), measure, duck)
    shuffled = _said(data.sample(frac=1, random_state=seed), measure, duck)
    for other in (scaled, shuffled):
        assert _sets(other) == _sets(first)
        for i, p in first.p.items():
            assert other.p[i] == pytest.approx(p, rel=1e-4, abs=1e-12)


@given(surveys(), st.sampled_from(["headcount", "mean"]))
@QUICK
def test_every_area_is_said_once_and_claims_agree(duck, data, measure):
    said = _said(data, measure, duck)
    areas = [*said.above, *said.below, *said.alike, *said.left_out]
    assert sorted(areas) == list(range(data.area.nunique()))
    assert set(said.p) == {*said.above, *said.below, *said.alike}
    assert all((said.p[i] <= 0.05) == (i not in said.alike) for i in said.p)
    assert not set(said.highest) & set(said.lowest)
    assert said.differ or not (said.highest or said.lowest)


@given(surveys(), st.data())
@QUICK
def test_fewer_areas_are_never_judged_more_harshly(duck, data, choice):
    """What is hidden has no part in the control: adjusted p can only fall."""
    everyone = _said(data, "headcount", duck)
    areas = range(data.area.nunique())
    some = choice.draw(st.lists(st.sampled_from(areas), min_size=1, unique=True))
    fewer = _said(data, "headcount", duck, shown=some)
    assert set(fewer.p) <= set(some)
    for i, p in fewer.p.items():
        assert p <= everyone.p[i] + 1e-12
