"""From what a call asks for to the states of each household, and who is left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.errors import MeasureError
from exitline.rules.standard import Standard, load
from exitline.stats.measure.deprivation.exact_weights import exact
from exitline.stats.measure.deprivation.indicators import Indicators, of_rule_file, read_indicators
from exitline.stats.measure.deprivation.scores import PoorCut, ScoreBand, Spec
from exitline.words.said import say

if TYPE_CHECKING:
    from exitline.rules.condition import Condition
    from exitline.rules.standard.model import MissingRule
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.data.values import Uses


@dataclass(frozen=True)
class AskedIndicators:
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
        from exitline.stats.data.studies.uses import role_uses

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
        from exitline.rules.condition.wanted import wanted

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
) -> AskedIndicators:
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
        found = AskedIndicators(Spec(read, ()), notes=_weights_note(read))
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


def of_standard(standard: Standard) -> AskedIndicators:
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
        weight = str(found.each[0].weight)
        notes = (say("{name} gives no weights: each indicator counts {weight}",
                     name=standard.name, weight=weight),)  # fmt: skip
    rule = standard.household
    poor = rule.poor if rule is not None else None
    reached = [c for c in standard.cutoffs.values() if c.of == "score"]
    by_score = poor is None or not (poor.columns or poor.lines or poor.indicators)
    first = next((c for c in reached if c.name == "poor"), None)
    cuts = (
        [] if poor is None else [PoorCut("poor", None, float(first.at_least) if first else _NONE)]
    )
    if by_score:
        cuts += [PoorCut(c.name, c.at_least) for c in reached if poor is None or c is not first]
    spec = Spec(found, tuple(cuts), declared_alone=not by_score)
    return AskedIndicators(spec, standard, poor is not None, notes)


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


def _cuts(k: Any) -> tuple[PoorCut, ...]:
    """The cut-offs that a call names."""
    several = k if isinstance(k, Sequence) and not isinstance(k, str) else None
    if several is None:
        several = k.tolist() if hasattr(k, "tolist") else [k]
    several = several if isinstance(several, Sequence) else [several]
    found = [_share(one, "k") for one in several]
    return tuple(PoorCut(_shown(share), share) for share in dict.fromkeys(found))


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


def _band(name: str, ends: Any) -> ScoreBand:
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
    return ScoreBand(name, low, high)
