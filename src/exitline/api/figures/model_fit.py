"""A regression fitted on a table: its rows chosen, Newton's method, errors of the design."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from exitline.errors import DataError, MeasureError, unknown
from exitline.stats.data.sampling.design import Design
from exitline.words.said import say_plural

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.data.scannable import Source
    from exitline.stats.engine.base import Engine
    from exitline.stats.infer.estimates import Estimates
    from exitline.stats.infer.regression import Regression
    from exitline.stats.measure.model import Unit
    from exitline.stats.measure.modelling.formula import Factor, Formula
    from exitline.stats.measure.modelling.model_matrix import Matrix
    from exitline.stats.measure.modelling.rank_scores import RankScores
    from exitline.stats.measure.modelling.regression_sums import Family, Scaling

    Floats = NDArray[np.float64]

ALIASES = {"linear": "gaussian", "logit": "binomial"}
AT_ONCE = 20_000_000
"""Replicate weights that are read at a time: rows x replicates."""


def fitted(
    formula: str,
    data: Any,
    design: Design | None,
    *,
    family: str = "gaussian",
    offset: str | None = None,
    unit: Unit,
    where: str | None,
    level: float,
    engine: str | Engine,
    ranks: RankScores | None = None,
) -> Regression:
    """As `glm`; with `ranks`, of the response's rank scores, which replicates do not rank anew."""
    from exitline.stats.data.source import open_source
    from exitline.stats.data.studies.subpopulation import subpopulation
    from exitline.stats.data.studies.uses import condition_uses
    from exitline.stats.engine.session import session
    from exitline.stats.measure.modelling.formula import parse_factor, parse_formula
    from exitline.stats.measure.passes.plan import require_usable
    from exitline.stats.measure.weighting.phases import with_phases

    drawn = design or Design()
    kind = _family(family, unit)
    parsed = parse_formula(formula)
    added = parse_factor(offset) if offset else None
    columns = [*parsed.columns, *(added.columns if added else ())]
    with session(engine) as running:
        source = open_source(data)
        source = source.using(condition_uses(where)) if where is not None else source
        source = _used(source, parsed, (*columns, where), drawn)
        table = running.attach(source, "households")
        require_usable([*columns, *drawn.columns], table)
        table = subpopulation(table, where) if where is not None else table
        table, drawn = with_phases(table, drawn, running.run)
        model = _Model(running, drawn, kind, unit, level, where, ranks)
        return model.fitted(table, parsed, formula, added, source.labels)


def _family(family: str, unit: str) -> Family:
    """The family by its own name; what cannot be fitted is refused."""
    from exitline.stats.measure.model import Unit
    from exitline.stats.measure.modelling.regression_sums import Family

    known = (*get_args(Family), *ALIASES)
    if family not in known:
        raise unknown("family of models", family, known, error=MeasureError)
    if unit not in get_args(Unit):
        raise MeasureError(
            f"rows cannot weigh as '{unit}'", expected="one of " + ", ".join(get_args(Unit)),
            got=repr(unit),
            remedy="persons are households times their size; without a size each is one",
        )  # fmt: skip
    found: Any = ALIASES.get(family, family)
    return found  # type: ignore[no-any-return]


def _used(source: Source, formula: Formula, texts: Sequence[str | None], design: Design) -> Source:
    """The source, reading only the columns that are named, each as it is used."""
    from exitline.stats.data.studies.uses import narrowed, role_uses

    factors = (formula.response, *formula.factors)
    coded = [c for one in factors if one.category for c in one.columns]
    return narrowed(source.using(role_uses(design, code=coded)), (*texts, design))


@dataclass(frozen=True)
class _Model:
    """What is fitted, and where."""

    engine: Engine
    design: Design
    family: Family
    unit: Unit
    level: float
    where: str | None
    ranks: RankScores | None = None

    def fitted(
        self,
        table: Any,
        formula: Formula,
        text: str,
        offset: Factor | None,
        labels: Mapping[str, Mapping[Any, str]],
    ) -> Regression:
        """The regression."""
        from exitline.stats.infer.regression import Regression, sandwich
        from exitline.stats.measure.modelling.model_matrix import matrix, with_matrix
        from exitline.stats.measure.modelling.rank_scores import with_rank_scores
        from exitline.stats.measure.modelling.regression_sums import with_scores, with_values

        valued = with_values(table, formula, offset, self._takes_part(table))
        if self.ranks is not None:
            valued = with_rank_scores(valued, self._weight(valued), self.ranks)
        about = self._about(valued)
        levels = self._levels(valued, formula, labels)
        made = matrix(formula, levels)
        rows = with_matrix(valued, made.columns, self._weight(table))
        scaling, start = self._start(rows, made)
        gamma, information = self._coefficients(rows, made, scaling, start)
        back, n = _back(made, scaling), int(about.blocks[0].n[0])

        def scored() -> Floats:
            table = with_scores(rows, self.family, scaling, gamma.tolist())
            return sandwich(self._scores(table, len(gamma)), information, back)

        def again() -> Floats:
            return np.array([g @ back.T for g in self._again(rows, made, scaling, gamma, n)])

        fixed = self.ranks is not None
        covariance = scored() if fixed else about.variance.of_fit(back @ gamma, scored, again)
        terms = [":".join(formula.factors[i].text for i in one) for one in formula.terms]
        return Regression(
            text, self.family, made.names, back @ gamma, covariance,
            float(about.blocks[0].df[0]) + 1.0 - len(gamma), n,
            float(about.blocks[0].population[0]), self.level,
            tuple(terms[k] or "Intercept" for k in made.terms),
            {formula.factors[i].text: one[0][1] for i, one in levels.items()}, _notes(about),
        )  # fmt: skip

    def _about(self, table: Any) -> Estimates:
        """Households in the model, those outside, and what is wrong with the design."""
        from exitline.api.figures.estimation import estimate_table
        from exitline.stats.measure.measures.counts import count_of, ratio_of
        from exitline.stats.measure.model import Term
        from exitline.stats.measure.modelling.regression_sums import KNOWN

        known = Term("flag", self.unit, column=KNOWN)
        inside = ratio_of("in the model", known, known, "share", "in the model")
        every = count_of(KNOWN, "households")
        found = estimate_table(
            table, [inside, every], self.engine, welfare=None, line=None, design=self.design,
            level=self.level, where=self.where,
        )  # fmt: skip
        if not found.blocks[0].n[0]:
            raise DataError(
                "no household is in the model", where="formula",
                expected="rows on which every expression of the formula has a value", got="none",
                remedy="look for a column that is empty, or a logarithm of zeros",
            )  # fmt: skip
        return found

    def _takes_part(self, table: Any) -> Any:
        """Whether a row has a weight and belongs to the subpopulation that was asked for."""
        from exitline.stats.data.studies.subpopulation import SUBPOPULATION

        again = self.design.sampling.taken  # what was not drawn again takes no part
        weighs = (self._weight(table) != 0).fill_null(True)
        weighs = weighs if again is None else weighs & table[again]
        if SUBPOPULATION in table.columns:
            weighs = weighs & table[SUBPOPULATION].fill_null(False)
        return weighs

    def _weight(self, table: Any, column: str | None = None) -> Any:
        """The weight of each row, or one of its replicate weights."""
        import ibis

        from exitline.stats.measure import portable

        name = column or self.design.weight
        weight = ibis.literal(1.0) if name is None else portable.number(table[name])
        if self.unit == "persons" and self.design.size:
            weight = weight * portable.number(table[self.design.size])
        return weight

    def _levels(
        self, table: Any, formula: Formula, labels: Mapping[str, Mapping[Any, str]]
    ) -> dict[int, list[tuple[Any, str]]]:
        """Levels of each factor of categories, value and name, the base first."""
        from exitline.stats.infer.intake.levels import based, levels_of
        from exitline.stats.measure.modelling.regression_sums import is_category, levels_query

        found = {}
        for index, factor in enumerate(formula.factors):
            if is_category(factor, table):
                values = self.engine.run(levels_query(table, index))
                shown = labels.get(factor.columns[0], {}) if factor.tree is None else {}
                levels = levels_of(values, shown, factor.text, "formula")
                found[index] = based(levels, factor.base, factor.text)
        return found

    def _start(self, rows: Any, made: Matrix) -> tuple[Scaling, Floats]:
        """How columns are scaled, and the first coefficients: those of the mean."""
        from exitline.stats.measure.modelling.regression_sums import Scaling, moments_query

        size = len(made.columns)
        sums = self.engine.run(moments_query(rows, size)).to_pylist()[0]
        _refuse_response(sums["least"], sums["most"], self.family)
        weight = sums["w"]
        mean = np.array([sums[f"x{j}"] for j in range(size)]) / weight
        square = np.array([sums[f"xx{j}"] for j in range(size)]) / weight
        intercept = made.columns.index(()) if () in made.columns else None
        centre = np.zeros(size) if intercept is None else mean.copy()
        spread = np.sqrt(np.maximum(square - centre**2, 0.0))
        start = np.zeros(size)
        if intercept is not None:
            centre[intercept], spread[intercept] = 0.0, 1.0
            if self.family == "poisson" and sums["y"] > 0:
                start[intercept] = np.log(sums["y"] / sums["offset"])
        spread = np.where(spread > 0, spread, 1.0)
        return Scaling(tuple(centre.tolist()), tuple(spread.tolist())), start

    def _coefficients(
        self, rows: Any, made: Matrix, scaling: Scaling, start: Floats
    ) -> tuple[Floats, Floats]:
        """Newton's method: one query for each step, halved where the likelihood would fall."""
        from exitline.stats.infer.regression import CONVERGED, MOST_STEPS, newton_step

        gamma, before, step = start, -np.inf, np.zeros(len(start))
        for _ in range(MOST_STEPS):
            at = self._at(rows, scaling, gamma)
            if not at.likelihood >= before - 1e-9 * abs(before) and np.any(step):
                step = step / 2.0
                gamma = gamma - step
                continue
            try:
                step = newton_step(at.information, at.scores, made.names)
            except MeasureError as reason:
                if np.isinf(before):
                    raise
                raise _endless() from reason  # a perfect fit's weights vanish, and columns too
            if np.max(np.abs(step)) <= CONVERGED * (1.0 + np.max(np.abs(gamma))):
                return gamma + step, at.information
            gamma, before = gamma + step, at.likelihood
        raise _endless()

    def _again(
        self, rows: Any, made: Matrix, scaling: Scaling, gamma: Floats, n: int
    ) -> Iterator[Floats]:
        """The coefficients with each replicate weight, from those of the full sample on."""
        from exitline.stats.infer.regression import fit_again
        from exitline.stats.measure.modelling.regression_sums import rows_query

        names, size = self.design.replicates, len(gamma)
        step = max(1, AT_ONCE // max(n, 1))
        for start in range(0, len(names), step):
            some = names[start : start + step]
            query = rows_query(rows, size, [self._weight(rows, name) for name in some])
            read = self.engine.run(query)
            x = np.column_stack([read.column(f"x{j}").to_numpy() for j in range(size)])
            z = (x - np.array(scaling.centre)) / np.array(scaling.spread)
            y, offset = (read.column(name).to_numpy() for name in ("y", "offset"))
            for k, name in enumerate(some):
                weight = read.column(f"w{k}").to_numpy().astype(np.float64)
                yield fit_again(z, y, offset, (name, weight), self.family, (gamma, made.names))

    def _at(self, rows: Any, scaling: Scaling, gamma: Floats) -> _NewtonAt:
        """Information, scores and likelihood at some coefficients."""
        from exitline.stats.measure.modelling.regression_sums import step_query

        query = step_query(rows, self.family, scaling, gamma.tolist())
        found = self.engine.run(query).to_pylist()[0]
        size = len(gamma)
        information = np.zeros((size, size))
        for i in range(size):
            for j in range(i + 1):
                information[i, j] = information[j, i] = found[f"a{i}_{j}"]
        scores = np.array([found[f"s{i}"] for i in range(size)], dtype=np.float64)
        return _NewtonAt(information, scores, float(found["likelihood"]))

    def _scores(self, table: Any, size: int) -> Estimates:
        """Totals of the scores by PSU, as estimates of the design."""
        from exitline.api.figures.estimation import estimate_table
        from exitline.stats.measure.measures.counts import total_of
        from exitline.stats.measure.model import Term

        names = [f"exitline__u{j}" for j in range(size)]
        measures = [
            total_of(name, Term("amount", self.unit, column=name), "index", name) for name in names
        ]
        return estimate_table(
            table, measures, self.engine, welfare=None, line=None, design=self.design,
            level=self.level,
        )  # fmt: skip


@dataclass(frozen=True)
class _NewtonAt:
    """What Newton's method needs at some coefficients."""

    information: Floats
    scores: Floats
    likelihood: float


def _endless() -> MeasureError:
    """The error for a response that columns tell exactly."""
    from exitline.stats.infer.regression import MOST_STEPS

    return MeasureError(
        "the model has no finite coefficients",
        where="formula",
        expected=f"coefficients that settle within {MOST_STEPS} steps",
        got="coefficients that grow without end",
        remedy="a column, or a sum of columns, tells the response exactly: leave it out, or "
        "join levels on which the response is always the same",
    )


def _refuse_response(least: float, most: float, family: Family) -> None:
    """Refuse a response that the family does not have, or that never varies."""
    low, high = {"binomial": (0.0, 1.0), "poisson": (0.0, np.inf)}.get(family, (-np.inf, np.inf))
    if least < low or most > high:
        raise MeasureError(
            f"the response does not suit the family '{family}'", where="formula",
            expected="numbers from 0 to 1" if family == "binomial" else "numbers of 0 or above",
            got="numbers outside", remedy="check the response; a linear model takes any number",
        )  # fmt: skip
    if family != "gaussian" and least == most and most in (low, high):
        raise MeasureError(
            "the response is the same on every row of the model", where="formula",
            expected="a response that varies", got=f"{least:g} on every row",
            remedy="check the response, and which rows are complete",
        )  # fmt: skip


def _back(made: Matrix, scaling: Scaling) -> Floats:
    """From coefficients of scaled columns to those of the columns as they are."""
    spread = np.array(scaling.spread)
    back = np.diag(1.0 / spread)
    if () in made.columns:
        intercept = made.columns.index(())
        back[intercept] = -np.array(scaling.centre) / spread
        back[intercept, intercept] = 1.0
    return back


def _notes(about: Estimates) -> tuple[str, ...]:
    """How many households stand outside the model."""
    inside, every = (int(block.n[0]) for block in about.blocks[:2])
    outside = every - inside
    said = say_plural(
        "{n} household outside the model: an expression of it has no value there",
        "{n} households outside the model: an expression of it has no value there", outside,
    )  # fmt: skip
    return (said,) if outside else ()
