"""A study's `scenario:`, from its file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.exits.target.errors import TargetError
from exitline.exits.target.scenario import Effects, scenario_from

if TYPE_CHECKING:
    from exitline.api.runs.prepare import Ready
    from exitline.stats.data.studies.study import Study
    from exitline.stats.engine.base import Engine


def study_scenario(study: Study | str | Path, *, engine: str | Engine = "duckdb") -> Effects:
    """What the transfers of a study's section `scenario:` do, at its first line.

    Parameters
    ----------
    study : Study or path
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    Effects

    Raises
    ------
    TargetError
        Where the study has no scenario, no welfare or no line.

    Examples
    --------
    >>> found = study_scenario("examples/imaginary-country/scenario.yaml")
    >>> found.find("poorest", "headcount").change.estimate < 0
    True
    """
    from exitline.api.runs.prepare import open_study, ready

    opened = open_study(study)
    if not opened.scenario:
        raise _lacking("scenario:", "for instance everyone: {amount: 300}")
    with ready(opened, engine, whole=True) as made:
        return scenario_effects(made)


def scenario_effects(made: Ready) -> Effects:
    """As `study_scenario`, of a study that is ready, with every column of its data.

    Parameters
    ----------
    made : Ready
    """
    from exitline.api.figures.lines import poverty_lines_of
    from exitline.api.targets.columns import person_weights
    from exitline.api.targets.transfer import effects

    each = [scenario_from(name, dict(given)) for name, given in made.study.scenario.items()]
    lines: list[Any] = poverty_lines_of(made)
    if made.welfare is None or not lines:
        raise _lacking("columns.welfare and a line", "name the welfare column and a line")
    return effects(
        person_weights(made.table, made.design), each, made.engine, welfare=made.welfare,
        line=lines[0], design=made.design, level=made.study.confidence,
    )  # fmt: skip


def _lacking(what: str, remedy: str) -> TargetError:
    """The fault of a study that says too little."""
    return TargetError(
        f"the study has no {what}", where="study", expected=what, got="nothing", remedy=remedy
    )
