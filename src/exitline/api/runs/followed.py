"""What a study asks for beside its own figures: movements of a panel, a watch, an assessment.

Also the models of small areas that decide criteria, where the standard accepts them.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from exitline.errors import ExitlineError, StudyError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from exitline.api.deciding.assessing import Assessed
    from exitline.api.runs.prepare import Ready
    from exitline.exits.decide.chain import ModelShares
    from exitline.exits.watch.watchlist import WatchList
    from exitline.publish.report.findings.sections import FoundPage
    from exitline.rules.standard import Criterion, ExitRule
    from exitline.stats.data.scannable import Source
    from exitline.stats.data.studies.panels import AssessmentUse, PanelUse
    from exitline.stats.data.studies.small_areas import SmallAreaUse
    from exitline.stats.data.studies.study import Study
    from exitline.stats.data.table_ref import TableRef
    from exitline.stats.panel.report import DynamicsSection
    from exitline.stats.smallarea.modelled import Modelled
    from exitline.words.catalogue import Language


@dataclass(frozen=True)
class FollowedHouseholds:
    """What a run found beside its own figures.

    Attributes
    ----------
    dynamics : tuple of DynamicsSection
        Of the study's panel.
    watch : WatchList or None
        Of the panel's watch.
    assessment : Assessed or None
    """

    dynamics: tuple[DynamicsSection, ...] = ()
    watch: WatchList | None = None
    assessment: Assessed | None = None

    def shown(self, min_count: float, *, census: bool) -> FollowedHouseholds:
        """Without figures that would give a small count away.

        Parameters
        ----------
        min_count : float
        census : bool
            Whether the data are a full count.
        """
        from exitline.publish.content.followed import parts_shown, watch_shown

        watch = self.watch
        return replace(
            self, dynamics=parts_shown(self.dynamics, min_count, census=census),
            watch=watch and watch_shown(watch, min_count, census=census),
        )  # fmt: skip

    def pages(self, t: Language) -> tuple[FoundPage, ...]:
        """The same pages that `dynamics`, `watch` and `assess` write; no household is named.

        Parameters
        ----------
        t : Language
        """
        from exitline.publish.report.findings.assessed import assessment_page
        from exitline.publish.report.findings.moved import dynamics_page
        from exitline.publish.report.findings.watched import watch_page

        pages = [dynamics_page(self.dynamics, t)] if self.dynamics else []
        if self.watch is not None:
            pages.append(watch_page(self.watch, t))
        if (one := self.assessment) is not None:
            answers = [(county, given) for county, given, _ in one.answers]
            pages.append(assessment_page(one.assessments, answers, one.standard, t))
        return tuple(pages)


def followed(ready: Ready) -> FollowedHouseholds:
    """Follow the study's panel, make its watch, judge its assessment.

    Parameters
    ----------
    ready : Ready

    Raises
    ------
    ExitlineError
        For a table, a column or a line that cannot be used, with the key of the study.
    """
    panel, assessment = ready.study.panel, ready.study.assessment
    moved, watched = ((), None) if panel is None else _panel(ready, panel)
    judged = None if assessment is None else _assessment(ready, assessment)
    return FollowedHouseholds(moved, watched, judged)


def _panel(ready: Ready, use: PanelUse) -> tuple[tuple[DynamicsSection, ...], WatchList | None]:
    """Movements, and the watch where it is asked for."""
    from exitline.api.deciding.panels import dynamics, watch
    from exitline.publish.content.followed import parts_called, watch_called

    with _said_of(use.where):
        tables = _opened(use.tables or (ready.study.households,), ready.study)
        given = {**_of_the_study(ready), **use.options}
        both = ("household", "welfare", "state", "wave", "waves", "line", "boundary", "design")
        asked = {name: given[name] for name in both if name in given}
        given["by"] = tuple(given.get("by", ()))
        study = ready.study
        moved = dynamics(
            tables if len(tables) > 1 else tables[0], level=study.confidence,
            interval=study.interval, engine=ready.engine, **given,
        )  # fmt: skip
    moved = parts_called(moved, use.called, study.area_titles)
    if use.watch is None:
        return moved, None
    with _said_of(f"{use.where}.watch"):
        listed = watch(
            tables if len(tables) > 1 else tables[0], level=study.confidence, engine=ready.engine,
            **asked, **use.watch,
        )  # fmt: skip
    return moved, watch_called(listed, use.called)


def _opened(tables: Sequence[TableRef], study: Study) -> list[Source]:
    """The panel's tables, with what the study calls the values of their columns."""
    sources = [table.open() for table in tables]
    return [replace(one, labels={**one.labels, **study.labels}) for one in sources]


def _of_the_study(ready: Ready) -> dict[str, Any]:
    """What the study says already: the id, the design, the first line."""
    study = ready.study
    found: dict[str, Any] = {"design": study.design}
    if (own := study.columns.get("household")) is not None:
        found["household"] = own
    panel = study.panel
    assert panel is not None
    if "line" not in panel.options and "welfare" in panel.options:
        found |= _first_line(ready)
    if "household" not in panel.options and "household" not in found:
        raise StudyError(
            "it is not said which households of the panel are the same", where=panel.where,
            expected="household: the column of the household's id", got="none",
            remedy="add it below panel, or below columns",
        )  # fmt: skip
    return found


def _first_line(ready: Ready) -> dict[str, Any]:
    """The study's first line, where it is one amount for all waves."""
    line = ready.data.lines[0] if ready.data.lines else None
    if line is None or line.value is None:
        panel = ready.study.panel
        assert panel is not None
        raise StudyError(
            "it is not said below which line the panel is poor", where=panel.where,
            expected="line: a number, a column, or a number for each wave",
            got="no line" if line is None else f"the study's '{line.label}', which is no amount",
            remedy="add 'line' below panel",
        )  # fmt: skip
    return {"line": line.value, "boundary": line.boundary}


def _assessment(ready: Ready, use: AssessmentUse) -> Assessed:
    """Counties judged by the study's standard, under the readings that the study chose."""
    from exitline.api.deciding.assessing import assess

    study = ready.study
    with _said_of(use.where):
        reference = study.reference_of(use.standard) if use.standard else study.standard_reference
        if reference is None:
            raise StudyError(
                "an assessment is judged by a standard", where=use.where,
                expected="a standard with a county rule", got="none",
                remedy="name it: `exitline standards` lists those shipped",
            )  # fmt: skip
        options = dict(use.options)
        return assess(
            use.visits.open(), counts=use.counts.open(), standard=str(reference),
            readings=study.readings.get("county"), column=options.pop("columns", None), **options,
        )  # fmt: skip


@contextmanager
def _said_of(where: str) -> Iterator[None]:
    """Faults that name no line of the study name the section."""
    try:
        yield
    except ExitlineError as reason:
        if reason.where is None or not reason.where.startswith(where.partition(":")[0]):
            reason.where = f"{where}: {reason.where}" if reason.where else where
        raise


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
