"""Values that rule files hold beyond plain text and numbers: names, fractions, days."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any

from exitline.rules.yamlfile.tree import Tree

_DECIMAL = re.compile(r"[-+]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][-+]?\d{1,2})?")
_FRACTION = re.compile(r"\s*(\d{1,30})\s*/\s*(\d{1,30})\s*")
_NAME = re.compile(r"[^\W\d][\w-]*")
_DAY = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


def fields(
    here: Tree, required: Iterable[str] = (), optional: Iterable[str] = ()
) -> dict[str, Tree]:
    """The values by key, when only these keys may stand here."""
    required = tuple(required)
    return here.fields((*required, *optional), required)


def check_name(here: Tree, name: str) -> str:
    """A name that can be used in conditions and study files."""
    if not _NAME.fullmatch(name):
        raise here.fault(
            f"'{name[:40]}' cannot be a name",
            expected="a letter, then letters, digits, '_' or '-'",
            got=repr(name[:40]),
            remedy="choose a short name; long text belongs in 'label'",
        )
    return name


def exact(here: Tree) -> Fraction:
    """An exact number: 0.25, 3, or a fraction such as 1/6."""
    value = "" if here.is_mapping or here.is_sequence else str(here.node.value)
    parts = _FRACTION.fullmatch(value)
    if parts and int(parts[2]):
        return Fraction(int(parts[1]), int(parts[2]))
    if not _DECIMAL.fullmatch(value):
        separated = any(sign in value for sign in ",_%")
        raise here.unlike(
            "a number",
            "write it without thousands separators and without %"
            if separated
            else "write a finite number such as 2300, 0.02 or 1/6",
        )
    return Fraction(value)


def number(here: Tree) -> float:
    """A finite number."""
    return float(exact(here))


def whole(here: Tree, low: int, high: int) -> int:
    """A whole number between two others, both included."""
    value = exact(here)
    if value.denominator != 1 or not low <= value <= high:
        raise here.unlike(f"a whole number from {low} to {high}")
    return int(value)


def day(here: Tree, *, end: bool = False) -> date:
    """A day; a month or a year stands for its first day, or its last with `end`."""
    found = _DAY.fullmatch(here.text())
    try:
        year, month, of_month = (int(p) if p else 0 for p in found.groups()) if found else (0, 0, 0)
        month = month or (12 if end else 1)
        return date(year, month, of_month or (monthrange(year, month)[1] if end else 1))
    except ValueError:
        raise here.unlike("a date", "write 2016-04-23, 2016-04 or 2016") from None


def content(here: Tree) -> Any:
    """What a file says, without its layout: numbers as exact values, text with single spaces."""
    if here.is_mapping:
        return {name: content(below) for name, below in here.items()}
    if here.is_sequence:
        return [content(member) for member in here.sequence()]
    if here.is_empty:
        return None
    value = str(here.node.value)
    if here.is_number and _DECIMAL.fullmatch(value):
        exactly = Fraction(value)
        return exactly.numerator if exactly.denominator == 1 else str(exactly)
    return " ".join(value.split())
