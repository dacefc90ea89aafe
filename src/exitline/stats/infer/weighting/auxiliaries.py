"""Auxiliary variables: margins matched by name with the groups of a sample, and their columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import DataError, Faults, nearest
from exitline.stats.infer.intake.cells import label_of
from exitline.stats.infer.intake.codes import as_text
from exitline.stats.infer.intake.naming import shown_names
from exitline.words.said import say_plural

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.arrays import Floats, Ints
    from exitline.stats.data.sampling.margins import Margin


MOST_NAMED = 12
"""Levels up to which a message names them."""


@dataclass(frozen=True)
class Auxiliary:
    """One column of the auxiliary matrix.

    Attributes
    ----------
    margin : str
    level : str
        "" for the total of a number, and for everyone.
    total : float
        What is known of the population.
    """

    margin: str
    level: str
    total: float

    @property
    def name(self) -> str:
        """As messages name it.

        Examples
        --------
        >>> Auxiliary("zone", "rural", 5.0).name, Auxiliary("children", "", 5.0).name
        ("zone 'rural'", 'children')
        """
        return f"{self.margin} '{self.level}'" if self.level else self.margin


@dataclass(frozen=True)
class Coded:
    """A column of categories: a code for each group, and what the codes mean.

    Attributes
    ----------
    codes : int array, shape (groups,)
    values : tuple of str
        The values as texts.
    names : tuple of str
        Their labels, where they have any.
    """

    codes: Ints
    values: tuple[str, ...]
    names: tuple[str, ...]


def coded(column: Any, labels: Mapping[Any, str]) -> Coded:
    """Codes of a column that an engine gave.

    Parameters
    ----------
    column : pyarrow.ChunkedArray
        Without missing values.
    labels : mapping
        From values to what they mean.

    Returns
    -------
    Coded

    Examples
    --------
    >>> import pyarrow as pa
    >>> coded(pa.chunked_array([[2.0, 1.0, 2.0]]), {1: "rural"}).names
    ('2', 'rural')
    """
    encoded = column.combine_chunks().dictionary_encode()
    values = tuple(as_text(value) for value in encoded.dictionary.to_pylist())
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return Coded(codes, values, shown_names(values, labels))


def auxiliaries(
    margins: Sequence[Margin],
    categories: Mapping[str, Coded],
    numbers: Mapping[str, Floats],
    each: Floats,
) -> tuple[tuple[Auxiliary, ...], Floats]:
    """The auxiliary matrix: one column for each level, number, and everyone.

    Parameters
    ----------
    margins : sequence of Margin
    categories : mapping of str to Coded
    numbers : mapping of str to float array, shape (groups,)
    each : float array, shape (groups,)
        What a row counts for in margins of levels and of everyone: 1, or its persons.

    Returns
    -------
    tuple of Auxiliary, float array of shape (groups, auxiliaries)

    Raises
    ------
    DataError
        Where levels of the sample and of the totals differ; all margins at once.
    """
    faults = Faults()
    found: list[Auxiliary] = []
    columns: list[Floats] = []
    for margin in margins:
        if margin.kind != "levels":
            found.append(Auxiliary(margin.name, "", margin.total))
            columns.append(numbers[margin.columns[0]] if margin.columns else each)
            continue
        with faults.kept():
            for level, mask in _matched(margin, [categories[c] for c in margin.columns]):
                found.append(level)
                columns.append(np.where(mask, each, 0.0))
    faults.raise_all()
    return tuple(found), np.stack(columns, axis=1)


def _matched(margin: Margin, columns: Sequence[Coded]) -> list[tuple[Auxiliary, NDArray[np.bool_]]]:
    """Each level of a margin with the groups that are at it."""
    known = [{**_unique(c.names), **{v: i for i, v in enumerate(c.values)}} for c in columns]
    place = np.zeros(len(columns[0].codes), dtype=np.int64)
    for column in columns:
        place = place * len(column.values) + column.codes
    there = set(np.unique(place).tolist())
    wanted: dict[int, Auxiliary] = {}
    absent: list[str] = []
    for level, total in margin.levels.items():
        texts = tuple(as_text(part) for part in level)
        at = _place(texts, known, columns)
        name = label_of(texts)
        if at is None or at not in there:
            absent.append(name)
        elif at in wanted:
            raise _twice(margin, name, wanted[at].level)
        else:
            wanted[at] = Auxiliary(margin.name, name, total)
    _refuse_unmatched(margin, absent, [_name(p, columns) for p in sorted(there - set(wanted))])
    return [(auxiliary, place == at) for at, auxiliary in wanted.items()]


def _unique(names: Sequence[str]) -> dict[str, int]:
    """Codes by label."""
    return {name: i for i, name in enumerate(names)}


def _place(
    texts: tuple[str, ...], known: Sequence[Mapping[str, int]], columns: Sequence[Coded]
) -> int | None:
    """The code of a crossing; None where a value is not in the data."""
    at = 0
    for text, codes, column in zip(texts, known, columns, strict=True):
        if text not in codes:
            return None
        at = at * len(column.values) + codes[text]
    return at


def _name(place: int, columns: Sequence[Coded]) -> str:
    """The name of a crossing by its code."""
    parts: list[str] = []
    for column in reversed(columns):
        place, code = divmod(place, len(column.values))
        parts.insert(0, column.names[code])
    return label_of(tuple(parts))


def _refuse_unmatched(margin: Margin, absent: list[str], unknown: list[str]) -> None:
    """Refuse levels that only the totals, or only the sample, have."""
    if absent:
        hint = nearest(absent[0], unknown) if len(unknown) <= MOST_NAMED else ""
        raise DataError(
            f"no row of the sample is at {_some(margin, absent)}",
            where=f"totals: {margin.name}",
            expected="rows at every level that has a total"
            + (f"; without a total there are {_listed(unknown)}" if unknown else ""),
            got=say_plural(
                "{n} level without rows: {names}",
                "{n} levels without rows: {names}",
                len(absent),
                names=_listed(absent),
            ),
            remedy=hint or "merge such a level with a neighbour, in the totals and in the data",
        )
    if unknown:
        raise DataError(
            f"there is no total for {_some(margin, unknown)}", where=f"totals: {margin.name}",
            expected="a total for every level that the sample has",
            got=say_plural(
                "{n} level without a total: {names}", "{n} levels without a total: {names}",
                len(unknown), names=_listed(unknown),
            ),
            remedy="give their totals, or leave their rows out of the data",
        )  # fmt: skip


def _some(margin: Margin, levels: list[str]) -> str:
    """One level, or how many."""
    if len(levels) == 1:
        return f"{margin.name} '{levels[0]}'"
    return f"{len(levels)} levels of '{margin.name}'"


def _listed(levels: list[str]) -> str:
    """Levels by name; not where there are so many that they may be households' ids."""
    if len(levels) > MOST_NAMED:
        return f"{len(levels):,} of them"
    return ", ".join(f"'{level}'" for level in levels)


def _twice(margin: Margin, name: str, other: str) -> DataError:
    """The error for a level that is given by its value and by its label."""
    return DataError(
        f"the margin '{margin.name}' has two totals for one level",
        where=f"totals: {margin.name}", expected="each level once, by its value or its label",
        got=f"'{other}' and '{name}', which are the same", remedy="remove one of them",
    )  # fmt: skip
