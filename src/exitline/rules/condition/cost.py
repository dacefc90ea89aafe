"""How large a condition becomes once it is written out for an engine."""

from __future__ import annotations

from exitline.rules.condition import nodes as n
from exitline.rules.condition.arithmetic import CARRYING

_REPEATS = {
    "ceil": 3,
    "floor": 3,
    "greatest": 2,
    "least": 2,
    "ln": 2,
    "nullif": 2,
    "round": 3,
    "sqrt": 2,
}


def cost(node: n.Node) -> int:
    """How many pieces the expression has once written out; tests for missing repeat theirs."""
    if isinstance(node, n.Negative | n.Arithmetic):
        return (2 if may_overflow(node) else 1) * _unbounded(node)
    if isinstance(node, n.Call) and node.function in CARRYING:
        return (2 if may_overflow(node) else 1) * _unbounded(node)
    if isinstance(node, n.Branch):
        return 2 * cost(node.when) + cost(node.then)
    repeats = _REPEATS.get(node.function, 1) if isinstance(node, n.Call) else 1
    return 1 + repeats * sum(cost(part) for part in node.parts())


def _unbounded(node: n.Node) -> int:
    """The same for a number that may still be NaN or infinite."""
    if isinstance(node, n.Arithmetic):
        repeats = 3 if node.operator == "/" else 1
        return 1 + _unbounded(node.left) + repeats * _unbounded(node.right)
    if isinstance(node, n.Negative):
        return 1 + _unbounded(node.of)
    if isinstance(node, n.Call) and node.function in CARRYING:
        return 1 + _REPEATS.get(node.function, 1) * _unbounded(node.arguments[0])
    return cost(node)


def may_overflow(node: n.Node) -> bool:
    """Whether a number can come out NaN or infinite before it is made missing."""
    if isinstance(node, n.Negative) or (isinstance(node, n.Call) and node.function in CARRYING):
        with_digits = isinstance(node, n.Call) and len(node.arguments) == 2
        return with_digits or any(may_overflow(part) for part in node.parts())
    return isinstance(node, n.Arithmetic)
