"""Empirical best prediction from a notebook: `xl.small_area.ebp`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from exitline.stats.smallarea.errors import SmallAreaError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.engine.base import Engine
    from exitline.stats.smallarea.formula import Rows
    from exitline.stats.smallarea.unit.cells import Cells, Places
    from exitline.stats.smallarea.unit.figures import Indicator, Known
    from exitline.stats.smallarea.unit.model import Fitted
    from exitline.stats.smallarea.unit.result import Level, UnitModel
    from exitline.stats.smallarea.unit.sample import Sample

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

NARROW, WIDE = 0.01, 0.1
"""Bands of the linear predictor, in standard deviations of the errors: for figures, and for the
replicates of their errors."""
By = Sequence[str | Sequence[str]]


def ebp(
    formula: str,
    sample: Any,
    census: Any,
    *,
    area: str,
    measures: str | Sequence[str] = ("headcount", "poverty_gap"),
    line: float | None = None,
    by: str | By = (),
    transform: Literal["none", "log", "log-shift", "box-cox", "dual", "rank"] = "log",
    parameter: float | None = None,
    shift: float | Literal["auto"] | None = None,
    method: Literal["reml", "ml"] = "reml",
    weight: str | None = None,
    size: str | None = None,
    own_values: bool = False,
    mse: Literal["none", "parametric", "wild"] = "none",
    replicates: int = 200,
    seed: int = 1,
    level: float = 0.95,
    progress: Callable[[int, int], None] | None = None,
    engine: str | Engine = "duckdb",
) -> UnitModel:
    """Predict poverty in small areas from a survey and a census.

    A nested-error model of transformed welfare is fitted to the sample; every household of the
    census then has a predicted distribution of welfare, and every area the expected value of
    each measure. Nothing is simulated but the replicates of `mse`. The census stays in the
    engine: what comes back are sums by area and band of the linear predictor.

    Parameters
    ----------
    formula : str
        Such as ``"pc_exp ~ log(hhsize) + C(roof)"``: welfare as it is (it is transformed here),
        and columns that sample and census both have.
    sample, census : path or table
        Households, one row each.
    area : str
        The column of the model's areas, in both.
    measures : str or sequence
        Of mean, total, headcount, poor_count, poverty_gap, severity, fgt(alpha), watts, median,
        quantile(p), gini.
    line : float, optional
        The poverty line; those below it are poor.
    by : str or sequence
        Further levels: columns of the census, finer or coarser than the model's areas;
        a sequence within the sequence for crossings. All come from the same pass.
    transform : {"none", "log", "log-shift", "box-cox", "dual", "rank"}
        The scale on which errors are normal.
    parameter : float, optional
        Of log-shift, box-cox or dual; the data choose it unless it is given.
    shift : float or "auto", optional
        Added to welfare before log, box-cox and dual; "auto" lifts the lowest value to 1.
    method : {"reml", "ml"}
    weight : str, optional
        Column of the sample's weights: the pseudo-EB predictor of Guadarrama, Molina and Rao,
        for samples whose weights tell something of welfare.
    size : str, optional
        Column of the census, and of the sample with `own_values`: persons in the household.
        Figures then speak of persons.
    own_values : bool
        Whether the sample's households stand for themselves: the census must then be without
        them. Otherwise every household of the census is predicted (census EB).
    mse : {"none", "parametric", "wild"}
        Bootstrap of mean squared errors.
    replicates, seed : int
        Of the bootstrap.
    level : float
        Confidence of intervals.
    progress : callable, optional
        Told how many replicates are done, of how many.
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    UnitModel
        ``to_pandas()`` gives the figures, ``coefficients()``, ``variances()`` and ``effects()``
        the model; all figures are marked "model".

    Raises
    ------
    SmallAreaError, MeasureError
        For data that do not allow the model.

    References
    ----------
    Molina and Rao (2010), Canadian Journal of Statistics 38, 369-385. Guadarrama, Molina and
    Rao (2018), Computational Statistics & Data Analysis 121, 20-40.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 5.0, 2.0, 7.0], "rooms": [1, 2, 2, 3, 1, 3],
    ...     "area": ["a", "a", "b", "b", "c", "c"]})
    >>> people = pd.DataFrame({"rooms": [1, 2, 3, 1], "area": ["a", "a", "b", "d"]})
    >>> found = xl.small_area.ebp("y ~ rooms", homes, people, area="area",
    ...     measures="headcount", line=2.5)
    >>> [(one.area, one.sampled) for one in found.levels[0].figures[0]]
    [('a', True), ('b', True), ('d', False)]
    """
    from exitline.stats.data.source import open_source
    from exitline.stats.engine.session import session
    from exitline.stats.smallarea.unit.figures import indicators

    wanted = indicators([measures] if isinstance(measures, str) else measures)
    asked = _Asked(
        formula, area, wanted, _line(wanted, line), _levels(area, by), transform, parameter,
        shift, method, weight, size, own_values, mse, replicates, seed, level,
    )  # fmt: skip
    _require_options(asked)
    with session(engine) as running:
        drawn, whole = asked.sources(open_source(sample), open_source(census))
        tables = running.attach(drawn, "sample"), running.attach(whole, "census")
        return _Run(asked, running, *tables, drawn.labels, progress).model()


@dataclass(frozen=True)
class _Asked:
    """What is asked of a model."""

    formula: str
    area: str
    wanted: tuple[Indicator, ...]
    line: float
    levels: tuple[tuple[str, ...], ...]
    transform: str
    parameter: float | None
    shift: float | str | None
    method: Any
    weight: str | None
    size: str | None
    own_values: bool
    mse: str
    replicates: int
    seed: int
    level: float

    @property
    def keys(self) -> tuple[str, ...]:
        """Every column of areas, the model's first."""
        return tuple(dict.fromkeys([self.area, *(c for one in self.levels for c in one)]))

    def sources(self, sample: Any, census: Any) -> tuple[Any, Any]:
        """Both tables, reading only what is named, areas as they are written."""
        from exitline.stats.data.uses import narrowed, role_uses
        from exitline.stats.measure.formula import parse_formula

        factors = parse_formula(self.formula).factors
        coded = [*self.keys, *(c for one in factors if one.category for c in one.columns)]
        texts = [self.formula, *self.keys, self.weight or "", self.size or ""]
        uses = role_uses(numeric=[self.weight, self.size], code=coded)
        return tuple(narrowed(one.using(uses), texts) for one in (sample, census))  # type: ignore[return-value]


def _line(wanted: Sequence[Indicator], line: float | None) -> float:
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


def _levels(area: str, by: str | By) -> tuple[tuple[str, ...], ...]:
    """The levels of results, the model's areas first."""
    some = [by] if isinstance(by, str) else list(by)
    found = [(area,), *((one,) if isinstance(one, str) else tuple(one) for one in some)]
    return tuple(dict.fromkeys(found))


def _require_options(asked: _Asked) -> None:
    """Refuse what does not go together."""
    checks = [
        (asked.mse in ("none", "parametric", "wild"), "mse", "none, parametric or wild", asked.mse),
        (asked.method in ("reml", "ml"), "method", "reml or ml", asked.method),
        (asked.replicates >= 2, "replicates", "2 or more", asked.replicates),
        (0 < asked.level < 1, "level", "between 0 and 1", asked.level),
    ]
    for good, where, expected, got in checks:
        if not good:
            raise SmallAreaError(
                f"'{where}' has no such value", where=where, expected=expected, got=repr(got),
                remedy="choose one of these",
            )  # fmt: skip
    if asked.own_values and any(one.moment is None for one in asked.wanted):
        raise SmallAreaError(
            "quantiles and Gini coefficients are predicted over the whole census only",
            where="own_values",
            expected="measures that are sums over households",
            got=", ".join(one.name for one in asked.wanted if one.moment is None),
            remedy="leave own_values out, and give the census with the sample's households",
        )


@dataclass
class _Run:
    """One call: the tables, and what is found on the way."""

    asked: _Asked
    engine: Engine
    sample_table: Any
    census_table: Any
    labels: Any
    progress: Callable[[int, int], None] | None

    def model(self) -> UnitModel:
        """Fit, predict, and say how sure."""
        from exitline.stats.smallarea.formula import learn
        from exitline.stats.smallarea.unit.model import fit_model
        from exitline.stats.smallarea.unit.nested import covariance, require_fittable
        from exitline.stats.smallarea.unit.transform import named

        asked = self.asked
        self._require_columns()
        self.notes: list[str] = []
        self.learned = learn(asked.formula, self.sample_table, self.engine.run, labels=self.labels)
        self.sample, self.welfare, self.names = self._sample()
        require_fittable(self.sample, self.learned.names)
        how = named(asked.transform, self.welfare, parameter=asked.parameter, shift=asked.shift)
        self.fitted, _ = fit_model(self.sample, self.welfare, how, asked.method)
        found = self.fitted
        ratio = found.sigma2_u / found.sigma2_e
        self.scatter = covariance(self.sample, ratio, found.sigma2_e)
        if ratio == 0:
            self.notes.append(
                "the variance between areas is estimated as zero: areas differ by their "
                "covariates only"
            )
        if found.how.name == "box-cox" and found.how.parameter < 0:
            self.notes.append(
                "under a negative power welfare has no finite mean: means, totals and Gini "
                "coefficients leave out what lies beyond 8.5 standard deviations, and hang on it"
            )
        levels = self._predicted()
        away = how_far(self.sample, self.fitted, self.welfare)
        return _record(self, levels, away)

    def _require_columns(self) -> None:
        """Columns that each table must have."""
        from exitline.errors import nearest
        from exitline.stats.measure.formula import parse_formula

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

    def _sample(self) -> tuple[Sample, Floats, tuple[str, ...]]:
        """The complete rows of the sample, sorted by area."""
        from exitline.stats.smallarea.formula import read
        from exitline.stats.smallarea.unit.cells import coded
        from exitline.stats.smallarea.unit.result import shown
        from exitline.stats.smallarea.unit.sample import Sample

        asked = self.asked
        more = [asked.area, *([asked.weight] if asked.weight else [])]
        if asked.own_values:
            more += [*asked.keys, *([asked.size] if asked.size else [])]
        rows = read(self.learned, self.sample_table, self.engine.run, dict.fromkeys(more))
        area = rows.more[asked.area].to_pandas()
        good = rows.known & np.isfinite(rows.y) & area.notna().to_numpy()
        weight = None
        if asked.weight:
            weight = _numbers(rows, asked.weight)
            good &= np.isfinite(weight) & (weight > 0)
        left = int(len(good) - good.sum())
        if left:
            self.notes.append(
                f"{left:,} of {len(good):,} households of the sample are left out: welfare, "
                "a covariate, the area or the weight is missing"
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
        return (
            Sample(rows.x[at], codes[order], intercept, None if weight is None else weight[at]),
            rows.y[at],
            tuple(shown(value) for value in values),
        )

    def _cells(self, width: float, *, columns: bool) -> tuple[Cells, Places, Ints]:
        """The census in cells, its places, and which sampled area each of its areas is."""
        import ibis

        from exitline.stats.measure import portable
        from exitline.stats.measure.census import cells_query
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
        places = self._places(cells, rows_of, values)
        return cells, places, self._area_of(places)

    def _usable(self, table: Any, keys: Sequence[str]) -> Any:
        """The cells that the model can speak of; what is left out is counted."""
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
        said = (
            f"{left:,} of {n:,} households of the census are left out: an area, a covariate or "
            "the size is missing, or a category is one that the sample does not have"
        )
        if left and said not in self.notes:
            self.notes.append(said)
        return kept

    def _places(self, cells: Cells, rows: Ints, values: tuple[tuple[Any, ...], ...]) -> Places:
        """Which areas of every level the finest places lie in."""
        from exitline.stats.smallarea.unit.cells import Places, coded

        keys = self.asked.keys
        columns = {key: [value[i] for value in values] for i, key in enumerate(keys)}
        domain, domains = {}, {}
        for level in self.asked.levels:
            name = ", ".join(level)
            domain[name], domains[name] = coded([np.array(columns[c], object) for c in level])
        first = self.asked.area
        n = np.bincount(cells.place, rows, minlength=len(values)).astype(np.int64)
        weight = np.bincount(cells.place, cells.weight, minlength=len(values)).astype(np.float64)
        areas = tuple(one[0] for one in domains[first])
        return Places(domain[first], areas, domain, domains, n, weight)

    def _area_of(self, places: Places) -> Ints:
        """The sampled area that each area of the census is; -1 where none was."""
        from exitline.stats.smallarea.unit.result import shown

        known = {name: i for i, name in enumerate(self.names)}
        found = np.array([known.get(shown((one,)), -1) for one in places.areas], dtype=np.int64)
        only = sorted(set(known) - {shown((one,)) for one in places.areas})
        if not (found >= 0).any():
            raise SmallAreaError(
                "sample and census have no area in common", where=self.asked.area,
                expected="areas written alike in both",
                got=f"'{self.names[0]}' in the sample, '{shown((places.areas[0],))}' in the census",
                remedy="write areas in one way, or name the column that does",
            )  # fmt: skip
        said = (
            f"{len(only):,} sampled areas are not in the census, so they have no figure; their "
            f"households help to fit the model: {', '.join(only[:5])}"
        )
        if only and said not in self.notes:
            self.notes.append(said)
        return found

    def _known(self, places: Places) -> tuple[Known | None, Places]:
        """The sample's own households, where they stand for themselves."""
        from exitline.stats.smallarea.unit.figures import Known
        from exitline.stats.smallarea.unit.result import shown

        if not self.asked.own_values:
            return None, places
        asked = self.asked
        place = {}
        for i in range(len(places.area)):
            parts: dict[str, Any] = {}
            for level in asked.levels:
                name = ", ".join(level)
                value = places.domains[name][places.domain[name][i]]
                parts |= dict(zip(level, value, strict=True))
            place[shown(tuple(parts[key] for key in asked.keys))] = i
        columns = [self.rows.more[key].to_pandas().to_numpy()[self.at] for key in asked.keys]
        names = [shown(tuple(row)) for row in zip(*columns, strict=True)]
        where = np.array([place.get(name, -1) for name in names], dtype=np.int64)
        weight = _numbers(self.rows, asked.size)[self.at] if asked.size else np.ones(len(where))
        inside = (where >= 0) & (weight > 0)
        known = Known(where[inside], weight[inside], self.welfare[inside])
        size = len(places.area)
        return known, replace(
            places,
            n=places.n + np.bincount(known.place, minlength=size),
            weight=places.weight + np.bincount(known.place, known.weight, minlength=size),
        )

    def _predicted(self) -> tuple[Level, ...]:
        """The figures of every level, with their errors where these are asked for."""
        from exitline.stats.smallarea.unit.figures import predicted

        asked = self.asked
        cells, places, area_of = self._cells(NARROW, columns=False)
        known, places = self._known(places)
        given = self.fitted.over(area_of)
        found = predicted(asked.wanted, cells, places, given, asked.line, known)
        errors = self._errors(places) if asked.mse != "none" else {}
        return tuple(
            self._level(", ".join(level), places, area_of, found, errors) for level in asked.levels
        )

    def _errors(self, whole: Places) -> dict[str, Floats]:
        """Mean squared errors by bootstrap."""
        from exitline.stats.smallarea.unit.bootstrap import Plan, mean_squared_errors

        asked = self.asked
        cells, places, area_of = self._cells(WIDE, columns=True)
        plan = Plan(
            self.sample, self.fitted, self.fitted.how.forward(self.welfare), cells,
            replace(places, weight=whole.weight), area_of, asked.wanted, asked.line,
            "wild" if asked.mse == "wild" else "parametric", asked.parameter is None,
        )  # fmt: skip
        return mean_squared_errors(plan, asked.replicates, asked.seed, self.progress)

    def _level(
        self,
        name: str,
        places: Places,
        area_of: Ints,
        found: dict[str, Floats],
        errors: dict[str, Floats],
    ) -> Level:
        """The figures of one level."""
        from exitline.stats.smallarea.figures import Figures
        from exitline.stats.smallarea.unit.result import Level, interval, shown

        asked = self.asked
        areas = tuple(shown(value) for value in places.domains[name])
        n = self._sampled_in(places, name, area_of)
        nothing = np.full(len(areas), np.nan)
        figures = []
        for k, one in enumerate(asked.wanted):
            estimate = found[name][:, k]
            mse = errors[name][:, k] if errors else nothing
            positive = one.name in ("mean", "median", "total") or one.moment is None
            low, high = interval(estimate, mse, asked.level, share=one.share, positive=positive)
            reason = "" if errors else "no mean squared error was asked for"
            figures.append(
                Figures(
                    one.name,
                    areas,
                    estimate,
                    mse,
                    low,
                    high,
                    asked.level,
                    n > 0,
                    nothing,
                    nothing,
                    (reason,) * len(areas),
                    line=f"{asked.line:g}" if one.needs_line else "",
                    share=one.share,
                )
            )
        households = places.sums(name, places.n.astype(np.float64)).astype(np.int64)
        return Level(name, tuple(figures), n, households, places.sums(name, places.weight))

    def _sampled_in(self, places: Places, name: str, area_of: Ints) -> Ints:
        """Households of the sample in the model's areas that lie in each domain."""
        size = self.sample.n.astype(np.int64)
        found = np.zeros(len(places.domains[name]), dtype=np.int64)
        pairs = np.unique(np.stack([places.domain[name], places.area]), axis=1)
        here = area_of[pairs[1]]
        np.add.at(found, pairs[0], np.where(here >= 0, size[here], 0))
        return found


def _numbers(rows: Rows, name: str) -> Floats:
    """A column of the sample as doubles; NaN where it is missing."""
    found = rows.more[name].to_pandas()
    return np.asarray(found.to_numpy(dtype=np.float64, na_value=np.nan))


def how_far(sample: Sample, fitted: Fitted, welfare: Floats) -> tuple[Floats, Floats]:
    """Fitted values and residuals of the sample, at the predicted effects."""
    fits = sample.x @ fitted.beta + fitted.effects[sample.area]
    return fits, fitted.how.forward(welfare) - fits


def _record(run: _Run, levels: tuple[Level, ...], away: tuple[Floats, Floats]) -> UnitModel:
    """The record of a run."""
    from exitline.stats.smallarea.unit.result import UnitModel

    asked = run.asked
    kinds = {"none": "", "parametric": "parametric bootstrap", "wild": "wild bootstrap"}
    return UnitModel(
        asked.formula, run.learned.names, run.fitted, run.scatter, run.names,
        run.sample.n.astype(np.int64), levels, kinds[asked.mse], tuple(run.notes),
        away[1], away[0], "pseudo_ebp" if asked.weight else "ebp",
    )  # fmt: skip
