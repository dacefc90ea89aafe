"""Model formulas: what they name, read by formulaic, checked before anything is computed."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Any

from exitline.errors import ExitlineError, MeasureError, install_extra

FUNCTIONS = ("log", "exp", "sqrt", "abs", "I", "C")
"""What a formula may call; C makes categories of a column, I is arithmetic."""
QUOTED = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Factor:
    """One expression of a formula.

    Attributes
    ----------
    text : str
        As the formula writes it.
    tree : ast.expr or None
        Parsed; None for the plain name of a column.
    columns : tuple of str
        The columns of the data that it names.
    category : bool
        Whether it is wrapped in C().
    base : str or None
        The level that the others are compared with: C(x, base="b"); the first unless given.
    """

    text: str
    tree: ast.expr | None
    columns: tuple[str, ...]
    category: bool = False
    base: str | None = None


@dataclass(frozen=True)
class Formula:
    """A response and the terms that explain it.

    Attributes
    ----------
    response : Factor
    factors : tuple of Factor
        Those of the right-hand side, each once.
    terms : tuple of tuple of int
        Positions in `factors`; () is the intercept.
    """

    response: Factor
    factors: tuple[Factor, ...]
    terms: tuple[tuple[int, ...], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the data that is named."""
        named = (c for one in (self.response, *self.factors) for c in one.columns)
        return tuple(dict.fromkeys(named))

    @property
    def intercept(self) -> bool:
        """Whether there is one."""
        return () in self.terms


def formulaic() -> Any:
    """The library formulaic, or an error that says how to get it."""
    try:
        import formulaic as found
    except ImportError as reason:
        raise ExitlineError(
            "models need formulaic",
            expected="the extra 'models'",
            got="formulaic is not installed",
            remedy=install_extra("models"),
        ) from reason
    return found


def parse_formula(text: str) -> Formula:
    """A formula such as ``"poor ~ size + region"``.

    Parameters
    ----------
    text : str
        In the language of R and formulaic: ``+``, ``:``, ``*``, ``-1``, arithmetic, and the
        functions of `FUNCTIONS`. Names with other signs stand in backticks.

    Returns
    -------
    Formula

    Raises
    ------
    MeasureError
        For what is no formula, or calls what it may not.

    Examples
    --------
    >>> found = parse_formula("log(y) ~ size * C(region) + I(size**2)")
    >>> [f.text for f in found.factors], found.terms
    (['size', 'C(region)', 'I(size ** 2)'], ((), (0,), (1,), (2,), (0, 1)))
    """
    library = formulaic()
    try:
        found = library.Formula(text)
        response, right = list(found.lhs), list(found.rhs)
        names = [str(factor.expr) for term in right for factor in term.factors]
    except (library.errors.FormulaicError, AttributeError, TypeError, SyntaxError) as reason:
        raise _no_formula(text) from reason
    if len(response) != 1 or len(response[0].factors) != 1:
        raise _no_formula(text)
    texts = tuple(dict.fromkeys(name for name in names if name != "1"))
    factors = tuple(parse_factor(one) for one in texts)
    terms = tuple(
        tuple(texts.index(str(f.expr)) for f in term.factors if str(f.expr) != "1")
        for term in right
    )
    return Formula(parse_factor(str(response[0].factors[0].expr)), factors, terms)


def _no_formula(text: object) -> MeasureError:
    """The error for a text that cannot be read as a formula."""
    return MeasureError(
        "this is no formula of a model",
        where="formula",
        expected='one response, "~", and terms: "poor ~ size + region"',
        got=repr(text),
        remedy="write names with dots or blanks in backticks; terms are joined by +, : or *",
    )


def parse_factor(text: str) -> Factor:
    """An expression with the columns it names, refused where it calls what it may not.

    Examples
    --------
    >>> parse_factor("log(`sch.size` + 1)").columns
    ('sch.size',)
    """
    quoted: dict[str, str] = {}

    def placeholder(found: re.Match[str]) -> str:
        name = f"_quoted{len(quoted)}_"
        quoted[name] = found[1]
        return name

    source = QUOTED.sub(placeholder, text)
    try:
        tree = ast.parse(source, mode="eval").body
    except SyntaxError:
        return Factor(text, None, (text,))  # a name in backticks, which formulaic took off
    tree = _Named(quoted).visit(tree)
    category, base = False, None
    if isinstance(tree, ast.Call) and _called(tree) == "C":
        category, base, tree = True, _base(tree, text), tree.args[0]
    columns = tuple(dict.fromkeys(_columns(tree, text)))
    if isinstance(tree, ast.Name):
        return Factor(text, None, columns, category, base)
    return Factor(text, tree, columns, category, base)


class _Named(ast.NodeTransformer):
    """Names in backticks, and names with dots, as plain names of columns."""

    def __init__(self, quoted: dict[str, str]) -> None:
        self._quoted = quoted

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self._quoted.get(node.id, node.id))

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        inner = self.visit(node.value)
        if isinstance(inner, ast.Name):
            return ast.Name(f"{inner.id}.{node.attr}")
        return node


def _called(node: ast.Call) -> str:
    """The name of what is called."""
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _base(call: ast.Call, text: str) -> str | None:
    """The base level that C() names."""
    ok = len(call.args) == 1 and all(one.arg == "base" for one in call.keywords)
    values = [one.value for one in call.keywords]
    if not ok or not all(isinstance(one, ast.Constant) for one in values):
        raise _refused(text, 'C(column) or C(column, base="level")')
    return next((str(one.value) for one in values if isinstance(one, ast.Constant)), None)


ALLOWED = (
    ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow,
    ast.USub, ast.UAdd, ast.Not, ast.Invert, ast.And, ast.Or, ast.BitAnd, ast.BitOr, ast.Eq,
    ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Load,
)  # fmt: skip


def _columns(node: ast.AST, text: str) -> list[str]:
    """The columns that an expression names; an error where it is more than arithmetic."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float | str):
        return []
    if isinstance(node, ast.Call):
        if _called(node) not in FUNCTIONS[:-1] or len(node.args) != 1 or node.keywords:
            raise _refused(text, "one of " + ", ".join(f"{name}()" for name in FUNCTIONS))
        return _columns(node.args[0], text)
    chained = isinstance(node, ast.Compare) and len(node.ops) > 1
    if chained or not isinstance(node, ALLOWED):
        raise _refused(text, "columns, numbers, arithmetic and comparisons")
    return [name for child in ast.iter_child_nodes(node) for name in _columns(child, text)]


def _refused(text: str, expected: str) -> MeasureError:
    """The error for an expression that a formula may not hold."""
    return MeasureError(
        "this expression cannot be used in a formula",
        where="formula",
        expected=expected,
        got=text,
        remedy="compute it as a column of the data before",
    )
