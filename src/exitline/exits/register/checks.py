"""Numbered cross-checks as a file declares them: conditions over cards, works or assets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from exitline.exits.register.errors import ProcedureError
from exitline.exits.register.procedures.procedure import UNITS

if TYPE_CHECKING:
    from exitline.rules.condition import Condition


@dataclass(frozen=True)
class CrossCheck:
    """One numbered check.

    Parameters
    ----------
    number, text : str
        For example "C3", and what is wrong where it fails.
    fails : Condition
        Over the columns of the live table; true where the card is to be looked at.
    days : int
        Within which it is to be explained or corrected.
    unit : {"household", "village", "work", "asset"}
        What is looked at.
    """

    number: str
    text: str
    fails: Condition
    days: int
    unit: str = "household"


def read_checks(path: Path) -> tuple[CrossCheck, ...]:
    """Read a file of checks.

    Raises
    ------
    ProcedureError
        Naming file, line and key.
    """
    from exitline.rules.yamlfile.tree import file_text

    return checks_in(file_text(path, ProcedureError), path.name)


def checks_in(text: str, name: str) -> tuple[CrossCheck, ...]:
    """Read checks from the text of a file.

    Parameters
    ----------
    text : str
    name : str
        Of the file, for messages.

    Raises
    ------
    ProcedureError
        Naming file, line and key.
    """
    from exitline.rules.condition import parse
    from exitline.rules.yamlfile.tree import read_text

    tree = read_text(text, name, ProcedureError)
    found = tree.fields(("checks", "title", "sources", "rules"), ("checks", "title", "rules"))
    known, needed = ("text", "fails", "days", "source", "unit"), ("text", "fails", "days")
    checks = []
    for number, below in found["rules"].items():
        said = below.fields(known, needed)
        condition = parse(said["fails"].text(), where=said["fails"].where)
        unit = said["unit"].choice(UNITS) if "unit" in said else UNITS[0]
        checks.append(
            CrossCheck(number, said["text"].text(), condition, said["days"].integer(), unit)
        )
    return tuple(checks)
