"""What is asked of `xl.small_area.ebp`, checked against what goes together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.stats.smallarea.errors import SmallAreaError

if TYPE_CHECKING:
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.smallarea.unit.figures import AreaIndicator

By = Sequence[str | Sequence[str]]


@dataclass(frozen=True)
class ModelAsked:
    """What is asked of a model."""

    formula: str
    area: str
    wanted: tuple[AreaIndicator, ...]
    line: float
    levels: tuple[tuple[str, ...], ...]
    transform: str
    parameter: float | None
    shift: float | str | None
    method: Any
    weight: str | None
    size: str | None
    own_values: bool
    district: str | None
    predictor: str
    mse: str
    replicates: int
    seed: int
    level: float
    benchmark: str | None = None
    targets: Mapping[str, Any] | None = None
    within: str | None = None
    bounds: Mapping[str, tuple[float, float]] | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """Every column of areas, the model's first."""
        some = [self.area, *(c for one in self.levels for c in one), self.district]
        return tuple(dict.fromkeys(c for c in some if c))

    def sources(self, sample: Any, census: Any, design: Design | None) -> tuple[Any, Any]:
        """Both tables, reading only what is named, areas as they are written."""
        from exitline.stats.data.studies.uses import narrowed, role_uses
        from exitline.stats.measure.modelling.formula import parse_formula

        factors = parse_formula(self.formula).factors
        coded = [*self.keys, *(c for one in factors if one.category for c in one.columns)]
        texts = [self.formula, *self.keys, self.weight or "", self.size or ""]
        uses = role_uses(numeric=[self.weight, self.size], code=coded)
        drawn = role_uses(design, numeric=[self.weight, self.size], code=coded)
        return (
            narrowed(sample.using(drawn), [*texts, design]),
            narrowed(census.using(uses), texts),
        )


def line_of(wanted: Sequence[AreaIndicator], line: float | None) -> float:
    """The line, where one is needed."""
    needing = [one.name for one in wanted if one.needs_line]
    if not needing:
        return 1.0
    if line is None or not np.isfinite(line) or line <= 0:
        raise SmallAreaError(
            f"'{needing[0]}' needs a poverty line",
            where="line",
            expected="a number above 0, in the unit of welfare",
            got="none" if line is None else f"{line:g}",
            remedy="give line=",
        )
    return float(line)


def levels_of(area: str, by: str | By) -> tuple[tuple[str, ...], ...]:
    """The levels of results, the model's areas first."""
    some = [by] if isinstance(by, str) else list(by)
    found = [(area,), *((one,) if isinstance(one, str) else tuple(one) for one in some)]
    return tuple(dict.fromkeys(found))


def require_options(asked: ModelAsked) -> None:
    """Refuse what does not go together."""
    checks = [
        (asked.mse in ("none", "parametric", "wild"), "mse", "none, parametric or wild", asked.mse),
        (asked.method in ("reml", "ml"), "method", "reml or ml", asked.method),
        (asked.predictor in ("eb", "ell"), "predictor", "eb or ell", asked.predictor),
        (asked.replicates >= 2, "replicates", "2 or more", asked.replicates),
        (0 < asked.level < 1, "level", "between 0 and 1", asked.level),
    ]
    for good, where, expected, got in checks:
        if not good:
            raise SmallAreaError(
                f"'{where}' has no such value", where=where, expected=expected, got=repr(got),
                remedy="choose one of these",
            )  # fmt: skip
    _require_together(asked)
    _require_benchmark(asked)


def _require_together(asked: ModelAsked) -> None:
    """Refuse options that have no common predictor."""
    pairs = [
        (bool(asked.weight and asked.district), "weight", "district",
         "the pseudo-EB predictor is for one effect: leave one of them out"),
        (asked.predictor == "ell" and asked.own_values, "predictor='ell'", "own_values",
         "ELL does not look at the sample's households: leave own_values out"),
        (asked.predictor == "ell" and asked.benchmark is not None, "predictor='ell'", "benchmark",
         "take the empirical best predictor"),
        (asked.predictor == "ell" and asked.mse == "wild", "predictor='ell'", "mse='wild'",
         "take mse='parametric'"),
    ]  # fmt: skip
    for both, one, other, remedy in pairs:
        if both:
            raise SmallAreaError(
                f"'{one}' and '{other}' do not go together", where=one, expected="one of them",
                got="both", remedy=remedy,
            )  # fmt: skip


def _require_benchmark(asked: ModelAsked) -> None:
    """Refuse a benchmark that these figures do not have."""
    from exitline.errors import unknown
    from exitline.stats.smallarea.unit.totals import WAYS, require_means

    if asked.within is not None and (
        asked.benchmark is None or (asked.within,) not in asked.levels[1:]
    ):
        raise SmallAreaError(
            "two stages need a benchmark, and groups that are a level of the figures",
            where="within", expected=f"benchmark='ratio', by='{asked.within}'",
            got="one of them is missing", remedy="name both, or leave within out",
        )  # fmt: skip
    if asked.benchmark is None:
        for key, given in (("targets", asked.targets), ("bounds", asked.bounds)):
            if given is not None:
                raise SmallAreaError(
                    f"{key} without a benchmark", where=key, expected="benchmark='ratio'",
                    got="none", remedy="say how figures are brought to them",
                )  # fmt: skip
        return
    if asked.benchmark not in WAYS:
        raise unknown("benchmark", asked.benchmark, WAYS, error=SmallAreaError, where="benchmark")
    require_means(asked.wanted)
    names = [one.name for one in asked.wanted]
    for key, given in (("targets", asked.targets or {}), ("bounds", asked.bounds or {})):
        for name in given:
            if name not in names:
                raise unknown("measure", name, names, error=SmallAreaError, where=key)
    _require_bounds(asked.bounds or {})


def _require_bounds(bounds: Mapping[str, tuple[float, float]]) -> None:
    """Refuse bounds between which nothing lies."""
    for name, (low, high) in bounds.items():
        if not low < high:
            raise SmallAreaError(
                "these are no bounds", where=f"bounds: {name}",
                expected="two numbers, the lower one first", got=f"{low:g} and {high:g}",
                remedy="write both: (0, 1)",
            )  # fmt: skip
