"""A file of figures, public facts and relations: what `exitline check-claim` checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, ClassVar

from exitline.errors import nearest
from exitline.proof.claim.errors import ClaimError
from exitline.proof.claim.sentences import relations as r
from exitline.proof.claim.sentences.published import Published, published
from exitline.rules.yamlfile.declared import LIST, NAMED, Record, Text, Truth, choice, reads
from exitline.rules.yamlfile.tree import Tree, read_file


@dataclass(frozen=True)
class Consistency:
    """What comes of checking a published sentence: one finding for each relation of the file.

    `confirmed` says whether an independent source confirms the figures; None when not said.
    """

    statement: str
    findings: tuple[r.RelationResult, ...]
    source: str = ""
    confirmed: bool | None = None
    notes: tuple[str, ...] = ()

    @property
    def consistent(self) -> bool:
        """Whether no relation is broken (some may be open)."""
        return all(finding.outcome != "not consistent" for finding in self.findings)


def _exactly(tree: Tree) -> Fraction:
    return _placed(tree, tree.text(), "").middle


class _Figure(Record):
    short: ClassVar[Any] = "value"
    value: Text | None = None
    label: Text | None = None
    unit: Text = ""
    about: Truth = False
    to: Annotated[Any, reads(_exactly)] = None
    rounded: Annotated[Any, *choice("nearest", "down", "up")] = "nearest"


class _Fact(Record):
    low: Annotated[Any, reads(_exactly)]
    high: Annotated[Any, reads(_exactly)]
    unit: Text = ""
    source: Text
    verified: Truth = True

    def check(self) -> None:
        if self.low > self.high:
            raise self.tree.fault(
                "the range is the wrong way round", expected="low at most high",
                got=f"{self.at('low').text()} to {self.at('high').text()}",
                remedy="exchange the two",
            )  # fmt: skip


def _relation(tree: Tree) -> Tree:
    """A mapping with the kind of relation as its only key."""
    named = tree.items()
    if len(named) != 1 or named[0][0] not in KEYS:
        said = ", ".join(name for name, _ in named)
        raise tree.fault(
            "there is no such relation",
            expected="one of " + ", ".join(KEYS),
            got=said or "nothing",
            remedy=nearest(said, KEYS) or "choose one of these",
        )
    kind, below = named[0]
    below.fields(KEYS[kind], [key for key in KEYS[kind] if key not in _OPTIONAL.get(kind, ())])
    return tree


KEYS: dict[str, tuple[str, ...]] = {
    "sum": ("parts", "total"),
    "difference": ("from", "less", "is"),
    "ratio": ("of", "per", "is", "within"),
    "share": ("part", "whole", "is"),
    "change": ("from", "to", "is"),
    "at_most": ("smaller", "larger"),
}
"""The keys of each relation."""
_OPTIONAL = {"ratio": ("is", "within"), "share": ("part", "whole")}


def _stated(tree: Tree) -> Tree | None:
    return None if tree.is_empty else tree


class _File(Record):
    statement: Text
    source: Text = ""
    confirmed: Truth | None = None
    note: Text | None = None
    figures: Annotated[dict[str, Annotated[_Figure | None, reads(_stated)]], NAMED]
    facts: Annotated[dict[str, _Fact], NAMED] | None = None
    relations: Annotated[tuple[Annotated[Any, reads(_relation)], ...], LIST]


def check_file(path: str | Path) -> Consistency:
    """Check the relations of a file, as docs/commands/check-claim.md describes it.

    Raises
    ------
    ClaimError
        When the file cannot be read as such: all its faults, with file, line and key.

    Examples
    --------
    >>> check_file("examples/claims/dongxiang-2020.yaml").consistent
    True
    """
    file = _File.read(read_file(path, ClaimError))
    figures = {name: _figure(name, keys) for name, keys in file.figures.items()}
    facts = {
        name: r.Range(name, keys.low, keys.high, keys.source, keys.unit, keys.verified)
        for name, keys in (file.facts or {}).items()
    }
    findings = tuple(_Asked(figures, facts).finding(tree) for tree in file.relations)
    unsaid = [one.name for one in figures.values() if one and one.text not in file.statement]
    notes = [file.note] if file.note else []
    notes += ["not in the sentence as written: " + ", ".join(unsaid)] if unsaid else []
    return Consistency(file.statement, findings, file.source, file.confirmed, tuple(notes))


def _figure(name: str, keys: _Figure | None) -> Published | None:
    """A figure: a number as printed, or one with unit and rounding; None when left empty."""
    if keys is None or keys.value is None:
        return None
    return _placed(
        keys.tree, keys.value, keys.label or name, unit=keys.unit, about=keys.about, step=keys.to,
        rounded=keys.rounded,
    )  # fmt: skip


@dataclass(frozen=True)
class _Asked:
    """The figures and facts that relations may name."""

    figures: Mapping[str, Published | None]
    facts: Mapping[str, r.Range]

    def finding(self, tree: Tree) -> r.RelationResult:
        """What comes of one relation."""
        ((kind, below),) = tree.items()
        found = dict(below.items())
        if kind == "ratio" and "is" in found and "within" in found:
            raise below.fault(
                "a ratio is checked against one thing", expected="is (a figure) or within (a fact)",
                got="both", remedy="write two relations",
            )  # fmt: skip
        within = self._named(found.pop("within"), self.facts, "fact") if "within" in found else None
        parts = [self._one(one) for one in found.pop("parts").sequence()] if kind == "sum" else []
        given = {key: self._one(one) for key, one in found.items()}
        if kind == "share" and given["is"][1] is not None:
            part, whole = (given.get(key, ("", None))[1] for key in ("part", "whole"))
            return r.check_share(part, whole, given["is"][1])
        asked = [*parts, *given.values()]
        absent = [name for name, figure in asked if figure is None]
        if absent:
            return r.missing(f"{kind} of {', '.join(name for name, _ in asked)}", absent)
        sure: dict[str, Any] = {key: figure for key, (_, figure) in given.items()}
        if kind == "sum":
            return r.check_sum([figure for _, figure in parts if figure], sure["total"])
        if kind == "ratio":
            return r.check_ratio(sure["of"], sure["per"], within or sure.get("is"))
        checks: dict[str, Callable[..., r.RelationResult]] = {
            "difference": r.check_difference,
            "change": r.check_change,
            "at_most": r.check_at_most,
        }
        return checks[kind](*(sure[key] for key in KEYS[kind]))

    def _one(self, tree: Tree) -> tuple[str, Published | None]:
        return tree.text(), self._named(tree, self.figures, "figure")

    def _named(self, tree: Tree, known: Mapping[str, Any], what: str) -> Any:
        """What stands under a name."""
        name = tree.text()
        if name not in known:
            raise tree.fault(
                f"there is no {what} '{name}'",
                expected="one of " + (", ".join(known) or f"the {what}s of the file"),
                got=name,
                remedy=nearest(name, known) or f"add it under {what}s",
            )
        return known[name]


def _placed(tree: Tree, text: str, name: str, **options: Any) -> Published:
    """A figure as printed, with its place in the file when it is none."""
    try:
        return published(name, text, **options)
    except ClaimError as reason:
        parts = {key: said for key, said in reason.parts().items() if key != "where"}
        raise tree.fault(parts.pop("what"), **parts) from reason
