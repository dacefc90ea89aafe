"""What methods of targeting are worth, from a notebook: `xl.target.evaluate`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from exitline.exits.target.errors import TargetError
from exitline.exits.target.evaluation import Evaluation, FigureAsked, value_in_words
from exitline.stats.data.sampling.design import Design
from exitline.stats.measure.programmes import incidence, targeting, transfers
from exitline.stats.measure.programmes.programme import Programme
from exitline.stats.measure.programmes.targeting import of_programme

if TYPE_CHECKING:
    from exitline.stats.engine.base import Engine
    from exitline.stats.measure.model import Measure

ERRORS = ("exclusion_error", "inclusion_error", "targeting_differential")
POOR = float("nan")
"""A quota of as many persons as there are poor."""
TABLES = ("errors", "incidence", "marginal", "budget")
Quota = float | str
CURVE = tuple(round(k / 20, 2) for k in range(1, 20))
"""The quotas of a curve."""


def evaluate(
    data: Any,
    methods: Any,
    *,
    welfare: str,
    line: Any,
    quota: Quota | Sequence[Quota] = ("poor",),
    design: Design | None = None,
    by: str | None = None,
    tables: Sequence[str] = ("errors",),
    budgets: Sequence[float] = (1.0,),
    poorest: float = 0.4,
    unit: str = "persons",
    ties: str = "shared",
    level: float = 0.95,
    missing: Literal["error", "exclude"] = "error",
    engine: str | Engine = "duckdb",
) -> Evaluation:
    """Errors, incidence and worth of methods of targeting, each with its standard error.

    Parameters
    ----------
    data : as in `exitline.estimate`
    methods : str, ProxyMeansTest, TargetingRule, (ProxyMeansTest, Card); or a mapping of names
        A score to choose by, lowest first: a column or expression, a fitted test (each household
        predicted without its fold), a card of a test, a rule file.
    welfare, line, design, level, engine : as in `exitline.estimate`
    quota : float or "poor", or several
        Share of persons chosen; "poor": as many as there are poor, where exclusion and inclusion
        error are equal. "column": the methods are columns that say who receives, or how much.
        "curve": every twentieth, for curves.
    by : str, optional
        Groups to compare under one quota for all: is one left out more than another?
    tables : sequence of {"errors", "incidence", "marginal", "budget"}
        Errors of who is chosen; places by tenth of welfare; added places, from each quota to the
        next, by fifth; poverty left by budgets.
    budgets : sequence of float
        Of table "budget", as shares of the total poverty gap.
    poorest : float
        Of the Coady-Grosh-Hoddinott ratio.
    unit : {"persons", "households"}
        Whom table "errors" counts.
    ties : {"shared", "all"}
        Whether households at the cut-off share what is left of the quota, or all are chosen and
        the cut-off counts as given (of table "errors").
    missing : {"error", "exclude"}
        What to do with households that have no score or no welfare, such as those at a level of a
        category that the fit has not seen.

    Returns
    -------
    Evaluation
        ``to_pandas()``; ``difference("exclusion_error", "a", "b")`` compares methods.

    Raises
    ------
    TargetError, DataError, MeasureError
        When the data, a method or a quota do not allow an evaluation.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0], "rooms": [1, 3, 2, 4]})
    >>> found = xl.target.evaluate(homes, "rooms", welfare="y", line=2.5)
    >>> found.find("rooms", "exclusion_error").estimate
    0.5
    """
    from exitline.api.figures.estimation import estimate_table
    from exitline.api.targets.columns import person_weights, with_method
    from exitline.stats.data.source import open_source
    from exitline.stats.data.studies.uses import without_twins
    from exitline.stats.engine.session import session
    from exitline.stats.measure.passes.plan import require_usable

    drawn = design or Design()
    named = _named(methods)
    asked = _Asked(_quotas(quota), tuple(tables), tuple(budgets), poorest, unit, ties)
    asked.check()
    with session(engine) as running:
        source = without_twins(open_source(data), [methods, welfare, by, design])
        table = running.attach(source, "households")
        drawn = drawn.matching(source.names or table.columns)
        require_usable([welfare, *drawn.columns, *([by] if by else [])], table)
        table = person_weights(table, drawn)
        test = next((m for m in named.values() if hasattr(m, "by_fold")), None)
        for name, method in named.items():
            _refuse_taken(name, method, table)
            card = method[1] if isinstance(method, tuple) else None
            plain = method[0] if isinstance(method, tuple) else method
            table = with_method(table, name, plain, drawn, running, card=card, score=test)
        wanted = {k: v for name in named for k, v in asked.measures(name).items()}
        if by is not None:
            table, groups = _groups(table, by, running)
            wanted |= {k: v for name in named for k, v in asked.of_groups(name, groups).items()}
        found = estimate_table(
            table, [measure for _, measure in wanted.values()], running, welfare=welfare,
            line=line, design=drawn, level=level, missing=missing,
        )  # fmt: skip
    return Evaluation(found, {k: one for k, (one, _) in wanted.items()}, found.notes)


def _named(methods: Any) -> dict[str, Any]:
    """Methods by name; a column's own name where none is given."""
    if isinstance(methods, Mapping):
        found = dict(methods)
    elif isinstance(methods, Sequence) and not isinstance(methods, str | tuple):
        found = {one if isinstance(one, str) else "score": one for one in methods}
    else:
        found = {methods if isinstance(methods, str) else "score": methods}
    broken = [name for name in found if not re.fullmatch(r"[A-Za-z_]\w*", name)]
    if broken or not found:
        raise TargetError(
            "a method needs a name of letters, digits and _",
            where="methods",
            expected='for instance {"card": "rooms - hhsize"}',
            got=repr(broken[0]) if broken else "none",
            remedy="give a mapping from a short name to the method",
        )
    return found


def _refuse_taken(name: str, method: Any, table: Any) -> None:
    """Refuse a name that a column of the data has, unless it is that column."""
    if name in table.columns and method != name:
        raise TargetError(
            f"the data have a column '{name}' already",
            where="methods",
            expected="another name for the method",
            got=f"'{name}'",
            remedy="choose another name",
        )


def _quotas(quota: Quota | Sequence[Quota]) -> tuple[float, ...]:
    """Quotas as numbers: NaN for as many as there are poor, 0 where columns say who receives."""
    some = [quota] if isinstance(quota, str | int | float) else list(quota)
    some = [q for one in some for q in (CURVE if one == "curve" else (one,))]
    words = {"poor": POOR, "column": 0.0}
    broken = [q for q in some if not (q in words or (isinstance(q, int | float) and 0 < q <= 1))]
    if broken or not some:
        raise TargetError(
            "a quota is a share of persons",
            where="quota",
            expected='numbers above 0, up to 1; "poor", "column" or "curve"',
            got=repr(broken[0]) if broken else "none",
            remedy="write 20 % as 0.2",
        )
    return tuple(words[q] if isinstance(q, str) else float(q) for q in some)


@dataclass(frozen=True)
class _Asked:
    """Which figures are wanted of every method."""

    quotas: tuple[float, ...]
    tables: tuple[str, ...]
    budgets: tuple[float, ...]
    poorest: float
    unit: Any
    ties: Any

    def check(self) -> None:
        """Refuse tables that there are not, and units."""
        unknown = [t for t in self.tables if t not in TABLES]
        if unknown or self.unit not in ("persons", "households") or (
            self.ties not in ("shared", "all")
        ):  # fmt: skip
            raise TargetError(
                "this is nothing that can be evaluated",
                expected=f"tables of {', '.join(TABLES)}; unit persons or households; ties shared "
                "or all",
                got=f"{', '.join(self.tables)}; {self.unit}; {self.ties}",
                remedy="choose among these",
            )

    def measures(self, name: str) -> dict[str, tuple[FigureAsked, Measure]]:
        """The measures of one method, by their names."""
        found: list[tuple[FigureAsked, Measure]] = []
        numbers = [q for q in self.quotas if q == q]
        for quota in self.quotas:
            if "errors" in self.tables:
                found += self._errors(name, quota)
        for quota in numbers:
            if "errors" in self.tables:
                made = incidence.coady_grosh_hoddinott(name, self.poorest, quota)
                part = f"poorest {100 * self.poorest:g} %"
                found.append((FigureAsked(name, "coady_grosh_hoddinott", quota, part), made))
                made = incidence.distributional_characteristic(name, 1.0, quota)
                found.append((FigureAsked(name, "distributional_characteristic", quota, "1"), made))
            if "incidence" in self.tables:
                found += self._incidence(name, quota)
            if "budget" in self.tables:
                found += self._budgets(name, quota)
        if "marginal" in self.tables:
            found += self._marginal(name, numbers)
        if "errors" in self.tables and self.quotas != (0.0,):
            found.append((FigureAsked(name, "roc_area"), targeting.roc_area(name)))
        return {measure.name: (one, measure) for one, measure in found}

    def _errors(self, name: str, quota: float) -> list[tuple[FigureAsked, Measure]]:
        programme = Programme(name, quota, self.unit, self.ties)
        kinds = (*ERRORS, "poor_coverage", "nonpoor_coverage", "coverage")
        return [(FigureAsked(name, kind, quota), of_programme(kind, programme)) for kind in kinds]

    def _incidence(self, name: str, quota: float) -> list[tuple[FigureAsked, Measure]]:
        found = []
        for k in range(10):
            ends = (round(k / 10, 1), round((k + 1) / 10, 1))
            part = value_in_words(ends)
            for figure, make in (
                ("benefit_incidence", incidence.benefit_incidence),
                ("quantile_coverage", incidence.quantile_coverage),
            ):
                found.append((FigureAsked(name, figure, quota, part), make(name, *ends, quota)))
        return found

    def _marginal(self, name: str, quotas: list[float]) -> list[tuple[FigureAsked, Measure]]:
        found = []
        ordered = sorted(q for q in quotas if q > 0)
        for before, after in pairwise(ordered):
            for k in range(5):
                ends = (round(k / 5, 1), round((k + 1) / 5, 1))
                made = incidence.marginal_incidence(name, *ends, before, after)
                part = f"{value_in_words(ends)}, from {100 * before:g} %"
                found.append((FigureAsked(name, "marginal_incidence", after, part), made))
        return found

    def _budgets(self, name: str, quota: float) -> list[tuple[FigureAsked, Measure]]:
        found = []
        for budget in self.budgets:
            for alpha, figure in ((0.0, "headcount_left"), (1.0, "gap_left")):
                made = transfers.poverty_left(alpha, name, budget, quota)
                found.append((FigureAsked(name, figure, quota, f"budget {budget:g}"), made))
        return found

    def of_groups(
        self, name: str, groups: Mapping[str, str]
    ) -> dict[str, tuple[FigureAsked, Measure]]:
        """The errors of each group, under one quota for all."""
        found = {}
        for column, said in groups.items():
            for quota in self.quotas:
                for kind in ("coverage", *ERRORS):
                    programme = Programme(name, quota, self.unit, self.ties, group=column)
                    made = of_programme(kind, programme)
                    made = replace(made, name=f"{made.name} of {column}")
                    found[made.name] = (FigureAsked(name, kind, quota, said), made)
        return found


def _groups(table: Any, by: str, engine: Engine) -> tuple[Any, dict[str, str]]:
    """A column of zeros and ones for each value of a column, and the value's name."""
    import ibis

    from exitline.stats.infer.intake.codes import as_text
    from exitline.stats.measure import portable

    key = portable.key(table[by])
    values = engine.run(table.select(value=key).distinct()).column("value").to_pylist()
    known = sorted(v for v in values if v is not None)
    if not 1 < len(known) <= 30:
        raise TargetError(
            f"'{by}' makes no groups that can be compared",
            where="by",
            expected="2 to 30 values",
            got=f"{len(known):,}",
            remedy="name a column with fewer values",
        )
    flags = {f"exitline__group{i}": v for i, v in enumerate(known)}
    columns = {n: ibis.ifelse((key == v).fill_null(False), 1.0, 0.0) for n, v in flags.items()}
    return table.mutate(**columns), {n: as_text(v) for n, v in flags.items()}
