"""Coverage where the places of villages are a sample: designs, shares, outcomes by bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exitline.words.said import say

if TYPE_CHECKING:
    import pandas as pd

    from exitline.exits.works.covered import VillageCoverage
    from exitline.exits.works.records.folder import WorksRecords
    from exitline.exits.works.serving import Serving
    from exitline.stats.data.sampling.design import Design


def design_of(frame: pd.DataFrame, *, census: bool) -> Design:
    """The design that the columns of a table say.

    Parameters
    ----------
    frame : pandas.DataFrame
        With the columns strata and psu, empty where they say nothing.
    census : bool
        Whether its rows are all there are.
    """
    from exitline.stats.data.sampling.design import Design

    if census:
        return Design(weight="weight", census=True)
    used = {name: name for name in ("strata", "psu") if (frame[name] != "").any()}
    return Design(weight="weight", strata=used.get("strata"), psu=used.get("psu"))


def places_table(records: WorksRecords, one: Serving) -> pd.DataFrame:
    """The places with whether they are served, and the area of their village.

    Parameters
    ----------
    records : WorksRecords
    one : Serving
    """
    served = one.served(one.works_now) > 0
    table = one.place.assign(served=served.astype(np.int64))
    if "area" not in table.columns:
        area = records["villages"].set_index("village")["area"]
        table["area"] = table["village"].map(area)
    kept = ["village", "area", "weight", "served", "strata", "psu"]
    return table[[name for name in kept if name in table.columns]]


def sampled(records: WorksRecords, exact: VillageCoverage, level: float) -> VillageCoverage:
    """Outcomes by bounds, where the places of a village are a sample.

    Parameters
    ----------
    records : WorksRecords
    exact : VillageCoverage
        As if places were all there are.
    level : float
        One-sided confidence of *met* and *not met*.
    """
    from dataclasses import replace

    from exitline.api.figures.estimation import estimate
    from exitline.exits.works.covered import MET, NOT_MET, UNKNOWN

    table = exact.table.copy()
    table["ci_low"], table["ci_high"] = np.nan, np.nan
    for criterion, one in exact.serving.items():
        if one.listed:
            continue
        design = design_of(one.place, census=False)
        found = estimate(places_table(records, one), "proportion(served, 1)", design=design,
                         by="village", level=2 * level - 1).to_pandas()  # fmt: skip
        found = found[found["by"] == "village"].set_index("domain")
        own = table["criterion"] == criterion
        low, high = (table.loc[own, "village"].map(found[k]) for k in ("ci_low", "ci_high"))
        table.loc[own, "ci_low"], table.loc[own, "ci_high"] = low, high
        outcome = np.where(low >= one.keys.at_least, MET,
                           np.where(high < one.keys.at_least, NOT_MET, UNKNOWN))  # fmt: skip
        table.loc[own, "outcome"] = outcome
        table.loc[own & (table["outcome"] != NOT_MET), "loses"] = False
    note = say("places are a sample: an outcome is told where its one-sided bound allows")
    return replace(exact, table=table, notes=(*exact.notes, note))
