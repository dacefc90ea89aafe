"""How figures are written: no more digits than the standard error carries.

One rule for terminal, report, explorer, tables, films, claims and API. Ties go to the even
digit, of the number that the shortest text of a float names, as in `exitline.proof.claim.Rounding`.
In English, unless a language is given: files for machines give none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from exitline.words.catalogue import ENGLISH, Language

CANNOT_TELL = "cannot tell yet"
SUPPRESSED = "suppressed"
SPACE = "\N{NO-BREAK SPACE}"
DASH = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"

_MOST = {"share": 1, "index": 4, "money": 2, "persons": 0, "households": 0}
_NEVER_NEGATIVE = {"persons", "households", "index"}
_LEAST = {"share": 0, "index": 0}
_PLAIN = {"share": 1, "index": 4, "persons": 0, "households": 0}
_EXACT = Context(prec=700)


@dataclass(frozen=True)
class Written:
    """A figure as it is read: the number, its interval, and why one is missing.

    Attributes
    ----------
    text : str
        "14.3 %"; "cannot tell yet" or "suppressed" where there is no figure.
    interval : str
        "12.6–16.1"; "" where there is none.
    reason : str
        Why the figure or its interval is missing.
    ends : (str, str)
        Of the interval.
    suppressed : bool
        Whether the figure is withheld.
    """

    text: str
    interval: str = ""
    reason: str = ""
    ends: tuple[str, str] = ("", "")
    suppressed: bool = False

    def __str__(self) -> str:
        return f"{self.text} ({self.interval})" if self.interval else self.text

    def spoken(self, t: Language = ENGLISH) -> str:
        """For screen readers: the interval said with "to"."""
        if not self.interval:
            return self.text
        low, high = self.ends
        return t("{figure}, interval {low} to {high}", figure=self.text, low=low, high=high)


def decimals(se: float, unit: str, value: float) -> int:
    """Decimals to show, negative for tens and hundreds: the standard error's second digit.

    Parameters
    ----------
    se : float
        In the figure's own scale; 0 or NaN where there is no sampling error.
    unit : {"share", "persons", "households", "money", "index"}
        Shares are shown in percent, with at most one decimal.
    value : float
        Decides for money without a standard error.

    Examples
    --------
    >>> decimals(0.009, "share", 0.14), decimals(24_600.0, "persons", 4e5)
    (1, -3)
    """
    most = _MOST.get(unit, 4)
    if not se > 0 or math.isinf(se):
        return _PLAIN.get(unit, 0 if abs(value) >= 100 else 2)
    scaled = 100 * se if unit == "share" else se
    wanted = 1 - math.floor(math.log10(scaled))
    return max(_LEAST.get(unit, -15), min(most, wanted))


def write(
    value: float, low: float, high: float, se: float, unit: str, reason: str = "",
    t: Language = ENGLISH,
) -> Written:  # fmt: skip
    """A figure with its interval; no number of people, and no index, has an interval
    that begins below zero.

    Parameters
    ----------
    value, low, high, se : float
        NaN where there is none.
    unit : {"share", "persons", "households", "money", "index", "number"}
    reason : str
        Why something is missing.
    t : Language
        The reader's.

    Examples
    --------
    >>> str(write(0.14274, 0.12590, 0.16139, 0.00905, "share")).replace(SPACE, " ")
    '14.3 % (12.6–16.1)'
    >>> str(write(398_123.0, 350_456.0, 445_790.0, 24_600.0, "persons"))
    '398,000 (350,000–446,000)'
    >>> write(float("nan"), 0, 0, 0, "share", "no household").text
    'cannot tell yet'
    """
    if reason.startswith(SUPPRESSED):
        return Written(t("suppressed"), "", t.of(reason), suppressed=True)
    if math.isnan(value):
        return Written(t("cannot tell yet"), "", t.of(reason) or t("no reason was recorded"))
    places = decimals(se, unit, value)
    text = _with_unit(value, places, unit, t)
    if math.isnan(low) or math.isnan(high):
        return Written(text, "", t.of(reason) or t("no interval can be given"))
    if se == 0 and low == high:  # none poor of fifty has no standard error, but an interval
        return Written(text)
    percent = unit == "share"
    low = lower_end(low, value, unit)
    first, last = (rounded(bound, places, percent=percent, t=t) for bound in (low, high))
    return Written(text, _between(first, last, low, t), t.of(reason), (first, last))


def _between(first: str, last: str, low: float, t: Language) -> str:
    """An interval; beside a minus sign the dash is a word."""
    return t("{low} to {high}", low=first, high=last) if low < 0 else f"{first}{DASH}{last}"


def points(value: float, low: float, high: float, se: float, t: Language = ENGLISH) -> Written:
    """A difference of two shares, in percentage points, with its sign.

    Parameters
    ----------
    value, low, high, se : float
        As shares; NaN where there is none.
    t : Language
        The reader's.

    Examples
    --------
    >>> str(points(0.0312, -0.0104, 0.0728, 0.021))
    '+3.1 points (−1.0 to +7.3)'
    >>> points(0.12, 0.0, 0.25, 0.06).text
    '+12.0 points'
    """
    if math.isnan(value):
        return Written(t("cannot tell yet"), "", t("no reason was recorded"))
    places = decimals(se, "share", value)
    text = t("{figure} points", figure=_signed(value, places, t))
    if math.isnan(low) or math.isnan(high):
        return Written(text, "", t("no interval can be given"))
    first, last = _signed(low, places, t), _signed(high, places, t)
    return Written(text, t("{low} to {high}", low=first, high=last), "", (first, last))


def _signed(share: float, places: int, t: Language) -> str:
    """A share in percent with its sign, none where it is shown as zero."""
    text = rounded(share, places, percent=True)
    sign = "" if text.startswith(MINUS) or not text.strip("0.") else "+"
    return sign + t.figure(text)


def lower_end(low: float, value: float, unit: str) -> float:
    """The lower end of an interval as it is published: not below zero for what never is.

    Examples
    --------
    >>> lower_end(-12.5, 40.0, "persons"), lower_end(-12.5, 40.0, "money")
    (0.0, -12.5)
    """
    return max(low, 0.0) if unit in _NEVER_NEGATIVE and value >= 0 else low


def _with_unit(value: float, places: int, unit: str, t: Language) -> str:
    """A number with its sign of percent; tiny shares are never shown as nothing."""
    if unit != "share":
        return rounded(value, places, t=t)
    if 0 < value < 0.0005:
        return t("under {figure}", figure=t.figure(f"0.1{SPACE}%"))
    return t.figure(f"{rounded(value, places, percent=True)}{SPACE}%")


def rounded(value: float, places: int, *, percent: bool = False, t: Language = ENGLISH) -> str:
    """A number with separators, rounded to decimals, or to tens where negative.

    Parameters
    ----------
    value : float
    places : int
    percent : bool
        Write a share in percent.
    t : Language
        The reader's.

    Examples
    --------
    >>> rounded(398_123.0, -3), rounded(2.25, 1), rounded(-0.04, 1)
    ('398,000', '2.2', '0.0')
    >>> rounded(0.0145, 1, percent=True)
    '1.4'
    """
    exact = settled(value, places, percent=percent)
    text = t.figure(f"{abs(exact):,.{max(places, 0)}f}")
    return f"{MINUS}{text}" if exact < 0 else text


def settled(value: float, places: int, *, percent: bool = False) -> Decimal:
    """A number rounded as `rounded` writes it.

    Parameters
    ----------
    value : float
    places : int
    percent : bool
        A share, in percent.

    Examples
    --------
    >>> float(settled(398_123.0, -3)), float(settled(0.0145, 1, percent=True))
    (398000.0, 1.4)
    """
    number = Decimal(repr(float(value))).scaleb(2 if percent else 0, _EXACT)
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN, _EXACT)


def count(value: float, t: Language = ENGLISH) -> str:
    """A whole number with separators; "cannot tell yet" where it is unknown.

    Examples
    --------
    >>> count(6671), count(float("nan"))
    ('6,671', 'cannot tell yet')
    """
    return t("cannot tell yet") if math.isnan(value) else rounded(value, 0, t=t)


def line_name(name: str, t: Language = ENGLISH) -> str:
    """What a line is called: its label, or its figure with separators.

    Examples
    --------
    >>> line_name("4891"), line_name("2.15"), line_name("basic")
    ('4,891', '2.15', 'basic')
    """
    whole, _, part = name.partition(".")
    if not (whole.isdecimal() and (not part or part.isdecimal())):
        return name
    return rounded(float(name), len(part), t=t)


def about(value: float, sampled: bool, t: Language = ENGLISH) -> str:
    """A number of people: as counted, or with three digits where it is a sample's.

    Examples
    --------
    >>> about(57867.0, False), about(57867.0, True), about(61.4, True)
    ('57,867', '57,900', '61')
    """
    if not sampled or not value:
        return count(value, t)
    return rounded(value, min(0, 2 - math.floor(math.log10(abs(value)))), t=t)


def plural(number: float, one: str, many: str = "") -> str:
    """A count with its noun.

    Examples
    --------
    >>> plural(1, "county", "counties"), plural(1200, "household")
    ('1 county', '1,200 households')
    """
    return f"{count(number)} {one if number == 1 else many or one + 's'}"
