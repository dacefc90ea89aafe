"""Totals, means, shares and ratios: what every other measure is spoken of beside."""

from __future__ import annotations

from typing import Any

from exitline.stats.measure import rules
from exitline.stats.measure.model import Measure, Rule, Term, Unit
from exitline.words.said import collected


def total_of(name: str, term: Term, unit: str, label: str, **more: Any) -> Measure:
    """A measure that is one weighted sum; areas add up to all together.

    Parameters
    ----------
    name : str
    term : Term
    unit, label : str
    more
        Further fields of `Measure`.
    """
    return Measure(name, (term,), rules.total, "plain", unit, label, additive=True, **more)


def ratio_of(name: str, top: Term, bottom: Term, unit: str, label: str, **more: Any) -> Measure:
    """A measure that is one weighted sum over another, and refers to those in the second.

    Parameters
    ----------
    name : str
    top, bottom : Term
    unit : str
        A "share" lies between 0 and 1 and gets intervals that do.
    label : str
    more
        Further fields of `Measure`.
    """
    fields: dict[str, Any] = {
        "interval": "share" if unit == "share" else "plain", "speaks_of": bottom, **more,
    }  # fmt: skip
    return Measure(name, (top, bottom), rules.ratio, unit=unit, label=label, **fields)


def mean(column: str | None = None) -> Measure:
    """Mean per person: of welfare, or of another column.

    Parameters
    ----------
    column : str, optional
        A numeric column; welfare unless given.
    """
    if column is not None:
        term = Term("amount", column=column)
        return ratio_of(f"mean({column})", term, Term("one"), "index", f"mean of {column}")
    label = "mean welfare"
    return ratio_of("mean", Term("welfare"), Term("one"), "money", label, better="higher")


def total(column: str | None = None) -> Measure:
    """Total of all persons: of welfare, or of another column.

    Parameters
    ----------
    column : str, optional
        A numeric column, an amount per person; welfare unless given.
    """
    if column is not None:
        term = Term("amount", column=column)
        return total_of(f"total({column})", term, "index", f"total of {column}")
    return total_of("total", Term("welfare"), "money", "total welfare")


def ratio(top: str, bottom: str) -> Measure:
    """Total of one column over the total of another.

    Parameters
    ----------
    top, bottom : str
        Numeric columns, amounts per person.
    """
    terms = (Term("amount", column=top), Term("amount", column=bottom))
    name = f"ratio({top}, {bottom})"
    return ratio_of(name, *terms, "index", f"{top} per {bottom}", speaks_of=Term("one"))


def count() -> Measure:
    """Number of persons in the population."""
    return total_of("count", Term("one"), "persons", "persons")


def households() -> Measure:
    """Number of households in the population."""
    return total_of("households", Term("one", "households"), "households", "households")


def share_of(column: str, unit: Unit = "persons", name: str | None = None) -> Measure:
    """Share of persons (or households) for whom a 0/1 column is 1.

    Parameters
    ----------
    column : str
        A numeric column of zeros and ones.
    unit : {"persons", "households"}
    name : str, optional
        Name in results; the column's name unless given.
    """
    terms = (Term("flag", unit, column=column), Term("one", unit))
    return ratio_of(name or column, *terms, "share", f"{column}, share of {unit}")


def count_of(column: str, unit: Unit = "households", name: str | None = None) -> Measure:
    """Number of persons or households for whom a 0/1 column is 1."""
    term = Term("flag", unit, column=column)
    return total_of(name or column, term, unit, f"{column}, {unit}")


def proportion(column: str, value: object = None) -> Measure:
    """Share of persons with each value of a column, among those whose value is known.

    Results hold a figure for each value, named ``proportion(column, value)``.

    Parameters
    ----------
    column : str
        A column of categories.
    value : str, number or bool, optional
        One of its values, as results show it; each of them unless given.

    Examples
    --------
    >>> proportion("race", 2).name, proportion("race", 2.0).name, proportion("race").name
    ('proportion(race, 2)', 'proportion(race, 2)', 'proportion(race)')
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    said = None if value is None else str(value)
    name = f"proportion({written(column)}{'' if said is None else f', {written(said)}'})"
    of = f"{column}, share of each value" if said is None else f"{column} = {said}, share"
    term = Term("category", column=column, value=said)
    return ratio_of(name, term, Term("category", column=column), "share", of)


def correlation(one: str, other: str) -> Measure:
    """Pearson's correlation of two columns over persons.

    Parameters
    ----------
    one, other : str
        Numeric columns.
    """
    a, b = Term("amount", column=one), Term("amount", column=other)
    squares = (Term("product", of=x, ranking=y) for x, y in ((a, a), (b, b), (a, b)))
    return Measure(
        f"correlation({one}, {other})", (Term("one"), a, b, *squares), rules.correlation, "plain",
        "index", f"correlation of {one} and {other}", undefined=collected("a column does not vary"),
    )  # fmt: skip


def variance(column: str | None = None) -> Measure:
    """Variance over persons: of welfare, or of another column.

    Parameters
    ----------
    column : str, optional
        A numeric column; welfare unless given.
    """
    return _spread("variance", column, rules.variance)


def standard_deviation(column: str | None = None) -> Measure:
    """Standard deviation over persons: of welfare, or of another column.

    Parameters
    ----------
    column : str, optional
        A numeric column; welfare unless given.
    """
    return _spread("standard_deviation", column, rules.standard_deviation)


def _spread(name: str, column: str | None, rule: Rule) -> Measure:
    """The variance of a column, or its root."""
    x = Term("welfare") if column is None else Term("amount", column=column)
    terms = (Term("one"), x, Term("product", of=x, ranking=x))
    said = name if column is None else f"{name}({column})"
    label = f"{name.replace('_', ' ')} of {column or 'welfare'}"
    plain = name == "standard_deviation" and column is None
    return Measure(
        said, terms, rule, "plain", "money" if plain else "index", label, speaks_of=terms[0],
        undefined=collected("one household has no variance"),
    )  # fmt: skip


def written(text: str) -> str:
    """A text as the name of a measure holds it: in quotes where signs in it mean something.

    Examples
    --------
    >>> written("tin"), written("tin, new")
    ('tin', '"tin, new"')
    """
    if not set(text) & set(",='\"()"):
        return text
    return f"'{text}'" if '"' in text else f'"{text}"'


MEASURES = (mean, total, ratio, correlation, variance, standard_deviation, proportion, count,
            households)  # fmt: skip
