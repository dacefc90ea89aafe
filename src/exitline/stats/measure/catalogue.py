"""The measures by name: the one registry that everything else reads.

What a measure is made of stands in the module of its kind; a new one is added there, to the
module's `MEASURES`. Nothing here touches data.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, get_origin

from exitline.errors import MeasureError, unknown
from exitline.stats.measure.deprivation import multidimensional
from exitline.stats.measure.measures import (
    at_risk,
    counts,
    inequality,
    poverty,
    quantiles,
    several,
    shares,
)
from exitline.stats.measure.measures.counts import count_of, share_of
from exitline.stats.measure.model import Measure, Term, Unit
from exitline.stats.measure.pages import also_called
from exitline.stats.measure.programmes import incidence, targeting, transfers

__all__ = ["MEASURES", "Measure", "Term", "Unit", "count_of", "counting", "named", "share_of"]

MEASURES: dict[str, Callable[..., Measure]] = {
    make.__name__: make
    for room in (
        counts,
        poverty,
        inequality,
        several,
        quantiles,
        shares,
        at_risk,
        multidimensional,
        targeting,
        incidence,
        transfers,
    )
    for make in room.MEASURES
}
"""From a name to the function that makes the measure, in the order in which they are shown."""


def counting(measure: str | Measure, people: str, rows: str = "households") -> Measure:
    """A measure in the words of what it counts.

    Parameters
    ----------
    measure : str or Measure
    people : {"persons", "households"}
        Without a household size a weight stands for a household, so that what counts
        persons counts households (`exitline.stats.data.roles.people_of`).
    rows : {"persons", "households"}
        What a row of the data is: where it is a person, what counts households counts persons.

    Returns
    -------
    Measure
        With its label and unit said so.

    Examples
    --------
    >>> counting("headcount", "households").label, counting("poor_count", "households").unit
    ('poor households, share', 'households')
    >>> counting("poor_households", "persons", "persons").label
    'poor persons'
    """
    found = named(measure)
    said = {"persons": people, "households": rows}
    label = re.sub("persons|households", lambda word: said[word[0]], found.label)
    return replace(found, unit=said.get(found.unit, found.unit), label=label)


def named(measure: str | Measure) -> Measure:
    """The measure of this name.

    Parameters
    ----------
    measure : str or Measure
        A name such as ``"headcount"``, ``"fgt(1.5)"`` or ``"ratio(food, total)"``; a Measure is
        returned as it is.

    Raises
    ------
    MeasureError
        When there is no such measure, or its parameters are missing or out of range.

    Examples
    --------
    >>> named("fgt(2)").name, named("mean(income)").name
    ('severity', 'mean(income)')
    """
    if isinstance(measure, Measure):
        return measure
    form = re.fullmatch(r"\s*([A-Za-z]\w*)\s*(?:\((.*)\))?\s*", measure, re.DOTALL)
    if form is None or form[1] not in MEASURES:
        asked = measure if form is None else form[1]
        remedy = "`exitline measures` lists them all, each with its formula"
        other = also_called().get(asked.lower())
        raise unknown("measure", asked, MEASURES, error=MeasureError, remedy=remedy, meant=other)
    return _made(measure, form[1], form[2])


def usage(name: str) -> str:
    """How a measure is asked for.

    Parameters
    ----------
    name : str
        One of `MEASURES`.

    Examples
    --------
    >>> usage("fgt"), usage("mean"), usage("gini")
    ('fgt(alpha)', 'mean[(column)]', 'gini[(column)]')
    """
    parameters = inspect.signature(MEASURES[name]).parameters.values()
    if not parameters:
        return name
    said = f"({', '.join(p.name for p in parameters)})"
    return name + (f"[{said}]" if all(p.default is not p.empty for p in parameters) else said)


def _made(asked: str, name: str, arguments: str | None) -> Measure:
    """The measure, from what stands between its brackets."""
    make = MEASURES[name]
    signature = inspect.signature(make, eval_str=True)
    try:
        given, named_ones = _arguments(arguments or "")
        bound = signature.bind(*given, **named_ones).arguments
        values = {key: _value(text, signature.parameters[key]) for key, text in bound.items()}
    except (TypeError, ValueError) as reason:
        raise MeasureError(
            f"the measure '{name}' cannot be made from '{asked}'",
            expected=usage(name),
            got=repr(asked),
            remedy=_example(name),
        ) from reason
    return make(**values)


def _arguments(text: str) -> tuple[list[str], dict[str, str]]:
    """Arguments by position and by name, as written; a comma within quotes is part of one."""
    given: list[str] = []
    by_name: dict[str, str] = {}
    if not text.strip():
        return given, by_name
    for part in re.findall(r"(?:[^,'\"]|'[^']*'|\"[^\"]*\")+", text):
        key = re.fullmatch(r"\s*([a-z_]+)\s*=\s*(.+?)\s*", part, re.DOTALL)
        if key:
            by_name[key[1]] = key[2]
        else:
            given.append(part.strip())
    return given, by_name


def _value(text: str, parameter: inspect.Parameter) -> float | str:
    """An argument as its parameter takes it: a finite number, or the name of a column."""
    if get_origin(parameter.annotation) is Annotated or parameter.annotation is float:
        return float(text)
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return text


def _example(name: str) -> str:
    """How the measure could be written: as its page does."""
    from exitline.stats.measure.pages import example

    return f"for instance {example(name)}"
