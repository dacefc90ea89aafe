"""Domain experts' test cases: what goes in, what must come out, beside each rule file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from exitline.rules.standard.loader import CASES
from exitline.rules.standard.model import Cohort, Column, ExitRule, Standard
from exitline.rules.yamlfile.tree import Tree, read_file
from exitline.rules.yamlfile.values import day, fields, number, whole

CaseLevel = Literal["household", "village", "county", "line", "band"]
OUTCOMES = ("met", "not met", "cannot tell")
_TRUTHS = ("true", "false")
_KEYS = ("level", "why", "year", "entered", "lines", "readings", "given", "expect")


@dataclass(frozen=True)
class Case:
    """One test case.

    Parameters
    ----------
    name : str
        A sentence that says what the case shows.
    level : {"household", "village", "county", "line", "band"}
    given : mapping of str to value
        Households: columns; None where missing. Villages and counties: the value of each
        criterion, and `class`. Lines: `line` and `year`. Bands: `bands` and `value`.
    expect : mapping of str to value
        "met", "not met" or "cannot tell" by criterion and for `outcome`; `poor` and
        indicators as true, false or None; `score`; lines: `value` and `verified`; bands:
        `band`.
    year : int or None
        Which figures of the lines apply.
    cohort : Cohort or None
        Whose rule applies.
    lines : mapping of str to float
        Figures of relative lines.
    readings : mapping of str to str
        Chosen readings of the rule's options.
    where : str
        File and line.
    """

    name: str
    level: CaseLevel
    given: Mapping[str, Any]
    expect: Mapping[str, Any]
    year: int | None = None
    cohort: Cohort | None = None
    lines: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    readings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    where: str = ""

    def rule(self, standard: Standard) -> ExitRule | None:
        """The rule the case is about, under its readings."""
        if self.level in ("line", "band"):
            return None
        if self.cohort is not None:
            return self.cohort.household
        rule = standard.rule(self.level)  # type: ignore[arg-type]
        return rule.choose(self.readings) if rule is not None else None


def cases_path(standard: Standard) -> Path | None:
    """Where the cases of a standard are kept, if it was read from a file."""
    path = standard.path
    return None if path is None else path.with_name(path.name.removesuffix(".yaml") + CASES)


def load_cases(standard: Standard, path: str | Path) -> tuple[Case, ...]:
    """Read the test cases of a standard.

    Parameters
    ----------
    standard : Standard
    path : str or Path
        A YAML file as docs/rule-files.md describes it.

    Raises
    ------
    RuleFileError
        For a file that cannot be used, with file, line and key.

    Examples
    --------
    >>> from exitline.rules.standard import load
    >>> standard = load("albania-2012")
    >>> load_cases(standard, cases_path(standard))[0].level
    'household'
    """
    tree = read_file(path)
    keys = fields(tree, ("standard", "cases"), ("usual", "usual_year"))
    if keys["standard"].text() != standard.name:
        raise keys["standard"].unlike(f"'{standard.name}'", "name the rule file beside it")
    year = whole(keys["usual_year"], 1900, 2200) if "usual_year" in keys else None
    base = _columns(keys["usual"], standard) if "usual" in keys else {}
    return tuple(_case(name, here, standard, base, year) for name, here in keys["cases"].items())


def _case(
    name: str, here: Tree, standard: Standard, usual: Mapping[str, Any], year: int | None
) -> Case:
    """One case."""
    keys = fields(here, ("given", "expect"), _KEYS)
    level: Any = "household"
    if "level" in keys:
        level = keys["level"].choice(("household", "village", "county", "line", "band"))
    if level == "household":
        given = {**usual, **_columns(keys["given"], standard)}
        expect = {key: _expected(value) for key, value in keys["expect"].items()}
    else:
        given = {key: _value(value) for key, value in keys["given"].items()}
        expect = {key: _value(value) for key, value in keys["expect"].items()}
    return Case(
        name,
        level,
        MappingProxyType(given),
        MappingProxyType(expect),
        year=whole(keys["year"], 1900, 2200) if "year" in keys else year,
        cohort=_cohort(keys["entered"], standard) if "entered" in keys else None,
        lines={k: number(v) for k, v in keys["lines"].items()} if "lines" in keys else {},
        readings={k: v.text() for k, v in keys["readings"].items()} if "readings" in keys else {},
        where=here.where,
    )


def _cohort(here: Tree, standard: Standard) -> Cohort:
    """The cohort of a day of entry."""
    cohort = standard.cohort(day(here))
    if cohort is None:
        raise here.fault("no cohort includes this day", got=here.text(), remedy="give another day")
    return cohort


def _columns(here: Tree, standard: Standard) -> dict[str, Any]:
    """Values by column, each as its column's kind."""
    known: dict[str, Column] = dict(standard.columns)
    for column in standard.columns.values():
        known |= column.derived.columns if column.derived is not None else {}
    found: dict[str, Any] = {}
    for name, value in here.items():
        value.known(known, "column", name)
        found[name] = None if value.is_empty else _as_kind(value, known[name])
    return found


def _as_kind(here: Tree, column: Column) -> Any:
    """A value as a number, true/false or text."""
    if column.kind == "truth":
        return here.truth()
    return number(here) if column.kind == "number" else here.text()


def _expected(here: Tree) -> Any:
    """An outcome in words, true, false, nothing, or a number."""
    if here.is_empty or here.text() in OUTCOMES:
        return None if here.is_empty else here.text()
    return here.truth() if here.text() in _TRUTHS else number(here)


def _value(here: Tree) -> Any:
    """A number where it is one, else true, false, nothing or a text."""
    if here.is_empty:
        return None
    if here.is_number:
        return number(here)
    return here.truth() if here.text() in _TRUTHS else here.text()
