"""Movements between the waves of a panel as unbound expressions: totals of transitions.

Everything here takes waves as `exitline.measure.panels.wave_tables` returns them. Two waves
are joined at a time, so that thirty million households and any number of waves need memory
for one join; the wider join is kept for the table of whole histories.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis

from exitline.measure.panels import Unit, count_rows

CELLS = ("poor_poor", "poor_out", "out_poor", "out_out")
"""The four cells of a 2 x 2 transition table, state before and state after."""

LOST = ("poor_lost", "out_lost")
"""Households whose state is known before and not known after, by their state before."""


def transition_totals(before: Any, after: Any, unit: Unit) -> Any:
    """The query of one pair of waves: totals of transitions by stratum, cluster and domain.

    Everyone in the wave before takes part, with that wave's weight, cluster and domain;
    whoever is not found in the wave after is counted as lost.

    Parameters
    ----------
    before, after : ibis.Table
        Two waves as `wave_tables` returns them, one row a household.
    unit : {"persons", "households"}
        Persons weigh by household weight x size in the wave before.

    Returns
    -------
    ibis.Table
        ``stratum``, ``stage1`` ..., ``domain1`` ...; for each of `CELLS` and `LOST` the
        weighted total ``sum_<cell>`` and the number of households ``n_<cell>``;
        ``found`` and ``same``: households in both waves, and those with exactly the same
        welfare in both.
    """
    both = _paired(before, after, unit)
    keys = _design_keys(both)
    fine = both.group_by([*keys, "cell"]).aggregate(
        total=both["weight"].sum(),
        households=both.count(),
        found=count_rows(both["found"]),
        same=count_rows(both["welfare"] == both["later_welfare"]),
    )
    sums: dict[str, Any] = {}
    for code, cell in enumerate((*CELLS, *LOST)):
        here = (fine["cell"] == code).fill_null(False)
        sums[f"sum_{cell}"] = ibis.ifelse(here, fine["total"], 0.0).sum()
        sums[f"n_{cell}"] = ibis.ifelse(here, fine["households"], 0).sum()
    sums |= {"found": fine["found"].sum(), "same": fine["same"].sum()}
    return fine.group_by(keys).aggregate(**sums) if keys else fine.aggregate(**sums)


def _design_keys(table: Any) -> list[str]:
    """Names of the stratum, cluster and domain columns."""
    return [c for c in table.columns if c == "stratum" or c.startswith(("stage", "domain"))]


def _paired(before: Any, after: Any, unit: Unit) -> Any:
    """Rows of the wave before, beside the state of the same household in the wave after."""
    later = after.select(
        household=after.household,
        is_poor=after.poor,
        later_welfare=after.welfare,
        found=ibis.literal(True),
    )
    joined = before.left_join(later, "household")
    was, now = joined["poor"], joined["is_poor"]
    code = ibis.ifelse(was, ibis.ifelse(now, 0, 1), ibis.ifelse(now, 2, 3))
    lost = ibis.ifelse(was, 4, 5)
    cell = ibis.ifelse(was.isnull(), ibis.null("int64"), ibis.ifelse(now.isnull(), lost, code))
    return joined.select(
        *_design_keys(before),
        cell=cell,
        welfare=joined["welfare"],
        later_welfare=joined["later_welfare"],
        found=joined["found"],
        weight=joined["weight"] * joined["size"] if unit == "persons" else joined["weight"],
    )


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
    weight = joined["weight"] * joined["size"] if unit == "persons" else joined["weight"]
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
