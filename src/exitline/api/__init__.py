"""The few functions a notebook calls; the command line calls the same ones.

Names are loaded when they are first used: a command pays for its own task alone.

May import every room.
"""

from __future__ import annotations

import importlib

TYPE_CHECKING = False  # as in `exitline`

if TYPE_CHECKING:
    from typing import Any

    from exitline.api.estimation import estimate
    from exitline.api.finished import Run
    from exitline.api.multidimensional import mpi
    from exitline.api.recompute import recompute_claim
    from exitline.api.regression import glm
    from exitline.api.running import check, decisions, run
    from exitline.api.t_tests import t_test
    from exitline.api.tabulation import tabulate

_HOME = {
    "Run": "finished",
    "check": "running",
    "decisions": "running",
    "estimate": "estimation",
    "glm": "regression",
    "mpi": "multidimensional",
    "recompute_claim": "recompute",
    "run": "running",
    "t_test": "t_tests",
    "tabulate": "tabulation",
}

__all__ = [
    "Run", "check", "decisions", "estimate", "glm", "mpi", "recompute_claim", "run", "t_test",
    "tabulate",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load a public name from its module at first use."""
    if name not in _HOME:
        raise AttributeError(f"module 'exitline.api' has no attribute '{name}'")
    value = getattr(importlib.import_module(f"exitline.api.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
