"""How `xl.small_area.ebp` is carried out: read, fit, predict, say how sure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.api.area_models.levels import Shown, direct_estimates, totals_of
from exitline.api.area_models.places import (
    SampledAreas,
    known_households,
    matched,
    numbers,
    places_of,
)
from exitline.stats.smallarea.errors import SmallAreaError
from exitline.stats.smallarea.unit.cells import one_district
from exitline.stats.smallarea.unit.examined import warnings_of
from exitline.words.said import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.api.area_models.asked import ModelAsked
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.engine.base import Engine
    from exitline.stats.smallarea.formula import ModelRows
    from exitline.stats.smallarea.unit.cells import CensusCells, Places
    from exitline.stats.smallarea.unit.model import AreaMatch, Fitted
    from exitline.stats.smallarea.unit.own_values import Known
    from exitline.stats.smallarea.unit.result import Level, UnitModel
    from exitline.stats.smallarea.unit.sample import UnitSample
    from exitline.stats.smallarea.unit.totals import BenchmarkTotals

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

NARROW, WIDE = 0.01, 0.1
"""Bands of the linear predictor, in standard deviations of the errors: for figures, and for the
replicates of their errors."""


@dataclass
class ModelRun:
    """One call of `xl.small_area.ebp`: the tables, and what is found on the way."""

    asked: ModelAsked
    engine: Engine
    sample_table: Any
    census_table: Any
    labels: Any
    progress: Callable[[int, int], None] | None
    design: Design | None

    def model(self) -> UnitModel:
        """Fit, predict, and say how sure."""
        self.fit()
        return self.record(self._predicted())

    def record(self, levels: tuple[Level, ...], kind: str = "") -> UnitModel:
        """The record of a run, with its figures."""
        away = how_far(self.sample, self.fitted, self.welfare)
        return _record(self, levels, away, kind or _kind(self.asked))

    def fit(self) -> None:
        """Read the sample and fit the model: `sample`, `welfare`, `names`, `fitted`, `notes`."""
        from exitline.stats.smallarea.formula import learn
        from exitline.stats.smallarea.unit.model import coefficient_covariance, fit_model
        from exitline.stats.smallarea.unit.nested import require_fittable
        from exitline.stats.smallarea.unit.transform import named

        asked = self.asked
        self._require_columns()
        self.notes: list[str] = []
        self.districts: tuple[str, ...] = ()
        self.learned = learn(asked.formula, self.sample_table, self.engine.run, labels=self.labels)
        self.sample, self.welfare, self.names = self._sample()
        require_fittable(self.sample, self.learned.names)
        how = named(asked.transform, self.welfare, parameter=asked.parameter, shift=asked.shift)
        self.fitted, _ = fit_model(self.sample, self.welfare, how, asked.method)
        found = self.fitted
        self.scatter = coefficient_covariance(self.sample, found)
        self.notes += warnings_of(self.sample, asked.predictor)
        if found.sigma2_u + found.sigma2_v == 0:
            self.notes.append(
                say(
                    "the variance between areas is estimated as zero: areas differ by their "
                    "covariates only"
                )
            )
        if found.how.name == "box-cox" and found.how.parameter < 0:
            self.notes.append(
                say(
                    "under a negative power welfare has no finite mean: means, totals and Gini "
                    "coefficients leave out what lies beyond 8.5 standard deviations, and depend "
                    "on it"
                )
            )

    def _require_columns(self) -> None:
        """Columns that each table must have."""
        from exitline.errors import nearest
        from exitline.stats.measure.modelling.formula import parse_formula

        asked = self.asked
        right = [c for one in parse_formula(asked.formula).factors for c in one.columns]
        wanted = [
            ("sample", self.sample_table, [asked.area, asked.weight]),
            ("census", self.census_table, [*right, *asked.keys, asked.size]),
        ]
        if asked.own_values:
            wanted[0][2].extend([*asked.keys, asked.size])
        for which, table, columns in wanted:
            for column in columns:
                if column is not None and column not in table.columns:
                    raise SmallAreaError(
                        f"the {which} has no column '{column}'",
                        where=f"the {which}",
                        expected="one of " + ", ".join(list(table.columns)[:30]),
                        got=f"'{column}'",
                        remedy=nearest(column, table.columns)
                        or "model only what sample and census both have",
                    )

    def _sample(self) -> tuple[UnitSample, Floats, tuple[str, ...]]:
        """The complete rows of the sample, sorted by area."""
        from exitline.stats.smallarea.formula import read
        from exitline.stats.smallarea.unit.cells import coded
        from exitline.stats.smallarea.unit.result import shown
        from exitline.stats.smallarea.unit.sample import UnitSample

        asked = self.asked
        more = [asked.area, *([asked.weight] if asked.weight else [])]
        if asked.district:
            more.append(asked.district)
        if asked.own_values:
            more += [*asked.keys, *([asked.size] if asked.size else [])]
        rows = read(self.learned, self.sample_table, self.engine.run, dict.fromkeys(more))
        area = rows.more[asked.area].to_pandas()
        good = rows.known & np.isfinite(rows.y) & area.notna().to_numpy()
        weight = None
        if asked.district:
            good &= rows.more[asked.district].to_pandas().notna().to_numpy()
        if asked.weight:
            weight = numbers(rows, asked.weight)
            good &= np.isfinite(weight) & (weight > 0)
        left = int(len(good) - good.sum())
        if left:
            self.notes.append(
                say(
                    "{n} of {m} households of the sample are left out: welfare, a covariate, the "
                    "area or the weight is missing",
                    n=left,
                    m=len(good),
                )
            )
        if not good.any():
            raise SmallAreaError(
                "no household of the sample is complete", where="the sample",
                expected="rows with welfare, area and every covariate", got="none",
                remedy="look for a column that is empty",
            )  # fmt: skip
        codes, values = coded([area[good].to_numpy()])
        order = np.argsort(codes, kind="stable")
        at = np.flatnonzero(good)[order]
        intercept = (
            self.learned.matrix.columns.index(()) if self.learned.formula.intercept else None
        )
        self.rows, self.at = rows, at
        names = tuple(shown(value) for value in values)
        districts = self._districts(rows, at, codes[order], names)
        chosen = None if weight is None else weight[at]
        return UnitSample(rows.x[at], codes[order], intercept, chosen, districts), rows.y[at], names

    def _districts(
        self, rows: ModelRows, at: Ints, area: Ints, names: Sequence[str]
    ) -> Ints | None:
        """The district of each sampled area, where the model has them."""
        if self.asked.district is None:
            return None
        from exitline.stats.smallarea.unit.cells import coded
        from exitline.stats.smallarea.unit.result import shown

        codes, values = coded([rows.more[self.asked.district].to_pandas().to_numpy()[at]])
        self.districts = tuple(shown(value) for value in values)
        return one_district(area, codes, names)

    def _cells(self, width: float, *, columns: bool) -> tuple[CensusCells, Places, AreaMatch]:
        """The census in cells, its places, and which sampled area each of its areas is."""
        import ibis

        from exitline.stats.measure import portable
        from exitline.stats.measure.modelling.census import cells_query
        from exitline.stats.smallarea.formula import made
        from exitline.stats.smallarea.unit.cells import from_table

        asked, found = self.asked, self.fitted
        table, weight = self.census_table, ibis.literal(1.0)
        if asked.size:
            weight = portable.number(table[asked.size])
            table = table.mutate(exitline__size=ibis.ifelse(weight > 0, weight, ibis.null(float)))
            weight = table["exitline__size"].fill_null(0.0)
        rows = made(self.learned, table, weight=weight)
        keys = {f"exitline__k{i}": portable.key(rows[c]) for i, c in enumerate(asked.keys)}
        factor = np.linalg.cholesky(self.scatter).T if columns else np.zeros((0, 0))
        query = cells_query(
            rows, keys, found.beta.tolist(), width * float(np.sqrt(found.sigma2_e)),
            columns=columns, factor=factor.tolist(),
        )  # fmt: skip
        read = self._usable(self.engine.run(query), list(keys))
        cells, rows_of, values, _ = from_table(read, list(keys), len(found.beta), columns=columns)
        if columns:
            assert cells.x is not None
            assert cells.scatter is not None
            own = ((cells.x @ self.scatter) * cells.x).sum(axis=1)
            cells = replace(cells, scatter=np.maximum(cells.scatter - own, 0.0))
        places = places_of(asked, cells, rows_of, values)
        sampled = SampledAreas(asked, self.names, self.districts, self.notes)
        return cells, places, matched(sampled, places, values)

    def _usable(self, table: Any, keys: Sequence[str]) -> Any:
        """The cells that the model can refer to; what is left out is counted."""
        import pyarrow.compute as pc

        n = int(pc.sum(table["n"]).as_py() or 0)
        good = pc.and_(pc.equal(table["known"], 1.0), pc.greater(table["w"], 0.0))
        for key in keys:
            good = pc.and_(good, pc.is_valid(table[key]))
        kept = table.filter(good)
        left = n - int(pc.sum(kept["n"]).as_py() or 0)
        if not kept.num_rows:
            raise SmallAreaError(
                "the model has no value on any household of the census", where="the census",
                expected="areas, and covariates with values and levels that the sample has",
                got=f"{n:,} rows, none of them", remedy="compare the columns of both tables",
            )  # fmt: skip
        said = say(
            "{n} of {m} households of the census are left out: an area, a covariate or the size "
            "is missing, or a category is one that the sample does not have", n=left, m=n,
        )  # fmt: skip
        if left and said not in self.notes:
            self.notes.append(said)
        return kept

    def _predicted(self) -> tuple[Level, ...]:
        """The figures of every level, with their errors where these are asked for."""
        from exitline.stats.smallarea.unit.own_values import predicted

        asked = self.asked
        cells, places, match = self._cells(NARROW, columns=False)
        known, places = known_households(asked, self.rows, self.at, self.welfare, places)
        ell = asked.predictor == "ell"
        given = self.fitted.unconditional(match) if ell else self.fitted.over(match)
        found = predicted(asked.wanted, cells, places, given, asked.line, known)
        direct, said = direct_estimates(
            asked, self.engine, self.sample_table, self.learned, self.design
        )
        self.notes += said
        totals = None
        if asked.benchmark is not None:
            totals, notes = totals_of(asked, direct, places)
            self.notes += notes
            aims = totals.aims(found)
            found = {
                level: totals.moved(asked.wanted, places, level, one, aims)
                for level, one in found.items()
            }
        errors = self._errors(places, known, totals) if asked.mse != "none" else {}
        shown_as = Shown(asked, places, match.area, self.sample.n.astype(np.int64), direct)
        return tuple(shown_as.level(", ".join(level), found, errors) for level in asked.levels)

    def _errors(
        self, whole: Places, known: Known | None, totals: BenchmarkTotals | None
    ) -> dict[str, Floats]:
        """Mean squared errors by bootstrap."""
        from exitline.stats.smallarea.unit.bootstrap import (
            mean_squared_errors,
            unconditional_variances,
        )
        from exitline.stats.smallarea.unit.population import BootstrapPlan

        asked = self.asked
        cells, places, match = self._cells(WIDE, columns=True)
        plan = BootstrapPlan(
            self.sample, self.fitted, self.fitted.how.forward(self.welfare), cells,
            replace(places, weight=whole.weight), match, asked.wanted, asked.line,
            "wild" if asked.mse == "wild" else "parametric", asked.parameter is None, totals, known,
        )  # fmt: skip
        if asked.predictor == "ell":
            return unconditional_variances(plan, self.scatter, asked.replicates, asked.seed)
        return mean_squared_errors(plan, asked.replicates, asked.seed, self.progress)


def how_far(sample: UnitSample, fitted: Fitted, welfare: Floats) -> tuple[Floats, Floats]:
    """Fitted values and residuals of the sample, at the predicted effects."""
    fits = sample.x @ fitted.beta + fitted.effects[sample.area]
    return fits, fitted.how.forward(welfare) - fits


def _record(
    run: ModelRun, levels: tuple[Level, ...], away: tuple[Floats, Floats], kind: str
) -> UnitModel:
    """The record of a run."""
    from exitline.stats.smallarea.unit.result import UnitModel

    asked = run.asked
    kinds = {
        "none": "", "parametric": say("parametric bootstrap"), "wild": say("wild bootstrap")
    }  # fmt: skip
    if asked.benchmark is not None and asked.mse != "none":
        kinds = {
            name: say("{what} of benchmarked figures", what=what) for name, what in kinds.items()
        }
    return UnitModel(
        asked.formula, run.learned.names, run.fitted, run.scatter, run.names,
        run.sample.n.astype(np.int64), levels, kinds[asked.mse], tuple(run.notes),
        away[1], away[0], kind, run.sample, run.learned.terms,
    )  # fmt: skip


def _kind(asked: ModelAsked) -> str:
    """The predictor's name."""
    if asked.predictor == "ell":
        return "ell"
    return "pseudo_ebp" if asked.weight else "two_fold_ebp" if asked.district else "ebp"
