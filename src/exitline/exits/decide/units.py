"""The units that are decided on, and what is known of each by its own row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import DataError
from exitline.stats.data.values import written

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.infer.estimates import Estimates

    Floats = NDArray[np.float64]

EVERYWHERE = ""


@dataclass(frozen=True)
class Units:
    """The units of one level, in the order of the blocks that refer to them.

    Attributes
    ----------
    level : str
    by : str
        Name of the set of domains in the estimates.
    names, parents, classes : list of str
        Each unit's name, its county ("" at county level) and its area class, as shown.
    codes, parent_codes, class_codes : list of str
        The same as the data write them: what tables of facts and standards name them by.
    """

    level: str
    by: str
    names: list[str]
    parents: list[str]
    classes: list[str]
    codes: list[str]
    parent_codes: list[str]
    class_codes: list[str]

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class Facts:
    """Conditions on the units' own rows: True, False or None for missing, by criterion.

    Attributes
    ----------
    states : mapping of criterion to mapping of unit to True, False or None
        A unit is a tuple of written keys.
    keys : tuple of str
        What a unit is named by: its level, or its county and its level.
    """

    states: Mapping[str, Mapping[tuple[str | None, ...], bool | None]]
    keys: tuple[str, ...] = ()

    def of(self, criterion: str, units: Units) -> list[bool | None]:
        """The state of each unit under a criterion.

        Raises
        ------
        DataError
            Where two counties have a village of one name, and the facts do not say of which
            county theirs is.
        """
        known = self.states.get(criterion, {})
        names = [written(code) for code in units.codes]
        if len(self.keys) > 1:
            parents = [written(code) for code in units.parent_codes]
            return [known.get(key) for key in zip(parents, names, strict=True)]
        twice = {name for name, count in Counter(names).items() if count > 1}
        unclear = sum((name,) in known for name in twice)
        if unclear:
            raise DataError(
                f"{unclear:,} rows of the table of facts may be of several {units.level}s",
                where=f"the study's table of facts, level {units.level}",
                expected="the county beside the village, where villages of two counties share "
                "a key",
                got=f"{unclear:,} "
                f"{'key that is' if unclear == 1 else 'keys that are'} in more than one county",
                remedy="add 'county' to the columns of the table of facts",
            )
        return [known.get((name,)) for name in names]


def units_of(
    estimates: Estimates, level: str, columns: tuple[str, ...], area_class: str | None
) -> Units:
    """The units that a set of domains names.

    Parameters
    ----------
    estimates : Estimates
    level : {"village", "county"}
    columns : tuple of str
        Columns that name the unit: (county,), or (county, village), or (village,).
    area_class : str or None
        Column with the area class, last in the set of domains.

    Returns
    -------
    Units

    Raises
    ------
    DataError
        Where a unit lies in several area classes.
    """
    by = ", ".join((*columns, *([area_class] if area_class else [])))
    block = next(b for b in estimates.blocks if b.by == by)
    last = len(columns) - 1
    names, parents, classes, codes, parent_codes, class_codes = (
        part
        for keys in (block.rows.keys, block.rows.codes)
        for part in (
            [key[last] for key in keys],
            [key[0] if last else "" for key in keys],
            [key[-1] if area_class else EVERYWHERE for key in keys],
        )
    )
    pairs = set(zip(parent_codes, codes, strict=True))
    several = len(names) - len(pairs)
    if several > 0:
        raise DataError(
            f"level '{level}': {several:,} {'unit lies' if several == 1 else 'units lie'} in more "
            "than one area class",
            where=f"column '{area_class}'", expected="one area class for all households of a unit",
            got="several", remedy="correct the column, or derive it from the unit's code",
        )  # fmt: skip
    return Units(level, by, names, parents, classes, codes, parent_codes, class_codes)
