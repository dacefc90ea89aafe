"""`decompose`, `decompose_change` and `esteban_ray`: a figure's parts, and groups apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from exitline.api.figures.estimation import estimate
from exitline.errors import MeasureError

if TYPE_CHECKING:
    from exitline.stats.curves.changes import ChangeSample
    from exitline.stats.curves.tables import Component, Decomposition
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.engine.base import Engine
    from exitline.stats.infer.estimates import Estimates
    from exitline.stats.measure.catalogue import Measure


def decompose(
    data: Any,
    measure: str | Measure,
    *,
    groups: str | None = None,
    sources: Sequence[str] = (),
    welfare: str | None = None,
    line: Any = None,
    design: Design | None = None,
    level: float = 0.95,
    missing: Literal["error", "exclude"] = "error",
    where: str | None = None,
    engine: str | Engine = "duckdb",
) -> Decomposition:
    """Take a figure apart: by groups, by sources, or into how many, how deep, how unequal.

    Parameters
    ----------
    data : as in `exitline.estimate`
    measure : str or Measure
        By `groups`: ge(epsilon), mld, theil and j_divergence (within and between), gini (within,
        between, overlap), or a poverty index that is a mean over persons (what each group
        contributes). By `sources`: gini. Without either: fgt(2) and above, severity or watts.
    groups : str, optional
        A column.
    sources : sequence of str, optional
        Columns of amounts that add up to welfare.
    welfare, line, design, level, missing, where, engine : as in `exitline.estimate`

    Returns
    -------
    Decomposition
        ``to_pandas()`` has a row for each part, with its standard error; ``plot()`` draws it.

    Raises
    ------
    MeasureError
        When the measure has no such parts.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 9.0], "r": ["a", "a", "b", "b"]})
    >>> parts = xl.decompose(homes, "mld", welfare="y", groups="r")
    >>> [round(parts.find(name).estimate, 4) for name in ("total", "within", "between")]
    [0.3245, 0.1014, 0.2231]
    """
    from exitline.stats.measure.catalogue import named

    chosen = named(measure)
    options = {
        "welfare": welfare, "line": line, "design": design, "level": level, "missing": missing,
        "where": where, "engine": engine,
    }  # fmt: skip
    if groups is not None and sources:
        raise MeasureError(
            "a figure is taken apart by groups or by sources, not by both at once",
            expected="groups= or sources=",
            got="both",
            remedy="ask twice",
        )
    if groups is not None:
        return _by_groups(data, chosen, groups, options)
    if sources:
        return _by_sources(data, chosen, tuple(sources), options)
    return _by_depth(data, chosen, options)


def _by_groups(data: Any, measure: Measure, groups: str, options: dict[str, Any]) -> Decomposition:
    from exitline.stats.curves.groups import by_group, term_totals, without_figure
    from exitline.stats.curves.tables import Decomposition

    found = estimate(data, term_totals(measure), by=groups, **options)
    if len({block.line for block in found.blocks if block.line}) > 1:
        raise MeasureError(
            "a figure is taken apart at one line at a time",
            expected="one line",
            got="several",
            remedy="ask once for each",
        )
    parts = by_group(found, measure, groups)
    notes = (*found.notes, *without_figure(parts))
    return Decomposition(measure.name, f"{measure.label} by {groups}", parts, notes)


def _by_depth(data: Any, measure: Measure, options: dict[str, Any]) -> Decomposition:
    from exitline.stats.curves.tables import Decomposition
    from exitline.stats.measure.measures.decomposed import poverty_parts

    found = estimate(data, poverty_parts(measure), **options)
    title = f"{measure.label}: how many, how deep, how unequal"
    return Decomposition(measure.name, title, _components(found), found.notes)


def _by_sources(
    data: Any, measure: Measure, sources: tuple[str, ...], options: dict[str, Any]
) -> Decomposition:
    from exitline.stats.curves.tables import Decomposition
    from exitline.stats.measure.catalogue import named
    from exitline.stats.measure.measures.decomposed import source_parts

    if measure.name != "gini":
        raise MeasureError(
            f"'{measure.name}' has no decomposition by sources",
            expected="gini",
            got=measure.name,
            remedy="ask for gini",
        )
    wanted = [named("gini"), *(part for source in sources for part in source_parts(source))]
    found = estimate(data, wanted, **options)
    title = "Gini index by source of income"
    parts = [_of_source(one, sources) for one in _components(found)]
    return Decomposition("gini", title, tuple(parts), found.notes)


def _of_source(one: Component, sources: tuple[str, ...]) -> Component:
    """A part of a source, under the source's name."""
    for source in sources:
        if one.component.endswith(f" {source}"):
            return replace(one, component=one.component.removesuffix(f" {source}"), group=source)
    return replace(one, component="total")


def _components(found: Estimates) -> tuple[Component, ...]:
    """Figures of all together, as parts."""
    from exitline.stats.curves.tables import Component

    return tuple(
        Component(one.measure, "", one.estimate, one.se, one.ci_low, one.ci_high, one.level,
                  one.df, one.n)
        for one in found
    )  # fmt: skip


def esteban_ray(
    data: Any,
    *,
    groups: str,
    welfare: str,
    alpha: float = 1.3,
    design: Design | None = None,
    level: float = 0.95,
    missing: Literal["error", "exclude"] = "error",
    where: str | None = None,
    engine: str | Engine = "duckdb",
) -> Decomposition:
    """Polarisation between groups (Esteban and Ray 1994): large groups far apart.

    Parameters
    ----------
    data : as in `exitline.estimate`
    groups : str
        The column of the groups that people identify with.
    welfare : str
    alpha : float
        How much size makes for identification: above 0 and at most 1.6; at 0 the index would be
        twice the Gini index of group means.
    design, level, missing, where, engine : as in `exitline.estimate`

    Returns
    -------
    Decomposition
        The total, and the contribution, population share and mean of each group.

    Raises
    ------
    MeasureError
        For an alpha out of range.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> homes = pd.DataFrame({"y": [1.0, 1.0, 3.0, 3.0], "r": ["a", "a", "b", "b"]})
    >>> xl.esteban_ray(homes, groups="r", welfare="y", alpha=1).find("total").estimate
    0.25
    """
    from exitline.stats.curves.groups import polarisation, term_totals, without_figure
    from exitline.stats.curves.tables import Decomposition
    from exitline.stats.measure.catalogue import named

    if not 0 < alpha <= 1.6:
        raise MeasureError(
            "polarisation is not defined for this alpha",
            expected="a number above 0 and at most 1.6",
            got=str(alpha),
            remedy="1.3 is customary",
        )
    found = estimate(data, term_totals(named("mean")), by=groups, welfare=welfare, design=design,
                     level=level, missing=missing, where=where, engine=engine)  # fmt: skip
    parts = polarisation(found, groups, float(alpha))
    notes = (*found.notes, *without_figure(parts))
    return Decomposition("esteban_ray", f"Polarisation by {groups}", parts, notes)


def decompose_change(
    before: Any,
    after: Any,
    measure: str | Measure,
    *,
    line: float,
    welfare: str,
    design: Design | tuple[Design, Design] | None = None,
    level: float = 0.95,
    missing: Literal["error", "exclude"] = "error",
    shared: bool | None = None,
    engine: str | Engine = "duckdb",
) -> Decomposition:
    """What changed a poverty figure between two samples: growth of the mean, redistribution.

    Datt and Ravallion's parts with either sample as base, and Shapley's ("growth" and
    "redistribution"), which leave no residual.

    Parameters
    ----------
    before, after : as `data` in `exitline.estimate`
    measure : str or Measure
        A poverty index at a line: headcount, poverty_gap, severity, fgt(alpha), watts, sen ...
    line : float
        The same in both, in the unit of welfare.
    welfare : str
    design : Design or pair of Design, optional
        One for both, or one for each.
    shared : bool, optional
        As in `exitline.change`: PSUs that stand in both samples with the same stratum and id are
        the same ones, and their covariance is taken in, unless False.
    level, missing, engine : as in `exitline.estimate`

    Returns
    -------
    Decomposition

    Raises
    ------
    DataError, DesignError, MeasureError
        As in `exitline.estimate`; also for a measure without such parts.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> old, new = (pd.DataFrame({"y": y}) for y in ([1.0, 2.0, 3.0, 9.0], [1.0, 3.0, 4.0, 12.0]))
    >>> parts = xl.decompose_change(old, new, "poverty_gap", line=2.5, welfare="y")
    >>> round(parts.find("change").estimate, 3), round(parts.find("growth").estimate, 3)
    (-0.05, -0.067)
    """
    from exitline.stats.curves.changes import growth_and_redistribution
    from exitline.stats.curves.tables import Decomposition
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.measure.catalogue import named

    chosen = named(measure)
    if not chosen.needs_line or chosen.unit not in {"share", "index"}:
        raise MeasureError(
            f"'{chosen.name}' has no parts of growth and redistribution",
            expected="a poverty index at a line, such as headcount or poverty_gap",
            got=chosen.name,
            remedy="for totals of money take the index and multiply",
        )
    designs = design if isinstance(design, tuple) else (design or Design(),) * 2
    options: dict[str, Any] = {
        "welfare": welfare, "level": level, "missing": missing, "engine": engine,
    }  # fmt: skip
    means = [
        estimate(data, "mean", design=one, **options).find().estimate
        for data, one in zip((before, after), designs, strict=True)
    ]
    samples = [
        _sample_at(data, chosen, float(line), means[1 - i], {**options, "design": designs[i]})
        for i, data in enumerate((before, after))
    ]
    parts, notes = growth_and_redistribution(samples[0], samples[1], float(line), shared)
    return Decomposition(chosen.name, f"Change of {chosen.label}", parts, notes)


def _sample_at(
    data: Any, measure: Measure, line: float, other_mean: float, options: dict[str, Any]
) -> ChangeSample:
    """The measure at a line and where the mean were another's, and the mean.

    With welfare brought to another mean, the measure is that at line x own mean / other mean:
    a line relative to the own mean, so that the mean's own error is carried through.

    Parameters
    ----------
    data : as in `exitline.estimate`
    measure : Measure
    line : float
    other_mean : float
    options : dict
        Of `exitline.estimate`.
    """
    from exitline.stats.curves.changes import ChangeSample
    from exitline.stats.measure.lines import PovertyLine
    from exitline.stats.measure.relative_lines import relative_line

    if not other_mean > 0:
        raise MeasureError(
            "growth has no part where a mean is not above zero",
            expected="a mean above zero in both samples",
            got="zero or below",
            remedy="check the welfare column",
        )
    at = relative_line(line / other_mean, "mean", label="at the other mean")
    lines = [PovertyLine("at the line", line), at]
    found = estimate(data, [measure, "mean"], line=lines, **options)
    return ChangeSample(found, "at the line", "at the other mean", measure.name)
