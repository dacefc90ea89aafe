"""What may stand in the files of a series, declared once: series, episodes, figures, sources."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from exitline.publish.film.bound.references import (
    ESTIMATE_COLUMNS,
    STEPS,
    ClaimPart,
    EstimateColumn,
    Running,
)
from exitline.rules.yamlfile.declared import (
    LIST,
    NAMED,
    ONE_OR_MANY,
    Anything,
    Number,
    Record,
    Text,
    Texts,
    choice,
    reads,
)
from exitline.rules.yamlfile.tree import Tree

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")
_TEXT = {"type": ["string", "number", "boolean"]}
WORDS_SCHEMA: dict[str, Any] = {
    "anyOf": [_TEXT, {"type": "object", "additionalProperties": _TEXT}]
}  # fmt: skip
"""A text: one for all languages, or one for each."""


def _name(tree: Tree) -> str:
    """A name that can be a file's name on every system."""
    name = tree.text()
    if not _NAME.fullmatch(name):
        raise tree.unlike("small letters, digits and hyphens", "use a name such as 'the-line'")
    return name


def _language(tree: Tree) -> str:
    """A language code."""
    code = tree.text()
    if not _LANGUAGE.fullmatch(code):
        raise tree.unlike("a language code such as en, zh or pt-BR")
    return code


FileName = Annotated[str, reads(_name), WithJsonSchema({"type": "string"})]
Language = Annotated[str, reads(_language), WithJsonSchema({"type": "string"})]
Words = Annotated[Any, reads(lambda tree: tree), WithJsonSchema(WORDS_SCHEMA)]
Part = Annotated[ClaimPart, *choice("value", "low", "high")]


class StorySourceKeys(Record):
    """A source."""

    brief: Words = Field(alias="short", description="for the foot of a scene (required)")
    full: Words = Field(description="for the list of sources (required)")
    url: Text = ""


class JoinKeys(Record):
    """A second file whose columns are added."""

    file: Anything
    on: Annotated[dict[str, Text], NAMED] = Field(
        description="column of the first file: column of the second (required)"
    )


class StoryDataKeys(Record):
    """A file of rows."""

    file: Anything
    source: Anything
    join: JoinKeys | None = Field(None, description="a second file: `file` and `on`")


class RunKeys(Record):
    """A finished run, or the study that makes it."""

    folder: Text | None = Field(None, description="of the finished run; or")
    study: Anything | None = Field(None, description="the study that makes it")
    source: Anything

    def check(self) -> None:
        if (self.folder is None) == (self.study is None):
            raise self.tree.fault(
                "a run is either a folder of results or a study",
                expected="folder: ... or study: ...",
                got="both" if self.folder is not None else "neither",
                remedy="keep one of them",
            )


class QueryKeys(Record):
    """The words of a claim's query."""

    measure: Text = ""
    line: Text = ""
    by: Text = ""
    domain: Text = ""


class ClaimKeys(QueryKeys):
    """A published claim."""

    run: Anything | None = Field(None, description="a run declared under `runs`; or")
    file: Anything | None = Field(None, description="a claim, a receipt or a ledger")
    data: Annotated[tuple[Anything, ...], ONE_OR_MANY] = Field(
        (), description="what the claim of a file is recomputed from"
    )
    claim_id: Text = Field("", alias="id")
    part: Part = Field("value", description="`value`, `low` or `high`")

    def check(self) -> None:
        if (self.run is None) == (self.file is None) or bool(self.claim_id) == bool(self.measure):
            raise self.tree.fault(
                "a claim is named by where it is and which one it is",
                expected="run or file; and id or measure",
                got=", ".join(name for name, _ in self.tree.items()) or "nothing",
                remedy="write {claim: {run: ..., measure: ...}} or {claim: {file: ..., id: ...}}",
            )


class EstimateKeys(Record):
    """A cell of a run's estimates."""

    run: Anything
    measure: Text
    line: Text = ""
    by: Text = ""
    domain: Text = ""
    column: Annotated[EstimateColumn, *choice(*ESTIMATE_COLUMNS)] = "estimate"


class StoryQueryKeys(Record):
    """A query on a declared file: exactly one step."""

    estimate: EstimateKeys | None = None
    data: Anything | None = Field(None, description="a file declared under `data`, with one step")
    value: Text | None = Field(None, description="step: the only row's value")
    count: Text | None = Field(None, description="step: `rows`")
    distinct: Text | None = Field(None, description="step: how many different values")
    sum: Text | None = Field(None, description="step: the sum of a formula")
    mean: Text | None = Field(None, description="step: the mean of a formula")
    share: Text | None = Field(None, description="step: the share of rows for whom it is true")
    where: Text = Field("", description="the rows that count, as a condition")
    against: Text = Field("", description="other rows, whose `share` is taken off")
    weight: Text = Field("", description="a formula, for `mean` and `share`")
    format: Anything | None = Field(None, description="how it is written")
    source: Anything | None = Field(None, description="where another one is to be shown")

    @property
    def steps(self) -> list[Any]:
        """The steps that were written."""
        return [step for step in STEPS if getattr(self, step) is not None]


class StoryFigureKeys(StoryQueryKeys):
    """A figure: of a claim, of a run's estimates, of a file, or computed from others."""

    claim: ClaimKeys | None = None
    compute: Text | None = Field(None, description="arithmetic on other figures")
    part: Part | None = Field(
        None,
        description="of an unweighted `share`, or of the difference of two: its interval's end",
    )
    level: Number = Field(0.95, description="of that interval")

    def check(self) -> None:
        kinds = [
            k for k in ("claim", "estimate", "data", "compute") if getattr(self, k) is not None
        ]
        if len(kinds) != 1:
            raise self.tree.fault(
                "a figure needs exactly one reference",
                expected="one of claim, estimate, data, compute",
                got=", ".join(kinds) or "none",
                remedy="say where the figure comes from",
            )


class PointsKeys(StoryQueryKeys):
    """A row of figures: one for each group of a file, or domain of a run."""

    by: Texts = Field((), description="columns that make the groups, one to three")
    split: Text = Field("", description="a column whose change breaks a line")
    running: Annotated[Running, *choice("total", "remaining")] = Field(
        "", description="`total` over the first column, or what is `remaining` after it"
    )

    def check(self) -> None:
        if (self.estimate is None) == (self.data is None):
            raise self.tree.fault(
                "a row of figures needs exactly one reference",
                expected="one of estimate, data",
                got="both" if self.data is not None else "none",
                remedy="say where the figures come from",
            )
        if self.data is not None and not 1 <= len(self.by) <= 3:
            raise self.tree.fault(
                "a row of figures needs the columns that make its groups",
                expected="by: year, or by: [province, year]",
                got=", ".join(self.by) or "none",
                remedy="add 'by'",
            )


class SoundBedKeys(Record):
    """Sound made from a row of figures."""

    points: Anything


class EpisodeKeys(Record):
    """An episode: what it draws on, and its scenes."""

    episode: FileName
    title: Words
    summary: Words
    sources: Annotated[dict[str, StorySourceKeys], NAMED] = Field(default_factory=dict)
    data: Annotated[dict[str, StoryDataKeys], NAMED] = Field(default_factory=dict)
    runs: Annotated[dict[str, RunKeys], NAMED] = Field(default_factory=dict)
    figures: Annotated[dict[str, StoryFigureKeys], NAMED] = Field(default_factory=dict)
    points: Annotated[dict[str, PointsKeys], NAMED] = Field(default_factory=dict)
    sound: Anything | None = Field(
        None, description="a file, or `{points: NAME}`: a row of figures made into soft sound"
    )


class SeriesKeys(Record):
    """A series."""

    series: FileName
    title: Words
    summary: Words | None = None
    languages: Annotated[tuple[Language, ...], ONE_OR_MANY] = Field(
        description="codes such as `en`, `zh`, `pt-BR` (required)"
    )
    episodes: Annotated[tuple[Anything, ...], LIST]
