"""The facts of a card as of a day, its income by line, and corrections of both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exitline.exits.register.procedures.decision import columns_of
from exitline.exits.register.procedures.procedure import Procedure
from exitline.exits.register.store.models import CardRow
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.write.cards import write_card
from exitline.publish.web.register.changing.asks import (
    AskedField,
    FormSection,
    day,
    kind_of,
    lines_of,
)
from exitline.publish.web.register.changing.made import Asked, SentChange
from exitline.publish.web.register.procedures import current
from exitline.publish.web.register.written import written
from exitline.words.said import say

SPARE = 3
"""Empty rows for lines of income."""
LINES = (say("wages"), say("farm"), say("trade"), say("transfers"), say("other income"))


def fact_asks(store: Store, facts: Mapping[str, Any], procedure: Procedure) -> list[AskedField]:
    """A field for each fact of a card and for each that a rule of the procedure asks for."""
    with store.transaction():
        rows = store.scope.of(CardRow.objects.using(store.alias)).exclude(facts={})
        latest = rows.order_by("-id").values_list("facts", flat=True).first() or {}
    columns = set().union(*(columns_of(rule) for rule in procedure.rules.values()))
    kinds = {name: kind_of(value) for name, value in {**latest, **facts}.items()}
    names = sorted(columns | set(facts) | set(latest))
    return [
        AskedField(f"fact.{name}", name, "fact", of=kinds.get(name, "words"),
            start=written(facts[name]) if name in facts else "")
        for name in names
    ]  # fmt: skip


def line_asks(lines: Mapping[str, Any]) -> list[AskedField]:
    """Rows for the lines of income: those there are, and some empty ones."""
    rows = [*lines.items(), *([("", "")] * SPARE)]
    found = []
    for i, (name, amount) in enumerate(rows):
        found += [
            AskedField(f"line.{i}.name", say("Source of income"), start=name, known=LINES, most=60),
            AskedField(f"line.{i}.amount", say("Amount in a year"), "amount", start=amount),
        ]
    return found


def read_facts(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Facts and lines of what was read; what was left out is not there."""
    facts = {
        name.removeprefix("fact."): value
        for name, value in values.items()
        if name.startswith("fact.") and value != ""
    }
    return facts, lines_of(values, len(values))


def facts_form(asked: Asked) -> list[FormSection]:
    """The facts of a day."""
    card = asked.card
    lines = {line.name: line.amount for line in card.lines}
    return [
        FormSection("", [day("as_of", say("Day of the facts"))]),
        FormSection(say("Facts"), fact_asks(asked.store, card.facts, current(asked.store)),
                say("What is left out is never met. NA: asked, not known.")),
        FormSection(say("Income by line"), line_asks(lines), pairs=True),
    ]  # fmt: skip


def write_facts(made: SentChange) -> str:
    """A card as of a day."""
    facts, lines = read_facts(made.values)
    write_card(
        made.store, made.key, made.version, made.by, as_of=made.values["as_of"], facts=facts,
        lines=lines, token=made.token,
    )  # fmt: skip
    return made.key


def correction_form(asked: Asked) -> list[FormSection]:
    """The facts of a day for which there is a card that was wrong."""
    card = asked.card.card
    lines = {line.name: line.amount for line in asked.card.lines}
    as_of = "" if card is None else card.as_of.isoformat()
    return [
        FormSection("", [
            day("as_of", say("Day of the facts that were wrong"), start=as_of),
            AskedField("reason", say("What was wrong, and how it is known"), "long", required=True),
        ]),
        FormSection(say("Facts as they were on that day"),
                fact_asks(asked.store, asked.card.facts, current(asked.store)),
                say("What is left out is never met. NA: asked, not known.")),
        FormSection(say("Income by line"), line_asks(lines), pairs=True),
    ]  # fmt: skip


def write_correction(made: SentChange) -> str:
    """A card that corrects another one; the wrong one stays in the history."""
    facts, lines = read_facts(made.values)
    write_card(
        made.store, made.key, made.version, made.by, as_of=made.values["as_of"], facts=facts,
        lines=lines, correction=made.values["reason"], token=made.token,
    )  # fmt: skip
    return made.key
