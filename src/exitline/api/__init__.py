"""What a notebook calls, one function a task; every command calls the same ones.

Names are loaded when they are first used: a command pays for its own task alone.

May import every room.
"""

from __future__ import annotations

import importlib

TYPE_CHECKING = False  # as in `exitline`

if TYPE_CHECKING:
    from typing import Any

    from exitline.api.assessing import Assessed, assess
    from exitline.api.claiming import claim, new_key
    from exitline.api.consistency import check_claim
    from exitline.api.drawing import check_draw, draw, frame_digest
    from exitline.api.estimation import estimate
    from exitline.api.explaining import measures
    from exitline.api.exploring import explore
    from exitline.api.finished import Run
    from exitline.api.multidimensional import mpi
    from exitline.api.opening import open_source
    from exitline.api.panels import dynamics, watch
    from exitline.api.planning import plan, plan_counties
    from exitline.api.proposing import init
    from exitline.api.recompute import recompute_claim
    from exitline.api.regression import glm
    from exitline.api.rule_files import standards
    from exitline.api.running import check, decisions, run
    from exitline.api.schemas import schema
    from exitline.api.screening import screen
    from exitline.api.small_area_kinds import small_areas
    from exitline.api.t_tests import t_test
    from exitline.api.tabling import table
    from exitline.api.tabulation import tabulate
    from exitline.api.verifying import verify

_HOME = {
    "Assessed": "assessing",
    "Run": "finished",
    "assess": "assessing",
    "check": "running",
    "check_claim": "consistency",
    "check_draw": "drawing",
    "claim": "claiming",
    "decisions": "running",
    "draw": "drawing",
    "dynamics": "panels",
    "estimate": "estimation",
    "explore": "exploring",
    "frame_digest": "drawing",
    "glm": "regression",
    "init": "proposing",
    "measures": "explaining",
    "mpi": "multidimensional",
    "new_key": "claiming",
    "open_source": "opening",
    "plan": "planning",
    "plan_counties": "planning",
    "recompute_claim": "recompute",
    "run": "running",
    "schema": "schemas",
    "screen": "screening",
    "small_areas": "small_area_kinds",
    "standards": "rule_files",
    "t_test": "t_tests",
    "table": "tabling",
    "tabulate": "tabulation",
    "verify": "verifying",
    "watch": "panels",
}

__all__ = [
    "Assessed",
    "Run",
    "assess",
    "check",
    "check_claim",
    "check_draw",
    "claim",
    "decisions",
    "draw",
    "dynamics",
    "estimate",
    "explore",
    "frame_digest",
    "glm",
    "init",
    "measures",
    "mpi",
    "new_key",
    "open_source",
    "plan",
    "plan_counties",
    "recompute_claim",
    "run",
    "schema",
    "screen",
    "small_areas",
    "standards",
    "t_test",
    "table",
    "tabulate",
    "verify",
    "watch",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its module at first use."""
    if name not in _HOME:
        raise AttributeError(f"module 'exitline.api' has no attribute '{name}'")
    value = getattr(importlib.import_module(f"exitline.api.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
