"""Inequality measures: what they are made of, in the field's own terms."""

from __future__ import annotations

from typing import Any

from exitline.errors import MeasureError
from exitline.measure import rules
from exitline.measure.model import Measure, Rule, Term


def _index(name: str, terms: tuple[Term, ...], rule: Rule, label: str, **more: Any) -> Measure:
    """A measure of inequality: an index, the lower the more equal."""
    return Measure(name, terms, rule, "plain", "index", label, better="lower", **more)


def ge(epsilon: float) -> Measure:
    """Generalised entropy index; 0 is the mean log deviation, 1 the Theil index.

    References
    ----------
    Shorrocks (1984), Econometrica 52, 1369-1385; linearised as in Langel and Tillé (2012).
    """
    e = float(epsilon)
    kind = {0.0: "log_welfare", 1.0: "welfare_log"}.get(e, "power")
    terms = (
        Term("one", positive=True),
        Term("welfare", positive=True),
        Term(kind, alpha=e if kind == "power" else None, positive=True),
    )
    known = {0.0: ("mld", "mean log deviation"), 1.0: ("theil", "Theil index")}
    default = (f"ge({e:g})", f"generalised entropy, epsilon = {e:g}")
    name, label = known.get(e, default)
    return _index(name, terms, rules.generalised_entropy, label, parameters=(e,))


def mld() -> Measure:
    """Mean log deviation: GE(0)."""
    return ge(0)


def theil() -> Measure:
    """Theil index: GE(1)."""
    return ge(1)


def atkinson(epsilon: float) -> Measure:
    """Atkinson index with inequality aversion epsilon > 0 (Atkinson 1970, eq. 17).

    Parameters
    ----------
    epsilon : float
        Above 0. With 1 it is one minus the ratio of geometric to arithmetic mean.
    """
    e = float(epsilon)
    if not 0 < e < float("inf"):
        raise MeasureError(
            "the Atkinson index is not defined for this epsilon",
            expected="a number above 0",
            got=str(epsilon),
            remedy="0.5, 1 and 2 are customary",
        )
    inner = (
        Term("log_welfare", positive=True)
        if e == 1
        else Term("power", alpha=1.0 - e, positive=True)
    )
    terms = (Term("one", positive=True), Term("welfare", positive=True), inner)
    label = f"Atkinson index, epsilon = {e:g}"
    return _index(f"atkinson({e:g})", terms, rules.atkinson, label, parameters=(e,))


def j_divergence() -> Measure:
    """J-divergence: GE(0) + GE(1) (Rohde 2016)."""
    terms = tuple(Term(k, positive=True) for k in ("one", "welfare", "log_welfare", "welfare_log"))
    return _index("j_divergence", terms, rules.j_divergence, "J-divergence")


def gini(column: str | None = None) -> Measure:
    """Gini index: the mean absolute difference over twice the mean.

    The population formula, in which tied values are one value: it depends neither on the order
    of rows nor on the scale of weights. Welfare below zero takes part; the index has no meaning
    where the mean is not above zero.

    Parameters
    ----------
    column : str, optional
        A numeric column; welfare unless given.

    References
    ----------
    Lerman and Yitzhaki (1989), Journal of Econometrics 42, 43-47; Langel and Tillé (2013),
    Journal of the Royal Statistical Society A 176, 521-540.
    """
    x = Term("welfare") if column is None else Term("amount", column=column)
    terms = (Term("one"), x, Term("ranked", of=x), Term("lower", of=x))
    name, label = ("gini", "Gini index") if column is None else (
        f"gini({column})", f"Gini index of {column}"
    )  # fmt: skip
    return _index(name, terms, rules.gini, label)


MEASURES = (ge, mld, theil, atkinson, j_divergence, gini)
