"""Facts about villages straight from a works file: what each has, and what that rests on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exitline.stats.data.studies.study import Study

ENDINGS = (".yaml", ".yml")


def with_works(study: Study) -> Study:
    """A study whose table of villages, where it is a works file, has a row for each village.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Study
        As it was where the table is one. The columns are those of
        `exitline.exits.works.covered.VillageCoverage.facts`: a criterion's name (met or not),
        ``NAME_share`` and ``NAME_rests_on``.

    Raises
    ------
    WorksError
        For works that cannot be used.
    """
    facts = study.villages
    path = None if facts is None else facts.table.path
    if facts is None or path is None or path.suffix.lower() not in ENDINGS:
        return study
    import pyarrow as pa

    from exitline.exits.works.covered import coverage_of
    from exitline.exits.works.records.folder import open_works
    from exitline.stats.data.table_ref import MadeTable

    found = coverage_of(open_works(path, facts.as_of)).facts()
    rows = pa.Table.from_pandas(found, preserve_index=False)
    made = MadeTable(path=path, where=facts.table.where, table=rows)
    return replace(study, villages=replace(facts, table=made))
