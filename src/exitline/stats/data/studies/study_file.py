"""What may stand in a study file: every key declared once, with its meaning.

The loader makes a `Study` of it; docs/study.md is the reference of the keys.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, get_args

from pydantic import Field, WithJsonSchema

from exitline.rules.yamlfile.declared import (
    NAMED,
    ONE_OR_MANY,
    SOME,
    Date,
    Positive,
    Record,
    Text,
    Truth,
    Year,
    choice,
    either,
    reads,
    within,
    year_of,
)
from exitline.rules.yamlfile.tree import Tree
from exitline.stats.data.studies.design_keys import DesignKeys
from exitline.stats.data.studies.lines_and_prices import Direction, Period
from exitline.stats.data.studies.panel_keys import AssessmentKeys, PanelKeys
from exitline.stats.data.studies.small_area_keys import SmallAreaKeys
from exitline.stats.data.studies.study import Unit
from exitline.stats.data.studies.table_keys import TableKeys, Texts
from exitline.words.intervals import FIGURES, QUANTILES, SHARES

SCALES = ("per person", "oecd-modified", "square root")
Columns = Annotated[dict[str, Text], NAMED]


class KeyKeys(Record):
    """The key of households, named differently in the two tables."""

    households: Text
    persons: Text


class DataKeys(Record):
    """Which tables, and how they are joined."""

    households: TableKeys = Field(description="the table of households. Required")
    persons: TableKeys | None = Field(None, description="the table of persons, if there is one")
    on: Annotated[KeyKeys | str, either(KeyKeys, Tree.text)] | None = Field(
        None,
        description="the column with the household's key in both tables, or "
        "`{households: hhid, persons: hid}`",
    )
    unit: Annotated[Unit, *choice(*get_args(Unit))] = Field(
        "household",
        description="`household` (default), or `person`: a row of the analysis is a person, with "
        "the columns of the household joined",
    )

    def check(self) -> None:
        if self.persons is not None and self.on is None:
            raise self.tree.fault(
                "persons cannot be joined to households",
                expected="on: the column with the household's key in both tables",
                got="no key 'on'",
                remedy="add it, for instance 'on: hhid', or {households: hhid, persons: hid}",
            )
        if self.unit == "person" and self.persons is None:
            raise self.at("unit").fault(
                "a study of persons needs a persons table",
                expected="data.persons",
                got="households alone",
                remedy="name the persons table, or drop 'unit: person'",
            )


class LevelKeys(Record):
    """Columns that say where a household lives."""

    village: Text | None = None
    county: Text | None = None
    area_class: Text | None = None


def _of(tree: Tree) -> Any:
    if not tree.is_number:
        return tree.choice(("median", "mean"))
    if not 0 < tree.number() < 1:
        raise tree.unlike("median, mean, or a probability between 0 and 1")
    return tree.number()


class StudyLineKeys(Record):
    """A line: of the standard, a number, a column, or a share of the survey's own welfare."""

    short: ClassVar[Any] = staticmethod(lambda tree: "value" if tree.is_number else "name")
    name: Text | None = None
    value: Positive | None = None
    column: Text | None = None
    relative: Positive | None = None
    of: Annotated[
        Any,
        reads(_of),
        WithJsonSchema({"anyOf": [{"enum": ["median", "mean"]}, {"type": "number"}]}),
    ] = "median"
    within: Truth = False
    boundary: Annotated[str, *choice("<", "<=")] | None = None
    label: Text | None = None

    def check(self) -> None:
        kinds = [name for name in ("name", "value", "column", "relative") if name in self.given]
        if len(kinds) != 1:
            raise self.tree.fault(
                "it is not clear which line is meant",
                expected="one of name, value, column, relative",
                got=", ".join(kinds) or "none of these",
                remedy="keep one of them",
            )


def _index(tree: Tree) -> Any:
    """A price index by year, or the path of one."""
    if not tree.is_mapping:
        return tree.text()
    found = {}
    for name, below in tree.items():
        if not name.isdecimal():
            raise below.fault("a price index goes by year", expected="a year", got=repr(name))
        found[int(name)] = below.number()
        if found[int(name)] <= 0:
            raise below.unlike("a number above zero")
    return found


class PriceKeys(Record):
    """Deflation of welfare, or uprating of the line."""

    cpi: Annotated[
        Any,
        reads(_index),
        WithJsonSchema(
            {"anyOf": [{"type": "string"},
                       {"type": "object", "additionalProperties": {"type": "number"}}]}
        ),
    ] = Field(
        None,
        description="the index by year, `{2010: 100, 2012: 105.4}`, or a CSV file with the "
        "columns `year` and `cpi`",
    )  # fmt: skip
    from_year: Year | None = Field(
        None, alias="from", description="the year whose prices the amount is in"
    )
    to_year: Year | None = Field(
        None, alias="to", description="the year it is moved to: x `cpi[to] / cpi[from]`"
    )
    direction: Annotated[Direction, *choice(*get_args(Direction))] = Field(
        "deflate welfare",
        description="which amount is moved: `deflate welfare` (default) or `uprate the line`",
    )
    regional: Text | None = Field(
        None,
        description="column of a regional price index (1 = reference) that welfare is divided by",
    )

    def check(self) -> None:
        years = [year for year in (self.from_year, self.to_year) if year is not None]
        if (self.cpi is not None) != (len(years) == 2):
            written = [name for name, _ in self.tree.items() if name in self.fields(self.tree)]
            raise self.tree.fault(
                "an index needs the years that it goes between",
                expected="cpi, from and to",
                got=", ".join(written),
                remedy="add what is missing, or keep 'regional' alone",
            )


class EquivalenceKeys(Record):
    """A named scale, with the columns that it looks at."""

    scale: Annotated[str, *choice(*SCALES)]
    adults: Text | None = None
    children: Text | None = None
    age: Text | None = None

    def check(self) -> None:
        parts = [name for name in ("adults", "children", "age") if name in self.given]
        if parts and self.scale != "oecd-modified":
            raise self.tree.fault(
                f"the scale '{self.scale}' does not look at ages",
                expected="adults, children or age with oecd-modified alone",
                got=", ".join(parts),
                remedy="remove them",
            )


class MissingKeys(Record):
    """What happens where welfare is missing."""

    short: ClassVar[Any] = "welfare"
    welfare: Annotated[str, *choice("error", "exclude")]


class IntervalKeys(Record):
    """How intervals of shares, of quantiles and of all else are made."""

    short: ClassVar[Any] = "shares"
    shares: Annotated[str, *choice(*SHARES)] = "logit"
    quantiles: Annotated[str, *choice(*QUANTILES)] = "mean"
    figures: Annotated[str, *choice(*FIGURES)] = "t"


class PopulationKeys(Record):
    """Stated totals that weights should come near."""

    short: ClassVar[Any] = staticmethod(lambda tree: "persons" if tree.is_number else None)
    persons: Positive | None = None
    households: Positive | None = None
    tolerance: Positive | None = None

    def check(self) -> None:
        if self.persons is None and self.households is None:
            raise self.tree.unlike("a number of persons or households", "add persons: ... ")


class FactKeys(Record):
    """A table of facts about villages or counties."""

    table: TableKeys = Field(description="as under `data`: a path, a path with options, or a query")
    on: Text = Field(
        description="its column with the village's or county's key, as `levels` has it"
    )
    as_of: Date | None = Field(
        None,
        description="where `table` is a works file: the day on which its villages "
        "are looked at; that of the file unless given",
    )
    columns: Columns | None = Field(
        None,
        description="names and expressions over this table; `county` beside the key of a village "
        "tells villages of one name apart",
    )


class ChosenReadingKeys(Record):
    """Readings of the standard's open points, by option."""

    household: Columns | None = None
    village: Columns | None = None
    county: Columns | None = None


_SHARE = within(Tree.number, lambda x: 0 < x <= 1, "a number above 0, up to 1", "write 20 % as 0.2")


class ScenarioKeys(Record):
    """A transfer: who gets how much."""

    amount: Positive = Field(description="for each person, in the unit and period of welfare")
    to: Text | None = Field(
        None, description="the condition that a household fulfils; everyone unless given"
    )
    score: Text | None = Field(
        None, description="instead: a column or an expression, lowest first; with `quota`"
    )
    quota: Annotated[float, _SHARE] | None = Field(
        None, description="the share of persons that get it, the lowest scores first"
    )


class OutputKeys(Record):
    """What a run leaves behind, and where."""

    folder: Text | None = Field(
        None, description="where `exitline run` writes; `out` beside the study by default"
    )
    household_decisions: Truth | None = Field(
        None,
        description="`false`: the decision of each household is not written (it identifies "
        "households)",
    )


class AreaKeys(Record):
    """A set of areas with its name, and the boundaries that it is drawn on."""

    column: Annotated[tuple[Text, ...], SOME] = Field(
        description="the column of areas, or a list of columns that are crossed. Required"
    )
    boundaries: Text | None = Field(
        None, description="a file of polygons: GeoJSON, TopoJSON, GeoPackage or Shapefile"
    )
    key: Text | None = Field(None, description="the property that names each polygon")
    source: Text | None = Field(
        None, description="who drew the boundaries, under which terms; it stands under the map"
    )
    names: Annotated[dict[str, Text], NAMED] | None = Field(
        None, description="from areas to polygons that are called otherwise"
    )

    def check(self) -> None:
        """Boundaries and the property that names them go together."""
        if (self.boundaries is None) != (self.key is None):
            missing = "key" if self.key is None else "boundaries"
            raise self.tree.fault(
                f"'{missing}' is missing", expected="`boundaries` and `key` together",
                got="one of them", remedy=f"add `{missing}:`",
            )  # fmt: skip


class LabelKeys(Record):
    """What a column and its values are called where people read."""

    title: Text | None = Field(None, description="what the column is called: `Residence`")
    values: Annotated[dict[str, Text], NAMED] | None = Field(
        None, description="what its values are called: `{0: Rural, 1: Urban}`"
    )


def _crossings(tree: Tree) -> tuple[tuple[str, AreaKeys | tuple[str, ...]], ...]:
    """Columns, or lists of columns; or names with what belongs to each."""
    if tree.is_mapping:
        return tuple((name, _named(below)) for name, below in tree.items())
    return tuple(("", tuple(t.text() for t in entry.some())) for entry in tree.one_or_many())


def _named(tree: Tree) -> AreaKeys | tuple[str, ...]:
    """A set of areas under its name: a column, a list of them, or what belongs to it."""
    if tree.is_mapping:
        return AreaKeys.read(tree)
    return tuple(t.text() for t in tree.one_or_many())


_CONFIDENCE = within(
    Tree.number, lambda x: 0.5 <= x < 1, "a number from 0.5 to below 1", "write 95 % as 0.95"
)
_COUNT = within(
    Tree.number, lambda x: x >= 0, "a number of zero or more",
    "write 10, or 0 to hide no small counts",
)  # fmt: skip


class StudyFile(Record):
    """A study: which data, which columns play which role, which standard, areas and outputs."""

    title: Text = Field(alias="study")
    standard: Text | None = None
    data: DataKeys
    columns: Columns | None = None
    design: DesignKeys | None = None
    areas: Annotated[
        tuple[tuple[str, Any], ...], reads(_crossings),
        WithJsonSchema({"type": ["array", "string", "object"]}),
    ] = ()  # fmt: skip
    labels: Annotated[dict[str, LabelKeys], NAMED] | None = None
    levels: LevelKeys | None = None
    lines: Annotated[tuple[StudyLineKeys, ...], ONE_OR_MANY] = ()
    period: Annotated[Period, *choice(*get_args(Period))] | None = None
    year: Year | None = None
    measures: Texts | None = None
    prices: Annotated[PriceKeys | int, either(PriceKeys, year_of)] | None = None
    ppp: Positive | None = None
    equivalence: Annotated[EquivalenceKeys | str, either(EquivalenceKeys, Tree.text)] | None = None
    missing: MissingKeys | None = None
    confidence: Annotated[float, _CONFIDENCE] | None = None
    interval: IntervalKeys | None = None
    population: PopulationKeys | None = None
    villages: FactKeys | None = None
    counties: FactKeys | None = None
    readings: ChosenReadingKeys | None = None
    where: Text | None = None
    small_areas: Annotated[tuple[SmallAreaKeys, ...], ONE_OR_MANY] = ()
    min_count: Annotated[float, _COUNT] | None = None
    scenario: Annotated[dict[str, ScenarioKeys], NAMED] | None = None
    panel: PanelKeys | None = None
    assessment: AssessmentKeys | None = None
    outputs: OutputKeys | None = None
