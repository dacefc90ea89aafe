"""The standard on the page: in words, its figures with their sources, unverified ones marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from exitline.publish.report import blocks as b
from exitline.words.money import currency_name, for_whom
from exitline.words.numbers import rounded

if TYPE_CHECKING:
    from exitline.publish.report.content import ReportInput
    from exitline.rules.standard import Criterion, ExitRule, Indicator, Line, SourceRef, Standard
    from exitline.words.catalogue import Language

_PERIODS_SHOWN = 3
_TOLD_ELSEWHERE = ("Scope", "Sources")
_OPEN = ("", "Poverty lines", "Who is poor", "Not verified")


@dataclass(frozen=True)
class RuleSection:
    """A part of the description in words."""

    title: str
    sentences: tuple[str, ...]
    opened: bool = True
    mark: str = " [unverified]"

    @property
    def folded(self) -> bool:
        """Whether it is opened only by who wants to know."""
        return not self.opened

    @property
    def marked(self) -> tuple[tuple[str, ...], ...]:
        """The sentences, each cut where a figure is said to be unverified."""
        return tuple(tuple(sentence.split(self.mark)) for sentence in self.sentences)


@dataclass(frozen=True)
class FigureRow:
    """A figure or rule of the standard: what, how much, where it was read, and whether."""

    what: str
    figure: str
    source: str
    verified: bool
    note: str = ""
    used: bool = True


@dataclass(frozen=True)
class SourceRow:
    """A source: `href` only where it is a web address."""

    name: str
    title: str
    detail: str
    href: str
    verified: bool
    note: str


@dataclass(frozen=True)
class Rules:
    """Everything that the page says about the standard."""

    name: str
    title: str
    scope: str
    note: str
    sections: tuple[RuleSection, ...]
    figures: tuple[FigureRow, ...]
    indicators: tuple[FigureRow, ...]
    sources: tuple[SourceRow, ...]
    digest: str

    @property
    def unverified(self) -> int:
        """Figures and rules that the study uses and that were not read at their source."""
        rows = (*self.figures, *self.indicators)
        return sum(row.used and not row.verified for row in rows)


def rules(content: ReportInput) -> Rules | None:
    """The standard as the page shows it; None where the study names none.

    Parameters
    ----------
    content : ReportInput

    Returns
    -------
    Rules or None
    """
    standard, t = content.standard, content.t
    if standard is None:
        return None
    told = (s for s in sections(content.description) if s.title not in _TOLD_ELSEWHERE)
    return Rules(
        standard.name, t.of(standard.title), _scope(standard, t), t.of(standard.note),
        tuple(_told(s, t) for s in told), tuple(_figures(content, standard)),
        tuple(_indicator(i, standard.sources, t) for i in standard.indicators.values()),
        tuple(_source(s, t) for s in standard.sources.values()), standard.digest,
    )  # fmt: skip


def _told(section: RuleSection, t: Language) -> RuleSection:
    """A section in the reader's language; which one is open goes by its title in English."""
    opened = section.title in _OPEN or section.title.startswith("When a")
    said = tuple(t.of(sentence) for sentence in section.sentences)
    return RuleSection(t.of(section.title), said, opened, t("{text} [unverified]", text=""))


def sections(description: Sequence[Any]) -> tuple[RuleSection, ...]:
    """A description as sections: sentences alone, or records with a title and sentences.

    Parameters
    ----------
    description : sequence
        Of str, of pairs (title, sentences), or of records with `title` (or `heading`) and
        `sentences`.

    Examples
    --------
    >>> [(one.title, one.sentences) for one in sections(["One.", "Two."])]
    [('', ('One.', 'Two.'))]
    """
    found: list[RuleSection] = []
    loose: list[str] = []
    for part in description:
        if isinstance(part, str):
            loose.append(part)
        elif isinstance(part, tuple):
            found.append(RuleSection(str(part[0]), _sentences(part[1])))
        else:
            title = getattr(part, "title", None) or getattr(part, "heading", "")
            found.append(RuleSection(str(title), _sentences(part.sentences)))
    return ((RuleSection("", tuple(loose)),) if loose else ()) + tuple(found)


def _sentences(value: str | Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _scope(standard: Standard, t: Language) -> str:
    """Jurisdiction and dates."""
    first, last = standard.valid_from, standard.valid_to
    dates = ""
    if first and last:
        dates = t("valid from {first} to {last}", first=first, last=last)
    elif first:
        dates = t("valid from {first}", first=first)
    elif last:
        dates = t("valid to {last}", last=last)
    return t.joined((standard.jurisdiction, dates), ", ")


def _figures(content: ReportInput, standard: Standard) -> Iterable[FigureRow]:
    """Lines and thresholds."""
    asked, t = {use.name for use in content.study.lines}, content.t
    for line in standard.lines.values():
        row = _line(line, content.study.year, standard.sources, t)
        yield replace(row, used=not asked or line.name in asked)
    for cutoff in standard.cutoffs.values():
        source = t.of(_title(cutoff.figure.source, standard.sources))
        if cutoff.of == "score":
            what = t("{label}: score of at least", label=t.of(cutoff.label))
        else:
            what = t("{label}: count of at least", label=t.of(cutoff.label))
        figure = t.figure(f"{cutoff.figure.value:.4g}")
        yield FigureRow(what, figure, source, cutoff.figure.verified)
    for rule in (standard.household, standard.village, standard.county):
        if rule is not None:
            yield from _criteria(rule, standard, t)


def _unit(line: Line, t: Language) -> str:
    """The unit of a line's figures, in words."""
    return t.shown(for_whom(currency_name(line.currency, t), line.per, line.period))


def _line(line: Line, year: int | None, sources: Mapping[str, SourceRef], t: Language) -> FigureRow:
    """A line's figure in the study's year, or the years it has figures for."""
    from exitline.errors import RuleFileError

    named = {"label": t.of(line.label), "unit": _unit(line, t)}
    if line.boundary == "<":
        what = t("{label}, {unit} (poor: below the line)", **named)
    else:
        what = t("{label}, {unit} (poor: at or below the line)", **named)
    if line.relative is not None:
        share = line.relative.share
        said = t("{share} of the {what}", share=t.figure(f"{100 * share.value:g} %"),
                 what=t.of(str(line.relative.of)))  # fmt: skip
        verified = share.verified and line.verified
        return FigureRow(
            what,
            said,
            t.of(_title(share.source or line.source, sources)),
            verified,
            t.of(line.note),
        )
    try:
        figure = line.figure(year) if year is not None else None
    except RuleFileError:
        figure = None
    if figure is None:
        held = [str(period) for period in line.values]
        said = "; ".join(held[:_PERIODS_SHOWN]) + ("; …" if len(held) > _PERIODS_SHOWN else "")
        source = t.of(_title(line.source, sources))
        return FigureRow(what, t("figures for: {years}", years=said), source, line.verified)
    places = 0 if figure.value == round(figure.value) else 2
    said = rounded(figure.value, places, t=t)
    if not _timeless(line):
        said = t("{subject} in {when}", subject=said, when=str(year))
    note = t.signs[". "].join(t.of(n).rstrip(".\u3002") for n in (figure.note, line.note) if n)
    source = t.of(_title(figure.source or line.source, sources))
    return FigureRow(what, said, source, figure.verified and line.verified, note)


def _timeless(line: Line) -> bool:
    """Whether the line's figure holds at all times."""
    return line.uprating is None and all(
        period.first is None and period.last is None for period in line.values
    )


def _criteria(rule: ExitRule, standard: Standard, t: Language) -> Iterable[FigureRow]:
    """What an exit rule asks for."""
    sources, classes = standard.sources, standard.area_classes
    for criterion in rule.criteria:
        what = t.of(rule.level.capitalize()) + t.in_context("sign", ": ") + t.of(criterion.label)
        note = t.sentences(t.of(criterion.note), "" if criterion.veto else t("Reported only."))
        if not criterion.thresholds:
            said = _condition(criterion, t)
            source = t.of(_title(criterion.source or rule.source, sources))
            yield FigureRow(what, said, source, criterion.verified, note.strip())
        for area, figure in criterion.thresholds.items():
            word = (criterion.comparison or "").replace("_", " ")
            said = t.of(f"{word} {100 * figure.value:g} %")
            said += f" ({t.of(classes.get(area, area))})" if area else ""
            source = t.of(_title(figure.source or criterion.source or rule.source, sources))
            verified = figure.verified and criterion.verified
            yield FigureRow(what, said, source, verified, (t.of(figure.note) or note).strip())


def _condition(criterion: Criterion, t: Language) -> str:
    return criterion.condition.text if criterion.condition is not None else t("as assessed")


def _indicator(indicator: Indicator, sources: Mapping[str, SourceRef], t: Language) -> FigureRow:
    """A deprivation: its weight, its condition, and what a missing value means."""
    weighs = indicator.weight is not None
    weight = t("weight {n}", n=t.figure(str(indicator.weight))) if weighs else ""
    deprived = t("deprived: {condition}", condition=indicator.deprived.text)
    missing = t("missing counts as {state}", state=t.of(indicator.missing))
    source = t.of(_title(indicator.source, sources))
    said = t.joined((weight, deprived, missing))
    return FigureRow(t.of(indicator.label), said, source, indicator.verified, t.of(indicator.note))


def _title(name: str, sources: Mapping[str, SourceRef]) -> str:
    """A source's title, or its name where it is not listed."""
    return sources[name].title if name in sources else name


def _source(source: SourceRef, t: Language) -> SourceRow:
    """A source; only web addresses become links."""
    web = source.url.lower().startswith(("https://", "http://"))
    parts = (t.of(source.publisher), source.date, "" if web else source.url)
    return SourceRow(
        source.name, t.of(source.title), ", ".join(part for part in parts if part),
        source.url if web else "", source.verified, t.of(source.note),
    )  # fmt: skip


def used_lines(content: ReportInput) -> tuple[str, ...]:
    """The lines of the estimates in words."""
    labels = dict.fromkeys(block.line for block in content.estimates.blocks if block.line)
    return tuple(b.line_words(content, label) for label in labels)
