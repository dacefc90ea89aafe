"""Models of small areas that decide criteria, where the standard accepts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exitline.errors import StudyError, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exitline.api.runs.prepare import Ready
    from exitline.exits.decide.chain import ModelShares
    from exitline.rules.standard import Criterion, ExitRule
    from exitline.stats.data.studies.small_areas import SmallAreaUse
    from exitline.stats.smallarea.modelled import Modelled

KEY = "decides"


def deciding_models(
    ready: Ready, rules: Sequence[ExitRule], models: Sequence[Modelled] | None = None
) -> dict[str, dict[str, ModelShares]]:
    """The models' figures that decide, by level and criterion.

    Parameters
    ----------
    ready : Ready
    rules : sequence of ExitRule
        Of the levels whose units the study names.
    models : sequence of Modelled, optional
        Of the study, where they are made already.

    Raises
    ------
    StudyError
        Where a model is to decide what it cannot, or what the standard does not let it.
    """
    asked = [i for i, use in enumerate(ready.study.small_areas) if use.options.get(KEY)]
    found: dict[str, dict[str, ModelShares]] = {}
    if not asked:
        return found
    for i in asked:
        use = ready.study.small_areas[i]
        rule, criterion = _decided(ready, rules, use)
        _require_accepted(ready, use, criterion)
        made = _models(ready, models)[i]
        of_level = found.setdefault(rule.level, {})
        if criterion.name in of_level:
            raise _refused(use, "two models decide one criterion", "one of them", criterion.name)
        of_level[criterion.name] = _shares(use, made)
    return found


def _models(ready: Ready, models: Sequence[Modelled] | None) -> Sequence[Modelled]:
    from exitline.api.area_models.kinds import modelled

    return modelled(ready) if models is None else models


def _decided(
    ready: Ready, rules: Sequence[ExitRule], use: SmallAreaUse
) -> tuple[ExitRule, Criterion]:
    """The criterion that a model is to decide, of the level whose units are its areas."""
    levels = ready.study.levels
    columns = {"village": levels.village, "county": levels.county}
    rule = next((one for one in rules if columns[one.level] == use.area), None)
    if rule is None:
        named = ", ".join(f"'{c}' ({level})" for level, c in columns.items() if c) or "none"
        raise _refused(
            use, "the standard decides nothing on these areas", "the column of a level: " + named,
            f"'{use.area}'",
        )  # fmt: skip
    name = str(use.options[KEY])
    for criterion in rule.criteria:
        if criterion.name == name:
            return rule, criterion
    known = [criterion.name for criterion in rule.criteria]
    raise _refused(
        use, f"the standard has no criterion '{name}' on this level", "one of " + ", ".join(known),
        repr(name), nearest(name, known),
    )  # fmt: skip


def _require_accepted(ready: Ready, use: SmallAreaUse, criterion: Criterion) -> None:
    """Refuse what the standard does not let a model decide, and what needs no model."""
    if criterion.kind != "share":
        raise _refused(
            use, f"'{criterion.name}' is no share of households, which a model could tell",
            "a criterion on a share", criterion.kind,
        )  # fmt: skip
    if criterion.evidence != "model":
        raise _refused(
            use, f"the standard does not let a model decide '{criterion.name}'",
            "evidence: model, in the rule file", f"evidence: {criterion.evidence}",
            "leave 'decides' out: the figures are shown, and decide nothing",
        )  # fmt: skip
    if ready.design.exact:
        raise _refused(
            use, "a full count is decided by what it counts", "a sample, or no 'decides'",
            "census: true",
        )  # fmt: skip


def _shares(use: SmallAreaUse, made: Modelled) -> ModelShares:
    """The figures of the model's own areas that are shares, the first of them."""
    from exitline.exits.decide.chain import ModelShares

    first = made.figures[0]
    if not first.share:
        raise _refused(
            use, f"'{first.measure}' is no share, so it decides nothing",
            "a share as the model's first figure: headcount", f"'{first.measure}'",
        )  # fmt: skip
    pairs = zip(first.estimate.tolist(), first.rmse.tolist(), strict=True)
    return ModelShares(dict(zip(first.areas, pairs, strict=True)))


def _refused(use: SmallAreaUse, what: str, expected: str, got: str, remedy: str = "") -> StudyError:
    return StudyError(
        what, where=use.where, expected=expected, got=got,
        remedy=remedy or "leave 'decides' out, or name what the standard lets a model decide",
    )  # fmt: skip
