"""The tree is that of RFC 6962: published vectors, and every proof of every small tree."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exitline.proof.claim.ledgers import merkle

VECTORS = json.loads((Path(__file__).parent / "reference/rfc6962_vectors.json").read_text())
LEAVES = [merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in VECTORS["leaves"]]
ROOTS = [bytes.fromhex(root) for root in VECTORS["roots"]]


def _path(vector: dict[str, list[str]]) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(node) for node in vector["path"])


def test_empty_tree_has_the_published_root() -> None:
    assert merkle.root([]).hex() == VECTORS["empty_root"]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_the_published_ones(size: int) -> None:
    assert merkle.root(LEAVES[:size]) == ROOTS[size - 1]


@pytest.mark.parametrize("vector", VECTORS["inclusion"])
def test_inclusion_paths_are_the_published_ones(vector) -> None:
    index, size = vector["index"], vector["size"]
    assert merkle.inclusion_path(LEAVES[:size], index) == _path(vector)
    assert merkle.includes(LEAVES[index], index, size, _path(vector), ROOTS[size - 1])


def _leaves(count: int) -> list[bytes]:
    return [merkle.leaf_hash(number.to_bytes(2, "big")) for number in range(count)]


@pytest.mark.parametrize("size", range(1, 34))
def test_every_leaf_is_proved_and_no_other_is(size: int) -> None:
    leaves = _leaves(size)
    root = merkle.root(leaves)
    for index in range(size):
        path = merkle.inclusion_path(leaves, index)
        assert merkle.includes(leaves[index], index, size, path, root)
        for other in range(size):
            if other != index:
                assert not merkle.includes(leaves[other], index, size, path, root)
                assert not merkle.includes(leaves[index], other, size, path, root)


def _damaged(path: tuple[bytes, ...]) -> list[tuple[bytes, ...]]:
    """A path with a node more, a node less, or another node."""
    worse = [(*path, b"\0" * 32), (b"\0" * 32, *path)]
    for i in range(len(path)):
        worse += [path[:i] + path[i + 1 :], (*path[:i], b"\0" * 32, *path[i + 1 :])]
    return worse


def test_damaged_paths_prove_nothing() -> None:
    leaves = _leaves(13)
    root = merkle.root(leaves)
    for index in range(13):
        for path in _damaged(merkle.inclusion_path(leaves, index)):
            assert not merkle.includes(leaves[index], index, 13, path, root)


def test_impossible_entries_prove_nothing() -> None:
    leaves = _leaves(3)
    assert not merkle.includes(leaves[0], 3, 3, (), merkle.root(leaves))
    assert not merkle.includes(leaves[0], -1, 3, (), merkle.root(leaves))
    with pytest.raises(IndexError):
        merkle.inclusion_path(leaves, 3)


@given(st.lists(st.binary(max_size=8), min_size=2, max_size=40), st.data())
def test_root_knows_order_and_content(entries: list[bytes], data: st.DataObject) -> None:
    leaves = [merkle.leaf_hash(entry) for entry in entries]
    i = data.draw(st.integers(0, len(leaves) - 1))
    j = data.draw(st.integers(0, len(leaves) - 1))
    swapped = list(leaves)
    swapped[i], swapped[j] = swapped[j], swapped[i]
    assert (merkle.root(swapped) == merkle.root(leaves)) == (leaves[i] == leaves[j])


def test_a_leaf_is_never_taken_for_a_node() -> None:
    # second preimage: the two children of a node, given as one entry, are another leaf
    a, b = _leaves(2)
    assert merkle.root([merkle.leaf_hash(a + b)]) != merkle.root([a, b])
