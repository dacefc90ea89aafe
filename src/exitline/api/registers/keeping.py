"""A register made, checked, published, copied: what its administrator does."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

Say = Callable[[str], None]


def make(database: str, *, key: Path | None = None, upgrade: bool = False) -> str:
    """A new, empty register, or the tables of an older one brought to this release.

    Parameters
    ----------
    database : str
        ``sqlite:///file`` or ``postgresql://...``.
    key : Path, optional
        The file of the identifiers' key; made where it is not there.
    upgrade : bool
        Bring the tables of a register that is there to this release.

    Returns
    -------
    str
        The address, as it may be shown.

    Raises
    ------
    StoreError
        When the address is no database's, or a register is there already; with `upgrade`, when
        none is.
    """
    from exitline.exits.register.store import opening

    if upgrade:
        store = opening.upgrade_store(database, key_file=key)
        from exitline.exits.works.stored.checked import begin_chains

        begin_chains(store)
        return store.address
    return opening.create_store(database, key_file=key).address


def demo(database: str, *, key: Path | None = None, seed: int = 7) -> dict[str, Any]:
    """A new register with one county of the imaginary country: 600 households, every stage.

    Parameters
    ----------
    database : str
    key : Path, optional
    seed : int
        The same seed and day give the same register.

    Returns
    -------
    dict
        address, households, steps, people (one who may sign in for each role).

    Raises
    ------
    StoreError
        When the address is no database's, or a register is there already.
    """
    from exitline.exits.register.store import opening

    store = opening.create_store(database, key_file=key)
    from exitline.exits.register.store.demo.making import make_demo

    made = make_demo(store, seed=seed)
    return {
        "address": store.address,
        "households": made.households,
        "steps": made.steps,
        "people": [{"person": p, "role": r, "area": a} for p, r, a in made.people],
    }


def check(database: str, *, head: str | None = None, key: Path | None = None) -> dict[str, Any]:
    """Everything taken again: bytes, decisions, steps, and what follows from them.

    Parameters
    ----------
    database : str
    head : str, optional
        A county's head that was noted earlier: it must still be there.
    key : Path, optional
        Beside which the files of papers lie, where that is not beside an SQLite file.

    Returns
    -------
    dict
        events, households, heads, faults (also of works).

    Raises
    ------
    StoreError
        When there is no register of this release at the address; what is damaged is a fault.
    """
    from exitline.exits.register.store import opening

    store = opening.open_store(database, key_file=key)
    from exitline.exits.register.store.audit.check import check as taken_again
    from exitline.exits.works.stored.checked import unfit_works

    found = asdict(taken_again(store, head))
    return found | {"faults": (*found["faults"], *unfit_works(store))}


def head(database: str, *, day: date | None = None) -> dict[str, Any]:
    """The register's head at the end of a day, to be published, and each county's proof.

    Parameters
    ----------
    database : str
    day : date, optional
        Today when not given.

    Returns
    -------
    dict
        day, root, counties (path, steps, head, proof).

    Raises
    ------
    StoreError
        When there is no register of this release at the address.
    """
    from exitline.exits.register.store import opening

    store = opening.open_store(database)
    from exitline.exits.register.store.audit.heads import head_of_day, proof

    found = head_of_day(store, day or date.today())
    return {
        "day": found.day,
        "root": found.root,
        "counties": [
            {"path": path, "steps": steps, "head": one, "proof": proof(found.leaves, place)}
            for place, (path, steps, one) in enumerate(found.leaves)
        ],
    }


def backup(database: str, out: Path, *, key: Path | None = None) -> dict[str, Any]:
    """The whole register in one file, and its digest; the key of identifiers is not in it.

    A register of an earlier release is backed up as it is.

    Parameters
    ----------
    database : str
    out : Path
        Appears whole, or not at all.
    key : Path, optional
        Beside which the files of papers lie, where that is not beside an SQLite file.

    Returns
    -------
    dict
        file, rows, digest; papers (files among it), missing (files that are not there).

    Raises
    ------
    StoreError
        When there is no register of this release at the address.
    OutputError
        When the file cannot be written.
    """
    from exitline.exits.register.store import opening

    store = opening.open_store(database, key_file=key, earlier=True)
    from exitline.exits.register.store.audit.backup import write_backup

    return asdict(write_backup(store, out))


def restore(file: Path, database: str, *, key: Path | None = None) -> dict[str, Any]:
    """A backup into a new register, on either engine.

    Parameters
    ----------
    file : Path
        A backup; the tables of an earlier release's are made as they were, filled, and brought to
        this release.
    database : str
        Of the new one.
    key : Path, optional
        The key of the register that was backed up.

    Returns
    -------
    dict
        file, rows, digest: that of the content, equal for equal registers.

    Raises
    ------
    StoreError
        When the file is not a whole backup of this release, or the new place is not empty.
    """
    from exitline.exits.register.store import opening
    from exitline.exits.register.store.audit.backup import check_backup, read_backup, state_in

    check_backup(file)
    state = state_in(file)
    store = opening.create_store(database, key_file=key, empty=True, state=state)
    found = asdict(read_backup(store, file))
    if state != opening.NEWEST:
        make(database, key=key, upgrade=True)
    return found


def areas(database: str) -> list[dict[str, Any]]:
    """Every area: path, name, level, and how many households live there.

    Parameters
    ----------
    database : str

    Raises
    ------
    StoreError
        When there is no register of this release at the address.
    """
    from exitline.exits.register.store import opening

    store = opening.open_store(database)
    from exitline.exits.register.store.read.places import places

    return [asdict(place) for place in places(store)]


def second_factor(database: str, roles: Collection[str]) -> tuple[str, ...]:
    """Declare the roles in which nobody works with a password alone; none ends it for all.

    Parameters
    ----------
    database : str
    roles : collection of str

    Returns
    -------
    tuple of str

    Raises
    ------
    StoreError
        When there is no register of this release at the address, or the procedure has no such role.
    """
    from exitline.exits.register.store import opening

    store = opening.open_store(database)
    from exitline.exits.register.store.second_factor import require_second_factor

    return require_second_factor(store, roles)
