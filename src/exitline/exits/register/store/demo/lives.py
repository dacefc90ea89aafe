"""What happened to the households of the demonstration: drafts of steps, week by week."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from exitline.exits.register.event import Document, Draft
from exitline.exits.register.procedures.procedure import Procedure

LINE = 1800.0
SECURE = {
    "welfare": 2600.0,
    "improved_water": True,
    "improved_toilet": True,
    "electricity_at_home": True,
}
People = Callable[[str, int], list[tuple[str, str]]]


def _by_village(kind: str) -> People:
    return lambda county, villages: [
        (f"{kind}-v{n + 1:02}", f"{county}t{n // 4 + 1}/v{n + 1:02}/") for n in range(villages)
    ]


def _by_township(kind: str) -> People:
    return lambda county, _: [(f"{kind}-t{n + 1}", f"{county}t{n + 1}/") for n in range(3)]


def _of_county(*people: str) -> People:
    return lambda county, _: [(person, county) for person in people]


ROLES: Mapping[str, People] = {
    "village committees": _by_village("committee"),
    "work team": _by_village("worker"),
    "township": _by_township("township"),
    "county": _of_county("county-1", "county-2"),
    "household": _of_county("desk"),
    "auditor": _of_county("auditor"),
    "administrator": _of_county("admin"),
}
"""Who works where: role -> people with their areas. "desk" records what households say."""


@dataclass(frozen=True)
class Life:
    """A household whose life is told.

    Parameters
    ----------
    key, area : str
    facts : mapping
        At the beginning.
    place : int
        Among all households: decides how far it goes.
    """

    key: str
    area: str
    facts: Mapping[str, Any]
    place: int

    @property
    def poor(self) -> bool:
        """Whether the rule of entry holds."""
        return bool(self.facts["welfare"] < LINE)


Told = tuple[int, str, str, dict[str, Any]]
"""Weeks since the step before, step, role, what else the draft says."""

ENTRY: tuple[Told, ...] = (
    (1, "first notice", "village committees", {}),
    (2, "township review", "township", {}),
    (1, "register", "county", {}),
)
EXIT: tuple[Told, ...] = (
    (26, "propose exit", "village committees", {"evidence": SECURE}),
    (1, "verify", "work team", {}),
    (1, "consent", "household", {}),
    (0, "village notice", "village committees", {}),
    (2, "township approval", "township", {}),
    (1, "strike off", "county", {}),
)
CHECKS: tuple[Told, ...] = (
    (25, "check", "work team", {"evidence": SECURE}),
    (25, "check", "work team", {"evidence": SECURE}),
    (2, "settle", "county", {}),
)
DISMISSED: tuple[Told, ...] = (
    (0, "object", "household", {"reason": "a neighbour says that the income is counted twice"}),
    (1, "dismiss objection", "township", {"reason": "the income was counted once"}),
)
UPHELD: tuple[Told, ...] = (
    (0, "object", "household", {"reason": "the new well is dry"}),
    (1, "uphold objection", "county", {"reason": "the well was seen dry"}),
)
RELAPSE: tuple[Told, ...] = (
    (12, "find relapse", "work team", {"evidence": {"welfare": 1200.0}}),
    (1, "confirm relapse", "county", {}),
)
APPEAL: tuple[Told, ...] = (
    (3, "appeal", "household", {"reason": "the harvest has failed"}),
    (1, "assess appeal", "township", {"evidence": {**SECURE, "improved_water": False}}),
    (1, "uphold appeal", "county", {"reason": "the well has no water"}),
)
REFUSED: tuple[Told, ...] = (
    (26, "propose exit", "village committees", {"evidence": {**SECURE, "improved_toilet": False}}),
    (1, "return", "township", {"reason": "there is no toilet yet"}),
)
BEFORE_THE_TOWNSHIP = 4  # of EXIT: a notice hangs


def told(life: Life, chance: random.Random) -> tuple[Told, ...]:
    """The steps of a household's life from its application on, each with its wait."""
    evidence = {"welfare": float(life.facts["welfare"])}
    begin: Told = (chance.randint(0, 110), "identify", "village committees", {"evidence": evidence})
    if not life.poor:
        reason = {"reason": "not below the line"}
        return (begin, ENTRY[0], ENTRY[1], (1, "not confirmed", "township", reason))
    kind = chance.random()
    notice = EXIT[:BEFORE_THE_TOWNSHIP]
    ways: tuple[tuple[float, tuple[Told, ...]], ...] = (
        (0.30, ()),
        (0.40, REFUSED),
        (0.50, (*notice, *DISMISSED, *EXIT[BEFORE_THE_TOWNSHIP:], *CHECKS)),
        (0.58, (*notice, *UPHELD)),
        (0.68, (*EXIT, *RELAPSE, *EXIT)),
        (0.74, (*EXIT, *APPEAL)),
        (0.88, (*EXIT, CHECKS[0])),
        (1.00, (*EXIT, *CHECKS)),
    )
    way = next(steps for share, steps in ways if kind < share)
    return (begin, *ENTRY, *way)


STAGES: tuple[tuple[Told, ...], ...] = (
    (),
    ENTRY[:1],
    ENTRY[:2],
    (*ENTRY, EXIT[0]),
    (*ENTRY, *EXIT[:2]),
    (*ENTRY, *EXIT[:3]),
    (*ENTRY, *EXIT[:4]),
    (*ENTRY, *EXIT[:4], DISMISSED[0]),
    (*ENTRY, *EXIT[:5]),
    (*ENTRY, *EXIT, APPEAL[0]),
    (*ENTRY, *EXIT, *APPEAL[:2]),
    (*ENTRY, *EXIT, RELAPSE[0]),
)
"""Where some households stand today: every stage of the procedure is there to be worked on."""


def just_now(life: Life, stage: tuple[Told, ...], weeks: int) -> tuple[Told, ...]:
    """A life whose last step was taken in the last two weeks."""
    evidence = {"welfare": float(life.facts["welfare"])}
    wait = weeks - sum(told[0] for told in stage) - life.place % 2
    return ((wait, "identify", "village committees", {"evidence": evidence}), *stage)


def lives(
    households: Sequence[Life],
    procedure: Procedure,
    first: date,
    today: date,
    chance: random.Random,
) -> Iterator[tuple[date, list[Draft]]]:
    """Every step up to today, in the order of their days, as offices hand them in every month.

    Yields
    ------
    tuple of date and list of Draft
        The day of recording, and what had happened up to it.
    """
    found: list[tuple[date, int, int, Draft]] = []
    late_until = today - timedelta(weeks=90)
    weeks_in_all = (today - first).days // 7
    poor = 0
    for life in households:
        day, story = first, told(life, chance)
        if life.poor and life.place % 4 == 0:
            story = just_now(life, STAGES[poor % len(STAGES)], weeks_in_all)
            poor += 1
        for place, (weeks, step, role, said) in enumerate(story):
            late = chance.choice((0, 0, 0, 1, 2)) if 0 < weeks <= 2 and day < late_until else 0
            day += timedelta(weeks=weeks + late)
            if day > today:
                break
            found.append((day, life.place, place, draft(procedure, life, step, role, day, said)))
    found.sort(key=lambda one: one[:3])
    for _, group in groupby(found, key=lambda one: (one[0] - first).days // 28):
        month = list(group)
        yield month[-1][0], [one[3] for one in month]


def draft(
    procedure: Procedure, life: Life, step: str, role: str, day: date, said: Mapping[str, Any]
) -> Draft:
    """A step with the papers that it needs, by the person who has the role there."""
    papers = tuple(
        Document(kind, "", ("name", "hamlet") if procedure.documents[kind].never_shows else ())
        for kind in procedure.step(step).documents
    )
    return Draft(life.key, step, day, _who(life, step, role), role, papers, **said)


def _who(life: Life, step: str, role: str) -> str:
    """Who takes a step: the village's own, the township's own, one of two of the county."""
    *_, town, code = life.area.rstrip("/").split("/")
    if role == "county":
        return "county-2" if step in ("strike off", "register") else "county-1"
    kinds = {"village committees": f"committee-{code}", "work team": f"worker-{code}",
             "township": f"township-{town}", "household": "desk"}  # fmt: skip
    return kinds[role]
