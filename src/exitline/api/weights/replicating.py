"""Replicate weights made from strata and PSUs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.api.weights.reweighted import Reweighted, numbered, refuse_names
from exitline.stats.data.sampling.design import Design, ReplicateKind
from exitline.stats.infer.weighting.replicates import Kind, Multipliers

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.stats.data.scannable import Source
    from exitline.stats.engine.base import Engine
    from exitline.stats.measure.weighting.keyed import GroupKey


@dataclass(frozen=True)
class Replicated(Reweighted):
    """Rows with replicate weights, and how their variance is made of them.

    Attributes
    ----------
    kind : str
    scale : float
    rscales : tuple of float
    mse : bool
        As R's svrepdesign: V = scale x sum of rscales x squared deviations, from the full-sample
        figure (mse) or from the mean of the replicates.
    rho : float or None
        Fay's factor.
    size : str or None
        Column of household sizes.
    """

    kind: Kind = "JKn"
    scale: float = 1.0
    rscales: tuple[float, ...] = ()
    mse: bool = False
    rho: float | None = None

    size: str | None = None

    @property
    def replicates(self) -> tuple[str, ...]:
        """Names of the new columns."""
        return tuple(self.new)

    @property
    def declared(self) -> ReplicateKind:
        """The kind under which a design takes them."""
        if self.kind == "mrbbootstrap" or self.kind == "rescaled":
            return "other"
        return self.kind

    @property
    def design(self) -> Design:
        """The design that estimates take: the weight with these replicates."""
        return Design(
            weight=self.weight, size=self.size, replicates=self.replicates, kind=self.declared,
            scale=self.scale, rscales=self.rscales, mse=self.mse, rho=self.rho,
        )  # fmt: skip

    @property
    def multipliers(self) -> pa.Table:
        """What the weights of each sampled cluster are multiplied by."""
        return self.groups.select(list(self.new))


def replicate_weights(
    data: Any,
    design: Design,
    kind: Kind = "JKn",
    *,
    replicates: int | None = None,
    seed: int | None = None,
    rho: float | None = None,
    order: str | None = None,
    mse: bool = False,
    prefix: str = "rw",
    engine: str | Engine = "duckdb",
) -> Replicated:
    """Make replicate weights, from which any figure's standard error follows.

    Parameters
    ----------
    data : path, pandas, Polars or PyArrow table, Ibis table, or Source
    design : Design
        Weight, strata, PSUs, fpc, and what a stratum with a single PSU contributes.
    kind : {"JKn", "JK1", "BRR", "Fay", "SDR", "subbootstrap", "bootstrap", "rescaled", ...}
        Jackknife with or without strata; balanced halves of pairs of PSUs, and Fay's variant of
        them; successive differences, for systematic samples; Rao and Wu's bootstrap of n - 1
        PSUs; Canty and Davison's of n; Rao, Wu and Yue's ("rescaled"), as the first but with
        population sizes; Preston's of all stages ("mrbbootstrap").
    replicates : int, optional
        Of a bootstrap (500), or at least of successive differences.
    seed : int, optional
        Of a bootstrap: the same seed gives the same weights.
    rho : float, optional
        Fay's factor, such as 0.3.
    order : str, optional
        Column with the order in which PSUs were selected, for successive differences.
    mse : bool
        Deviations are taken from the full-sample figure, instead of from their mean.
    prefix : str
        New columns are called ``rw1``, ``rw2`` ...
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    Replicated
        ``to_pandas()``, ``to_arrow()`` and ``write(path)`` give the rows with the replicate
        weights.

    Raises
    ------
    DesignError, DataError
        Where the design does not allow replicates of this kind, or rows cannot be used.

    References
    ----------
    Wolter (2007), Introduction to Variance Estimation, chapters 3-5; Fay and Train (1995),
    Proceedings of the Section on Government Statistics, ASA, 154-159; Rao and Wu (1988), Journal
    of the American Statistical Association 83, 231-241; Canty and Davison (1999), The
    Statistician 48, 379-391; Rao, Wu and Yue (1992), Survey Methodology 18, 209-217; Preston
    (2009), Survey Methodology 35, 227-234.

    Examples
    --------
    >>> import pandas as pd
    >>> homes = pd.DataFrame({"ea": [1, 1, 2], "w": [10.0, 10.0, 15.0]})
    >>> found = replicate_weights(homes, Design(weight="w", psu="ea"), "JK1")
    >>> found.to_pandas()[["rw1", "rw2"]].to_numpy().tolist()
    [[0.0, 20.0], [0.0, 20.0], [30.0, 0.0]]
    >>> found.scale
    0.5
    """
    from exitline.stats.engine.session import session
    from exitline.stats.infer.weighting.making import check_kind, clusters_of, make

    check_kind(kind, replicates, rho)
    _check(design)
    source, keys = _source(data, design, order, engine), _keys(design, kind)
    with session(engine) as running:
        found = _clusters(numbered(source), design, keys, order, running)
    made = make(clusters_of(found, design), kind, replicates, seed, rho)
    new = tuple(f"{prefix}{i + 1}" for i in range(made.values.shape[1]))
    if source.names is not None:
        refuse_names(new, source.names)
    return Replicated(
        source, engine, keys, _groups(found, len(keys), new, made), {n: n for n in new},
        design.weight, made.notes, kind, made.scale, tuple(made.rscales.tolist()), mse, rho,
        design.size,
    )  # fmt: skip


def _check(design: Design) -> None:
    """Refuse designs without clusters."""
    design.sampling.in_stages("replicate weights are made from strata and PSUs")


def _source(data: Any, design: Design, order: str | None, engine: str | Engine) -> Source:
    """The rows; in memory where each is a cluster of its own, so that they keep their numbers."""
    from exitline.stats.data.scannable import Source
    from exitline.stats.data.source import open_source
    from exitline.stats.data.studies.uses import role_uses
    from exitline.stats.engine.session import session

    source = open_source(data).using(role_uses(design, numeric=(order,)))
    if design.stages or source.kind == "arrow":
        return source
    with session(engine) as running:
        rows = running.run(running.attach(source, "rows"))
    return Source(kind="arrow", table=rows, labels=source.labels, uses=source.uses)


def _keys(design: Design, kind: str) -> tuple[GroupKey, ...]:
    """What a multiplier depends on: stratum and PSU; for Preston's bootstrap, all stages."""
    from exitline.stats.measure.weighting.keyed import ROW, GroupKey

    strata = design.strata_columns
    stages = design.stages or (ROW,)
    if kind != "mrbbootstrap":
        stages = stages[:1]
    crossed = (GroupKey(strata if len(strata) > 1 else strata[0]),) if strata else ()
    return (*crossed, *(GroupKey(stage) for stage in stages))


def _clusters(
    source: Source, design: Design, keys: tuple[GroupKey, ...], order: str | None, running: Engine
) -> pa.Table:
    """One row for each cluster, in their order, under the names of a totals query."""
    from exitline.stats.infer.weighting.usable import refuse_missing_ranges, refuse_unusable_groups
    from exitline.stats.measure.passes.plan import require_usable
    from exitline.stats.measure.weighting.keyed import groups, key_name

    table = running.attach(source, "households")
    require_usable([*design.columns, *([order] if order else [])], table)
    strata = 1 if design.strata_columns else 0
    used = design.fpcs[: len(keys) - strata]
    ranges = {f"fpc{i + 1}": name for i, name in enumerate(used)}
    ranges |= {"order": order} if order else {}
    found = running.run(groups(table, keys, design.weight, ranges))
    refuse_unusable_groups(found, keys, design.weight)
    refuse_missing_ranges(found, ranges)
    by = [*(["order_min"] if order else []), *(key_name(i) for i in range(len(keys)))]
    found = found.sort_by([(name, "ascending") for name in by])
    named = ["stratum"] * strata + [f"stage{i + 1}" for i in range(len(keys) - strata)]
    known = {key_name(i): name for i, name in enumerate(named)}
    return found.rename_columns([known.get(name, name) for name in found.column_names])


def _groups(found: pa.Table, keys: int, new: tuple[str, ...], made: Multipliers) -> pa.Table:
    """The keys with the multipliers."""
    import pyarrow as pa

    from exitline.stats.measure.weighting.keyed import key_name

    names = [n for n in found.column_names if n == "stratum" or n.startswith("stage")][:keys]
    keyed = found.select(names).rename_columns([key_name(i) for i in range(keys)])
    columns = [pa.array(made.values[:, i]) for i in range(len(new))]
    return pa.table([*keyed.columns, *columns], names=[*keyed.column_names, *new])
