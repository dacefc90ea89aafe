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
        assess,
        check,
        check_claim,
        check_draw,
        claim,
        decisions,
        draw,
        dynamics,
        estimate,
        explore,
        frame_digest,
        glm,
        init,
        lifecycle,
        measures,
        mpi,
        new_key,
        notice,
        open_source,
        page,
        plan,
        plan_counties,
        rank_test,
        register,
        release,
        report,
        run,
        schema,
        screen,
        small_area,
        small_areas,
        standards,
        story,
        t_test,
        table,
        tabulate,
        target,
        verify,
        watch,
    )
    from exitline.api.figures.curves import (
        concentration_curve,
        deficit,
        lorenz,
        tip,
    )
    from exitline.api.figures.decompose import decompose, decompose_change, esteban_ray
    from exitline.api.figures.grouped import grouped, grouped_table
    from exitline.api.figures.two_curves import dominance, growth_incidence
    from exitline.api.serving import serve
    from exitline.api.weights.adjusting import trim_weights
    from exitline.api.weights.calibrating import calibrate
    from exitline.api.weights.replicating import replicate_weights
    from exitline.api.weights.responding import adjust_nonresponse
    from exitline.errors import ArgumentError, ExitlineError
    from exitline.rules.standard import Standard
    from exitline.rules.standard import load as load_standard
    from exitline.stats import measure
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.data.sampling.pps import Pps
    from exitline.stats.data.sampling.second_phase import SecondPhase
    from exitline.stats.data.studies.loader import load_study
    from exitline.stats.data.studies.study import Study
    from exitline.stats.infer.blocks import Estimate
    from exitline.stats.infer.comparing.change import change
    from exitline.stats.infer.comparing.compare import adjust_p
    from exitline.stats.infer.estimates import Estimates
    from exitline.stats.measure.lines import PovertyLine
    from exitline.stats.measure.relative_lines import RelativeLine, relative_line

_HOME = {
    "ArgumentError": "exitline.errors",
    "Design": "exitline.stats.data.sampling.design",
    "Estimate": "exitline.stats.infer.blocks",
    "Estimates": "exitline.stats.infer.estimates",
    "ExitlineError": "exitline.errors",
    "PovertyLine": "exitline.stats.measure.lines",
    "Pps": "exitline.stats.data.sampling.pps",
    "SecondPhase": "exitline.stats.data.sampling.phases",
    "RelativeLine": "exitline.stats.measure.relative_lines",
    "Standard": "exitline.rules.standard",
    "Study": "exitline.stats.data.studies.study",
    "adjust_nonresponse": "exitline.api.weights.responding",
    "adjust_p": "exitline.stats.infer.comparing.compare",
    "assess": "exitline.api",
    "calibrate": "exitline.api.weights.calibrating",
    "change": "exitline.stats.infer.comparing.change",
    "check": "exitline.api",
    "check_claim": "exitline.api",
    "check_draw": "exitline.api",
    "claim": "exitline.api",
    "decisions": "exitline.api",
    "decompose": "exitline.api.figures.decompose",
    "decompose_change": "exitline.api.figures.decompose",
    "deficit": "exitline.api.figures.curves",
    "dominance": "exitline.api.figures.two_curves",
    "draw": "exitline.api",
    "dynamics": "exitline.api",
    "effect": "exitline.api.effect:",
    "esteban_ray": "exitline.api.figures.decompose",
    "estimate": "exitline.api",
    "explore": "exitline.api",
    "frame_digest": "exitline.api",
    "glm": "exitline.api",
    "grouped": "exitline.api.figures.grouped",
    "grouped_table": "exitline.api.figures.grouped",
    "growth_incidence": "exitline.api.figures.two_curves",
    "init": "exitline.api",
    "lifecycle": "exitline.api.lifecycle:",
    "load_standard": "exitline.rules.standard:load",
    "load_study": "exitline.stats.data.studies.loader",
    "concentration_curve": "exitline.api.figures.curves",
    "lorenz": "exitline.api.figures.curves",
    "map": "exitline.api.mapping",
    "measure": "exitline.stats.measure:",
    "measures": "exitline.api",
    "mpi": "exitline.api",
    "new_key": "exitline.api",
    "notice": "exitline.api",
    "open_source": "exitline.api",
    "page": "exitline.api",
    "plan": "exitline.api",
    "plan_counties": "exitline.api",
    "release": "exitline.api",
    "rank_test": "exitline.api",
    "register": "exitline.api.register:",
    "relative_line": "exitline.stats.measure.relative_lines",
    "replicate_weights": "exitline.api.weights.replicating",
    "report": "exitline.api",
    "run": "exitline.api",
    "schema": "exitline.api",
    "screen": "exitline.api",
    "serve": "exitline.api.serving",
    "small_area": "exitline.api.small_area:",
    "small_areas": "exitline.api",
    "standards": "exitline.api",
    "story": "exitline.api",
    "target": "exitline.api.target:",
    "t_test": "exitline.api",
    "table": "exitline.api",
    "tabulate": "exitline.api",
    "tip": "exitline.api.figures.curves",
    "trim_weights": "exitline.api.weights.adjusting",
    "verify": "exitline.api",
    "watch": "exitline.api",
    "works": "exitline.api.works:",
}

__all__ = [
    "ArgumentError",
    "Design",
    "Estimate",
    "Estimates",
    "ExitlineError",
    "PovertyLine",
    "Pps",
    "RelativeLine",
    "SecondPhase",
    "Standard",
    "Study",
    "adjust_nonresponse",
    "adjust_p",
    "assess",
    "calibrate",
    "change",
    "check",
    "check_claim",
    "check_draw",
    "claim",
    "concentration_curve",
    "decisions",
    "decompose",
    "decompose_change",
    "deficit",
    "dominance",
    "draw",
    "dynamics",
    "effect",
    "esteban_ray",
    "estimate",
    "explore",
    "frame_digest",
    "glm",
    "grouped",
    "grouped_table",
    "growth_incidence",
    "init",
    "lifecycle",
    "load_standard",
    "load_study",
    "lorenz",
    "map",
    "measure",
    "measures",
    "mpi",
    "new_key",
    "notice",
    "open_source",
    "page",
    "plan",
    "plan_counties",
    "rank_test",
    "register",
    "relative_line",
    "release",
    "replicate_weights",
    "report",
    "run",
    "schema",
    "screen",
    "serve",
    "small_area",
    "small_areas",
    "standards",
    "story",
    "t_test",
    "table",
    "tabulate",
    "target",
    "tip",
    "trim_weights",
    "verify",
    "watch",
    "works",
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
