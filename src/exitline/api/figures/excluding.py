"""Rows with a missing value are left out of the measures that need it, and of no others.

As R's `na.rm`, which refers to one variable: measures that need different columns are estimated
in a query each. Cells hold the clusters of all rows, used or not, so that strata and clusters have
the same codes in every query and figures of two measures covary as they did. Where each household
is a cluster of its own they cannot be told apart across queries: `Rows.query` then keeps figures
from being compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from exitline.stats.infer.designs.usable import LEFT_OUT
from exitline.words.said import Said, say_plural

if TYPE_CHECKING:
    from exitline.stats.infer.blocks import Block
    from exitline.stats.infer.estimates import Estimates
    from exitline.stats.measure.model import Measure

Needs = tuple[bool, bool, tuple[str, ...]]


def by_needs(
    measures: Sequence[Measure], *, column_lines: bool = False
) -> dict[Needs, list[Measure]]:
    """Measures by what must be there on a row: welfare, a line of its own, columns of amounts.

    Parameters
    ----------
    measures : sequence of Measure
    column_lines : bool
        Whether a line is a column, which can be missing on a row.

    Examples
    --------
    >>> from exitline.stats.measure.catalogue import named
    >>> list(by_needs([named("mean"), named("mean(a)"), named("ratio(a, b)"), named("gini")]))
    [(True, False, ()), (False, False, ('a',)), (False, False, ('a', 'b'))]
    """
    found: dict[Needs, list[Measure]] = {}
    for measure in measures:
        parts = [part for term in (*measure.terms, measure.about) for part in term.parts]
        amounts = dict.fromkeys(p.column for p in parts if p.kind == "amount" and p.column)
        at_line = measure.at_line
        needs = (measure.needs_welfare or at_line, at_line and column_lines, tuple(amounts))
        found.setdefault(needs, []).append(measure)
    return found


def needs_apart(
    groups: Mapping[Needs, Sequence[Measure]], *, welfare: str | None, column_lines: bool
) -> bool:
    """Whether one query would leave rows out of measures that do not need what they lack.

    Parameters
    ----------
    groups : mapping
        From `by_needs`.
    welfare : str, optional
    column_lines : bool

    Examples
    --------
    >>> from exitline.stats.measure.catalogue import named
    >>> alone = by_needs([named("mean(a)")])
    >>> [needs_apart(alone, welfare=one, column_lines=False) for one in ("spending", None)]
    [True, False]
    """
    if len(groups) != 1:
        return len(groups) > 1
    needs_welfare, own_line, _ = next(iter(groups))
    return (welfare is not None and not needs_welfare) or (column_lines and not own_line)


def apart(
    measures: Sequence[Measure],
    groups: dict[Needs, list[Measure]],
    estimated: Callable[..., Estimates],
    *,
    welfare: str | None,
    line: Any,
    by_household: bool,
) -> Estimates:
    """The estimates of each group, as one table in the order of the measures.

    Parameters
    ----------
    measures : sequence of Measure
    groups : dict
        These, as `by_needs` gives them.
    estimated : callable
        From measures, `welfare` and `line` to the estimates of one group.
    welfare, line
        As they were asked for.
    by_household : bool
        Whether each household is a cluster of its own.
    """
    found = []
    for number, ((needs_welfare, _, _), some) in enumerate(groups.items()):
        one = estimated(
            some,
            welfare=welfare if needs_welfare else None,
            line=line if any(measure.at_line for measure in some) else None,
        )
        if by_household:
            one = replace(one, blocks=tuple(_numbered(b, number) for b in one.blocks))
        found.append(replace(one, notes=_named(one, some)))
    order = {measure.name: i for i, measure in enumerate(measures)}
    sets = list(dict.fromkeys(block.by for block in found[0].blocks))
    blocks = [block for one in found for block in one.blocks]
    blocks.sort(key=lambda block: (sets.index(block.by), order[block.measure]))
    excluded: dict[str, int] = {}
    for one, (_, _, amounts) in zip(found, groups, strict=True):
        for reason, rows in one.excluded.items():
            column = f" ({', '.join(amounts)})" if reason == "missing_value" else ""
            excluded[reason + column] = rows
    notes = dict.fromkeys(note for one in found for note in one.notes)
    return replace(found[0], blocks=tuple(blocks), notes=tuple(notes), excluded=excluded)


def _numbered(block: Block, number: int) -> Block:
    """The block, with the query that its clusters are of."""
    return replace(block, rows=replace(block.rows, query=number))


def _named(found: Estimates, measures: Sequence[Measure]) -> tuple[str, ...]:
    """The notes; those on rows left out say of which measures."""
    names = ", ".join(measure.name for measure in measures)
    return tuple(_of_measures(note, names) for note in found.notes)


def _of_measures(note: str, names: str) -> str:
    """A note on rows left out, with the measures that leave them out."""
    if not (isinstance(note, Said) and str(note.parts.get("reason")) in LEFT_OUT.values()):
        return note
    return say_plural("{n} household left out of {measures}: {reason}",
                      "{n} households left out of {measures}: {reason}", note.n, measures=names,
                      reason=note.parts["reason"])  # fmt: skip
