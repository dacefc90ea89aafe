"""How a total moves with the line: every part of the formula against a difference quotient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from exitline.stats.measure import terms
from exitline.stats.measure.algebra import At
from exitline.stats.measure.derivatives import parts_of
from exitline.stats.measure.model import Term

Y = np.array([0.7, 1.3, 2.1, 2.9, 3.6, 4.4, 7.5, 9.1])
WEIGHT = np.array([2.0, 1.0, 3.0, 1.5, 2.5, 1.0, 4.0, 0.5])
SIZE = np.array([5.0, 1.0, 2.0, 4.0, 3.0, 1.0, 2.0, 6.0])
Z = 4.0


@dataclass(frozen=True)
class Rows:
    """Eight households at one line, none of them near it."""

    z: float
    welfare: Any = None

    def line(self, _at: At) -> float:
        return self.z

    def boundary(self, _at: At) -> str:
        return "<"

    def column(self, _name: str) -> Any:
        return SIZE

    def ready(self, _term: Term, _at: At) -> None:
        return None

    def where(self, condition: Any, value: Any, otherwise: Any) -> Any:
        return np.where(condition, value, otherwise)

    def divide(self, value: Any, by: Any) -> Any:
        return value / by

    def log(self, value: Any) -> Any:
        return np.log(value)

    def power(self, value: Any, exponent: float) -> Any:
        return np.abs(value) ** exponent


def total(term: Term, z: float) -> float:
    """The weighted sum of a term at a line."""
    with np.errstate(invalid="ignore"):
        return float((WEIGHT * terms.value(term, Rows(z, Y), At(0))).sum())


@pytest.mark.parametrize(
    "term",
    [
        Term("gap", alpha=1.0), Term("gap", alpha=2.0), Term("gap", alpha=1.5),
        Term("gap", alpha=3.0), Term("log_gap"), Term("shortfall"), Term("censored"),
        Term("rich_share", alpha=0.5), Term("rich_share", alpha=2.0),
        Term("rich_gap", alpha=1.0), Term("rich_gap", alpha=2.0),
        Term("log_gap", positive=True), Term("shortfall", unit="households"),
        Term("product", of=Term("amount", column="n"), ranking=Term("shortfall")),
    ],
    ids=lambda term: f"{term.kind} {term.alpha or ''}",
)  # fmt: skip
def test_a_total_moves_with_the_line_as_its_parts_say(term):
    parts = parts_of(term)
    assert parts
    said = sum(
        part.coefficient * total(part.term, Z) / (Z if part.over_line else 1.0)
        * (1.0 if part.times is None else total(part.times, Z))
        for part in parts
    )  # fmt: skip
    step = 1e-6
    found = (total(term, Z + step) - total(term, Z - step)) / (2 * step)
    assert said == pytest.approx(found, rel=1e-7)
    assert found != 0


def test_who_is_poor_moves_by_the_density_at_the_line():
    for kind, sign in (("poor", 1.0), ("rich", -1.0)):
        (part,) = parts_of(Term(kind))
        assert (part.term.kind, part.coefficient, part.over_line) == ("kernel", sign, False)


def test_what_is_not_smooth_has_no_derivative():
    assert parts_of(Term("gap", alpha=0.5)) is None
    assert parts_of(Term("rich_share", alpha=-2.0)) is None
    assert parts_of(Term("welfare")) == ()
