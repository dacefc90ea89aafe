"""The queries of a regression: values, levels, sums of squares and products, scores."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import ibis
from ibis.common.annotations import SignatureValidationError
from ibis.common.exceptions import IbisError

from exitline.errors import MeasureError
from exitline.stats.measure import portable
from exitline.stats.measure.categories import values_query
from exitline.stats.measure.modelling.formula import Factor, Formula

Family = Literal["gaussian", "binomial", "poisson"]
RESPONSE, KNOWN, OFFSET = "exitline__y", "exitline__known", "exitline__offset"

_BINARY: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b,
    ast.Div: portable.divide, ast.Pow: lambda a, b: a.pow(b),
    ast.BitAnd: lambda a, b: a & b, ast.BitOr: lambda a, b: a | b,
    ast.Eq: lambda a, b: a == b, ast.NotEq: lambda a, b: a != b, ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b, ast.Gt: lambda a, b: a > b, ast.GtE: lambda a, b: a >= b,
}  # fmt: skip
_UNARY: Mapping[type, Callable[[Any], Any]] = {
    ast.USub: lambda a: -a, ast.UAdd: lambda a: a, ast.Not: lambda a: ~a, ast.Invert: lambda a: ~a,
}  # fmt: skip
_FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {
    "log": portable.log, "exp": lambda x: x.exp(), "abs": lambda x: x.abs(), "I": lambda x: x,
    "sqrt": lambda x: ibis.ifelse(x >= 0, x, ibis.null("float64")).sqrt(),
}  # fmt: skip


def is_category(factor: Factor, table: Any) -> bool:
    """Whether a factor is a column of categories: named so by C(), or of text."""
    return factor.category or (factor.tree is None and table[factor.columns[0]].type().is_string())


def _value(factor: Factor, table: Any) -> Any:
    """The factor on each row: a key, or a finite double; missing where it has no value."""
    if is_category(factor, table):
        return portable.key(_expression(factor, table))
    found = _expression(factor, table)
    if found.type().is_boolean():
        found = ibis.ifelse(found, 1.0, 0.0)
    if not found.type().is_numeric():
        raise MeasureError(
            f"'{factor.text}' is no number",
            where="formula",
            expected="numbers, or categories by C(...)",
            got=f"values of the kind {found.type()}",
            remedy='compare it with a value, such as I(poor == "yes"), or take C(...)',
        )
    number = portable.number(found)
    return portable.finite_or_missing(number)


def _expression(factor: Factor, table: Any) -> Any:
    """The factor as an Ibis expression."""
    if factor.tree is None:
        return table[factor.columns[0]]
    return _of_tree(factor.tree, table)


def _of_tree(node: Any, table: Any) -> Any:
    """A parsed expression as Ibis; numbers are doubles."""
    if isinstance(node, ast.Name):
        column = table[node.id]
        return portable.number(column) if column.type().is_numeric() else column
    if isinstance(node, ast.Constant):
        value: Any = node.value
        return ibis.literal(value if isinstance(value, str) else float(value))
    if isinstance(node, ast.Call):
        return _FUNCTIONS[getattr(node.func, "id", "")](_of_tree(node.args[0], table))
    if isinstance(node, ast.UnaryOp):
        return _UNARY[type(node.op)](_of_tree(node.operand, table))
    if isinstance(node, ast.BoolOp):
        parts = [_of_tree(one, table) for one in node.values]
        both = isinstance(node.op, ast.And)
        result = parts[0]
        for part in parts[1:]:
            result = result & part if both else result | part
        return result
    if isinstance(node, ast.Compare):
        left, right = _of_tree(node.left, table), _of_tree(node.comparators[0], table)
        return _BINARY[type(node.ops[0])](left, right)
    return _BINARY[type(node.op)](_of_tree(node.left, table), _of_tree(node.right, table))


def with_values(
    table: Any, formula: Formula, offset: Factor | None = None, takes_part: Any = None
) -> Any:
    """The table with the response and each factor, missing where one has no value.

    Parameters
    ----------
    table : ibis.Table
    formula : Formula
    offset : Factor, optional
        What is added to the linear predictor as it is.
    takes_part : ibis expression, optional
        Which rows may; all unless given.

    Returns
    -------
    ibis.Table
        With columns `RESPONSE`, `OFFSET`, ``exitline__f0`` ... and `KNOWN`: 1 where all of
        them have a value, else 0.

    Raises
    ------
    MeasureError
        For an expression whose parts do not go together.
    """
    new: dict[str, Any] = {}
    wanted = [(RESPONSE, formula.response)]
    wanted += [(f"exitline__f{i}", factor) for i, factor in enumerate(formula.factors)]
    if offset is not None:
        wanted.append((OFFSET, offset))
    for name, factor in wanted:
        try:
            new[name] = _value(factor, table)
        except (TypeError, AttributeError, IbisError, SignatureValidationError) as reason:
            raise MeasureError(
                "an expression of the formula cannot be computed",
                where="formula",
                expected="numbers with numbers, texts with texts",
                got=factor.text,
                remedy="look at the kinds of its columns, or compute it before",
            ) from reason
    if is_category(formula.response, table):
        raise MeasureError(
            f"the response '{formula.response.text}' is a text",
            where="formula",
            expected="a number, or 0 and 1",
            got="a column of text",
            remedy='compare it with a value: I(poor == "yes") ~ ...',
        )
    table = table.mutate(**new)
    known = ibis.literal(True) if takes_part is None else takes_part
    for name in new:
        known = known & table[name].notnull()
    return table.mutate(**{KNOWN: ibis.ifelse(known, 1.0, 0.0)})


def levels_query(table: Any, index: int) -> Any:
    """The distinct values of a factor on the rows that take part, column ``value``."""
    taking_part = table.filter(table[KNOWN] == 1.0)
    return values_query(taking_part, taking_part[f"exitline__f{index}"])


def moments_query(table: Any, size: int) -> Any:
    """Sums that say where the columns lie: of weights, of each column and its square, of the
    response; and the response's least and largest value."""
    table = table.filter(table[KNOWN] == 1.0)
    w, y = table["exitline__w"], table[RESPONSE]
    sums = {
        "w": w.sum(), "y": (w * y).sum(), "least": y.min(), "most": y.max(),
        "offset": (w * table[OFFSET].exp()).sum() if OFFSET in table.columns else w.sum(),
    }  # fmt: skip
    for j in range(size):
        x = table[f"exitline__x{j}"]
        sums |= {f"x{j}": (w * x).sum(), f"xx{j}": (w * x * x).sum()}
    return table.aggregate(**sums)


@dataclass(frozen=True)
class Scaling:
    """Each column as it is fitted: less its mean (where there is an intercept), over its spread."""

    centre: tuple[float, ...]
    spread: tuple[float, ...]


def _fitted(
    table: Any, family: Family, scaling: Scaling, gamma: Sequence[float]
) -> tuple[Any, list[str]]:
    """The scaled columns as z0 ..., and the linear predictor, on the table."""
    z = {
        f"exitline__z{j}": (table[f"exitline__x{j}"] - centre) / spread
        for j, (centre, spread) in enumerate(zip(scaling.centre, scaling.spread, strict=True))
    }
    table = table.mutate(**z)
    eta = table[OFFSET] if OFFSET in table.columns else ibis.literal(0.0)
    for name, coefficient in zip(z, gamma, strict=True):
        eta = eta + table[name] * ibis.literal(float(coefficient))
    table = table.mutate(exitline__eta=eta)
    eta = table["exitline__eta"]
    if family == "gaussian":
        table = table.mutate(exitline__mu=eta, exitline__v=ibis.literal(1.0))
    elif family == "poisson":
        table = table.mutate(exitline__mu=eta.exp(), exitline__v=eta.exp())
    else:
        small = (-eta.abs()).exp()
        mu = ibis.ifelse(eta >= 0, 1.0 / (1.0 + small), small / (1.0 + small))
        table = table.mutate(exitline__mu=mu, exitline__v=small / ((1.0 + small) * (1.0 + small)))
    return table, list(z)


def step_query(table: Any, family: Family, scaling: Scaling, gamma: Sequence[float]) -> Any:
    """One step of Newton's method: the information matrix, the scores, the log likelihood.

    Parameters
    ----------
    table : ibis.Table
        From `with_matrix`.
    family : {"gaussian", "binomial", "poisson"}
    scaling : Scaling
    gamma : sequence of float
        Coefficients of the scaled columns.

    Returns
    -------
    ibis.Table
        One row: ``a<i>_<j>``, ``s<i>`` and ``likelihood`` (to a constant).
    """
    table, z = _fitted(table.filter(table[KNOWN] == 1.0), family, scaling, gamma)
    w, y = table["exitline__w"], table[RESPONSE]
    eta, mu = table["exitline__eta"], table["exitline__mu"]
    away, information = w * (y - mu), w * table["exitline__v"]
    if family == "gaussian":
        likelihood = -w * (y - mu) * (y - mu) / 2.0
    elif family == "poisson":
        likelihood = w * (y * eta - mu)
    else:
        likelihood = w * (
            y * eta - ibis.ifelse(eta > 0, eta, 0.0) - (1.0 + (-eta.abs()).exp()).ln()
        )
    sums = {"likelihood": likelihood.sum()}
    for i, one in enumerate(z):
        sums[f"s{i}"] = (away * table[one]).sum()
        for j in range(i + 1):
            sums[f"a{i}_{j}"] = (information * table[one] * table[z[j]]).sum()
    return table.aggregate(**sums)


def with_scores(table: Any, family: Family, scaling: Scaling, gamma: Sequence[float]) -> Any:
    """The table with each row's scores, ``exitline__u0`` ...: zero outside the model.

    A row's score is column x (response - expected), without its weight.
    """
    table, z = _fitted(table, family, scaling, gamma)
    known = table[KNOWN] == 1.0
    away = table[RESPONSE] - table["exitline__mu"]
    return table.mutate(
        **{
            f"exitline__u{j}": ibis.ifelse(known, away * table[name], 0.0)
            for j, name in enumerate(z)
        }
    )


def rows_query(table: Any, size: int, weights: Sequence[Any]) -> Any:
    """The rows of a model with some replicate weights, for what is fitted again with each.

    Parameters
    ----------
    table : ibis.Table
        From `with_matrix`.
    size : int
        Columns of the model.
    weights : sequence of ibis expressions

    Returns
    -------
    ibis.Table
        Columns ``y``, ``offset``, ``x0`` ... and ``w0`` ...
    """
    named = {"y": table[RESPONSE], "known": table[KNOWN]}
    named["offset"] = table[OFFSET] if OFFSET in table.columns else ibis.literal(0.0)
    named |= {f"x{j}": table[f"exitline__x{j}"] for j in range(size)}
    named |= {f"w{k}": weight for k, weight in enumerate(weights)}
    rows = table.select(**named)
    return rows.filter(rows["known"] == 1.0).drop("known")
