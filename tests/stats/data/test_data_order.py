"""The order of waves: what a name tells, and what it does not."""

from __future__ import annotations

import random

import pytest

from exitline.stats.data.order import natural_order

TOLD = (
    "R1 R2 R10",
    "2018 2019 2020",
    "0017 18 119",
    "9/2020 10/2020 1/2021",
    "Jan Feb Dec",
    "Sep-20 Dec-20 Jan-21",
    "2019Q4 2020Q1 2020Q3",
    "2019-12-31 2020-09-01 2020-10-01",
    "31.12.2019 15.1.2020 1.2.2020",
    "w1_2018 w2_2020 w10_2024",
    "2017/18 2018/19 2019/20",
    "T0 T1 T2 T11",
    "baseline midline endline",
    "Pre Post",
    "I II IV IX",
    "A B C",
    "first second third",
    "1st 2nd 10th",
    "第1轮 第2轮 第10轮",
    "1月 2月 10月",
    "٢ ١٠",
)
SPACED = (
    ("round 2", "round 10"),
    ("wave I", "wave II", "wave III"),
    ("May 2019", "April 2020"),
    ("Round one", "Round two", "Round three"),
    ("15 Feb 2019", "1 Jan 2020"),
    ("end of 2018, visit 2", "end of 2019, visit 1"),
)
NOT_TOLD = (
    "control treated",
    "baseline R1",
    "R1 R01",
    "1/2/2020 3/1/2020",
    "a1 b2",
    "2020 2020b",
    "true false",
    "kharif rabi",
)


@pytest.mark.parametrize("waves", [*(tuple(text.split()) for text in TOLD), *SPACED])
def test_the_order_of_time_whatever_order_they_come_in(waves: tuple[str, ...]) -> None:
    draw = random.Random(7)
    for _ in range(5):
        assert natural_order(draw.sample(waves, len(waves))) == waves


@pytest.mark.parametrize("text", NOT_TOLD)
def test_no_order_is_made_up(text: str) -> None:
    assert natural_order(text.split()) is None
