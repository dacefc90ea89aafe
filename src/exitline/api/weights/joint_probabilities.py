"""Joint inclusion probabilities of PSUs, from a table or file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import DesignError

if TYPE_CHECKING:
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.engine.base import Engine
    from exitline.stats.infer.designs.pps import JointProbabilities

LONG = ("psu", "other", "probability")


def joint_of(design: Design, engine: Engine) -> JointProbabilities | None:
    """The joint probabilities that a design names, if it names any.

    Parameters
    ----------
    design : Design
    engine : Engine

    Raises
    ------
    DesignError
        For a table of another form.
    """
    given = design.sampling.joint
    if given is None:
        return None
    from exitline.stats.data.source import open_source
    from exitline.stats.infer.designs.pps import JointProbabilities
    from exitline.stats.infer.intake.codes import numbers, texts

    source = open_source(given)
    table = engine.run(engine.attach(source, "joint_probabilities"))
    names = table.column_names
    if set(LONG) <= set(names):
        pairs = [texts(table.column(name).combine_chunks()) for name in LONG[:2]]
        ids = tuple(dict.fromkeys([*pairs[0], *pairs[1]]))
        place = {name: i for i, name in enumerate(ids)}
        at = [np.array([place[one] for one in of], dtype=np.int64) for of in pairs]
        matrix = np.full((len(ids), len(ids)), np.nan)
        matrix[at[0], at[1]] = matrix[at[1], at[0]] = _numbers(numbers(table.column(LONG[2])))
        own = np.diag(matrix)
        return JointProbabilities(ids, np.where(np.isnan(matrix), np.outer(own, own), matrix))
    ids = tuple(texts(table.column(names[0]).combine_chunks())) if names else ()
    if len(ids) != len(names) - 1 or set(ids) != set(names[1:]):
        raise DesignError(
            "the table of joint probabilities cannot be read",
            where="design.pps.joint",
            expected="the PSUs' ids in the first column, and a column named after each; or the "
            "columns psu, other, probability",
            got=f"{table.num_rows:,} rows, {len(names):,} columns",
            remedy="name the columns after the PSUs",
        )
    columns = [_numbers(numbers(table.column(name))) for name in ids]
    return JointProbabilities(ids, np.column_stack(columns))


def _numbers(column: Any) -> Any:
    return np.asarray(column, dtype=np.float64)
