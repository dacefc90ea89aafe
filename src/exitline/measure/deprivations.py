"""From what a call asks for to the states of each household, and who is left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis

from exitline.errors import DataError, MeasureError
from exitline.measure import portable
from exitline.measure.indicators import (
    Deprivation,
    Indicators,
    exact,
    of_rule_file,
    read_indicators,
)
from exitline.measure.scores import Band, Cut, Spec, States, is_kept
from exitline.standard import Standard, apply, load

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.data.design import Design
    from exitline.data.values import Uses
    from exitline.standard import Condition
    from exitline.standard.model import MissingRule


@dataclass(frozen=True)
class Asked:
    """Indicators and cut-offs, before any data are seen.

    Attributes
    ----------
    spec : Spec
    standard : Standard, optional
        Whose indicators they are.
    declared : bool
        Whether the standard's own rule says who is poor.
    notes : tuple of str
        What a reader must know of weights and cut-offs.
    """

    spec: Spec
    standard: Standard | None = None
    declared: bool = False
    notes: tuple[str, ...] = ()

    @property
    def sets(self) -> tuple[Indicators, ...]:
        """The indicators, and those of destitution."""
        second = self.spec.destitution
        return (self.spec.indicators,) if second is None else (self.spec.indicators, second)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition that is built over the table."""
        each = [one for found in self.sets for one in found.each]
        own = [c for one in each for c in (one.deprived, one.achievement)]
        rule = self.standard.household if self.standard is not None else None
        own.append(rule.poor if rule is not None else None)
        return tuple(c for c in own if c is not None)

    def uses(self, design: Design, by: Any) -> Uses:
        """What each column is used for, which decides its type."""
        from exitline.data.uses import role_uses

        areas = [by] if isinstance(by, str) else by or ()
        of_kind = {
            kind: [name for name, one in self.kinds.items() if one == kind]
            for kind in ("number", "text", "truth")
        }
        codes = [name for area in areas for name in ([area] if isinstance(area, str) else area)]
        return role_uses(
            design, numeric=of_kind["number"], code=[*codes, *of_kind["text"]],
            truth=of_kind["truth"],
        )  # fmt: skip

    @property
    def kinds(self) -> dict[str, str]:
        """Columns that conditions name, with the kind of value that stands for each."""
        from exitline.standard.wanted import wanted

        found = dict.fromkeys((n for c in self.conditions for n in c.columns), "")
        for one in (one for each in self.sets for one in each.each):
            found |= dict(wanted(one.deprived.tree, "truth"))
            if one.achievement is not None:
                found |= dict(wanted(one.achievement.tree, "number"))
        if self.standard is not None:
            columns = dict(self.standard.columns)
            for column in self.standard.columns.values():
                columns |= column.derived.columns if column.derived is not None else {}
            found |= {name: column.kind for name, column in columns.items()}
        return found


def ask(
    indicators: Any,
    k: Any,
    missing: MissingRule,
    bands: Mapping[str, Sequence[Any]],
    destitution: Any,
    columns: Collection[str],
) -> Asked:
    """What is asked for, checked as far as that is possible without data.

    Parameters
    ----------
    indicators, k, missing, bands, destitution
        As in `exitline.mpi`.
    columns : collection of str
        Columns of the data.

    Raises
    ------
    MeasureError, RuleFileError
    """
    standard = _standard(indicators)
    if standard is not None:
        found = of_standard(standard)
    else:
        read = read_indicators(indicators, missing, columns)
        found = Asked(Spec(read, ()), notes=_weights_note(read))
    if k is not None:
        spec = replace(found.spec, cuts=_cuts(k), declared_alone=False)
        found = replace(found, spec=spec, declared=False)
    if not found.spec.cuts:
        raise MeasureError(
            "it is not said who is poor", where="k", expected='k=, a share of all weights: "1/3"',
            got="nothing", remedy='write k="1/3", or several: k=["1/5", "1/3", "1/2"]',
        )  # fmt: skip
    strict = None
    if destitution is not None:
        strict = read_indicators(destitution, missing, columns, "destitution")
    stretches = tuple(_band(name, ends) for name, ends in bands.items())
    return replace(found, spec=replace(found.spec, bands=stretches, destitution=strict))


def of_standard(standard: Standard) -> Asked:
    """The indicators of a standard, and who is poor by its own rule.

    Parameters
    ----------
    standard : Standard

    Raises
    ------
    MeasureError
        When it has no indicators.
    """
    if not standard.indicators:
        raise MeasureError(
            f"the standard {standard.name} has no indicators", where=standard.name,
            expected="a rule file with weighted indicators, such as global-mpi", got="lines alone",
            remedy="name another standard, or give the indicators themselves",
        )  # fmt: skip
    found = of_rule_file(standard.indicators, standard.name)
    notes: tuple[str, ...] = ()
    if any(one.weight is None for one in standard.indicators.values()):
        notes = (f"{standard.name} gives no weights: each indicator counts {found.each[0].weight}",)
    rule = standard.household
    poor = rule.poor if rule is not None else None
    reached = [c for c in standard.cutoffs.values() if c.of == "score"]
    by_score = poor is None or not (poor.columns or poor.lines or poor.indicators)
    first = next((c for c in reached if c.name == "poor"), None)
    cuts = [] if poor is None else [Cut("poor", None, float(first.at_least) if first else _NONE)]
    if by_score:
        cuts += [Cut(c.name, c.at_least) for c in reached if poor is None or c is not first]
    spec = Spec(found, tuple(cuts), declared_alone=not by_score)
    return Asked(spec, standard, poor is not None, notes)


_NONE = float("nan")


def _standard(indicators: Any) -> Standard | None:
    """The standard that is meant; None where indicators are given themselves."""
    if isinstance(indicators, Standard):
        return indicators
    return load(indicators) if isinstance(indicators, str | Path) else None


def _weights_note(read: Indicators) -> tuple[str, ...]:
    """That weights were brought to a sum of 1, where they had another."""
    total = read.total
    if total == 1:
        return ()
    return (f"the weights sum to {float(total):.6g}: each was divided by that",)


def _cuts(k: Any) -> tuple[Cut, ...]:
    """The cut-offs that a call names."""
    several = k if isinstance(k, Sequence) and not isinstance(k, str) else None
    if several is None:
        several = k.tolist() if hasattr(k, "tolist") else [k]
    several = several if isinstance(several, Sequence) else [several]
    found = [_share(one, "k") for one in several]
    return tuple(Cut(_shown(share), share) for share in dict.fromkeys(found))


def _share(value: Any, where: str) -> Fraction:
    """A share of all weights, above 0 and up to 1."""
    share = exact(value, "cut-off", where)
    if not 0 < share <= 1:
        raise MeasureError(
            "the cut-off can never be reached, or always is", where=where,
            expected="a share of all weights, above 0 and up to 1", got=str(value)[:40],
            remedy=f'write {float(share):g} % as "{_shown(share / 100)}"; a third is "1/3"'
            if 1 < share <= 100 else 'a third is "1/3"',
        )  # fmt: skip
    return share


def _shown(share: Fraction) -> str:
    """A share as results name it: 0.2, 1/3."""
    decimal = f"{float(share):.12g}"
    return decimal if Fraction(decimal) == share else str(share)


def _band(name: str, ends: Any) -> Band:
    """A stretch of the score."""
    where = f"bands, {name}"
    pair = list(ends) if isinstance(ends, Sequence) and not isinstance(ends, str) else []
    if len(pair) != 2:
        raise MeasureError(
            "a band needs two ends", where=where, expected='("1/5", "1/3"), or ("1/2", None)',
            got=str(ends)[:40], remedy="give the lowest score in it, and the first above it",
        )  # fmt: skip
    low = Fraction(0) if pair[0] in (None, 0) else _share(pair[0], where)
    high = None if pair[1] is None else _share(pair[1], where)
    if high is not None and high <= low:
        raise MeasureError(
            "a band must end above its beginning", where=where, expected="low < high",
            got=f"{pair[0]}, {pair[1]}", remedy="change the ends",
        )  # fmt: skip
    return Band(name, low, high)


@dataclass(frozen=True)
class Over:
    """What is asked for over a table.

    Attributes
    ----------
    table : ibis.Table
    asked : Asked
    states : States
    raw : mapping of str to ibis.Value
        By indicator: its state before the rule for missing values.
    flags : mapping of str to ibis.Value
        Columns of numbers that stand for true and false.
    """

    table: Any
    asked: Asked
    states: States
    raw: Mapping[str, Any]
    flags: Mapping[str, Any] = field(default_factory=dict)

    def counts(self, design: Design) -> Any:
        """The query: how many rows, how many are kept, what is missing, what is not 0 or 1."""
        known = is_kept(self.asked.spec, self.states)
        counted = {"known": known}
        counted |= {f"missing{i}": state.isnull() for i, state in enumerate(self.raw.values())}
        counted |= {f"odd{i}": _odd(value) for i, value in enumerate(self.flags.values())}
        sums = {name: _number(condition) for name, condition in counted.items()}
        weights = [self.table[name] for name in (design.weight, design.size) if name is not None]
        if weights:
            weight = prod(portable.number(column) for column in weights)
            weight = ibis.ifelse(portable.finite(weight), weight, 0.0)
            sums |= {"all": weight.sum(), "kept": ibis.ifelse(known, weight, 0.0).sum()}
        return self.table.aggregate(rows=self.table.count(), **sums)


def _number(condition: Any) -> Any:
    """On how many rows a condition holds."""
    return condition.fill_null(False).cast("int64").sum()


def states_of(table: Any, asked: Asked, lines: Mapping[str, Any]) -> Over:
    """The states of each row of a table.

    Parameters
    ----------
    table : ibis.Table
    asked : Asked
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


def _flags(table: Any, asked: Asked) -> dict[str, Any]:
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
class Sample:
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


def kept(found: pa.Table, given: Over) -> Sample:
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
                f"the column '{name}' holds more than true and false",
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
    notes = [
        f"{missing[one.name]:,} households with a missing {one.name} count as {one.missing} in it"
        for one in each if one.missing != "excluded" and missing[one.name]
    ]  # fmt: skip
    if known == rows:
        return Sample(all_kept=True, excluded={}, notes=tuple(notes))
    part, whole = row.get("kept", known), row.get("all", rows)
    share = part / whole if whole else float("nan")
    left = {one.name: missing[one.name] for one in each if one.missing == "excluded"}
    notes.insert(
        0,
        f"retained sample: {known:,} of {rows:,} households, {100 * share:.1f} % of the weighted "
        f"population; left out for a missing indicator: {_counted(left)}",
    )
    return Sample(all_kept=False, excluded={"missing_indicator": rows - known}, notes=tuple(notes))


def _counted(missing: Mapping[str, int]) -> str:
    """How often each indicator is missing."""
    return ", ".join(f"{name} {n:,}" for name, n in missing.items() if n) or "none"
