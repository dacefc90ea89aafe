"""A step and all that is signed with it, in one transaction: its files, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from exitline.exits.register.event import Draft, Event
from exitline.exits.register.procedures.procedure import Procedure
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.papers.files import BroughtFile
from exitline.exits.register.store.papers.kept import sign_files
from exitline.exits.register.store.write.record import record
from exitline.exits.register.store.write.versions import retried


@retried
def sign(
    store: Store, draft: Draft, expected_version: int | None, actor: str, *, procedure: Procedure,
    county: str, token: str | None, files: Mapping[str, BroughtFile],
    then: Callable[[], None] | None = None,
) -> Event:  # fmt: skip
    """Record a step, keep the files of its papers, do what belongs to it; all of it or nothing.

    Parameters
    ----------
    files : mapping from kind of paper to BroughtFile
        Whose digests the draft names.
    then : callable, optional
        What is bound to the step: an objection that it takes up, a submission that it settles.

    Other parameters, and what is raised, as in `record`.
    """

    def recorded() -> Event:
        return record(store, draft, expected_version, actor, procedure=procedure, token=token,
                      county=county)  # fmt: skip

    if not files and then is None:
        return recorded()
    with store.transaction():
        event = recorded()
        if files:
            sign_files(store, draft.household, draft.step, files, actor, county=county)
        if then is not None:
            then()
    return event
