"""What may stand in the sections `panel` and `assessment` of a study.

Both are found by a run beside its own figures: who moved, whom to watch, what an assessment says.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from exitline.rules.yamlfile.declared import (
    NAMED,
    ONE_OR_MANY,
    SOME,
    Date,
    Number,
    Positive,
    Record,
    Text,
    Truth,
    Whole,
    choice,
    reads,
    within,
)
from exitline.rules.yamlfile.tree import Tree
from exitline.stats.data.studies.design_keys import DesignKeys
from exitline.stats.data.studies.table_keys import TableKeys, Texts

PARTS = (
    "rates", "histories", "attrition", "survival", "chronic", "duration", "mobility", "lasting",
    "bounds", "reliability", "persistent",
)  # fmt: skip


def _line(tree: Tree) -> Any:
    """A number for all waves, a column, or a number for each wave."""
    if tree.is_mapping:
        return {name: below.number() for name, below in tree.items()}
    return tree.number() if tree.is_number else tree.text()


def _waves(tree: Tree) -> tuple[tuple[str, str], ...]:
    """Waves, each with what it is called; its own name where nothing else is said."""
    if tree.is_mapping:
        return tuple((name, below.text()) for name, below in tree.items())
    return tuple((one.text(), one.text()) for one in tree.one_or_many())


def _pair(tree: Tree) -> tuple[str, str]:
    """Two values of a column."""
    found = tuple(one.text() for one in tree.sequence())
    if len(found) != 2:
        raise tree.fault(
            "a comparison is of two values", expected="two values, such as [1, 0]",
            got=f"{len(found)} values", remedy="write both",
        )  # fmt: skip
    return found[0], found[1]


_LINE = WithJsonSchema(
    {"anyOf": [{"type": ["number", "string"]},
               {"type": "object", "additionalProperties": {"type": "number"}}]}
)  # fmt: skip
_PAIR = WithJsonSchema(
    {"type": "array", "items": {"type": ["string", "number"]}, "minItems": 2, "maxItems": 2}
)
_WAVES = WithJsonSchema({"type": ["array", "string", "number", "object"]})
Waves = Annotated[tuple[tuple[str, str], ...], reads(_waves), _WAVES]
PanelLine = Annotated[Any, reads(_line), _LINE]
Pair = Annotated[tuple[str, str], reads(_pair), _PAIR]
_FALL = within(Tree.number, lambda x: 0 < x < 1, "a number between 0 and 1", "write 20 % as 0.2")
_CORRELATION = within(
    Tree.number, lambda x: 0 <= x < 1, "a number from 0 to below 1", "for instance 0.05"
)


class WatchKeys(Record):
    """Whom to visit first."""

    clue_date: Date = Field(
        description="the day on which the clues were in, from which days to a decision count. "
        "Required: the page is the same on whatever day the study is run"
    )
    predictors: Texts = Field((), description="columns for the model: `assets_{wave}`")
    labels: Annotated[dict[str, Text], NAMED] | None = Field(
        None, description="how reasons name the predictors"
    )
    shock: Text | None = Field(
        None, description="a column that is not zero where a shock was reported"
    )
    capacity: Positive = Field(
        0.1, description="visits: a share of those at risk (0.1), or their number"
    )
    rank_by: Annotated[str, *choice("auto", "model", "line")] = Field(
        "auto", description="what orders the list: `auto` (default), `model`, `line`"
    )
    multiple: Positive | None = Field(
        None, description="near the line: below this many times it; the shipped rule's own"
    )
    fall: Annotated[float, _FALL] | None = Field(
        None, description="the share of welfare lost that is a sudden fall; the shipped rule's own"
    )
    days: Whole | None = Field(
        None, description="days from clue to decision; the shipped rule's own"
    )


class PanelKeys(Record):
    """The same households at several visits."""

    data: Annotated[tuple[TableKeys, ...], ONE_OR_MANY] | None = Field(
        None,
        description="a table, as under `data`, or a list with one for each wave in the order of "
        "time; the study's households unless given",
    )
    household: Text | None = Field(
        None, description="the column of the household's id; the study's unless given"
    )
    welfare: Text | None = Field(
        None, description="the column of welfare, in the study's unit; `y_{wave}` in a wide table"
    )
    state: Text | None = Field(None, description="instead: a column that says poor (1) or not (0)")
    wave: Text | None = Field(None, description="the column that names the wave, in a long table")
    waves: Waves = Field(
        (),
        description="the waves in the order of time: `[2010, 2012, 2015]`, or with what they are "
        "called, `{bsl: Baseline, end: Endline}`",
    )
    line: PanelLine | None = Field(
        None,
        description="a number, a column, or a number for each wave, `{2010: 52, 2012: 58}`; the "
        "study's first line unless given",
    )
    boundary: Annotated[str, *choice("<", "<=")] | None = Field(
        None, description="poor: below the line (`<`), or also on it; the line's own unless given"
    )
    design: DesignKeys | None = Field(
        None, description="as under `design`; the study's unless given"
    )
    parts: Annotated[tuple[Annotated[str, *choice(*PARTS)], ...], SOME] = Field(
        ("rates", "histories"),
        description="what is reported: `rates` and `histories` unless given; also `attrition`, "
        "`survival`, `chronic`, `duration`, `mobility`, `lasting`, `bounds`, `reliability`, "
        "`persistent`",
    )
    by: Texts = Field((), description="columns to break down by")
    compare: Annotated[dict[str, Pair], NAMED] | None = Field(
        None, description="differences of two values of a column of `by`: `{treatment: [1, 0]}`"
    )
    predictors: Texts = Field((), description="of `attrition`: columns of the model of the lost")
    times: Annotated[tuple[Number, ...], ONE_OR_MANY] = Field(
        (), description="of `survival`: when the waves were; 0, 1, 2 ... unless given"
    )
    k: Whole = Field(2, description="of `lasting`: waves in a row above the line")
    buffer: Number = Field(0.25, description="of `lasting`: how far above it, as a share of it")
    share: Number = Field(
        0.6, description="of `persistent`: the threshold as a share of each wave's median; 0: lines"
    )
    before: Whole = Field(
        3, description="of `persistent`: waves before the last that are looked at"
    )
    least: Whole = Field(2, description="of `persistent`: in how many of them poor at least")
    watch: WatchKeys | None = Field(
        None, description="whom to visit first, and how good such a list was: the keys below"
    )

    def check(self) -> None:
        """Welfare or a state, and a watch only on welfare."""
        if (self.welfare is None) == (self.state is None):
            raise self.tree.fault(
                "it is not clear who is poor in the panel", expected="either welfare or state",
                got="neither" if self.welfare is None else "both",
                remedy="name the column of welfare, such as 'welfare: y_{wave}'",
            )  # fmt: skip


class AssessmentKeys(Record):
    """Visits of an assessment of counties."""

    visits: TableKeys = Field(
        description="a table with one row for each household visited, as under `data`. Required"
    )
    counts: TableKeys = Field(
        description="a table with one row for each county: its population, registered and exited "
        "persons. Required"
    )
    standard: Text | None = Field(
        None, description="name or path of the rule file that judges; the study's unless given"
    )
    columns: Annotated[dict[str, Text], NAMED] | None = Field(
        None, description="where a column of the visits has another name: `{size: hhsize}`"
    )
    unit: Annotated[str, *choice("persons", "households")] = Field(
        "persons", description="what missed and wrong-exit rates count"
    )
    no_answer: Annotated[str, *choice("excluded", "against")] = Field(
        "excluded", description="households that did not say: `excluded` (default) or `against`"
    )
    rule: Annotated[str, *choice("test", "point")] | None = Field(
        None, description="bounds (`test`), or the bare estimate (`point`); as the standard has it"
    )
    icc: Annotated[float, _CORRELATION] = Field(
        0.05, description="the intra-village correlation that the plan declared"
    )
    icc_recognition: Annotated[float, _CORRELATION] | None = Field(
        None, description="that of recognition, if another"
    )
    full_count: Truth = Field(False, description="`true`: everyone was visited")
    what_if: Truth = Field(
        False, description="`true`: the same evidence under every other reading of the standard"
    )
