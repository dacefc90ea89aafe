"""A run's estimates as figures of the explorer: worded, bound to claims, small counts hidden.

A run's decisions on villages and counties, as the explorer shows them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from exitline.publish.content.lines import unit_of
from exitline.publish.explorer.edges import class_edges, edges_by_level
from exitline.publish.explorer.model import (
    CANNOT_TELL,
    NO_INTERVAL,
    OUTCOMES,
    SHOWN,
    SUPPRESSED,
    Area,
    AreaLevel,
    DecidedCriterion,
    DecisionSet,
    Judged,
    Series,
    SeriesFigures,
    ShownFigure,
)
from exitline.publish.explorer.runs import key_of
from exitline.publish.explorer.texts import Translations, known
from exitline.publish.report.blocks import LEADS
from exitline.words.catalogue import Language, language
from exitline.words.money import LineWords
from exitline.words.numbers import write
from exitline.words.said import Text, say
from exitline.words.texts import languages

if TYPE_CHECKING:
    from exitline.proof.disclose.hidden import Hidden
    from exitline.publish.explorer.runs import RunFolder
    from exitline.publish.explorer.sentences import Sentences
    from exitline.publish.explorer.settings import Settings


_LOW_IS_BETTER = ("headcount", "household_headcount", "poor_count", "poor_households",
                  "poverty_gap", "severity", "watts", "shortfall", "total_shortfall")  # fmt: skip


@dataclass(frozen=True)
class Grid:
    """Areas by their kind and key, and by position."""

    position: Mapping[tuple[str, str], int]
    areas: tuple[Area, ...]
    levels: tuple[AreaLevel, ...]


def series_of(
    runs: Sequence[RunFolder], grid: Grid, translations: Translations,
    hidden: Sequence[frozenset[int]],
) -> tuple[Series, ...]:  # fmt: skip
    """One series for each measure and line, the leading one first.

    Parameters
    ----------
    runs : sequence of RunFolder
        In order of years.
    grid : Grid
    translations : mapping of str to mapping of str to str
    hidden : sequence of frozenset of int
        Areas of each run that tell nothing, not even by the classes of colours.
    """
    rows: dict[tuple[str, str], list[dict[str, Any]]] = {}
    of_run: dict[tuple[str, str], RunFolder] = {}
    for run, gone in zip(runs, hidden, strict=True):
        for row in run.estimates:
            many = rows.setdefault((row["measure"], row["line"]), [])
            if grid.position[row["by"], row["domain"]] not in gone:
                many.append(row)
            of_run[row["measure"], row["line"]] = run
    found = [_series(pair, many, of_run[pair], grid, translations) for pair, many in rows.items()]
    names = [s.key.split("@")[0] for s in found]
    lead = next((n for n in LEADS if n in names), names[0] if names else "")
    return tuple(sorted(found, key=lambda s: s.key.split("@")[0] != lead))


def _series(
    pair: tuple[str, str], rows: Sequence[dict[str, Any]], run: RunFolder, grid: Grid,
    translations: Translations,
) -> Series:  # fmt: skip
    """A measure at a line in words, with the classes of its colours."""
    measure, line = pair
    words = run.about["measures"][measure]
    unit = "percent" if words["unit"] == "share" else words["unit"]
    scale = 100.0 if unit == "percent" else 1.0
    by_level: dict[int, list[float]] = {}
    for row in rows:
        if row["by"] and math.isfinite(row["estimate"]):
            level = grid.areas[grid.position[row["by"], row["domain"]]].level
            by_level.setdefault(level, []).append(scale * row["estimate"])
    values = [value for of_level in by_level.values() for value in of_level]
    threshold = _threshold(run, measure, grid)
    return Series(
        f"{measure}@{line}", known(words["label"], translations),
        _line_text(run, line, translations), unit,
        _unit_words(measure, unit, run, translations), not run.census,
        100 * run.estimates[0]["level"], class_edges(values, unit, threshold), threshold,
        "low" if measure in _LOW_IS_BETTER else "",
        edges_by_level(by_level, unit, len(grid.levels)),
    )  # fmt: skip


def _line_text(run: RunFolder, line: str, translations: Translations) -> Text:
    """A line in words, in every language: as the explorer's file says it, or as we do."""
    parts, said = run.about.get("line_parts", {}).get(line), run.about["lines"].get(line, "")
    if parts is None:
        return known(said, translations)
    return _in_all(said, LineWords(**parts), translations)


def _in_all(said: str, words: Callable[[Language], str], translations: Translations) -> Text:
    """A text in every language: as the explorer's file says it, or as it is said of its parts."""
    ours = {code: {said: words(language(code))} for code in languages() if code != "en"}
    return known(said, {code: {**of, **translations.get(code, {})} for code, of in ours.items()})


def _unit_words(measure: str, unit: str, run: RunFolder, translations: Translations) -> Any:
    """The unit in words."""
    if unit == "money" and run.about.get("money"):
        parts = [LineWords(**one) for one in run.about["line_parts"].values()]
        return _in_all(run.about["money"], partial(unit_of, parts), translations)
    if unit != "percent":
        return known(unit)
    rows = f"{run.about.get('unit', 'household')}s"
    return known(f"% of {rows if 'household' in measure else run.about['counted']}")


def _threshold(run: RunFolder, measure: str, grid: Grid) -> float | None:
    """What an exit rule holds this share against, where that is one figure for counties."""
    standard = run.about["standard"]
    county = run.about["levels"].get("county")
    if measure != "headcount" or not standard or not any(lv.key == county for lv in grid.levels):
        return None
    found = standard["thresholds"].get("county", [])
    return 100.0 * found[0] if len(found) == 1 else None


def figures_of(
    runs: Sequence[RunFolder], grid: Grid, series: Sequence[Series],
    hidden: Sequence[frozenset[int]],
) -> tuple[SeriesFigures, ...]:  # fmt: skip
    """The figures of every series and year.

    Parameters
    ----------
    runs : sequence of RunFolder
    grid : Grid
    series : sequence of Series
    hidden : sequence of frozenset of int
        Areas whose figures are suppressed, for each run.

    Returns
    -------
    tuple of SeriesFigures
    """
    order = {s.key: i for i, s in enumerate(series)}
    found: list[SeriesFigures] = []
    for year, run in enumerate(runs):
        cells: dict[int, list[ShownFigure]] = {}
        for row in run.estimates:
            area = grid.position[row["by"], row["domain"]]
            number = order[f"{row['measure']}@{row['line']}"]
            cells.setdefault(number, []).append(_cell(row, area, run, series[number], hidden[year]))
        found += [
            SeriesFigures(number, year, tuple(many)) for number, many in sorted(cells.items())
        ]
    return tuple(found)


def _cell(
    row: Mapping[str, Any], area: int, run: RunFolder, series: Series, hidden: frozenset[int]
) -> ShownFigure:
    """One figure: as its claim publishes it, and as it is read."""
    if area in hidden:
        return ShownFigure(area, None, status=SUPPRESSED)
    there = run.claims.get(key_of(row))
    if there is None:
        return ShownFigure(area, None, n=row["n"], status=CANNOT_TELL, reason=known(row["reason"]))
    claim, claim_id = there
    unit = run.about["measures"][row["measure"]]["unit"]
    said = write(row["estimate"], row["ci_low"], row["ci_high"], row["se"], unit, row["reason"])
    low, high = (float(t) if t else None for t in (claim.low, claim.high))
    if row["ci_low"] == row["ci_high"]:  # no sampling error: the claim names no interval
        low = high = float(claim.value)
    if not series.sampled:
        low = high = None
    lacking = series.sampled and low is None
    return ShownFigure(
        area, float(claim.value), low, high, known(said.text),
        known(said.interval) if series.sampled else "",
        row["n"], NO_INTERVAL if lacking else SHOWN, known(said.reason) if lacking else "",
        claim_id,
    )  # fmt: skip


Row = Mapping[str, Any]
HIDDEN = say("The figure is suppressed: it would give a small count away.")


def decisions_of(
    runs: Sequence[RunFolder], grid: Grid, hidden: Sequence[Hidden], settings: Settings,
    sentences: Sentences,
) -> tuple[DecisionSet, ...]:  # fmt: skip
    """Decisions of every level and year.

    Parameters
    ----------
    runs : sequence of RunFolder
        In order of years.
    grid : Grid
    hidden : sequence of Hidden
        What of each run is not published.
    settings : Settings
    sentences : Sentences
        Collects the reasons.

    Returns
    -------
    tuple of DecisionSet
    """
    found = []
    for year, run in enumerate(runs):
        for level in ("county", "village"):
            rows = [r for r in run.decisions if r["level"] == level]
            if rows:
                found.append(_set(rows, run, year, level, grid, hidden[year], settings, sentences))
    return tuple(found)


def _set(
    rows: Sequence[Row], run: RunFolder, year: int, level: str, grid: Grid,
    hidden: Hidden, settings: Settings, sentences: Sentences,
) -> DecisionSet:  # fmt: skip
    """Decisions of one level in one year, the overall outcome first."""
    column = run.about["levels"][level]
    position = {key: i for (by, key), i in grid.position.items() if by == column}
    there = [r for r in rows if r["unit"] in position]
    areas = sorted({position[r["unit"]] for r in there})
    asked = run.about["standard"]["criteria"][level]
    names = ["", *(name for name in asked if any(r["criterion"] == name for r in there))]
    judged = []
    for name in names:
        of = {position[r["unit"]]: r for r in there if r["criterion"] == name}
        gone = {
            a for a, r in of.items()
            if (level, r["parent"], r.get("named", r["unit"]), name) in hidden.decisions
        }  # fmt: skip
        judged.append(tuple(_judged(of.get(a), a in gone, sentences) for a in areas))
    index = next(i for i, lv in enumerate(grid.levels) if lv.key == column)
    criteria = tuple(_asked(n, asked.get(n), settings.translations) for n in names)
    counts = tuple(
        tuple(run.counts.get((level, name, outcome), 0) for outcome in OUTCOMES) for name in names
    )
    return DecisionSet(index, year, criteria, tuple(areas), tuple(judged), counts)


def _asked(
    name: str, words: Mapping[str, str] | None, translations: Translations
) -> DecidedCriterion:
    """A criterion in words."""
    if words is None:
        return DecidedCriterion(name, known("overall"))
    return DecidedCriterion(name, known(words["label"], translations), _rule(words["rule"]))


def _rule(text: str) -> Text:
    """What a criterion asks for: "must be below 3 %"."""
    return say("must be {rule}", rule=known(text)) if text else ""


def _judged(row: Row | None, hidden: bool, sentences: Sentences) -> Judged:
    """One decision; where it is hidden, the outcome alone is said."""
    if row is None:
        return Judged(None)
    outcome = OUTCOMES.index(row["outcome"])
    if hidden:
        return Judged(outcome, "", True, HIDDEN)
    value = row["value"]
    text = ""
    if math.isfinite(value):
        text = write(value, math.nan, math.nan, math.nan, "share").text
    return Judged(outcome, text, False, sentences.take(row["reason"]))
