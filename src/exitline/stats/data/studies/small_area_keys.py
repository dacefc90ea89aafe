"""What may stand in the section `small_areas` of a study, kind by kind.

A kind of model is a record with its keys here and a function that fits it in
`exitline.api.area_models.kinds`.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from exitline.rules.yamlfile.declared import (
    NAMED,
    SOME,
    Number,
    Positive,
    Record,
    Text,
    Truth,
    Whole,
    choice,
    reads,
)
from exitline.rules.yamlfile.tree import Tree
from exitline.stats.data.studies.table_keys import TableKeys

DEFAULT = "fay_herriot"


def _known(tree: Tree) -> tuple[float, float]:
    """A figure that is known, and its standard error: 0 where none is written."""
    if not tree.is_sequence:
        return tree.number(), 0.0
    found = tuple(one.number() for one in tree.sequence())
    if len(found) != 2 or not found[1] >= 0:
        raise tree.fault(
            "this is no known figure", expected="a figure, or a figure and its standard error",
            got=f"{len(found)} numbers", remedy="write both: [0.31, 0.012]",
        )  # fmt: skip
    return found[0], found[1]


def _ends(tree: Tree) -> tuple[float, float]:
    """Two numbers, the lower one first."""
    found = tuple(one.number() for one in tree.sequence())
    if len(found) != 2 or not found[0] < found[1]:
        raise tree.fault(
            "these are no bounds", expected="two numbers, the lower one first",
            got=f"{len(found)} numbers", remedy="write both: [0, 1]",
        )  # fmt: skip
    return found[0], found[1]


def _level(tree: Tree) -> str | tuple[str, ...]:
    """A column of areas, or columns that make areas together."""
    return tuple(one.text() for one in tree.some()) if tree.is_sequence else tree.text()


def _shift(tree: Tree) -> float | str:
    """A number, or the word that has the data choose it."""
    return tree.number() if tree.is_number else tree.choice(("auto",))


_TWO = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
_WORD = {"type": ["string", "number", "boolean"]}
KnownFigure = Annotated[
    tuple[float, float], reads(_known), WithJsonSchema({"anyOf": [{"type": "number"}, _TWO]})
]
Ends = Annotated[tuple[float, float], reads(_ends), WithJsonSchema(_TWO)]
AreaLevel = Annotated[
    Any, reads(_level), WithJsonSchema({"anyOf": [_WORD, {"type": "array", "items": _WORD}]})
]
Shift = Annotated[
    Any, reads(_shift), WithJsonSchema({"anyOf": [{"type": "number"}, {"enum": ["auto"]}]})
]


class ModelKeys(Record):
    """A model of areas."""

    kind: Text = Field(DEFAULT, description="which model: `fay_herriot` (default), `ebp`, `eblup`")
    area: Text = Field(description="the column of areas. Required")
    line: Text | None = Field(
        None,
        description="at which of the study's lines, by its label, where there are several",
    )
    select: Annotated[str, *choice("aic", "bic", "kic", "caic", "cv")] | None = Field(
        None,
        description="covariates are left out by this criterion (`aic`, `bic`, `kic`, `caic`, `cv`) "
        "before the model is fitted; the report shows the way",
    )
    decides: Text | None = Field(
        None,
        description="a criterion of the standard, by its name, that these figures decide: only "
        "where the standard accepts a model (`evidence: model`)",
    )

    def _needs(self, **pairs: str) -> None:
        """Refuse keys that say nothing without another one."""
        for key, other in pairs.items():
            if getattr(self, key) is not None and not getattr(self, other):
                raise self.at(key).fault(
                    f"'{key}' says nothing without '{other}'", expected=f"'{other}' beside it",
                    got=f"'{key}' alone", remedy=f"add '{other}', or leave '{key}' out",
                )  # fmt: skip


class FayHerriotKeys(ModelKeys):
    """A Fay-Herriot model: direct estimates by the design, covariates from a table."""

    formula: Text = Field(
        description="a measure of the catalogue, `~`, and columns of the covariates: "
        "`headcount ~ toilet + rooms`. Required"
    )
    covariates: TableKeys = Field(
        description="a table with one row for each area, as under `data`. Required"
    )
    on: Text | None = Field(
        None, description="the column of areas in that table, where it has another name"
    )
    method: Annotated[
        str, *choice("reml", "ml", "fh", "amrl", "ampl", "amrl_yl", "ampl_yl")
    ] | None = Field(
        None,
        description="estimator of the variance of area effects: `reml` (default), `ml`, `fh`, "
        "`amrl`, `ampl`, `amrl_yl`, `ampl_yl`",
    )  # fmt: skip
    transform: Annotated[str, *choice("none", "log", "arcsine", "logit")] | None = Field(
        None, description="scale of the model: `none` (default), `log`, `arcsine`, `logit`"
    )
    back: Annotated[str, *choice("bias_corrected", "crude", "naive")] | None = Field(
        None, description="the way back: `bias_corrected` (default), `crude`, `naive`"
    )
    mse: Annotated[
        str, *choice("analytic", "jackknife", "weighted_jackknife", "bootstrap")
    ] | None = Field(
        None,
        description="`analytic` (default), `jackknife`, `weighted_jackknife`, `bootstrap`",
    )  # fmt: skip
    replicates: Whole | None = Field(None, description="of the bootstrap: 500")
    seed: Whole | None = Field(None, description="of the bootstrap: 1")
    smooth: Annotated[str, *choice("none", "unstable", "all", "pooled")] | None = Field(
        None,
        description="which sampling variances are replaced: `none` (default), `unstable`, `all`, "
        "`pooled`",
    )
    robust: Truth | None = Field(None, description="`true`: outlying areas are held back")
    k: Positive | None = Field(
        None, description="of `robust`: held back at so many standard deviations, 1.345"
    )
    proximity: TableKeys | None = Field(
        None,
        description="the spatial model (`reml`, `ml`): a table of how near areas are to each "
        "other, one row and one column for each, rows named in the column of areas; rows usually "
        "add up to 1",
    )
    errors: Annotated[dict[str, Text], NAMED] | None = Field(
        None,
        description="the measurement-error model, for covariates that are estimates: each with the "
        "column of its error variance, `{toilet: toilet_variance}`; with `mse: jackknife` or "
        "`bootstrap`",
    )
    unmatched: Annotated[str, *choice("error", "drop")] | None = Field(
        None,
        description="areas of the survey that the covariates lack: `error` (default) or `drop`",
    )
    benchmark: Annotated[str, *choice("ratio", "difference", "mse")] | None = Field(
        None,
        description="`ratio`, `difference` or `mse`: areas meet the survey's own estimate of all "
        "together",
    )
    population: Text | None = Field(
        None,
        description="for the benchmark: the column of the covariates with the population of areas",
    )
    target: KnownFigure | None = Field(
        None,
        description="for the benchmark: what all areas together meet instead of the survey's own "
        "figure, `0.31`, or with its standard error `[0.31, 0.012]`",
    )
    groups: Text | None = Field(
        None,
        description="for a benchmark in two stages: the column of the covariates with the group of "
        "each area; groups meet the total, areas their group",
    )
    bounds: Ends | None = Field(
        None,
        description="for the benchmark: within which figures stay, `[0.05, 0.9]`; shares within 0 "
        "and 1 unless given",
    )
    truth: Text | None = Field(
        None,
        description="a column of the covariates with what is really so, where that is known: "
        "errors and coverage are shown",
    )

    def check(self) -> None:
        self._needs(k="robust", target="benchmark", groups="benchmark", bounds="benchmark")


class EbpKeys(ModelKeys):
    """An empirical best predictor: a model of the study's households, over a census."""

    formula: Text = Field(
        description="`welfare ~` and columns that the households and the census both have, as the "
        "files write them: `welfare ~ log(hhsize) + rooms`. Required"
    )
    census: TableKeys = Field(
        description="a table with one row for each household, as under `data`. Required"
    )
    figures: Annotated[tuple[Text, ...], SOME] | None = Field(
        None,
        description="measures: `headcount` and `poverty_gap` unless given; also `mean`, `total`, "
        "`poor_count`, `severity`, `fgt(alpha)`, `watts`, `median`, `quantile(p)`, `gini`",
    )
    size: Text | None = Field(
        None, description="the census's column of persons; without it figures are of households"
    )
    predictor: Annotated[str, *choice("eb", "ell")] | None = Field(
        None,
        description="`eb` (default); `ell`: Elbers, Lanjouw and Lanjouw's, for reference, with a "
        "warning: it ignores what the sample says of each area",
    )
    own_values: Truth | None = Field(
        None,
        description="`true`: the sample's households stand for themselves; the census is then "
        "without them, and both have the columns of `size`, `by` and `district`",
    )
    district: Text | None = Field(
        None, description="a column of both: districts in which areas lie, for the two-fold model"
    )
    unit_weights: Truth | None = Field(
        None, description="`true`: the sample's weights enter the model (pseudo-EB)"
    )
    transform: Annotated[
        str, *choice("none", "log", "log-shift", "box-cox", "dual", "rank")
    ] | None = Field(
        None,
        description="scale of the model: `log` (default), `none`, `log-shift`, `box-cox`, `dual`, "
        "`rank`",
    )  # fmt: skip
    parameter: Number | None = Field(
        None,
        description="of `log-shift`, `box-cox` or `dual`; the data choose it unless it is given",
    )
    shift: Shift | None = Field(
        None,
        description="added to welfare before `log`, `box-cox` and `dual`: a number, or `auto`, "
        "which lifts the lowest value to 1",
    )
    method: Annotated[str, *choice("reml", "ml")] | None = Field(
        None, description="estimator of the variances: `reml` (default), `ml`"
    )
    mse: Annotated[str, *choice("none", "parametric", "wild")] | None = Field(
        None, description="bootstrap of errors: `parametric` (default), `wild`, `none`"
    )
    replicates: Whole | None = Field(None, description="of the bootstrap: 200")
    seed: Whole | None = Field(None, description="of the bootstrap: 1")
    by: Annotated[tuple[AreaLevel, ...], SOME] | None = Field(
        None,
        description="further columns of areas in the census, finer or coarser: figures of each, "
        "from the same model; columns in a list of their own make areas together, "
        "`[geo1, [geo1, urbrur]]`",
    )
    benchmark: Annotated[str, *choice("ratio", "difference")] | None = Field(
        None,
        description="`ratio` or `difference`: areas meet the survey's own estimate of all together",
    )
    targets: Annotated[dict[str, KnownFigure], NAMED] | None = Field(
        None,
        description="for the benchmark: what all areas together meet instead of the survey's own "
        "figures, by measure, `{headcount: 0.31}`, or with standard errors "
        "`{headcount: [0.31, 0.012]}`",
    )
    within: Text | None = Field(
        None,
        description="for a benchmark in two stages: a column of `by`, whose areas have the "
        "survey's own estimates; smaller areas meet those",
    )
    bounds: Annotated[dict[str, Ends], NAMED] | None = Field(
        None,
        description="for the benchmark: within which figures stay, by measure, "
        "`{headcount: [0.05, 0.9]}`; shares within 0 and 1 unless given",
    )
    truth: Text | None = Field(
        None,
        description="the census's column of welfare, where that is known: errors and coverage are "
        "shown",
    )

    def check(self) -> None:
        self._needs(targets="benchmark", within="benchmark", bounds="benchmark")


class EblupKeys(ModelKeys):
    """Means of areas: a model of the study's households, and means of covariates by area."""

    formula: Text = Field(
        description="a column of the households `~` columns that are numbers, whose means the "
        "table has under the same names: `pc_exp ~ hhsize + rooms`. Required"
    )
    means: TableKeys = Field(
        description="a table with one row for each area: means of the covariates, as under `data`. "
        "Required"
    )
    population: Text | None = Field(
        None,
        description="the column of that table with the households of each area; without it the "
        "sample counts as no part of its area",
    )
    method: Annotated[str, *choice("reml", "ml")] | None = Field(
        None, description="estimator of the variances: `reml` (default), `ml`"
    )
    mse: Annotated[str, *choice("none", "parametric")] | None = Field(
        None, description="bootstrap of errors: `parametric` (default), `none`"
    )
    replicates: Whole | None = Field(None, description="of the bootstrap: 200")
    seed: Whole | None = Field(None, description="of the bootstrap: 1")
    truth: Text | None = Field(
        None,
        description="a column of that table with the true mean, where it is known: errors and "
        "coverage are shown",
    )


KINDS: dict[str, type[ModelKeys]] = {
    "fay_herriot": FayHerriotKeys, "ebp": EbpKeys, "eblup": EblupKeys
}  # fmt: skip
"""The kinds of models, by the word that a study names them with."""


def _of_its_kind(tree: Tree) -> ModelKeys:
    """The record of the kind that an entry names."""
    named = dict(tree.items()) if tree.is_mapping else {}
    kind = named["kind"].choice(tuple(KINDS)) if "kind" in named else DEFAULT
    return KINDS[kind].read(tree)


SmallAreaKeys = Annotated[FayHerriotKeys | EbpKeys | EblupKeys, reads(_of_its_kind)]
"""One entry of the section: a record of its kind."""
