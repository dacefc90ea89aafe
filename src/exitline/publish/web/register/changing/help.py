"""Help: who helps, what is done, who was there to see."""

from __future__ import annotations

from typing import Any

from exitline.exits.register.store.visits.asked import ASSESSMENT, answer_visit, asked_visit
from exitline.exits.register.store.write.cards import (
    add_helper,
    add_measure,
    add_visit,
    end_measure,
)
from exitline.publish.web.register.changing.asks import AskedField, FormSection, day, truth
from exitline.publish.web.register.changing.made import Asked, SentChange
from exitline.publish.web.register.typed import whole
from exitline.words.said import say

KINDS = (say("water"), say("labour"), say("schooling"), say("housing"), say("health"),
         say("transfer"))  # fmt: skip


def helper_form(asked: Asked) -> list[FormSection]:  # noqa: ARG001
    """Who helps from a day on."""
    return [
        FormSection("", [
            AskedField("person", say("Who helps"), required=True, most=150),
            day("since", say("From which day on")),
            AskedField("reason", say("Why the helper changes")),
        ])
    ]  # fmt: skip


def write_helper(made: SentChange) -> str:
    """Another helper; the time of the one before ends."""
    add_helper(
        made.store, made.key, made.version, made.by, person=made.values["person"],
        since=made.values["since"], reason=made.values["reason"], token=made.token,
    )  # fmt: skip
    return made.key


def measure_form(asked: Asked) -> list[FormSection]:  # noqa: ARG001
    """What is done from a day on."""
    return [
        FormSection("", [
            AskedField("kind", say("Kind of measure"), required=True, known=KINDS, most=60,
                hint=say("One word: conditions of checks use it.")),
            AskedField("title", say("In words")), day("since", say("From which day on")),
            day("until", say("Until (the first day on which it no longer applies)"),
                required=False, start=""),
            AskedField("amount", say("Amount"), "amount"),
        ])
    ]  # fmt: skip


def write_measure(made: SentChange) -> str:
    """A measure."""
    add_measure(
        made.store, made.key, made.version, made.by, kind=made.values["kind"],
        title=made.values["title"], since=made.values["since"], until=made.values["until"],
        amount=made.values["amount"], token=made.token,
    )  # fmt: skip
    return made.key


def ended_form(asked: Asked) -> list[FormSection]:
    """A measure that ends."""
    options = [(str(one.pk), one.title or one.kind) for one in asked.card.measures]
    return [
        FormSection("", [
            AskedField("measure", say("Measure"), "choice", required=True, options=options),
            day("on", say("On which day")), AskedField("why", say("Why"), required=True),
        ])
    ]  # fmt: skip


def write_ended(made: SentChange) -> str:
    """A measure ended."""
    end_measure(
        made.store, made.key, made.version, made.by, measure=int(made.values["measure"]),
        on=made.values["on"], why=made.values["why"], token=made.token,
    )  # fmt: skip
    return made.key


def visit_form(asked: Asked) -> list[FormSection]:
    """A visit, or why it was not possible; what the list asks that it answers."""
    found = asked_visit(asked.store, asked.card.row, whole(asked.given.get("asked")))
    sections = [
        FormSection("", [
            day("on", say("On which day")), AskedField("note", say("What was seen"), "long"),
            AskedField("impossible", say("Or why the visit was not possible")),
        ])
    ]  # fmt: skip
    if found is None:
        return sections
    number = AskedField("asked", "", "seen", start=str(found.pk))
    if found.kind != ASSESSMENT:
        return [*sections, FormSection("", [number])]
    wrong = _WRONG.get(found.facts.get("group", ""))
    asks = [AskedField("error", wrong, "choice", options=_ANSWERS)] if wrong else []
    return [*sections, FormSection(say("What the assessment asks"), [
        AskedField("size", say("Persons who live there"), "amount"), *asks,
        AskedField("approves", say("Do they approve of how it was done?"), "choice",
                   options=_ANSWERS),
        number,
    ])]  # fmt: skip


_ANSWERS = (("", say("could not be told")), ("true", say("yes")), ("false", say("no")))
_WRONG = {
    "exited": say("Is it still below the standard?"),
    "unregistered": say("Is it below the standard, and was never registered?"),
}


def write_visit(made: SentChange) -> str:
    """A visit of the person who is signed in."""
    said = {"on": made.values["on"], "note": made.values["note"],
            "impossible": made.values["impossible"], "token": made.token}  # fmt: skip
    if not (number := whole(made.values.get("asked"))):
        add_visit(made.store, made.key, made.version, made.by, **said)
        return made.key
    answers: dict[str, Any] = {
        name: value for name in ("error", "approves")
        if (value := truth(made.values.get(name, ""))) is not None
    }  # fmt: skip
    if size := made.values.get("size"):
        answers["size"] = int(size)
    answer_visit(made.store, made.key, made.version, made.by, number=number, answers=answers,
                 **said)  # fmt: skip
    return made.key
