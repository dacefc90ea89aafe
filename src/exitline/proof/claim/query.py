"""Which figure of a run is meant: the words of its result tables."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, get_args

from exitline.proof.claim.errors import ClaimError
from exitline.proof.claim.form import refused

QueryKind = Literal["estimate", "decision", "decision count"]


_NEEDED: dict[str, tuple[str, ...]] = {
    "estimate": ("measure", "column"),
    "decision": ("level", "unit"),
    "decision count": ("level", "outcome"),
}


_OPTIONAL: dict[str, tuple[str, ...]] = {
    "estimate": ("line", "by", "domain", "indicator", "where", "confidence", "people"),
    "decision": ("parent", "criterion", "evidence"),
    "decision count": ("criterion", "evidence"),
}


OUTCOMES = ("met", "not met", "cannot tell")

_WORDS = {"people": ("persons", "households"), "evidence": ("model",), "outcome": OUTCOMES}
"""What some parts of a query may say, where they say something."""


@dataclass(frozen=True)
class Query:
    """Which figure of a run is meant: the words of its result tables.

    Parameters
    ----------
    kind : {"estimate", "decision", "decision count"}
        A cell of the estimates; the outcome of one unit; or how many units of a level
        have an outcome.
    measure, line, by, domain, indicator : str
        For an estimate: the row, in the words of the columns of the same names ("" for
        none).
    column : str
        For an estimate: which number of the row ("estimate", "se", "n", "population").
    confidence : str
        For an estimate with an interval: its level as decimal text, such as "0.95".
    where : str
        For an estimate: the condition of the part of the population that it refers to ("" for
        all).
    people : str
        For an estimate: whom it counts, "persons" or "households" ("" for persons).
    level, unit, parent, criterion, outcome : str
        For decisions: "village" or "county"; the unit's id and, where it needs one, the
        county it lies in (for one decision); the criterion ("" overall); the outcome
        counted.
    evidence : str
        For decisions: "model" where figures of a model decide, "" where what was counted or
        sampled does.
    year : str
        The year that the figure is of ("" where the study does not say).

    Raises
    ------
    ClaimError
        For a kind that does not exist or a query that leaves out what its kind needs,
        and for the decision on one household, which would publish who it is.

    Examples
    --------
    >>> Query(measure="headcount", line="4891", by="region", domain="Coast").column
    'estimate'
    """

    kind: QueryKind = "estimate"
    measure: str = ""
    line: str = ""
    by: str = ""
    domain: str = ""
    indicator: str = ""
    where: str = ""
    column: str = "estimate"
    confidence: str = ""
    level: str = ""
    unit: str = ""
    parent: str = ""
    criterion: str = ""
    outcome: str = ""
    people: str = ""
    year: str = ""
    evidence: str = ""

    def __post_init__(self) -> None:
        if self.kind not in get_args(QueryKind):
            raise refused("unknown kind of query", " or ".join(get_args(QueryKind)), self.kind)
        for name in _NEEDED[self.kind]:
            if not getattr(self, name):
                raise refused(f"a query of kind '{self.kind}' needs '{name}'", name, "nothing")
        own = {"kind", "column", "year", *_NEEDED[self.kind], *_OPTIONAL[self.kind]}
        for each in fields(self):
            if each.name not in own and getattr(self, each.name):
                what = f"a query of kind '{self.kind}' has no '{each.name}'"
                raise refused(what, "nothing", repr(getattr(self, each.name)))
        if self.kind != "estimate" and self.column != "estimate":
            raise refused(f"a query of kind '{self.kind}' has no 'column'", "", self.column)
        for name, known in _WORDS.items():
            if getattr(self, name) not in ("", *known):
                raise refused(f"unknown {name}", " or ".join(known), getattr(self, name))
        if self.kind == "decision" and self.level == "household":
            raise ClaimError(
                "the decision on one household cannot be published as a claim",
                expected="a village, a county, or a count of households",
                remedy="claim how many households have an outcome",
            )
