"""Conditions by the thousand are read as the parser before this one read them."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path

import pytest

from exitline.errors import ConditionError
from exitline.rules.condition import nodes
from exitline.rules.condition.reading import read

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from written import Writer  # noqa: E402

RECORD = json.loads((HERE / "recorded.json").read_text(encoding="utf-8"))
SEEDS = range(500) if os.environ.get("EXITLINE_ALL") else range(0, 500, 20)


def outcome(text: str) -> str:
    """The tree of a condition, or its refusal, as text."""
    try:
        return repr(read(text, where="f.yaml:3, key x"))
    except ConditionError as reason:
        return f"! {reason}"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_hundred_conditions_give_the_same_trees_and_refusals(seed: int) -> None:
    writer = Writer(seed)
    texts = [writer.one() for _ in range(100)]
    outcomes = [outcome(text) for text in texts]
    for place, known in RECORD["differs"].get(str(seed), {}).items():
        assert texts[int(place)] == known["condition"]
        assert outcomes[int(place)] == known["now"]
        outcomes[int(place)] = known["before"]
    digest = hashlib.sha256("\n\n".join(outcomes).encode()).hexdigest()[:16]
    assert digest == RECORD["digests"][seed]


def test_what_is_read_otherwise_is_refused_before_and_now() -> None:
    """One condition alone was read: an argument that is a plus sign and nothing else."""
    known = [one for block in RECORD["differs"].values() for one in block.values()]
    assert len(known) <= 136
    read_before = [one["condition"] for one in known if not one["before"].startswith("!")]
    assert len(read_before) == 1
    assert "nullif( +," in read_before[0]
    assert [one for one in known if not one["now"].startswith("!")] == []


def test_the_conditions_reach_every_kind_of_node() -> None:
    found: set[str] = set()
    for seed in range(20):
        writer = Writer(seed)
        for _ in range(100):
            text = writer.one()
            try:
                found |= {type(piece).__name__ for piece in nodes.walk(read(text))}
            except ConditionError:
                found.add("refused")
    kinds = {
        name
        for name, value in vars(nodes).items()
        if isinstance(value, type) and issubclass(value, nodes.Node)
    }
    assert kinds - {"Node"} <= found
    assert "refused" in found


@pytest.mark.parametrize(
    ("text", "place", "stopped"),
    [
        ("a AND", 3, "AND"),
        ("OR a = 1", 8, "1"),
        ("a b", 3, "b"),
        ("CASE WHEN a THEN b c END", 18, "b"),
        ("a IS NOT", 3, "IS"),
        ("a < < b", 5, "<"),
    ],
)
def test_a_refusal_says_how_far_the_words_made_sense(text: str, place: int, stopped: str) -> None:
    with pytest.raises(ConditionError, match="cannot be read") as raised:
        read(text)
    assert raised.value.got == f"stopped at {stopped}"
    assert str(raised.value.where).startswith(f"character {place} of ")
