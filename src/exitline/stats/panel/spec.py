"""What a panel is asked for, and what is found when it is opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from exitline.errors import DesignError
from exitline.stats.data.sampling.design import Design
from exitline.stats.measure.lines import PovertyLine
from exitline.stats.measure.over_time.panels import PanelColumns, Unit, WaveLines
from exitline.stats.measure.relative_lines import Boundary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from exitline.stats.engine.base import Engine


@dataclass(frozen=True)
class PanelSpec:
    """How a panel is to be read.

    Parameters
    ----------
    columns : PanelColumns
    waves : tuple of str
        In the order of time. Empty: the file names, or the sorted values of the wave column.
    lines : WaveLines
    unit : {"persons", "households"}
        What is counted; persons need `design.size`.
    labels : tuple of mappings
        What the values of each domain column mean, as the files say; `open_panel` fills it in.

    Examples
    --------
    >>> spec = panel_spec(household="id", welfare="y_{wave}", waves=("a", "b"), line=2.0)
    >>> spec.waves, spec.unit
    (('a', 'b'), 'households')
    """

    columns: PanelColumns
    waves: tuple[str, ...] = ()
    lines: WaveLines = field(default_factory=WaveLines)
    unit: Unit = "households"
    labels: tuple[Mapping[Any, str], ...] = ()


@dataclass(frozen=True)
class WaveReport:
    """What one wave holds.

    Attributes
    ----------
    wave : str
    households : int
        Rows, each one household.
    unknown : int
        Households whose welfare (or state) is missing in this wave.
    ids : (int, int) or None
        Lowest and highest id of a file that is sorted by integer ids: such waves can be
        joined range by range. None where it is not known to be sorted.
    """

    wave: str
    households: int
    unknown: int
    ids: tuple[int, int] | None = None


@dataclass(frozen=True)
class OpenPanel:
    """A panel that an engine can query: one unbound table a wave.

    Attributes
    ----------
    engine : Engine
    tables : tuple of ibis.Table
        As `exitline.stats.measure.over_time.panels.wave_tables` returns them.
    spec : PanelSpec
        With the waves filled in.
    reports : tuple of WaveReport
    kinds : tuple of Ibis types
        Of the household ids as they were read: one a table.
    """

    engine: Engine
    tables: tuple[Any, ...]
    spec: PanelSpec
    reports: tuple[WaveReport, ...]
    kinds: tuple[Any, ...] = ()


def panel_spec(
    *,
    household: str,
    welfare: str | None = None,
    state: str | None = None,
    wave: str | None = None,
    waves: Sequence[str] = (),
    line: float | str | Mapping[str, float] | None = None,
    boundary: Boundary = "<",
    design: Design | None = None,
    by: str | Sequence[str] = (),
    extras: Sequence[str] = (),
    unit: Unit | None = None,
) -> PanelSpec:
    """A `PanelSpec` from plain arguments.

    Parameters
    ----------
    household : str
        Column of the household's id.
    welfare, state : str, optional
        Welfare column, or a column that says poor or not; ``{wave}`` in a wide table.
    wave : str, optional
        Wave column of a long table.
    waves : sequence of str
        Names of the waves in the order of time.
    line : float, str or mapping
        One line for all waves (constant prices), a column, or a line for each wave.
    boundary : {"<", "<="}
        Who is poor: strictly below the line, or also exactly on it.
    design : Design, optional
    by : str or sequence of str
        Columns to break down by.
    extras : sequence of str
        Predictors, ``{wave}`` in a wide table.
    unit : {"persons", "households"}, optional
        Persons where the design has a size, unless told otherwise.

    Returns
    -------
    PanelSpec
    """
    design = design or Design()
    _refuse_design(design)
    by = (by,) if isinstance(by, str) else tuple(by)
    columns = PanelColumns(household, welfare, state, wave, design, by, tuple(extras))
    return PanelSpec(
        columns=columns,
        waves=tuple(str(w) for w in waves),
        lines=_lines(line, boundary),
        unit=unit or ("persons" if design.size else "households"),
    )


def _refuse_design(design: Design) -> None:
    """Refuse what a panel's variance does not use, so that nobody believes it did."""
    unused = [n for n in design.sampling.declared if n not in ("strata", "psu", "census")]
    if unused:
        raise DesignError(
            f"panels do not use design.{unused[0]}",
            expected="weight, size, strata and psu (or census: true for a full count)",
            got=", ".join(unused),
            remedy="leave it out: variances are then linearised at the first-stage clusters, "
            "as if these were drawn with replacement, which is on the safe side",
        )


def _lines(line: float | str | Mapping[str, float] | None, boundary: Boundary) -> WaveLines:
    if line is None:
        return WaveLines()
    if isinstance(line, int | float | str):
        value = line if isinstance(line, str) else float(line)
        return WaveLines(PovertyLine("line", value, boundary))
    return WaveLines(
        by_wave={str(w): PovertyLine("line", float(z), boundary) for w, z in line.items()}
    )
