"""Estimates as they are read and drawn: names, units, and no more digits than are known."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from exitline.errors import MeasureError, nearest
from exitline.words.numbers import decimals, line_name, rounded, write
from exitline.words.shown import charts
from exitline.words.shown.result import ShownResult
from exitline.words.shown.table import ReadableTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from exitline.words.shown.charts import Drawing


class ShownFigures(ShownResult):
    """Figures by measure, line and area: what they are called and in which unit they are read."""

    def readable(self) -> ReadableTable:
        """The table as it is read: measures by their names, shares in percent, interval and figure
        with the digits that the standard error carries.
        """
        return readable(self)

    def plot(self, over: str | None = None) -> Drawing:
        """The figures with their intervals, drawn (extra ``plots``).

        Parameters
        ----------
        over : str, optional
            A column of the areas that is time: a line from wave to wave, one for each of the
            other areas.

        Returns
        -------
        Drawing
            Shown as it is in a notebook; ``save`` writes SVG, PNG, HTML or JSON.
        """
        return plot(self, over)


def readable(
    figures: Any, titles: Mapping[str, str] = MappingProxyType({})
) -> ReadableTable:  # fmt: skip
    """The table of estimates as it is read.

    Parameters
    ----------
    figures : Figures
    titles : mapping of str to str
        What columns, lines and measures are called, where it is not their name.

    Returns
    -------
    ReadableTable
        What is the same in all rows stands in the title, once.
    """
    blocks = figures.blocks
    told = [_told(b, titles) for b in blocks]
    names = {key: {one[key] for one in told} for key in ("measure", "line", "areas")}
    several = {key: len(found - {""}) > 1 for key, found in names.items()}
    areas = [one["areas"] for one in told if one["areas"]]
    columns = [*(key for key in ("measure", "line", "areas") if several[key])]
    heads = [*columns, *(["area"] if areas and several["areas"] else areas[:1]), *figures.further]
    rows = tuple(
        (
            *_words(_told(block, titles), one, columns, bool(areas), figures.further),
            *_numbers(block, one),
            *(_beside(one, name) for name in figures.also),
        )
        for block, one in _each(figures)
    )
    numbers = (
        "estimate", "SE", f"{100 * figures.level:g} % interval", "n",
        *({"cv": "CV", "deff": "deff"}[name] for name in figures.also),
    )  # fmt: skip
    right = frozenset(range(len(heads), len(heads) + len(numbers)))
    title = _title(names, several, titles)
    return ReadableTable(title, (*heads, *numbers), rows, right, figures.notes)


def _each(figures: Any) -> Iterator[tuple[Any, Any]]:
    for block in figures.blocks:
        for i in range(block.rows.size):
            yield block, block.at(i, figures.level)


def _name(block: Any) -> str:
    """What a measure is called."""
    return str(block.label or block.measure)


def unit_of(block: Any) -> str:
    """What a figure is in: "share", "persons", "households", "money" or "index"."""
    return block.unit or ("share" if block.share else "number")


def _told(block: Any, titles: Mapping[str, str]) -> dict[str, str]:
    """Measure, line and areas of a block, as people call them."""
    by = ", ".join(titles.get(name, name) for name in block.by.split(", "))
    measure = titles.get(block.measure) or _name(block)
    return {
        "measure": measure,
        "line": titles.get(block.line) or line_name(block.line),
        "areas": by,
    }


def _title(
    names: dict[str, set[str]], several: dict[str, bool], titles: Mapping[str, str]
) -> str:  # fmt: skip
    """What is the same in all rows: the measure, and its line."""
    said = "" if several["measure"] else next(iter(names["measure"]), "")
    line = "" if several["line"] else next((text for text in names["line"] if text), "")
    line = line if line in titles.values() or not line else f"line {line}"
    told = ", ".join(text for text in (said, line) if text)
    return told[:1].upper() + told[1:]


def _words(
    told: dict[str, str], one: Any, columns: list[str], areas: bool, further: tuple[str, ...]
) -> tuple[str, ...]:
    """What names a figure."""
    named = [told[key] for key in columns]
    place = [one.domain or "all"] if areas else []
    return (*named, *place, *(_further(one.more.get(name, "")) for name in further))


def _further(value: str | float) -> str:
    """A cut-off or an indicator; nothing where the figure has none."""
    if isinstance(value, str):
        return value
    return "" if math.isnan(value) else f"{value:.4g}"


def _numbers(block: Any, one: Any) -> tuple[str, str, str, str]:
    """Estimate, standard error, interval and number of rows."""
    unit = unit_of(block)
    said = write(one.estimate, one.ci_low, one.ci_high, one.se, unit, one.reason)
    if math.isinf(one.df) and one.se == 0:
        return said.text, "", "full count", f"{one.n:,}"
    places = decimals(one.se, unit, one.estimate)
    se = "" if math.isnan(one.se) else rounded(one.se, places, percent=unit == "share")
    return said.text, se, said.interval or "none", f"{one.n:,}"


def _beside(one: Any, name: str) -> str:
    """A coefficient of variation or a design effect; nothing where there is none."""
    value = one.cv if name == "cv" else one.deff
    return "" if math.isnan(value) else f"{value:.1%}" if name == "cv" else f"{value:.2f}"


def plot(
    figures: Any, over: str | None, titles: Mapping[str, str] = MappingProxyType({})
) -> Drawing:  # fmt: skip
    """Dots with intervals; lines from wave to wave where a column is named.

    Parameters
    ----------
    figures : Figures
    over : str or None
    titles : mapping of str to str
        What columns, lines and measures are called, where it is not their name.

    Returns
    -------
    Drawing

    Raises
    ------
    MeasureError
        Where no figure is by that column.
    """
    title = readable(figures).title
    if over is None:
        frame = figures.to_pandas()
        blocks = [block for block, _ in _each(figures)]
        measures = {b.measure: titles.get(b.measure) or _name(b) for b in figures.blocks}
        frame["measure"] = [measures[b.measure] for b in blocks]
        frame["line"] = [_line_title(b.line, titles) for b in blocks]
        frame["by"] = [_by_title(b.by, titles) for b in blocks]
        units = {measures[b.measure]: unit_of(b) for b in figures.blocks}
        return charts.of_frame(frame, title if len(units) == 1 else "", units)
    blocks = [block for block in figures.blocks if over in block.by.split(", ")]
    if len({(b.measure, b.line, b.by) for b in blocks}) != 1:
        known = {column for block in figures.blocks for column in block.by.split(", ") if column}
        what = "several measures would be drawn at once" if blocks else f"no figure is by '{over}'"
        raise MeasureError(
            what,
            expected="one measure at one line, by " + (", ".join(sorted(known)) or "a column"),
            got=f"{len(blocks)} that fit", remedy=nearest(over, known) or "estimate one of them",
        )  # fmt: skip
    return charts.over_time(_series(figures, blocks[0], over), over, title, unit_of(blocks[0]))


def _line_title(line: str, titles: Mapping[str, str]) -> str:
    """A line as a heading has it."""
    return titles.get(line) or (f"line {line_name(line)}" if line else "")


def _by_title(by: str, titles: Mapping[str, str]) -> str:
    """Area columns as a heading has them."""
    return "by " + ", ".join(titles.get(name, name) for name in by.split(", ")) if by else ""


def _series(figures: Any, block: Any, over: str) -> pd.DataFrame:
    """One row for each wave and area."""
    import pandas as pd

    at = block.by.split(", ").index(over)
    rows = []
    for i, key in enumerate(block.rows.keys):
        one = block.at(i, figures.level)
        area = ", ".join(value for j, value in enumerate(key) if j != at)
        rows.append((key[at], area or "all", one.estimate, one.ci_low, one.ci_high))
    return pd.DataFrame(rows, columns=[over, "area", "estimate", "ci_low", "ci_high"])
