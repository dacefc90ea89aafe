"""The second gate: lark reads the words by the grammar, and its tree becomes our own nodes.

The grammar (`condition.lark`) knows a little more than the language, so that what is left out of
it is refused by name. Nothing of lark's tree leaves this module.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from exitline.errors import ConditionError
from exitline.rules.condition import nodes as n
from exitline.rules.condition.spelling import (
    FUNCTIONS,
    Senseless,
    grammar,
    is_name,
    refuse,
    words_of,
)

if TYPE_CHECKING:
    from lark import Token, Tree

MAX_DEPTH = 150
_ONE_ROW = "a condition speaks about one row; join or aggregate in the study instead"
_WRITTEN = "texts are compared exactly: use = or IN with the values written out"
_NO_DATES = "turn dates into numbers, such as years, when the data are read"
_OTHER_SQL = {
    **dict.fromkeys(("SELECT", "FROM", "WHERE", "JOIN", "UNION", "WITH", "DISTINCT"), _ONE_ROW),
    **dict.fromkeys(("OVER", "PARTITION", "FILTER", "WITHIN"), _ONE_ROW),
    **dict.fromkeys(("LIKE", "ILIKE", "SIMILAR", "RLIKE", "REGEXP", "GLOB", "COLLATE"), _WRITTEN),
    **dict.fromkeys(("DATE", "TIMESTAMP", "INTERVAL", "TIME"), _NO_DATES),
    "XOR": "write (a OR b) AND NOT (a AND b)",
    "DIV": "write floor(x / y)",
    "MOD": "write x - y * floor(x / y)",
    "UNKNOWN": "write IS NULL",
}
_PLACED = {"NAME", "QUOTED", "NUMBER", "TEXT", "CALLED"}
_PLACED_IN = {"star", "name", "pointed", "beside"}


def read(text: str, *, where: str = "") -> n.Node:
    """The tree of a condition.

    Parameters
    ----------
    text : str
        A condition or a formula in the language of docs/condition-language.md.
    where : str
        File, line and key, for messages.

    Raises
    ------
    ConditionError
        For anything that is not in the language.
    """
    if is_name(text):
        return n.Name(0, text)
    words = words_of(text, where=where)
    return _Reader(text, where).node(_parsed(text, words, where), 0)


def _parsed(text: str, words: Sequence[Token], where: str) -> Tree[Token]:
    """The words by the grammar."""
    from lark.exceptions import UnexpectedToken

    parser: Any = grammar().parse_interactive("")
    taken = 0
    try:
        for word in words:
            parser.feed_token(word)
            taken += 1
        return cast("Tree[Token]", parser.feed_eof())
    except Senseless as reason:
        at = taken - reason.back
    except UnexpectedToken:
        at = taken - 1 if _unfinished_choice(words[:taken], parser.accepts()) else taken
    if words[0].type == "ELSE":
        at = len(words) - 1
    raise _not_read(text, words, max(0, min(at, len(words) - 1)), where)


def _unfinished_choice(words: Sequence[Token], wanted: set[str]) -> bool:
    """Whether END is wanted: what is missing stands behind the last word that was taken."""
    begun = bool(words) and words[-1].type in ("CASE", "ELSE")
    return begun or ("END" in wanted and "NAME" not in wanted)


def _not_read(text: str, words: Sequence[Token], stopped: int, where: str) -> ConditionError:
    """The error where the words are all known but their order makes no sense."""
    for word in words:
        if word.type in ("NAME", "QUOTED") and word.upper() in _OTHER_SQL:
            return refuse(
                text,
                word.start_pos or 0,
                f"{word.upper()} is not allowed in a condition",
                where=where,
                got=str(word),
                remedy=_OTHER_SQL[word.upper()],
            )
    word = words[stopped]
    return refuse(
        text,
        word.start_pos or 0,
        "the condition cannot be read",
        where=where,
        got=f"stopped at {word}",
        remedy="look for a missing operator, bracket, END or value near this place",
    )


@dataclass(frozen=True)
class _Reader:
    """Turns the grammar's tree into nodes; knows the text for messages."""

    text: str
    where: str

    def node(self, tree: Tree[Token], depth: int) -> n.Node:
        """The node for one piece of the tree."""
        if depth > MAX_DEPTH:
            raise self.refuse(tree, "the condition is nested too deeply", "split it into parts")
        return _READERS[tree.data](self, tree, depth + 1)

    def place(self, tree: Tree[Token]) -> int:
        """Where the first word below this piece stands in the text."""
        found = [
            word.start_pos or 0
            for piece in tree.iter_subtrees()
            for word in _words(piece)
            if word.type in _PLACED or piece.data in _PLACED_IN
        ]
        return min(found, default=0)

    def refuse(self, tree: Tree[Token], what: str, remedy: str) -> ConditionError:
        """The error for a piece that is not in the language."""
        return refuse(self.text, self.place(tree), what, where=self.where, remedy=remedy)


def _parts(tree: Tree[Token]) -> list[Any]:
    """The pieces directly below a piece, without the words between them."""
    return [piece for piece in tree.children if hasattr(piece, "data")]


def _words(tree: Tree[Token], *types: str) -> list[Any]:
    """The words directly below a piece; of some types where they are given."""
    words: list[Any] = [piece for piece in tree.children if not hasattr(piece, "data")]
    return [word for word in words if not types or word.type in types]


def _name(r: _Reader, tree: Tree[Token], _: int) -> n.Node:
    (word,) = _words(tree)
    name = word[1:-1].replace('""', '"') if word.type == "QUOTED" else str(word)
    return n.Name(r.place(tree), name)


def _number(r: _Reader, tree: Tree[Token], _: int) -> n.Node:
    (word,) = _words(tree)
    written = f"0{word}" if word.startswith(".") else str(word)
    value = float(written)
    if not math.isfinite(value):
        raise r.refuse(tree, f"the number {written} is too large", "write it in another unit")
    return n.Number(r.place(tree), value, written)


def _text(r: _Reader, tree: Tree[Token], _: int) -> n.Node:
    written = _words(tree)
    if len(written) > 1:
        raise r.refuse(tree, "a text beside a text is not allowed in a condition", "")
    return n.Text(r.place(tree), written[0][1:-1].replace("''", "'"))


def _truth(r: _Reader, tree: Tree[Token], _: int) -> n.Node:
    word = _words(tree)[0].type
    return n.Truth(r.place(tree), None if word == "NULL" else word == "TRUE")


def _refused(spoken: str, remedy: str = "") -> Callable[[_Reader, Tree[Token], int], n.Node]:
    """A reader for what the grammar knows and the language does not."""

    def refused(r: _Reader, tree: Tree[Token], _: int) -> n.Node:
        raise r.refuse(tree, f"{spoken} is not allowed in a condition", remedy)

    return refused


def _pointed(r: _Reader, tree: Tree[Token], _: int) -> n.Node:
    inner: Any = tree
    while inner.data == "pointed":
        inner = inner.children[0]
    if inner.data == "name":
        raise r.refuse(tree, "a name with a point in it is not allowed", "name the column alone")
    raise r.refuse(tree, "a value before a point is not allowed in a condition", "")


def _chain(kind: str) -> Callable[[_Reader, Tree[Token], int], n.Node]:
    """A reader for AND or OR that lays a long chain out flat."""

    def read_chain(r: _Reader, tree: Tree[Token], depth: int) -> n.Node:
        parts: list[Any] = []
        stack = [tree]
        while stack:
            here = stack.pop()
            if here.data == kind:
                stack += reversed(_parts(here))
            else:
                parts.append(here)
        read_parts = tuple(r.node(part, depth) for part in parts)
        at = r.place(tree)
        return n.Both(at, read_parts) if kind == "both" else n.Either(at, read_parts)

    return read_chain


_COMPARED: dict[str, Any] = {
    "EQUAL": "=", "UNEQUAL": "<>", "BELOW": "<", "UP_TO": "<=", "ABOVE": ">", "FROM": ">=",
}  # fmt: skip


def _compared(r: _Reader, tree: Tree[Token], depth: int) -> n.Node:
    left, right = (r.node(part, depth) for part in _parts(tree))
    for side in (left, right):
        if isinstance(side, n.Truth) and side.value is None:
            raise r.refuse(tree, "a comparison with NULL is always missing", "write IS NULL")
    return n.Comparison(left.at, _COMPARED[_words(tree, *_COMPARED)[0].type], left, right)


_COMPUTED: dict[str, Any] = {"PLUS": "+", "MINUS": "-", "TIMES": "*", "OVER": "/"}


def _computed(r: _Reader, tree: Tree[Token], depth: int) -> n.Node:
    left, right = (r.node(part, depth) for part in _parts(tree))
    return n.Arithmetic(left.at, _COMPUTED[_words(tree, *_COMPUTED)[0].type], left, right)


def _negated(r: _Reader, tree: Tree[Token], depth: int) -> n.Node:
    return n.Not(r.place(tree), r.node(_parts(tree)[0], depth))


def _negative(r: _Reader, tree: Tree[Token], depth: int) -> n.Node:
    return n.Negative(r.place(tree), r.node(_parts(tree)[0], depth))


def _bracket(r: _Reader, tree: Tree[Token], depth: int) -> n.Node:
    (items,) = _parts(tree)
    parts = _parts(items)
    if len(parts) != 1 or parts[0] is not items.children[-1]:
        raise r.refuse(tree, "a list of values is not allowed in a condition", "")
    return r.node(parts[0], depth)


def _not(kind: str) -> Callable[[_Reader, Tree[Token], int], n.Node]:
    """A reader for NOT IN, NOT BETWEEN and the like."""
    from lark import Tree as LarkTree

    def read_not(r: _Reader, tree: Tree[Token], depth: int) -> n.Node:
        return n.Not(r.place(tree), r.node(LarkTree(kind, tree.children), depth))

    return read_not


def _kind_of(is_tree: Any) -> str:
    """What stands behind IS: null, value; not_null, not_value."""
    return str(is_tree.data).removeprefix("is_")


def _known(r: _Reader, tree: Tree[Token], depth: int) -> n.Node:
    """x IS NULL, x IS TRUE; with NOT a node further down."""
    from lark import Tree as LarkTree

    of, behind = _parts(tree)
    kind = _kind_of(behind)
    if kind.startswith("not_"):
        inner = LarkTree(
            "known", [of, LarkTree(f"is_{kind.removeprefix('not_')}", behind.children)]
        )
        return n.Not(r.place(tree), r.node(inner, depth))
    read_of = r.node(of, depth)
    if kind == "null":
        return n.IsMissing(read_of.at, read_of)
    value = _parts(behind)[0]
    if value.data == "truth" and _words(value)[0].type == "NULL":
        return n.IsMissing(read_of.at, read_of)
    if value.data == "truth":
        return n.IsTruth(read_of.at, read_of, _words(value)[0].type == "TRUE")
    raise r.refuse(tree, "IS is followed by something else than NULL, TRUE or FALSE", "use =")


def _missing(r: _Reader, tree: Tree[Token], depth: int) -> n.Node:
    of = r.node(_parts(tree)[0], depth)
    return n.IsMissing(of.at, of)


def _ranged(r: _Reader, tree: Tree[Token], depth: int) -> n.Node:
    of, between = _parts(tree)
    if _words(between, "SYMMETRIC"):
        raise r.refuse(tree, "BETWEEN SYMMETRIC is not allowed", "put the lower end first")
    read_of = r.node(of, depth)
    low, high = (r.node(part, depth) for part in _parts(between))
    return n.Between(read_of.at, read_of, low, high)


def _among(r: _Reader, tree: Tree[Token], depth: int) -> n.Node:
    of, listed = _parts(tree)
    values = _parts(_parts(listed)[0]) if listed.data == "listed" else []
    if not values:
        raise r.refuse(tree, "IN needs a list of values", "write x IN (1, 2, 3)")
    read_of = r.node(of, depth)
    read_values = tuple(r.node(value, depth) for value in values)
    for value, piece in zip(read_values, values, strict=True):
        bare = value.of if isinstance(value, n.Negative) else value
        known = isinstance(bare, n.Number | n.Text | n.Truth)
        if not known or (isinstance(bare, n.Truth) and bare.value is None):
            raise r.refuse(piece, "IN lists something else than written values", "use = and OR")
    return n.Among(read_of.at, read_of, read_values)


def _choice(r: _Reader, tree: Tree[Token], depth: int) -> n.Node:
    parts = _parts(tree)
    if parts[0].data != "branch":
        raise r.refuse(tree, "CASE x WHEN ... is not allowed", "write CASE WHEN x = ... THEN ...")
    branches = tuple(_branch(r, part, depth) for part in parts if part.data == "branch")
    last = parts[-1]
    otherwise = r.node(_parts(last)[0], depth) if last.data == "otherwise" else None
    return n.Choice(r.place(tree), branches, otherwise)


def _branch(r: _Reader, tree: Tree[Token], depth: int) -> n.Branch:
    when, then = _parts(tree)
    return n.Branch(r.place(tree), r.node(when, depth), r.node(then, depth))


def _function(r: _Reader, tree: Tree[Token], depth: int) -> n.Node:
    """A function: the first gate let only known ones through."""
    name, values = str(_words(tree)[0]), _parts(_parts(tree)[0])
    at = r.place(tree)
    fewest, most = FUNCTIONS[name]
    if not fewest <= len(values) <= most:
        takes = str(fewest) if fewest == most else f"{fewest} to {most}"
        what = f"{name}() takes {takes} values, and got {len(values)}"
        raise r.refuse(tree, what, "see docs/condition-language.md")
    arguments = tuple(r.node(value, depth) for value in values)
    if name in ("line", "deprived"):
        return _reference(r, tree, name, arguments[0])
    if name in ("score", "deprivations"):
        return n.Score(at, weighted=name == "score")
    if name == "if":
        return n.Choice(at, (n.Branch(at, arguments[0], arguments[1]),), arguments[2])
    if name == "round" and len(arguments) == 2:
        digits = arguments[1]
        if not isinstance(digits, n.Number) or digits.value not in range(10):
            raise r.refuse(tree, "round(x, digits) takes 0 to 9 digits, written out", "")
    return n.Call(at, name, arguments)


def _reference(r: _Reader, tree: Tree[Token], name: str, argument: n.Node) -> n.Node:
    """line('name') or deprived('name')."""
    if not isinstance(argument, n.Text):
        raise r.refuse(tree, f"{name}() takes a name in quotation marks", f"write {name}('name')")
    kind = n.LineReference if name == "line" else n.Deprived
    return kind(r.place(tree), argument.value)


_READERS: dict[str, Callable[[_Reader, Any, int], n.Node]] = {
    "name": _name,
    "number": _number,
    "text": _text,
    "truth": _truth,
    "star": _refused("*"),
    "beside": _refused("a value beside a value"),
    "pointed": _pointed,
    "both": _chain("both"),
    "either": _chain("either"),
    "compared": _compared,
    "computed": _computed,
    "negated": _negated,
    "negative": _negative,
    "bracket": _bracket,
    "known": _known,
    "not_known": _not("known"),
    "not_null": _not("missing"),
    "missing": _missing,
    "ranged": _ranged,
    "not_ranged": _not("ranged"),
    "among": _among,
    "not_among": _not("among"),
    "choice": _choice,
    "function": _function,
}
