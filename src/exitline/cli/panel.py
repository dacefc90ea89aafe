"""Options that commands on panels share, and the arguments they make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from exitline.cli.shared import numbers
from exitline.cli.shared.designing import LONELY_PSU, WEIGHT
from exitline.cli.shared.options import ENGINE, with_options
from exitline.cli.shared.reading import reads_data

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.argument("data", nargs=-1, required=True, type=click.Path()),
    click.option("--household", required=True, help="Column of the household's id."),
    click.option("--welfare", help="Column of welfare; 'income_{wave}' in a wide table."),
    click.option("--state", help="Instead of welfare: a column that says poor (1) or not (0)."),
    click.option("--wave", help="Column that names the wave, in a long table."),
    click.option("--waves", help="Waves in the order of time: 2018,2020,2022, or with what they "
                 "are called: bsl=Baseline,end=Endline."),
    click.option("--line", help="Line: a number, 730/12, a column, or 2018=60,2020=66."),
    click.option(
        "--boundary", default="<", show_default=True, type=click.Choice(["<", "<="]),
        help="Poor: below the line, or also on it.",
    ),
    WEIGHT,
    click.option("--size", help="Column of household sizes: counts persons."),
    click.option("--strata", help="Column of strata."),
    click.option("--psu", help="Column of primary sampling units."),
    click.option("--nest", is_flag=True, help="PSU ids start anew in each stratum."),
    LONELY_PSU,
    click.option("--census", is_flag=True, help="The data are a census: no sampling error."),
    click.option(
        "--level", default=0.95, show_default=True, help="Confidence of intervals.",
        type=numbers.INSIDE,
    ),
    ENGINE,
    click.option("--json", "as_json", is_flag=True, help="Print JSON."),
)  # fmt: skip


def panel_options(command: F) -> F:
    """Add the options of a panel to a command, in reading order."""
    made: F = with_options(_OPTIONS)(reads_data(command))
    return made


def arguments_of(given: dict[str, Any]) -> dict[str, Any]:
    """What `exitline.dynamics` and `exitline.watch` take, from the panel options."""
    from exitline import Design
    from exitline.api.runs.opening import open_together

    names = ("weight", "size", "strata", "psu", "nest", "lonely", "census")
    kept = ("household", "welfare", "state", "wave", "boundary", "level", "engine")
    waves = given["waves"]
    return {
        "data": open_together(given["data"], **given["reading"]),
        "waves": _waves(waves) if waves else (),
        "line": _line(given["line"]),
        "design": Design(**{name: given[name] for name in names}),
        **{name: given[name] for name in kept},
    }


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _waves(text: str) -> tuple[str, ...] | dict[str, str]:
    """Waves, or each with what it is called."""
    if "=" not in text:
        return _split(text)
    pairs = [part.partition("=") for part in _split(text)]
    return {wave.strip(): called.strip() or wave.strip() for wave, _, called in pairs}


def _line(text: str | None) -> float | str | dict[str, float] | None:
    """A number or fraction, a line for each wave, or a column."""
    if text is None:
        return None
    if "=" in text:
        pairs = (part.partition("=") for part in _split(text))
        return {wave.strip(): numbers.number_in(value, "--line") for wave, _, value in pairs}
    return numbers.number_or_column(text, "--line")
