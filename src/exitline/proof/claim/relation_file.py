"""A file of figures, public facts and relations: what `exitline check-claim` checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from exitline.errors import nearest
from exitline.proof.claim.errors import ClaimError
from exitline.proof.claim.published import Published, published
from exitline.proof.claim.relations import (
    Finding,
    Range,
    check_at_most,
    check_change,
    check_difference,
    check_ratio,
    check_share,
    check_sum,
    missing,
)

if TYPE_CHECKING:
    from exitline.rules.yamlfile.tree import Tree

_TOP = ("statement", "source", "confirmed", "note", "figures", "facts", "relations")
_ROUNDED = ("nearest", "down", "up")


@dataclass(frozen=True)
class Consistency:
    """What comes of checking a published sentence.

    Parameters
    ----------
    statement : str
        The sentence.
    findings : tuple of Finding
        One a relation, in the order of the file or sentence.
    source : str
        Where it was published ("" when not said).
    confirmed : bool or None
        Whether an independent source confirms the figures; None when not said.
    notes : tuple of str
        What a reader should know.
    """

    statement: str
    findings: tuple[Finding, ...]
    source: str = ""
    confirmed: bool | None = None
    notes: tuple[str, ...] = ()

    @property
    def consistent(self) -> bool:
        """Whether no relation is broken (some may be open)."""
        return all(finding.outcome != "not consistent" for finding in self.findings)


@dataclass(frozen=True)
class _Known:
    """What relations may refer to."""

    figures: Mapping[str, Published | None]
    facts: Mapping[str, Range]


def check_file(path: str | Path) -> Consistency:
    """Check the relations of a file.

    Parameters
    ----------
    path : str or Path
        YAML with `statement`, `figures`, `relations` and, where needed, `facts`; see
        docs/commands/check-claim.md.

    Returns
    -------
    Consistency

    Raises
    ------
    ClaimError
        When the file cannot be read as such, with file, line and key.

    Examples
    --------
    >>> check_file("examples/claims/dongxiang-2020.yaml").consistent
    True
    """
    from exitline.rules.yamlfile.tree import read_file

    tree = read_file(path, ClaimError)
    found = tree.fields(_TOP, required=("statement", "figures", "relations"))
    facts = found["facts"].items() if "facts" in found else ()
    known = _Known(
        {name: _figure(name, below) for name, below in found["figures"].items()},
        {name: _fact(name, below) for name, below in facts},
    )
    statement = found["statement"].text()
    findings = tuple(_relation(one, known) for one in found["relations"].sequence())
    return Consistency(
        statement,
        findings,
        found["source"].text() if "source" in found else "",
        found["confirmed"].truth() if "confirmed" in found else None,
        (*([found["note"].text()] if "note" in found else []), *_unsaid(statement, known)),
    )


def _unsaid(statement: str, known: _Known) -> tuple[str, ...]:
    """Figures of the file that the sentence does not hold."""
    absent = [
        figure.name
        for figure in known.figures.values()
        if figure is not None and figure.text not in statement
    ]
    if not absent:
        return ()
    return ("not in the sentence as written: " + ", ".join(absent),)


def _figure(name: str, tree: Tree) -> Published | None:
    """A figure: a number as printed, or one with unit and rounding; None when left empty."""
    if tree.is_empty:
        return None
    if not tree.is_mapping:
        return _placed(tree, lambda: published(name, tree.text()))
    parts = tree.fields(("value", "label", "unit", "about", "to", "rounded"))
    if "value" not in parts:
        return None
    label = parts["label"].text() if "label" in parts else name
    rounded = parts["rounded"].choice(_ROUNDED) if "rounded" in parts else "nearest"
    return _placed(
        tree,
        lambda: published(
            label,
            parts["value"].text(),
            unit=parts["unit"].text() if "unit" in parts else "",
            about=parts["about"].truth() if "about" in parts else False,
            step=_exactly(parts["to"]) if "to" in parts else None,
            rounded=rounded,  # type: ignore[arg-type]
        ),
    )


def _fact(name: str, tree: Tree) -> Range:
    """A public range, which always names its source."""
    parts = tree.fields(("low", "high", "unit", "source", "verified"), ("low", "high", "source"))
    low, high = _exactly(parts["low"]), _exactly(parts["high"])
    if low > high:
        raise tree.fault(
            "the range is the wrong way round",
            expected="low at most high",
            got=f"{parts['low'].text()} to {parts['high'].text()}",
            remedy="exchange the two",
        )
    return Range(
        name,
        low,
        high,
        parts["source"].text(),
        parts["unit"].text() if "unit" in parts else "",
        parts["verified"].truth() if "verified" in parts else True,
    )


def _relation(tree: Tree, known: _Known) -> Finding:
    """One relation of the list: a mapping with its kind as only key."""
    kinds: dict[str, Callable[[Tree, _Known], Finding]] = {
        "sum": _sum,
        "difference": _difference,
        "ratio": _ratio,
        "share": _share,
        "change": _change,
        "at_most": _at_most,
    }
    named = tree.items()
    if len(named) != 1 or named[0][0] not in kinds:
        said = ", ".join(name for name, _ in named)
        raise tree.fault(
            "there is no such relation",
            expected="one of " + ", ".join(kinds),
            got=said or "nothing",
            remedy=nearest(said, kinds) or "choose one of these",
        )
    name, below = named[0]
    return kinds[name](below, known)


def _sum(tree: Tree, known: _Known) -> Finding:
    found = tree.fields(("parts", "total"), ("parts", "total"))
    parts = [_ask(one, known) for one in found["parts"].sequence()]
    total = _ask(found["total"], known)
    absent = _absent(*parts, total)
    if absent:
        return missing("the parts add up to the total", absent)
    return check_sum([p for _, p in parts if p is not None], _sure(total))


def _difference(tree: Tree, known: _Known) -> Finding:
    three = _three(tree, known, ("from", "less", "is"))
    absent = _absent(*three)
    if absent:
        return missing(f"{three[0][0]} less {three[1][0]}", absent)
    return check_difference(*(_sure(one) for one in three))


def _change(tree: Tree, known: _Known) -> Finding:
    three = _three(tree, known, ("from", "to", "is"))
    absent = _absent(*three)
    if absent:
        return missing(f"from {three[0][0]} to {three[1][0]}", absent)
    return check_change(*(_sure(one) for one in three))


def _ratio(tree: Tree, known: _Known) -> Finding:
    found = tree.fields(("of", "per", "is", "within"), ("of", "per"))
    if "is" in found and "within" in found:
        raise tree.fault(
            "a ratio is held against one thing",
            expected="is (a figure) or within (a fact)",
            got="both",
            remedy="write two relations",
        )
    asked = [_ask(found[name], known) for name in ("of", "per", "is") if name in found]
    absent = _absent(*asked)
    if absent:
        return missing(f"{asked[0][0]} per {asked[1][0]}", absent)
    against: Published | Range | None = _sure(asked[2]) if "is" in found else None
    if "within" in found:
        against = _fact_named(found["within"], known)
    return check_ratio(_sure(asked[0]), _sure(asked[1]), against)


def _share(tree: Tree, known: _Known) -> Finding:
    found = tree.fields(("part", "whole", "is"), ("is",))
    stated = _ask(found["is"], known)
    if stated[1] is None:
        return missing(f"a share is {stated[0]}", [stated[0]])
    part = _ask(found["part"], known)[1] if "part" in found else None
    whole = _ask(found["whole"], known)[1] if "whole" in found else None
    return check_share(part, whole, stated[1])


def _at_most(tree: Tree, known: _Known) -> Finding:
    found = tree.fields(("smaller", "larger"), ("smaller", "larger"))
    two = _ask(found["smaller"], known), _ask(found["larger"], known)
    absent = _absent(*two)
    if absent:
        return missing(f"{two[0][0]} are at most {two[1][0]}", absent)
    return check_at_most(_sure(two[0]), _sure(two[1]))


_Asked = tuple[str, Published | None]


def _three(tree: Tree, known: _Known, names: tuple[str, str, str]) -> list[_Asked]:
    found = tree.fields(names, names)
    return [_ask(found[name], known) for name in names]


def _ask(tree: Tree, known: _Known) -> _Asked:
    """A figure by name; None when the file leaves it empty."""
    name = tree.text()
    if name not in known.figures:
        raise tree.fault(
            f"there is no figure '{name}'",
            expected="one of " + ", ".join(known.figures),
            got=name,
            remedy=nearest(name, known.figures) or "add it under figures",
        )
    return name, known.figures[name]


def _fact_named(tree: Tree, known: _Known) -> Range:
    name = tree.text()
    if name not in known.facts:
        raise tree.fault(
            f"there is no fact '{name}'",
            expected="one of " + (", ".join(known.facts) or "the facts of the file"),
            got=name,
            remedy=nearest(name, known.facts) or "add it under facts, with its source",
        )
    return known.facts[name]


def _absent(*asked: _Asked) -> list[str]:
    return [name for name, figure in asked if figure is None]


def _sure(asked: _Asked) -> Published:
    """The figure, which is known to be stated."""
    figure = asked[1]
    if figure is None:
        raise ClaimError("a figure is not stated", where=asked[0])
    return figure


def _exactly(tree: Tree) -> Fraction:
    """A number as written, exactly."""
    return _placed(tree, lambda: published("", tree.text())).middle


def _placed(tree: Tree, read: Callable[[], Published]) -> Published:
    """A figure, with the place in the file when it is none."""
    try:
        return read()
    except ClaimError as reason:
        parts = {name: text for name, text in reason.parts().items() if name != "where"}
        raise tree.fault(parts.pop("what"), **parts) from reason
