"""Changes of life of a household: split, merged, moved in the county and out of it."""

from __future__ import annotations

from exitline.errors import ExitlineError
from exitline.exits.register.store.errors import LifeChangeError
from exitline.exits.register.store.models import AreaRow
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.read.cards import card
from exitline.exits.register.store.write import households, transfers
from exitline.exits.register.store.write.households import move
from exitline.publish.web.register.changing.asks import AskedField, FormSection, day
from exitline.publish.web.register.changing.made import Asked, SentChange
from exitline.publish.web.register.changing.people import number, options_of
from exitline.words.said import say

MOST_AREAS = 1000
"""Areas that a form offers to choose from."""


def split_form(asked: Asked) -> list[FormSection]:
    """Some members become a household of their own."""
    options = options_of(asked)
    return [
        FormSection(say("The new household"), [
            AskedField("new", say("Its id"), required=True, most=60),
            AskedField("name", say("Its name")),
            AskedField("area", say("Village"), "choice", required=True, start=asked.card.row.path,
                options=areas_of(asked.store, asked.card.row.county_id)),
            AskedField("members", say("Who leaves"), "choices", required=True, options=options),
            AskedField("head", say("Its head"), "choice", required=True, options=options),
        ]),
        FormSection("", [
            AskedField("next", say("Who is the head of those who stay"), "choice",
                options=[("", say("the head stays")), *options]),
            day("on", say("On which day")), AskedField("reason", say("Why"), required=True),
        ]),
    ]  # fmt: skip


def write_split(made: SentChange) -> str:
    """Two households."""
    v = made.values
    new = households.split(
        made.store, made.key, made.version, made.by, new_key=v["new"], name=v["name"],
        area=v["area"], members=[int(n) for n in v["members"]], head=int(v["head"]),
        next_head=number(v["next"]), on=v["on"], reason=v["reason"], token=made.token,
    )  # fmt: skip
    return str(new.key)


def merge_form(asked: Asked) -> list[FormSection]:
    """Another household becomes part of this one; its members, once it is known which it is."""
    other = asked.given.get("other", "").strip()
    sections = [
        FormSection("", [
            AskedField("other", say("Id of the household that goes"), required=True, start=other,
                hint=say("Look again to see its members.")),
            day("on", say("On which day")), AskedField("reason", say("Why"), required=True),
        ])
    ]  # fmt: skip
    if other and other != asked.card.row.key:
        try:
            found = card(asked.store, other)
        except ExitlineError:
            return sections
        options = [("", say("comes along")), *options_of(asked)]
        asks = [
            AskedField(f"same.{one.number}", one.name, "choice", options=options)
            for one in found.members
        ]
        asks.append(AskedField("seen", "", "seen", start=f"{found.row.version} {other}"))
        sections.append(
            FormSection(say("Its members"), asks, say("Choose whom of this household each one is."))
        )
    return sections


def write_merge(made: SentChange) -> str:
    """One household."""
    v = made.values
    version, _, seen = v.get("seen", "").partition(" ")
    if "seen" in v and seen != v["other"]:
        raise LifeChangeError(
            say("the household that goes was not looked at"), where="merge",
            expected=say("its members, as they are now"), got=say("only its id"),
            remedy=say("look again, then record"),
        )  # fmt: skip
    same = {
        int(name.removeprefix("same.")): int(value)
        for name, value in v.items()
        if name.startswith("same.") and value
    }
    households.merge(
        made.store, made.key, made.version, made.by, other=v["other"], on=v["on"],
        reason=v["reason"], same=same, other_version=number(version), token=made.token,
    )  # fmt: skip
    return made.key


def move_form(asked: Asked) -> list[FormSection]:
    """Another village of the county."""
    places = areas_of(asked.store, asked.card.row.county_id)
    options = [one for one in places if one[0] != asked.card.row.path]
    return [
        FormSection(
            "", [AskedField("to", say("Village"), "choice", required=True, options=options)]
        )
    ]


def write_move(made: SentChange) -> str:
    """Everything about the household moves with it."""
    move(made.store, made.key, made.version, made.by, made.values["to"], token=made.token)
    return made.key


def away_form(asked: Asked) -> list[FormSection]:
    """A village of another county."""
    with asked.store.transaction():
        areas = AreaRow.objects.using(asked.store.alias).filter(county__isnull=False)
        others = areas.exclude(county=asked.card.row.county_id).select_related("county")
        options = [(a.path, f"{a.county.name}: {a.name}") for a in others[:MOST_AREAS]]
    return [
        FormSection("", [
            AskedField("to", say("Where it goes"), "choice", required=True, options=options),
            AskedField("reason", say("Why"), required=True),
        ])
    ]  # fmt: skip


def write_away(made: SentChange) -> str:
    """A household on its way; it is no longer here."""
    transfers.send(
        made.store, made.key, made.version, made.by, to=made.values["to"],
        reason=made.values["reason"], token=made.token,
    )  # fmt: skip
    return ""


def areas_of(store: Store, county: int | None = None) -> list[tuple[str, str]]:
    """The lowest areas inside the scope, to choose from."""
    with store.transaction():
        rows = store.scope.of(AreaRow.objects.using(store.alias)).filter(county__isnull=False)
        if county is not None:
            rows = rows.filter(county=county)
        found = list(rows.values_list("path", "name")[: 10 * MOST_AREAS])
    above = {path.rstrip("/").rpartition("/")[0] + "/" for path, _ in found}
    return [(path, name) for path, name in found if path not in above]
