"""Who stands apart: one finding, and the words that follow from it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from exitline.api import estimate
from exitline.publish.content.phrases import Words, beside_overall, finding, sentence
from exitline.publish.content.standing import AreaStanding, Group, standing, standings
from exitline.stats.infer.comparing.apart import apart
from exitline.words.catalogue import ENGLISH

NOBODY = Group(0)
PLAIN = Words("the share of poor persons", lambda a: a, lambda a: f"{ord(a)} %", "20 %")


def said(**changes: object) -> tuple[str, str]:
    """Title and the sentence on the overall figure of a made-up finding."""
    base = {
        "measure": "headcount", "line": "l", "by": "r", "within": "", "within_domain": "",
        "shown": 4, "above": NOBODY, "below": NOBODY, "highest": NOBODY, "lowest": NOBODY,
        "alike": 4, "left_out": 0, "ends": (), "exact": False, "additive": False,
    }  # fmt: skip
    of = AreaStanding(**{**base, **changes})  # type: ignore[arg-type]
    beside = beside_overall(of, PLAIN)
    return sentence(finding(of, PLAIN), ENGLISH), sentence(beside or "", ENGLISH)


@pytest.mark.parametrize(
    ("changes", "title", "beside"),
    [
        ({}, "No clear differences in the share of poor persons between 4 areas",
         "No area can be told apart from the overall 20 %."),
        ({"above": Group(1, ("a",)), "alike": 3},
         "The share of poor persons is above the overall 20 % in a",
         "1 area lies clearly above the overall 20 %, 0 clearly below; "
         "3 cannot be told apart from it."),
        ({"above": Group(2, ("a", "b")), "below": Group(1, ("c",)), "alike": 0, "left_out": 1},
         "The share of poor persons is above the overall 20 % in a and b, below it in c",
         "2 areas lie clearly above the overall 20 %, 1 clearly below; "
         "1 without a standard error is not compared."),
        ({"highest": Group(1, ("a",)), "lowest": Group(1, ("c",)), "above": Group(1, ("a",)),
          "below": Group(1, ("c",)), "exact": True, "alike": 2},
         "The share of poor persons is highest in a (97 %) and lowest in c (99 %)",
         "1 area lies above the overall 20 %, 1 below."),
        ({"highest": Group(1, ("a",)), "hidden": 2, "exact": True, "above": Group(1, ("a",))},
         "The share of poor persons is highest in a (97 %), of 4 areas with a figure",
         "1 area lies above the overall 20 %, 0 below."),
        ({"highest": Group(3, ("a", "b")), "exact": True},
         "The share of poor persons is highest in 3 areas (97 %)",
         "Every area has the overall 20 %."),
        ({"ends": ("a", "b")},
         "The share of poor persons ranges from 97 % in a to 98 % in b",
         "No area can be told apart from the overall 20 %."),
        ({"additive": True, "highest": Group(1, ("a",))},
         "The share of poor persons, 20 % in all, by area", ""),
        ({"shown": 0}, "No figure can be given for the share of poor persons in these areas", ""),
    ],
)  # fmt: skip
def test_the_words_say_what_was_found(changes, title, beside):
    assert said(**changes) == (title, beside)


def surveyed(seed: int, regions: int = 5) -> pd.DataFrame:
    """Households in clusters of regions, some of which differ."""
    rng = np.random.default_rng(seed)
    rates = rng.choice([0.1, 0.1, 0.2, 0.6], regions)
    rows = [
        (f"r{r}", f"r{r}c{c}", 1.0 if rng.random() < rates[r] else 9.0)
        for r in range(regions) for c in range(rng.integers(1, 8)) for _ in range(15)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["r", "psu", "y"])


@pytest.mark.parametrize("seed", range(12))
def test_title_and_sentence_follow_from_one_comparison(seed):
    from exitline import Design

    found = estimate(surveyed(seed), ["headcount", "poor_count"], welfare="y", line=5.0,
                     design=Design(psu="psu"), by="r")  # fmt: skip
    block = next(b for b in found.blocks if b.by and b.measure == "headcount")
    of, compared = standing(found, block), apart(found, block)
    assert of.highest.n == len(compared.highest)
    assert of.above.n >= len(compared.above)
    words = Words("the share", str, lambda _: "x", "y")
    said = finding(of, words), beside_overall(of, words)
    title, beside = (sentence(part, ENGLISH) for part in said)
    if of.above.n or of.below.n or of.highest.n or of.lowest.n:
        assert "No clear" not in title
        assert "No area can be told apart" not in beside
    else:
        assert "No area can be told apart" in beside
    without = {block.rows.labels[i] for i in np.flatnonzero(~(block.se > 0))}
    assert not any(name in title for name in without)
    assert AreaStanding.of_json(of.as_json()) == of


def test_parts_of_a_total_are_not_ranked():
    found = estimate(surveyed(1), "poor_count", welfare="y", line=5.0, by="r")
    (of,) = standings(found)
    assert of.additive
    assert not of.above.n
    assert not of.below.n
    assert not of.highest.n


def test_none_poor_of_fifty_without_an_interval_is_not_below():
    homes = pd.DataFrame({
        "r": ["none"] * 50 + ["some"] * 200,
        "psu": ["n"] * 50 + [f"p{i // 20}" for i in range(200)],
        "y": [9.0] * 50 + [1.0, 9.0, 9.0, 9.0] * 50,
    })  # fmt: skip
    from exitline import Design

    found = estimate(homes, "headcount", welfare="y", line=5.0, design=Design(psu="psu"), by="r")
    (of,) = standings(found)
    assert of.left_out
    assert of.below.n == of.lowest.n == 0
