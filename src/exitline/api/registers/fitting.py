"""Whether the cards of a register fit together: cross-checks, and households that may be one."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any


def findings(database: str, *, checks: Path | None = None) -> list[dict[str, Any]]:
    """Run numbered cross-checks on every card; findings are opened, and closed when corrected.

    Parameters
    ----------
    database : str
    checks : Path, optional
        A file of checks; the shipped ones when not given.

    Returns
    -------
    list of dict
        number, text, failing, new, corrected, missing (columns that no card has).

    Raises
    ------
    StoreError
        When there is no register of this release at the address, or the file of checks cannot
        be used.
    """
    from exitline.exits.register.store import opening

    store = opening.open_store(database)
    from exitline.exits.register.store.quality.cross import cross_check, load_checks

    asked = None if checks is None else load_checks(checks)
    return [asdict(one) for one in cross_check(store, asked)]


def pairs(database: str, *, enough: float | None = None, bulk: bool = False) -> dict[str, Any]:
    """Look for households of a village that may be one; a person decides on each pair.

    Parameters
    ----------
    database : str
    enough : float, optional
        The score from which on a pair is shown; with `bulk` the probability of a match.
    bulk : bool
        Look all over the register by Splink, not within villages alone.

    Returns
    -------
    dict
        new (how many), open (one, other, score, why; the most alike first).

    Raises
    ------
    StoreError
        When there is no register of this release at the address; with `bulk`, when Splink is
        not installed or there are too few households.
    """
    from exitline.exits.register.store import opening

    store = opening.open_store(database)
    from exitline.exits.register.store.quality.duplicates import ENOUGH, find_pairs, open_pairs

    if bulk:
        from exitline.exits.register.store.quality.bulk import ENOUGH_IN_BULK, find_pairs_in_bulk

        new = find_pairs_in_bulk(store, enough=ENOUGH_IN_BULK if enough is None else enough)
    else:
        new = find_pairs(store, enough=ENOUGH if enough is None else enough)
    return {
        "new": new,
        "open": [
            {"one": pair.household.key, "other": other.key, "score": pair.score, "why": pair.why}
            for pair, other in open_pairs(store)
        ],
    }
