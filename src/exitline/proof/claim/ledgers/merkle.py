"""The Merkle tree of RFC 6962: a short proof that a claim is in a ledger, and stays there.

Trees are given as lists of leaf hashes. A root commits to every entry and to their order;
an inclusion path shows one entry under a root. Whoever holds the ledger computes the root of its
first entries again to see that it begins with an earlier one.

Kept by hand: 60 lines of hashing that the RFC fixes, which no library of the stack has.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00, entry): the leaf of an entry (RFC 6962, section 2.1).

    Examples
    --------
    >>> leaf_hash(b"").hex()[:16]
    '6e340b9cffb37a98'
    """
    return hashlib.sha256(b"\x00" + entry).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree hash MTH(D[n]) of leaf hashes (RFC 6962, section 2.1).

    Parameters
    ----------
    leaves : sequence of bytes
        Leaf hashes, 32 bytes each, in the order of the entries.

    Returns
    -------
    bytes
        32 bytes; SHA-256 of nothing for an empty tree.

    Examples
    --------
    >>> root([]) == EMPTY_ROOT
    True
    """
    if not leaves:
        return EMPTY_ROOT
    level = list(leaves)
    while len(level) > 1:
        pairs = [_node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = pairs + ([level[-1]] if len(level) % 2 else [])
    return level[0]


def inclusion_path(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The audit path PATH(m, D[n]) of one leaf (RFC 6962, section 2.1.1).

    Parameters
    ----------
    leaves : sequence of bytes
        Leaf hashes of the tree.
    index : int
        Position of the leaf, from 0 to n - 1.

    Returns
    -------
    tuple of bytes
        Sibling hashes from the leaf upwards, about log2(n) of them.

    Raises
    ------
    IndexError
        When the tree has no such leaf.

    Examples
    --------
    >>> a, b = leaf_hash(b"a"), leaf_hash(b"b")
    >>> inclusion_path([a, b], 0) == (b,)
    True
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"leaf {index} of a tree of {len(leaves)}")
    if len(leaves) == 1:
        return ()
    k = _split(len(leaves))
    if index < k:
        return (*inclusion_path(leaves[:k], index), root(leaves[k:]))
    return (*inclusion_path(leaves[k:], index - k), root(leaves[:k]))


def includes(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes) -> bool:
    """Whether an audit path leads from a leaf to a root (RFC 9162, section 2.1.3.2).

    Parameters
    ----------
    leaf : bytes
        Leaf hash of the entry.
    index, size : int
        Position of the entry and number of entries under the root.
    path : sequence of bytes
        Sibling hashes from the leaf upwards.
    expected : bytes
        The root.

    Examples
    --------
    >>> a, b = leaf_hash(b"a"), leaf_hash(b"b")
    >>> includes(a, 0, 2, [b], root([a, b])), includes(b, 0, 2, [b], root([a, b]))
    (True, False)
    """
    if not 0 <= index < size:
        return False
    place, last, node = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place % 2 == 1 or place == last:
            node = _node(sibling, node)
            place, last = _climb(place, last)
        else:
            node = _node(node, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and node == expected


def _climb(place: int, last: int) -> tuple[int, int]:
    """Skip the levels at which a node at the right edge has no sibling."""
    while place % 2 == 0 and place != 0:
        place, last = place >> 1, last >> 1
    return place, last


def _node(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01, left, right): an inner node (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split(n: int) -> int:
    """The largest power of two smaller than n (n > 1)."""
    return 1 << ((n - 1).bit_length() - 1)
