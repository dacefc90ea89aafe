"""What a condition is once it has been read: a small tree of frozen records.

Nothing of the parser is left in here, and nothing of an engine yet. `at` is the place
of the node in the condition's text, counted in characters from 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Literal

Kind = Literal["number", "truth", "text", "missing"]
KIND_WORDS: dict[Kind, str] = {
    "number": "a number",
    "truth": "true/false",
    "text": "text",
    "missing": "missing",
}


@dataclass(frozen=True)
class Node:
    """One piece of a condition."""

    at: int

    def parts(self) -> Iterator[Node]:
        """The nodes directly below this one, in reading order."""
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Node):
                yield value
            elif isinstance(value, tuple):
                yield from (part for part in value if isinstance(part, Node))


def walk(node: Node) -> Iterator[Node]:
    """The node and all nodes below it, in reading order."""
    stack = [node]
    while stack:
        here = stack.pop()
        yield here
        stack.extend(reversed(tuple(here.parts())))


@dataclass(frozen=True)
class Number(Node):
    """A number written in the text."""

    value: float
    written: str


@dataclass(frozen=True)
class Text(Node):
    """A quoted text; compared exactly."""

    value: str


@dataclass(frozen=True)
class Truth(Node):
    """TRUE, FALSE, or (None) NULL."""

    value: bool | None


@dataclass(frozen=True)
class Name(Node):
    """A column, or a name that the caller of `build` provides."""

    name: str


@dataclass(frozen=True)
class LineReference(Node):
    """line('name'): the poverty line's figure."""

    name: str


@dataclass(frozen=True)
class Deprived(Node):
    """deprived('indicator'): the indicator's state after its rule for missing values."""

    name: str


@dataclass(frozen=True)
class Score(Node):
    """score(): the weighted deprivation score, or deprivations(): their number."""

    weighted: bool


@dataclass(frozen=True)
class Negative(Node):
    """-x"""

    of: Node


@dataclass(frozen=True)
class Arithmetic(Node):
    """left + right, and so on."""

    operator: Literal["+", "-", "*", "/"]
    left: Node
    right: Node


@dataclass(frozen=True)
class Comparison(Node):
    """left < right, and so on."""

    operator: Literal["<", "<=", ">", ">=", "=", "<>"]
    left: Node
    right: Node


@dataclass(frozen=True)
class Between(Node):
    """of BETWEEN low AND high, both ends included."""

    of: Node
    low: Node
    high: Node


@dataclass(frozen=True)
class Among(Node):
    """of IN (value, ...), with values written out."""

    of: Node
    values: tuple[Node, ...]


@dataclass(frozen=True)
class IsMissing(Node):
    """of IS NULL"""

    of: Node


@dataclass(frozen=True)
class IsTruth(Node):
    """of IS TRUE or of IS FALSE; a missing value is neither."""

    of: Node
    value: bool


@dataclass(frozen=True)
class Not(Node):
    """NOT of"""

    of: Node


@dataclass(frozen=True)
class Both(Node):
    """part AND part AND ..."""

    all_of: tuple[Node, ...]


@dataclass(frozen=True)
class Either(Node):
    """part OR part OR ..."""

    any_of: tuple[Node, ...]


@dataclass(frozen=True)
class Branch(Node):
    """WHEN when THEN then"""

    when: Node
    then: Node


@dataclass(frozen=True)
class Choice(Node):
    """CASE WHEN ... END, or IF(when, then, otherwise)."""

    branches: tuple[Branch, ...]
    otherwise: Node | None


@dataclass(frozen=True)
class Call(Node):
    """A function of numbers, COALESCE or NULLIF."""

    function: str
    arguments: tuple[Node, ...]
