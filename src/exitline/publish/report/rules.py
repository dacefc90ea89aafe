"""The standard on the page: in words, its figures with their sources, unverified ones marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from exitline.publish.report import blocks as b
from exitline.words.numbers import rounded

if TYPE_CHECKING:
    from exitline.publish.report.content import ReportInput
    from exitline.rules.standard import Criterion, ExitRule, Indicator, Line, SourceRef, Standard

_PERIODS_SHOWN = 3
_TOLD_ELSEWHERE = ("Scope", "Sources")
_OPEN = ("", "Poverty lines", "Who is poor", "Not verified")


@dataclass(frozen=True)
class RuleSection:
    """A part of the description in words."""

    title: str
    sentences: tuple[str, ...]

    @property
    def folded(self) -> bool:
        """Whether it is opened only by who wants to know."""
        return self.title not in _OPEN and not self.title.startswith("When a")

    @property
    def marked(self) -> tuple[tuple[str, ...], ...]:
        """The sentences, each cut where a figure is said to be unverified."""
        return tuple(tuple(sentence.split(" [unverified]")) for sentence in self.sentences)


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
    standard = content.standard
    if standard is None:
        return None
    return Rules(
        standard.name, standard.title, _scope(standard), standard.note,
        tuple(s for s in sections(content.description) if s.title not in _TOLD_ELSEWHERE),
        tuple(_figures(content, standard)),
        tuple(_indicator(i, standard.sources) for i in standard.indicators.values()),
        tuple(_source(s) for s in standard.sources.values()), standard.digest,
    )  # fmt: skip


def sections(description: Sequence[Any]) -> tuple[RuleSection, ...]:
    """A description as sections: sentences alone, or records with a title and sentences.

    Parameters
    ----------
    description : sequence
        Of str, of pairs (title, sentences), or of records with `title` (or `heading`) and
        `sentences`.

    Examples
    --------
    >>> sections(["One.", "Two."])
    (RuleSection(title='', sentences=('One.', 'Two.')),)
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
    return (value,) if isinstance(value, str) else tuple(str(v) for v in value)


def _scope(standard: Standard) -> str:
    """Jurisdiction and dates."""
    first, last = standard.valid_from, standard.valid_to
    dates = " ".join(
        part
        for part in (
            f"from {first.isoformat()}" if first else "", f"to {last.isoformat()}" if last else ""
        )
        if part
    )  # fmt: skip
    return ", ".join(
        part for part in (standard.jurisdiction, f"valid {dates}" if dates else "") if part
    )


def _figures(content: ReportInput, standard: Standard) -> Iterable[FigureRow]:
    """Lines and thresholds."""
    asked = {use.name for use in content.study.lines}
    for line in standard.lines.values():
        row = _line(line, content.study.year, standard.sources)
        yield replace(row, used=not asked or line.name in asked)
    for cutoff in standard.cutoffs.values():
        source = _title(cutoff.figure.source, standard.sources)
        what = f"{cutoff.label}: {cutoff.of} of at least"
        yield FigureRow(what, f"{cutoff.figure.value:.4g}", source, cutoff.figure.verified)
    for rule in (standard.household, standard.village, standard.county):
        if rule is not None:
            yield from _criteria(rule, standard.sources)


def _line(line: Line, year: int | None, sources: Mapping[str, SourceRef]) -> FigureRow:
    """A line's figure in the study's year, or the years it has figures for."""
    from exitline.errors import RuleFileError

    below = "below" if line.boundary == "<" else "at or below"
    what = f"{line.label}, {line.unit} (poor: {below} the line)"
    if line.relative is not None:
        share = line.relative.share
        said = f"{100 * share.value:g} % of the {line.relative.of}"
        verified = share.verified and line.verified
        return FigureRow(
            what, said, _title(share.source or line.source, sources), verified, line.note
        )
    try:
        figure = line.figure(year) if year is not None else None
    except RuleFileError:
        figure = None
    if figure is None:
        held = [str(period) for period in line.values]
        said = "; ".join(held[:_PERIODS_SHOWN]) + ("; …" if len(held) > _PERIODS_SHOWN else "")
        return FigureRow(what, f"figures for: {said}", _title(line.source, sources), line.verified)
    places = 0 if figure.value == round(figure.value) else 2
    said = rounded(figure.value, places) + (f" in {year}" if not _timeless(line) else "")
    note = ". ".join(n.rstrip(".") for n in (figure.note, line.note) if n)
    source = _title(figure.source or line.source, sources)
    return FigureRow(what, said, source, figure.verified and line.verified, note)


def _timeless(line: Line) -> bool:
    """Whether the line's figure holds at all times."""
    return line.uprating is None and all(
        period.first is None and period.last is None for period in line.values
    )


def _criteria(rule: ExitRule, sources: Mapping[str, SourceRef]) -> Iterable[FigureRow]:
    """What an exit rule asks for."""
    for criterion in rule.criteria:
        what = f"{rule.level.capitalize()}: {criterion.label}"
        note = criterion.note + ("" if criterion.veto else " Reported only.")
        if not criterion.thresholds:
            said = _condition(criterion)
            source = _title(criterion.source or rule.source, sources)
            yield FigureRow(what, said, source, criterion.verified, note.strip())
        for area, figure in criterion.thresholds.items():
            word = (criterion.comparison or "").replace("_", " ")
            said = f"{word} {100 * figure.value:g} %" + (f" ({area})" if area else "")
            source = _title(figure.source or criterion.source or rule.source, sources)
            verified = figure.verified and criterion.verified
            yield FigureRow(what, said, source, verified, (figure.note or note).strip())


def _condition(criterion: Criterion) -> str:
    return criterion.condition.text if criterion.condition is not None else "as assessed"


def _indicator(indicator: Indicator, sources: Mapping[str, SourceRef]) -> FigureRow:
    """A deprivation: its weight, its condition, and what a missing value means."""
    weight = "" if indicator.weight is None else f"weight {indicator.weight}; "
    said = f"{weight}deprived: {indicator.deprived.text}; missing counts as {indicator.missing}"
    source = _title(indicator.source, sources)
    return FigureRow(indicator.label, said, source, indicator.verified, indicator.note)


def _title(name: str, sources: Mapping[str, SourceRef]) -> str:
    """A source's title, or its name where it is not listed."""
    return sources[name].title if name in sources else name


def _source(source: SourceRef) -> SourceRow:
    """A source; only web addresses become links."""
    web = source.url.lower().startswith(("https://", "http://"))
    parts = (source.publisher, source.date, "" if web else source.url)
    return SourceRow(
        source.name, source.title, ", ".join(part for part in parts if part),
        source.url if web else "", source.verified, source.note,
    )  # fmt: skip


def used_lines(content: ReportInput) -> tuple[str, ...]:
    """The lines of the estimates in words."""
    labels = dict.fromkeys(block.line for block in content.estimates.blocks if block.line)
    return tuple(b.line_words(content, label) for label in labels)
