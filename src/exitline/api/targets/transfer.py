"""What transfers do to poverty and inequality: `xl.target.transfer`, and a study's `scenario:`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from exitline.exits.target.errors import TargetError
from exitline.exits.target.scenario import Effects, Scenario, scenario_from
from exitline.stats.data.sampling.design import Design
from exitline.stats.measure.measures import counts, inequality, poverty
from exitline.stats.measure.model import Measure
from exitline.stats.measure.programmes import transfers

if TYPE_CHECKING:
    from exitline.stats.engine.base import Engine


def transfer(
    data: Any,
    scenarios: Mapping[str, Any],
    *,
    welfare: str,
    line: Any,
    design: Design | None = None,
    level: float = 0.95,
    engine: str | Engine = "duckdb",
) -> Effects:
    """What each transfer does to poverty, its gap and inequality, and what it costs.

    Parameters
    ----------
    data : as in `exitline.estimate`
    scenarios : mapping of str to mapping
        By name: ``{"amount": 300}`` for everyone; with ``"to"``, a condition, for those who
        fulfil it; with ``"score"`` and ``"quota"`` for the lowest scores. Amounts are per person,
        in the unit of welfare.
    welfare, line, design, level, engine : as in `exitline.estimate`

    Returns
    -------
    Effects
        ``to_pandas()`` gives each figure before, after, and the change with its error.

    Raises
    ------
    TargetError, DataError, MeasureError
        When the data, a method or the transfer do not allow a simulation.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0], "old": [1, 0, 0, 1]})
    >>> found = xl.target.transfer(
    ...     homes, {"pension": {"to": "old = 1", "amount": 2}}, welfare="y", line=2.5)
    >>> found.find("pension", "headcount").after
    0.25
    """
    from exitline.api.targets.columns import person_weights
    from exitline.stats.data.source import open_source
    from exitline.stats.data.studies.uses import without_twins
    from exitline.stats.engine.session import session
    from exitline.stats.measure.passes.plan import require_usable

    drawn = design or Design()
    each = [scenario_from(name, given) for name, given in scenarios.items()]
    with session(engine) as running:
        source = without_twins(open_source(data), [scenarios, welfare, design])
        table = running.attach(source, "households")
        drawn = drawn.matching(source.names or table.columns)
        require_usable([welfare, *drawn.columns], table)
        return effects(
            person_weights(table, drawn), each, running, welfare=welfare, line=line,
            design=drawn, level=level,
        )  # fmt: skip


def effects(
    table: Any,
    scenarios: list[Scenario],
    engine: Engine,
    *,
    welfare: str,
    line: Any,
    design: Design,
    level: float = 0.95,
) -> Effects:
    """As `transfer`, of a table that an engine holds.

    Parameters
    ----------
    table : ibis.Table
        With the weights of persons.
    scenarios : list of Scenario
    engine : Engine
    welfare, line, design, level
        As in `exitline.estimate`.
    """
    from exitline.api.figures.estimation import estimate_table

    if not scenarios:
        raise TargetError(
            "there is no scenario", where="scenario", expected="at least one transfer",
            got="none", remedy="for instance everyone: {amount: 300}",
        )  # fmt: skip
    wanted: dict[str, Measure] = {m.name: m for m in _before()}
    after: dict[tuple[str, str], str] = {}
    for index, one in enumerate(scenarios):
        table = _with_scenario(table, one, f"exitline__scenario{index}", engine, design)
        for figure, measure in _after(one, f"exitline__scenario{index}").items():
            wanted[measure.name] = measure
            after[one.name, figure] = measure.name
    found = estimate_table(
        table, list(wanted.values()), engine, welfare=welfare, line=line, design=design,
        level=level,
    )  # fmt: skip
    return Effects(found, tuple(scenarios), after)


def _before() -> tuple[Measure, ...]:
    """Figures before any transfer."""
    return (
        poverty.headcount(), poverty.poverty_gap(), poverty.severity(), inequality.gini(),
        counts.count(),
    )  # fmt: skip


def _with_scenario(table: Any, one: Scenario, column: str, engine: Engine, design: Design) -> Any:
    """The table with what each person of a scenario gets, in units; and the score that chooses."""
    import ibis

    from exitline.api.targets.columns import WEIGHT, with_method
    from exitline.rules.condition import parse
    from exitline.stats.measure.programmes.ordering import part_chosen

    if one.score is not None and one.quota is not None:
        table = with_method(table, f"{column}_score", one.score, design, engine)
        part = part_chosen(table[f"{column}_score"], table[WEIGHT], one.quota)
        return table.mutate(**{column: part})
    if one.to is None:
        return table.mutate(**{column: ibis.literal(1.0)})
    condition = parse(one.to, where=f"scenario {one.name}").build(table)
    if not condition.type().is_boolean():
        raise TargetError(
            "who gets the transfer is no condition",
            where=f"scenario {one.name}",
            expected="something that is true or false of each household, such as age >= 65",
            got=f"'{one.to}'",
            remedy="compare it with something",
        )
    return table.mutate(**{column: ibis.ifelse(condition.fill_null(False), 1.0, 0.0)})


def _after(one: Scenario, column: str) -> dict[str, Measure]:
    """The measures of a scenario, by figure."""
    quota = one.quota or 0.0
    by = f"{column}_score" if quota else column
    found = {
        figure: transfers.poverty_after(alpha, by, one.amount, quota)
        for alpha, figure in ((0.0, "headcount"), (1.0, "poverty_gap"), (2.0, "severity"))
    }
    found["gini"] = transfers.gini_after(column, one.amount)
    found["cost"] = transfers.transfer_cost(by, one.amount, quota)
    found["cost_of_gap"] = transfers.cost_of_gap(by, one.amount, quota)
    return {k: replace(m, name=f"{k} of scenario {one.name}") for k, m in found.items()}
