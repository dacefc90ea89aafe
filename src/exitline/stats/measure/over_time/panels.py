"""Panels as unbound expressions: one table a wave, whatever form the panel came in.

A panel comes as one table a wave, as one long table with a wave column, or as one wide
table with a column for each wave. `wave_tables` brings all three into the same form;
everything else is built on that form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import ibis

from exitline.errors import DataError, nearest
from exitline.stats.data.keys import written
from exitline.stats.data.readers.names import OWN
from exitline.stats.data.sampling.design import Design
from exitline.stats.data.values import written as written_text
from exitline.stats.measure import portable
from exitline.stats.measure.lines import PovertyLine
from exitline.stats.measure.relative_lines import is_poor
from exitline.words.said import say

Unit = Literal["persons", "households"]

_WAVE = OWN + "wave"
PLACE = "{wave}"
"""In the name of a column of a wide table: where the wave's name goes."""


@dataclass(frozen=True)
class PanelColumns:
    """Which columns of a panel play which role.

    Parameters
    ----------
    household : str
        Id of the household, the same in all waves.
    welfare : str, optional
        Welfare column. In a wide table its name holds ``{wave}``: ``"income_{wave}"``.
    state : str, optional
        Instead of `welfare`: a column that already says poor (true, 1) or not (false, 0).
    wave : str, optional
        Long tables: the column that names the wave.
    design : Design
        Weight, size, strata and PSU. Each wave carries the PSU in which the household was
        sampled, also after it has moved.
    domains : tuple of str
        Columns to break results down by.
    extras : tuple of str
        Further columns (predictors of a watch or of a response model).

    Raises
    ------
    DataError
        When neither or both of `welfare` and `state` are given.

    Examples
    --------
    >>> PanelColumns("id", welfare="income_{wave}").of("end", "income_{wave}")
    'income_end'
    """

    household: str
    welfare: str | None = None
    state: str | None = None
    wave: str | None = None
    design: Design = field(default_factory=Design)
    domains: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.welfare is None) == (self.state is None):
            raise DataError(
                "a panel needs a welfare column or a column with the state",
                expected="exactly one of the two",
                got="both" if self.welfare else "neither",
                remedy="give --welfare and --line, or --state",
            )

    @property
    def wide(self) -> bool:
        """Whether waves lie side by side, in columns."""
        return PLACE in (self.welfare or self.state or "")

    @property
    def extra_names(self) -> tuple[str, ...]:
        """The extra columns without the place of the wave: ``"assets_{wave}"`` is assets."""
        return tuple(name.replace(PLACE, "").strip("_. -") for name in self.extras)

    @staticmethod
    def of(wave: str, column: str) -> str:
        """The column's name in one wave."""
        return column.replace(PLACE, wave)


@dataclass(frozen=True)
class WaveLines:
    """The poverty line of each wave.

    Parameters
    ----------
    every : PovertyLine, optional
        The line of all waves that are not in `by_wave`.
    by_wave : mapping of wave to PovertyLine
    """

    every: PovertyLine | None = None
    by_wave: Mapping[str, PovertyLine] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, wave: str) -> PovertyLine:
        """The line of one wave.

        Raises
        ------
        DataError
            When the wave has none.
        """
        line = self.by_wave.get(wave, self.every)
        if line is None:
            raise DataError(
                f"wave '{wave}' has no poverty line",
                expected="a line for every wave, in the prices of that wave",
                got="lines for " + (", ".join(self.by_wave) or "no wave"),
                remedy="give one line for all waves in constant prices, or one for each wave",
            )
        return line


def wave_tables(
    tables: Sequence[Any], waves: Sequence[str], columns: PanelColumns, lines: WaveLines
) -> tuple[Any, ...]:
    """One expression a wave, with canonical column names, whatever form the panel came in.

    Parameters
    ----------
    tables : sequence of ibis.Table
        One a wave in the order of `waves`, or a single long or wide table.
    waves : sequence of str
        Names of the waves in the order of time.
    columns : PanelColumns
    lines : WaveLines
        Not used where `columns.state` is given.

    Returns
    -------
    tuple of ibis.Table
        Columns ``household``, ``welfare`` (missing where unusable), ``line``, ``poor``
        (nullable boolean), ``weight`` (of the household), ``size`` (both unchecked, see
        `faults`), ``stratum`` (if any),
        ``stage1`` ..., ``domain1`` ..., ``extra1`` ....

    Raises
    ------
    DataError
        For a wave named twice, or a column that is not there.

    Examples
    --------
    >>> t = ibis.table({"id": "int64", "y_a": "float64", "y_b": "float64"}, name="t")
    >>> both = wave_tables([t], ["a", "b"], PanelColumns("id", "y_{wave}"),
    ...                    WaveLines(PovertyLine("z", 2.0)))
    >>> both[0].columns
    ('household', 'stage1', 'welfare', 'line', 'poor', 'weight', 'size')
    """
    check_waves(waves)
    if len(tables) not in (1, len(waves)):
        raise DataError(
            "the number of tables does not fit the number of waves",
            expected=f"one table, or one for each of the {len(waves)} waves",
            got=str(len(tables)),
            remedy="give one file a wave in the order of time, or name all waves",
        )
    each = list(tables) if len(tables) == len(waves) else list(tables) * len(waves)
    forms = _Forms(each, waves, columns)
    found = []
    for table, wave in zip(each, waves, strict=True):
        rows = table if columns.wave is None else _of_wave(table, columns.wave, wave)
        found.append(_canonical(rows, wave, columns, lines, forms))
    return tuple(found)


class _Forms:
    """The form of ids in all waves: whole numbers where all waves have them, else written text."""

    def __init__(self, tables: Sequence[Any], waves: Sequence[str], columns: PanelColumns) -> None:
        self._tables, self._waves, self._columns = tables, waves, columns
        self._plain: dict[str, bool] = {}

    def of(self, table: Any, wave: str, name: str) -> Any:
        """A column of ids in one wave."""
        if name not in self._plain:
            pairs = zip(self._tables, self._waves, strict=True)
            kinds = [_column(t, self._columns.of(w, name)).type() for t, w in pairs]
            self._plain[name] = all(kind.is_integer() for kind in kinds)
        column = _column(table, self._columns.of(wave, name))
        return column if self._plain[name] else written(column)


def check_waves(waves: Sequence[str]) -> None:
    """Refuse fewer than two waves, and a wave that is named twice.

    Raises
    ------
    DataError
    """
    if len(waves) < 2:
        raise DataError(
            "a panel needs at least two waves",
            expected="two or more, in the order of time",
            got=str(len(waves)),
            remedy="give one file a wave, or name the waves with --waves",
        )
    twice = sorted({w for w in waves if list(waves).count(w) > 1})
    if twice:
        raise DataError(
            f"wave '{twice[0]}' is given twice",
            expected="each wave once, in the order of time",
            got=", ".join(waves),
            remedy="take the duplicate out",
        )


def wave_names(table: Any, column: str) -> Any:
    """The values of a wave column as `written`, once each, as text in ``wave``."""
    values = table.select(wave=written(_column(table, column)).cast("string")).distinct()
    return values.filter(values["wave"].notnull())


def unnamed(table: Any, column: str) -> Any:
    """How many rows of a long table name no wave: one row, ``rows``."""
    named = table.select(wave=written(_column(table, column)))
    return named.aggregate(rows=portable.number_of(named["wave"].isnull()))


def _of_wave(table: Any, column: str, wave: str) -> Any:
    """The rows of one wave of a long table."""
    named = table.mutate(**{_WAVE: written(_column(table, column))})
    return named.filter(named[_WAVE] == written_text(wave)).drop(_WAVE)


def _canonical(
    table: Any, wave: str, columns: PanelColumns, lines: WaveLines, forms: _Forms
) -> Any:
    """One wave under canonical names."""
    design = columns.design
    new: dict[str, Any] = {"household": forms.of(table, wave, columns.household)}
    if design.stratum is not None:
        strata = [forms.of(table, wave, name) for name in design.strata_columns]
        new["stratum"] = portable.crossed(strata)
    alone = (columns.household,) if design.sampling.clustered else ()
    stages = design.stages or alone
    for index, name in enumerate(stages):
        new[f"stage{index + 1}"] = portable.key(forms.of(table, wave, name))
    for index, name in enumerate(columns.domains):
        new[f"domain{index + 1}"] = portable.key(forms.of(table, wave, name))
    for index, name in enumerate(columns.extras):
        new[f"extra{index + 1}"] = _number(_column(table, columns.of(wave, name)))
    one = ibis.literal(1.0)
    new |= _state(table, wave, columns, lines)
    new["weight"] = _weight(table, wave, design.weight, columns) if design.weight else one
    new["size"] = _weight(table, wave, design.size, columns) if design.size else one
    return table.select(**new)


def _weight(table: Any, wave: str, name: str, columns: PanelColumns) -> Any:
    """A weight or size as it stands; `faults` finds what is not a finite number."""
    return portable.number(_column(table, columns.of(wave, name)))


def _state(table: Any, wave: str, columns: PanelColumns, lines: WaveLines) -> dict[str, Any]:
    """Welfare, line and poor of one wave."""
    nothing = ibis.null("float64")
    if columns.state is not None:
        state = _column(table, columns.of(wave, columns.state))
        poor = state if state.type().is_boolean() else _number(state) > 0
        return {"welfare": nothing, "line": nothing, "poor": poor}
    line = lines.of(wave)
    if isinstance(line.value, str):
        amount = _number(_column(table, columns.of(wave, line.value)))
    else:
        amount = ibis.literal(float(line.value))
    welfare = _number(_column(table, columns.of(wave, str(columns.welfare))))
    return {"welfare": welfare, "line": amount, "poor": is_poor(welfare, amount, line.boundary)}


def _number(value: Any) -> Any:
    """A column as a double; missing where it is NaN or infinite."""
    number = portable.number(value)
    if not value.type().is_floating():
        return number
    number = value
    return portable.finite_or_missing(number)


def _column(table: Any, name: str) -> Any:
    """A column by name, or an error with the nearest name."""
    if name not in table.columns:
        raise DataError(
            say("column '{column}' is not in the data", column=name),
            expected="one of " + ", ".join(table.columns[:20]),
            got=name,
            remedy=nearest(name, table.columns) or "correct the name, or the list of waves",
        )
    return table[name]


def increasing(wave: Any) -> Any:
    """Whether ids rise from row to row, which proves at the cost of one scan that none repeats.

    Parameters
    ----------
    wave : ibis.Table
        As `wave_tables` returns them.

    Returns
    -------
    ibis.Table
        One row: ``rows``, ``lowest`` and ``highest`` id, ``missing`` ids, ``not_rising`` pairs of
        neighbours. Whatever
        order the engine reads rows in, no such pair means no duplicate; some prove nothing.
    """
    lagged = wave.select(here=wave.household, before=wave.household.lag())
    return lagged.aggregate(
        rows=lagged.count(),
        lowest=lagged.here.min(),
        highest=lagged.here.max(),
        missing=lagged.here.isnull().cast("int64").sum(),
        not_rising=(lagged.here <= lagged.before).fill_null(False).cast("int64").sum(),
    )


def duplicates(wave: Any) -> Any:
    """How many households have more than one row in a wave: one row, ``households``."""
    counted = wave.group_by("household").aggregate(rows=wave.count())
    return counted.aggregate(households=(counted.rows > 1).cast("int64").sum())


def faults(wave: Any) -> Any:
    """Counts of what cannot be used in a wave, in one row."""
    design = [c for c in wave.columns if c == "stratum" or c.startswith("stage")]
    missing = wave["household"].isnull() & False
    for name in design:
        missing = missing | wave[name].isnull()
    return wave.aggregate(
        rows=wave.count(),
        missing_id=portable.number_of(wave.household.isnull()),
        missing_state=portable.number_of(wave.poor.isnull()),
        bad_weight=portable.number_of(~portable.finite(wave.weight) | (wave.weight < 0)),
        bad_size=portable.number_of(~portable.finite(wave["size"]) | (wave["size"] <= 0)),
        missing_design=portable.number_of(missing),
    )
