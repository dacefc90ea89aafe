"""Works as they were recorded: `xl.works.records`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.api.works.choosing import notes_on
from exitline.exits.works.covered import VillageCoverage, coverage_of
from exitline.exits.works.errors import WorksError
from exitline.exits.works.findings import findings_of
from exitline.exits.works.gaps import gaps_of
from exitline.exits.works.records.folder import open_works
from exitline.words.said import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pandas as pd

    from exitline.exits.works.choice import Goal
    from exitline.exits.works.findings import WorksFindings
    from exitline.exits.works.gaps import VillageGaps
    from exitline.exits.works.plan import WorksPlan
    from exitline.exits.works.records.folder import WorksRecords
    from exitline.exits.works.serving import Serving
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.infer.estimates import Estimates
    from exitline.stats.panel.durations.survival import Survival

GOALS: dict[str, Goal] = {"people": "people", "criteria": "areas", "villages": "units"}
AGES = (0.0, 1.0, 2.0, 5.0, 10.0, 20.0)


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


@dataclass(frozen=True)
class RecordedWorks:
    """Works, assets, inspections and services of an area, as of a day.

    Attributes
    ----------
    records : WorksRecords
    """

    records: WorksRecords

    @cached_property
    def _exact(self) -> VillageCoverage:
        return coverage_of(self.records)

    def check(self, checks: str | Path | None = None) -> WorksFindings:
        """Hold every work and asset against numbered checks.

        Parameters
        ----------
        checks : path, optional
            A file of checks of your own; the shipped ones unless given.

        Returns
        -------
        WorksFindings
            A row a finding; ``counted`` has a row a check.
        """
        return findings_of(self.records, self._exact, None if checks is None else Path(checks))

    def coverage(self, level: float = 0.95) -> VillageCoverage:
        """Which villages meet which criteria, because of which works.

        Parameters
        ----------
        level : float
            Where places are sampled: one-sided confidence of *met* and *not met*.

        Returns
        -------
        VillageCoverage
            ``counts()``, ``works()``, ``facts()``; where places are sampled an outcome is *cannot
            tell* unless the bound is on one side of the threshold.
        """
        if self.records.keys.census:
            return self._exact
        return _sampled(self.records, self._exact, level)

    def shares(self, criterion: str, by: Any = (), level: float = 0.95) -> Estimates:
        """Share of people who are served, by area.

        Parameters
        ----------
        criterion : str
            Of the works file; one that is measured by distance.
        by : str or sequence
            Columns of the places (or villages): ``"area"``, ``"village"``.
        level : float

        Returns
        -------
        Estimates
            Of ``proportion(served, 1)``, with the errors of the design where places are sampled.

        Raises
        ------
        WorksError
            For another criterion.
        """
        from exitline.api.figures.estimation import estimate

        one = self._exact.serving.get(criterion)
        if one is None or one.listed:
            raise WorksError(
                f"'{criterion}' is not measured by distance", where="criterion",
                expected="a criterion with within_km",
                got=", ".join(self.records.keys.criteria) or "none",
                remedy="coverage() has the shares of all",
            )  # fmt: skip
        design = _design(one.place, census=self.records.keys.census)
        return estimate(
            _places(self.records, one), "proportion(served, 1)", design=design, by=by, level=level
        )

    def gaps(self, area: str | None = None) -> VillageGaps:
        """Which village lacks what, what would bring it, and what that costs.

        Parameters
        ----------
        area : str, optional
            Only villages of this area.

        Returns
        -------
        VillageGaps
            ``by_area()`` adds up.

        Raises
        ------
        ExitlineError
            For an area that no village lies in.
        """
        from dataclasses import replace

        from exitline.errors import unknown

        found = gaps_of(self.records, self.coverage())
        if area is None:
            return found
        known = tuple(dict.fromkeys(self.records["villages"]["area"]))
        if area not in known:
            raise unknown("area", area, known, error=WorksError, where="villages")
        kept = found.table[found.table["area"] == area].reset_index(drop=True)
        return replace(found, table=kept)

    def choose(
        self, budget: float | Sequence[float], *, goal: str = "people", floor: float = 0.0,
        gap: float = 1e-6, seconds: float = 60.0,
    ) -> WorksPlan:  # fmt: skip
        """Which repairs, and which works of the library, to do next under a budget, exactly.

        Parameters
        ----------
        budget : float or sequence of float
            For one year, or for each of several.
        goal : {"people", "criteria", "villages"}
            Serve most people (counted for each criterion), meet most criteria of villages, or
            bring most villages to all of their criteria.
        floor : float
            Least share of each village's people that must be served in the end.
        gap, seconds : float
            As in `exitline.works.choose`.

        Returns
        -------
        WorksPlan
            ``reached``: criteria of villages met before and after; ``complete``: villages.

        Raises
        ------
        WorksError
            For a budget out of range, or where nothing can be done.
        """
        from exitline.api.works.choosing import check_numbers
        from exitline.errors import unknown
        from exitline.exits.works.candidates import candidates_of
        from exitline.exits.works.choice import best
        from exitline.exits.works.plan import WorksPlan as Plan

        if goal not in GOALS:
            raise unknown("goal", goal, tuple(GOALS), error=WorksError, where="goal")
        years = [float(budget)] if isinstance(budget, int | float) else list(map(float, budget))
        check_numbers(budget=years, floor=floor)
        found = candidates_of(self.records, self._exact, years, GOALS[goal], floor)
        return Plan(
            found.problem, best(found.problem, gap=gap, seconds=seconds), found.names, found.areas,
            None, (*found.notes, *notes_on(found.problem)), found.at, found.place_at,
        )  # fmt: skip

    def marked(self) -> pd.DataFrame:
        """Decisions of the run that the works file names which rest on a broken asset.

        Returns
        -------
        pandas.DataFrame
            Columns village, area, criterion, rests_on, share (served today).

        Raises
        ------
        WorksError
            Where the works file names no decisions.
        """
        if self.records.decided is None:
            raise WorksError(
                "no decisions are named", where="works file", expected="decisions: {table: ...}",
                got="none", remedy="name decisions.parquet of a run's folder",
            )  # fmt: skip
        return self._exact.marked(self.records.decided)

    def ages(
        self, states: tuple[str, ...] = ("functional",), cuts: tuple[float, ...] = AGES,
        level: float = 0.95,
    ) -> WorksAges:  # fmt: skip
        """How many assets work by age, and how long they last.

        Parameters
        ----------
        states : tuple of str
            What counts as working.
        cuts : tuple of float
            Lower ends of the classes of age in years.
        level : float

        Returns
        -------
        WorksAges
            With the errors of the design where assets are sampled (columns weight, strata, psu).

        Raises
        ------
        WorksError
            Where no asset has both a day of building and an inspection.
        """
        return _ages(self.records, self._exact.assets, states, cuts, level)


def records(path: str | Path, *, as_of: date | None = None) -> RecordedWorks:
    """Works, assets, inspections and services of a folder.

    Parameters
    ----------
    path : path
        A folder with works.csv, assets.csv, inspections.csv and so on, and, where there is one,
        works.yaml; such a file; one table with the columns of WPDx; or the address of a register
        (``sqlite:///file``, ``postgresql://...``) that took such a folder in.
    as_of : date, optional
        The day that all is asked about; that of the file, or today.

    Returns
    -------
    RecordedWorks
        ``check()``, ``coverage()``, ``gaps()``, ``ages()``, ``shares()``, ``marked()``.

    Raises
    ------
    WorksError
        For files, columns, cells or ids that cannot be used; all are said together.

    Examples
    --------
    >>> import exitline as xl
    >>> found = xl.works.records("examples/works-imaginary")
    >>> found.coverage().counts()["criterion"].tolist()
    ['water', 'toilet']
    """
    from exitline.exits.register.books import in_database

    if in_database(str(path)):
        from exitline.exits.register.store.opening import open_store
        from exitline.exits.works.stored.tables import records_in

        return RecordedWorks(records_in(open_store(str(path)), as_of))
    return RecordedWorks(open_works(path, as_of))


def record(path: str | Path, database: str, *, as_of: date | None = None) -> dict[str, int]:
    """Take the works of a folder into a register, all or none.

    Parameters
    ----------
    path : path
        A folder, as for `exitline.works.records`; its villages are areas of the register by code.
    database : str
        ``sqlite:///file`` or ``postgresql://...``.
    as_of : date, optional
        Steps after it are left out.

    Returns
    -------
    dict
        works, assets, inspections, services, steps: how many were taken in.

    Raises
    ------
    WorksError
        For villages that are not there, works or assets that are there already, and steps that
        the procedure does not allow.

    Examples
    --------
    >>> import tempfile, exitline as xl
    >>> from datetime import date
    >>> from exitline.exits.register.store.opening import create_store
    >>> address = "sqlite:///" + tempfile.mkdtemp() + "/register.db"
    >>> store = create_store(address)
    >>> xl.works.record("examples/works-imaginary", address)
    Traceback (most recent call last):
    ...
    exitline.exits.works.errors.WorksError: 133 villages are no areas of the register...
    """
    from dataclasses import asdict

    from exitline.exits.register.store.opening import open_store
    from exitline.exits.works.stored.taking import take_in

    return asdict(take_in(open_store(database), open_works(path, as_of)))


def _design(frame: pd.DataFrame, *, census: bool) -> Design:
    """The design that the columns of a table say."""
    from exitline.stats.data.sampling.design import Design

    if census:
        return Design(weight="weight", census=True)
    used = {name: name for name in ("strata", "psu") if (frame[name] != "").any()}
    return Design(weight="weight", strata=used.get("strata"), psu=used.get("psu"))


def _places(records: WorksRecords, one: Serving) -> pd.DataFrame:
    """The places with whether they are served, and the area of their village."""
    served = one.served(one.works_now) > 0
    table = one.place.assign(served=served.astype(np.int64))
    if "area" not in table.columns:
        area = records["villages"].set_index("village")["area"]
        table["area"] = table["village"].map(area)
    kept = ["village", "area", "weight", "served", "strata", "psu"]
    return table[[name for name in kept if name in table.columns]]


def _sampled(records: WorksRecords, exact: VillageCoverage, level: float) -> VillageCoverage:
    """Outcomes by bounds, where the places of a village are a sample."""
    from dataclasses import replace

    from exitline.api.figures.estimation import estimate
    from exitline.exits.works.covered import MET, NOT_MET, UNKNOWN

    table = exact.table.copy()
    table["ci_low"], table["ci_high"] = np.nan, np.nan
    for criterion, one in exact.serving.items():
        if one.listed:
            continue
        design = _design(one.place, census=False)
        found = estimate(_places(records, one), "proportion(served, 1)", design=design,
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


def _ages(
    records: WorksRecords, assets: pd.DataFrame, states: tuple[str, ...], cuts: tuple[float, ...],
    level: float,
) -> WorksAges:  # fmt: skip
    """Shares by class of age, and the curve of Kaplan and Meier."""
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
    design = _design(kept, census=False)
    shares = estimate(kept, "proportion(works, 1)", design=design, by="age_class", level=level)
    spells = spells_from_table(
        life["asset"].to_numpy(), np.zeros(len(life)), life["years"].to_numpy(),
        life["failed"].to_numpy(), weight=life["weight"].to_numpy(),
        psu=life["psu"].to_numpy() if design.stages else None,
        stratum=life["strata"].to_numpy() if design.strata_columns else None,
    )  # fmt: skip
    left = len(assets) - len(known)
    notes = (f"{left:,} of {len(assets):,} assets: age or state is not known, left out",)
    seen = ("an asset that was seen broken failed at that look or before it: the curve is an upper "
            "bound of how long assets last",)  # fmt: skip
    return WorksAges(shares, kaplan_meier(spells, level=level), len(known),
                     (*(notes if left else ()), *seen))  # fmt: skip


def _classes(age: Any, cuts: tuple[float, ...]) -> Any:
    """Classes of age as text that sorts: "02 to 05 years"."""
    ends = [f"{low:02g} to {high:02g} years" for low, high in pairwise(cuts)]
    names = np.array([*ends, f"{cuts[-1]:02g} years and more"])
    return names[np.clip(np.searchsorted(np.array(cuts), age, side="right") - 1, 0, None)]
