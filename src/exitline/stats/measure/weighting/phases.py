"""The second phase of a sample as columns: who was drawn again, out of how many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import ibis

from exitline.errors import DataError
from exitline.stats.data.sampling.design import Design
from exitline.stats.data.sampling.phases import TwoPhaseSampling
from exitline.stats.measure import portable

if TYPE_CHECKING:
    import pyarrow as pa

    Run = Callable[[Any], pa.Table]

TAKEN, WEIGHT = "exitline__taken", "exitline__phase_weight"
PHASE, UNIT, BASE = "exitline__phase", "exitline__unit", "exitline__base_weight"
FIRST, SECOND, EASED = "exitline__first_units", "exitline__second_units", "exitline__eased"
COLUMNS = (TAKEN, WEIGHT, PHASE, UNIT, BASE, FIRST, SECOND, EASED)
"""What is added to the rows."""


def other_answers(table: Any, column: str) -> Any:
    """The query: rows on which a column is neither true nor false, 1 nor 0; missing ones aside.

    Parameters
    ----------
    table : ibis.Table
    column : str

    Raises
    ------
    DataError
        Where the column is text.
    """
    if table[column].type().is_string():
        raise no_answers(column, "text")
    value = portable.number(table[column])
    other = (value != 0.0) & (value != 1.0)
    return table.aggregate(others=other.fill_null(False).cast("int64").sum())


def no_answers(column: str, got: str) -> DataError:
    """The error for a column that should say who is in, and does not.

    Parameters
    ----------
    column : str
    got : str
    """
    return DataError(
        "the column says neither yes nor no", where=f"column '{column}'",
        expected="true or false, or 1 or 0, on every row", got=got,
        remedy="name a column of true and false, or make one",
    )  # fmt: skip


def with_phases(table: Any, design: Design, run: Run) -> tuple[Any, Design]:
    """The rows with columns of the second phase, and the design with its weight.

    A row of the second phase weighs weight x units of the first phase in its stratum / units of
    the second, or as it was calibrated from there; others have no weight. Any other design, and
    one that has been here, is as it was.

    Parameters
    ----------
    table : ibis.Table
    design : Design
    run : callable
        An engine's: the column that says who was drawn again is looked at first.

    Returns
    -------
    ibis.Table, Design

    Raises
    ------
    DataError
        Where that column says neither yes nor no.
    """
    drawn = design.sampling
    if not isinstance(drawn, TwoPhaseSampling) or drawn.taken is not None:
        return table, design
    second = drawn.second
    if run(other_answers(table, second.selected)).column("others")[0].as_py():
        raise no_answers(second.selected, "other numbers")
    strata = [table[name] for name in second.strata_columns]
    taken = (portable.number(table[second.selected]) == 1.0).fill_null(False)
    row = ibis.row_number()
    rows = table.mutate(**{
        TAKEN: taken, BASE: portable.number(table[design.weight]) if design.weight else 1.0,
        PHASE: portable.crossed(strata) if strata else ibis.literal("all"),
        UNIT: row if second.psu is None else portable.key(table[second.psu]),
    })  # fmt: skip
    own = [rows[UNIT], *(portable.key(rows[name]) for name in drawn.stages)]
    each = ibis.window(group_by=[rows[PHASE], *own])
    both = rows.mutate(
        exitline__place=ibis.row_number().over(
            ibis.window(group_by=[rows[PHASE], *own], order_by=rows[UNIT])
        ),
        exitline__unit_taken=rows[TAKEN].cast("int64").max().over(each),
    )
    head = (both["exitline__place"] == 0).cast("int64")
    of = ibis.window(group_by=both[PHASE])
    counted = both.mutate(**{
        FIRST: head.sum().over(of), SECOND: (head * both["exitline__unit_taken"]).sum().over(of),
    })  # fmt: skip
    times = portable.divide(counted[FIRST].cast("float64"), counted[SECOND].cast("float64"))
    weighed = counted.mutate(**{
        WEIGHT: ibis.ifelse(counted[TAKEN], counted[BASE] * times, ibis.null("float64")),
    }).drop("exitline__place", "exitline__unit_taken")  # fmt: skip
    found = replace(drawn, taken=TAKEN, weighted=design.weight is not None)
    if design.calibration is None:
        weighed = weighed.mutate(**{EASED: 1.0})
        return weighed, replace(design, weight=WEIGHT, sampling=found)
    model = replace(design.calibration, weight=WEIGHT)
    final = portable.number(weighed[model.calibrated])
    eased = ibis.ifelse(weighed[TAKEN], portable.divide(weighed[WEIGHT], final), 1.0)
    weighed = weighed.mutate(**{EASED: eased})
    return weighed, replace(design, weight=model.calibrated, calibration=model, sampling=found)


def phase_keys(rows: Any) -> dict[str, Any]:
    """The canonical columns that cells are told apart by: stratum and unit of the second phase.

    Rows that were not drawn again are one unit of their PSU: they only count it.
    """
    unit = portable.text(rows[UNIT])
    return {
        "_phase": rows[PHASE], "_unit": ibis.ifelse(rows[TAKEN], unit, ibis.literal("")),
        "_first_units": rows[FIRST].cast("float64"), "_second_units": rows[SECOND].cast("float64"),
        "_base": rows[BASE], "_taken": rows[TAKEN], "_eased": rows[EASED],
    }  # fmt: skip
