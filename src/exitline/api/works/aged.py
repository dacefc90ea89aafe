"""Assets by age: how many work, and how long they last."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.api.works.sampled import design_of
from exitline.exits.works.errors import WorksError
from exitline.words.said import say

if TYPE_CHECKING:
    import pandas as pd

    from exitline.exits.works.records.folder import WorksRecords
    from exitline.stats.infer.estimates import Estimates
    from exitline.stats.panel.durations.survival import Survival

AGES = (0.0, 1.0, 2.0, 5.0, 10.0, 20.0)
"""Lower ends of classes of age in years."""


@dataclass(frozen=True)
class WorksAges:
    """How many assets work, by age.

    Attributes
    ----------
    shares : Estimates
        Of ``proportion(works, 1)`` by ``age``: assets as they were last seen.
    survival : Survival
        Share of assets that still work so many years after they were built.
    assets : int
        Assets of which age and state are known.
    notes : tuple of str
    """

    shares: Estimates
    survival: Survival
    assets: int
    notes: tuple[str, ...] = ()


def ages_of(
    records: WorksRecords, assets: pd.DataFrame, states: tuple[str, ...], cuts: tuple[float, ...],
    level: float,
) -> WorksAges:  # fmt: skip
    """Shares by class of age, and the curve of Kaplan and Meier.

    Parameters
    ----------
    records : WorksRecords
    assets : pandas.DataFrame
        With state and age.
    states, cuts, level
        As in `exitline.api.works.recorded.RecordedWorks.ages`.

    Raises
    ------
    WorksError
        Where no asset has both a day of building and an inspection.
    """
    from exitline.api.figures.estimation import estimate
    from exitline.exits.works.inspected import lives
    from exitline.stats.panel.durations.spell import spells_from_table
    from exitline.stats.panel.durations.survival import kaplan_meier

    known = assets[assets["age"].notna() & (assets["state"] != "")].copy()
    life = lives(records, states)
    if known.empty or life.empty:
        raise WorksError(
            "no asset has both a day of building and an inspection", where="assets, inspections",
            expected="the columns built, and on of inspections", got=f"{len(assets):,} assets",
            remedy="add the year of building",
        )  # fmt: skip
    known["works"] = known["state"].isin(states).astype(np.int64)
    known["age_class"] = _classes(known["age"].to_numpy(), cuts)
    known["weight"] = known["weight"].fillna(1.0)
    life["weight"] = life["weight"].fillna(1.0)
    kept = known[["works", "age_class", "weight", "strata", "psu"]]
    design = design_of(kept, census=False)
    shares = estimate(kept, "proportion(works, 1)", design=design, by="age_class", level=level)
    spells = spells_from_table(
        life["asset"].to_numpy(), np.zeros(len(life)), life["years"].to_numpy(),
        life["failed"].to_numpy(), weight=life["weight"].to_numpy(),
        psu=life["psu"].to_numpy() if design.stages else None,
        stratum=life["strata"].to_numpy() if design.strata_columns else None,
    )  # fmt: skip
    left = len(assets) - len(known)
    notes = (say("{n} of {m} assets: age or state is not known, left out", n=left, m=len(assets)),)
    seen = (say("an asset that was seen broken failed at that look or before it: the curve is an "
                "upper bound of how long assets last"),)  # fmt: skip
    return WorksAges(shares, kaplan_meier(spells, level=level), len(known),
                     (*(notes if left else ()), *seen))  # fmt: skip


def _classes(age: Any, cuts: tuple[float, ...]) -> Any:
    """Classes of age as text that sorts: "02 to 05 years"."""
    ends = [f"{low:02g} to {high:02g} years" for low, high in pairwise(cuts)]
    names = np.array([*ends, f"{cuts[-1]:02g} years and more"])
    return names[np.clip(np.searchsorted(np.array(cuts), age, side="right") - 1, 0, None)]
