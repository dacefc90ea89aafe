"""The screens that a table's columns allow, run one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from exitline.errors import SPELLING, DataError, unknown
from exitline.exits.screens.copies import screen_copies
from exitline.exits.screens.digits import screen_digits
from exitline.exits.screens.finding import ScreenFinding
from exitline.exits.screens.heaping import Window, screen_heaping
from exitline.exits.screens.interviewers import screen_interviewers
from exitline.exits.screens.perfect import screen_perfect
from exitline.exits.screens.speed import screen_speed, unit_changes

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from exitline.stats.engine.base import Engine


@dataclass(frozen=True)
class ScreenPlan:
    """Which columns play which part; a screen is made where its parts are named.

    Parameters
    ----------
    value : str, optional
        Recorded number (income). Digit preference; with `line` heaping; with
        `interviewer` the interviewer effect.
    line : float, optional
    bin : float, optional
        Width of a bin around the line; a hundredth of the line when not given.
    before : str, optional
        The number at an earlier time: with `value` and `unit`, speed of change.
    unit : str, optional
        Column of the county or office; tests are made for each.
    interviewer : str, optional
    area : str, optional
        Area within which interviewers could have met the same households.
    answers : tuple of str
        Columns of answers: with `interviewer` (or `unit`), records that agree.
    sampled, errors : str, optional
        For a table with one row a county: sampled, and found wrong.
    icc : float
        Correlation of errors within a county under the null.
    place : int
        Decimal place of the last digit.
    digits : {"even", "others"}
        What last digits are checked against.
    share : float
        From which share of equal answers two records agree.
    draws, seed : int
        Of permutations.
    """

    value: str | None = None
    line: float | None = None
    bin: float | None = None
    before: str | None = None
    unit: str | None = None
    interviewer: str | None = None
    area: str | None = None
    answers: tuple[str, ...] = ()
    sampled: str | None = None
    errors: str | None = None
    icc: float = 0.0
    place: int = 0
    digits: Literal["even", "others"] = "even"
    share: float = 0.9
    draws: int = 999
    seed: int = 1

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is named, each once."""
        named = (
            self.value,
            self.before,
            self.unit,
            self.interviewer,
            self.area,
            *self.answers,
            self.sampled,
            self.errors,
        )
        return tuple(dict.fromkeys(name for name in named if name is not None))


def run_screens(
    data: Any, plan: ScreenPlan, *, engine: str | Engine = "duckdb"
) -> tuple[ScreenFinding, ...]:
    """Run every screen that the plan's columns allow.

    Parameters
    ----------
    data : path or table
    plan : ScreenPlan
    engine : str or Engine

    Returns
    -------
    tuple of ScreenFinding
        Screen by screen; within a screen smallest p-value first, adjusted over its
        tests.

    Raises
    ------
    DataError
        For a column that is not there or not of its kind, or when the plan names too
        little for any screen.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> numbers = np.floor(np.random.default_rng(1).lognormal(8, 0.5, 400))
    >>> [f.screen for f in run_screens(pd.DataFrame({"y": numbers}), ScreenPlan(value="y"))]
    ['digit preference']
    """
    table = _read(data, plan, engine)
    found = tuple(finding for findings in _screens(table, plan) for finding in findings)
    if not found:
        raise DataError(
            "the columns named are too few for any screen",
            expected="a value; sampled and errors; or answers with an interviewer or a unit",
            got=", ".join(plan.columns) or "none",
            remedy="name more columns",
        )
    return found


def _screens(table: pa.Table, plan: ScreenPlan) -> Iterator[tuple[ScreenFinding, ...]]:
    """The findings of each screen in turn."""
    unit = _labels(table, plan.unit)
    asked, area = _labels(table, plan.interviewer), _labels(table, plan.area)
    if plan.sampled and plan.errors:
        sampled, errors = _numbers(table, plan.sampled), _numbers(table, plan.errors)
        yield screen_perfect(_whole(sampled), _whole(errors), icc=plan.icc, seed=plan.seed)
    if plan.value:
        value = _numbers(table, plan.value)
        yield screen_digits(
            value, asked if asked is not None else unit, against=plan.digits, place=plan.place
        )
        if plan.line is not None:
            window = Window(plan.line, plan.bin or plan.line / 100)
            yield screen_heaping(value, window, unit)
        if plan.before and unit is not None:
            changes = unit_changes(_numbers(table, plan.before), value, unit)
            yield screen_speed(changes.change, changes.se, changes.names, changes.n)
        if asked is not None:
            yield screen_interviewers(
                {plan.value: value}, asked, strata=area, draws=plan.draws, seed=plan.seed
            )
    owner = asked if asked is not None else unit
    if plan.answers and owner is not None:
        yield screen_copies(
            _codes(table, plan.answers),
            owner,
            strata=area,
            share=plan.share,
            draws=plan.draws,
            seed=plan.seed,
        )


def _read(data: Any, plan: ScreenPlan, engine: str | Engine) -> pa.Table:
    """The columns that the plan names."""
    from exitline.stats.data.source import open_source
    from exitline.stats.data.studies.uses import narrowed, role_uses
    from exitline.stats.engine.session import session

    source = open_source(data).using(
        role_uses(
            numeric=(plan.value, plan.before, plan.sampled, plan.errors),
            code=(plan.unit, plan.interviewer, plan.area, *plan.answers),
        )
    )
    source = narrowed(source, plan.columns)
    with session(engine) as running:
        rows = running.attach(source, "rows")
        missing = [name for name in plan.columns if name not in rows.columns]
        if missing:
            raise unknown(
                "column",
                missing[0],
                rows.columns,
                error=DataError,
                where=source.name,
                remedy=SPELLING,
            )
        return (
            running.run(rows.select(*plan.columns)) if plan.columns else rows.schema().to_pyarrow()
        )


def _numbers(table: pa.Table, name: str) -> NDArray[Any]:
    """A column as floats, missing as NaN; none so large that its digits mean nothing."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from exitline.stats.measure.portable import LARGEST

    column = table[name]
    kind = column.type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        raise DataError(
            f"the column '{name}' does not hold numbers",
            expected="numbers",
            got=str(kind),
            remedy="name a column of numbers",
        )
    found: NDArray[Any] = pc.cast(column, pa.float64()).to_numpy()
    beyond = int(np.sum(np.abs(found) > LARGEST))
    if beyond:
        raise DataError(
            f"the column '{name}' contains infinite numbers, or beyond 10^20",
            expected="numbers as they were recorded",
            got=f"{beyond:,} such numbers",
            remedy="correct them, or declare the value that stands for a missing one",
        )
    return found


def _whole(numbers: NDArray[Any]) -> NDArray[Any]:
    """Counts: whole, none missing."""
    import numpy as np

    if not np.all(np.isfinite(numbers)) or np.any(numbers != np.round(numbers)):
        raise DataError(
            "sampled and errors are not counts",
            expected="whole numbers in every row",
            got="a missing or broken number",
            remedy="leave out counties without an assessment",
        )
    return numbers.astype(np.int64)


def _labels(table: pa.Table, name: str | None) -> NDArray[Any] | None:
    """A column as labels; a missing one is a label of its own."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if name is None:
        return None
    texts = pc.fill_null(pc.cast(table[name], pa.string()), "(none)")
    encoded = pc.dictionary_encode(texts).combine_chunks()
    names = np.array(encoded.dictionary.to_pylist(), dtype=str)
    return names[encoded.indices.to_numpy()]  # type: ignore[no-any-return]


def _codes(table: pa.Table, names: tuple[str, ...]) -> NDArray[Any]:
    """Answers as whole numbers, -1 where there is none."""
    import numpy as np
    import pyarrow.compute as pc

    columns = []
    for name in names:
        encoded = pc.dictionary_encode(table[name]).combine_chunks()
        columns.append(pc.fill_null(encoded.indices, -1).to_numpy())
    return np.column_stack(columns)
