"""exitline: measure poverty, decide exits by declared rules, watch whether they last.

Names are loaded when they are first used, so that ``import exitline`` is cheap.
"""

from __future__ import annotations

import importlib

from exitline.version import __version__ as __version__

TYPE_CHECKING = False  # `typing` takes longer to load than all the rest of this module

if TYPE_CHECKING:
    from typing import Any

    from exitline.api import (
        check,
        decisions,
        estimate,
        glm,
        mpi,
        run,
        small_area,
        t_test,
        tabulate,
        target,
    )
    from exitline.api.adjusting import adjust_nonresponse, trim_weights
    from exitline.api.calibrating import calibrate
    from exitline.api.curves import deficit, dominance, growth_incidence, lorenz, tip
    from exitline.api.decompose import decompose, decompose_change, esteban_ray
    from exitline.api.grouped import grouped, grouped_table
    from exitline.api.replicating import replicate_weights
    from exitline.errors import ExitlineError
    from exitline.rules.standard import Standard
    from exitline.rules.standard import load as load_standard
    from exitline.stats import measure
    from exitline.stats.data.design import Design
    from exitline.stats.data.loader import load_study
    from exitline.stats.data.pps import Pps
    from exitline.stats.data.study import Study
    from exitline.stats.infer.blocks import Estimate
    from exitline.stats.infer.change import change
    from exitline.stats.infer.compare import adjust_p
    from exitline.stats.infer.estimates import Estimates
    from exitline.stats.measure.lines import PovertyLine
    from exitline.stats.measure.relative_lines import RelativeLine, relative_line

_HOME = {
    "Design": "exitline.stats.data.design",
    "Pps": "exitline.stats.data.pps",
    "Estimate": "exitline.stats.infer.blocks",
    "Estimates": "exitline.stats.infer.estimates",
    "ExitlineError": "exitline.errors",
    "PovertyLine": "exitline.stats.measure.lines",
    "RelativeLine": "exitline.stats.measure.relative_lines",
    "Standard": "exitline.rules.standard",
    "Study": "exitline.stats.data.study",
    "adjust_nonresponse": "exitline.api.adjusting",
    "adjust_p": "exitline.stats.infer.compare",
    "calibrate": "exitline.api.calibrating",
    "change": "exitline.stats.infer.change",
    "check": "exitline.api",
    "decisions": "exitline.api",
    "decompose": "exitline.api.decompose",
    "decompose_change": "exitline.api.decompose",
    "deficit": "exitline.api.curves",
    "dominance": "exitline.api.curves",
    "esteban_ray": "exitline.api.decompose",
    "estimate": "exitline.api",
    "grouped": "exitline.api.grouped",
    "grouped_table": "exitline.api.grouped",
    "glm": "exitline.api",
    "growth_incidence": "exitline.api.curves",
    "load_standard": "exitline.rules.standard:load",
    "load_study": "exitline.stats.data.loader",
    "lorenz": "exitline.api.curves",
    "measure": "exitline.stats.measure:",
    "mpi": "exitline.api",
    "relative_line": "exitline.stats.measure.relative_lines",
    "replicate_weights": "exitline.api.replicating",
    "run": "exitline.api",
    "small_area": "exitline.api.small_area:",
    "target": "exitline.api.target:",
    "t_test": "exitline.api",
    "tabulate": "exitline.api",
    "tip": "exitline.api.curves",
    "trim_weights": "exitline.api.adjusting",
}

__all__ = [
    "Design",
    "Estimate",
    "Estimates",
    "ExitlineError",
    "PovertyLine",
    "Pps",
    "RelativeLine",
    "Standard",
    "Study",
    "adjust_nonresponse",
    "adjust_p",
    "calibrate",
    "change",
    "check",
    "decisions",
    "decompose",
    "decompose_change",
    "deficit",
    "dominance",
    "esteban_ray",
    "estimate",
    "glm",
    "grouped",
    "grouped_table",
    "growth_incidence",
    "load_standard",
    "load_study",
    "lorenz",
    "measure",
    "mpi",
    "relative_line",
    "replicate_weights",
    "run",
    "small_area",
    "t_test",
    "tabulate",
    "target",
    "tip",
    "trim_weights",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its room at first use."""
    if name not in _HOME:
        raise AttributeError(f"module 'exitline' has no attribute '{name}'")
    module, colon, attribute = _HOME[name].partition(":")
    found = importlib.import_module(module)
    value = found if colon and not attribute else getattr(found, attribute or name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
