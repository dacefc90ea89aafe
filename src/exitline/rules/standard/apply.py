"""A standard's household rules as Ibis expressions over one table: nothing is executed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import lcm
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from exitline.rules.condition import Condition
from exitline.rules.standard.model import ExitRule, Indicator, Standard

if TYPE_CHECKING:
    import ibis

_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class HouseholdStatus:
    """What a standard says of each row of a table; every value may be missing.

    Parameters
    ----------
    poor : ibis.Value or None
        Boolean; None where the standard has no household rule.
    criteria : mapping of str to ibis.Value
        Boolean: true where the criterion is met.
    indicators : mapping of str to ibis.Value
        Boolean: true where deprived, after the rule for missing values.
    scores : mapping of str to ibis.Value
        "deprivations" (their number) and, with weights, "score" (0 to 1).
    outcome : ibis.Value or None
        "met", "not met" or "cannot tell".
    """

    poor: ibis.Value | None
    criteria: Mapping[str, ibis.Value]
    indicators: Mapping[str, ibis.Value]
    scores: Mapping[str, ibis.Value]
    outcome: ibis.Value | None


def household_status(
    standard: Standard,
    table: ibis.Table,
    *,
    lines: Mapping[str, float | ibis.Value] = _NONE,
    names: Mapping[str, ibis.Value] = _NONE,
    rule: ExitRule | None = None,
) -> HouseholdStatus:
    """What a standard says of each household (or person) of a table.

    Parameters
    ----------
    standard : Standard
    table : ibis.Table
        With the standard's columns, or those that they are derived from.
    lines : mapping of str to float or ibis.Value
        The figure of each line, in the unit of the welfare column.
    names : mapping of str to ibis.Value
        Further columns; looked up before the table's own.
    rule : ExitRule, optional
        Another rule than the standard's own, such as a cohort's.

    Returns
    -------
    HouseholdStatus
        Not met if any criterion with a veto is not met, met if all are, else cannot tell.

    Raises
    ------
    ConditionError
        For a column or line that is not there, or of another kind.

    Examples
    --------
    >>> import ibis
    >>> from exitline.rules.standard import load
    >>> table = ibis.table({"welfare": "float64"}, name="t")
    >>> status = household_status(load("albania-2012"), table, lines={"absolute": 4891})
    >>> status.poor.type().is_boolean(), list(status.criteria)
    (True, ['consumption'])
    """
    rule = rule or standard.household
    known = {**derived_columns(standard, table, names), **names}
    states = {
        name: indicator_state(indicator, table, lines=lines, names=known)
        for name, indicator in standard.indicators.items()
    }
    given: dict[str, Any] = {
        "lines": lines,
        "indicators": states,
        "scores": deprivation_scores(standard.indicators, states),
    }
    if rule is None:
        return HouseholdStatus(None, _NONE, states, given["scores"], None)
    poor = None
    if rule.poor is not None:
        poor = rule.poor.build(table, names=known, **given)
        known = {**known, "poor": poor}
    criteria = {
        c.name: _condition(c.condition).build(table, names=known, **given) for c in rule.criteria
    }
    decisive = [criteria[c.name] for c in rule.criteria if c.veto]
    return HouseholdStatus(poor, criteria, states, given["scores"], _outcome(decisive))


def derived_columns(
    standard: Standard, table: ibis.Table, names: Mapping[str, ibis.Value] = _NONE
) -> dict[str, ibis.Value]:
    """Columns that a table lacks and that follow from others it has.

    Parameters
    ----------
    standard : Standard
    table : ibis.Table
    names : mapping of str to ibis.Value
        Further columns.

    Returns
    -------
    dict of str to ibis.Value
        Only columns whose parts are all there.
    """
    there = {*table.columns, *names}
    return {
        name: column.derived.formula.build(table, names=names)
        for name, column in standard.columns.items()
        if name not in there and column.derived is not None and there >= set(column.derived.columns)
    }


def indicator_state(
    indicator: Indicator,
    table: ibis.Table,
    *,
    lines: Mapping[str, float | ibis.Value] = _NONE,
    names: Mapping[str, ibis.Value] = _NONE,
) -> ibis.Value:
    """Whether each row is deprived, after the indicator's rule for missing values."""
    state = indicator.deprived.build(table, lines=lines, names=names)
    if indicator.missing == "excluded":
        return state
    return state.fill_null(indicator.missing == "deprived")


def deprivation_scores(
    indicators: Mapping[str, Indicator], states: Mapping[str, Any]
) -> dict[str, Any]:
    """The number of deprivations, and with weights the score.

    The score is a sum of whole numbers over their common denominator: six weights of 1/18
    give exactly the double that 1/3 gives, whatever the order, so that households at a
    cut-off are told rightly. Adding the weights as doubles would not promise that.

    Parameters
    ----------
    indicators : mapping of str to Indicator
    states : mapping of str to ibis.Value
        Boolean state of each indicator.

    Returns
    -------
    dict of str to ibis.Value
        "deprivations" and "score", both float64; missing where any state is.
    """
    if not indicators:
        return {}
    counts = {name: states[name].cast("int64") for name in indicators}
    weights = {name: i.weight for name, i in indicators.items() if i.weight is not None}
    found = {"deprivations": sum(list(counts.values())[1:], next(iter(counts.values())))}
    found["deprivations"] = found["deprivations"].cast("float64")
    if len(weights) == len(indicators):
        whole = lcm(*(weight.denominator for weight in weights.values()))
        parts = [counts[name] * int(weight * whole) for name, weight in weights.items()]
        found["score"] = sum(parts[1:], parts[0]).cast("float64") / float(whole)
    return found


def _condition(condition: Condition | None) -> Condition:
    """The condition of a household criterion, which always has one."""
    assert condition is not None
    return condition


def _outcome(criteria: list[Any]) -> Any:
    """Not met if any is false, met if all are true, else cannot tell."""
    import ibis

    together: Any = ibis.literal(True)
    for criterion in criteria:
        together = together & criterion
    return ibis.cases((together, "met"), (~together, "not met"), else_="cannot tell")
