"""Keys of a study's design: how the sample was drawn, what its weights were calibrated to."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, get_args

from pydantic import Field, WithJsonSchema

from exitline.errors import DesignError, StudyError
from exitline.rules.yamlfile.declared import (
    SOME,
    Number,
    Positive,
    Record,
    Text,
    Truth,
    choice,
    reads,
)
from exitline.rules.yamlfile.tree import Tree
from exitline.stats.data.sampling.calibration import (
    BoundsOf,
    CalibrationMethod,
    Count,
    Regression,
)
from exitline.stats.data.sampling.design import Design, LonelyPsu, ReplicateKind
from exitline.stats.data.sampling.pps import Pps, PpsEstimator, PpsMethod
from exitline.stats.data.sampling.second_phase import PhaseMethod, SecondPhase


def _alone(tree: Tree) -> str | tuple[str, ...]:
    """One column, or several."""
    many = tuple(one.text() for one in tree.some())
    return many if len(many) > 1 else many[0]


_ONE_OR_SEVERAL = WithJsonSchema(
    {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
)
Stages = Annotated[Any, reads(_alone), _ONE_OR_SEVERAL]


class PpsKeys(Record):
    """How PSUs were drawn with unequal probabilities, which `fpc` names."""

    short: ClassVar[Any] = "method"
    method: Annotated[PpsMethod, *choice(*get_args(PpsMethod))]
    estimator: Annotated[PpsEstimator, *choice(*get_args(PpsEstimator))] = "horvitz-thompson"
    joint: Text | None = None
    mean_square: Positive | None = None


class SecondPhaseKeys(Record):
    """Which rows of the first phase were drawn again, and how."""

    short: ClassVar[Any] = "selected"
    selected: Text
    strata: Annotated[tuple[Text, ...], SOME] = ()
    psu: Text | None = None
    method: Annotated[PhaseMethod, *choice(*get_args(PhaseMethod))] = "full"


class _CountedKeys(Record):
    """What totals of a calibration count, and what its residuals are of."""

    short: ClassVar[Any] = "totals"
    count: Annotated[Count, *choice(*get_args(Count))] = "households"
    within: Annotated[tuple[Text, ...], SOME] = ()
    variance: Text | None = None
    regression: Annotated[Regression, *choice(*get_args(Regression))] = "weighted"


class CalibrationKeys(_CountedKeys):
    """What a weight was calibrated to."""

    totals: Text


Crossings = Annotated[tuple[Annotated[tuple[Text, ...], SOME], ...], SOME]
"""Columns of categories; a list within the list is a crossing."""


class MadeCalibrationKeys(_CountedKeys):
    """What a weight is calibrated to, and how."""

    totals: Text | None = None
    levels: Crossings = ()
    numeric: Annotated[tuple[Text, ...], SOME] = ()
    method: Annotated[CalibrationMethod, *choice(*get_args(CalibrationMethod))] = "raking"
    bounds: Annotated[tuple[Number, ...], SOME] = ()
    bounds_of: Annotated[BoundsOf, *choice(*get_args(BoundsOf))] = "factors"

    def check(self) -> None:
        if self.bounds and len(self.bounds) != 2:
            raise self.at("bounds").fault(
                "bounds are two numbers",
                expected="the least and the largest factor, [0.5, 2]",
                got=f"{len(self.bounds)} numbers",
                remedy="give both",
            )
        if (self.totals is None) == (not self.levels and not self.numeric):
            raise self.tree.fault(
                "a calibration to nothing"
                if self.totals is None
                else "a calibration to two things",
                expected="totals: a file; or, of a second phase, levels and numeric: columns of "
                "the first",
                got="neither" if self.totals is None else "both",
                remedy="give one of them",
            )


class NonresponseKeys(Record):
    """Who responded, and what others are stood for by."""

    responded: Text
    classes: Annotated[tuple[Text, ...], SOME] = ()
    levels: Crossings = ()
    numeric: Annotated[tuple[Text, ...], SOME] = ()

    def check(self) -> None:
        if bool(self.classes) == bool(self.levels or self.numeric):
            raise self.tree.fault(
                "weights are adjusted within classes, or by predictors",
                expected="classes; or levels and numeric, the predictors of a logit",
                got="both" if self.classes else "neither",
                remedy="give one of them",
            )


class DesignKeys(Record):
    """How the sample was drawn. Each entry is a column."""

    weight: Text | None = Field(
        None,
        description="the household's sampling weight. Without it every household counts once",
    )
    size: Text | None = Field(
        None, description="persons in the household, if it is not under `columns`"
    )
    strata: Text | None = Field(None, description="first-stage stratum")
    psu: Stages | None = Field(
        None, description="sampled cluster; a list for several stages: `[ea, hid]`"
    )
    nest: Truth = Field(False, description="`true`: PSU ids start anew in each stratum")
    fpc: Stages | None = Field(
        None,
        description="clusters in the population of the stratum (or sampling fractions), one for "
        "each stage",
    )
    pps: PpsKeys | None = Field(
        None,
        description="PSUs were drawn with unequal probabilities, which `fpc` then names: `brewer`, "
        "`hartley-rao`, `overton`, `with-replacement`; or `{method: joint, joint: pairs.csv}`, "
        "with `estimator: yates-grundy` for samples of a fixed size; `mean_square`: the "
        "population's, for `hartley-rao`",
    )
    lonely: Annotated[LonelyPsu, *choice(*get_args(LonelyPsu))] = Field(
        "fail",
        description="strata with one PSU: `fail` (default), `remove`, `certainty`, `adjust`, "
        "`average`, as R's `survey.lonely.psu`",
    )
    replicates: Annotated[tuple[Text, ...], SOME] = Field(
        (),
        description='columns of replicate weights, or a pattern such as `"rw*"`; they take the '
        "place of strata, PSUs and fpc. Every measure is computed once more with each",
    )
    kind: Annotated[ReplicateKind, *choice(*get_args(ReplicateKind))] | None = Field(
        None,
        description="how they were made: JK1, JKn, JK2, BRR, Fay, bootstrap, subbootstrap, SDR "
        "(successive differences), other",
    )
    scale: Number | None = Field(None, description="as R's `svrepdesign`: overall scale")
    rscales: Annotated[tuple[Number, ...], SOME] = Field(
        (), description="scale of each replicate (JKn needs them)"
    )
    rho: Number | None = Field(None, description="Fay's factor")
    mse: Truth = Field(
        False,
        description="whether replicates vary around the full-sample figure (`mse: true`) or "
        "their own mean",
    )
    df: Number | None = Field(
        None,
        description="degrees of freedom, where the survey's documentation gives them; else R's "
        "`degf`",
    )
    census: Truth = Field(False, description="`true`: a census, without sampling error")
    second_phase: SecondPhaseKeys | None = Field(
        None,
        description="which rows were drawn again from the sample, to whom alone figures refer: the "
        "column that says so, or `{selected: visited, strata: group, psu: hid, method: approx}`; "
        "`weight` is that of the first phase",
    )
    calibration: MadeCalibrationKeys | None = Field(
        None,
        description="a file of totals that `weight` is calibrated to before anything is "
        "estimated; or `{totals: totals.csv, method: logit, bounds: [0.5, 2], count: persons}` "
        "with what `exitline calibrate` takes: `method`, `bounds`, `bounds_of`, `count`, `within`, "
        "`variance`, `regression`; standard errors are those of residuals. Of a second phase to "
        "its first: `{levels: [zone, [zone, sex]], numeric: [rooms]}`, columns of categories and "
        "of numbers",
    )
    nonresponse: NonresponseKeys | None = Field(
        None,
        description="who responded, whose weights stand for everyone who was sampled: "
        "`{responded: answered, classes: [zone, urban]}` within classes, or `{responded: answered, "
        "levels: [zone, [zone, urban]], numeric: [age]}` by a logit of columns of categories and "
        "of numbers; standard errors take in that factors are estimated",
    )
    calibrated_to: CalibrationKeys | None = Field(
        None,
        description="a file of the totals that `weight` was calibrated to, as `exitline calibrate` "
        "takes them: standard errors are those of residuals; or `{totals: totals.csv, count: "
        "persons, within: hid}`, as it was told then",
    )
    base_weight: Text | None = Field(
        None,
        description="column of the weights before calibration; without it each row counted once",
    )

    def check(self) -> None:
        if self.base_weight is not None and self.calibrated_to is None:
            raise self.at("base_weight").fault(
                "a weight before calibration, and no calibration",
                expected="calibrated_to: the file of totals",
                got="base_weight alone",
                remedy="add calibrated_to, or leave base_weight out",
            )
        if self.calibrated_to is not None and (self.weight is None or self.replicates):
            raise self.at("calibrated_to").fault(
                "totals that no weight was calibrated to",
                expected="weight: the column of calibrated weights, and no replicates",
                got="no weight" if self.weight is None else "replicates",
                remedy="name the weight; replicate weights are calibrated each",
            )
        if self.calibration is not None and (self.calibrated_to is not None or self.replicates):
            raise self.at("calibration").fault(
                "weights that cannot be calibrated here",
                expected="calibration without calibrated_to and replicates",
                got="replicates" if self.replicates else "calibrated_to",
                remedy="replicate weights are calibrated each: `exitline calibrate` does it; "
                "calibrated_to is for weights that come calibrated",
            )
        self._check_made()
        self.made()

    def _check_made(self) -> None:
        """Weights that the study makes itself, and a design that they do not go with."""
        made = self.calibration
        if made is not None and (made.totals is None) != (self.second_phase is not None):
            raise self.at("calibration").fault(
                "a calibration to a first phase, and no second phase"
                if made.totals is None
                else "a second phase is calibrated to the totals of the first",
                expected="second_phase with calibration: {levels: ..., numeric: ...}; or "
                "totals without second_phase",
                got="no second_phase" if made.totals is None else "a file of totals",
                remedy="see docs/weights.md",
            )
        if self.nonresponse is not None:
            others = ("calibration", "calibrated_to", "replicates", "second_phase", "census")
            there = [name for name in others if getattr(self, name)]
            if there:
                raise self.at("nonresponse").fault(
                    "weights that cannot be adjusted for non-response here",
                    expected=f"nonresponse without {there[0]}",
                    got=", ".join(there),
                    remedy="`exitline nonresponse` writes adjusted weights, and adjusts replicates "
                    "each; name its column as the weight",
                )

    def made(self) -> Design:
        """The design."""
        try:
            given = dict(self.given)
            for name in ("calibration", "calibrated_to", "base_weight", "nonresponse"):
                given.pop(name, None)
            if self.pps is not None:
                given["pps"] = Pps(**self.pps.given)
            if self.second_phase is not None:
                given["second_phase"] = SecondPhase(**self.second_phase.given)
            return Design(**given)
        except DesignError as reason:
            raise StudyError(
                reason.what,
                where=self.tree.where,
                expected=reason.expected,
                got=reason.got,
                remedy=reason.remedy,
            ) from reason
