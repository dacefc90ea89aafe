"""The explorer's own sentences about a run: summary, method, protection, how to verify.

Who stands apart in a run, in the words of the report, for the explorer's pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from exitline.foreign import visible
from exitline.publish.content.direction import isolated
from exitline.publish.content.phrases import Words, beside_overall, finding, sentence
from exitline.publish.explorer.model import SeriesFigures, ShownFigure, StandsApart, Verify
from exitline.publish.explorer.texts import Translations, in_language, known
from exitline.words.catalogue import language
from exitline.words.intervals import SHARES
from exitline.words.said import Numeral, Said, Text, say, say_plural
from exitline.words.texts import languages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from exitline.publish.content.standing import AreaStanding
    from exitline.publish.explorer.figures import Grid
    from exitline.publish.explorer.model import DecisionSet, Explorer, Series
    from exitline.publish.explorer.runs import RunFolder
    from exitline.stats.data.keys import Joined


def summary_of(shown: Explorer) -> Said:
    """What is shown, in a sentence."""
    last = shown.years[-1]
    span = last if len(shown.years) < 2 else f"{shown.years[0]}–{last}"
    if not shown.series:
        return say("Decisions by area, {years}.", years=span)
    if not span:
        return say("{measure}, by area.", measure=shown.series[0].label)
    return say("{measure}, by area, {years}.", measure=shown.series[0].label, years=span)


def method_of(runs: Sequence[RunFolder]) -> tuple[tuple[Text, Text], ...]:
    """How the figures came about, term by term."""
    last = runs[-1]
    rows = max((int(row["n"]) for row in last.estimates), default=0)
    persons = last.about.get("unit", "household") == "person"
    if last.census:
        return ((say("Data"), _counted(rows, persons)), *_decided(last, census=True))
    level = last.estimates[0]["level"] if last.estimates else 0.95
    scale = known(SHARES[last.about.get("interval", "logit")])
    intervals = say(
        "{sure} confidence intervals from the sampling design (strata, clusters and weights, by "
        "linearisation); for {scale}. Each speaks for one area: among many areas, about one in {n} "
        "misses.",
        sure=Numeral(f"{100 * level:g} %"), scale=scale, n=round(1 / (1 - level)),
    )  # fmt: skip
    return (
        (say("Data"), _sampled(rows, persons)),
        (say("Intervals"), intervals),
        *_decided(last, census=False),
    )


def _counted(rows: int, persons: bool) -> Said:
    """A full count, and of how many."""
    if persons:
        return say_plural(
            "A full count of {n} person: there is no sampling error.",
            "A full count of {n} persons: there is no sampling error.",
            rows,
        )
    return say_plural(
        "A full count of {n} household: there is no sampling error.",
        "A full count of {n} households: there is no sampling error.",
        rows,
    )


def _sampled(rows: int, persons: bool) -> Said:
    """A sample, and of how many."""
    return (
        say_plural("A sample of {n} person.", "A sample of {n} persons.", rows)
        if persons
        else say_plural("A sample of {n} household.", "A sample of {n} households.", rows)
    )


def _decided(run: RunFolder, *, census: bool) -> tuple[tuple[Text, Text], ...]:
    """How decisions come about."""
    if not run.decisions:
        return ()
    text = (
        say(
            "Each share is compared exactly with its threshold. Where missing values could tip "
            "the comparison, one cannot tell yet."
        )
        if census
        else say(
            "A criterion is met only where the one-sided confidence bound lies beyond the "
            "threshold, and not met only where the other bound does. Between the two, one "
            "cannot tell yet."
        )
    )
    return ((say("Decisions"), text),)


def unplaced(match: Joined, level: str) -> tuple[tuple[Text, Text], ...]:
    """Areas of a level without a place, where these are the most."""
    if not match.few:
        return ()
    text = say(
        "Only {n} of {m} areas of '{level}' are in the table of places; {forms}.",
        n=match.matched, m=match.left.keys, level=level, forms=match.forms,
    )  # fmt: skip
    return ((say("Areas without a place"), text),)


def left_out(decided: Sequence[DecisionSet]) -> tuple[tuple[Text, Text], ...]:
    """That a page carries only so many units of a level, where it does."""
    cut = [(len(d.areas), sum(d.counts[0])) for d in decided if sum(d.counts[0]) > len(d.areas)]
    if not cut:
        return ()
    shown, total = cut[-1]
    text = say(
        "{n} of {m} units of the lowest level are listed here, the undecided and those not met "
        "first; all of them are in decisions.parquet. Numbers count all.",
        n=shown, m=total,
    )  # fmt: skip
    return ((say("Units left out"), text),)


def disclosure_words(shown: Explorer, min_count: float) -> Said:
    """How small counts are protected, and how many figures that concerns."""
    if min_count <= 1:
        return say("No figure is suppressed: whoever made this page switched suppression off.")
    return say(
        "Figures that would reveal a count of fewer than {n} households or persons are "
        "suppressed, and so many others that they cannot be worked out from totals: {m} "
        "figures here. Outcomes are shown all the same.",
        n=min_count, m=shown.suppressed,
    )  # fmt: skip


def verify_of(runs: Sequence[RunFolder], recomputed: bool) -> Verify:
    """How a stranger recomputes the figures."""
    words = (
        say(
            "Every figure is that of a claim of the run. All of them were computed again from "
            "the data when this page was made. To do so yourself, take the data with these "
            "digests and run:"
        )
        if recomputed
        else say(
            "Every figure is that of a claim of the run; they were not computed again from the "
            "data when this page was made. To do so, take the data with these digests and run:"
        )
    )
    commands = tuple(
        dict.fromkeys(str(run.record["verify"]) for run in runs if run.record["verify"])
    )
    digests = [
        (str(part["name"]), str(part["sha256"]))
        for run in runs for part in run.record["inputs"] if part.get("sha256")
    ]  # fmt: skip
    return Verify(words, commands, tuple(dict.fromkeys(digests)))


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
