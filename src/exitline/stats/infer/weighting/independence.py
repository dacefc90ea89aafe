"""Which auxiliaries say something new, and whether totals contradict each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import DataError, Faults

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.data.sampling.margins import Margin
    from exitline.stats.infer.weighting.auxiliaries import Auxiliary

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

DEPENDENT = 1e-9
"""A column that differs from a combination of others by less than this share says nothing new."""
AGREE = 1e-9
"""Totals that differ by less than this share agree."""


def refuse_disagreeing(margins: Sequence[Margin]) -> None:
    """Refuse margins of levels whose totals add up to different numbers of units.

    Parameters
    ----------
    margins : sequence of Margin

    Raises
    ------
    DataError
    """
    counted = [m for m in margins if m.kind != "number"]
    for other in counted[1:]:
        first = counted[0]
        if abs(other.total - first.total) > AGREE * max(abs(first.total), abs(other.total)):
            raise DataError(
                f"the margins '{first.name}' and '{other.name}' contradict each other",
                where=f"totals: {first.name}, {other.name}",
                expected="margins that add up to the same number",
                got=f"{first.total:,.10g} in '{first.name}', {other.total:,.10g} in '{other.name}'",
                remedy="correct one, or scale it to the other: multiply its totals by "
                f"{first.total / other.total:.12g}",
            )


def independent(
    x: Floats, weight: Floats, names: Sequence[Auxiliary], margins: Sequence[Margin]
) -> Ints:
    """Positions of auxiliaries that together say all there is, in their order.

    Levels of several margins always depend on each other, for each margin adds up to everyone:
    one of them is left out. A margin that says nothing at all beside the others is refused,
    unless its columns are part of another's crossing.

    Parameters
    ----------
    x : float array, shape (groups, auxiliaries)
    weight : float array, shape (groups,)
    names : sequence of Auxiliary
    margins : sequence of Margin

    Returns
    -------
    int array

    Raises
    ------
    DataError
        Where a total contradicts others, or a margin is collinear with others.
    """
    root = x * np.sqrt(weight)[:, None]
    totals = np.array([one.total for one in names])
    basis = np.zeros((len(x), 0))
    kept: list[int] = []
    faults = Faults()
    for column in range(x.shape[1]):
        left, size = _rest(root[:, column], basis)
        if left is not None:
            basis = np.column_stack([basis, left])
            kept.append(column)
        elif size == 0:
            faults.add(_only_zero(names[column]))
        else:
            with faults.kept():
                _refuse_contradiction(root, totals, kept, column, names)
    faults.raise_all()
    _refuse_redundant(kept, names, margins)
    return np.array(kept, dtype=np.int64)


def _rest(column: Floats, basis: Floats) -> tuple[Floats | None, float]:
    """What is left of a column beside a basis, of length one (None: nothing), and its size."""
    size = float(np.linalg.norm(column))
    if size == 0.0:
        return None, 0.0
    left = column / size
    for _ in range(2):
        left = left - basis @ (basis.T @ left)
    length = float(np.linalg.norm(left))
    return (left / length if length > DEPENDENT else None), size


def _refuse_contradiction(
    root: Floats, totals: Floats, kept: list[int], column: int, names: Sequence[Auxiliary]
) -> None:
    """Refuse a total that others determine, if it is not what they make it."""
    scale = np.linalg.norm(root[:, kept], axis=0)
    found = np.linalg.lstsq(root[:, kept] / scale, root[:, column], rcond=None)[0] / scale
    parts = found * totals[kept]
    made, size = float(parts.sum()), float(np.abs(parts).max(initial=0.0))
    if abs(made - totals[column]) <= AGREE * max(size, abs(totals[column])):
        return
    own = names[column].margin
    used = np.abs(parts) > 1e-9 * size
    others = dict.fromkeys(names[kept[i]].margin for i in np.flatnonzero(used))
    raise DataError(
        f"the total of {names[column].name} contradicts those of other margins",
        where=f"totals: {', '.join(dict.fromkeys((own, *others)))}",
        expected=f"{made:,.10g}, which the totals of {_list(others)} make it in this sample",
        got=f"{totals[column]:,.10g}",
        remedy=f"correct the totals, or leave the margin '{own}' out",
    )


def _refuse_redundant(
    kept: list[int], names: Sequence[Auxiliary], margins: Sequence[Margin]
) -> None:
    """Refuse a margin that says nothing new, unless it is everyone or part of a crossing."""
    useful = {names[i].margin for i in kept}
    for margin in margins:
        inside = any(
            set(margin.columns) < set(other.columns) and other.kind == "levels"
            for other in margins
            if margin.kind != "number"
        )
        if margin.name in useful or margin.kind == "all" or inside:
            continue
        others = [other.name for other in margins if other is not margin and other.columns]
        raise DataError(
            f"the margin '{margin.name}' is collinear with others: it says nothing that they "
            "do not",
            where=f"totals: {margin.name}",
            expected="margins that differ in the sample",
            got=f"'{margin.name}' is a combination of {_list(others)}",
            remedy=f"leave the margin '{margin.name}' out",
        )


def _only_zero(name: Auxiliary) -> DataError:
    """The error for a number that is zero on every row."""
    return DataError(
        f"{name.name} is zero on every row of the sample, so that no weights reach its total",
        where=f"totals: {name.margin}", expected="rows with other values than zero",
        got="zero throughout", remedy="leave the margin out, or check the column",
    )  # fmt: skip


def _list(names: Sequence[str] | dict[str, None]) -> str:
    """Names in quotes."""
    return ", ".join(f"'{name}'" for name in names) or "none"
