"""A run's tables as they may be published: what is hidden is not in them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from exitline.proof.disclose.hidden import LEFT_OUT, REASON, SHOWN, Hidden
from exitline.words.said import say, say_plural

if TYPE_CHECKING:
    from exitline.exits.decide.table import Decisions
    from exitline.exits.target.scenario import Effects
    from exitline.stats.infer.blocks import Block, Estimate
    from exitline.stats.infer.estimates import Estimates

_FIGURES = ("estimate", "se", "df", "population", "deff")


def estimates_shown(estimates: Estimates, hidden: Hidden) -> Estimates:
    """Estimates without the figures that are not published.

    Parameters
    ----------
    estimates : Estimates
    hidden : Hidden

    Returns
    -------
    Estimates
        A suppressed figure is NaN, with the reason; areas of one household, and sets of areas
        that name people, are not in it.
    """
    blocks = [_block(block, hidden) for block in estimates.blocks if block.by not in hidden.sets]
    return replace(estimates, blocks=tuple(blocks), notes=(*estimates.notes, *notes_on(hidden)))


def notes_on(hidden: Hidden) -> tuple[str, ...]:
    """What a reader must know of figures that are not shown."""
    found = [
        say("areas by {column} are not shown: they name households or persons", column=by)
        for by in sorted(hidden.sets)
    ]
    if hidden.outcomes:
        found.append(
            say(
                "the numbers of households by outcome are suppressed: one of them is below {n}",
                n=hidden.min_count,
            )
        )
    alone = sum(by not in hidden.sets for by, _ in hidden.alone)
    if alone:
        found.append(say_plural("{n} area of one household is not shown",
                                "{n} areas of one household are not shown", alone))  # fmt: skip
    gone = len({area for area in hidden.areas - hidden.alone if area[0] not in hidden.sets})
    if gone:
        found.append(
            say_plural("{n} area is suppressed: counts below {m}, and what would reveal them",
                       "{n} areas are suppressed: counts below {m}, and what would reveal them",
                       gone, m=hidden.min_count)
        )  # fmt: skip
    return tuple(found)


def _block(block: Block, hidden: Hidden) -> Block:
    """One set of areas, without what is not published."""
    import numpy as np

    from exitline.stats.infer.intervals import Bounds

    labels = block.rows.labels
    keep = np.array([(block.by, x) not in hidden.alone for x in labels], dtype=bool)
    block = block if keep.all() else _part(block, keep)
    gone = np.array([(block.by, x) in hidden.areas for x in block.rows.labels], dtype=bool)
    if not gone.any():
        return block
    nothing: dict[str, Any] = {n: np.where(gone, np.nan, getattr(block, n)) for n in _FIGURES}
    bounds = Bounds(*(np.where(gone, np.nan, x) for x in (block.bounds.low, block.bounds.high)))
    reasons = zip(block.reason, gone, strict=True)
    return replace(
        block, n=np.where(gone, 0, block.n), bounds=bounds,
        reason=tuple(REASON if hid else said for said, hid in reasons), **nothing,
    )  # fmt: skip


def _part(block: Block, keep: object) -> Block:
    """Some of a block's areas."""
    import numpy as np

    chosen = np.asarray(keep, dtype=bool)
    new = np.cumsum(chosen) - 1
    rows = block.rows
    of = chosen[rows.domain]
    kept = replace(
        rows, domain=new[rows.domain][of],
        keys=tuple(k for k, stays in zip(rows.keys, chosen, strict=True) if stays),
        stratum=rows.stratum[of], stages=tuple(stage[of] for stage in rows.stages),
        n=rows.n[of], cases=rows.cases[of], sums=rows.sums[of],
        times=None if rows.times is None else rows.times[of],
        whole=None if rows.whole is None else rows.whole[of],
    )  # fmt: skip
    at_line = block.at_line
    if at_line is not None:
        at_line = replace(at_line, slope=at_line.slope[chosen])
    bounds = replace(block.bounds, low=block.bounds.low[chosen], high=block.bounds.high[chosen])
    reasons = tuple(r for r, stays in zip(block.reason, chosen, strict=True) if stays)
    figures: dict[str, Any] = {name: getattr(block, name)[chosen] for name in (*_FIGURES, "n")}
    return replace(
        block, rows=kept, bounds=bounds, influence=block.influence[of], at_line=at_line,
        reason=reasons, **figures,
    )  # fmt: skip


def effects_shown(effects: Effects, hidden: Hidden) -> Effects:
    """Effects of transfers without those that would give a small count of a census away.

    Left out are the figures of poverty after a transfer that leaves few poor, or lifts few.

    Parameters
    ----------
    effects : Effects
    hidden : Hidden
    """
    whole = effects.estimates.find(measure="count")
    if whole.se != 0 or not math.isinf(whole.df):  # a sample tells no count
        return effects
    names = dict(effects.names)
    for one in effects.scenarios:
        found = effects.find(one.name, "headcount")
        counts = [x * whole.estimate for x in (found.after, 1 - found.after, found.change.estimate)]
        if any(0.5 < abs(x) < hidden.min_count for x in counts):
            for figure in ("headcount", "poverty_gap", "severity", "cost_of_gap"):
                names.pop((one.name, figure), None)
    return replace(effects, names=names)


def decisions_shown(decisions: Decisions, hidden: Hidden) -> Decisions:
    """Decisions without the figures that are not published.

    Parameters
    ----------
    decisions : Decisions
    hidden : Hidden

    Returns
    -------
    Decisions
        Of a suppressed one the outcome alone is left. A unit of one household has no name: its
        outcome stays, since it is counted.
    """
    from exitline.exits.decide.table import TEXTS, Decisions

    rows = decisions.to_pandas()
    fates = hidden.of_decisions(rows)
    if all(fate == SHOWN for fate in fates):
        return decisions
    counted = {(level, parent, unit) for level, parent, unit, _ in hidden.decisions}
    whose = zip(rows["level"], rows["parent"], rows["unit"], strict=True)
    uncounted = [unit in counted for unit in whose]
    told = {"level", "parent", "unit", "criterion", "outcome", "threshold", "comparison",
            "confidence", "evidence"}  # fmt: skip
    columns: dict[str, list[object]] = {}
    for name, values in decisions.columns.items():
        none: object = REASON if name == "reason" else "" if name in TEXTS else float("nan")
        columns[name] = [
            value
            if (fate == SHOWN and not (few and name in ("n", "population"))) or name in told
            else none
            for value, fate, few in zip(values, fates, uncounted, strict=True)
        ]
    columns["unit"] = _unnamed(decisions, fates)
    return Decisions(columns)


def _unnamed(decisions: Decisions, fates: list[str]) -> list[object]:
    """Names of units; those of one household get a number each."""
    numbers: dict[object, int] = {}
    units = list(zip(*(decisions.columns[n] for n in ("level", "parent", "unit")), strict=True))
    return [
        unit[2] if fate != LEFT_OUT else f"not named {numbers.setdefault(unit, len(numbers) + 1)}"
        for unit, fate in zip(units, fates, strict=True)
    ]


def outcomes_shown(outcomes: Mapping[str, Estimate], hidden: Hidden) -> dict[str, Estimate]:
    """Households by outcome, or none of the numbers where one of them is small."""
    if not hidden.outcomes:
        return dict(outcomes)
    nan = float("nan")
    return {
        name: replace(
            found, estimate=nan, se=nan, ci_low=nan, ci_high=nan, n=0, population=nan, deff=nan,
            reason=REASON,
        )
        for name, found in outcomes.items()
    }  # fmt: skip


__all__ = ["decisions_shown", "estimates_shown", "notes_on", "outcomes_shown"]
