"""A standard in plain language, for the terminal, the report and the documentation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from exitline.rules.condition.spoken import in_words
from exitline.rules.standard.bands import Band, Bands
from exitline.rules.standard.criteria import in_words as criterion_in_words
from exitline.rules.standard.lines import ALWAYS, Line, StandardFigure, years_in_words
from exitline.rules.standard.model import (
    COMPARISON_WORDS,
    EVERYWHERE,
    Cohort,
    Column,
    Criterion,
    ExitRule,
    Indicator,
    Option,
    SourceRef,
    Standard,
)
from exitline.words.money import currency_name, for_whom

UNVERIFIED = "[unverified]"
_LEVELS = {"household": "a household", "village": "a village", "county": "a county"}
_MISSING = {
    "deprived": "a missing value counts as deprived",
    "not deprived": "a missing value counts as not deprived",
    "excluded": "with a missing value it cannot be told",
}


@dataclass(frozen=True)
class Section:
    """A heading and the sentences below it."""

    title: str
    sentences: tuple[str, ...]


def describe(standard: Standard) -> list[Section]:
    """A standard in words: what it holds, who is poor, when one has exited, and its sources.

    Parameters
    ----------
    standard : Standard

    Returns
    -------
    list of Section
        Sections without content are left out. Figures that were not read at their source
        carry the mark "[unverified]".

    Examples
    --------
    >>> from exitline.rules.standard import load
    >>> sections = describe(load("albania-2012"))
    >>> [section.title for section in sections][:3]
    ['Scope', 'Poverty lines', 'Who is poor']
    """
    speaker = _Describer(standard)
    parts: dict[str, Iterable[str]] = {
        "Scope": speaker.scope(),
        "Poverty lines": (speaker.line(line) for line in standard.lines.values()),
        "Deprivations": (speaker.indicator(i) for i in standard.indicators.values()),
        "Cut-offs": speaker.cutoffs(),
        "Bands": (s for bands in standard.bands.values() for s in speaker.bands(bands)),
        "Who is poor": speaker.poor(),
        "When a household has exited": speaker.rule(standard.household),
        "Cohorts": (s for cohort in standard.cohorts for s in speaker.cohort(cohort)),
        "When a village has exited": speaker.rule(standard.village),
        "When a county has exited": speaker.rule(standard.county),
        "What the data must hold": (s for c in standard.columns.values() for s in _column(c)),
        "Not verified": unverified(standard),
        "Sources": (_source(source) for source in standard.sources.values()),
    }
    sections = [Section(title, tuple(sentences)) for title, sentences in parts.items()]
    return [section for section in sections if section.sentences]


def unverified(standard: Standard) -> tuple[str, ...]:
    """What a standard holds that was not read at its source, one phrase each.

    Parameters
    ----------
    standard : Standard

    Examples
    --------
    >>> from exitline.rules.standard import load
    >>> unverified(load("albania-2012"))
    ()
    """
    found: list[str] = []
    for line in standard.lines.values():
        years = [str(period) for period, f in line.values.items() if not f.verified]
        whole = not line.verified or years == [str(ALWAYS)]
        found += [line.label] if whole else [f"{line.label}: {', '.join(years)}"] if years else []
        if line.relative is not None and not line.relative.share.verified:
            found.append(f"{line.label}: its share")
    found += [i.label for i in standard.indicators.values() if not i.verified]
    found += [c.label for c in standard.cutoffs.values() if not c.figure.verified]
    found += [b.label for b in standard.bands.values() if not b.verified]
    found += [c.name for c in standard.columns.values() if c.derived and not c.derived.verified]
    for rule in _rules(standard):
        found += [text for criterion in rule.criteria for text in _unverified(criterion)]
        readings = [reading for option in rule.options for reading in option.readings]
        found += [f"Reading: {reading.label}" for reading in readings if not reading.verified]
    return tuple(dict.fromkeys(found))


def _rules(standard: Standard) -> Iterator[ExitRule]:
    """Every exit rule of a standard."""
    own = (standard.household, standard.village, standard.county)
    yield from (rule for rule in own if rule is not None)
    yield from (cohort.household for cohort in standard.cohorts)


def _unverified(criterion: Criterion) -> Iterator[str]:
    """What a criterion holds that was not read at its source."""
    label = f"{criterion.level.capitalize()}: {criterion.label}"
    if not criterion.verified:
        yield label
        return
    for name, figure in criterion.thresholds.items():
        if not figure.verified:
            yield label + (f" ({name})" if name else "")


@dataclass(frozen=True)
class _Describer:
    standard: Standard

    def scope(self) -> Iterator[str]:
        """Name, place, dates, note."""
        s = self.standard
        yield f"{s.title}."
        dates = _span(s.valid_from, s.valid_to)
        yield f"Standard {s.name}, for {s.jurisdiction}" + (f", valid {dates}." if dates else ".")
        if s.note:
            yield s.note

    def line(self, line: Line) -> str:
        """One line: unit, prices, boundary, figures, source."""
        prices = "current prices" if line.price_base is None else f"prices of {line.price_base}"
        if line.currency == "PPP":
            base = "" if line.price_base is None else f" of {line.price_base}"
            prices = f"purchasing power parities{base}"
        unit = for_whom(currency_name(line.currency), line.per, line.period)
        poor = "below it" if line.boundary == "<" else "at or below it"
        text = f"{line.label}, {unit}, in {prices}: {self.figures(line)}; poor is who is {poor}"
        if line.uprating is not None:
            years = years_in_words(line.uprating.index)
            text += f"; carried to the prices of {years} by the {line.uprating.label}"
        if line.in_use != ALWAYS:
            text += f"; in use {_span(line.in_use.first, line.in_use.last)}"
        if line.jurisdiction != self.standard.jurisdiction:
            text += f"; for {line.jurisdiction}"
        return f"{text}. {self.source(line.source)}{_note(line.note)}"

    def figures(self, line: Line) -> str:
        """A line's figures with their dates."""
        if line.relative is not None:
            share = line.relative.share
            return f"{100 * share.value:.6g} % of the {line.relative.of}{_mark(share.verified)}"
        dated = [
            ("" if period == ALWAYS else f"{period} ") + _figure(figure)
            for period, figure in line.values.items()
        ]
        return "; ".join(dated)

    def indicator(self, indicator: Indicator) -> str:
        """One deprivation."""
        weight = "" if indicator.weight is None else f", weight {indicator.weight}"
        dimension = f" ({indicator.dimension})" if indicator.dimension else ""
        return (
            f"{indicator.label}{dimension}{weight}{_mark(indicator.verified)}: "
            f"{self.words(indicator.deprived)}; {_MISSING[indicator.missing]}. "
            f"{self.source(indicator.source)}{_note(indicator.note)}"
        )

    def cutoffs(self) -> Iterator[str]:
        """From which score on a name applies."""
        for cutoff in self.standard.cutoffs.values():
            of = "a deprivation score" if cutoff.of == "score" else "a number of deprivations"
            mark = _mark(cutoff.figure.verified)
            yield f"{cutoff.label}: {of} of at least {cutoff.at_least}{mark}. " + self.source(
                cutoff.figure.source
            )

    def bands(self, bands: Bands) -> Iterator[str]:
        """Names for stretches of a value."""
        edge = "lower" if bands.edge == "lower" else "upper"
        over = bands.over.replace("_", " ")
        yield (
            f"{bands.label}, by {over}{_mark(bands.verified)}; a band holds its {edge} end. "
            f"{self.source(bands.source)}{_note(bands.note)}"
        )
        for band in bands.bands:
            yield _band(band)
        for gap in bands.gaps:
            yield f"From {gap.low:g} to {gap.high:g} there is no band: {gap.why}."

    def poor(self) -> Iterator[str]:
        """Who is poor."""
        rule = self.standard.household
        if rule is not None and rule.poor is not None:
            yield f"A household is poor if: {self.words(rule.poor)}."

    def rule(self, rule: ExitRule | None) -> Iterator[str]:
        """An exit rule: its criteria, how they are decided, and what else is asked."""
        if rule is None:
            return
        yield (
            f"{_LEVELS[rule.level].capitalize()} has exited if every criterion is met; if one is "
            "not met it has not, and otherwise it cannot be told yet."
        )
        for criterion in rule.criteria:
            yield self.criterion(criterion, rule.source)
        if any(criterion.thresholds for criterion in rule.criteria):
            yield _how(rule)
        for option in rule.options:
            yield self.option(option)
        if rule.weighed:
            yield (
                "Also weighed, without a figure, so not decided here: " + _list(rule.weighed) + "."
            )
        for i, step in enumerate(rule.procedure, start=1):
            yield f"Step {i} of the procedure: {step}"
        yield f"{self.source(rule.source)}{_note(rule.note)}"

    def criterion(self, criterion: Criterion, said: str = "") -> str:
        """One criterion; `said` is the source that is named for the whole rule."""
        text = f"{criterion.label}{_mark(criterion.verified)}: {self.asked(criterion)}."
        if criterion.evidence != "either":
            model = "a full count, a sample, or figures of a model"
            text += f" Evidence: {model if criterion.evidence == 'model' else criterion.evidence}."
        if not criterion.veto:
            text += " Reported only: it does not decide."
        source = "" if criterion.source == said else f" {self.source(criterion.source)}"
        return text + _note(criterion.note) + source

    def asked(self, criterion: Criterion) -> str:
        """What a criterion asks for."""
        condition = "" if criterion.condition is None else self.words(criterion.condition)
        threshold = _thresholds(criterion, self.standard.area_classes)
        return criterion_in_words(criterion, condition, threshold)

    def option(self, option: Option) -> str:
        """A rule that can be read in more than one way."""
        readings = [f"{r.label}{_mark(r.verified)} ({r.name})" for r in option.readings]
        rest = "; or ".join(readings[1:])
        return f"Open to reading: {option.label}. Here: {readings[0]}; or {rest}."

    def cohort(self, cohort: Cohort) -> Iterator[str]:
        """Households that entered in a span of time, and their rule."""
        months = ""
        if cohort.months is not None:
            note = f" ({cohort.months.note})" if cohort.months.note else ""
            mark = _mark(cohort.months.verified)
            months = f", for {cohort.months.value:g} months{mark}{note}"
        yield f"{cohort.label}{months}:"
        for criterion in cohort.household.criteria:
            yield self.criterion(criterion)

    def words(self, condition: object) -> str:
        """A condition with the labels of this standard."""
        from exitline.rules.condition import Condition

        assert isinstance(condition, Condition)
        lines = {name: line.label for name, line in self.standard.lines.items()}
        labels = {name: i.label for name, i in self.standard.indicators.items()}
        return in_words(condition, lines=lines, indicators=labels)

    def source(self, name: str) -> str:
        """Where it was read."""
        source = self.standard.sources[name]
        return f"Source: {source.title}" + ("" if source.verified else f" {UNVERIFIED}") + "."


def _how(rule: ExitRule) -> str:
    """How shares are decided on samples."""
    if rule.rule == "point":
        return "On a sample the estimate itself is compared with the threshold."
    return (
        "On a sample a share meets its threshold only if its one-sided bound at "
        f"{100 * rule.confidence:.6g} % confidence does; a full count is compared exactly."
    )


def _thresholds(criterion: Criterion, classes: Mapping[str, str]) -> str:
    """The comparison and its thresholds."""
    word = COMPARISON_WORDS[criterion.comparison or "below"]
    shown = [
        f"{word} {100 * figure.value:.6g} %{_mark(figure.verified)}"
        + ("" if name == EVERYWHERE else f" ({classes.get(name, name)})")
        for name, figure in criterion.thresholds.items()
    ]
    return ", ".join(shown)


def _band(band: Band) -> str:
    """One band."""
    low = "" if band.low is None else f"from {band.low:g} "
    high = "" if band.high is None else f"to {band.high:g}"
    figure = "" if band.figure is None else f": {_figure(band.figure)}"
    return f"{band.label}, {(low + high).strip() or 'everywhere'}{figure}."


def _column(column: Column) -> Iterator[str]:
    """One column, and what it can be derived from."""
    words = {"number": "a number", "truth": "true or false", "text": "text"}
    unit = f", {column.unit}" if column.unit else ""
    values = f" ({', '.join(column.values)})" if column.values else ""
    level = "" if column.level == "household" else f", of the {column.level}"
    yield f"{column.name}: {column.meaning}; {words[column.kind]}{values}{unit}{level}."
    if column.derived is not None:
        yield (
            f"{column.name} can be derived{_mark(column.derived.verified)}: "
            f"{in_words(column.derived.formula)}.{_note(column.derived.note)}"
        )


def _source(source: SourceRef) -> str:
    """One source."""
    parts = [source.title, source.publisher, source.date, source.url, source.note]
    mark = "" if source.verified else f" {UNVERIFIED}"
    return ", ".join(part.rstrip(".") for part in parts if part) + f".{mark}"


def _figure(figure: StandardFigure) -> str:
    """A number, marked where it is not verified."""
    note = f" ({figure.note})" if figure.note else ""
    return f"{figure.value:,.10g}{_mark(figure.verified)}{note}"


def _mark(verified: bool) -> str:
    """The mark of what was not read at its source."""
    return "" if verified else f" {UNVERIFIED}"


def _note(note: str) -> str:
    """A note as a further sentence."""
    return f" {note}" if note else ""


def _list(words: tuple[str, ...]) -> str:
    """Words with commas and a last "and"."""
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + f" and {words[-1]}"


def _span(first: date | None, last: date | None) -> str:
    """Two dates as "from ... to ..."."""
    start = "" if first is None else f"from {first.isoformat()}"
    end = "" if last is None else f"to {last.isoformat()}"
    return " ".join(part for part in (start, end) if part)
