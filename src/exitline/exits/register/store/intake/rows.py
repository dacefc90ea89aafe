"""What a row of a table says, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from exitline.errors import ExitlineError, nearest
from exitline.exits.register.steps.drafts import value_of
from exitline.exits.register.store.errors import StoreError
from exitline.stats.data.values import written
from exitline.words.said import say

IDENTIFIER, INCOME, FACT = "identifier:", "income:", "fact:"
HOUSEHOLD_COLUMNS = ("household", "area", "name", "as_of")
MEMBER_COLUMNS = ("household", "name", "sex", "born", "relation", "head", "worker", "since")
AREA_COLUMNS = ("parent", "code", "name", "level")
COLUMNS = {"households": HOUSEHOLD_COLUMNS, "members": MEMBER_COLUMNS, "areas": AREA_COLUMNS}
NEEDED = {
    "households": ("household", "area"),
    "members": ("household", "name"),
    "areas": ("code", "level"),
}
PREFIXES = {"households": (IDENTIFIER, INCOME, FACT), "members": (IDENTIFIER,), "areas": ()}
FIRST_DAY = date(1880, 1, 1)


@dataclass(frozen=True)
class GivenHousehold:
    """A household as a table gives it."""

    key: str
    area: str
    name: str
    as_of: date
    facts: Mapping[str, Any]
    lines: Mapping[str, Decimal]
    identifiers: Mapping[str, str]


@dataclass(frozen=True)
class GivenMember:
    """A member as a table gives it."""

    key: str
    name: str
    since: date
    fields: Mapping[str, Any]
    identifiers: Mapping[str, str]


@dataclass
class Refusals:
    """What is wrong, by row: the first of each kind in words, and how many there are."""

    rows: list[tuple[int, str]] = field(default_factory=list)

    def add(self, number: int, what: str) -> None:
        """Refuse a row."""
        self.rows.append((number, what))

    def by_kind(self) -> tuple[tuple[str, int, tuple[int, ...]], ...]:
        """What, how many rows, and the first ten of them."""
        found: dict[str, list[int]] = {}
        for number, what in self.rows:
            found.setdefault(what, []).append(number)
        return tuple((what, len(rows), tuple(rows[:10])) for what, rows in found.items())


def check_columns(kind: str, columns: Sequence[str], where: str) -> None:
    """Refuse a table that lacks a column, or has one that nothing is made of.

    Raises
    ------
    StoreError
    """
    missing = [name for name in NEEDED[kind] if name not in columns]
    if missing:
        raise StoreError(
            "the table lacks a column: " + ", ".join(missing),
            where=where,
            expected=", ".join(NEEDED[kind]),
            got=", ".join(columns)[:200],
            remedy=nearest(missing[0], columns) or say("name the columns as expected"),
        )
    known, prefixes = COLUMNS[kind], PREFIXES[kind]
    strange = [c for c in columns if c not in known and not c.startswith(prefixes)]
    if strange:
        raise StoreError(
            f"a column that nothing is made of: '{strange[0][:60]}'",
            where=where,
            expected=", ".join((*known, *(f"{prefix}NAME" for prefix in prefixes))),
            got=", ".join(strange)[:200],
            remedy=nearest(strange[0], known) or say("rename it, or leave it out"),
        )


def household_row(row: Mapping[str, Any], today: date) -> GivenHousehold:
    """A household from a row.

    Raises
    ------
    ExitlineError
        In words that hold for many rows: no value is shown.
    """
    given = _given(row)
    return GivenHousehold(
        key=_needed(given, "household"),
        area=_needed(given, "area"),
        name=str(given.get("name", "")),
        as_of=_day(given.get("as_of"), "as_of", today) or today,
        facts={n: value_of(v) for n, v in _under(given, FACT).items()},
        lines={n: _amount(v, n) for n, v in _under(given, INCOME).items()},
        identifiers={n: _needed({n: v}, n) for n, v in _under(given, IDENTIFIER).items()},
    )


def member_row(row: Mapping[str, Any], today: date) -> GivenMember:
    """A member from a row.

    Raises
    ------
    ExitlineError
    """
    given = _given(row)
    return GivenMember(
        key=_needed(given, "household"),
        name=_needed(given, "name"),
        since=_day(given.get("since"), "since", today) or today,
        fields={
            "sex": str(given.get("sex", "")),
            "relation": str(given.get("relation", "")),
            "born": _day(given.get("born"), "born", today),
            "head": _truth(given.get("head", False), "head"),
            "worker": _truth(given["worker"], "worker") if "worker" in given else None,
        },
        identifiers={n: _needed({n: v}, n) for n, v in _under(given, IDENTIFIER).items()},
    )


def _given(row: Mapping[str, Any]) -> dict[str, Any]:
    """The cells that are filled in."""
    return {k: v for k, v in row.items() if v is not None and v != "" and v == v}


def _under(given: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {k[len(prefix) :]: v for k, v in given.items() if k.startswith(prefix)}


def _needed(given: Mapping[str, Any], name: str) -> str:
    """A text that must be there, as it is written."""
    text = (written(given.get(name)) or "").strip()
    if not text:
        raise ExitlineError(f"nothing under '{name}'")
    return text


def _day(value: Any, name: str, today: date) -> date | None:
    """A day that can be: not ahead, and nobody's before 1880."""
    if value is None:
        return None
    try:
        if isinstance(value, datetime):
            day = value.date()
        else:
            day = value if isinstance(value, date) else date.fromisoformat(str(value).strip()[:10])
    except ValueError as reason:
        raise ExitlineError(f"'{name}' is not a day such as 2016-05-01") from reason
    if not FIRST_DAY <= day <= today:
        raise ExitlineError(f"'{name}' is a day that cannot be: ahead of today, or before 1880")
    return day


def _amount(value: Any, name: str) -> Decimal:
    try:
        amount = Decimal(str(value).strip())
    except InvalidOperation as reason:
        raise ExitlineError(f"'income:{name}' is not a number") from reason
    if not amount.is_finite() or abs(amount) >= Decimal(10) ** 12:
        raise ExitlineError(f"'income:{name}' is a number that cannot be")
    return amount.quantize(Decimal("0.01"))


def _truth(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in ("true", "yes", "1", "1.0"):
        return True
    if text in ("false", "no", "0", "0.0"):
        return False
    raise ExitlineError(f"'{name}' is neither true nor false")
