"""Members: who comes, leaves, marries, dies, moves within; another head; a correction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exitline.exits.register.store.write import members
from exitline.exits.register.store.write.cards import add_member
from exitline.publish.web.register.changing.asks import YES_NO, AskedField, FormSection, day, truth
from exitline.publish.web.register.changing.made import Asked, SentChange
from exitline.words.said import say

SEXES = (("", say("not said")), ("female", say("female")), ("male", say("male")),
         ("other", say("another")))  # fmt: skip
RELATIONS = (say("head"), say("spouse"), say("child"), say("parent"), say("grandchild"),
             say("sibling"))  # fmt: skip
CAME = (("birth", say("birth")), ("marriage in", say("marriage")), ("moved in", say("moved in")),
        ("forgotten", say("was there, and was forgotten")))  # fmt: skip
LEFT = (("death", say("death")), ("marriage out", say("marriage out")),
        ("moved away", say("moved away")), ("error", say("entered in error")))  # fmt: skip


def person_asks(before: str = "", *, member: object = None, head: bool = True) -> list[AskedField]:
    """The fields of a person."""

    def stands(name: str) -> str:
        value = getattr(member, name, None)
        return "" if value is None else str(value).lower() if value in (True, False) else str(value)

    asks = [
        AskedField(f"{before}name", say("Name of the person"), required=True, start=stands("name")),
        AskedField(f"{before}sex", say("Sex"), "choice", options=SEXES, start=stands("sex")),
        day(f"{before}born", say("Born"), required=False, start=stands("born")),
        AskedField(f"{before}relation", say("Relation"), start=stands("relation"),
            known=RELATIONS, most=60),
        AskedField(f"{before}worker", say("Works"), "choice", options=YES_NO,
            start=stands("worker")),
    ]  # fmt: skip
    if head:
        asks.append(AskedField(f"{before}head", say("Is the head of the household"), "check"))
    return asks


def identifier_asks(before: str = "") -> list[AskedField]:
    """ChangeKind and value of an identifier."""
    return [
        AskedField(f"{before}id.kind", say("Kind of identifier"), start="national id", most=60),
        AskedField(f"{before}id.value", say("Identifier (only its keyed hash is kept)"), most=100),
    ]


def member_form(asked: Asked) -> list[FormSection]:
    """A member who comes."""
    headed = any(one.head for one in asked.card.members)
    return [
        FormSection(say("Member"), person_asks(head=not headed)),
        FormSection(say("Identifier"), identifier_asks()),
        FormSection("", [
            AskedField("why", say("How the person came"), "choice", required=True, options=CAME),
            day("since", say("From which day on")),
        ]),
    ]  # fmt: skip


def person_of(values: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """The fields of a person, from what was read."""
    get = values.get
    return {
        "name": get(f"{before}name"), "sex": get(f"{before}sex"), "born": get(f"{before}born"),
        "relation": get(f"{before}relation"), "worker": truth(str(get(f"{before}worker"))),
        "head": bool(get(f"{before}head")),
    }  # fmt: skip


def identifiers_of(values: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """The identifier of a person, where one was typed."""
    kind, value = values.get(f"{before}id.kind"), values.get(f"{before}id.value")
    return {kind: value} if kind and value else {}


def write_member(made: SentChange) -> str:
    """A member from a day on."""
    add_member(
        made.store, made.key, made.version, made.by, since=made.values["since"],
        identifiers=identifiers_of(made.values), token=made.token, **person_of(made.values),
    )  # fmt: skip
    return made.key


def left_form(asked: Asked) -> list[FormSection]:
    """A member who leaves."""
    return [
        FormSection("", [
            _which(asked), AskedField("why", say("Why"), "choice", required=True, options=LEFT),
            day("on", say("On which day")), _next_head(asked),
        ])
    ]  # fmt: skip


def write_left(made: SentChange) -> str:
    """A member left."""
    members.member_leaves(
        made.store, made.key, made.version, made.by, number=int(made.values["member"]),
        on=made.values["on"], why=made.values["why"], next_head=number(made.values["next"]),
        token=made.token,
    )  # fmt: skip
    return made.key


def fixed_form(asked: Asked) -> list[FormSection]:
    """A member about whom something was wrong."""
    chosen = next(
        (m for m in asked.card.members if str(m.number) == asked.given.get("member")),
        asked.card.members[0] if asked.card.members else None,
    )
    return [
        FormSection(say("Member"), [_which(asked, str(getattr(chosen, "number", "")))],
                say("Choose, look again, then correct.")),
        FormSection(say("As it should have been from the beginning"), [
            *person_asks(member=chosen, head=False),
            day("since", say("From which day on"), start=getattr(chosen, "since", "")),
            AskedField("reason", say("What was wrong, and how it is known"), "long", required=True),
        ]),
    ]  # fmt: skip


def write_fixed(made: SentChange) -> str:
    """A member corrected; the wrong row stays."""
    person = person_of(made.values)
    person.pop("head")
    members.correct_member(
        made.store, made.key, made.version, made.by, number=int(made.values["member"]),
        reason=made.values["reason"], since=made.values["since"], token=made.token, **person,
    )  # fmt: skip
    return made.key


def moved_form(asked: Asked) -> list[FormSection]:
    """A member who moves to another household."""
    return [
        FormSection("", [
            _which(asked), AskedField("to", say("Id of the other household"), required=True),
            AskedField("relation", say("Relation to its head"), known=RELATIONS, most=60),
            day("on", say("On which day")),
        ])
    ]  # fmt: skip


def write_moved(made: SentChange) -> str:
    """A member of another household from a day on."""
    members.member_moves(
        made.store, made.key, made.version, made.by, number=int(made.values["member"]),
        on=made.values["on"], to=made.values["to"], relation=made.values["relation"],
        token=made.token,
    )  # fmt: skip
    return made.key


def head_form(asked: Asked) -> list[FormSection]:
    """Another head."""
    return [
        FormSection("", [
            _which(asked), day("on", say("From which day on")),
            AskedField("why", say("Why"), required=True),
        ])
    ]  # fmt: skip


def write_head(made: SentChange) -> str:
    """Another head from a day on."""
    members.change_head(
        made.store, made.key, made.version, made.by, number=int(made.values["member"]),
        on=made.values["on"], why=made.values["why"], token=made.token,
    )  # fmt: skip
    return made.key


def options_of(asked: Asked) -> list[tuple[str, str]]:
    """The members, to choose from."""
    return [(str(one.number), one.name) for one in asked.card.members]


def number(text: str) -> int | None:
    """A member's number; None where nobody was chosen."""
    return int(text) if text else None


def _which(asked: Asked, start: str = "") -> AskedField:
    options = options_of(asked)
    return AskedField(
        "member", say("Member"), "choice", required=True, options=options, start=start
    )


def _next_head(asked: Asked) -> AskedField:
    options = [("", say("the head stays")), *options_of(asked)]
    return AskedField("next", say("Who is the head from then on"), "choice", options=options,
               hint=say("Needed where the head leaves and others stay."))  # fmt: skip
