"""Works as they were recorded: `xl.works.records`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.api.works.aged import AGES, WorksAges, ages_of
from exitline.api.works.choosing import notes_on
from exitline.api.works.sampled import design_of, places_table, sampled
from exitline.exits.works.covered import VillageCoverage, coverage_of
from exitline.exits.works.errors import WorksError
from exitline.exits.works.findings import findings_of
from exitline.exits.works.gaps import gaps_of
from exitline.exits.works.records.folder import decided_in, open_works

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pandas as pd

    from exitline.exits.works.due import WorkNotice, WorksDuties
    from exitline.exits.works.findings import WorksFindings
    from exitline.exits.works.gaps import VillageGaps
    from exitline.exits.works.plan import WorksPlan
    from exitline.exits.works.problem import Goal
    from exitline.exits.works.records.folder import WorksRecords
    from exitline.stats.infer.estimates import Estimates

GOALS: dict[str, Goal] = {"people": "people", "criteria": "areas", "villages": "units"}


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
        return sampled(self.records, self._exact, level)

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
        if one.place.empty:
            raise WorksError(
                "no place has coordinates", where="places, villages",
                expected="latitude and longitude", got="none", remedy="add coordinates",
            )  # fmt: skip
        design = design_of(one.place, census=self.records.keys.census)
        return estimate(
            places_table(self.records, one), "proportion(served, 1)", design=design, by=by,
            level=level,
        )  # fmt: skip

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

    def marked(self, run: str | Path | None = None) -> pd.DataFrame:
        """Decisions of a run which rest on an asset that is broken now.

        Parameters
        ----------
        run : path, optional
            The folder of a run, or its decisions.parquet; the decisions that the works file names
            unless given. Criteria have the same names, or those of `decisions: criteria`.

        Returns
        -------
        pandas.DataFrame
            Columns village, area, criterion, rests_on, share (served today).

        Raises
        ------
        WorksError
            Where the works file names no decisions and no run is given.
        """
        if run is not None:
            return self._exact.marked(decided_in(self.records.keys, Path(run)))
        if self.records.decided is None:
            raise WorksError(
                "no decisions are named", where="works file", expected="decisions: {table: ...}",
                got="none", remedy="name a run's folder: marked(run), or --run",
            )  # fmt: skip
        return self._exact.marked(self.records.decided)

    def due(self, role: str | None = None, *, done: bool = False) -> WorksDuties:
        """What has to be done on works by which day: clocks, inspections that are due.

        Parameters
        ----------
        role : str, optional
            Only what this role is answerable for.
        done : bool
            Also what is done.

        Returns
        -------
        WorksDuties

        Raises
        ------
        WorksError
            Without steps, or for a role that the procedure does not know.
        """
        from exitline.exits.works.due import WorksDuties, due_of

        found = self.records
        if found.procedure is None:
            raise WorksError(
                "nothing says what is due", where="works file", expected="steps, or a procedure",
                got="neither", remedy="add a table of steps",
            )  # fmt: skip
        table = due_of(found.steps.histories, found.procedure, found.as_of, role, done=done)
        return WorksDuties(table, found.notes)

    def notices(self) -> tuple[WorkNotice, ...]:
        """Notices of works that are to be posted, or were: before entry, after completion."""
        from exitline.exits.works.due import notices_of

        return notices_of(self.records)

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
        return ages_of(self.records, self._exact.assets, states, cuts, level)


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
    return RecordedWorks(with_shapes(open_works(path, as_of)))


def with_shapes(found: WorksRecords) -> WorksRecords:
    """Records with the polygons that their works file names.

    Parameters
    ----------
    found : WorksRecords

    Raises
    ------
    MapError
        For boundaries that cannot be read.
    """
    from dataclasses import replace

    from exitline.publish.maps.boundaries import boundaries_of

    area = found.keys.area
    if area is None or area.boundaries is None or area.key is None:
        return found
    shapes = boundaries_of(found.folder / area.boundaries, area.key).shapes
    return replace(found, shapes={name: shape.wkt for name, shape in shapes.items()})


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

    return asdict(take_in(open_store(database), with_shapes(open_works(path, as_of))))
