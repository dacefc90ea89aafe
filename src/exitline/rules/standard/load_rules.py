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
from exitline.rules.standard.load_context import (
    POOR,
    LoadContext,
    SourceInForce,
    optional_text,
    texts,
)
from exitline.rules.standard.load_lines import read_period
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
from exitline.rules.yamlfile.values import number


def read_rule(level: Level, here: Tree, context: LoadContext) -> ExitRule:
    """The exit rule of one level."""
    own = (POOR,) if level == "household" else ()
    keys = (k.HouseholdRuleKeys if own else k.AreaRuleKeys).fields(here)
    origin = context.origin(here, keys, SourceInForce())
    poor = context.condition(keys[POOR], allow=("indicators",)) if own else None
    evidence = keys["evidence"].choice(k.EVIDENCE) if "evidence" in keys else "either"
    criteria = _criteria(level, keys["exits"], context, origin, evidence)
    confidence = number(keys["confidence"]) if "confidence" in keys else 0.95
    if not 0.5 < confidence < 1:
        raise keys["confidence"].fault(
            "confidence must lie between 0.5 and 1", expected="0.95", got=keys["confidence"].text()
        )
    rule = keys["rule"].choice(("test", "point")) if "rule" in keys else "test"
    by_class = any(EVERYWHERE not in c.thresholds for c in criteria if c.thresholds)
    names = tuple(criterion.name for criterion in criteria)
    return ExitRule(
        level=level,
        poor=poor,
        criteria=criteria,
        confidence=confidence,
        rule=rule,  # type: ignore[arg-type]
        area_class=context.area_column if by_class else None,
        source=origin.source,
        options=_options(keys, context, origin, names),
        weighed=texts(keys, "weighed"),
        procedure=texts(keys, "procedure"),
        note=optional_text(keys, "note"),
    )


def _criteria(
    level: Level, here: Tree, context: LoadContext, origin: SourceInForce, evidence: str
) -> tuple[Criterion, ...]:
    """What a rule asks for; one condition alone is a criterion called "exit"."""
    if not here.is_mapping:
        condition = context.condition(here, allow=(POOR, "indicators"))
        return (
            Criterion(
                "exit",
                "Exit condition",
                level,
                "condition",
                condition,
                source=origin.source,
                verified=origin.verified,
            ),
        )
    found = dict(here.items())
    if not found:
        raise here.fault("a rule needs at least one criterion", expected="exits: ...")
    return tuple(
        _criterion(level, name, entry, context, origin, evidence) for name, entry in found.items()
    )


def _criterion(
    level: Level, name: str, here: Tree, context: LoadContext, above: SourceInForce, evidence: str
) -> Criterion:
    """One criterion."""
    keys = k.CriterionKeys.fields(here)
    origin = context.origin(here, keys, above)
    asked = {form.key: level in form.levels for form in CRITERIA.values()}
    for key, allowed in asked.items():
        if key in keys and not allowed:
            ways = ", ".join(key for key, allowed in asked.items() if allowed)
            raise keys[key].fault(
                f"'{key}' cannot be asked at this level", expected="one of " + ways
            )
    key = _one_of(here, keys, tuple(k for k in asked if asked[k]), "what the criterion looks at")
    kind, form = next(pair for pair in CRITERIA.items() if pair[1].key == key)
    made: dict[str, Any] = {
        "name": name,
        "label": keys["label"].text(),
        "level": level,
        "kind": kind,
        "source": origin.source,
        "verified": origin.verified,
        "veto": keys["veto"].truth() if "veto" in keys else True,
        "evidence": keys["evidence"].choice(k.EVIDENCE) if "evidence" in keys else evidence,
        "denominator": optional_text(keys, "denominator"),
        "note": optional_text(keys, "note"),
    }
    made |= form.read(keys[key], level, context)
    if form.compared:
        comparison = _one_of(here, keys, COMPARISONS, "the comparison")
        thresholds = read_thresholds(keys[comparison], context, origin)
        return Criterion(**made, comparison=comparison, thresholds=thresholds)  # type: ignore[arg-type]
    for name in COMPARISONS:
        if name in keys:
            why = f"a {kind} is met or not: it has no threshold"
            raise keys[name].fault(why, got=name, remedy=f"remove '{name}'")
    return Criterion(**made)


def _one_of(here: Tree, keys: Mapping[str, Tree], allowed: tuple[str, ...], what: str) -> str:
    """The one key that stands here out of several."""
    found = [key for key in allowed if key in keys]
    if len(found) != 1:
        raise here.fault(
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
        return MappingProxyType({EVERYWHERE: context.figure(here, origin, share=True)})
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
    return MappingProxyType(
        {name: context.figure(value, origin, share=True) for name, value in found.items()}
    )


def _options(
    keys: Mapping[str, Tree], context: LoadContext, origin: SourceInForce, criteria: tuple[str, ...]
) -> tuple[Option, ...]:
    """The readings that the sources leave open."""
    if "options" not in keys:
        return ()
    options = []
    for name, here in keys["options"].items():
        inner = k.OptionKeys.fields(here)
        touched = tuple(
            context.known(item, dict.fromkeys(criteria), "criterion")
            for item in inner["criteria"].sequence()
        )
        readings = tuple(
            _reading(key, entry, context, origin, touched)
            for key, entry in inner["readings"].items()
        )
        if len(readings) < 2:
            raise inner["readings"].fault("an option needs at least two readings")
        options.append(Option(name, inner["label"].text(), readings))
    return tuple(options)


def _reading(
    name: str, here: Tree, context: LoadContext, above: SourceInForce, criteria: tuple[str, ...]
) -> Reading:
    """One reading."""
    keys = k.ReadingKeys.fields(here)
    origin = context.origin(here, keys, above)
    comparison = keys["comparison"].choice(COMPARISONS) if "comparison" in keys else None
    thresholds: Mapping[str, StandardFigure] = MappingProxyType({})
    if "threshold" in keys:
        thresholds = read_thresholds(keys["threshold"], context, origin)
    return Reading(
        name,
        keys["label"].text(),
        criteria,
        comparison=comparison,  # type: ignore[arg-type]
        denominator=optional_text(keys, "denominator"),
        thresholds=thresholds,
        source=origin.source,
        verified=origin.verified,
    )


def read_cohorts(here: Tree, context: LoadContext) -> tuple[Cohort, ...]:
    """Cohorts, in order of entry; their spans may not overlap."""
    found: list[tuple[Tree, Cohort]] = []
    for name, entry in here.items():
        keys = k.CohortKeys.fields(entry)
        origin = context.origin(entry, keys, SourceInForce())
        period = read_period(keys["entered"])
        months = context.figure(keys["months"], origin) if "months" in keys else None
        rule = read_rule("household", keys["household"], context)
        cohort = Cohort(
            name, keys["label"].text(), period.first, period.last, rule, months, origin.source
        )
        found.append((entry, cohort))
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
