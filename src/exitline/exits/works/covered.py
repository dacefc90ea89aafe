"""Coverage of villages: one row for each village and criterion, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from exitline.exits.works.inspected import asset_states
from exitline.exits.works.serving import serving, work_codes
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    from collections.abc import Mapping

    from exitline.exits.works.records.folder import WorksRecords
    from exitline.exits.works.serving import Serving

MET, NOT_MET, UNKNOWN = "met", "not met", "cannot tell"


@dataclass(frozen=True)
class VillageCoverage(ShownResult):
    """Which villages meet which criteria, because of which works.

    Attributes
    ----------
    table : pandas.DataFrame
        Columns village, name, area, criterion, people, share (served today), threshold, outcome,
        repaired (the share if everything that is broken were put right), loses (whether the
        village would meet it if nothing were broken, and does not), because_of (works without
        which it would not meet it), rests_on (broken assets without which it does not).
    serving : dict of str to Serving
    assets : pandas.DataFrame
    notes : tuple of str
    """

    table: pd.DataFrame
    serving: dict[str, Serving] = field(default_factory=dict)
    assets: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: tuple[str, ...] = ()

    def to_pandas(self) -> pd.DataFrame:
        """The table, works and assets as text with ; between them."""
        return self.table

    def counts(self) -> pd.DataFrame:
        """How many villages meet each criterion, and because of what.

        Returns
        -------
        pandas.DataFrame
            Columns criterion, villages, met, because_of_works (would not meet it without them),
            would_lose (lose it unless broken assets are repaired), not_met, cannot_tell.
        """
        rows = []
        for criterion, part in self.table.groupby("criterion", sort=False):
            met = part["outcome"] == MET
            rows.append((
                criterion, len(part), int(met.sum()), int((met & (part["because_of"] != "")).sum()),
                int(part["loses"].sum()), int((part["outcome"] == NOT_MET).sum()),
                int((part["outcome"] == UNKNOWN).sum()),
            ))  # fmt: skip
        return pd.DataFrame(rows, columns=[
            "criterion", "villages", "met", "because_of_works", "would_lose", "not_met",
            "cannot_tell",
        ])  # fmt: skip

    def works(self) -> pd.DataFrame:
        """How many villages would not meet a criterion without each work, the most first.

        Returns
        -------
        pandas.DataFrame
            Columns work, criterion, villages.
        """
        rows = self.table[self.table["because_of"] != ""]
        each = rows.assign(work=rows["because_of"].str.split("; ")).explode("work")
        found = each.groupby(["work", "criterion"], sort=False).size().rename("villages")
        return found.reset_index().sort_values("villages", ascending=False, ignore_index=True,
                                               kind="stable")  # fmt: skip

    def facts(self) -> pd.DataFrame:
        """One row for each village, as a study's `villages` table reads it.

        Returns
        -------
        pandas.DataFrame
            Column village; for each criterion its name (met: true, not met: false, else empty),
            ``NAME_share`` and ``NAME_rests_on`` (broken assets).
        """
        found = pd.DataFrame({"village": self.table["village"].drop_duplicates()})
        found = found.set_index("village")
        for criterion, part in self.table.groupby("criterion", sort=False):
            own = part.set_index("village")
            state = own["outcome"].map({MET: True, NOT_MET: False})
            found[criterion] = state.astype("boolean")
            found[f"{criterion}_share"] = own["share"]
            found[f"{criterion}_rests_on"] = own["rests_on"]
        return found.reset_index()

    def save_facts(self, path: str | Path) -> Path:
        """Write the facts as a table that a study names under `villages`.

        Parameters
        ----------
        path : path
            Ends in ``.csv``, ``.parquet``, ``.xlsx`` or ``.dta``.

        Returns
        -------
        Path
        """
        from exitline.words.shown.files import save
        from exitline.words.shown.result import of_frame

        frame = self.facts()
        return save(Path(path), frame, of_frame(frame))

    def marked(self, decided: pd.DataFrame) -> pd.DataFrame:
        """Decisions that rest on an asset that has failed since.

        Parameters
        ----------
        decided : pandas.DataFrame
            Columns village, criterion, outcome.

        Returns
        -------
        pandas.DataFrame
            Those that were "met" and whose village would lose the criterion: village, criterion,
            rests_on, share.
        """
        lost = self.table.loc[
            self.table["loses"], ["village", "area", "criterion", "rests_on", "share"]
        ]
        met = decided[decided["outcome"] == MET]
        return lost.merge(met[["village", "criterion"]], on=["village", "criterion"])


def coverage_of(records: WorksRecords) -> VillageCoverage:
    """Which villages meet which criteria, and what that rests on.

    Parameters
    ----------
    records : WorksRecords

    Returns
    -------
    VillageCoverage
    """
    found = asset_states(records)
    notes, parts, served = [*records.notes, *found.notes], [], {}
    for criterion, keys in records.keys.criteria.items():
        if keys.met is not None:
            parts.append(_by_condition(records, criterion))
            continue
        one = serving(records, criterion, found.table)
        served[criterion] = one
        notes += [text for text in one.notes if text not in notes]
        parts.append(_by_assets(records, one))
    table = pd.concat(parts, ignore_index=True) if parts else _rows(records, "", 1.0).iloc[:0]
    return VillageCoverage(table, served, found.table, tuple(notes))


def _rows(records: WorksRecords, criterion: str, threshold: float) -> pd.DataFrame:
    """A row for each village, nothing known yet."""
    villages = records["villages"]
    return pd.DataFrame({
        "village": villages["village"], "name": villages["name"], "area": villages["area"],
        "criterion": criterion, "people": villages["people"], "share": np.nan,
        "threshold": threshold, "outcome": UNKNOWN, "repaired": np.nan, "loses": False,
        "because_of": "", "rests_on": "",
    })  # fmt: skip


def outcome_of(share: Any, threshold: float) -> Any:
    """Met, not met or cannot tell, by a share that is known exactly.

    Parameters
    ----------
    share : float array
    threshold : float
    """
    found = np.where(share >= threshold - 1e-9, MET, NOT_MET).astype(object)
    found[np.isnan(share)] = UNKNOWN
    return found


def _by_assets(records: WorksRecords, one: Serving) -> pd.DataFrame:
    """Villages by what works today, what would without each work, and with everything repaired."""
    table = _rows(records, one.criterion, one.keys.at_least)
    now, whole = one.shares(one.works_now), one.shares(one.works_now | one.broken)
    table["share"], table["repaired"] = now, whole
    table["outcome"] = outcome_of(now, one.keys.at_least)
    met = one.meets(now)
    loses = ~met & one.meets(whole)
    table["loses"] = loses
    owner = work_codes(records, one.assets)
    lost = one.without(owner, len(records["works"])).tocoo()
    rest = np.where(np.isnan(now), 0.0, now)[lost.col] - lost.data
    because = met[lost.col] & (rest < one.keys.at_least - 1e-9)
    names = records["works"]["work"].to_numpy()
    table["because_of"] = _joined(lost.col[because], names[lost.row[because]], len(table))
    table["rests_on"] = _resting(one, loses, len(table))
    return table


def _resting(one: Serving, loses: Any, size: int) -> Any:
    """The broken assets by which a village that loses a criterion would be served."""
    broken = np.flatnonzero(one.broken)
    pairs = one.gives[broken].tocoo()
    village = one.village[pairs.col]
    open_place = one.served(one.works_now)[pairs.col] < one.weight[pairs.col] - 1e-9
    kept = loses[village] & open_place
    names = one.assets["asset"].to_numpy()[broken]
    return _joined(village[kept], names[pairs.row[kept]], size)


def _joined(at: Any, names: Any, size: int) -> Any:
    """Names by position, as text with ; between them, each once."""
    found = np.full(size, "", dtype=object)
    if len(at):
        rows = pd.DataFrame({"at": at, "name": names}).drop_duplicates().sort_values(["at", "name"])
        text = rows.groupby("at")["name"].agg("; ".join)
        found[text.index.to_numpy()] = text.to_numpy()
    return found


def _by_condition(records: WorksRecords, criterion: str) -> pd.DataFrame:
    """Villages by a condition over their own facts."""
    table = _rows(records, criterion, np.nan)
    condition = str(records.keys.criteria[criterion].met)
    states = holds(records["villages"], {criterion: condition})[criterion]
    table["outcome"] = states.map({True: MET, False: NOT_MET}).fillna(UNKNOWN)
    return table


def holds(frame: pd.DataFrame, conditions: Mapping[str, str]) -> pd.DataFrame:
    """Which conditions hold for each row: true, false, or nothing; all in one query.

    Parameters
    ----------
    frame : pandas.DataFrame
    conditions : mapping of str to str
        From where a condition stands, for messages, to its text.

    Returns
    -------
    pandas.DataFrame
        A column for each condition, in the order of the rows.
    """
    import pyarrow as pa

    if frame.empty:  # nothing says what its columns hold
        return pd.DataFrame(columns=list(conditions), dtype=object)

    from exitline.rules.condition import parse
    from exitline.stats.data.scannable import Source
    from exitline.stats.engine.session import session

    order = "exitline__row"
    rows = frame.assign(**{order: range(len(frame))})
    table = pa.Table.from_pandas(rows, preserve_index=False)
    with session() as engine:
        attached = engine.attach(Source(kind="arrow", table=table), "rows")
        states = {f"exitline__{i}": parse(text, where=where).build(attached)
                  for i, (where, text) in enumerate(conditions.items())}  # fmt: skip
        found = engine.run(attached.select(attached[order], **states)).to_pandas()
    states_of: pd.DataFrame = found.set_index(order).reindex(range(len(frame))).astype(object)
    return states_of.set_axis(list(conditions), axis=1)
