"""Money and poverty lines as people say them: "4,891 lek", never the code of a currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from exitline.words.catalogue import ENGLISH, Language, language
from exitline.words.numbers import rounded
from exitline.words.said import Text, say
from exitline.words.texts import languages

PPP = "PPP"
"""International dollars."""
_USUAL = {"ALL": "lek", "CNY": "yuan", "RUB": "roubles"}
"""What English calls a currency, where that is shorter than the name in the standard's data."""


def amount(value: float, currency: str, t: Language = ENGLISH) -> str:
    """An amount with the currency's sign, or its name where it has none of its own.

    Parameters
    ----------
    value : float
    currency : str
        ISO 4217 code, "PPP" for international dollars, "" where none is known.
    t : Language
        The reader's.

    Examples
    --------
    >>> amount(4891.0, "ALL"), amount(1234.5, "EUR"), amount(3.65, "PPP")
    ('4,891 lek', '€1,234.50', '3.65 international dollars')
    """
    number = rounded(value, 0 if value == round(value) else 2, t=t)
    if currency == "":
        return number
    sign, first = _sign(currency, t.code)
    if sign:
        return f"{sign}{number}" if first else f"{number}\N{NO-BREAK SPACE}{sign}"
    return t("{n} {currency}", n=number, currency=currency_name(currency, t))


def currency_name(currency: str, t: Language = ENGLISH) -> str:
    """A currency by its name.

    Examples
    --------
    >>> [currency_name(code) for code in ("ALL", "PKR", "USD", "XXX")]
    ['lek', 'rupees', 'dollars', 'units of currency']
    """
    if currency == PPP:
        return t("international dollars")
    if currency == "XXX":
        return t("units of currency")
    return _name(currency, t.code)


def currency_in_each(currency: str) -> Mapping[str, str]:
    """The same in every language, for a text that will be said in one of them.

    Examples
    --------
    >>> currency_in_each("BRL")["en"], currency_in_each("BRL")["es"]
    ('reals', 'reales brasileños')
    """
    return {code: currency_name(currency, language(code)) for code in languages()}


@lru_cache
def _name(currency: str, code: str) -> str:
    """The plural of a currency's name; in English without the country, which the page names."""
    from babel.numbers import get_currency_name

    if code == "en" and currency in _USUAL:
        return _USUAL[currency]
    said = str(get_currency_name(currency, count=1000, locale=code))
    if code != "en":
        return said
    own = [w for w in said.split() if w == w.lower() or (w.isupper() and len(w) > 2)]
    return " ".join(own) or said


@lru_cache
def _sign(currency: str, code: str) -> tuple[str, bool]:
    """A sign without letters, and whether it stands first; "" where there is none."""
    from babel import Locale
    from babel.numbers import get_currency_symbol

    sign = "" if currency in (PPP, "XXX") else str(get_currency_symbol(currency, locale=code))
    if not sign or any(letter.isalpha() for letter in sign):
        return "", False
    pattern = Locale.parse(code).currency_formats["standard"].pattern
    return sign, pattern.startswith("\N{CURRENCY SIGN}")


def for_whom(money: Text, per: str, period: str) -> Text:
    """Money with whom and which span of time it is for.

    Parameters
    ----------
    money : text
        An amount, or the name of a currency.
    per : {"person", "adult equivalent", "household", ""}
    period : {"day", "month", "year", ""}

    Examples
    --------
    >>> for_whom("4,891 lek", "person", "month")
    '4,891 lek per person per month'
    """
    if not (per and period):
        return money
    said = {
        ("person", "day"): say("{column} per person per day", column=money),
        ("person", "month"): say("{column} per person per month", column=money),
        ("person", "year"): say("{column} per person per year", column=money),
        ("adult equivalent", "day"): say("{column} per adult equivalent per day", column=money),
        ("adult equivalent", "month"): say("{column} per adult equivalent per month", column=money),
        ("adult equivalent", "year"): say("{column} per adult equivalent per year", column=money),
        ("household", "day"): say("{column} per household per day", column=money),
        ("household", "month"): say("{column} per household per month", column=money),
        ("household", "year"): say("{column} per household per year", column=money),
    }
    return said[per, period]


@dataclass(frozen=True)
class LineWords:
    """A poverty line as people say it.

    Attributes
    ----------
    title : str
        "Absolute poverty line"; "" where it is known by its figure alone.
    value : float or None
    share, what : float or None, str
        Of a relative line.
    column : str
        The column of a line that differs by household.
    currency, per, period : str
    prices : int or None
        The year whose prices it is in.
    own_unit : bool
        Whether it is in the unit of the study's welfare, which has no name.
    verified : bool
    """

    title: str = ""
    value: float | None = None
    share: float | None = None
    what: str = "median"
    column: str = ""
    currency: str = ""
    per: str = ""
    period: str = ""
    prices: int | None = None
    own_unit: bool = False
    verified: bool = True

    def name(self, t: Language = ENGLISH) -> str:
        """What the line is called in a heading.

        Examples
        --------
        >>> LineWords("Absolute poverty line").name(), LineWords(value=2500.0).name()
        ('Absolute poverty line', '2,500')
        """
        return t.of(self.title) or self.figure(t)

    def figure(self, t: Language = ENGLISH) -> str:
        """Its amount, or how it is found.

        Examples
        --------
        >>> LineWords(value=4891.0, currency="ALL").figure(), LineWords(share=0.6).figure()
        ('4,891 lek', '60 % of the median')
        """
        if self.value is not None:
            return amount(self.value, self.currency, t)
        if self.share is not None:
            share = t.figure(f"{100 * self.share:g} %")
            return t("{share} of the {what}", share=share, what=t.of(self.what))
        return t("column {column}", column=self.column)

    def __call__(self, t: Language = ENGLISH) -> str:
        """The line in full.

        Examples
        --------
        >>> LineWords("Absolute poverty line", 4891.0, currency="ALL", per="person",
        ...           period="month", prices=2002)()
        'Absolute poverty line: 4,891 lek per person per month, in prices of 2002'
        """
        title = t.of(self.title) or t("line")
        if not self.title and self.value is None and self.share is None:
            return t("line {label}", label=self.column)
        figure = self.figure(t)
        if self.value is not None:
            figure = t.shown(for_whom(figure, self.per, self.period))
        if self.own_unit:
            figure = " ".join((figure, t("in the unit of the study's welfare")))
        prices = "" if self.prices is None else prices_of(self.prices, t)
        doubt = "" if self.verified else " " + t("(unverified)")
        return title + t.signs[": "] + t.joined((figure, prices), ", ") + doubt


def prices_of(year: int, t: Language = ENGLISH) -> str:
    """The year whose prices an amount is in.

    Examples
    --------
    >>> prices_of(2002)
    'in prices of 2002'
    """
    return t("in prices of {year}", year=str(year))
