"""Operations on decisions: each of them, and how many units have each outcome."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from exitline.publish.explorer.from_runs import MOST_UNITS
from exitline.publish.explorer.texts import in_language
from exitline.publish.web.figures import records
from exitline.publish.web.figures.answering import answer_table
from exitline.publish.web.figures.operation import operation
from exitline.publish.web.figures.queries import ROOT, Declared, choice, query, table, within

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from ninja import NinjaAPI

    from exitline.publish.explorer.model import DecisionSet
    from exitline.publish.web.figures.catalogue import Catalogue

_WORDS = {
    "run": "Each area checked against each criterion of the standard, and all of them. Of a "
    f"level with more than {MOST_UNITS:,} areas that many are listed, those that cannot be told "
    f"yet first; {ROOT}/outcomes counts all.",
    "record": "What was decided and announced by others. It was not checked against a rule here.",
}


def add_decisions(api: NinjaAPI, found: Catalogue) -> None:
    """Declare the operations.

    Parameters
    ----------
    api : NinjaAPI
    found : Catalogue
    """
    shown = found.shown
    declared = _declared(found)

    @operation(
        api, "decisions", "Decisions with their reasons", _WORDS[shown.kind],
        records.DecisionAnswer, asked=query("Decisions", declared, within(found), table(shown)),
    )  # fmt: skip
    def _decisions(request: HttpRequest, asked: Any) -> HttpResponse:
        rows = _decided(found, asked)
        of = records.DecisionAnswer
        return answer_table(request, found, asked, of, rows, records.decision_row)

    @operation(
        api, "outcomes", "How many areas have each outcome",
        "For each criterion, and over all of them; areas that are not listed are counted too.",
        records.OutcomeCountAnswer, asked=query("Outcomes", declared, table(shown)),
    )  # fmt: skip
    def _outcomes(request: HttpRequest, asked: Any) -> HttpResponse:
        rows = _counted(found, asked)
        of = records.OutcomeCountAnswer
        return answer_table(request, found, asked, of, rows, records.count_row)


def _declared(found: Catalogue) -> Declared:
    """Level, year, outcome and criterion, where there is a choice."""
    shown = found.shown
    criteria = [c.key or records.OVERALL for d in shown.decisions for c in d.criteria]
    levels = [shown.levels[d.level].key for d in shown.decisions]
    names = records.outcome_names(shown)
    said = "; ".join(
        f"{name}: {in_language(words, 'en')}"
        for name, words in zip(names, shown.outcomes, strict=True)
    )
    return {
        **choice("level", "Only areas of this level.", levels),
        **choice("year", "Only this year.", (shown.years[d.year] for d in shown.decisions)),
        **choice("outcome", f"Only this outcome ({said}).", names),
        **choice("criterion", 'Only this criterion; "overall" is the outcome of all.', criteria),
    }


def _sets(found: Catalogue, asked: Any) -> Iterator[tuple[DecisionSet, int]]:
    """Each set of decisions that was asked for, with the position of a criterion in it."""
    year, level = getattr(asked, "year", None), getattr(asked, "level", None)
    criterion = getattr(asked, "criterion", None)
    for decided in found.shown.decisions:
        if year not in (None, found.shown.years[decided.year]):
            continue
        if level not in (None, found.shown.levels[decided.level].key):
            continue
        for number, it in enumerate(decided.criteria):
            if criterion in (None, it.key or records.OVERALL):
                yield decided, number


def _code(found: Catalogue, asked: Any) -> int | None:
    """Code of the outcome that was asked for."""
    if asked.outcome is None:
        return None
    return records.outcome_names(found.shown).index(asked.outcome)


def _decided(found: Catalogue, asked: Any) -> list[tuple[DecisionSet, int, int]]:
    """Decisions that were asked for; an area without one for a criterion has no row."""
    chosen, code = found.chosen(within=asked.within), _code(found, asked)
    return [
        (decided, number, position)
        for decided, number in _sets(found, asked)
        for position, judged in enumerate(decided.judged[number])
        if judged.outcome is not None
        and code in (None, judged.outcome)
        and (chosen is None or decided.areas[position] in chosen)
    ]


def _counted(found: Catalogue, asked: Any) -> list[tuple[DecisionSet, int, int]]:
    """Numbers of areas by outcome."""
    code = _code(found, asked)
    return [
        (decided, number, outcome)
        for decided, number in _sets(found, asked)
        for outcome in range(len(decided.counts[number]))
        if code in (None, outcome)
    ]
