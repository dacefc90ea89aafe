"""What the explorer shows, as records; `Explorer.payload` is what page and server hand out.

Every figure here is already as it may be published: rounded, bound to its claim, and
suppressed where it must be. Neither the page nor the server sees anything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from exitline.publish.explorer.moved_line import MovedLine
from exitline.publish.explorer.texts import as_payload
from exitline.words.said import Text

SHOWN, SUPPRESSED, CANNOT_TELL, NO_INTERVAL = 0, 1, 2, 3
"""Status of a figure."""
OUTCOMES = ("met", "not met", "cannot tell")
"""Outcomes in the order of their codes."""
FORMAT = "exitline-explorer/1"


@dataclass(frozen=True)
class AreaLevel:
    """A kind of area: provinces, counties, villages.

    Attributes
    ----------
    key : str
        The column, or columns joined with ", ".
    title, many : text
        One area of the kind, and several.
    within : int
        The level it lies in, -1 for all together.
    layout : {"tiles", "dots", "map", "list"}
        How positions are meant: columns and rows, points in the unit square, shapes with a
        point inside each, or none.
    aspect : float
        Width by height of the picture of dots or shapes.
    width : int
        Steps of the shapes' paths from west to east; 0 for none.
    """

    key: str
    title: Text
    many: Text
    within: int = -1
    layout: Literal["tiles", "dots", "map", "list"] = "list"
    aspect: float = 1.0
    width: int = 0


@dataclass(frozen=True)
class Area:
    """One area; the first of an explorer is everything together.

    Attributes
    ----------
    key : str
    label : text
    level : int
        -1 for all together.
    within : int
        The area it lies in.
    x, y : float or None
        Position, as the level's layout means it.
    shape : str
        Its boundary as a path of SVG, "" for none.
    """

    key: str
    label: Text
    level: int = -1
    within: int = -1
    x: float | None = None
    y: float | None = None
    shape: str = ""


@dataclass(frozen=True)
class Series:
    """A measure at a line.

    Attributes
    ----------
    key : str
    label, line, unit_words : text
        What it is, the line in words, and the unit in words.
    unit : str
        "percent", "persons", "households", "money", "index", "number" or "areas".
    sampled : bool
        False for a full count, which has no intervals.
    level : float
        Confidence of the intervals in percent.
    edges : tuple of float
        Edges of the classes that colour shows, ascending, at most four.
    edges_at : tuple of tuple of float
        Those of each level, where figures grow with the size of areas; empty where all levels
        share theirs.
    threshold : float or None
        Of an exit rule: one of the edges.
    good : {"low", "high", ""}
        Which end is better.
    """

    key: str
    label: Text
    line: Text
    unit: str
    unit_words: Text
    sampled: bool
    level: float = 95.0
    edges: tuple[float, ...] = ()
    threshold: float | None = None
    good: Literal["low", "high", ""] = ""
    edges_at: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True)
class ShownFigure:
    """One figure as it is shown.

    Attributes
    ----------
    area : int
    value, low, high : float or None
        For drawing and sorting, in the unit of the series (percent: 0 to 100).
    text, interval : str
        As they are read.
    n : int or None
        Households it rests on.
    status : int
    reason : text
        Why there is no figure or no interval.
    claim : str
        First letters of the claim's id ("" where the figure is not of a claim).
    """

    area: int
    value: float | None
    low: float | None = None
    high: float | None = None
    text: str = ""
    interval: str = ""
    n: int | None = None
    status: int = SHOWN
    reason: Text = ""
    claim: str = ""


@dataclass(frozen=True)
class StandsApart:
    """Who stands apart among the areas of one level that lie in one area.

    Attributes
    ----------
    level, scope : int
        The kind of area, and the area they lie in.
    finding, beside : text
        The finding, and how the areas stand to the overall figure ("" for nothing to say).
    """

    level: int
    scope: int
    finding: Text
    beside: Text = ""


@dataclass(frozen=True)
class SeriesFigures:
    """The figures of one series in one year."""

    series: int
    year: int
    cells: tuple[ShownFigure, ...]
    apart: tuple[StandsApart, ...] = ()


@dataclass(frozen=True)
class Judged:
    """One unit checked against one criterion: outcome code, observed value, why.

    A reason is a text, or the position of a template followed by what stands in it.
    """

    outcome: int | None
    text: str = ""
    hidden: bool = False
    reason: Text | list[int | str] = ""


@dataclass(frozen=True)
class DecidedCriterion:
    """A criterion: "" is the overall outcome."""

    key: str
    label: Text
    rule: Text = ""


@dataclass(frozen=True)
class DecisionSet:
    """Decisions on the areas of one level in one year.

    Attributes
    ----------
    level, year : int
    criteria : tuple of DecidedCriterion
        The overall outcome first.
    areas : tuple of int
    judged : tuple of tuple of Judged
        For each criterion, one for each area.
    counts : tuple of tuple of int
        For each criterion, how many units have each outcome, those not shown included.
    """

    level: int
    year: int
    criteria: tuple[DecidedCriterion, ...]
    areas: tuple[int, ...]
    judged: tuple[tuple[Judged, ...], ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Verify:
    """How a stranger recomputes what is shown."""

    words: Text
    commands: tuple[str, ...] = ()
    digests: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Explorer:
    """Everything one explorer shows."""

    kind: Literal["run", "record"]
    title: Text
    summary: Text
    languages: tuple[str, ...]
    years: tuple[str, ...]
    levels: tuple[AreaLevel, ...]
    areas: tuple[Area, ...]
    series: tuple[Series, ...]
    figures: tuple[SeriesFigures, ...]
    decisions: tuple[DecisionSet, ...] = ()
    notice: Text | None = None
    outcomes: tuple[Text, Text, Text] = ("met", "not met", "cannot tell yet")
    templates: tuple[Text, ...] = ()
    standard: tuple[Text, tuple[Text, ...]] | None = None
    sources: tuple[tuple[Text, str], ...] = ()
    method: tuple[tuple[Text, Text], ...] = ()
    disclosure: Text = ""
    verify: Verify = field(default_factory=lambda: Verify(""))
    rows: Literal["household", "person"] = "household"
    opens: str = ""
    slide: MovedLine | None = None

    @property
    def suppressed(self) -> int:
        """How many figures are suppressed."""
        cells = sum(c.status == SUPPRESSED for f in self.figures for c in f.cells)
        return cells + sum(j.hidden for d in self.decisions for row in d.judged for j in row)

    @property
    def _area_columns(self) -> tuple[str, ...]:
        """What is told of areas; of shapes only where there are some."""
        shapes = ("shape",) if any(area.shape for area in self.areas) else ()
        return ("key", "label", "level", "within", "x", "y", *shapes)

    def payload(self) -> dict[str, Any]:
        """The explorer as JSON-ready data, column by column.

        Returns
        -------
        dict
            Texts are strings, or mappings from language to string.
        """
        from exitline.version import __version__

        found = {
            "format": FORMAT,
            "software": f"exitline {__version__}",
            "kind": self.kind,
            "rows": self.rows,
            "title": self.title,
            "summary": self.summary,
            "notice": self.notice,
            "opens": self.opens,
            "slide": self.slide.payload() if self.slide is not None else None,
            "languages": list(self.languages),
            "years": list(self.years),
            "levels": [vars(level) for level in self.levels],
            "areas": columns_of(self.areas, self._area_columns),
            "series": [series_payload(s) for s in self.series],
            "figures": [figures_payload(f) for f in self.figures],
            "decisions": [decisions_payload(d) for d in self.decisions],
            "outcomes": list(self.outcomes),
            "templates": list(self.templates),
            "palette": "record" if self.kind == "record" else "rule",
            "standard": (
                {"title": self.standard[0], "text": list(self.standard[1])}
                if self.standard is not None
                else None
            ),
            "sources": [{"title": title, "url": url} for title, url in self.sources],
            "method": [{"term": term, "text": text} for term, text in self.method],
            "disclosure": {"words": self.disclosure, "suppressed": self.suppressed},
            "verify": {
                "words": self.verify.words,
                "commands": list(self.verify.commands),
                "digests": [{"name": n, "sha256": d} for n, d in self.verify.digests],
            },
        }
        return {name: as_payload(part, self.languages) for name, part in found.items()}


def columns_of(records: Sequence[Any], names: Sequence[str]) -> dict[str, list[Any]]:
    """Records as columns.

    Examples
    --------
    >>> columns_of([Area("a", "A"), Area("b", "B", 0, 0)], ("key", "level"))
    {'key': ['a', 'b'], 'level': [-1, 0]}
    """
    return {name: [getattr(record, name) for record in records] for name in names}


def series_payload(series: Series) -> dict[str, Any]:
    """A series; a full count has no confidence."""
    found = {**vars(series), "edges": list(series.edges)}
    found["edges_at"] = [list(edges) for edges in series.edges_at]
    if not series.edges_at:
        del found["edges_at"]
    if not series.sampled:
        del found["level"]
    return found


def figures_payload(figures: SeriesFigures) -> dict[str, Any]:
    """Figures as columns; reasons, which are few, by position."""
    names = ("area", "value", "low", "high", "text", "interval", "n", "status", "claim")
    reasons = {str(i): c.reason for i, c in enumerate(figures.cells) if c.reason}
    return {
        "series": figures.series,
        "year": figures.year,
        **columns_of(figures.cells, names),
        "reason": reasons,
        "apart": [vars(said) for said in figures.apart],
    }


def decisions_payload(decided: DecisionSet) -> dict[str, Any]:
    """Decisions as columns, one list for each criterion."""
    return {
        "level": decided.level,
        "year": decided.year,
        "criteria": [vars(criterion) for criterion in decided.criteria],
        "counts": [list(of) for of in decided.counts],
        "area": list(decided.areas),
        "outcome": [[j.outcome for j in row] for row in decided.judged],
        "text": [[j.text for j in row] for row in decided.judged],
        "hidden": [[int(j.hidden) for j in row] for row in decided.judged],
        "reason": [[j.reason for j in row] for row in decided.judged],
    }
