"""The second gate: sqlglot parses, and an allow-list turns its tree into our own nodes.

Whatever sqlglot can read beyond this list (queries, windows, casts, structures, other
dialects) is refused by name. Nothing of sqlglot's tree leaves this module.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.errors import ConditionError
from exitline.standard import nodes as n
from exitline.standard.lexer import FUNCTIONS, Token, refuse, tokens

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_DEPTH = 150
_MARK = "xl_"
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
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    words = tokens(text, where=where)
    written, starts = _rewrite(words)
    try:
        tree = parse_one(written, into=exp.Condition)
    except SqlglotError as reason:
        raise _not_parsed(text, words, starts, reason, where) from None
    return _Reader(text, where, words, starts).node(tree, 0)


def _rewrite(words: tuple[Token, ...]) -> tuple[str, list[int]]:
    """The text for sqlglot: names in quotes, functions marked; and where each word starts."""
    starts: list[int] = []
    pieces: list[str] = []
    length = 0
    for word in words:
        piece = word.written
        if word.kind == "name" and not piece.startswith('"'):
            piece = f'"{piece}"'
        elif word.kind == "function":
            piece = _MARK + piece
        starts.append(length)
        pieces.append(piece)
        length += len(piece) + 1
    return " ".join(pieces), starts


def _not_parsed(
    text: str, words: tuple[Token, ...], starts: list[int], reason: Any, where: str
) -> ConditionError:
    """The error where the words are all known but their order makes no sense."""
    for word in words:
        if word.kind == "name" and word.written.upper() in _OTHER_SQL:
            raise refuse(
                text,
                word.at,
                f"{word.written.upper()} is not allowed in a condition",
                where=where,
                got=word.written,
                remedy=_OTHER_SQL[word.written.upper()],
            )
    details = getattr(reason, "errors", None) or [{}]
    column = details[0].get("col")
    index = len(words) - 1
    if isinstance(column, int):
        index = max(0, bisect_right(starts, max(0, column - 1)) - 1)
    word = words[index]
    return refuse(
        text,
        word.at,
        "the condition cannot be read",
        where=where,
        got=f"stopped at {word.written}",
        remedy="look for a missing operator, bracket, END or value near this place",
    )


@dataclass(frozen=True)
class _Reader:
    """Turns sqlglot's tree into nodes; knows the text for messages."""

    text: str
    where: str
    words: tuple[Token, ...]
    starts: list[int]

    def node(self, tree: Any, depth: int) -> n.Node:
        """The node for one piece of sqlglot's tree."""
        if depth > MAX_DEPTH:
            raise self.refuse(tree, "the condition is nested too deeply", "split it into parts")
        reader = _readers().get(type(tree).__name__)
        if reader is None:
            raise self.refuse(tree, f"{_spoken(tree)} is not allowed in a condition", "")
        return reader(self, tree, depth + 1)

    def place(self, tree: Any) -> int:
        """Where the first word below this piece stands in the text."""
        found = [p.meta["start"] for p in tree.walk() if "start" in p.meta]
        return self.words[bisect_right(self.starts, min(found)) - 1].at if found else 0

    def refuse(self, tree: Any, what: str, remedy: str) -> ConditionError:
        """The error for a piece that is not in the language."""
        return refuse(self.text, self.place(tree), what, where=self.where, remedy=remedy)


def _spoken(tree: Any) -> str:
    """What a piece of sqlglot's tree is called in a message."""
    names = {"Tuple": "a list of values", "Star": "*", "Select": "a query", "Subquery": "a query"}
    return names.get(type(tree).__name__, type(tree).__name__)


def _column(r: _Reader, tree: Any, _: int) -> n.Node:
    if {k for k, v in tree.args.items() if v} != {"this"}:
        raise r.refuse(tree, "a name with a point in it is not allowed", "name the column alone")
    return n.Name(r.place(tree), tree.this.name)


def _literal(r: _Reader, tree: Any, _: int) -> n.Node:
    if tree.is_string:
        return n.Text(r.place(tree), tree.this)
    value = float(tree.this)
    if not math.isfinite(value):
        raise r.refuse(tree, f"the number {tree.this} is too large", "write it in another unit")
    return n.Number(r.place(tree), value, tree.this)


def _truth(r: _Reader, tree: Any, _: int) -> n.Node:
    value = tree.args.get("this")
    return n.Truth(r.place(tree), None if value is None else bool(value))


def _chain(kind: str) -> Callable[[_Reader, Any, int], n.Node]:
    """A reader for AND or OR that lays a long chain out flat."""

    def read_chain(r: _Reader, tree: Any, depth: int) -> n.Node:
        parts: list[Any] = []
        stack = [tree]
        while stack:
            here = stack.pop()
            if type(here).__name__ == kind:
                stack += [here.expression, here.this]
            else:
                parts.append(here)
        read_parts = tuple(r.node(part, depth) for part in parts)
        at = r.place(tree)
        return n.Both(at, read_parts) if kind == "And" else n.Either(at, read_parts)

    return read_chain


def _comparison(operator: Any) -> Callable[[_Reader, Any, int], n.Node]:
    def read_comparison(r: _Reader, tree: Any, depth: int) -> n.Node:
        left, right = r.node(tree.this, depth), r.node(tree.expression, depth)
        for side in (left, right):
            if isinstance(side, n.Truth) and side.value is None:
                raise r.refuse(tree, "a comparison with NULL is always missing", "write IS NULL")
        return n.Comparison(left.at, operator, left, right)

    return read_comparison


def _arithmetic(operator: Any) -> Callable[[_Reader, Any, int], n.Node]:
    def read_arithmetic(r: _Reader, tree: Any, depth: int) -> n.Node:
        left, right = r.node(tree.this, depth), r.node(tree.expression, depth)
        return n.Arithmetic(left.at, operator, left, right)

    return read_arithmetic


def _not(r: _Reader, tree: Any, depth: int) -> n.Node:
    return n.Not(r.place(tree), r.node(tree.this, depth))


def _negative(r: _Reader, tree: Any, depth: int) -> n.Node:
    return n.Negative(r.place(tree), r.node(tree.this, depth))


def _paren(r: _Reader, tree: Any, depth: int) -> n.Node:
    return r.node(tree.this, depth)


def _is(r: _Reader, tree: Any, depth: int) -> n.Node:
    of, value = r.node(tree.this, depth), tree.expression
    if type(value).__name__ == "Null":
        return n.IsMissing(of.at, of)
    if type(value).__name__ == "Boolean":
        return n.IsTruth(of.at, of, bool(value.this))
    raise r.refuse(tree, "IS is followed by something else than NULL, TRUE or FALSE", "use =")


def _between(r: _Reader, tree: Any, depth: int) -> n.Node:
    if tree.args.get("symmetric"):
        raise r.refuse(tree, "BETWEEN SYMMETRIC is not allowed", "put the lower end first")
    of = r.node(tree.this, depth)
    return n.Between(of.at, of, r.node(tree.args["low"], depth), r.node(tree.args["high"], depth))


def _in(r: _Reader, tree: Any, depth: int) -> n.Node:
    values = tree.args.get("expressions") or []
    extra = [
        key for key, value in tree.args.items() if value and key not in ("this", "expressions")
    ]
    if extra or not values:
        raise r.refuse(tree, "IN needs a list of values", "write x IN (1, 2, 3)")
    of = r.node(tree.this, depth)
    read_values = tuple(r.node(value, depth) for value in values)
    for value, piece in zip(read_values, values, strict=True):
        bare = value.of if isinstance(value, n.Negative) else value
        known = isinstance(bare, n.Number | n.Text | n.Truth)
        if not known or (isinstance(bare, n.Truth) and bare.value is None):
            raise r.refuse(piece, "IN lists something else than written values", "use = and OR")
    return n.Among(of.at, of, read_values)


def _case(r: _Reader, tree: Any, depth: int) -> n.Node:
    if tree.this is not None:
        raise r.refuse(tree, "CASE x WHEN ... is not allowed", "write CASE WHEN x = ... THEN ...")
    branches = tuple(
        n.Branch(r.place(b), r.node(b.this, depth), r.node(b.args["true"], depth))
        for b in tree.args["ifs"]
    )
    default = tree.args.get("default")
    return n.Choice(r.place(tree), branches, None if default is None else r.node(default, depth))


def _call(r: _Reader, tree: Any, depth: int) -> n.Node:
    """A function: the lexer let only known ones through."""
    name = str(tree.this).removeprefix(_MARK)
    at = r.place(tree)
    fewest, most = FUNCTIONS[name]
    if not fewest <= len(tree.expressions) <= most:
        takes = str(fewest) if fewest == most else f"{fewest} to {most}"
        what = f"{name}() takes {takes} values, and got {len(tree.expressions)}"
        raise r.refuse(tree, what, "see docs/condition-language.md")
    arguments = tuple(r.node(argument, depth) for argument in tree.expressions)
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


def _reference(r: _Reader, tree: Any, name: str, argument: n.Node) -> n.Node:
    """line('name') or deprived('name')."""
    if not isinstance(argument, n.Text):
        raise r.refuse(tree, f"{name}() takes a name in quotation marks", f"write {name}('name')")
    kind = n.LineReference if name == "line" else n.Deprived
    return kind(r.place(tree), argument.value)


def _readers() -> dict[str, Callable[[_Reader, Any, int], n.Node]]:
    """The allow-list: sqlglot's node types that conditions are made of."""
    return {
        "Column": _column,
        "Literal": _literal,
        "Boolean": _truth,
        "Null": _truth,
        "And": _chain("And"),
        "Or": _chain("Or"),
        "Not": _not,
        "Neg": _negative,
        "Paren": _paren,
        "LT": _comparison("<"),
        "LTE": _comparison("<="),
        "GT": _comparison(">"),
        "GTE": _comparison(">="),
        "EQ": _comparison("="),
        "NEQ": _comparison("<>"),
        "Add": _arithmetic("+"),
        "Sub": _arithmetic("-"),
        "Mul": _arithmetic("*"),
        "Div": _arithmetic("/"),
        "Is": _is,
        "Between": _between,
        "In": _in,
        "Case": _case,
        "Anonymous": _call,
    }
