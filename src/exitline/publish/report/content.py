"""What a report is made of: the results of a run, as the rooms below hand them over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, cast

from exitline.words.catalogue import ENGLISH, Language

if TYPE_CHECKING:
    from exitline.exits.decide.table import Decisions
    from exitline.exits.target.scenario import Effects
    from exitline.publish.report.findings.sections import FoundPage
    from exitline.rules.standard import ExitRule, Standard
    from exitline.stats.data.checking.findings import Finding
    from exitline.stats.data.money import StudyLine
    from exitline.stats.data.studies.study import Study
    from exitline.stats.infer.blocks import Estimate
    from exitline.stats.infer.estimates import Estimates
    from exitline.stats.measure.catalogue import Measure
    from exitline.stats.smallarea.modelled import Modelled

_EMPTY: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class OutcomeCounts:
    """Households or persons by outcome, weighted where the data are a sample.

    Parameters
    ----------
    met, not_met, cannot_tell : float
        0 or above.

    Examples
    --------
    >>> OutcomeCounts.of({"met": 3, "not met": 1}).total
    4.0
    """

    met: float
    not_met: float
    cannot_tell: float

    @classmethod
    def of(cls, counts: Mapping[str, float]) -> OutcomeCounts:
        """From a mapping of "met", "not met" and "cannot tell" to numbers."""
        return cls(*(float(counts.get(o, 0.0)) for o in ("met", "not met", "cannot tell")))

    @property
    def total(self) -> float:
        """All of them."""
        return self.met + self.not_met + self.cannot_tell


class RunLike(Protocol):
    """What `exitline.api.runs.running` hands over (a `Run`)."""

    @property
    def study(self) -> Study: ...
    @property
    def standard(self) -> Standard | None: ...
    @property
    def estimates(self) -> Estimates: ...
    @property
    def decisions(self) -> Decisions: ...
    @property
    def households(self) -> Mapping[str, float]: ...
    @property
    def findings(self) -> Sequence[Finding]: ...
    @property
    def provenance(self) -> Mapping[str, Any]: ...
    @property
    def models(self) -> Sequence[Modelled]: ...
    @property
    def effects(self) -> Effects | None: ...


def _told(counts: Mapping[str, float]) -> bool:
    """Whether the numbers may be told: a suppressed one is NaN."""
    return all(value == value for value in counts.values())


@dataclass(frozen=True)
class ReportInput:
    """Everything that one report says.

    Parameters
    ----------
    study : Study
    estimates : Estimates
    standard : Standard, optional
    lines : sequence of StudyLine
        The lines of the estimates, in the unit of welfare, with their sources.
    description : sequence
        The standard in plain words: sentences, or sections with a title and sentences.
    decisions : Decisions, optional
        On villages and counties; rows about single households are never shown.
    households, persons : OutcomeCounts, optional
        Households, and persons in them, by outcome of the household rule.
    outcome_estimates : mapping of str to Estimate
        Outcome -> the number of households with it, estimated from a sample with its
        interval; goes with `households`.
    findings : sequence of Finding
        From the data-quality report.
    notes : sequence of str
        What a reader must know beside the estimates' own notes.
    provenance : mapping
        Versions, digests, timings, the command that recomputes the run; shown as given.
    labels : mapping of str to mapping of str to str
        Area column: value as text -> label for people.
    titles : mapping of str to str
        Area column -> its name for people.
    models : sequence of Modelled
        Models of small areas.
    effects : Effects, optional
        What the transfers of a scenario do, as it may be published.
    pages : sequence of FoundPage
        Movements, watch and assessment that the study asks for: sections of their own.
    measures : mapping of str to Measure
        Measures that the catalogue does not know by name.
    t : Language
        The reader's.

    Examples
    --------
    >>> from exitline.api import estimate
    >>> from exitline.stats.data import parse_study
    >>> study = parse_study("{study: Four homes, data: {households: homes.csv}}")
    >>> import pandas as pd
    >>> homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 9.0]})
    >>> ReportInput(study, estimate(homes, "headcount", welfare="y", line=2.5)).sampled
    True
    """

    study: Study
    estimates: Estimates
    standard: Standard | None = None
    lines: Sequence[StudyLine] = ()
    description: Sequence[Any] = ()
    decisions: Decisions | None = None
    households: OutcomeCounts | None = None
    persons: OutcomeCounts | None = None
    outcome_estimates: Mapping[str, Estimate] = field(default_factory=lambda: _EMPTY)
    findings: Sequence[Finding] = ()
    notes: Sequence[str] = ()
    provenance: Mapping[str, Any] = field(default_factory=lambda: _EMPTY)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: _EMPTY)
    titles: Mapping[str, str] = field(default_factory=lambda: _EMPTY)
    measures: Mapping[str, Measure] = field(default_factory=lambda: _EMPTY)
    models: Sequence[Modelled] = ()
    effects: Effects | None = None
    pages: Sequence[FoundPage] = ()
    t: Language = ENGLISH

    @property
    def sampled(self) -> bool:
        """False for a full count, which has no sampling error."""
        return not self.study.design.exact

    @classmethod
    def from_run(cls, found: RunLike, **more: Any) -> ReportInput:
        """The report's input from a finished run.

        Parameters
        ----------
        found : Run
            See `exitline.api.runs.running`.
        **more
            Fields that a run does not hold (labels, titles, persons, ...), or instead of its.

        Returns
        -------
        ReportInput
        """
        from exitline.publish.content.indicators import named_measures
        from exitline.rules.standard.describe import describe
        from exitline.stats.data.money import study_lines

        named = [use.name for use in found.study.lines if use.name is not None]
        counts = found.households
        own: dict[str, Any] = {
            "study": found.study,
            "estimates": found.estimates,
            "standard": found.standard,
            "lines": study_lines(found.study, found.standard, named),
            "description": describe(found.standard) if found.standard is not None else (),
            "decisions": found.decisions,
            "households": OutcomeCounts.of(counts) if counts and _told(counts) else None,
            "findings": found.findings,
            "provenance": found.provenance,
            "models": found.models,
            "effects": found.effects,
            "measures": named_measures(
                (block.measure for block in found.estimates.blocks), found.standard
            ),
        }
        return cls(**{**own, **more})

    def area_title(self, column: str) -> str:
        """An area column's name for people."""
        from exitline.words.labels import column_words

        return self.study.area_titles.get(column) or self.titles.get(column) or column_words(column)

    def area_label(self, columns: Sequence[str], key: Sequence[str]) -> str:
        """An area's name for people, from its values of some area columns."""
        from exitline.foreign import visible
        from exitline.stats.infer.intake.cells import label_of

        parts = [
            self.labels.get(name, {}).get(value, value)
            for name, value in zip(columns, key, strict=True)
        ]
        return visible(label_of(tuple(parts)))


def as_mapping(counts: OutcomeCounts) -> dict[str, float]:
    """Counts by the words that results use for outcomes."""
    return {"met": counts.met, "not met": counts.not_met, "cannot tell": counts.cannot_tell}


def rule_of(content: ReportInput, level: str) -> ExitRule | None:
    """The standard's rule for a level."""
    from exitline.rules.standard.model import Level as StandardLevel

    if content.standard is None:
        return None
    return content.standard.rule(cast("StandardLevel", level))
