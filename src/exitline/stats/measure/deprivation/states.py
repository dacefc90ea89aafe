"""Which households are deprived in what, who is left out, and what must be said of that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from math import prod
from operator import and_
from typing import TYPE_CHECKING, Any

import ibis

from exitline.errors import DataError
from exitline.rules.standard import apply
from exitline.stats.data.studies.subpopulation import SUBPOPULATION
from exitline.stats.measure import portable
from exitline.stats.measure.deprivation.indicators import Deprivation, Indicators
from exitline.stats.measure.deprivation.scores import States, is_kept
from exitline.stats.measure.weighting.phases import TAKEN
from exitline.words.said import Told, say_plural

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.stats.data.sampling.design import Design
    from exitline.stats.measure.deprivation.deprivations import AskedIndicators


@dataclass(frozen=True)
class Over:
    """What is asked for over a table.

    Attributes
    ----------
    table : ibis.Table
    asked : AskedIndicators
    states : States
    raw : mapping of str to ibis.Value
        By indicator: its state before the rule for missing values.
    flags : mapping of str to ibis.Value
        Columns of numbers that stand for true and false.
    """

    table: Any
    asked: AskedIndicators
    states: States
    raw: Mapping[str, Any]
    flags: Mapping[str, Any] = field(default_factory=dict)

    def counts(self, design: Design) -> Any:
        """The query: how many rows, how many are kept, what is missing, what is not 0 or 1."""
        known = is_kept(self.asked.spec, self.states)
        counted = {"known": known}
        counted |= {f"missing{i}": state.isnull() for i, state in enumerate(self.raw.values())}
        counted |= {f"odd{i}": _odd(value) for i, value in enumerate(self.flags.values())}
        inside = self._inside()
        if inside is not None:
            counted = {name: condition & inside for name, condition in counted.items()}
        sums = {name: _number(condition) for name, condition in counted.items()}
        weights = [self.table[name] for name in (design.weight, design.size) if name is not None]
        if weights:
            weight = prod(portable.number(column) for column in weights)
            weight = ibis.ifelse(portable.finite(weight), weight, 0.0)
            weight = weight if inside is None else ibis.ifelse(inside, weight, 0.0)
            sums |= {"all": weight.sum(), "kept": ibis.ifelse(known, weight, 0.0).sum()}
        return self.table.aggregate(rows=self.table.count(where=inside), **sums)

    def _inside(self) -> Any | None:
        """Who is of the subpopulation, and of the second phase; None where everyone is."""
        asked = [self.table[c].fill_null(False) for c in (SUBPOPULATION, TAKEN)
                 if c in self.table.columns]  # fmt: skip
        return reduce(and_, asked) if asked else None


def _number(condition: Any) -> Any:
    """On how many rows a condition holds."""
    return condition.fill_null(False).cast("int64").sum()


def states_of(table: Any, asked: AskedIndicators, lines: Mapping[str, Any]) -> Over:
    """The states of each row of a table.

    Parameters
    ----------
    table : ibis.Table
    asked : AskedIndicators
    lines : mapping of str to float or ibis.Value
        Figures of the lines that a standard's conditions name.

    Raises
    ------
    ConditionError
        For a column that is not there, or of another kind.
    """
    flags = _flags(table, asked)
    names = {name: _truth(value) for name, value in flags.items()}
    if asked.standard is not None:
        names = {**apply.derived_columns(asked.standard, table, names), **names}
    first = asked.spec.indicators
    raw = {one.name: _state(one, table, lines, names) for one in first.each}
    deprived = _after_rule(first, raw)
    poor = None
    if asked.standard is not None and asked.declared:
        status = apply.household_status(asked.standard, table, lines=lines, names=names)
        poor = status.poor
    gaps = {
        one.name: (one.below - one.achievement.build(table, names=names)) / one.below
        for one in first.each if first.cardinal and one.achievement is not None
    }  # fmt: skip
    second = asked.spec.destitution
    strict = {}
    if second is not None:
        strict = {one.name: _state(one, table, lines, names) for one in second.each}
        strict = _after_rule(second, strict)
    return Over(table, asked, States(deprived, gaps, poor, strict), raw, flags)


def _state(one: Deprivation, table: Any, lines: Mapping[str, Any], names: Mapping[str, Any]) -> Any:
    """Whether each row is deprived, by the condition alone."""
    state = one.deprived.build(table, lines=lines, names=names)
    if not state.type().is_boolean():
        raise DataError(
            f"the indicator '{one.name}' is neither true nor false", where=one.deprived.text,
            expected="a condition, or a column of zeros and ones",
            got="text" if state.type().is_string() else str(state.type()),
            remedy=f"say which value means deprived: \"{one.deprived.text} = 'none'\"",
        )  # fmt: skip
    return state


def _after_rule(indicators: Indicators, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The states after each indicator's rule for missing values."""
    return {
        one.name: raw[one.name] if one.missing == "excluded"
        else raw[one.name].fill_null(one.missing == "deprived")
        for one in indicators.each
    }  # fmt: skip


def _flags(table: Any, asked: AskedIndicators) -> dict[str, Any]:
    """Columns of numbers where true and false are wanted."""
    return {
        name: portable.number(table[name])
        for name, kind in asked.kinds.items()
        if kind == "truth" and name in table.columns and table[name].type().is_numeric()
    }


def _truth(number: Any) -> Any:
    """True for 1, false for 0, missing for the rest."""
    return ibis.ifelse(portable.finite(number), number == 1.0, ibis.null("boolean"))


def _odd(number: Any) -> Any:
    """Whether a number stands for neither true nor false."""
    there = number.notnull() & ~portable.nan(number)
    return (there & (number != 0.0) & (number != 1.0)).fill_null(False)


@dataclass(frozen=True)
class RetainedSample:
    """The retained sample.

    Attributes
    ----------
    all_kept : bool
    excluded : dict of str to int
        Households left out, by reason.
    notes : tuple of str
    """

    all_kept: bool
    excluded: dict[str, int]
    notes: tuple[str, ...]


def kept(found: pa.Table, given: Over) -> RetainedSample:
    """The retained sample, from the result of `Over.counts`.

    Parameters
    ----------
    found : pyarrow.Table
    given : Over

    Raises
    ------
    DataError
        Where a column of zeros and ones holds something else, or nobody is left.
    """
    row = found.to_pylist()[0]
    for i, name in enumerate(given.flags):
        if row[f"odd{i}"]:
            raise DataError(
                f"the column '{name}' contains more than true and false",
                expected="0 and 1, or true and false",
                got=f"other numbers on {row[f'odd{i}']:,} rows",
                remedy=f'say which value means deprived: "{name} = 2"',
            )  # fmt: skip
    rows, known = int(row["rows"] or 0), int(row["known"] or 0)
    each = given.asked.spec.indicators.each
    missing = {one.name: int(row[f"missing{i}"] or 0) for i, one in enumerate(each)}
    if rows and not known:
        raise DataError(
            "no household can be used: each has a missing indicator",
            expected="a value of every indicator on some rows", got=_counted(missing),
            remedy="complete the columns, or say what a missing value counts as: missing=",
        )  # fmt: skip
    notes: list[str] = [
        say_plural(
            "{n} household with a missing {column} counts as {what} in it",
            "{n} households with a missing {column} count as {what} in it",
            missing[one.name], column=one.name, what=Told(one.missing))
        for one in each if one.missing != "excluded" and missing[one.name]
    ]  # fmt: skip
    if known == rows:
        return RetainedSample(all_kept=True, excluded={}, notes=tuple(notes))
    part, whole = row.get("kept", known), row.get("all", rows)
    share = part / whole if whole else float("nan")
    left = {one.name: missing[one.name] for one in each if one.missing == "excluded"}
    notes.insert(
        0,
        f"retained sample: {known:,} of {rows:,} households, {100 * share:.1f} % of the weighted "
        f"population; left out for a missing indicator: {_counted(left)}",
    )
    return RetainedSample(
        all_kept=False, excluded={"missing_indicator": rows - known}, notes=tuple(notes)
    )


def _counted(missing: Mapping[str, int]) -> str:
    """How often each indicator is missing."""
    return ", ".join(f"{name} {n:,}" for name, n in missing.items() if n) or "none"
