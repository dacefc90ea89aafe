"""Movements between the waves of a panel as unbound expressions: totals of transitions.

Everything here takes waves as `exitline.stats.measure.over_time.panels.wave_tables` returns them.
Two waves
are joined at a time, so that thirty million households and any number of waves need memory
for one join; the wider join is kept for the table of whole histories.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis

from exitline.stats.measure.over_time.panels import Unit

CELLS = ("poor_poor", "poor_out", "out_poor", "out_out")
"""The four cells of a 2 x 2 transition table, state before and state after."""


def opening_totals(before: Any, unit: Unit) -> Any:
    """Totals of the states in a wave, by stratum, cluster and domain.

    Parameters
    ----------
    before : ibis.Table
        A wave as `exitline.stats.measure.over_time.panels.wave_tables` returns it.
    unit : {"persons", "households"}
        Persons weigh by household weight x size.

    Returns
    -------
    ibis.Table
        ``stratum``, ``stage1`` ..., ``domain1`` ...; for "poor" and "out" the weighted total
        ``sum_<cell>`` and the number of households ``n_<cell>``.
    """
    known = before.filter(before.poor.notnull())
    coded = known.select(
        *_design_keys(known), cell=ibis.ifelse(known.poor, 0, 1), weight=_weight(known, unit)
    )
    return _grouped(coded, ("poor", "out"))


def transition_totals(before: Any, after: Any, unit: Unit, *, compare: bool = True) -> Any:
    """Totals of the transitions of households that are in both waves.

    Weight, cluster and domain are those of the wave before. Households that are lost are
    what `opening_totals` has more.

    Parameters
    ----------
    before, after : ibis.Table
        Two waves as `exitline.stats.measure.over_time.panels.wave_tables` returns them, one row a
        household.
    unit : {"persons", "households"}
    compare : bool
        Count households with exactly the same welfare in both waves.

    Returns
    -------
    ibis.Table
        ``stratum``, ``stage1`` ..., ``domain1`` ...; for each of `CELLS` the weighted total
        ``sum_<cell>`` and the number of households ``n_<cell>``; ``found`` households in both
        waves, also where a state is unknown, and, where asked for, those with exactly the
        ``same`` welfare.
    """
    later = after.select("household", is_poor=after.poor, later_welfare=after.welfare)
    both = before.join(later, "household")
    was, now = both["poor"], both["is_poor"]
    code = ibis.ifelse(was, ibis.ifelse(now, 0, 1), ibis.ifelse(now, 2, 3))
    unknown = was.isnull() | now.isnull()
    coded = both.select(
        *_design_keys(before),
        cell=ibis.ifelse(unknown, ibis.null("int64"), code),
        weight=_weight(both, unit),
        **({"same": both["welfare"] == both["later_welfare"]} if compare else {}),
    )
    return _grouped(coded, CELLS)


def within(wave: Any, low: int, high: int) -> Any:
    """The households of a wave with ids from `low` to below `high`."""
    return wave.filter((wave.household >= low) & (wave.household < high))


def _grouped(coded: Any, cells: Sequence[str]) -> Any:
    """Totals by design, domain and cell; then one row by design and domain, cells side by side.

    Two steps, so that the big table is summed once and only the small result is spread.
    """
    keys = _design_keys(coded)
    sums = {"total": coded["weight"].sum(), "households": coded.count()}
    if "same" in coded.columns:
        sums["same"] = coded["same"].fill_null(False).cast("int64").sum()
    fine = coded.group_by([*keys, "cell"]).aggregate(**sums)
    spread: dict[str, Any] = {}
    for code, cell in enumerate(cells):
        here = (fine["cell"] == code).fill_null(False)
        spread[f"sum_{cell}"] = ibis.ifelse(here, fine["total"], 0.0).sum()
        spread[f"n_{cell}"] = ibis.ifelse(here, fine["households"], 0).sum()
    spread["found"] = fine["households"].sum()
    if "same" in coded.columns:
        spread["same"] = fine["same"].sum()
    return fine.group_by(keys).aggregate(**spread) if keys else fine.aggregate(**spread)


def _weight(table: Any, unit: Unit) -> Any:
    """Weight of what is counted."""
    return table["weight"] * table["size"] if unit == "persons" else table["weight"]


def _design_keys(table: Any) -> list[str]:
    """Names of the stratum, cluster and domain columns."""
    return [c for c in table.columns if c == "stratum" or c.startswith(("stage", "domain"))]


def sequence_totals(waves: Sequence[Any], unit: Unit) -> Any:
    """The whole 2^k table: totals of each sequence of states over all waves.

    Only households whose state is known in every wave take part (a balanced panel); weight,
    cluster and domain are those of the first wave.

    Parameters
    ----------
    waves : sequence of ibis.Table
        As `wave_tables` returns them.
    unit : {"persons", "households"}

    Returns
    -------
    ibis.Table
        ``stratum``, ``stage1`` ..., ``domain1`` ..., ``sequence`` (bit t, counted from the
        last wave, is set where the household is poor in wave t: reading the binary number
        from the left is reading the waves in order), ``sum0`` and ``n``.
    """
    first = waves[0].filter(waves[0].poor.notnull())
    keys = _design_keys(first)
    joined = first.mutate(sequence=first.poor.cast("int64"))
    for wave in waves[1:]:
        later = wave.filter(wave.poor.notnull()).select("household", later_poor=wave.poor)
        joined = joined.join(later, "household")
        joined = joined.select(
            "household", *keys, "weight", "size",
            sequence=joined["sequence"] * 2 + joined["later_poor"].cast("int64"),
        )  # fmt: skip
    weight = _weight(joined, unit)
    return joined.group_by([*keys, "sequence"]).aggregate(sum0=weight.sum(), n=joined.count())


def long_panel(waves: Sequence[Any]) -> Any:
    """All waves below each other, with the number of the wave in ``wave`` (from 0)."""
    numbered = [w.mutate(wave=ibis.literal(i, "int64")) for i, w in enumerate(waves)]
    return ibis.union(*numbered) if len(numbered) > 1 else numbered[0]


def lasting_state(states: Sequence[Any], above: Sequence[Any], k: int) -> Any:
    """The state after the last wave when an exit must last `k` waves above a buffered line.

    A household that is below the line is poor. Once poor it is out only after `k` waves in
    a row above the buffered line; in between it keeps the state it had.

    Parameters
    ----------
    states : sequence of ibis boolean columns
        Below the line, wave by wave.
    above : sequence of ibis boolean columns
        At or above the buffered line, wave by wave.
    k : int
        Waves in a row, 1 or more.

    Returns
    -------
    ibis boolean column
        Poor under the lasting rule in the last wave.
    """
    current = states[0]
    for t in range(1, len(states)):
        run = above[t]
        for back in range(1, k):
            run = run & above[t - back] if t - back >= 0 else ibis.literal(False)
        current = ibis.ifelse(states[t], True, ibis.ifelse(run, False, current))
    return current
