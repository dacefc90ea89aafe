"""Who stands apart in a run, in the words of the report, for the explorer's pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exitline.foreign import visible
from exitline.publish.content.direction import isolated
from exitline.publish.content.phrases import Words, beside_overall, finding, sentence
from exitline.publish.explorer.model import SeriesFigures, ShownFigure, StandsApart
from exitline.publish.explorer.texts import Translations, in_language, known
from exitline.words.catalogue import language
from exitline.words.said import Numeral, Text
from exitline.words.texts import languages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from exitline.publish.content.standing import AreaStanding
    from exitline.publish.explorer.figures import Grid
    from exitline.publish.explorer.model import Series
    from exitline.publish.explorer.runs import RunFolder


def apart_of(
    run: RunFolder,
    grid: Grid,
    figures: SeriesFigures,
    series: Series,
    translations: Translations,
    codes: Iterable[str],
) -> tuple[StandsApart, ...]:
    """What is said of the areas of one measure and line.

    Parameters
    ----------
    run : RunFolder
    grid : Grid
    figures : SeriesFigures
        The cells as they are shown.
    series : Series
    translations : mapping of str to mapping of str to str
    codes : iterable of str
        Languages of the page.

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
            found.append(StandsApart(levels[of.by], scope, as_text(finding(of, words), codes),
                               "" if beside is None else as_text(beside, codes)))  # fmt: skip
    return tuple(found)


def _subject(run: RunFolder, measure: str, translations: Translations) -> Text:
    """A measure as sentences refer to it: elsewhere than in English, by its label."""
    said = run.about["measures"][measure]
    label = known(said["label"], translations)
    return {"en": said["subject"], **dict.fromkeys(languages()[1:], label)}


def _words(
    of: AreaStanding, grid: Grid, cells: Mapping[int, ShownFigure], subject: Text, scope: int
) -> Words:  # fmt: skip
    """Names and figures as the page shows them."""
    overall = cells.get(scope)

    def name(area: str) -> Text:
        return said(grid.areas[grid.position[of.by, area]].label)

    return Words(
        subject, name, lambda area: Numeral(cells[grid.position[of.by, area]].text),
        Numeral(overall.text if overall is not None else ""),
    )  # fmt: skip


def said(name: Text) -> Text:
    """A name within a sentence: it turns nothing round that stands beside it.

    Examples
    --------
    >>> print(said("\\u202eTirana")["en"])
    \\u202eTirana
    """
    return {x: isolated(visible(in_language(name, x))) for x in languages()}


def as_text(said: str, codes: Iterable[str]) -> Text:
    """A finding in the languages of the page, each from a capital letter.

    Examples
    --------
    >>> from exitline.words.said import say
    >>> as_text(say("{subject} by area", subject={"en": "gap", "zh": "差距"}), ["en", "zh"])
    {'en': 'Gap by area', 'zh': '各地区的差距'}
    """
    return {code: sentence(said, language(code)) for code in sorted({"en", *codes})}
