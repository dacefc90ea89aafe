"""What of a finished run is not published: as the run decided, or more where one asks for more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exitline.proof.disclose.counts import Tables, refuse_uncountable
from exitline.proof.disclose.hidden import SHOWN, Hidden, hidden_of

if TYPE_CHECKING:
    from exitline.publish.explorer.runs import RunFolder


def hidden_in(run: RunFolder, min_count: float | None) -> Hidden:
    """What of a run is not published.

    Parameters
    ----------
    run : RunFolder
    min_count : float or None
        Counts from 1 to below this are hidden; never fewer than the run itself hides.

    Returns
    -------
    Hidden

    Raises
    ------
    TableError
        When a full count has figures at a line without the number of the poor, and more is to
        be hidden than the run hid.
    """
    own = Hidden(
        run.min_count,
        frozenset((r["by"], r["domain"]) for r in run.estimates if r["release"] != SHOWN),
        decisions=frozenset(
            (r["level"], r["parent"], r.get("named", r["unit"]), r["criterion"])
            for r in run.decisions if r["release"] != SHOWN
        ),
    )  # fmt: skip
    if min_count is None or min_count <= run.min_count:
        return own
    tables = _tables(run)
    if run.census:
        refuse_uncountable(tables, str(run.path))
    more = hidden_of(tables, min_count, {})
    return Hidden(min_count, own.areas | more.areas, decisions=own.decisions | more.decisions)


def _tables(run: RunFolder) -> Tables:
    """The run's rows as tables."""
    import pandas as pd

    decided = [{**r, "unit": r.get("named", r["unit"])} for r in run.decisions]
    columns = ["level", "parent", "unit", "criterion", "evidence", "value", "n"]
    return Tables(
        pd.DataFrame(run.estimates), pd.DataFrame(decided, columns=columns),
        pd.DataFrame(run.inside, columns=["by", "domain", "within", "within_domain"]), run.about,
    )  # fmt: skip
