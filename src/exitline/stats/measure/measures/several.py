"""Inequality and poverty in several columns at once: what the measures are made of."""

from __future__ import annotations

import re
from functools import reduce
from typing import Annotated

from exitline.errors import MeasureError
from exitline.stats.measure import rules
from exitline.stats.measure.measures.counts import ratio_of
from exitline.stats.measure.model import Measure, Term
from exitline.stats.measure.ranges import Range, ranged
from exitline.words.said import collected

ALPHA = Range(
    "Bourguignon's index is not defined for this alpha",
    expected="a number above 0, up to 1", remedy="0.5 is convey's",
    least=0.0, most=1.0, ends="(]",
)  # fmt: skip
BETA = Range(
    "Bourguignon's index is not defined for this beta",
    expected="a number below 1", remedy="-2 is convey's", most=1.0,
)  # fmt: skip
THETA = Range(
    "Bourguignon and Chakravarty's index is not defined for this theta",
    expected="a number above 0",
    remedy="theta of 1 or above makes deprivations complements", least=0.0,
)  # fmt: skip
OF_GAPS = Range(
    "Bourguignon and Chakravarty's index is not defined for this alpha",
    expected="a number above 0", remedy="alpha 1 is a mean gap", least=0.0,
)  # fmt: skip


@ranged
def bourguignon(
    columns: str, alpha: Annotated[float, ALPHA] = 0.5, beta: Annotated[float, BETA] = -2.0
) -> Measure:
    """Bourguignon's index of inequality in several dimensions at once.

    One less what the mean person's well-being is short of that of one who has the mean of
    everything; well-being is (mean of x_j^beta)^(alpha/beta).

    Parameters
    ----------
    columns : str
        Numeric columns joined by ``+``, from zero up: ``"income + schooling"``. They count
        equally; bring them to one scale first.
    alpha : float
        Above 0 and at most 1: the lower, the more inequality counts.
    beta : float
        Below 1: the lower, the less one dimension makes up for another. 0 is a product.

    References
    ----------
    Bourguignon (1999), in Silber (ed.), Handbook of Income Inequality Measurement, 477-484.
    """
    names = [name.strip() for name in columns.split("+")]
    a, b = float(alpha), float(beta)
    if len(names) < 2 or not all(names) or len(set(names)) < len(names):
        raise MeasureError(
            "inequality in several dimensions needs several columns",
            expected="the names of different columns, joined by +",
            got=columns,
            remedy="for instance bourguignon(income + schooling)",
        )
    amounts = [Term("amount", column=name) for name in names]
    raised = [Term("raised", of=one, alpha=b or a / len(names)) for one in amounts]
    joined = _all_of("product" if b == 0 else "plus", raised)
    below = _all_of("plus", [Term("below", of=one) for one in amounts])
    inner = joined if b == 0 else Term("raised", of=joined, alpha=a / b)
    name = f"bourguignon({' + '.join(names)}, {a:g}, {b:g})"
    return Measure(
        name, (Term("one"), inner, below, *amounts), rules.bourguignon, "plain", "index",
        f"Bourguignon index of {' + '.join(names)}", parameters=(a, b), better="lower",
        undefined=collected("a column is nowhere above zero, or somewhere below it"),
    )  # fmt: skip


@ranged
def bourguignon_chakravarty(
    columns: str, theta: Annotated[float, THETA] = 1.0, alpha: Annotated[float, OF_GAPS] = 1.0
) -> Measure:
    """Bourguignon and Chakravarty's index of poverty in several dimensions at once.

    Mean of (sum of a_j g_j^theta)^(alpha/theta) over all, with g_j = 1 - x_j/z_j of those below
    the cut-off z_j of a column, and 0 of all others.

    Parameters
    ----------
    columns : str
        Numeric columns with their cut-offs, joined by ``+``: ``"income < 300 + schooling < 6"``.
        They count equally, or as a number after a colon says: ``"income < 300: 2 + rooms < 2"``.
    theta : float
        Above 0: the higher, the less one dimension makes up for another.
    alpha : float
        Above 0: the higher, the more the poorest count.

    References
    ----------
    Bourguignon and Chakravarty (2003), Journal of Economic Inequality 1, 25-49, eq. 15.
    """
    asked = _cutoffs(columns)
    parts, of_all = [], sum(weight for _, weight in asked.values())
    for column, (cutoff, weight) in asked.items():
        line = Term("number", alpha=cutoff)
        gap = Term("rest", of=Term("quotient", of=Term("amount", column=column), ranking=line))
        short = Term("product", of=gap, ranking=Term("rest", of=Term("below", of=gap)))
        raised = short if theta == 1 else Term("raised", of=short, alpha=theta)
        share = Term("number", alpha=weight / of_all)
        parts.append(Term("product", of=raised, ranking=share))
    score, power = _all_of("plus", parts), alpha / theta
    names = " + ".join(asked)
    equal = len({weight for _, weight in asked.values()}) == 1
    shown = " + ".join(
        f"{c} < {z:.12g}" + ("" if equal else f": {w:.12g}") for c, (z, w) in asked.items()
    )
    return ratio_of(
        f"bourguignon_chakravarty({shown}, {theta:g}, {alpha:g})",
        score if power == 1 else Term("raised", of=score, alpha=power), Term("one"),
        "index", f"Bourguignon-Chakravarty index of {names}", better="lower",
    )  # fmt: skip


def _cutoffs(columns: str) -> dict[str, tuple[float, float]]:
    """The cut-off and the weight of each column."""
    number = r"[0-9.]+(?:[eE][+-]?[0-9]+)?"
    form = rf"\s*(.+?)\s*<\s*({number})\s*(?::\s*({number})\s*)?"
    found = [re.fullmatch(form, part) for part in columns.split("+")]
    asked = {m[1]: (float(m[2]), float(m[3] or 1)) for m in found if m}
    if len(asked) < len(found) or len(asked) < 2 or min(min(two) for two in asked.values()) <= 0:
        raise MeasureError(
            "poverty in several dimensions needs several columns, each with its cut-off",
            expected="different columns with cut-offs and weights above 0, joined by +",
            got=columns,
            remedy="for instance bourguignon_chakravarty(income < 300 + schooling < 6: 2)",
        )
    return asked


def _all_of(kind: str, terms: list[Term]) -> Term:
    """Terms put together, the first two first."""
    return reduce(lambda x, y: Term(kind, of=x, ranking=y), terms)


MEASURES = (bourguignon, bourguignon_chakravarty)
