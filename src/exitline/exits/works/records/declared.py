"""The nouns of works as declared tables: which columns each has, and what a row may say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from exitline.words.said import collected

Holds = Literal["id", "text", "number", "day"]

STATES = (
    collected("functional"), collected("partly"), collected("not functional"), collected("gone"),
)  # fmt: skip
"""What an inspection may find of an asset."""


@dataclass(frozen=True)
class RecordColumn:
    """A column of a table of records.

    Attributes
    ----------
    name : str
    meaning : str
    holds : {"id", "text", "number", "day"}
        A "day" may also be a year, which stands for its middle.
    needed : bool
        Whether every row must have it.
    of : str
        The table in which an id must stand; "" for none.
    parted : bool
        Whether a cell may hold several ids, with ; between them.
    least, most : float or None
        Bounds of a number.
    values : tuple of str
        All that a text may be.
    """

    name: str
    meaning: str
    holds: Holds = "text"
    needed: bool = False
    of: str = ""
    parted: bool = False
    least: float | None = None
    most: float | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class RecordTable:
    """A table of records.

    Attributes
    ----------
    name : str
        Also the name of its file in a works folder.
    meaning : str
    columns : tuple of RecordColumn
    key : str
        The column that no two rows share; "" for none.
    open : bool
        Whether further columns are kept: facts that conditions may ask for.
    """

    name: str
    meaning: str
    columns: tuple[RecordColumn, ...]
    key: str = ""
    open: bool = False

    def __getitem__(self, name: str) -> RecordColumn:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)


def _id(name: str, meaning: str, of: str = "", *, needed: bool = True) -> RecordColumn:
    return RecordColumn(name, meaning, "id", needed, of)


def _number(name: str, meaning: str, *, needed: bool = False, least: float | None = 0.0,
            most: float | None = None) -> RecordColumn:  # fmt: skip
    return RecordColumn(name, meaning, "number", needed, least=least, most=most)


_PLACE = (
    _number("latitude", collected("degrees, WGS 84"), least=-90, most=90),
    _number("longitude", collected("degrees, WGS 84"), least=-180, most=180),
)

_DECLARED = (
    RecordTable(
        "villages",
        "A village with its people; further columns are facts about it",
        (
            _id("village", "its id"),
            RecordColumn("name", "its name"),
            RecordColumn("area", "the county or township it lies in", "id"),
            _number("people", "who live there"),
            _number("households", "households there"),
            *_PLACE,
        ),
        "village",
        open=True,
    ),
    RecordTable(
        "places",
        "Households or hamlets where services are measured; villages unless given",
        (
            _id("place", "its id", needed=False),
            _id("village", "its village", "villages"),
            _number("weight", "people or households it stands for"),
            *_PLACE,
            RecordColumn("strata", "stratum, where places are sampled", "id"),
            RecordColumn("psu", "cluster, where places are sampled", "id"),
        ),
        open=True,
    ),
    RecordTable(
        "works",
        "Something that is built, or put right, for a criterion",
        (
            _id("work", collected("its id")),
            RecordColumn("title", collected("what it is")),
            RecordColumn("kind", collected("its class: water point, road, clinic"), needed=True),
            RecordColumn("criterion", collected("the criterion it is for")),
            RecordColumn(
                "villages",
                collected("whom it is for: ids with ; between them"),
                "id",
                of="villages",
                parted=True,
            ),
            _number("cost", collected("what it is to cost")),
            _number("paid", collected("what was paid")),
            RecordColumn("contract", collected("number of the contract")),
            RecordColumn("by", collected("who builds it")),
            _number("beneficiaries", collected("people it is reported to serve")),
            *_PLACE,
            RecordColumn("began", collected("first day of building"), "day"),
            RecordColumn("planned_end", collected("day by which it was to be done"), "day"),
            RecordColumn("ended", collected("last day of building"), "day"),
            RecordColumn("state", collected("where it stands, unless its steps say so")),
            RecordColumn("repairs", collected("the asset that it puts right"), "id", of="assets"),
            RecordColumn("exclusive", collected("of works with the same text only one is done")),
        ),
        "work",
        open=True,
    ),
    RecordTable(
        "phases",
        "A part of a work",
        (
            _id("work", "its work", "works"),
            RecordColumn("phase", "what part", needed=True),
            _number("share", "part of the whole, 0 to 1", most=1.0),
            _number("done", "how much of it is built, 0 to 1", most=1.0),
            _number("cost", "what it is to cost"),
            RecordColumn("began", "first day", "day"),
            RecordColumn("ended", "last day", "day"),
        ),
    ),
    RecordTable(
        "funds",
        "Money for a work by source",
        (
            _id("work", "its work", "works"),
            RecordColumn("source", "who gives it", needed=True),
            _number("amount", "how much", needed=True),
            RecordColumn("on", "when", "day"),
        ),
    ),
    RecordTable(
        "assets",
        "A thing that stands, and may fail",
        (
            _id("asset", "its id"),
            RecordColumn("work", "the work that made it", "id", of="works"),
            RecordColumn("kind", "its class", needed=True),
            RecordColumn("village", "where it stands", "id", of="villages"),
            *_PLACE,
            RecordColumn("owner", "whose it is"),
            RecordColumn("keeper", "who looks after it"),
            RecordColumn("built", "when: a day or a year", "day"),
            _number("repair_cost", "what putting it right would cost"),
            RecordColumn("strata", "stratum, where assets are sampled", "id"),
            RecordColumn("psu", "cluster, where assets are sampled", "id"),
            _number("weight", "assets it stands for, where assets are sampled"),
        ),
        "asset",
        open=True,
    ),
    RecordTable(
        "inspections",
        "What somebody found an asset to be",
        (
            _id("asset", "the asset", "assets"),
            RecordColumn("on", "when", "day", needed=True),
            RecordColumn("state", ", ".join(STATES), needed=True, values=STATES),
            RecordColumn("by", "who looked"),
            RecordColumn("note", "what else was seen"),
        ),
    ),
    RecordTable(
        "services",
        "Whom an asset serves, where that is known by name",
        (
            _id("asset", "the asset", "assets"),
            _id("village", "the village", "villages"),
            _number("households", "how many of its households; all unless given"),
            _number("minutes", "how long they take to it"),
        ),
    ),
)

TABLES: dict[str, RecordTable] = {table.name: table for table in _DECLARED}
"""Every table of a works folder, by name. `steps` is beside them: it is read as a log is."""
