"""Facts about villages and counties, checked against conditions on the unit's own row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from exitline.errors import StudyError

if TYPE_CHECKING:
    from exitline.api.runs.prepare import Ready
    from exitline.exits.decide.units import Facts
    from exitline.rules.standard import Criterion


def unit_facts(ready: Ready, level: str, criteria: Sequence[Criterion]) -> Facts:
    """Whether each condition holds, by criterion and unit.

    Parameters
    ----------
    ready : Ready
    level : {"village", "county"}
    criteria : sequence of Criterion
        Of kind "condition".

    Returns
    -------
    exitline.exits.decide.units.Facts
        Empty where the study has no table of facts: the criteria cannot be told then.
        Villages are told apart by their county, too, where their table of facts names it.

    Raises
    ------
    StudyError
        Where a unit has several rows.
    """
    from exitline.exits.decide.units import Facts
    from exitline.stats.data.keys import written
    from exitline.stats.data.values import written as written_text

    table = ready.data.facts.get(level)
    if table is None:
        return Facts({})
    keys = [level]
    if level == "village" and "county" in table.columns and ready.levels.county:
        keys = ["county", level]
    states: dict[str, Any] = {
        f"state{i}": c.condition.build(table) for i, c in enumerate(criteria) if c.condition
    }
    named = {f"unit{i}": written(table[key]) for i, key in enumerate(keys)}
    found = ready.engine.run(table.select(**named, **states))
    columns = [[written_text(v) for v in found.column(name).to_pylist()] for name in named]
    units = list(zip(*columns, strict=True))
    if len(set(units)) < len(units):
        raise StudyError(
            f"{len(units) - len(set(units)):,} rows of the {level} table repeat a {level}",
            where=f"the study's table of facts, level {level}",
            expected=f"one row per {level}",
            got=f"{len(units):,} rows for {len(set(units)):,} keys",
            remedy="remove the duplicates, or aggregate them before",
        )
    return Facts(
        {
            c.name: dict(zip(units, found.column(f"state{i}").to_pylist(), strict=True))
            for i, c in enumerate(criteria)
        },
        tuple(keys),
    )
