"""The columns that a formula makes of numbers and levels: a model matrix, as expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis

from exitline.errors import MeasureError
from exitline.stats.measure.modelling.formula import Formula, formulaic
from exitline.stats.measure.modelling.regression_sums import KNOWN, OFFSET, RESPONSE

MOST_COLUMNS = 100
"""Columns that a model may have."""


@dataclass(frozen=True)
class MatrixFactor:
    """One factor of a column of the model matrix: a number, or a level's indicator."""

    factor: int
    level: Any = None


@dataclass(frozen=True)
class Matrix:
    """The columns of a model matrix.

    Attributes
    ----------
    names : tuple of str
        Of the coefficients.
    columns : tuple of tuple of MatrixFactor
        The product of these; () is the intercept.
    terms : tuple of int
        The term of the formula that each belongs to.
    """

    names: tuple[str, ...]
    columns: tuple[tuple[MatrixFactor, ...], ...]
    terms: tuple[int, ...]


def matrix(formula: Formula, levels: Mapping[int, Sequence[tuple[Any, str]]]) -> Matrix:
    """The columns that a formula makes of numbers and levels, of full rank by R's rules.

    Parameters
    ----------
    formula : Formula
    levels : mapping
        From the position of a factor of categories to its levels, value and name, the base
        first.

    Returns
    -------
    Matrix

    Raises
    ------
    MeasureError
        For more columns than can be fitted.
    """
    import pandas as pd

    rows = max([len(one) for one in levels.values()], default=1)
    sample = pd.DataFrame({"row": range(rows)})
    for i in range(len(formula.factors)):
        sample[f"f{i}"] = (
            pd.Categorical(sample["row"] % len(levels[i]), categories=range(len(levels[i])))
            if i in levels
            else 1.0
        )
    text = " + ".join(":".join(f"f{i}" for i in term) or "1" for term in formula.terms)
    text = text if formula.intercept else f"{text or '0'} - 1"
    spec = formulaic().model_matrix(text, sample).model_spec
    order = {
        ":".join(sorted(f"f{i}" for i in term)) or "1": k for k, term in enumerate(formula.terms)
    }
    names: list[str] = []
    columns: list[tuple[MatrixFactor, ...]] = []
    terms: list[int] = []
    for one in spec.structure:
        for scoped in one.scoped_terms:
            made = _products(scoped, formula, levels)
            names += [name for name, _ in made]
            columns += [parts for _, parts in made]
            terms += [order[_key(one.term)]] * len(made)
    if not 0 < len(columns) <= MOST_COLUMNS:
        raise MeasureError(
            "the model has too many columns" if columns else "the model has no columns",
            where="formula",
            expected=f"1 to {MOST_COLUMNS}",
            got=str(len(columns)),
            remedy="join levels of categories" if columns else "leave the intercept in",
        )
    return Matrix(tuple(names), tuple(columns), tuple(terms))


def _key(term: Any) -> str:
    """A term by its factors, whatever their order."""
    return ":".join(sorted(str(factor.expr) for factor in term.factors))


def _products(
    scoped: Any, formula: Formula, levels: Mapping[int, Sequence[tuple[Any, str]]]
) -> list[tuple[str, tuple[MatrixFactor, ...]]]:
    """Names and parts of the columns of a term; the first factor's levels run fastest."""
    made: list[tuple[str, tuple[MatrixFactor, ...]]] = [("", ())]
    for one in scoped.factors:
        index = int(str(one.factor.expr)[1:])
        text = formula.factors[index].text
        if index not in levels:
            own = [(text, MatrixFactor(index))]
        else:
            known = levels[index][1:] if one.reduced else levels[index]
            mark = "T." if one.reduced else ""
            column = formula.factors[index].columns[0]
            own = [(f"{column}[{mark}{name}]", MatrixFactor(index, value)) for value, name in known]
        made = [
            (f"{name}:{more}" if name else more, (*parts, part))
            for more, part in own
            for name, parts in made
        ]
    return [(name or "Intercept", parts) for name, parts in made]


def with_matrix(table: Any, columns: Sequence[tuple[MatrixFactor, ...]], weight: Any) -> Any:
    """The rows of a model: weight, response, offset and each column; zeros outside.

    Parameters
    ----------
    table : ibis.Table
        From `with_values`.
    columns : sequence of tuple of MatrixFactor
    weight : ibis expression

    Returns
    -------
    ibis.Table
        The table with ``exitline__w``, `RESPONSE` and ``exitline__x0`` ..., zero on rows that
        take no part.
    """
    known = table[KNOWN] == 1.0
    new = {"exitline__w": ibis.ifelse(known, weight, 0.0)}
    for j, parts in enumerate(columns):
        product = ibis.literal(1.0)
        for part in parts:
            product = product * _part(table, part)
        new[f"exitline__x{j}"] = ibis.ifelse(known, product, 0.0)
    new[RESPONSE] = ibis.ifelse(known, table[RESPONSE], 0.0)
    if OFFSET in table.columns:
        new[OFFSET] = ibis.ifelse(known, table[OFFSET], 0.0)
    return table.mutate(**new)


def _part(table: Any, part: MatrixFactor) -> Any:
    """A number, or the indicator of a level."""
    column = table[f"exitline__f{part.factor}"]
    return column if part.level is None else ibis.ifelse(column == part.level, 1.0, 0.0)
