"""The figures of each level as `xl.small_area.ebp` shows them, beside the direct estimates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.stats.smallarea.errors import SmallAreaError
from exitline.words.said import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.api.area_models.asked import ModelAsked
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.engine.base import Engine
    from exitline.stats.smallarea.formula import Learned
    from exitline.stats.smallarea.unit.cells import Places
    from exitline.stats.smallarea.unit.result import Level
    from exitline.stats.smallarea.unit.totals import BenchmarkTotals

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

Direct = Mapping[tuple[str, str, str], tuple[float, float]]


@dataclass(frozen=True)
class Shown:
    """What the figures of a level are made of.

    Attributes
    ----------
    asked : ModelAsked
    places : Places
    area_of : int array
        The sampled area that each area of the census is; -1 where none was.
    sizes : int array
        Households of the sample in each sampled area.
    direct : mapping
        Direct estimates and standard errors, by level, measure and area.
    """

    asked: ModelAsked
    places: Places
    area_of: Ints
    sizes: Ints
    direct: Direct

    def level(self, name: str, found: Mapping[str, Floats], errors: Mapping[str, Floats]) -> Level:
        """The figures of one level."""
        from exitline.stats.smallarea.figures import AreaFigures
        from exitline.stats.smallarea.unit.result import Level, interval, shown

        asked, places = self.asked, self.places
        areas = tuple(shown(value) for value in places.domains[name])
        n = self._sampled_in(name)
        nothing = np.full(len(areas), np.nan)
        figures = []
        for k, one in enumerate(asked.wanted):
            estimate = found[name][:, k]
            mse = errors[name][:, k] if errors else nothing
            direct = self._beside(name, one.name, areas)
            positive = one.name in ("mean", "median", "total") or one.moment is None
            low, high = interval(estimate, mse, asked.level, share=one.share, positive=positive)
            reason = "" if errors else say("no mean squared error was asked for")
            figures.append(
                AreaFigures(
                    one.name,
                    areas,
                    estimate,
                    mse,
                    low,
                    high,
                    asked.level,
                    n > 0,
                    *direct,
                    (reason,) * len(areas),
                    line=f"{asked.line:g}" if one.needs_line else "",
                    share=one.share,
                )
            )
        households = places.sums(name, places.n.astype(np.float64)).astype(np.int64)
        return Level(name, tuple(figures), n, households, places.sums(name, places.weight))

    def _beside(self, by: str, measure: str, areas: Sequence[str]) -> tuple[Floats, Floats]:
        """Direct estimates and their standard errors, in the order of areas."""
        nothing = (float("nan"), float("nan"))
        found = np.array([self.direct.get((by, measure, one), nothing) for one in areas])
        return found[:, 0], found[:, 1]

    def _sampled_in(self, name: str) -> Ints:
        """Households of the sample in the model's areas that lie in each domain."""
        places, size = self.places, self.sizes
        found = np.zeros(len(places.domains[name]), dtype=np.int64)
        pairs = np.unique(np.stack([places.domain[name], places.area]), axis=1)
        here = self.area_of[pairs[1]]
        np.add.at(found, pairs[0], np.where(here >= 0, size[here], 0))
        return found


def direct_estimates(
    asked: ModelAsked, engine: Engine, table: Any, learned: Learned, design: Design | None
) -> tuple[Direct, list[str]]:
    """What the sample alone says, by the levels whose columns it has; and why it says nothing."""
    from exitline.api.figures.estimation import estimate_table
    from exitline.errors import ExitlineError
    from exitline.stats.data.sampling.design import Design

    response = learned.formula.response
    levels = [one for one in asked.levels if set(one) <= set(table.columns)]
    if response.tree is not None or not levels:
        return {}, []
    size = asked.size if asked.size in table.columns else None
    drawn = design or Design(weight=asked.weight, size=size)
    needs_line = any(one.needs_line for one in asked.wanted)
    try:
        found = estimate_table(
            table, [one.name for one in asked.wanted], engine,
            welfare=response.columns[0], line=asked.line if needs_line else None,
            design=drawn, by=levels, level=asked.level, missing="exclude",
        )  # fmt: skip
    except ExitlineError as reason:
        return {}, [
            say("there are no direct estimates beside the model's: {reason}", reason=reason.what)
        ]
    frame = found.to_pandas(code=True)
    keys = zip(frame["by"], frame["measure"], frame["code"], strict=True)
    values = zip(frame["estimate"], frame["se"], strict=True)
    return dict(zip(keys, values, strict=True)), []


def totals_of(
    asked: ModelAsked, direct: Direct, places: Places
) -> tuple[BenchmarkTotals, list[str]]:
    """What the figures are brought to: as given, or the sample's own of all areas together.

    Raises
    ------
    SmallAreaError
        For a target that is neither given nor estimated.
    """
    from exitline.stats.smallarea.benchmarking import BenchmarkRule, refuse_target
    from exitline.stats.smallarea.unit.totals import BenchmarkTotals, bounds_of

    found = []
    for one in asked.wanted:
        given = (asked.targets or {}).get(one.name, direct.get(("", one.name, "")))
        value, se = given if isinstance(given, tuple | list) else (given, 0.0)
        if value is None or not np.isfinite(value) or not se >= 0:
            raise SmallAreaError(
                f"there is nothing to bring '{one.name}' to", where="benchmark",
                expected="an estimate of the sample for all areas together, with its error",
                got="none", remedy=f"give it: targets={{'{one.name}': (value, standard error)}}",
            )  # fmt: skip
        found.append((float(value), float(se)))
    target, se = np.array(found).T
    said = ", ".join(
        f"{one.name} {value:.6g}" for one, (value, _) in zip(asked.wanted, found, strict=True)
    )
    note = say("benchmarked by {how} to {figures}", how=asked.benchmark, figures=said)
    if not asked.targets:
        note = say(
            "benchmarked by {how} to {figures} (the survey's own figures of all areas together)",
            how=asked.benchmark, figures=said,
        )  # fmt: skip
    limits = tuple((asked.bounds or {}).get(one.name, bounds_of(one)) for one in asked.wanted)
    for (low, high), aim in zip(limits, target, strict=True):
        refuse_target(aim, BenchmarkRule(str(asked.benchmark), np.zeros(0), low, high))
    if asked.within is None:
        return BenchmarkTotals(str(asked.benchmark), target, se, bounds=limits), [note]
    from exitline.stats.smallarea.unit.result import shown

    names = [shown(one) for one in places.domains[asked.within]]
    nothing = (float("nan"), float("nan"))
    own = np.array(
        [[direct.get((asked.within, one.name, name), nothing) for one in asked.wanted]
         for name in names]
    )  # fmt: skip
    known = np.isfinite(own).all(axis=2)
    own[~known] = np.nan
    totals = BenchmarkTotals(
        str(asked.benchmark), target, se, asked.within, own[:, :, 0], own[:, :, 1], limits
    )
    return totals, [
        note,
        say("in two stages: {n} of {m} groups of '{column}' have the survey's own figures, and "
            "areas meet those of their group", n=int(known.all(axis=1).sum()), m=len(names),
            column=asked.within),
    ]  # fmt: skip
