"""What a claim is: a sentence bound to its figure, query, data, standard and software."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exitline.proof.claim.exact import Rounding, exact, grouped
from exitline.proof.claim.form import check_hex, known, plain, refused
from exitline.proof.claim.query import OUTCOMES, Query
from exitline.proof.claim.wording import filled


@dataclass(frozen=True)
class InputDigest:
    """One data file that a figure was computed from.

    Parameters
    ----------
    name : str
        The file's name, without its folder.
    sha256 : str
        SHA-256 of the file's bytes, hex ("" for rows that were never a file, such as the
        answer of a database; a claim on them is only signed with a digest of the rows).
    rows : str
        Digest of the rows that does not depend on their order or on the file format
        (see :func:`exitline.proof.claim.row_digest`), "" when it was not asked for.

    Examples
    --------
    >>> InputDigest("lival.parquet", sha256="e3" * 32).name
    'lival.parquet'
    """

    name: str
    sha256: str = ""
    rows: str = ""

    def __post_init__(self) -> None:
        for name in ("sha256", "rows"):
            check_hex(getattr(self, name), f"{name} of input '{self.name}'")
        if not self.name:
            raise refused("an input needs a name", "the file's name", "nothing")


@dataclass(frozen=True)
class RuleRef:
    """A rule file or a study file, named with its digest and, where known, its text.

    Parameters
    ----------
    name : str
        Such as "china-2011-2020".
    sha256 : str
        Digest of its canonical content, hex.
    version : str
        The file's version or validity, if it has one.
    text : str
        Its content, so that a stranger need not ask for it ("" when left out).

    Examples
    --------
    >>> RuleRef("albania-2012", sha256="e3" * 32).name
    'albania-2012'
    """

    name: str
    sha256: str
    version: str = ""
    text: str = ""

    def __post_init__(self) -> None:
        check_hex(self.sha256, f"digest of '{self.name}'")
        if not (self.name and self.sha256):
            raise refused("a rule file is named by name and digest", "name and sha256", "less")


@dataclass(frozen=True)
class Claim:
    """A published sentence, with all that a stranger needs to compute its figure again.

    Parameters
    ----------
    statement : str
        The sentence as it is written from the query, with {figure} where the figure stands
        and {low} and {high} where its interval stands; see :mod:`exitline.proof.claim.wording`.
    value : str
        The figure: exact decimal or rational text, never a floating-point number; for a
        decision its outcome.
    rounding : Rounding
        How the computed number became the figure.
    query : Query
        Which figure it is.
    inputs : tuple of InputDigest
        The data, at least one.
    software : str
        Name and version of what computed it.
    unit : str
        What the figure counts or measures: "percent", "persons", "households", "".
    low, high : str
        The interval's ends, rounded by the same rule ("" without interval).
    standard, study : RuleRef, optional
        The rule file and the study file.
    remark : str
        Words of the publisher, which nobody checks; they are shown as such.

    Raises
    ------
    ClaimError
        When a part is missing or contradicts another one.

    Examples
    --------
    >>> claim = Claim(
    ...     statement="{figure} of people were poor ({low}-{high}).", value="14.3",
    ...     low="12.6", high="16.1", unit="percent", rounding=Rounding(1, scale="100"),
    ...     query=Query(measure="headcount", confidence="0.95"),
    ...     inputs=(InputDigest("lival.parquet", sha256="e3" * 32),), software="exitline 0.1.0",
    ... )
    >>> claim.sentence
    '14.3 % of people were poor (12.6-16.1).'
    """

    statement: str
    value: str
    rounding: Rounding
    query: Query
    inputs: tuple[InputDigest, ...]
    software: str
    unit: str = ""
    low: str = ""
    high: str = ""
    standard: RuleRef | None = None
    study: RuleRef | None = None
    remark: str = ""

    def __post_init__(self) -> None:
        if "{figure}" not in self.statement:
            raise refused("a statement shows its figure", "{figure} in the sentence", "none")
        if not self.inputs:
            raise refused("a claim names the data it was computed from", "an input", "none")
        names = [one.name for one in self.inputs]
        if len(set(names)) < len(names):
            raise refused("two inputs have one name", "names that tell them apart", "one name")
        if not self.software:
            raise refused("a claim names the software that computed it", "a version", "none")
        if self.query.kind == "decision":
            if self.value not in OUTCOMES:
                raise refused("a decision has an outcome", " or ".join(OUTCOMES), self.value)
        else:
            exact(self.value)
        self._check_interval()

    def _check_interval(self) -> None:
        """An interval has two ends in order, a level, and stands around an estimate."""
        if not (self.low or self.high or self.query.confidence):
            if "{low}" in self.statement or "{high}" in self.statement:
                raise refused("the statement shows an interval that the claim lacks", "low", "")
            return
        if not (self.low and self.high and self.query.confidence):
            raise refused("an interval needs low, high and confidence", "all three", "less")
        if exact(self.low) > exact(self.high):
            raise refused("an interval's ends are the wrong way round", "low <= high", "low > high")
        if not 0 < exact(self.query.confidence) < 1:
            raise refused("confidence out of range", "between 0 and 1", self.query.confidence)

    @property
    def figure(self) -> str:
        """The figure as it is read: with separators and unit ("12,933 persons", "14.3 %")."""
        shown = grouped(self.value)
        if self.unit == "percent":
            return f"{shown} %"
        return f"{shown} {self.unit}".strip()

    @property
    def sentence(self) -> str:
        """The statement with its figure in place."""
        ends = {"{low}": grouped(self.low), "{high}": grouped(self.high)}
        return filled(self.statement, {"{figure}": self.figure, **ends})

    def to_dict(self) -> dict[str, Any]:
        """The claim as JSON-ready values; parts that are empty are left out."""
        return plain(self)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any], *, where: str = "") -> Claim:
        """The claim that :meth:`to_dict` wrote; nothing unknown is passed over.

        Raises
        ------
        ClaimError
            For unknown, missing or wrongly typed parts.
        """
        made = known(cls, content, where)
        made["rounding"] = Rounding(**known(Rounding, made.get("rounding", {}), where))
        made["query"] = Query(**known(Query, made.get("query", {}), where))
        inputs = made.get("inputs", ())
        if not isinstance(inputs, (list, tuple)):
            raise refused("inputs are not a list", "a list of inputs", type(inputs).__name__)
        made["inputs"] = tuple(InputDigest(**known(InputDigest, one, where)) for one in inputs)
        for name in ("standard", "study"):
            if name in made:
                made[name] = RuleRef(**known(RuleRef, made[name], where))
        return cls(**made)
