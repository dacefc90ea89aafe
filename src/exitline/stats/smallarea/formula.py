"""Model matrices of small area models: learned on one table, made again on any other.

The language is that of `exitline.stats.measure.modelling.formula`; the engine computes the
columns. What a
sample taught (the levels of categories, their base) holds for the census as well, so that a
column means the same on both. Rows that a model cannot speak for (an expression without a
value, a level that the sample does not have) are flagged, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import nearest
from exitline.stats.infer.intake.levels import based, levels_of
from exitline.stats.infer.regression import aliased
from exitline.stats.measure.modelling.formula import Formula, parse_factor, parse_formula
from exitline.stats.measure.modelling.model_matrix import Matrix, matrix, with_matrix
from exitline.stats.measure.modelling.regression_sums import (
    KNOWN,
    RESPONSE,
    is_category,
    levels_query,
    with_values,
)
from exitline.stats.smallarea.errors import SmallAreaError

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from exitline.arrays import Floats


Run = Callable[[Any], "pa.Table"]
_OWN = "exitline__response"


@dataclass(frozen=True)
class Learned:
    """A formula with what one table taught about it.

    Attributes
    ----------
    text : str
        As it was written.
    formula : Formula
    levels : mapping of int to tuple
        From the position of a factor of categories to its levels, value and name, the base
        first.
    matrix : Matrix
    """

    text: str
    formula: Formula
    levels: Mapping[int, tuple[tuple[Any, str], ...]]
    matrix: Matrix

    @property
    def names(self) -> tuple[str, ...]:
        """Of the coefficients."""
        return self.matrix.names

    @property
    def response(self) -> str:
        """The left-hand side, as written."""
        return self.formula.response.text

    @property
    def terms(self) -> tuple[str, ...]:
        """The term that each column belongs to, as written; "Intercept" for the intercept."""
        texts = [
            ":".join(self.formula.factors[i].text for i in term) or "Intercept"
            for term in self.formula.terms
        ]
        return tuple(texts[i] for i in self.matrix.terms)

    @property
    def covariates(self) -> tuple[str, ...]:
        """The columns that the right-hand side names."""
        named = (column for factor in self.formula.factors for column in factor.columns)
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True)
class ModelRows:
    """Rows of a model, as arrays.

    Attributes
    ----------
    x : float array, shape (rows, k)
        Zeros where the row is not known.
    y : float array, shape (rows,)
        NaN where there is no response, or none was asked for.
    known : bool array, shape (rows,)
        Whether every expression of the right-hand side has a value, at a level that was learned.
    more : mapping of str to array
        The other columns that were asked for.
    """

    x: Floats
    y: Floats
    known: NDArray[np.bool_]
    more: Mapping[str, Any]

    def in_order(self, column: str) -> ModelRows:
        """The rows by a column of whole numbers, as engines need not keep their order."""
        order = np.argsort(self.more[column].to_numpy(), kind="stable")
        more = {name: values.take(order) for name, values in self.more.items()}
        return ModelRows(self.x[order], self.y[order], self.known[order], more)


def learn(
    text: str,
    table: Any,
    run: Run,
    *,
    labels: Mapping[str, Mapping[Any, str]] | None = None,
) -> Learned:
    """What a formula is on a table: its categories, their levels, its columns.

    Parameters
    ----------
    text : str
        Such as ``"direct ~ toilet + C(region)"``.
    table : ibis.Table
        As an engine attached it.
    run : callable
        An engine's `run`.
    labels : mapping, optional
        From columns to what their values mean.

    Returns
    -------
    Learned

    Raises
    ------
    SmallAreaError
        For columns that the table does not have.
    MeasureError
        For what is no formula.
    """
    formula = parse_formula(text)
    require(formula, table)
    valued = with_values(table, formula)
    found: dict[int, tuple[tuple[Any, str], ...]] = {}
    for index, factor in enumerate(formula.factors):
        if is_category(factor, table):
            shown = (labels or {}).get(factor.columns[0], {}) if factor.tree is None else {}
            levels = levels_of(run(levels_query(valued, index)), shown, factor.text, "formula")
            found[index] = tuple(based(levels, factor.base, factor.text))
    return Learned(text, formula, found, matrix(formula, found))


def require(formula: Formula, table: Any) -> None:
    """Refuse a formula that names columns which a table does not have.

    Raises
    ------
    SmallAreaError
    """
    missing = [column for column in formula.columns if column not in table.columns]
    if missing:
        raise SmallAreaError(
            f"the data have no column '{missing[0]}'",
            where="formula",
            expected="one of " + ", ".join(list(table.columns)[:20]),
            got=", ".join(f"'{one}'" for one in missing),
            remedy=nearest(missing[0], table.columns) or "name a column of the data",
        )


def made(learned: Learned, table: Any, *, response: bool = False, weight: Any = None) -> Any:
    """A table with the model's columns.

    Parameters
    ----------
    learned : Learned
    table : ibis.Table
        Any with the formula's covariates; with the response where that is asked for.
    response : bool
        Whether rows without a response are unknown; without it, all have the response 1.
    weight : ibis expression, optional
        Of each row: 1 unless given.

    Returns
    -------
    ibis.Table
        With ``exitline__x0`` ... (`Learned.names`), `RESPONSE`, `KNOWN` and ``exitline__w``.

    Raises
    ------
    SmallAreaError
        For a covariate that is missing, or of another kind than where it was learned.
    """
    import ibis

    formula = learned.formula if response else _without_response(learned.formula)
    require(formula, table)
    _refuse_other_kinds(learned, table)
    valued = with_values(table, formula)
    known = valued[KNOWN] == 1.0
    for index, levels in learned.levels.items():
        known = known & valued[f"exitline__f{index}"].isin([value for value, _ in levels])
    valued = valued.mutate(**{KNOWN: ibis.ifelse(known.fill_null(False), 1.0, 0.0)})
    return with_matrix(
        valued, learned.matrix.columns, ibis.literal(1.0) if weight is None else weight
    )


def read(
    learned: Learned, table: Any, run: Run, more: Iterable[str] = (), *, response: bool = True
) -> ModelRows:
    """The rows of a small table, such as one of areas, as arrays.

    Parameters
    ----------
    learned : Learned
    table : ibis.Table
    run : callable
    more : iterable of str
        Further columns to read.
    response : bool
        Whether to read the response: NaN where it has no value.

    Returns
    -------
    ModelRows
    """
    if response:
        require(learned.formula, table)
        table = with_values(table, learned.formula)
        table = table.mutate(**{_OWN: table[RESPONSE]})
    rows = made(learned, table)
    columns = {f"x{j}": rows[f"exitline__x{j}"] for j in range(len(learned.names))}
    columns |= {"known": rows[KNOWN], **({"y": rows[_OWN]} if response else {})}
    columns |= {f"more__{name}": rows[name] for name in more}
    found = run(rows.select(**columns))
    x = np.column_stack([found.column(f"x{j}").to_numpy() for j in range(len(learned.names))])
    y = np.full(len(x), np.nan)
    if response:
        y = found.column("y").to_numpy(zero_copy_only=False).astype(np.float64)
    others = {name: found.column(f"more__{name}") for name in more}
    return ModelRows(x.astype(np.float64), y, found.column("known").to_numpy() == 1.0, others)


def refuse_collinear(gram: Floats, names: Sequence[str]) -> None:
    """Refuse a model one of whose columns follows from those before.

    Parameters
    ----------
    gram : float array, shape (k, k)
        The columns' sums of squares and products, weighted or not.
    names : sequence of str

    Raises
    ------
    SmallAreaError
        Naming the column.

    Examples
    --------
    >>> refuse_collinear(np.array([[4.0, 8.0], [8.0, 16.0]]), ["Intercept", "share"])
    Traceback (most recent call last):
    ...
    exitline.stats.smallarea.errors.SmallAreaError: 'share' follows from the columns before it...
    """
    scale = np.sqrt(np.diag(gram))
    empty = np.flatnonzero(~(scale > 0))
    bad = int(empty[0]) if empty.size else aliased(gram / np.outer(scale, scale))
    if bad is not None:
        before = ", ".join(f"'{one}'" for one in names[:bad][:10]) or "nothing"
        raise SmallAreaError(
            f"'{names[bad]}' follows from the columns before it",
            where="formula",
            expected="columns that each say something of their own",
            got=f"a column that is zero throughout, or a sum of multiples of {before}",
            remedy="leave it out of the formula",
        )


def _without_response(formula: Formula) -> Formula:
    """The formula with the response 1, for tables that have none."""
    return replace(formula, response=parse_factor("1"))


def _refuse_other_kinds(learned: Learned, table: Any) -> None:
    """Refuse a covariate that is text on one side and numbers on the other."""
    for index, factor in enumerate(learned.formula.factors):
        there = is_category(factor, table)
        if there != (index in learned.levels):
            raise SmallAreaError(
                f"'{factor.text}' is text on one side and numbers on the other",
                where="formula",
                expected="text, as where the model was fitted"
                if index in learned.levels
                else "numbers, as where the model was fitted",
                got="text" if there else "numbers",
                remedy=f"write it in one way in both tables, or take C({factor.text})",
            )
