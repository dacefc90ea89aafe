"""Poverty lines, and the unit of amounts, as people say them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from exitline.words.catalogue import ENGLISH, Language
from exitline.words.money import LineWords, currency_name, for_whom, prices_of

if TYPE_CHECKING:
    from exitline.stats.data.money import StudyLine
    from exitline.stats.data.studies.study import Study


def of_line(line: StudyLine, study: Study) -> LineWords:
    """A study's line in words.

    Parameters
    ----------
    line : StudyLine
    study : Study

    Examples
    --------
    >>> from exitline.stats.data import parse_study
    >>> from exitline.stats.data.money import StudyLine
    >>> text = "{study: A, data: {households: a.csv}, columns: {welfare: y}}"
    >>> of_line(StudyLine("r", share=0.6), parse_study(text))()
    'line: 60 % of the median'
    """
    known = line.value is not None and not line.currency
    return LineWords(
        line.title, line.value, line.share, line.what, line.column or "", line.currency,
        line.per, line.period, line.prices, known and study.ppp is not None, line.verified,
    )  # fmt: skip


def unit_of(lines: Iterable[LineWords], t: Language = ENGLISH) -> str:
    """The unit of amounts of welfare, where every line with a figure has the same.

    Parameters
    ----------
    lines : iterable of LineWords
    t : Language

    Examples
    --------
    >>> unit_of([LineWords("Line", 4891.0, currency="ALL", per="person", period="month",
    ...                    prices=2002)])
    'lek per person per month, in prices of 2002'
    """
    units = {(line.currency, line.per, line.period, line.prices)
             for line in lines if line.value is not None}  # fmt: skip
    if len(units) != 1:
        return ""
    currency, per, period, prices = units.pop()
    if not currency:
        return ""
    money = t.shown(for_whom(currency_name(currency, t), per, period))
    return t.joined((money, "" if prices is None else prices_of(prices, t)), ", ")
