"""Which file belongs to which paper: bound when its step is signed, or brought later.

A step and all that is signed with it, in one transaction: its files, and what it answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from exitline.exits.register.event import Draft, Event
from exitline.exits.register.procedures.procedure import Procedure
from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.models import DocumentRow, HouseholdRow, PaperRow, StepRow
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.papers.files import BroughtFile, keep
from exitline.exits.register.store.read.histories import household
from exitline.exits.register.store.write.cards import changing
from exitline.exits.register.store.write.record import record
from exitline.exits.register.store.write.versions import retried
from exitline.words.said import say


def named_digest(reference: str) -> str:
    """The digest that a paper's reference is; "" for any other reference.

    Examples
    --------
    >>> named_digest("sha256:" + "0" * 64) == named_digest("0" * 64) == "0" * 64
    True
    >>> named_digest("minutes 12")
    ''
    """
    found = re.fullmatch(r"(?:sha256:)?([0-9a-f]{64})", reference.strip().lower())
    return found[1] if found else ""


def file_of(store: Store, row: HouseholdRow, number: int) -> PaperRow | None:
    """A file of a household's papers, by its number."""
    with store.transaction():
        rows = PaperRow.objects.using(store.alias).filter(household=row, pk=number)
        found: PaperRow | None = rows.first()
        return found


def sign_files(
    store: Store, key: str, step: str, brought: Mapping[str, BroughtFile], by: str,
    *, county: str = "",
) -> None:  # fmt: skip
    """Bind files to the papers of the step that was recorded last; inside its transaction.

    Parameters
    ----------
    key, step : str
        The household's id, and the step.
    brought : mapping from kind of paper to BroughtFile
    by : str
    county : str
        As in `record`.
    """
    row = household(store, key, county)
    steps = StepRow.objects.using(store.alias).filter(household=row, step=step)
    last = steps.order_by("-place").first()
    for kind, one in brought.items():
        papers = DocumentRow.objects.using(store.alias).filter(step=last, kind=kind)
        for paper in papers:
            if named_digest(paper.digest) == one.digest:
                _bound(store, paper, one, by, signed=True)


def bring_later(
    store: Store, key: str, document: int, one: BroughtFile, by: str, *, token: str | None = None
) -> PaperRow:
    """Bind a file to a paper of a step that was signed without it.

    Parameters
    ----------
    document : int
        The paper.
    one : BroughtFile
    by : str
    token : str, optional
        Of the form.

    Raises
    ------
    StoreError
        For a paper of another household, or a file that is not the one the step names.
    """
    what = say("file of a paper: {digest}", digest=f"sha256:{one.digest}")
    with changing(store, key, None, by, what, token=token) as row:
        rows = DocumentRow.objects.using(store.alias).filter(household=row, pk=document)
        paper = rows.first()
        named = "" if paper is None else named_digest(paper.digest)
        if paper is None or (named and named != one.digest):
            raise StoreError(
                say("this file is not the paper that the step names"), where="paper",
                expected=say("the file whose digest was signed"), got=say("another file"),
                remedy=say("choose the file that was there when the step was signed"),
            )  # fmt: skip
        return _bound(store, paper, one, by, signed=bool(named))


def _bound(
    store: Store, paper: DocumentRow, one: BroughtFile, by: str, *, signed: bool
) -> PaperRow:
    """A file's row; its bytes are kept before the row is there to be seen."""
    keep(store, one.digest)
    made, _ = PaperRow.objects.using(store.alias).get_or_create(
        document=paper, digest=one.digest,
        defaults={"household_id": paper.household_id, "path": paper.path, "size": one.size,
                  "kind": one.kind, "name": one.name, "signed": signed, "by": by},
    )  # fmt: skip
    return made


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
