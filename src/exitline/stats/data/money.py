"""One price, one period, one person: how welfare and lines are brought to each other.

Amounts are converted in this order: total to one person (equivalence), regional prices,
prices of another year, international dollars. With the direction "deflate welfare" it is
welfare that is moved, with "uprate the line" the line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from exitline.errors import Faults, StudyError, nearest
from exitline.stats.data.studies.lines_and_prices import Equivalence, LineUse
from exitline.stats.data.studies.study import Study

if TYPE_CHECKING:
    from collections.abc import Collection

    from exitline.rules.standard import Line, Standard

PER_YEAR = {"day": 365.0, "month": 12.0, "year": 1.0}
"""How often a period recurs in a year."""


@dataclass(frozen=True)
class StudyLine:
    """A poverty line in the unit of the bound welfare column.

    Parameters
    ----------
    label : str
        How results name it.
    value : float, optional
        The line; None for a column and for a relative line.
    column : str, optional
        Column of a bound table with each household's line, in the unit of `welfare`.
    factor : float
        What a column's values are multiplied by to be in the unit of `welfare`.
    share, of, what, within : float, str or float, str, bool
        A relative line: what it is a share of, in words; whether each area has its own.
    boundary : {"<", "<="}
        Who is poor.
    source : str
        As the standard says.
    verified : bool
        False where the standard's figure was not read at its source.
    title : str
        What people call it; "" where only the label is known.
    currency, per, period : str
        Of the figure, for the period of the study's welfare; "" where they are not known.
    prices : int or None
        The year whose prices the figure is in.
    """

    label: str
    value: float | None = None
    column: str | None = None
    factor: float = 1.0
    share: float | None = None
    of: Literal["median", "mean"] | float = "median"
    what: str = "median"
    within: bool = False
    boundary: Literal["<", "<="] = "<"
    source: str = ""
    verified: bool = True
    title: str = ""
    currency: str = ""
    per: str = ""
    period: str = ""
    prices: int | None = None


def study_lines(
    study: Study, standard: Standard | None, columns: Collection[str]
) -> tuple[StudyLine, ...]:
    """The lines that a study asks for, in the unit of its welfare.

    Parameters
    ----------
    study : Study
    standard : Standard or None
    columns : collection of str
        Columns of the bound table.

    Returns
    -------
    tuple of StudyLine
        Every line of the standard, where the study names none.

    Raises
    ------
    StudyError
        For a name that is neither a line of the standard nor a column, or a line that
        needs a year, an exchange rate or an index which the study does not give.

    Examples
    --------
    >>> from exitline.stats.data.studies.loader import parse_study
    >>> study = parse_study('''
    ... study: a
    ... data: {households: a.parquet}
    ... lines: [4891, {relative: 0.6, of: median, label: at risk}]
    ... ''')
    >>> [(line.label, line.value) for line in study_lines(study, None, [])]
    [('4891', 4891.0), ('at risk', None)]
    """
    held = standard.lines if standard is not None else {}
    wanted = study.lines or tuple(LineUse(name=name, where=study.where("lines")) for name in held)
    faults, found = Faults(), []
    for use in wanted:
        with faults.kept():
            found.append(_resolve(use, study, held, columns))
    faults.raise_all()
    return tuple(found)


def line_value(study: Study, line: Line) -> float:
    """The figure of a standard's line in the unit of the study's welfare.

    Parameters
    ----------
    study : Study
    line : Line
        Not a relative one.

    Returns
    -------
    float
        figure x cpi factor x ppp x periods, as far as the study asks for each.

    Raises
    ------
    StudyError
        When the study lacks the year or the exchange rate, or has one too many.
    """
    if study.ppp is not None and line.currency != "PPP":
        raise StudyError(
            f"the line '{line.name}' is not in international dollars",
            where=study.where("ppp"),
            expected="a line in PPP dollars, because the study has a ppp",
            got=line.unit,
            remedy="remove 'ppp', or choose a line in PPP dollars",
        )
    period = PER_YEAR[line.period] / PER_YEAR[study.period or line.period]
    return line.figure(_line_year(study, line)).value * period * _uprating(study)


def welfare(value: Any, study: Study, scale: Any | None, regional: Any | None) -> Any:
    """Welfare of one person, in the prices and the currency of the line.

    Parameters
    ----------
    value : ibis.Value
        The welfare column.
    study : Study
    scale : ibis.Value or None
        Equivalent adults that a household's total is divided by.
    regional : ibis.Value or None
        Regional price index, 1 = reference.

    Returns
    -------
    ibis.Value
        A double; missing where the scale or the index is zero or below.
    """
    for divisor in (scale, regional):
        if divisor is not None:
            value = value / _positive(divisor)
    if study.prices is not None and study.prices.direction == "deflate welfare":
        value = value * study.prices.factor
    if study.ppp is not None and _deflates(study):
        value = value / study.ppp
    return value


def equivalent_adults(equivalence: Equivalence, parts: dict[str, Any]) -> Any:
    """The number of equivalent adults of a household.

    OECD-modified (Hagenaars, de Vos and Zaidi 1994): 1 for the first person, 0.5 for each
    further one of 14 and over, 0.3 for each child under 14. A household of children alone
    counts its first child as 1.

    Parameters
    ----------
    equivalence : Equivalence
    parts : dict of str to ibis.Value
        "size", "column", or "adults" and "children", as the scale needs.

    Returns
    -------
    ibis.Value
    """
    import ibis

    if equivalence.scale == "per person":
        return parts["size"]
    if equivalence.scale == "square root":
        return _positive(parts["size"]).sqrt()
    if equivalence.scale == "column":
        return parts["column"]
    adults, children = parts["adults"], parts["children"]
    with_adults = 1.0 + 0.5 * (adults - 1.0) + 0.3 * children
    children_alone = ibis.ifelse(children > 0, 1.0 + 0.3 * (children - 1.0), ibis.null("float64"))
    return ibis.ifelse(adults >= 1, with_adults, children_alone)


def _resolve(use: LineUse, study: Study, held: Any, columns: Collection[str]) -> StudyLine:
    """One line, from the standard, a column, a number or a share."""
    factor = _uprating(study)
    boundary = use.boundary or "<"
    if use.share is not None:
        label = use.label or f"{use.share:g} of the {use.what}"
        return StudyLine(
            label, share=use.share, of=use.of, what=use.what, within=use.within,
            boundary=boundary, title=use.label or "",
        )  # fmt: skip
    if use.value is not None:
        label = use.label or f"{use.value:.15g}"
        return StudyLine(
            label, value=use.value * factor, boundary=boundary, title=use.label or "",
            period=study.period or "", prices=_prices_of(study, None),
        )  # fmt: skip
    name = use.name or ""
    if name in held:
        return _of_standard(held[name], use, study)
    if name in columns:
        return StudyLine(
            use.label or name, column=name, factor=factor, boundary=boundary,
            title=use.label or "",
        )  # fmt: skip
    raise StudyError(
        f"there is no line '{name}'",
        where=use.where,
        expected="a line of the standard"
        + (" (" + ", ".join(held) + ")" if held else "")
        + ", a number, or a column",
        got=f"'{name}'",
        remedy=nearest(name, [*held, *columns]) or "see `exitline standards`",
    )


def _of_standard(line: Line, use: LineUse, study: Study) -> StudyLine:
    """A line of the standard, with its unit and source."""
    label = use.label or line.name
    boundary = use.boundary or line.boundary
    if line.relative is not None:
        share = line.relative.share
        return StudyLine(
            label, share=share.value, of=line.relative.of, boundary=boundary,
            source=line.source, verified=line.verified and share.verified,
            title=use.label or line.label,
        )  # fmt: skip
    figure = line.figure(_line_year(study, line))
    currency, per, period = _money(line, study)
    return StudyLine(
        label, value=line_value(study, line), boundary=boundary,
        source=figure.source or line.source, verified=line.verified and figure.verified,
        title=use.label or line.label, prices=_prices_of(study, line), currency=currency,
        per=per, period=period,
    )  # fmt: skip


def _money(line: Line, study: Study) -> tuple[str, str, str]:
    """Currency, person and period of a line's figure as the study uses it."""
    if study.ppp is not None and not _deflates(study):
        return "", "", ""
    return line.currency, line.per, study.period or line.period


def _prices_of(study: Study, line: Line | None) -> int | None:
    """The year whose prices welfare and lines are in, as far as it is known."""
    prices = study.prices
    if prices is not None and prices.to_year is not None:
        return prices.to_year
    if prices is not None and prices.welfare_year is not None:
        return prices.welfare_year
    if line is None:
        return None
    return line.price_base if line.uprating is None else _line_year(study, line)


def _line_year(study: Study, line: Line) -> int:
    """The year whose figure is wanted: that of the prices it is to be in."""
    prices = study.prices
    if prices is not None and prices.from_year is not None and prices.line_year is not None:
        return prices.line_year
    if study.year is not None:
        return study.year
    if all(period.first is None and period.last is None for period in line.values):
        return 2000  # any year: the figure holds at all times
    raise StudyError(
        f"the line '{line.name}' has a figure for each year, and the study has no year",
        where=study.where("study"),
        expected="year: the year of the survey",
        got="nothing",
        remedy="add 'year' to the study",
    )


def _uprating(study: Study) -> float:
    """What a line is multiplied by, where it is the line that is moved."""
    if _deflates(study):
        return 1.0
    factor = study.prices.factor if study.prices is not None else 1.0
    return factor * (study.ppp or 1.0)


def _deflates(study: Study) -> bool:
    return study.prices is None or study.prices.direction == "deflate welfare"


def _positive(value: Any) -> Any:
    """The value, missing where it is not above zero."""
    import ibis

    return ibis.ifelse(value > 0, value, ibis.null("float64"))
