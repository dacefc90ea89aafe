"""Making the demonstration register: areas, people, cards, and three years of steps."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

from exitline.exits.register.procedures.loading import load_procedure
from exitline.exits.register.procedures.procedure import Procedure
from exitline.exits.register.store import texts
from exitline.exits.register.store.demo.lives import ROLES, Life, lives
from exitline.exits.register.store.identifiers import hasher
from exitline.exits.register.store.intake.rows import GivenHousehold, GivenMember
from exitline.exits.register.store.intake.written import write_households, write_members
from exitline.exits.register.store.models import (
    BatchRow,
    HelperRow,
    HouseholdRow,
    MeasureRow,
    VisitRow,
)
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.write.areas import add_area, assign
from exitline.exits.register.store.write.record import record_all

FOLDER = Path(str(files("exitline.exits.register.store.demo")))
PROVINCE, COUNTY = "04", "01"
PATH = f"{PROVINCE}/{COUNTY}/"
VILLAGES = (
    "Old Ferry", "Stone Bridge", "Two Wells", "Pear Orchard", "North Terrace", "Salt Lick",
    "Upper Mill", "Lower Mill", "Red Gully", "Bamboo Spring", "Long Slope", "Cold Pass",
)  # fmt: skip
_GIVEN = (
    "Ana", "Bo", "Chen", "Dara", "Eli", "Fen", "Gita", "Hao", "Ines", "Juma", "Kofi", "Lan",
    "Mira", "Noor", "Omar", "Pia", "Rosa", "Sana", "Tuan", "Uma", "Vera", "Wen", "Yara", "Zane",
)  # fmt: skip
_FAMILY = (
    "Adeyemi", "Bora", "Castro", "Demir", "Ferreira", "Gao", "Haidari", "Iyer", "Jovan", "Kamau",
    "Li", "Mendes", "Nkosi", "Ortiz", "Perez", "Qureshi", "Rao", "Santos", "Tran", "Wang",
)  # fmt: skip
_IMPROVED_WATER = ("Piped", "Tube well", "Bottled", "Rainwater", "Public tap", "Protected")
_IMPROVED_TOILET = (
    "Flush to piped", "Flush to septic", "Flush to pit", "Ventilated", "Pit latrine with slab",
)  # fmt: skip


@dataclass(frozen=True)
class Demo:
    """What was made.

    Parameters
    ----------
    households, steps : int
    people : tuple of (person, role, area path)
        One who may sign in for each role.
    """

    households: int
    steps: int
    people: tuple[tuple[str, str, str], ...]


def demo_procedure() -> Procedure:
    """The demonstration's procedure, with its rules."""
    return load_procedure(FOLDER / "procedure.yaml")


def make_demo(store: Store, *, today: date | None = None, seed: int = 7) -> Demo:
    """Fill a new register: every date lies before today, every step is admitted.

    Parameters
    ----------
    store : Store
        Empty.
    today : date, optional
        The day up to which things happened.
    seed : int
        The same seed and day give the same households and steps.

    Returns
    -------
    Demo
    """
    today = today or date.today()
    chance = random.Random(seed)
    first = today - timedelta(days=3 * 365)
    people = _areas_and_people(store, first)
    rows = list(_households())
    with store.transaction():
        _cards(store, rows, first, chance)
    procedure = demo_procedure()
    texts.adopt(store, procedure)
    made = [Life(row["key"], row["area"], row["facts"], place) for place, row in enumerate(rows)]
    steps = 0
    for day, drafts in lives(made, procedure, first, today, chance):
        steps += len(record_all(store, drafts, procedure, county=PATH, recorded=day))
    return Demo(len(rows), steps, people)


def _areas_and_people(store: Store, first: date) -> tuple[tuple[str, str, str], ...]:
    """A province, a county, three townships, twelve villages; who works where."""
    add_area(store, "", PROVINCE, "Fourth Province", "province", since=first)
    add_area(store, f"{PROVINCE}/", COUNTY, "Imaginary County", "county", since=first)
    for number in range(3):
        name = ("East", "Middle", "West")[number]
        add_area(store, PATH, f"t{number + 1}", f"{name} Township", "township", since=first)
    for number, name in enumerate(VILLAGES):
        add_area(store, township(number), f"v{number + 1:02}", name, "village", since=first)
    found = []
    for role, who in ROLES.items():
        for person, path in who(PATH, len(VILLAGES)):
            assign(store, person, role, path, since=first)
            found.append((person, role, path))
    shown: dict[str, tuple[str, str, str]] = {}
    for one in found:
        shown.setdefault(one[1], one)
    return tuple(shown.values())


def township(village: int) -> str:
    """The path of the township that a village lies in."""
    return f"{PATH}t{village // 4 + 1}/"


def village(number: int) -> str:
    """The path of a village."""
    return f"{township(number)}v{number + 1:02}/"


def _households() -> Iterator[dict[str, Any]]:
    """The households of the file, with the facts that the rules ask for."""
    places: dict[str, int] = {}
    with (FOLDER / "households.csv").open(encoding="utf-8", newline="") as handle:
        counts: dict[int, int] = {}
        for row in csv.DictReader(handle):
            number = places.setdefault(row["ea"], len(places))
            counts[number] = counts.get(number, 0) + 1
            yield {
                "key": f"{number + 1:02}-{counts[number]:03}",
                "area": village(number),
                "size": int(row["hhsize"]),
                "facts": {
                    "welfare": float(row["welfare"]),
                    "improved_water": row["water"].startswith(_IMPROVED_WATER),
                    "improved_toilet": row["toilet"].startswith(_IMPROVED_TOILET),
                    "electricity_at_home": row["electricity"] == "Yes",
                },
            }


def _cards(store: Store, rows: list[dict[str, Any]], first: date, chance: random.Random) -> None:
    """Households with cards, members, helpers, measures and visits."""
    batch = BatchRow.objects.using(store.alias).create(
        name="demonstration", digest="0" * 64, by="admin", rows=len(rows)
    )
    hashed = hasher(store)
    families = [chance.choice(_FAMILY) for _ in rows]
    write_households(
        store,
        [
            GivenHousehold(
                row["key"], row["area"], f"Household {family}", first,
                {**row["facts"], "size": row["size"]}, _income(row, chance), {},
            )
            for row, family in zip(rows, families, strict=True)
        ],
        batch, "admin",
    )  # fmt: skip
    write_members(
        store,
        [
            member
            for row, family in zip(rows, families, strict=True)
            for member in _members(hashed, row, family, first, chance)
        ],
        batch, "admin",
    )  # fmt: skip
    _help(store, first, chance)


def _income(row: dict[str, Any], chance: random.Random) -> dict[str, Decimal]:
    """A year's income by line; together it is the welfare of all members."""
    total = int(row["facts"]["welfare"]) * row["size"]
    wages, farm = int(total * chance.uniform(0.2, 0.6)), int(total * chance.uniform(0.1, 0.3))
    return {
        "wages": Decimal(wages), "farm": Decimal(farm), "transfers": Decimal(total - wages - farm),
    }  # fmt: skip


def _members(
    hashed: Callable[[str, str], str],
    row: dict[str, Any],
    family: str,
    first: date,
    chance: random.Random,
) -> Iterator[GivenMember]:
    """The members of a household: a head, perhaps a spouse, children and others."""
    for place in range(row["size"]):
        age = chance.randint(28, 70) if place < 2 else chance.randint(0, 24)
        born = first - timedelta(days=365 * age + chance.randint(0, 364))
        relation = ("head", "spouse")[place] if place < 2 else "child"
        number = f"{row['key']}/{place}/{chance.randint(0, 10**9)}"
        yield GivenMember(
            row["key"], f"{chance.choice(_GIVEN)} {family}", first,
            {
                "sex": chance.choice(("female", "male")), "relation": relation, "born": born,
                "head": place == 0, "worker": 16 <= age < 60 and chance.random() < 0.8,
            },
            {"national id": hashed("national id", number)},
        )  # fmt: skip


def _help(store: Store, first: date, chance: random.Random) -> None:
    """A helper for every household, a measure for half of them, visits for some."""
    helpers, measures, visits = [], [], []
    for row in HouseholdRow.objects.using(store.alias).order_by("id"):
        code = row.path.rstrip("/").rpartition("/")[2]
        kept = {"household": row, "path": row.path}
        helpers.append(HelperRow(**kept, person=f"worker-{code}", since=first))
        if chance.random() < 0.5:
            kind = chance.choice(("water", "labour", "schooling", "housing"))
            since = first + timedelta(days=chance.randint(0, 700))
            measures.append(MeasureRow(**kept, kind=kind, title=f"{kind} measure", since=since))
        for _ in range(chance.randint(0, 2)):
            on = first + timedelta(days=chance.randint(0, 1000))
            visits.append(VisitRow(**kept, on=on, person=f"worker-{code}", note="seen at home"))
    for rows in (helpers, measures, visits):
        type(rows[0])._default_manager.using(store.alias).bulk_create(rows, batch_size=500)
