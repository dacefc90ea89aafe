"""What errors say, collected where they are made: literals and f-strings of each error's parts.

Rooms that find a fault write it in English, as an f-string; here each is read as a message with
places. Whoever shows an error tells it by its words (`exitline.words.recognising`), so that also
the rooms below this one, which cannot import it, are heard in the reader's language.

``_refused("no such figure", got)`` holds a message although it raises nothing itself: its function
hands ``what`` on to an error. Which functions do so, and with which arguments, is read from their
definitions, so that a new one needs no mention anywhere.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from exitline.words.recognising import COLUMNS, LISTS, NUMERIC

PROSE = frozenset({"what", "expected", "got", "remedy", "why"})
"""Parameters that hold words; others that reach an error are names, values and files."""
Handed = frozenset[tuple[int, str]]
"""Parameters that a function hands on to an error: position (-1: by name alone) and name."""
Parts = Callable[[ast.Call], Iterable[ast.expr]]
"""The parts of an error that a call makes."""


def makers(trees: Mapping[str, ast.Module], parts: Parts) -> dict[str, dict[str, Handed]]:
    """The functions of each module that hand what they are given on to an error.

    Parameters
    ----------
    trees : mapping of str to ast.Module
        By the module's dotted name.
    parts : callable
        From a call to the parts of the error that it makes; none where it makes none.

    Returns
    -------
    dict
        From a module to its functions, those it imports among them.

    Examples
    --------
    >>> tree = ast.parse("def bad(what):\\n    raise DataError(what)")
    >>> found = makers({"m": tree}, lambda call: call.args if call.func.id == "DataError" else ())
    >>> sorted(found["m"]["bad"])
    [(0, 'what')]
    """
    own = {module: _defined(tree, parts) for module, tree in trees.items()}
    return {module: {**_imported(tree, own), **own[module]} for module, tree in trees.items()}


def given(
    call: ast.Call, name: str, handed: Mapping[str, Handed]
) -> Iterator[tuple[str, ast.expr]]:
    """The words that a call gives to a function which makes an error of them.

    Parameters
    ----------
    call : ast.Call
    name : str
        Of the function.
    handed : mapping of str to Handed
        The functions of the module, as `makers` finds them.

    Yields
    ------
    (str, ast.expr)
        The parameter and what is given for it.
    """
    named = {word.arg: word.value for word in call.keywords}
    for position, parameter in sorted(handed.get(name, ())):
        if parameter in named:
            yield parameter, named[parameter]
        elif 0 <= position < len(call.args):
            yield parameter, call.args[position]


def _defined(tree: ast.Module, parts: Parts) -> dict[str, Handed]:
    """The functions that a module defines."""
    found: dict[str, Handed] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            handed = _handed(node, parts)
            if handed:
                found[node.name] = found.get(node.name, frozenset()) | handed
    return found


def _handed(function: ast.FunctionDef, parts: Parts) -> Handed:
    """Which parameters a function hands on, alone or as the noun of a sentence."""
    names = [one.arg for one in function.args.args]
    names = names[1:] if names[:1] in (["self"], ["cls"]) else names
    places = {name: i for i, name in enumerate(names)}
    places |= {one.arg: -1 for one in function.args.kwonlyargs}
    found = set()
    for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
        for part in parts(call):
            for one in ast.walk(part):
                if isinstance(one, ast.Name) and one.id in PROSE & set(places):
                    found.add((places[one.id], one.id))
    return frozenset(found)


def _imported(tree: ast.Module, own: Mapping[str, Mapping[str, Handed]]) -> dict[str, Handed]:
    """The functions that a module takes from others."""
    return {
        one.asname or one.name: own[node.module][one.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module is not None and node.module in own
        for one in node.names
        if one.name in own[node.module]
    }


ROOT = Path(__file__).parents[1]
PARTS = ("expected", "got", "remedy")
"""Parts of an error besides what it says first."""
METHODS = {"unlike": 2}
"""Methods that put texts into an error, and how many come first: what was expected, a remedy."""
_WORD = re.compile(r"[^\W\d_]{2}")
_OTHER = {
    "n": "count", "m": "other", "share": "part", "most": "limit", "low": "lowest",
    "high": "highest", "sure": "chance", "figure": "value", "year": "period", "column": "name",
    "by": "level", "names": "what",
}  # fmt: skip
"""Names of places that hold one kind of text: what they are called where any may stand."""


@cache
def error_texts() -> dict[str, str]:
    """Messages of all errors, each with the file that says it.

    Examples
    --------
    >>> error_texts()["there is no {what} '{name}'"]
    'errors.py'
    """
    places = {path.relative_to(ROOT).as_posix(): path for path in sorted(ROOT.rglob("*.py"))}
    trees = {place: ast.parse(path.read_text(encoding="utf-8")) for place, path in places.items()}
    names = {place: _module(place) for place in places}
    known = makers({names[place]: tree for place, tree in trees.items()}, _said)
    found: dict[str, str] = {}
    for place, tree in trees.items():
        for text in _of_tree(tree, known[names[place]]):
            found.setdefault(text, place)
    return found


def _module(place: str) -> str:
    """The dotted name of a module by its place in the package."""
    return ".".join((ROOT.name, *Path(place).with_suffix("").parts)).removesuffix(".__init__")


def of_source(source: str) -> Iterator[str]:
    """Messages of the errors that a module raises, or has made by functions of its own.

    Parameters
    ----------
    source : str
        Python.

    Examples
    --------
    >>> list(of_source('raise DataError(f"no column {name}", expected="one of " + names)'))
    ['no column {name}', 'one of {names}']
    """
    tree = ast.parse(source)
    yield from _of_tree(tree, makers({"": tree}, _said)[""])


def _of_tree(tree: ast.Module, known: Mapping[str, Handed]) -> Iterator[str]:
    """The same of a module that was read."""
    named = {
        node.targets[0].id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            handed = list(given(node, _called(node), known))
            words = [one for name, one in handed if name != "got" or _is_sentence(one)]
            for part in (*_said(node), *words):
                for one in _choices(
                    named.get(part.id, part) if isinstance(part, ast.Name) else part
                ):
                    text = _message(one)
                    if _is_prose(text):
                        yield text


def _called(call: ast.Call) -> str:
    """The name of the function that is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _is_sentence(node: ast.expr) -> bool:
    """Whether this is more than a word: what was got is often a name as it was typed."""
    return " " in getattr(node, "value", " ") if isinstance(node, ast.Constant) else True


def _said(call: ast.Call) -> Iterator[ast.expr]:
    """The parts of an error that a call makes; none where it makes no error."""
    name = _called(call)
    named = {word.arg: word.value for word in call.keywords if word.arg}
    parts = [named[part] for part in PARTS if part in named]
    error = name.endswith("Error") and not hasattr(builtins, name)
    if name in METHODS:
        yield from call.args[: METHODS[name]]
        yield from parts
    elif error or (parts and "remedy" in named) or name in ("fault", "refused", "refuse"):
        yield from (named["what"],) if "what" in named else call.args[:1]
        yield from parts


def _choices(node: ast.expr) -> Iterator[ast.expr]:
    """The texts that an expression may be."""
    if isinstance(node, ast.IfExp):
        yield from _choices(node.body)
        yield from _choices(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for one in node.values:
            yield from _choices(one)
    elif isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp):
        inner = next(filter(_is_choice, ast.walk(node)), None)
        if inner is None:
            yield node
        else:
            yield from _choices(_with(node, inner, inner.body))  # type: ignore[attr-defined]
            yield from _choices(_with(node, inner, inner.orelse))  # type: ignore[attr-defined]


def _is_choice(node: ast.AST) -> bool:
    """Whether this is one of two texts: two messages, not one with a word of English in it."""
    return isinstance(node, ast.IfExp) and all(
        isinstance(getattr(one, "value", one), str | ast.JoinedStr)
        for one in (node.body, node.orelse)
    )


def _with(node: ast.expr, place: ast.AST, text: ast.expr) -> ast.expr:
    """An expression with a text where a choice stood."""
    if node is place or (isinstance(node, ast.FormattedValue) and node.value is place):
        return text
    if isinstance(node, ast.JoinedStr):
        return ast.JoinedStr([_with(value, place, text) for value in node.values])
    if isinstance(node, ast.BinOp):
        return ast.BinOp(_with(node.left, place, text), node.op, _with(node.right, place, text))
    return node


def _message(node: ast.expr) -> str:
    """A text with its places; "" where it is none."""
    places: dict[str, str] = {}
    pieces = list(_pieces(node))
    if all(isinstance(piece, str) for piece in pieces):
        return "".join(str(piece) for piece in pieces)
    return "".join(
        piece.replace("{", "{{").replace("}", "}}")
        if isinstance(piece, str)
        else "{" + _place(piece, places) + "}"
        for piece in pieces
    )


def _pieces(node: ast.expr) -> Iterator[str | ast.expr]:
    if isinstance(node, ast.Constant):
        yield node.value if isinstance(node.value, str) else ""
    elif isinstance(node, ast.JoinedStr):
        for value in node.values:
            yield from _pieces(value)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from _pieces(node.left)
        yield from _pieces(node.right)
    else:
        yield node


def _place(node: ast.expr, places: dict[str, str]) -> str:
    """What a place is called: after what stands in it; twice the same where that is the same."""
    number = isinstance(node, ast.FormattedValue) and _counts(node)
    value = node.value if isinstance(node, ast.FormattedValue) else node
    source = ast.unparse(value)
    if source not in places:
        name = "n" if number else _name(value)
        if name in NUMERIC | COLUMNS | LISTS and not number and name != "names":
            name = _OTHER[name]
        taken, many = set(places.values()), 2
        stem = name
        while name in taken:
            name, many = f"{stem}_{many}", many + 1
        places[source] = name
    return places[source]


def _counts(node: ast.FormattedValue) -> bool:
    """Whether a place is written as a number with thousands."""
    form = node.format_spec
    length = isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "len"
    return length or (form is not None and ast.unparse(form).strip("f'\"") == ",")


def _name(node: ast.expr) -> str:
    """A word for an expression."""
    if isinstance(node, ast.Name):
        return node.id.strip("_").lower()
    if isinstance(node, ast.Attribute):
        return node.attr.strip("_").lower()
    if isinstance(node, ast.Subscript):
        return _name(node.value)
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr == "join":
            separator = getattr(node.func.value, "value", "")
            return "names" if separator == ", " else "choices"
        return _name(node.args[0]) if node.args else _name(node.func)
    return "what"


def _is_prose(text: str) -> bool:
    """Whether a text is words for a reader, and not an option, a key or a sign."""
    bare = re.sub(r"\{\w+\}", "", text)
    return bool(_WORD.search(bare)) and (
        " " in bare.strip() or (bare.isalpha() and bare.islower() and bare == text)
    )
