"""The parts of a dynamics report, by name: what a command or a notebook asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from exitline.errors import MeasureError, nearest
from exitline.stats.infer.blocks import Estimate
from exitline.stats.infer.estimates import Estimates
from exitline.stats.panel.chronic import duration_adjusted, jalan_ravallion
from exitline.stats.panel.durations.histories import sequences
from exitline.stats.panel.durations.lasting import lasting_exits
from exitline.stats.panel.durations.spell import spells
from exitline.stats.panel.durations.survival import kaplan_meier
from exitline.stats.panel.growth import mobility
from exitline.stats.panel.modelled.attrition import response_model, weighted_rates
from exitline.stats.panel.modelled.error_bounds import misclassification_bounds, reliability_bounds
from exitline.stats.panel.panel import Panel, read_panel
from exitline.stats.panel.persistent import persistent_risk
from exitline.stats.panel.rates import transitions
from exitline.words.said import Numeral, Told, say, say_plural
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd

    from exitline.stats.engine.base import Engine
    from exitline.stats.infer.intervals import ShareMethod
    from exitline.stats.panel.spec import PanelSpec


@dataclass(frozen=True)
class DynamicsOptions:
    """Parameters of the parts; each part uses its own.

    Attributes
    ----------
    level : float
    interval : str
        Of shares.
    times : tuple of float
        Times of the waves, for survival; 0, 1, 2 ... when empty.
    k, buffer
        Of lasting exits: waves in a row, and share above the line.
    groups : int
        Quantile groups of mobility.
    cutoff, alpha : float
        Of duration-adjusted and of chronic and transient poverty.
    wrong_share : float
        Largest share of misclassified households.
    reliability : tuple of float
    compare : mapping of column to (value, value)
        Differences between two values of a domain column.
    share : float
        Of persistent risk: the threshold as a share of each wave's median; 0 for the lines.
    before, least : int
        Waves before the last that are looked at, and in how many of them at least.
    """

    level: float = 0.95
    interval: ShareMethod = "logit"
    times: tuple[float, ...] = ()
    k: int = 2
    buffer: float = 0.25
    groups: int = 5
    cutoff: float = 0.5
    alpha: float = 2.0
    wrong_share: float = 0.05
    reliability: tuple[float, ...] = (1.0, 0.9, 0.8)
    compare: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    share: float = 0.6
    before: int = 3
    least: int = 2


@dataclass(frozen=True)
class DynamicsSection(ShownResult):
    """One part of a report.

    Attributes
    ----------
    name : str
        As in `PARTS`.
    title : str
        The question it answers.
    records : tuple of dict
        Rows; estimates have the contract's columns, and whether they are a difference.
    notes : tuple of str
    """

    name: str
    title: str
    records: tuple[Mapping[str, Any], ...]
    notes: tuple[str, ...] = ()

    def to_pandas(self) -> pd.DataFrame:
        """The rows."""
        import pandas as pd

        return pd.DataFrame(list(self.records))


@dataclass(frozen=True)
class _Request:
    """What a part is made from."""

    data: Any
    spec: PanelSpec
    options: DynamicsOptions
    engine: Any
    panel: Callable[[], Panel]


def dynamics(
    data: Any, spec: PanelSpec, parts: Sequence[str] = ("rates", "histories"),
    options: DynamicsOptions | None = None, *, engine: str | Engine = "duckdb",
) -> tuple[DynamicsSection, ...]:  # fmt: skip
    """The parts of a report on movements in and out of poverty.

    Parameters
    ----------
    data : path, table, or sequence of these
    spec : PanelSpec
    parts : sequence of str
        Names in `PARTS`: rates, histories, attrition, survival, chronic, duration,
        mobility, lasting, bounds, reliability, persistent.
    options : DynamicsOptions, optional
    engine : str or Engine

    Returns
    -------
    tuple of DynamicsSection
        In the order asked for.

    Raises
    ------
    MeasureError
        For a part that does not exist.

    Examples
    --------
    >>> import pandas as pd
    >>> from exitline.stats.panel import panel_spec
    >>> wide = pd.DataFrame({"id": range(4), "y_a": [1., 1., 3., 3.], "y_b": [1., 3., 3., 3.]})
    >>> spec = panel_spec(household="id", welfare="y_{wave}", waves=("a", "b"), line=2.0)
    >>> [section.name for section in dynamics(wide, spec, ["rates", "chronic"])]
    ['rates', 'chronic']
    """
    for part in parts:
        if part not in PARTS:
            raise MeasureError(
                f"a dynamics report has no part '{part}'",
                expected="one of " + ", ".join(PARTS),
                got=part,
                remedy=nearest(part, PARTS) or "choose one of these",
            )
    kept: list[Panel] = []

    def panel() -> Panel:
        if not kept:
            kept.append(read_panel(data, spec, engine=engine))
        return kept[0]

    request = _Request(data, spec, options or DynamicsOptions(), engine, panel)
    return tuple(PARTS[part](request) for part in dict.fromkeys(parts))


def _records(estimates: Estimates, options: DynamicsOptions) -> tuple[Mapping[str, Any], ...]:
    """Estimates as rows, with the differences asked for."""
    rows = list(estimates)
    found = [_record(e) for e in rows]
    for column, (a, b) in options.compare.items():
        measures = dict.fromkeys(e.measure for e in rows if e.by == column)
        for measure in measures:
            pair = [{"measure": measure, "by": column, "domain": value} for value in (a, b)]
            found.append({**_record(estimates.difference(*pair)), "difference": True})
    return tuple(found)


def _record(e: Estimate) -> Mapping[str, Any]:
    """One estimate with the contract's columns and the reason why it is missing."""
    return {
        "measure": e.measure, "line": e.line, "by": e.by, "domain": e.domain,
        "estimate": e.estimate, "se": e.se, "ci_low": e.ci_low, "ci_high": e.ci_high,
        "level": e.level, "df": e.df, "n": e.n, "population": e.population, "reason": e.reason,
        "difference": False,
    }  # fmt: skip


def _rates(request: _Request) -> DynamicsSection:
    found = transitions(
        request.data,
        request.spec,
        level=request.options.level,
        interval=request.options.interval,
        engine=request.engine,
    )
    title = say("Who left poverty and who fell into it, from wave to wave")
    return DynamicsSection("rates", title, _records(found.estimates, request.options), found.notes)


def _histories(request: _Request) -> DynamicsSection:
    found = sequences(
        request.data,
        request.spec,
        level=request.options.level,
        interval=request.options.interval,
        engine=request.engine,
    )
    title = say_plural(
        "The history of {n} household over all waves",
        "The histories of {n} households over all waves",
        found.balanced,
    )
    return DynamicsSection(
        "histories", title, _records(found.estimates, request.options), found.notes
    )


def _attrition(request: _Request) -> DynamicsSection:
    panel = request.panel()
    records: list[Mapping[str, Any]] = []
    notes: list[str] = []
    for before, after in zip(panel.waves[:-1], panel.waves[1:], strict=True):
        found = weighted_rates(
            panel,
            response_model(panel, before, after),
            level=request.options.level,
            interval=request.options.interval,
        )
        records += _records(found, request.options)
        notes += found.notes
    title = say("The same rates, weighted for households that were lost")
    return DynamicsSection("attrition", title, tuple(records), tuple(notes))


def _survival(request: _Request) -> DynamicsSection:
    panel, options = request.panel(), request.options
    records: list[Mapping[str, Any]] = []
    notes: list[str] = []
    for state in ("poor", "out"):
        found = kaplan_meier(spells(panel, state, options.times or None), level=options.level)
        records += [
            {"state": state, "time": float(found.time[i]), "at_risk": int(found.at_risk[i]),
             "ended": int(found.events[i]), "hazard": float(found.hazard[i]),
             "still_in": float(found.survival[i]), "se": float(found.se[i]),
             "ci_low": float(found.ci_low[i]), "ci_high": float(found.ci_high[i])}
            for i in range(len(found.time))
        ]  # fmt: skip
        notes += [
            say("spells '{state}': {text}", state=Told(state), text=Told(text))
            for text in found.notes
        ]
    return DynamicsSection("survival", say("How long spells last"), tuple(records), tuple(notes))


def _chronic(request: _Request) -> DynamicsSection:
    options = request.options
    found = jalan_ravallion(
        request.panel(), alpha=options.alpha, level=options.level, interval=options.interval
    )
    title = say("How much of poverty is chronic (Jalan and Ravallion)")
    return DynamicsSection("chronic", title, _records(found, options), found.notes)


def _duration(request: _Request) -> DynamicsSection:
    options = request.options
    found = duration_adjusted(
        request.panel(), cutoff=options.cutoff, level=options.level, interval=options.interval
    )
    share = Numeral(f"{100 * options.cutoff:g} %")
    title = say("Who is poor in at least {share} of the waves (Foster)", share=share)
    return DynamicsSection("duration", title, _records(found, options), found.notes)


def _mobility(request: _Request) -> DynamicsSection:
    panel, options = request.panel(), request.options
    first, last = panel.waves[0], panel.waves[-1]
    found = mobility(
        panel, first, last, groups=options.groups, level=options.level, interval=options.interval
    )
    title = say("Growth from {first} to {last} of those who began poorest", first=first, last=last)
    return DynamicsSection("mobility", title, _records(found, options), found.notes)


def _lasting(request: _Request) -> DynamicsSection:
    options = request.options
    found = lasting_exits(
        request.panel(),
        k=options.k,
        buffer=options.buffer,
        level=options.level,
        interval=options.interval,
    )
    title = say("Exits that last")
    return DynamicsSection("lasting", title, _records(found.estimates, options), found.notes)


def _bounds(request: _Request) -> DynamicsSection:
    options = request.options
    found = transitions(request.data, request.spec, level=options.level, engine=request.engine)
    bounds = [
        b
        for before, after in zip(found.waves[:-1], found.waves[1:], strict=True)
        for b in misclassification_bounds(found.estimates, before, after, share=options.wrong_share)
    ]
    records = tuple(
        {"measure": b.measure.partition("(")[0], "waves": b.measure.partition("(")[2][:-1],
         "domain": b.domain, "observed": b.observed, "low": b.low,
         "high": b.high, "ci_low": b.ci_low, "ci_high": b.ci_high}
        for b in bounds
    )  # fmt: skip
    title = say("What exit rates may be when some states are wrong")
    return DynamicsSection(
        "bounds", title, records, tuple(dict.fromkeys(b.assumption for b in bounds))
    )


def _reliability(request: _Request) -> DynamicsSection:
    panel, options = request.panel(), request.options
    records: list[Mapping[str, Any]] = []
    notes: list[str] = []
    for before, after in zip(panel.waves[:-1], panel.waves[1:], strict=True):
        found = reliability_bounds(panel, before, after, reliability=options.reliability)
        records += [
            {"waves": f"{before}>{after}", "reliability": r.reliability,
             "exit_rate": r.exit_rate, "exit_se": r.exit_se, "entry_rate": r.entry_rate,
             "entry_se": r.entry_se, "observed_exit": found.observed_exit,
             "observed_entry": found.observed_entry}
            for r in found.rates
        ]  # fmt: skip
        notes += found.notes
    title = say("Exit rates when part of the variance of welfare is error (normal model)")
    return DynamicsSection("reliability", title, tuple(records), tuple(dict.fromkeys(notes)))


def _persistent(request: _Request) -> DynamicsSection:
    options = request.options
    found = persistent_risk(
        request.panel(), share=options.share or None, before=options.before, least=options.least,
        level=options.level, interval=options.interval,
    )  # fmt: skip
    title = say("Poor in the last wave, and in {least} of the {before} before it or more",
                least=options.least, before=options.before)  # fmt: skip
    return DynamicsSection("persistent", title, _records(found, options), found.notes)


PARTS: Mapping[str, Callable[[_Request], DynamicsSection]] = {
    "rates": _rates,
    "histories": _histories,
    "attrition": _attrition,
    "survival": _survival,
    "chronic": _chronic,
    "duration": _duration,
    "mobility": _mobility,
    "lasting": _lasting,
    "bounds": _bounds,
    "reliability": _reliability,
    "persistent": _persistent,
}
"""The parts of a report by name."""
