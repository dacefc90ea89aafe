"""What may stand in a rule file: every key declared once, with its meaning.

The loader makes a `Standard` of it; docs/rule-files.md is the reference of the keys.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, get_args

from pydantic import Field, WithJsonSchema

from exitline.rules.standard.model import LEVELS, Comparison, Rate
from exitline.rules.yamlfile.declared import (
    LIST,
    NAMED,
    NAMED_FOR_CONDITIONS,
    Anything,
    Day,
    Exact,
    LastDay,
    Name,
    Prose,
    Record,
    Text,
    Truth,
    choice,
    reads,
)
from exitline.rules.yamlfile.tree import Tree
from exitline.rules.yamlfile.values import whole

COMPARISONS: tuple[Comparison, ...] = get_args(Comparison)
TYPES = {"number": "number", "boolean": "truth", "text": "text"}
EVIDENCE = ("full count", "sample", "either", "model")
Texts = Annotated[tuple[Text, ...], LIST]
Proses = Annotated[tuple[Prose, ...], LIST]
Evidence = Annotated[str, *choice(*EVIDENCE)]
Of = Annotated[str, *choice("median", "mean")]


class Sourced(Record):
    """What has a source, here or above."""

    source: Name | None = None
    verified: Truth | None = None
    note: Prose | None = None


class SourceKeys(Record):
    """One source."""

    title: Prose = Field(description="of the law, page or paper (required)")
    date: Text | None = None
    url: Text | None = None
    publisher: Prose | None = None
    note: Prose | None = None
    verified: Truth | None = Field(None, description="`false` where the source itself was not read")


class FigureKeys(Sourced):
    """A number, or a table of value, source, verified and note."""

    short: ClassVar[Any] = "value"
    value: Exact


class PeriodKeys(Record):
    """A span of time; either end may be left out."""

    first: Day | None = Field(None, alias="from")
    last: LastDay | None = Field(None, alias="to")


class DatedKeys(PeriodKeys, Sourced):
    """A figure for a span of time."""

    value: Exact


class PartKeys(Record):
    """One column that conditions need."""

    meaning: Prose = Field(description="a sentence (required)")
    type: Annotated[str, *choice(*TYPES)] = Field(
        description="`number`, `boolean` or `text` (required)"
    )
    unit: Prose | None = Field(None, description="of numbers")
    level: Annotated[str, *choice(*LEVELS)] | None = Field(
        None,
        description="`household` (default), `village` or `county`: whose row it is in",
    )
    values: Texts | None = Field(None, description="of texts, if they are listed")
    derived: Anything = None


class DerivationKeys(Sourced):
    """How a column follows from others."""

    formula: Text
    columns: Annotated[dict[str, PartKeys], NAMED]


class ColumnKeys(PartKeys):
    """One column, with how it follows from others."""

    derived: DerivationKeys | None = Field(
        None,
        description="how it follows from others: `formula`, the `columns` it needs, `source`",
    )


class AreaClassKeys(Record):
    """Classes of areas, for thresholds."""

    column: Name
    classes: Annotated[dict[str, Prose], NAMED]


class UpratingKeys(Sourced):
    """A price index by year."""

    label: Prose
    index: Annotated[dict[str, Exact], NAMED]
    source: Name


class RelativeKeys(Record):
    """A share of the median or the mean."""

    share: FigureKeys
    of: Of


def _values(tree: Tree) -> Any:
    """Figures by year, or by span of time."""
    if tree.is_sequence:
        return tuple(DatedKeys.read(one) for one in tree.sequence())
    return {name: FigureKeys.read(below) for name, below in tree.items()}


_BY_YEAR = WithJsonSchema({"type": ["object", "array"]})
_BASE = WithJsonSchema({"type": "integer", "minimum": 1900, "maximum": 2100})
_DIGITS = WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 6})


class LineKeys(Sourced):
    """One poverty line."""

    label: Prose
    unit: Text = Field(
        description="`<currency> per person` (or `adult equivalent`, `household`) `per day`, "
        "`month` or `year`; the currency as three capital letters, `PPP` for international "
        "dollars (required)",
    )
    boundary: Annotated[str, *choice("<", "<=")] = Field(
        description='`"<"`: those below are poor; `"<="`: those exactly at the line are poor, '
        "too (required). A condition that compares with the line must fit it",
    )
    value: FigureKeys | None = Field(None, description="one figure for all times; or")
    values: Annotated[Any, reads(_values), _BY_YEAR] = Field(
        None,
        description="figures by year, or a list of `{from: ..., to: ..., value: ...}` without "
        "overlaps; or",
    )
    relative: RelativeKeys | None = Field(None, description="`share` and `of` (`median` or `mean`)")
    price_base: Annotated[int, reads(lambda t: whole(t, 1900, 2100)), _BASE] | None = Field(
        None,
        description="year of constant prices, or of the purchasing power parities; without it "
        "prices are current",
    )
    uprating: Name | None = Field(
        None,
        description="name of an index under `uprating`; needs `value` and `price_base`",
    )
    decimals: Annotated[int, reads(lambda t: whole(t, 0, 6)), _DIGITS] | None = Field(
        None, description="to which an uprated figure is rounded"
    )
    jurisdiction: Text | None = Field(None, description="where it differs from the file's")
    in_use: PeriodKeys | None = Field(
        None, description="`from` and `to` of official use, for information"
    )


class IndicatorKeys(Sourced):
    """One deprivation."""

    label: Prose
    deprived: Text = Field(
        description="a condition over columns and lines: true where deprived (required)"
    )
    missing: Annotated[str, *choice("deprived", "not deprived", "excluded")] = Field(
        description="what a missing condition counts as: `deprived`, `not deprived`, or "
        "`excluded` (it stays missing, and so does the score) (required)",
    )
    weight: Exact | None = Field(
        None,
        description="share in the score, exact: `1/6`. All indicators have one or none has, and "
        "they sum to exactly 1",
    )
    dimension: Prose | None = Field(None, description="for tables")


class CutoffKeys(Sourced):
    """One cut-off of the score or of the number of deprivations."""

    label: Prose
    of: Annotated[str, *choice("score", "deprivations")]
    at_least: Exact


class BandKeys(Sourced):
    """One band; either end may be open."""

    label: Prose
    low: Exact | None = Field(None, alias="from")
    high: Exact | None = Field(None, alias="to")
    figure: FigureKeys | None = None


class GapKeys(Record):
    """A declared gap between bands."""

    low: Exact = Field(alias="from")
    high: Exact = Field(alias="to")
    why: Prose


class BandsKeys(Sourced):
    """Bands over a column."""

    label: Prose
    over: Name
    edge: Annotated[str, *choice("lower", "upper")]
    steps: Annotated[dict[str, BandKeys], NAMED]
    gaps: Annotated[tuple[GapKeys, ...], LIST] | None = None


class ShareKeys(Record):
    """The households whose share is taken."""

    of: Annotated[str, *choice("persons", "households")]
    where: Text


class CriterionKeys(Sourced):
    """One criterion of an exit rule."""

    label: Prose
    condition: Text | None = Field(
        None,
        description="true where it is met, over the unit's own columns; households may use "
        "`poor` and `deprived('...')`",
    )
    share: ShareKeys | None = Field(
        None,
        description="`of` (`persons` or `households`) and `where`: the condition on households "
        "whose share is taken",
    )
    villages: Text | None = Field(
        None, description="`exited`: the share of villages that have exited"
    )
    rate: Annotated[str, *choice(*get_args(Rate))] | None = Field(
        None,
        description="found by an assessment: `missed`, `wrong`, `comprehensive` or "
        "`recognition`; `denominator` says of whom",
    )
    below: Anything = None
    at_most: Anything = None
    above: Anything = None
    at_least: Anything = None
    denominator: Prose | None = None
    veto: Truth | None = None
    evidence: Evidence | None = None


class ReadingKeys(Sourced):
    """One reading of an open point."""

    label: Prose
    comparison: Annotated[str, *choice(*COMPARISONS)] | None = None
    denominator: Prose | None = None
    threshold: Anything = None


class OptionKeys(Record):
    """An open point with its readings."""

    label: Prose
    criteria: Texts
    readings: Annotated[dict[str, ReadingKeys], NAMED]


def _criteria(tree: Tree) -> Any:
    """Criteria by name, or one condition."""
    return dict(tree.items()) if tree.is_mapping else tree.text()


class AreaRuleKeys(Sourced):
    """The exit rule of villages or counties."""

    exits: Annotated[dict[str, CriterionKeys] | str, reads(_criteria)] = Field(
        description="criteria by name, or for households one condition alone (required)"
    )
    confidence: Exact | None = Field(
        None, description="for samples, between 0.5 and 1; 0.95 unless given"
    )
    rule: Annotated[str, *choice("test", "point")] | None = Field(
        None,
        description="`test` (default): the one-sided bound must be beyond the threshold; "
        "`point`: the estimate is compared",
    )
    evidence: Evidence | None = Field(
        None,
        description="`full count`, `sample` or `either` (default): what the standard accepts; "
        "`model`: either, and figures of a model of small areas",
    )
    options: Annotated[dict[str, OptionKeys], NAMED] | None = Field(
        None, description="readings that the sources leave open, see below"
    )
    weighed: Proses | None = Field(
        None,
        description="list of what is to be considered without a figure: shown, decided by no "
        "formula",
    )
    procedure: Proses | None = Field(None, description="list of steps, shown")


class HouseholdRuleKeys(AreaRuleKeys):
    """The exit rule of households."""

    poor: Text = Field(description="households only: the condition of who is poor (required there)")


class CohortKeys(Sourced):
    """A rule for those who entered in a span of time."""

    label: Prose
    entered: PeriodKeys
    household: HouseholdRuleKeys
    months: FigureKeys | None = None


class StandardFile(Record):
    """A rule file: lines, deprivations and exit rules, each with its source."""

    standard: Name
    title: Prose
    jurisdiction: Text
    sources: Annotated[dict[str, SourceKeys], NAMED_FOR_CONDITIONS]
    valid: PeriodKeys | None = None
    note: Prose | None = None
    columns: Annotated[dict[str, ColumnKeys], NAMED_FOR_CONDITIONS] | None = None
    area_classes: AreaClassKeys | None = None
    uprating: Annotated[dict[str, UpratingKeys], NAMED_FOR_CONDITIONS] | None = None
    lines: Annotated[dict[str, LineKeys], NAMED_FOR_CONDITIONS] | None = None
    indicators: Annotated[dict[str, IndicatorKeys], NAMED_FOR_CONDITIONS] | None = None
    cutoffs: Annotated[dict[str, CutoffKeys], NAMED_FOR_CONDITIONS] | None = None
    bands: Annotated[dict[str, BandsKeys], NAMED_FOR_CONDITIONS] | None = None
    household: HouseholdRuleKeys | None = None
    village: AreaRuleKeys | None = None
    county: AreaRuleKeys | None = None
    cohorts: Annotated[dict[str, CohortKeys], NAMED] | None = None
