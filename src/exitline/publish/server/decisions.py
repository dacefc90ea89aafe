"""Operations on decisions: each of them, and how many units have each outcome."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from exitline.publish.explorer.from_runs import MOST_UNITS
from exitline.publish.explorer.texts import in_language
from exitline.publish.server import records
from exitline.publish.server.asked import ReadRequest
from exitline.publish.server.declare import Example, Operation, Parameter, Selection
from exitline.publish.server.parameters import ROOT, choices, table, within

if TYPE_CHECKING:
    from exitline.publish.explorer.model import DecisionSet, Explorer
    from exitline.publish.server.catalogue import Catalogue


def decisions(lang: Parameter, found: Catalogue) -> Operation:
    """Each decision with its reason.

    Parameters
    ----------
    lang : Parameter
    found : Catalogue
    """
    shown = found.shown
    names = records.outcome_names(shown)
    level, *others = _parameters(shown)
    examples = [Example("Outcomes over all criteria", {"criterion": records.OVERALL}),
                Example(f"Where the outcome is {names[1]}", {"outcome": names[1]}),
                Example("As CSV", {"format": "csv"})]  # fmt: skip
    return Operation(
        f"{ROOT}/decisions", "decisions", "Decisions with their reasons",
        _WORDS[shown.kind],
        (*level, *within(found), *(p for some in others for p in some), *table(lang)),
        records.decision_record(names), _decided,
        examples=tuple(examples if shown.decisions else examples[-1:]),
    )  # fmt: skip


def outcomes(lang: Parameter, found: Catalogue) -> Operation:
    """How many areas have each outcome.

    Parameters
    ----------
    lang : Parameter
    found : Catalogue
    """
    named = records.outcome_names(found.shown)
    return Operation(
        f"{ROOT}/outcomes", "outcomes", "How many areas have each outcome",
        "For each criterion, and over all of them; areas that are not listed are counted too.",
        (*(p for some in _parameters(found.shown) for p in some), *table(lang)),
        records.count_record(named), _counted,
        examples=(Example("All of them", {}), Example("As CSV", {"format": "csv"})),
    )  # fmt: skip


def _parameters(shown: Explorer) -> tuple[tuple[Parameter, ...], ...]:
    """Level, year, outcome and criterion, where there is a choice."""
    criteria = [c.key or records.OVERALL for d in shown.decisions for c in d.criteria]
    levels = [shown.levels[d.level].key for d in shown.decisions]
    names = records.outcome_names(shown)
    said = "; ".join(
        f"{name}: {in_language(text, 'en')}"
        for name, text in zip(names, shown.outcomes, strict=True)
    )
    return (
        choices("level", "Only areas of this level.", levels),
        choices("year", "Only this year.", (shown.years[d.year] for d in shown.decisions)),
        choices("outcome", f"Only this outcome ({said}).", names),
        choices("criterion", 'Only this criterion; "overall" is the outcome of all.', criteria),
    )


_WORDS = {
    "run": "Each area checked against each criterion of the standard, and all of them. Of a "
    f"level with more than {MOST_UNITS:,} areas that many are listed, those that cannot be told "
    f"yet first; {ROOT}/outcomes counts all.",
    "record": "What was decided and announced by others. It was not checked against a rule here.",
}


def _sets(found: Catalogue, asked: ReadRequest) -> Iterator[tuple[DecisionSet, int]]:
    """Each set of decisions that was asked for, with the position of a criterion in it."""
    year, level, criterion = asked.text("year"), asked.text("level"), asked.text("criterion")
    for decided in found.shown.decisions:
        if year not in (None, found.shown.years[decided.year]):
            continue
        if level not in (None, found.shown.levels[decided.level].key):
            continue
        for number, it in enumerate(decided.criteria):
            if criterion in (None, it.key or records.OVERALL):
                yield decided, number


def _code(found: Catalogue, asked: ReadRequest) -> int | None:
    """Code of the outcome that was asked for."""
    outcome = asked.text("outcome")
    return None if outcome is None else records.outcome_names(found.shown).index(outcome)


def _decided(found: Catalogue, asked: ReadRequest) -> Selection:
    """Decisions that were asked for; an area without one for a criterion has no row."""
    chosen, code = found.chosen(asked), _code(found, asked)
    rows = [
        (decided, number, position)
        for decided, number in _sets(found, asked)
        for position, judged in enumerate(decided.judged[number])
        if judged.outcome is not None
        and code in (None, judged.outcome)
        and (chosen is None or decided.areas[position] in chosen)
    ]
    return Selection(rows, lambda row: records.decision_row(found, row, asked.language))


def _counted(found: Catalogue, asked: ReadRequest) -> Selection:
    """Numbers of areas by outcome."""
    code = _code(found, asked)
    rows = [
        (decided, number, outcome)
        for decided, number in _sets(found, asked)
        for outcome in range(len(decided.counts[number]))
        if code in (None, outcome)
    ]
    return Selection(rows, lambda row: records.count_row(found, row, asked.language))
