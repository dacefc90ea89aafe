"""Reading the exit rules of a rule file: household, village, county, cohorts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from exitline.rules.standard import keys as k
from exitline.rules.standard.criteria import CRITERIA
from exitline.rules.standard.keys import COMPARISONS
from exitline.rules.standard.lines import StandardFigure
from exitline.rules.standard.load_context import POOR, LoadContext, SourceInForce
from exitline.rules.standard.load_parts import read_period
from exitline.rules.standard.model import (
    EVERYWHERE,
    Cohort,
    Criterion,
    ExitRule,
    Level,
    Option,
    Reading,
)
from exitline.rules.yamlfile.tree import Tree


def read_rule(level: Level, keys: k.AreaRuleKeys, context: LoadContext) -> ExitRule:
    """The exit rule of one level."""
    origin = context.origin(keys)
    own = isinstance(keys, k.HouseholdRuleKeys)
    poor = context.condition(keys.at(POOR), allow=("indicators",)) if own else None
    criteria = _criteria(level, keys, context, origin)
    confidence = 0.95 if keys.confidence is None else float(keys.confidence)
    if not 0.5 < confidence < 1:
        place = keys.at("confidence")
        raise place.fault(
            "confidence must lie between 0.5 and 1", expected="0.95", got=place.text()
        )
    rule: Any = keys.rule or "test"
    by_class = any(EVERYWHERE not in c.thresholds for c in criteria if c.thresholds)
    names = tuple(criterion.name for criterion in criteria)
    return ExitRule(
        level=level,
        poor=poor,
        criteria=criteria,
        confidence=confidence,
        rule=rule,
        area_class=context.area_column if by_class else None,
        source=origin.source,
        options=_options(keys.options or {}, context, origin, names),
        weighed=keys.weighed or (),
        procedure=keys.procedure or (),
        note=keys.note or "",
    )


def _criteria(
    level: Level, keys: k.AreaRuleKeys, context: LoadContext, origin: SourceInForce
) -> tuple[Criterion, ...]:
    """What a rule asks for; one condition alone is a criterion called "exit"."""
    if isinstance(keys.exits, str):
        condition = context.condition(keys.at("exits"), allow=(POOR, "indicators"))
        return (
            Criterion(
                "exit", "Exit condition", level, "condition", condition,
                source=origin.source, verified=origin.verified,
            ),
        )  # fmt: skip
    if not keys.exits:
        raise keys.at("exits").fault("a rule needs at least one criterion", expected="exits: ...")
    evidence = keys.evidence or "either"
    return tuple(
        _criterion(level, name, entry, context, origin, evidence)
        for name, entry in keys.exits.items()
    )


def _criterion(
    level: Level, name: str, keys: k.CriterionKeys, context: LoadContext, above: SourceInForce,
    evidence: str,
) -> Criterion:  # fmt: skip
    """One criterion."""
    origin = context.origin(keys, above)
    asked = {form.key: level in form.levels for form in CRITERIA.values()}
    for key, allowed in asked.items():
        if getattr(keys, key) is not None and not allowed:
            ways = "one of " + ", ".join(key for key, allowed in asked.items() if allowed)
            raise keys.at(key).fault(f"'{key}' cannot be asked at this level", expected=ways)
    key = _one_of(keys, tuple(k for k in asked if asked[k]), "what the criterion looks at")
    kind, form = next(pair for pair in CRITERIA.items() if pair[1].key == key)
    made: dict[str, Any] = {
        "name": name,
        "label": keys.label,
        "level": level,
        "kind": kind,
        "source": origin.source,
        "verified": origin.verified,
        "veto": True if keys.veto is None else keys.veto,
        "evidence": keys.evidence or evidence,
        "denominator": keys.denominator or "",
        "note": keys.note or "",
    }
    made |= form.read(keys.at(key), level, context)
    if form.compared:
        comparison = _one_of(keys, COMPARISONS, "the comparison")
        thresholds = read_thresholds(keys.at(comparison), context, origin)
        return Criterion(**made, comparison=comparison, thresholds=thresholds)  # type: ignore[arg-type]
    for one in COMPARISONS:
        if getattr(keys, one) is not None:
            why = f"a {kind} is met or not: it has no threshold"
            raise keys.at(one).fault(why, got=one, remedy=f"remove '{one}'")
    return Criterion(**made)


def _one_of(keys: k.CriterionKeys, allowed: tuple[str, ...], what: str) -> str:
    """The one key that stands here out of several."""
    found = [key for key in allowed if getattr(keys, key) is not None]
    if len(found) != 1:
        raise keys.tree.fault(
            f"a criterion needs exactly one key for {what}",
            expected="one of " + ", ".join(allowed),
            got=" and ".join(found) or "none of them",
            remedy="keep one" if found else "add one",
        )
    return found[0]


def read_thresholds(
    here: Tree, context: LoadContext, origin: SourceInForce
) -> Mapping[str, StandardFigure]:
    """One share for everywhere, or one for each area class."""
    if not here.is_mapping or "value" in dict(here.items()):
        return MappingProxyType({EVERYWHERE: _share(here, context, origin)})
    if not context.area_classes:
        raise here.fault(
            "thresholds by area class need 'area_classes'",
            expected="area_classes: {column: ..., classes: {...}}",
            got=", ".join(dict(here.items())),
            remedy="declare the classes, or give one threshold for everywhere",
        )
    found = here.fields(context.area_classes)
    lacking = [name for name in context.area_classes if name not in found]
    if lacking:
        raise here.fault(
            "an area class has no threshold",
            expected="one for each of " + ", ".join(context.area_classes),
            got="none for " + ", ".join(lacking),
            remedy="add the threshold with its source",
        )
    return MappingProxyType({name: _share(value, context, origin) for name, value in found.items()})


def _share(here: Tree, context: LoadContext, origin: SourceInForce) -> StandardFigure:
    return context.figure(k.FigureKeys.read(here), origin, share=True)


def _options(
    keys: Mapping[str, k.OptionKeys], context: LoadContext, origin: SourceInForce,
    criteria: tuple[str, ...],
) -> tuple[Option, ...]:  # fmt: skip
    """The readings that the sources leave open."""
    options = []
    for name, option in keys.items():
        touched = tuple(
            context.known(item, dict.fromkeys(criteria), "criterion")
            for item in option.at("criteria").sequence()
        )
        readings = tuple(
            _reading(key, entry, context, origin, touched) for key, entry in option.readings.items()
        )
        if len(readings) < 2:
            raise option.at("readings").fault("an option needs at least two readings")
        options.append(Option(name, option.label, readings))
    return tuple(options)


def _reading(
    name: str, keys: k.ReadingKeys, context: LoadContext, above: SourceInForce,
    criteria: tuple[str, ...],
) -> Reading:  # fmt: skip
    """One reading."""
    origin = context.origin(keys, above)
    thresholds: Mapping[str, StandardFigure] = MappingProxyType({})
    if keys.threshold is not None:
        thresholds = read_thresholds(keys.threshold, context, origin)
    comparison: Any = keys.comparison
    return Reading(
        name, keys.label, criteria, comparison=comparison, denominator=keys.denominator or "",
        thresholds=thresholds, source=origin.source, verified=origin.verified,
    )  # fmt: skip


def read_cohorts(keys: Mapping[str, k.CohortKeys], context: LoadContext) -> tuple[Cohort, ...]:
    """Cohorts, in order of entry; their spans may not overlap."""
    found: list[tuple[Tree, Cohort]] = []
    for name, one in keys.items():
        origin = context.origin(one)
        period = read_period(one.entered)
        months = None if one.months is None else context.figure(one.months, origin)
        rule = read_rule("household", one.household, context)
        cohort = Cohort(name, one.label, period.first, period.last, rule, months, origin.source)
        found.append((one.tree, cohort))
    found.sort(key=lambda pair: pair[1].entered_from or date.min)
    for (_, before), (entry, after) in pairwise(found):
        ends = before.entered_to
        if ends is None or after.entered_from is None or after.entered_from <= ends:
            raise entry.fault(
                "the dates of two cohorts overlap",
                expected="each day of entry in one cohort at most",
                got=f"'{before.name}' and '{after.name}'",
                remedy="end the earlier cohort the day before the later one begins",
            )
    return tuple(cohort for _, cohort in found)
