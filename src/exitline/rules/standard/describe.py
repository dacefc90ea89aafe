"""A standard in plain language, for the terminal, the report and the documentation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from exitline.rules.condition.spoken import in_words
from exitline.rules.standard import phrases as p
from exitline.rules.standard.bands import Bands
from exitline.rules.standard.criteria import in_words as criterion_in_words
from exitline.rules.standard.lines import ALWAYS, Line, years_in_words
from exitline.rules.standard.model import (
    Cohort,
    Criterion,
    ExitRule,
    Indicator,
    Option,
    Standard,
)
from exitline.words.money import currency_in_each, for_whom
from exitline.words.said import Numeral, Told, collected, say, say_plural, together

_EXITED = {
    "household": collected(
        "A household has exited if every criterion is met; if one is not met it has not, and "
        "otherwise it cannot be told yet."
    ),
    "village": collected(
        "A village has exited if every criterion is met; if one is not met it has not, and "
        "otherwise it cannot be told yet."
    ),
    "county": collected(
        "A county has exited if every criterion is met; if one is not met it has not, and "
        "otherwise it cannot be told yet."
    ),
}
_MISSING = {
    "deprived": collected("a missing value counts as deprived"),
    "not deprived": collected("a missing value counts as not deprived"),
    "excluded": collected("with a missing value it cannot be told"),
}


@dataclass(frozen=True)
class Section:
    """A heading and the sentences below it."""

    title: str
    sentences: tuple[str, ...]


def describe(standard: Standard) -> list[Section]:
    """A standard in words: what it contains, who is poor, when one has exited, and its sources.

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
        collected("Scope"): speaker.scope(),
        collected("Poverty lines"): (speaker.line(line) for line in standard.lines.values()),
        collected("Deprivations"): (speaker.indicator(i) for i in standard.indicators.values()),
        collected("Cut-offs"): speaker.cutoffs(),
        collected("Bands"): (s for bands in standard.bands.values() for s in speaker.bands(bands)),
        collected("Who is poor"): speaker.poor(),
        collected("When a household has exited"): speaker.rule(standard.household),
        collected("Cohorts"): (s for cohort in standard.cohorts for s in speaker.cohort(cohort)),
        collected("When a village has exited"): speaker.rule(standard.village),
        collected("When a county has exited"): speaker.rule(standard.county),
        collected("What the data must hold"): (
            s for c in standard.columns.values() for s in p.column(c)
        ),
        collected("Not verified"): unverified(standard),
        collected("Sources"): (p.source(source) for source in standard.sources.values()),
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
        dated = say("{name}: {what}", name=line.label, what=", ".join(years))
        found += [line.label] if whole else [dated] if years else []
        if line.relative is not None and not line.relative.share.verified:
            found.append(say("{name}: its share", name=line.label))
    found += [i.label for i in standard.indicators.values() if not i.verified]
    found += [c.label for c in standard.cutoffs.values() if not c.figure.verified]
    found += [b.label for b in standard.bands.values() if not b.verified]
    found += [c.name for c in standard.columns.values() if c.derived and not c.derived.verified]
    for rule in _rules(standard):
        found += [text for criterion in rule.criteria for text in _unverified(criterion)]
        readings = [reading for option in rule.options for reading in option.readings]
        found += [say("Reading: {what}", what=one.label) for one in readings if not one.verified]
    return tuple(dict.fromkeys(found))


def _rules(standard: Standard) -> Iterator[ExitRule]:
    """Every exit rule of a standard."""
    own = (standard.household, standard.village, standard.county)
    yield from (rule for rule in own if rule is not None)
    yield from (cohort.household for cohort in standard.cohorts)


def _unverified(criterion: Criterion) -> Iterator[str]:
    """What a criterion holds that was not read at its source."""
    label = say("{name}: {what}", name=Told(criterion.level.capitalize()), what=criterion.label)
    if not criterion.verified:
        yield label
        return
    for name, figure in criterion.thresholds.items():
        if not figure.verified:
            yield say("{text} ({what})", text=label, what=name) if name else label


@dataclass(frozen=True)
class _Describer:
    standard: Standard

    def scope(self) -> Iterator[str]:
        """Name, place, dates, note."""
        s = self.standard
        yield p.sentence(s.title)
        dates = p.span(s.valid_from, s.valid_to)
        about = {"name": s.name, "place": s.jurisdiction}
        if dates:
            yield say("Standard {name}, for {place}, valid {dates}.", **about, dates=dates)
        else:
            yield say("Standard {name}, for {place}.", **about)
        if s.note:
            yield s.note

    def line(self, line: Line) -> str:
        """One line: unit, prices, boundary, figures, source."""
        unit = for_whom(currency_in_each(line.currency), line.per, line.period)
        named = {"label": line.label, "unit": unit, "prices": _prices(line)}
        parts = [
            say("{label}, {unit}, in {prices}: {figures}", **named, figures=self.figures(line)),
            say("those below it are poor")
            if line.boundary == "<"
            else say("those at or below it are poor"),
        ]
        if line.uprating is not None:
            years, by = years_in_words(line.uprating.index), line.uprating.label
            parts.append(
                say("carried to the prices of {years} by the {what}", years=years, what=by)
            )
        if line.in_use != ALWAYS:
            dates = p.span(line.in_use.first, line.in_use.last)
            parts.append(say("in use {dates}", dates=dates))
        if line.jurisdiction != self.standard.jurisdiction:
            parts.append(say("for {place}", place=line.jurisdiction))
        text = p.sentence(together(*parts, sign="; "))
        return together(text, self.source(line.source), line.note)

    def figures(self, line: Line) -> str:
        """A line's figures with their dates."""
        if line.relative is not None:
            share = line.relative.share
            written = Numeral(f"{100 * share.value:.6g} %")
            text = say("{share} of the {what}", share=written, what=Told(line.relative.of))
            return p.marked(text, share.verified)
        dated = [
            p.figure(figure)
            if period == ALWAYS
            else say("{period} {figure}", period=str(period), figure=p.figure(figure))
            for period, figure in line.values.items()
        ]
        return together(*dated, sign="; ")

    def indicator(self, indicator: Indicator) -> str:
        """One deprivation."""
        name: str = indicator.label
        if indicator.dimension:
            name = say("{text} ({what})", text=name, what=indicator.dimension)
        if indicator.weight is not None:
            name = together(name, say("weight {what}", what=str(indicator.weight)), sign=", ")
        asked = say("{name}: {what}", name=p.marked(name, indicator.verified),
                    what=self.words(indicator.deprived))  # fmt: skip
        text = together(asked, Told(_MISSING[indicator.missing]), sign="; ")
        return together(p.sentence(text), self.source(indicator.source), indicator.note)

    def cutoffs(self) -> Iterator[str]:
        """From which score on a name applies."""
        for cutoff in self.standard.cutoffs.values():
            least = p.marked(str(cutoff.at_least), cutoff.figure.verified)
            text = (
                say("{label}: a deprivation score of at least {least}.", label=cutoff.label,
                    least=least)
                if cutoff.of == "score"
                else say("{label}: a number of deprivations of at least {least}.",
                         label=cutoff.label, least=least)
            )  # fmt: skip
            yield together(text, self.source(cutoff.figure.source))

    def bands(self, bands: Bands) -> Iterator[str]:
        """Names for stretches of a value."""
        over = Told(bands.over.replace("_", " "))
        head = p.marked(say("{label}, by {what}", label=bands.label, what=over), bands.verified)
        edge = (
            say("the lower end of a band belongs to it")
            if bands.edge == "lower"
            else say("the upper end of a band belongs to it")
        )
        text = p.sentence(together(head, edge, sign="; "))
        yield together(text, self.source(bands.source), bands.note)
        for band in bands.bands:
            yield p.band(band)
        for gap in bands.gaps:
            ends = {"low": Numeral(f"{gap.low:g}"), "high": Numeral(f"{gap.high:g}")}
            yield say("From {low} to {high} there is no band: {why}.", **ends, why=gap.why)

    def poor(self) -> Iterator[str]:
        """Who is poor."""
        rule = self.standard.household
        if rule is not None and rule.poor is not None:
            yield say("A household is poor if: {condition}.", condition=self.words(rule.poor))

    def rule(self, rule: ExitRule | None) -> Iterator[str]:
        """An exit rule: its criteria, how they are decided, and what else is asked."""
        if rule is None:
            return
        yield say(_EXITED[rule.level])
        for criterion in rule.criteria:
            yield self.criterion(criterion, rule.source)
        if any(criterion.thresholds for criterion in rule.criteria):
            yield p.how_decided(rule)
        for option in rule.options:
            yield self.option(option)
        if rule.weighed:
            yield say(
                "Also weighed, without a figure, so not decided here: {names}.",
                names=_listed(rule.weighed),
            )
        for i, step in enumerate(rule.procedure, start=1):
            yield say("Step {n} of the procedure: {step}", n=i, step=step)
        yield together(self.source(rule.source), rule.note)

    def criterion(self, criterion: Criterion, said: str = "") -> str:
        """One criterion; `said` is the source that is named for the whole rule."""
        name = p.marked(criterion.label, criterion.verified)
        parts = [p.sentence(say("{name}: {what}", name=name, what=self.asked(criterion)))]
        if criterion.evidence != "either":
            kinds = {"model": say("a full count, a sample, or figures of a model")}
            evidence = kinds.get(criterion.evidence, Told(criterion.evidence))
            parts.append(say("Evidence: {what}.", what=evidence))
        if not criterion.veto:
            parts.append(say("Reported only: it does not decide."))
        source = "" if criterion.source == said else self.source(criterion.source)
        return together(*parts, criterion.note, source)

    def asked(self, criterion: Criterion) -> str:
        """What a criterion asks for."""
        condition = "" if criterion.condition is None else self.words(criterion.condition)
        threshold = p.thresholds(criterion, self.standard.area_classes)
        return criterion_in_words(criterion, condition, threshold)

    def option(self, option: Option) -> str:
        """A rule that can be read in more than one way."""
        first, *rest = [
            say("{text} ({what})", text=p.marked(r.label, r.verified), what=r.name)
            for r in option.readings
        ]
        others = together(*(say("or {text}", text=one) for one in rest), sign="; ")
        return together(
            say("Can be read in more than one way: {what}.", what=option.label),
            p.sentence(together(say("Here: {text}", text=first), others, sign="; ")),
        )

    def cohort(self, cohort: Cohort) -> Iterator[str]:
        """Households that entered in a span of time, and their rule."""
        months: str = ""
        if cohort.months is not None:
            span = Numeral(f"{cohort.months.value:g}")
            months = p.marked(
                say_plural("for {n} month", "for {n} months", cohort.months.value, n=span),
                cohort.months.verified,
            )
            if cohort.months.note:
                months = say("{text} ({what})", text=months, what=cohort.months.note)
        yield say("{text}:", text=together(cohort.label, months, sign=", "))
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
        return p.sentence(p.marked(say("Source: {what}", what=source.title), source.verified))


def _prices(line: Line) -> str:
    """In which prices a line is."""
    if line.currency == "PPP" and line.price_base is None:
        return say("purchasing power parities")
    if line.currency == "PPP":
        return say("purchasing power parities of {year}", year=str(line.price_base))
    if line.price_base is None:
        return say("current prices")
    return say("prices of {year}", year=str(line.price_base))


def _listed(names: tuple[str, ...]) -> str:
    """Names with commas and a last "and"."""
    *rest, last = names
    if not rest:
        return last
    return say("{first} and {last}", first=together(*rest, sign=", "), last=last)
