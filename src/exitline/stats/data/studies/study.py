"""A study: which data, which columns play which role, which standard, areas and outputs.

These are records only. `load_study` reads them from a YAML file, `bind` applies them to
a table, and docs/study.md is the reference of every key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from exitline.stats.data.sampling.design import Design
from exitline.stats.data.studies.lines_and_prices import Equivalence, LineUse, Period, Prices
from exitline.stats.data.table_ref import TableRef

if TYPE_CHECKING:
    from exitline.stats.data.studies.panels import AssessmentUse, PanelUse
    from exitline.stats.data.studies.small_areas import SmallAreaUse
    from exitline.stats.data.studies.weights import CalibratedTo, Responding

Unit = Literal["household", "person"]

DEFAULT_MEASURES = ("headcount", "poverty_gap", "severity")
_EMPTY: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class AreaBoundaries:
    """A file of polygons, and how areas are found in it.

    Attributes
    ----------
    file : path
    key : str
        The property that names each polygon.
    source : str
        Who drew them, and under which terms.
    names : mapping of str to str
        From areas to polygons that are called otherwise.
    """

    file: Path
    key: str
    source: str
    names: Mapping[str, str]


@dataclass(frozen=True)
class Key:
    """The columns on which households and persons are joined.

    Parameters
    ----------
    households, persons : str
        The household's key in each table.
    """

    households: str
    persons: str


@dataclass(frozen=True)
class Levels:
    """Columns (or expressions) that say in which village, county and area class a
    household lives; the decision chain goes up along them."""

    village: str | None = None
    county: str | None = None
    area_class: str | None = None

    def named(self) -> dict[str, str]:
        """Those that are set, by their canonical name."""
        each = {"village": self.village, "county": self.county, "area_class": self.area_class}
        return {name: text for name, text in each.items() if text is not None}


@dataclass(frozen=True)
class Population:
    """Totals stated by a census or projection, which weights should come near.

    Parameters
    ----------
    persons, households : float, optional
    tolerance : float
        Relative difference that is not remarked upon.
    """

    persons: float | None = None
    households: float | None = None
    tolerance: float = 0.05


@dataclass(frozen=True)
class FactsTable:
    """A table of facts about villages or counties, one row each.

    Parameters
    ----------
    table : TableRef
    on : str
        Its column with the village's or county's key, as `levels` has it.
    columns : mapping of str to str
        Names and expressions, over this table.
    as_of : date, optional
        Where the table is a works file: the day on which its villages are looked at.
    """

    table: TableRef
    on: str
    columns: Mapping[str, str] = field(default_factory=lambda: _EMPTY)
    as_of: date | None = None


@dataclass(frozen=True)
class Outputs:
    """What a run leaves behind.

    Parameters
    ----------
    folder : str
        Beside the study, unless absolute.
    household_decisions : bool
        Whether the decision of every household is written (it identifies households).
    """

    folder: str = "out"
    household_decisions: bool = True


@dataclass(frozen=True)
class Study:
    """One study file, read and checked for form; its data have not been looked at.

    Parameters
    ----------
    title : str
    standard : str or None
        As written: the name of a shipped rule file, or a path from the study's folder.
    households, persons : TableRef
    key : Key, optional
        Needed where there are persons.
    unit : {"household", "person"}
        What a row of the analysis is.
    columns : mapping of str to str
        Role or other name: a column, or an expression of the condition language.
    design : Design
        As written: each entry is a column, an expression or a name in `columns`.
    areas : tuple of tuple of str
        Domains of estimation; several columns in one entry are crossed.
    levels : Levels
    lines : tuple of LineUse
        Empty: the lines of the standard.
    period : {"day", "month", "year"}, optional
        The period that the welfare column is for; a line of another period is converted.
    year : int, optional
    measures : tuple of str
    prices : Prices, optional
    ppp : float, optional
        Local currency units for one international dollar.
    equivalence : Equivalence, optional
    confidence : float
        Two-sided, of every interval of a run.
    interval, quantile_interval, figure_interval : str
        How intervals of shares, of quantiles and of all else are made (`exitline.words.intervals`).
    missing_welfare : {"error", "exclude"}
    population : Population, optional
    villages, counties : FactsTable, optional
    readings : mapping of str to mapping of str to str
        Level ("household", "village", "county"): option of its rule: chosen reading.
    subpopulation : str, optional
        Condition: estimates refer to the rows for which it is true.
    small_areas : tuple of SmallAreaUse
        Models of areas that the sample is too small for.
    calibrated_to : CalibratedTo, optional
        The totals that the design's weight was calibrated to.
    responding : Responding, optional
        How respondents stand for those who did not respond.
    min_count : float, optional
        Counts from 1 to below this are hidden in whatever a run writes to be read.
    scenario : mapping of str to mapping
        Transfers by name: amount per person, and to (a condition), or score and quota.
    panel : PanelUse, optional
        The same households at several visits, and the watch on them.
    assessment : AssessmentUse, optional
        Visits of an assessment.
    outputs : Outputs
    path : Path, optional
        The study file.
    digest : str
        SHA-256 of what the file says (comments and layout left out).
    text : str
        The file as it was read.
    boundaries : mapping of str to AreaBoundaries
        Set of areas: the file of polygons that it is drawn on.
    area_titles : mapping of str to str
        Column of areas: what it is called where people read.
    labels : mapping of str to mapping of str to str
        Column: what its values are called, instead of what the file calls them.
    outside_folder : tuple of str
        Paths, as written, that lead out of the study's folder.
    places : mapping of str to str
        Key: file, line and key, for messages.
    """

    title: str
    households: TableRef
    standard: str | None = None
    persons: TableRef | None = None
    key: Key | None = None
    unit: Unit = "household"
    columns: Mapping[str, str] = field(default_factory=lambda: _EMPTY)
    design: Design = field(default_factory=Design)
    areas: tuple[tuple[str, ...], ...] = ()
    levels: Levels = field(default_factory=Levels)
    lines: tuple[LineUse, ...] = ()
    period: Period | None = None
    year: int | None = None
    measures: tuple[str, ...] = DEFAULT_MEASURES
    prices: Prices | None = None
    ppp: float | None = None
    equivalence: Equivalence | None = None
    missing_welfare: Literal["error", "exclude"] = "error"
    confidence: float = 0.95
    interval: str = "logit"
    quantile_interval: str = "mean"
    figure_interval: str = "t"
    population: Population | None = None
    villages: FactsTable | None = None
    counties: FactsTable | None = None
    readings: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: _EMPTY)
    subpopulation: str | None = None
    small_areas: tuple[SmallAreaUse, ...] = ()
    calibrated_to: CalibratedTo | None = None
    responding: Responding | None = None
    min_count: float | None = None
    scenario: Mapping[str, Mapping[str, float | str]] = field(default_factory=lambda: _EMPTY)
    panel: PanelUse | None = None
    assessment: AssessmentUse | None = None
    outputs: Outputs = field(default_factory=Outputs)
    path: Path | None = None
    digest: str = ""
    text: str = field(default="", compare=False, repr=False)
    boundaries: Mapping[str, AreaBoundaries] = field(default_factory=lambda: _EMPTY)
    area_titles: Mapping[str, str] = field(default_factory=lambda: _EMPTY)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: _EMPTY)
    outside_folder: tuple[str, ...] = ()
    places: Mapping[str, str] = field(default_factory=lambda: _EMPTY)

    @property
    def folder(self) -> Path:
        """The study file's folder; paths in the file are read from it."""
        return self.path.parent if self.path is not None else Path()

    @property
    def standard_reference(self) -> str | Path | None:
        """What `exitline.rules.standard.load` takes: a path where such a file is there."""
        return None if self.standard is None else self.reference_of(self.standard)

    def reference_of(self, standard: str) -> str | Path:
        """A rule file of this name beside the study, or else a shipped one."""
        beside = self.folder / standard
        return beside if beside.is_file() else standard

    @property
    def tables(self) -> dict[str, TableRef]:
        """The tables that are read, by role: households, persons, villages, counties."""
        facts = {"villages": self.villages, "counties": self.counties}
        each = {"households": self.households, "persons": self.persons}
        each |= {role: of.table if of is not None else None for role, of in facts.items()}
        return {role: table for role, table in each.items() if table is not None}

    @property
    def files(self) -> dict[str, Path]:
        """The data files that are read, by role; "prices" is the price index, "totals" what the
        weight is calibrated to, "pairs" the joint probabilities of PSUs.

        Examples
        --------
        >>> Study("a", TableRef(Path("a.csv"))).files
        {'households': PosixPath('a.csv')}
        """
        found = {role: t.path for role, t in self.tables.items() if t.path is not None}
        index = self.prices.file if self.prices is not None else None
        found |= {} if index is None else {"prices": index}
        design = {
            "totals": self.calibrated_to.totals if self.calibrated_to is not None else None,
            "pairs": self.design.sampling.joint,
        }
        found |= {role: Path(path) for role, path in design.items() if path is not None}
        beside = {role: table.path for role, table in self.tables_beside.items()}
        return found | {role: path for role, path in beside.items() if path is not None}

    @property
    def tables_beside(self) -> dict[str, TableRef]:
        """The tables of models, of a panel and of an assessment, by role."""
        found = {
            f"small_areas {number}, {role}": table
            for number, use in enumerate(self.small_areas, 1)
            for role, table in use.tables.items()
        }
        if self.panel is not None:
            found |= {f"panel {i}": table for i, table in enumerate(self.panel.tables, 1)}
        if self.assessment is not None:
            found |= {"visits": self.assessment.visits, "counts": self.assessment.counts}
        return found

    def where(self, key: str) -> str:
        """File, line and key of a key, as messages show it."""
        return self.places.get(key, key)
