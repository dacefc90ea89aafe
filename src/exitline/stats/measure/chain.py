"""The chain household -> village -> county, as one query each.

First every household gets its status: poor or not, each criterion met, not met or
missing, and the outcome. Then 0/1 flags of these are summed by cluster, village and
county with the same totals query as any estimate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import ibis

from exitline.rules.standard import apply
from exitline.stats.data.keys import written
from exitline.stats.data.readers.names import OWN
from exitline.stats.measure.catalogue import Measure, count_of, share_of

if TYPE_CHECKING:
    from exitline.rules.standard import Criterion, ExitRule, Standard

OUTCOMES = ("met", "not met", "cannot tell")
POOR, OUTCOME = OWN + "poor", OWN + "outcome"
"""Columns of a household's status; all of them are in a name space of their own (`OWN`)."""
_DEPRIVED, _SCORED = OWN + "deprived_", OWN + "scored_"
_FIXED = (
    "household", "village", "county", "area_class", "poor", "outcome", "village_code",
    "county_code",
)  # fmt: skip
_NO_NAMES: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class LevelColumns:
    """Columns that name the units of each level.

    Attributes
    ----------
    household : str or None
        Household id, carried into the household decisions.
    village, county : str or None
    area_class : str or None
        Column with the area class (for instance west or other).
    """

    household: str | None = None
    village: str | None = None
    county: str | None = None
    area_class: str | None = None

    @property
    def areas(self) -> tuple[str, ...]:
        """Village and county columns that are set, county first."""
        return tuple(c for c in (self.county, self.village) if c is not None)


def household_status(
    table: Any, standard: Standard, lines: Mapping[str, Any], was_poor: str | None = None
) -> Any:
    """Households with their status under the standard.

    Parameters
    ----------
    table : ibis.Table
        Bound table with the columns that the standard's conditions name.
    standard : Standard
    lines : mapping of str to float or ibis.Value
        The figure of each line, in the unit of the welfare column.
    was_poor : str, optional
        Column that says who was poor, or registered as poor, before: all others have no
        outcome, as nobody can leave poverty who was not poor.

    Returns
    -------
    ibis.Table
        The table with `POOR` (boolean, missing where it cannot be told), `criterion_column`
        of each household criterion, `OUTCOME` ("not met" if any criterion is not met, "met" if
        all are, else "cannot tell"), and the indicators and scores where the standard has any.
    """
    status = apply.household_status(standard, table, lines=lines)
    new: dict[str, Any] = {f"{_DEPRIVED}{name}": s for name, s in status.indicators.items()}
    new |= {f"{_SCORED}{name}": value for name, value in status.scores.items()}
    new |= {criterion_column(name): state for name, state in status.criteria.items()}
    if status.poor is not None:
        new[POOR] = status.poor
    if status.outcome is not None:
        new[OUTCOME] = status.outcome
        if was_poor is not None:
            before = table[was_poor].fill_null(False)
            new[OUTCOME] = ibis.ifelse(before, status.outcome, ibis.null("string"))
    return table.mutate(**new)


def criterion_column(name: str) -> str:
    """The column of `household_status` that holds a criterion's state."""
    return f"{OWN}criterion_{name}"


def criterion_names(standard: Standard, taken: Iterable[str] = ()) -> dict[str, str]:
    """What the columns of a standard's household criteria are called where people read them.

    Parameters
    ----------
    standard : Standard
    taken : iterable of str
        Names that stand for something else, beside those of the units, poor and outcome.

    Returns
    -------
    dict of str to str
        By criterion: its own name, or criterion_<name> where that is taken.

    Examples
    --------
    >>> from exitline.rules.standard import load
    >>> criterion_names(load("albania-2012"), ["Consumption"])
    {'consumption': 'criterion_consumption'}
    """
    used = {name.casefold() for name in (*_FIXED, *taken)}
    found: dict[str, str] = {}
    rule = standard.household
    for criterion in rule.criteria if rule is not None else ():
        name = criterion.name
        while name.casefold() in used:
            name = f"criterion_{name}"
        used.add(name.casefold())
        found[criterion.name] = name
    return found


def with_flags(table: Any, rules: tuple[ExitRule, ...], given_lines: Mapping[str, Any]) -> Any:
    """Households with the 0/1 columns that village and county criteria sum.

    Parameters
    ----------
    table : ibis.Table
        From `household_status`.
    rules : tuple of ExitRule
        Village and county rules.
    given_lines : mapping of str to float or ibis.Value

    Returns
    -------
    ibis.Table
        With a flag for each outcome and the poor and, for each share criterion, those known
        to be in it, those in it or missing, and those missing (`chain_measures` sums them).
    """
    new: dict[str, Any] = {}
    if OUTCOME in table.columns:
        for outcome in OUTCOMES:
            new[f"{OWN}flag_{outcome.replace(' ', '_')}"] = _flag(table[OUTCOME] == outcome)
    if POOR in table.columns:
        new[f"{OWN}flag_poor"] = _flag(table[POOR].fill_null(False))
    for rule in rules:
        for criterion in share_criteria(rule):
            state = _share_state(table, criterion, given_lines)
            key = f"{rule.level}_{criterion.name}"
            new[f"{OWN}low_{key}"] = _flag(state.fill_null(False))
            new[f"{OWN}high_{key}"] = _flag(state.fill_null(True))
            new[f"{OWN}gap_{key}"] = _flag(state.isnull())
    return table.mutate(**new)


def _share_state(table: Any, criterion: Criterion, lines: Mapping[str, Any]) -> Any:
    """The condition whose share a criterion takes, on each household."""
    assert criterion.condition is not None
    return criterion.condition.build(
        table,
        names={"poor": table[POOR]} if POOR in table.columns else {},
        lines=lines,
        indicators=_prefixed(table, _DEPRIVED),
        scores=_prefixed(table, _SCORED),
    )


def _prefixed(table: Any, prefix: str) -> dict[str, Any]:
    """Columns that begin so, by the rest of their names."""
    return {c.removeprefix(prefix): table[c] for c in table.columns if c.startswith(prefix)}


def _flag(condition: Any) -> Any:
    return ibis.ifelse(condition, 1.0, 0.0)


def share_criteria(rule: ExitRule) -> tuple[Criterion, ...]:
    """Criteria of a rule that are shares of persons or households."""
    return tuple(c for c in rule.criteria if c.kind == "share")


def chain_measures(rules: tuple[ExitRule, ...], columns: tuple[str, ...]) -> tuple[Measure, ...]:
    """The measures that village and county decisions rest on.

    Parameters
    ----------
    rules : tuple of ExitRule
    columns : tuple of str
        Columns of the table from `with_flags`.

    Returns
    -------
    tuple of Measure
        Counts of households by outcome and poverty, and the low, high and missing share
        or count of each share criterion.
    """
    counted = ("flag_met", "flag_not_met", "flag_cannot_tell", "flag_poor")
    measures = [count_of(OWN + c, name=c) for c in counted if OWN + c in columns]
    for rule in rules:
        for criterion in share_criteria(rule):
            key = f"{rule.level}_{criterion.name}"
            for part in ("low", "high"):
                name = f"{part}_{key}"
                measures.append(share_of(OWN + name, criterion.unit, name))
            measures.append(count_of(f"{OWN}gap_{key}", name=f"gap_{key}"))
    return tuple(measures)


def household_decisions(
    table: Any, levels: LevelColumns, standard: Standard, shown: Mapping[str, Any] = _NO_NAMES
) -> Any:
    """One row per household: its unit ids, whether it is poor, each criterion, the outcome.

    Parameters
    ----------
    table : ibis.Table
        From `household_status`.
    levels : LevelColumns
    standard : Standard
    shown : mapping of level to ibis.Table
        What the units of a level are called, where they have labels: columns code and name.

    Returns
    -------
    ibis.Table
        Columns ``household``, ``village``, ``county`` (as far as named), ``poor``, one boolean
        per criterion (see `criterion_names`), ``outcome``; a unit that has a label is called by
        it, and ``village_code`` or ``county_code`` is what the data hold.
    """
    for level, names in shown.items():
        code, key = f"{OWN}code_of_{level}", f"{OWN}key_of_{level}"
        known = names.select(**{code: written(names["code"]), f"{OWN}{level}": names["name"]})
        table = table.mutate(**{key: written(table[getattr(levels, level)])})
        table = table.left_join(known, table[key] == known[code])
    new: dict[str, Any] = {}
    for name in ("household", "village", "county"):
        column = getattr(levels, name)
        if column is not None and name in shown:
            new[name] = table[f"{OWN}{name}"].coalesce(table[f"{OWN}key_of_{name}"])
            new[f"{name}_code"] = table[column]
        elif column is not None:
            new[name] = table[column]
    if POOR in table.columns:
        new["poor"] = table[POOR]
    for name, column in criterion_names(standard).items():
        new[column] = table[criterion_column(name)]
    new["outcome"] = table[OUTCOME]
    return table.select(**new)


def unit_codes(table: Any, column: str) -> Any:
    """The units that a column names, each once, as they are written.

    Parameters
    ----------
    table : ibis.Table
    column : str

    Returns
    -------
    ibis.Table
        With the column ``code``, in order; rows without a unit are left out.
    """
    found = table.select(code=written(table[column])).distinct()
    return found.filter(found["code"].notnull()).order_by("code")
