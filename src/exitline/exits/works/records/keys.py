"""What may stand in a works file: every key declared once, with its meaning."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from exitline.exits.works.records.declared import STATES, TABLES
from exitline.rules.yamlfile.declared import (
    LIST,
    NAMED,
    Date,
    Number,
    Positive,
    Record,
    Text,
    Texts,
    Truth,
    choice,
    within,
)
from exitline.rules.yamlfile.tree import Tree

Share = Annotated[float, within(Tree.number, lambda x: 0 < x <= 1, "a share above 0, up to 1")]
Distance = Annotated[float, within(Tree.number, lambda x: x >= 0, "kilometres, 0 or more")]
Money = Annotated[float, within(Tree.number, lambda x: x >= 0, "an amount, 0 or more")]


class WorksCriterionKeys(Record):
    """What a village must have, and how it is seen whether it has it."""

    label: Text | None = Field(None, description="the criterion in words")
    kinds: Texts = Field((), description="kinds of assets and works that serve it (required)")
    within_km: Positive | None = Field(
        None, description="served are places within this distance of an asset that works"
    )
    within_minutes: Positive | None = Field(
        None, description="served are those who take at most so long, as `services` has it"
    )
    states: Texts = Field(
        ("functional",), description=f"what counts as working, of `{'`, `'.join(STATES)}`"
    )
    at_least: Share = Field(1.0, description="share of a village that must be served")
    base: Text | None = Field(
        None, description="column of villages: the share that is served by none of these assets"
    )
    met: Text | None = Field(
        None, description="a condition over villages, where it is no matter of who is served"
    )
    repair_cost: Money | None = Field(None, description="of an asset that has none of its own")
    new_cost: Money | None = Field(None, description="of a new asset, where no repair will do")

    def check(self) -> None:
        ways = [key for key in ("within_km", "within_minutes", "met") if getattr(self, key)]
        if len(ways) > 1:
            raise self.tree.fault(
                "a criterion is seen in one way", expected="within_km, within_minutes or met; "
                "none of them where `services` lists who is served", got=" and ".join(ways),
                remedy="keep one",
            )  # fmt: skip
        strange = [state for state in self.states if state not in STATES]
        if strange:
            raise self.at("states").fault(
                "no inspection finds this", expected="some of " + ", ".join(STATES),
                got=strange[0], remedy="choose among these",
            )  # fmt: skip
        if not self.kinds and not self.met:
            raise self.tree.lacks("kinds", [])


class WorksAreaKeys(Record):
    """Where works may lie."""

    latitude: Annotated[tuple[Number, ...], LIST] | None = Field(
        None, description="`[least, most]` in degrees"
    )
    longitude: Annotated[tuple[Number, ...], LIST] | None = Field(
        None, description="`[least, most]` in degrees"
    )
    far_km: Positive = Field(
        30.0, description="a work or asset farther from its village than this is looked at"
    )
    boundaries: Text | None = Field(
        None,
        description="a file of polygons that you bring: a work or asset outside the polygon of its "
        "village or area is looked at (extra `maps`)",
    )
    key: Text | None = Field(None, description="for `boundaries`: the property that names a shape")
    named: Annotated[str, *choice("area", "village")] = Field(
        "area", description="for `boundaries`: whose id the names are, of each `area` or `village`"
    )
    border_km: Distance = Field(
        0.0, description="for `boundaries`: how far beyond its polygon a place may lie"
    )

    def check(self) -> None:
        if (self.boundaries is None) != (self.key is None):
            raise self.tree.fault(
                "boundaries need the property that names their shapes",
                expected="boundaries and key", got="one of them", remedy="give both, or neither",
            )  # fmt: skip
        for key in ("latitude", "longitude"):
            ends = getattr(self, key)
            if ends is not None and not (len(ends) == 2 and ends[0] < ends[1]):
                raise self.at(key).unlike("two numbers, the smaller first")


class WorksDecisionKeys(Record):
    """What a run decided of the villages."""

    table: Text = Field(description="`decisions.parquet` of a run's folder (required)")
    criteria: Annotated[dict[str, Text], NAMED] = Field(
        default_factory=dict, description="from criteria of this file to those of the standard"
    )


class WorksFile(Record):
    """Works of an area: tables, and what villages must have."""

    works: Text = Field(description="what it is about (required)")
    as_of: Date | None = Field(None, description="the day that all is asked about; today")
    procedure: Text | None = Field(
        None, description="under which the steps were taken: a shipped name, or a file"
    )
    tables: Annotated[dict[str, Text], NAMED] = Field(
        default_factory=dict,
        description=f"files by table (`{'`, `'.join(TABLES)}`, `steps`); "
        "those named so in the folder",
    )
    columns: Annotated[dict[str, Annotated[dict[str, Text], NAMED]], NAMED] = Field(
        default_factory=dict, description="by table, what its columns are called in the file"
    )
    criteria: Annotated[dict[str, WorksCriterionKeys], NAMED] = Field(
        default_factory=dict, description="what a village must have, by name"
    )
    area: WorksAreaKeys | None = Field(None, description="where works may lie")
    decisions: WorksDecisionKeys | None = Field(None, description="what a run decided")
    checks: Text | None = Field(None, description="a file of numbered checks of your own")
    census: Truth = Field(True, description="whether the places are all there are")

    def check(self) -> None:
        known = (*TABLES, "steps")
        for key in ("tables", "columns"):
            for name in getattr(self, key):
                if name not in known:
                    raise self.at(key).unknown(name, self.at(key)[name], known)
