"""A run's decisions on villages and counties, as the explorer shows them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exitline.publish.explorer.model import OUTCOMES, DecidedCriterion, DecisionSet, Judged
from exitline.publish.explorer.texts import Translations, known
from exitline.words.numbers import write
from exitline.words.said import Text, say

if TYPE_CHECKING:
    from exitline.proof.disclose.hidden import Hidden
    from exitline.publish.explorer.figures import Grid
    from exitline.publish.explorer.runs import RunFolder
    from exitline.publish.explorer.sentences import Sentences
    from exitline.publish.explorer.settings import Settings

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
