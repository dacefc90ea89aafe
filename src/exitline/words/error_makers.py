"""Functions that make an error of texts they are given: found in the code, never listed.

``_refused("no such figure", got)`` holds a message although it raises nothing itself: its function
hands ``what`` on to an error. Which functions do so, and with which arguments, is read from their
definitions, so that a new one needs no mention anywhere.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping

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
