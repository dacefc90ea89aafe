"""The files of papers, taken again: there, whole, and those that the steps name."""

from __future__ import annotations

from collections.abc import Iterator

from exitline.errors import ExitlineError
from exitline.exits.register.store.models import PaperRow
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.papers.files import folder_of_papers, kind_of, opened
from exitline.exits.register.store.papers.kept import named_digest


def paper_faults(store: Store) -> Iterator[str]:
    """Files of papers that are missing, were changed, or are not what their rows say.

    Parameters
    ----------
    store : Store
        Inside of a transaction.
    """
    rows = PaperRow.objects.using(store.alias).select_related("document__step__county")
    if rows.exists():
        folder_of_papers(store)  # where there is none, that is said, and no paper is called lost
    sound: set[str] = set()
    for one in rows.order_by("id").iterator(chunk_size=500):
        step = one.document.step
        where = f"{step.county.path} event {step.number}: a paper's file {one.digest[:12]}..."
        named = named_digest(one.document.digest)
        if (named == one.digest) != one.signed or one.document.household_id != one.household_id:
            yield f"{where} is not the one that the step names"
        if one.digest in sound:
            continue
        try:
            path = opened(store, one.digest)
        except ExitlineError as reason:
            yield f"{where} {reason.got or reason.what}"
            continue
        with path.open("rb") as handle:
            first = handle.read(16)
            handle.seek(max(0, one.size - 1024))
            fits = path.stat().st_size == one.size and kind_of(first, handle.read()) == one.kind
        if not fits:
            yield f"{where} is of another size or kind than its row says"
        sound.add(one.digest)
