"""Facts about villages and counties, held against conditions on the unit's own row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from exitline.errors import StudyError

if TYPE_CHECKING:
    from exitline.api.prepare import Ready
    from exitline.standard import Criterion


def unit_facts(
    ready: Ready, level: str, criteria: Sequence[Criterion]
) -> dict[str, dict[str, bool | None]]:
    """Whether each condition holds, by criterion and unit.

    Parameters
    ----------
    ready : Ready
    level : {"village", "county"}
    criteria : sequence of Criterion
        Of kind "condition".

    Returns
    -------
    dict of criterion to dict of unit to True, False or None
        Empty where the study has no table of facts: the criteria cannot be told then.

    Raises
    ------
    StudyError
        Where a unit has several rows.
    """
    from exitline.infer.cells import as_text

    table = ready.data.villages if level == "village" else ready.data.counties
    if table is None:
        return {}
    states: dict[str, Any] = {
        f"state{i}": c.condition.build(table) for i, c in enumerate(criteria) if c.condition
    }
    found = ready.engine.run(table.select(unit=table[level], **states))
    units = [as_text(u) for u in found.column("unit").to_pylist()]
    if len(set(units)) < len(units):
        raise StudyError(
            f"{len(units) - len(set(units)):,} rows of the {level} table repeat a {level}",
            where=f"the study's table of facts, level {level}",
            expected=f"one row per {level}",
            got=f"{len(units):,} rows for {len(set(units)):,} keys",
            remedy="remove the duplicates, or aggregate them before",
        )
    return {
        c.name: dict(zip(units, found.column(f"state{i}").to_pylist(), strict=True))
        for i, c in enumerate(criteria)
    }
