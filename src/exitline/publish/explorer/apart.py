"""Who stands apart in a run, in the words of the report, for the explorer's pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exitline.foreign import visible
from exitline.publish.content.direction import isolated
from exitline.publish.content.phrases import Phrase, Words, beside_overall, finding
from exitline.publish.explorer.model import SeriesFigures, ShownFigure, StandsApart, Text
from exitline.publish.explorer.texts import LANGUAGES, both, in_language, joined, known

if TYPE_CHECKING:
    from collections.abc import Mapping

    from exitline.publish.content.standing import AreaStanding
    from exitline.publish.explorer.figures import Grid
    from exitline.publish.explorer.model import Series
    from exitline.publish.explorer.runs import RunFolder


def apart_of(
    run: RunFolder,
    grid: Grid,
    figures: SeriesFigures,
    series: Series,
    translations: Mapping[str, str],
) -> tuple[StandsApart, ...]:
    """What is said of the areas of one measure and line.

    Parameters
    ----------
    run : RunFolder
    grid : Grid
    figures : SeriesFigures
        The cells as they are shown.
    series : Series
    translations : mapping of str to str

    Returns
    -------
    tuple of StandsApart
    """
    measure, _, line = series.key.partition("@")
    cells = {cell.area: cell for cell in figures.cells}
    levels = {level.key: i for i, level in enumerate(grid.levels)}
    subject = _subject(run, measure, translations)
    found = []
    for of in run.standings:
        scope = grid.position.get((of.within, of.within_domain))
        if (of.measure, of.line) == (measure, line) and of.by in levels and scope is not None:
            words = _words(of, grid, cells, subject, scope)
            beside = beside_overall(of, words)
            found.append(StandsApart(levels[of.by], scope, as_text(finding(of, words)),
                               "" if beside is None else as_text(beside)))  # fmt: skip
    return tuple(found)


def _subject(run: RunFolder, measure: str, translations: Mapping[str, str]) -> Text:
    """A measure as sentences speak of it."""
    said = run.about["measures"][measure]
    label = known(said["label"], translations)
    return both(said["subject"], in_language(label, "zh"))


def _words(
    of: AreaStanding, grid: Grid, cells: Mapping[int, ShownFigure], subject: Text, scope: int
) -> Words:  # fmt: skip
    """Names and figures as the page shows them."""
    overall = cells.get(scope)

    def name(area: str) -> Text:
        return said(grid.areas[grid.position[of.by, area]].label)

    return Words(
        subject, name, lambda area: cells[grid.position[of.by, area]].text,
        overall.text if overall is not None else "",
    )  # fmt: skip


def said(name: Text) -> Text:
    """A name within a sentence: it turns nothing round that stands beside it.

    Examples
    --------
    >>> print(said("\\u202eTirana")["en"])
    \\u202eTirana
    """
    return {x: isolated(visible(in_language(name, x))) for x in LANGUAGES}


def as_text(phrase: Phrase) -> Text:
    """A phrase in the languages of the page.

    Examples
    --------
    >>> as_text(Phrase("the {0}", "{0}", ({"en": "gap", "zh": "差距"},)))
    {'en': 'The gap', 'zh': '差距'}
    """
    found = _filled(phrase)
    en = in_language(found, "en")
    return both(en[:1].upper() + en[1:], in_language(found, "zh"))


def _filled(part: Any) -> Text:
    """A part of a phrase, which may be one itself."""
    if not isinstance(part, Phrase):
        return part  # type: ignore[no-any-return]
    return joined(both(part.en, part.zh), *(_filled(p) for p in part.parts))
