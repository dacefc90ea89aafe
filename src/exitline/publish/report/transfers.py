"""What the transfers of a study's scenario do: poverty, gap, inequality and cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from exitline.exits.target.scenario import COMPARED
from exitline.publish.report import blocks as b
from exitline.publish.report.table import Row, Table, TableCell, TableColumn
from exitline.words.numbers import MINUS, write

if TYPE_CHECKING:
    from exitline.exits.target.scenario import Effects, Scenario
    from exitline.publish.report.content import ReportInput
    from exitline.stats.infer.blocks import Estimate
    from exitline.words.catalogue import Language

FILE = "scenario.parquet"


@dataclass(frozen=True)
class TransferSection:
    """One transfer: who gets it, what it does, what it costs."""

    title: str
    who: str
    table: Table
    costs: tuple[str, ...]
    note: str


def transfer_sections(content: ReportInput) -> tuple[TransferSection, ...]:
    """Every transfer of a scenario, in the order of the study.

    Parameters
    ----------
    content : ReportInput
    """
    effects = content.effects
    if effects is None:
        return ()
    return tuple(
        _section(content, effects, one, f"transfer{i}")
        for i, one in enumerate(effects.scenarios, start=1)
    )


def _section(content: ReportInput, effects: Effects, one: Scenario, key: str) -> TransferSection:
    """One transfer."""
    t = content.t
    known = [figure for figure in COMPARED if (one.name, figure) in effects.names]
    columns = (
        TableColumn("name", t("Measure")), TableColumn("number", t("Before")),
        TableColumn("figure", t("After"), b.interval_words(content)),
        TableColumn("figure", t("Change"), b.interval_words(content)),
        TableColumn("number", t("Standard error"), t("of the change")),
    )  # fmt: skip
    table = Table(
        key, t("What {name} does", name=one.name), columns,
        tuple(_row(content, effects, one.name, figure) for figure in known), file=FILE,
        total=len(known),
    )  # fmt: skip
    gone = len(COMPARED) - len(known)
    note = t("Figures that would give a small count away are not shown.") if gone else ""
    costs = _costs(content, effects, one.name)
    return TransferSection(one.name, _who(one, t, b.money_words(content)), table, costs, note)


def _who(one: Scenario, t: Language, money: str) -> str:
    """Who gets how much."""
    amount = t.figure(f"{one.amount:,g}") + (f" ({money})" if money else "")
    if one.score is not None:
        share = t.figure(f"{100 * (one.quota or 0):g} %")
        return t("{amount} for each person of the {share} with the lowest {score}", amount=amount,
                 share=share, score=one.score)  # fmt: skip
    if one.to is None:
        return t("{amount} for each person", amount=amount)
    return t("{amount} for each person where {condition}", amount=amount, condition=one.to)


def _row(content: ReportInput, effects: Effects, name: str, figure: str) -> Row:
    """One figure before and after."""
    t, words = content.t, b.naming(content, figure)
    effect, after = effects.find(name, figure), effects.after(name, figure)
    unit = words.unit
    before = write(effect.before, effect.before, effect.before, after.se, unit, t=t)
    then = write(after.estimate, after.ci_low, after.ci_high, after.se, unit, t=t)
    se = effect.change.se
    error = write(se, se, se, se, unit, t=t).text if se > 0 else t("none")
    return (
        TableCell(words.label), TableCell(before.text, effect.before),
        TableCell(str(then), after.estimate),
        TableCell(_changed(effect.change, unit, t), effect.change.estimate),
        TableCell(error, se),
    )  # fmt: skip


def _changed(change: Estimate, unit: str, t: Language) -> str:
    """A change with its sign and interval, shares in percentage points."""
    from exitline.words.numbers import decimals

    places = max(decimals(change.se, unit, change.estimate), 0)
    scale = 100.0 if unit == "share" else 1.0
    if unit == "share":
        places = max(places, 1)

    def signed(x: float) -> str:
        text = f"{abs(scale * x):,.{places}f}"
        sign = "" if float(text.replace(",", "")) == 0 else "+" if x > 0 else MINUS
        return t.figure(sign + text)

    if not change.se > 0:
        return signed(change.estimate)
    ends = t("{low} to {high}", low=signed(change.ci_low), high=signed(change.ci_high))
    return f"{signed(change.estimate)} ({ends})"


def _costs(content: ReportInput, effects: Effects, name: str) -> tuple[str, ...]:
    """What a transfer costs, and what each unit of the gap that it closes costs."""
    t, said = content.t, []
    if (name, "cost") in effects.names:
        cost = effects.after(name, "cost")
        text = write(cost.estimate, cost.ci_low, cost.ci_high, cost.se, "money", t=t)
        said.append(t("It costs {cost}.", cost=str(text)))
    if (name, "cost_of_gap") in effects.names:
        gap = effects.after(name, "cost_of_gap")
        text = write(gap.estimate, gap.ci_low, gap.ci_high, gap.se, "index", t=t)
        said.append(t("Each unit of the poverty gap that it closes costs {cost} units.",
                      cost=str(text)))  # fmt: skip
    return tuple(said)
