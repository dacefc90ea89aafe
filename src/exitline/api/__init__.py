"""What a notebook calls, one function a task; every command calls the same ones.

Names are loaded when they are first used: a command pays for its own task alone.

May import every room.
"""

from __future__ import annotations

import importlib

TYPE_CHECKING = False  # as in `exitline`

if TYPE_CHECKING:
    from typing import Any

    from exitline.api.area_models.kinds import small_areas
    from exitline.api.claims.claiming import claim, new_key
    from exitline.api.claims.recompute import recompute_claim
    from exitline.api.claims.verifying import check_claim, verify
    from exitline.api.deciding.assessing import Assessed, assess
    from exitline.api.deciding.drawing import check_draw, draw, frame_digest
    from exitline.api.deciding.pages import page
    from exitline.api.deciding.panels import dynamics, watch
    from exitline.api.deciding.planning import plan, plan_counties
    from exitline.api.deciding.screening import screen
    from exitline.api.exploring import explore
    from exitline.api.figures.estimation import estimate
    from exitline.api.figures.measure_names import measures
    from exitline.api.figures.multidimensional import mpi
    from exitline.api.figures.rank_tests import rank_test
    from exitline.api.figures.regression import glm
    from exitline.api.figures.t_tests import t_test
    from exitline.api.figures.tabulation import tabulate
    from exitline.api.filming import story
    from exitline.api.releases.asked import notice, release
    from exitline.api.releases.tabling import table
    from exitline.api.rule_files import standards
    from exitline.api.runs.finished import Run
    from exitline.api.runs.opening import open_source
    from exitline.api.runs.proposing import init
    from exitline.api.runs.running import check, decisions, run
    from exitline.api.schemas import schema

_HOME = {
    "Assessed": "deciding.assessing",
    "Run": "runs.finished",
    "assess": "deciding.assessing",
    "check": "runs.running",
    "check_claim": "claims.verifying",
    "check_draw": "deciding.drawing",
    "claim": "claims.claiming",
    "decisions": "runs.running",
    "draw": "deciding.drawing",
    "dynamics": "deciding.panels",
    "estimate": "figures.estimation",
    "explore": "exploring",
    "frame_digest": "deciding.drawing",
    "glm": "figures.regression",
    "init": "runs.proposing",
    "measures": "figures.measure_names",
    "mpi": "figures.multidimensional",
    "new_key": "claims.claiming",
    "notice": "releases.asked",
    "open_source": "runs.opening",
    "page": "deciding.pages",
    "plan": "deciding.planning",
    "plan_counties": "deciding.planning",
    "rank_test": "figures.rank_tests",
    "recompute_claim": "claims.recompute",
    "release": "releases.asked",
    "report": "runs.finished",
    "run": "runs.running",
    "schema": "schemas",
    "screen": "deciding.screening",
    "small_areas": "area_models.kinds",
    "standards": "rule_files",
    "story": "filming",
    "t_test": "figures.t_tests",
    "table": "releases.tabling",
    "tabulate": "figures.tabulation",
    "verify": "claims.verifying",
    "watch": "deciding.panels",
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
    "notice",
    "open_source",
    "page",
    "plan",
    "plan_counties",
    "rank_test",
    "recompute_claim",
    "release",
    "report",
    "run",
    "schema",
    "screen",
    "small_areas",
    "standards",
    "story",
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
