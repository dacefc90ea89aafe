"""Weighted indicators of deprivation, as a call names them: exact weights, one denominator."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, lcm
from typing import Any, Literal, get_args

from exitline.errors import MeasureError, nearest
from exitline.rules.condition import Condition, parse
from exitline.rules.standard import Indicator
from exitline.rules.standard.model import MissingRule
from exitline.stats.measure.deprivation.exact_weights import _LARGEST, _fraction, _unlike, exact

KEYS = ("deprived", "weight", "dimension", "missing", "label", "achievement", "below")


@dataclass(frozen=True)
class Deprivation:
    """One indicator of a multidimensional measure.

    Attributes
    ----------
    name : str
    deprived : Condition
        True where deprived; a name alone may also be a column of zeros and ones.
    weight : Fraction
        As given; the weights of all indicators are brought to a sum of 1.
    dimension : str
    missing : {"excluded", "deprived", "not deprived"}
        What a household counts as where the condition is missing.
    label : str
    achievement : Condition, optional
        Of a cardinal indicator: the amount that falls short of `below`.
    below : float
    """

    name: str
    deprived: Condition
    weight: Fraction
    dimension: str = ""
    missing: MissingRule = "excluded"
    label: str = ""
    achievement: Condition | None = None
    below: float = float("nan")


@dataclass(frozen=True)
class Indicators:
    """All indicators of a measure.

    Examples
    --------
    >>> both = read_indicators({"school": "2/3", "water": "1/3"})
    >>> both.parts, both.whole, both.at_least(Fraction(1, 2))
    ((2, 1), 3, 2)
    """

    each: tuple[Deprivation, ...]

    @property
    def total(self) -> Fraction:
        """The sum of the weights as they were given."""
        return sum((one.weight for one in self.each), Fraction(0))

    @property
    def whole(self) -> int:
        """The common denominator of the weights: the score of those deprived in everything."""
        return sum(self.parts)

    @property
    def parts(self) -> tuple[int, ...]:
        """The weights as whole numbers over `whole`, so that scores are compared exactly."""
        denominator = lcm(*(one.weight.denominator for one in self.each))
        parts = [int(one.weight * denominator) for one in self.each]
        common = gcd(*parts)
        return tuple(part // common for part in parts)

    def at_least(self, share: Fraction) -> int:
        """The lowest whole score that reaches a share of all weights."""
        return -((-share.numerator * self.whole) // share.denominator)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions, in the order of the indicators."""
        return tuple(dict.fromkeys(one.dimension for one in self.each if one.dimension))

    @property
    def cardinal(self) -> bool:
        """Whether every indicator is an amount and a cut-off, which M1 and M2 need."""
        return all(one.achievement is not None for one in self.each)


def read_indicators(
    given: Any,
    missing: MissingRule = "excluded",
    columns: Collection[str] = (),
    where: str = "indicators",
) -> Indicators:
    """Indicators from a mapping or a sequence.

    Parameters
    ----------
    given : mapping or sequence
        A mapping from name to a weight (the column is the name), to a pair or triple
        (condition, weight, dimension), to a mapping with some of `KEYS`, to an `Indicator`; or
        from dimension to such a mapping, or to a list of columns, where weights are equal and
        nested. A sequence of columns, pairs, triples or mappings (with "name").
    missing : {"excluded", "deprived", "not deprived"}
        Where an indicator does not say.
    columns : collection of str
        Columns of the data: a text that is one of them is no condition.
    where : str
        For messages.

    Returns
    -------
    Indicators

    Raises
    ------
    MeasureError

    Examples
    --------
    >>> nested = read_indicators({"health": ["nutrition"], "living": ["water", "fuel"]})
    >>> [(one.name, str(one.weight), one.dimension) for one in nested.each]
    [('nutrition', '1/2', 'health'), ('water', '1/4', 'living'), ('fuel', '1/4', 'living')]
    """
    if missing not in get_args(MissingRule):
        raise _unknown_missing(missing, where)
    if isinstance(given, Mapping):
        entries: list[tuple[str, Any]] = [(str(name), what) for name, what in given.items()]
    elif isinstance(given, Sequence) and not isinstance(given, str):
        entries = [(_name_of(what), what) for what in given]
    else:
        raise _unlike(where, type(given).__name__)
    entries = list(_flat(entries, where))
    if not entries:
        raise _unlike(where, "none")
    nested = [_is_nested(what) for _, what in entries]
    if any(nested):
        if not all(nested):
            raise _unlike(where, "lists of columns beside indicators with weights of their own")
        found = tuple(_nested(entries, missing, columns, where))
    else:
        unweighted = Fraction(1, len(entries))
        context = _Context(unweighted, missing, columns)
        found = tuple(_one(name, what, context, f"{where}, {name}") for name, what in entries)
        _refuse_mixed(entries, where)
    return checked(Indicators(found), where)


def of_rule_file(each: Mapping[str, Indicator], where: str) -> Indicators:
    """The indicators of a standard; of equal weight where it gives none.

    Parameters
    ----------
    each : mapping of str to Indicator
    where : str
        For messages.
    """
    equal = Fraction(1, len(each))
    found = tuple(
        Deprivation(
            i.name, i.deprived, i.weight if i.weight is not None else equal, i.dimension,
            i.missing, i.label,
        )
        for i in each.values()
    )  # fmt: skip
    return checked(Indicators(found), where)


def checked(indicators: Indicators, where: str) -> Indicators:
    """The indicators, if their names are distinct and their weights can be summed exactly.

    Raises
    ------
    MeasureError
    """
    names = [one.name for one in indicators.each]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise MeasureError(
            f"two indicators are called '{twice}'", where=where, expected="a name for each",
            got="the same name twice", remedy="name each indicator once",
        )  # fmt: skip
    if indicators.whole > _LARGEST:
        raise MeasureError(
            "the weights have no common denominator that scores can be summed over exactly",
            where=where, expected="fractions such as 1/6, or decimals of a few digits",
            got=f"a denominator of {len(str(indicators.whole))} digits",
            remedy='write the weights as fractions: "1/6"',
        )  # fmt: skip
    return indicators


def _flat(entries: list[tuple[str, Any]], where: str) -> Iterator[tuple[str, Any]]:
    """The entries, with dimensions that hold indicators and their weights taken apart."""
    for name, what in entries:
        inner = isinstance(what, Mapping) and not any(
            key in (*KEYS, "name") or nearest(str(key), KEYS) for key in what
        )
        if not inner:
            yield name, what
            continue
        for one, said in what.items():
            given = _fields(str(one), said, f"{where}, {name}, {one}")
            yield str(one), {"dimension": name, **given}


def _is_nested(what: Any) -> bool:
    """Whether an entry is a list of columns of one dimension."""
    if isinstance(what, str) or not isinstance(what, Sequence) or not what:
        return False
    if not all(isinstance(part, str) for part in what):
        return False
    return len(what) not in (2, 3) or _fraction(what[1]) is None


def _nested(
    entries: list[tuple[str, Any]], missing: MissingRule, columns: Collection[str], where: str
) -> Iterator[Deprivation]:
    """Dimensions of equal weight, and equal weights within each."""
    for dimension, columns in entries:
        weight = Fraction(1, len(entries) * len(columns))
        for column in columns:
            yield Deprivation(
                column, _condition(column, columns, where), weight, dimension, missing
            )


@dataclass(frozen=True)
class _Context:
    """What holds for an indicator that does not say otherwise; the columns of the data."""

    weight: Fraction
    missing: MissingRule
    columns: Collection[str]


def _one(name: str, what: Any, context: _Context, here: str) -> Deprivation:
    """One indicator."""
    given = _fields(name, what, here)
    weight = exact(given["weight"], "weight", here) if "weight" in given else context.weight
    if weight <= 0:
        raise MeasureError(
            "a weight must be above zero", where=here, expected='a number such as "1/6"',
            got=str(given["weight"]), remedy="leave the indicator out, or give it a weight",
        )  # fmt: skip
    rule = given.get("missing", context.missing)
    if rule not in get_args(MissingRule):
        raise _unknown_missing(rule, here)
    made = Deprivation(
        name, _condition(given["deprived"], context.columns, here), weight,
        str(given.get("dimension", "")), rule, str(given.get("label", "")),
    )  # fmt: skip
    if "achievement" not in given:
        return made
    below = float(exact(given["below"], "cut-off of an achievement", here))
    achievement = _condition(given["achievement"], context.columns, here)
    return replace(made, achievement=achievement, below=below)


def _fields(name: str, what: Any, here: str) -> dict[str, Any]:
    """What an entry says, by `KEYS`."""
    if isinstance(what, Indicator):
        said = {"deprived": what.deprived.text, "dimension": what.dimension}
        said |= {"missing": what.missing, "label": what.label}
        return said if what.weight is None else {**said, "weight": what.weight}
    if isinstance(what, Mapping):
        given = {str(key): value for key, value in what.items() if key != "name"}
        unknown = next((key for key in given if key not in KEYS), None)
        if unknown is not None:
            raise MeasureError(
                f"an indicator has no '{unknown}'", where=here,
                expected="some of " + ", ".join(KEYS), got=unknown,
                remedy=nearest(unknown, KEYS) or "leave it out",
            )  # fmt: skip
        return _with_condition(name, given, here)
    if isinstance(what, str) and _fraction(what) is None:
        return {"deprived": what}
    if isinstance(what, Sequence) and not isinstance(what, str):
        if len(what) not in (2, 3):
            raise _unlike(here, f"{len(what)} parts")
        return dict(zip(("deprived", "weight", "dimension"), what, strict=False))
    return {"deprived": name, "weight": what}


def _with_condition(name: str, given: dict[str, Any], here: str) -> dict[str, Any]:
    """The fields with a condition: that of an achievement, or the name as a column."""
    if ("achievement" in given) != ("below" in given):
        raise MeasureError(
            "a cardinal indicator needs an achievement and a cut-off", where=here,
            expected="achievement: the column, and below: the number it falls short of",
            got="only one of the two", remedy="give both, or 'deprived' alone",
        )  # fmt: skip
    if "achievement" not in given:
        return {"deprived": name, **given}
    if "deprived" in given:
        raise MeasureError(
            "an indicator is told in two ways", where=here,
            expected="'deprived', or 'achievement' and 'below'", got="both",
            remedy="leave 'deprived' out: it is 'achievement < below'",
        )  # fmt: skip
    below = exact(given["below"], "cut-off of an achievement", here)
    if below <= 0:
        raise MeasureError(
            "the cut-off of an achievement must be above zero", where=here,
            expected="a number above 0, as the gap is a share of it", got=str(below),
            remedy="give 'deprived' alone, without a gap",
        )  # fmt: skip
    return {"deprived": f"({given['achievement']}) < {float(below)!r}", **given}


def _name_of(what: Any) -> str:
    """What an entry of a sequence is called."""
    if isinstance(what, Mapping):
        return str(what.get("name", what.get("achievement", what.get("deprived", ""))))
    if isinstance(what, Sequence) and not isinstance(what, str) and what:
        return str(what[0])
    return str(what)


def _condition(text: Any, columns: Collection[str], here: str) -> Condition:
    """A condition, or a column, whatever it is called."""
    said = str(text)
    if said in columns:
        return parse('"' + said.replace('"', '""') + '"', where=here)
    return parse(said, where=here)


def _refuse_mixed(entries: list[tuple[str, Any]], where: str) -> None:
    """Refuse weights for some indicators and none for others."""
    without = [name for name, what in entries if "weight" not in _fields(name, what, where)]
    if without and len(without) < len(entries):
        raise MeasureError(
            "some indicators have a weight and some have none", where=where,
            expected="a weight for each, or for none", got="none for " + ", ".join(without),
            remedy="add the missing weights",
        )  # fmt: skip


def _unknown_missing(rule: Any, where: str) -> MeasureError:
    known: tuple[Literal["deprived", "not deprived", "excluded"], ...] = get_args(MissingRule)
    return MeasureError(
        "this says nothing about missing indicators", where=where,
        expected="one of " + ", ".join(known), got=repr(rule),
        remedy=nearest(str(rule), known) or "'excluded' leaves such households out, and says so",
    )  # fmt: skip
