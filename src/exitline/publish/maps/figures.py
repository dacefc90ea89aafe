"""What a map shows of a set of areas: figures, the edge that divides them, who cannot be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from exitline.publish.content.standing import not_apart
from exitline.publish.maps.model import MapFigure

if TYPE_CHECKING:
    from exitline.stats.infer.blocks import Block
    from exitline.stats.infer.estimates import Estimates
    from exitline.stats.smallarea.figures import AreaFigure, AreaFigures

Pivot = Literal["threshold", "all", ""]


def figures_of(
    estimates: Estimates,
    block: Block,
    labels: Sequence[str],
    shapes: Mapping[str, str],
    threshold: float | None,
) -> tuple[list[MapFigure], float | None, Pivot]:
    """The figures of a block, and the edge of the classes.

    An area is undecided at a threshold where its interval holds it; beside the figure of all
    together where the one rule for who stands apart does not set it apart.

    Parameters
    ----------
    estimates : Estimates
        As they may be shown.
    block : Block
    labels : sequence of str
        Names of the areas.
    shapes : mapping of str to str
        Area -> shape.
    threshold : float or None

    Returns
    -------
    list of MapFigure
    float or None
        The edge.
    {"threshold", "all", ""}
        What it is.
    """
    pivot, kind = _pivot(estimates, block, threshold)
    apart = not_apart(estimates, block) if kind == "all" else frozenset()
    low, high = block.bounds.low, block.bounds.high
    figures = []
    for i, label in enumerate(labels):
        holds = kind == "threshold" and pivot is not None and low[i] <= pivot <= high[i]
        figures.append(MapFigure(
            label, shapes.get(label), float(block.estimate[i]), float(low[i]), float(high[i]),
            float(block.se[i]), block.reason[i], bool(i in apart or (holds and low[i] < high[i])),
        ))  # fmt: skip
    return figures, pivot, kind


def figures_of_model(found: AreaFigures, shapes: Mapping[str, str]) -> list[MapFigure]:
    """A model's figures; areas that it cannot speak for, or not say how surely, are hatched.

    Parameters
    ----------
    found : AreaFigures
    shapes : mapping of str to str
        Area -> shape.
    """
    return [_of_model(one, shapes.get(one.area)) for one in found]


def _of_model(one: AreaFigure, shape: str | None) -> MapFigure:
    """One area."""
    silent = bool(np.isnan(one.estimate) or np.isnan(one.rmse))
    return MapFigure(
        one.area, shape, one.estimate, one.ci_low, one.ci_high, one.rmse, one.reason, silent
    )


def _pivot(
    estimates: Estimates, block: Block, threshold: float | None
) -> tuple[float | None, Pivot]:
    """The threshold; or for shares the figure of all together."""
    if threshold is not None:
        return threshold, "threshold"
    same = (block.measure, block.line)
    whole = [o for o in estimates.blocks if not o.by and (o.measure, o.line) == same]
    if not block.share or not whole or np.isnan(whole[0].estimate[0]):
        return None, ""
    return round(float(whole[0].estimate[0]), 3), "all"
