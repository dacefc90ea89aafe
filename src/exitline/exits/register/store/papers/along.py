"""The papers of a household with their files: what of them goes along when it splits or moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exitline.exits.register.store.models import DocumentRow, HouseholdRow, PaperRow, StepRow
from exitline.exits.register.store.opening import Store

_COLUMNS = ("digest", "size", "kind", "name", "signed", "by")


@dataclass(frozen=True)
class PaperOfStep:
    """A paper that a step names, and its files.

    Parameters
    ----------
    row : DocumentRow
    step : StepRow
    files : tuple of PaperRow
    """

    row: DocumentRow
    step: StepRow
    files: tuple[PaperRow, ...]


def papers_of(store: Store, row: HouseholdRow) -> tuple[PaperOfStep, ...]:
    """The papers of a household's steps, the latest step first, each with its files."""
    with store.transaction():
        rows = DocumentRow.objects.using(store.alias).filter(household=row)
        papers = list(rows.select_related("step").order_by("-step__place", "id"))
        files: dict[int, list[PaperRow]] = {}
        for one in PaperRow.objects.using(store.alias).filter(household=row).order_by("id"):
            files.setdefault(one.document_id, []).append(one)
    return tuple(PaperOfStep(p, p.step, tuple(files.get(p.pk, ()))) for p in papers)


def files_along(store: Store, row: HouseholdRow) -> list[list[dict[str, Any]]]:
    """What goes along when a household splits or moves: for each of its papers, its files."""
    return [
        [{name: getattr(one, name) for name in _COLUMNS} | {"at": one.at.isoformat()}
         for one in it.files]
        for it in reversed(_in_order(store, row))
    ]  # fmt: skip


def files_again(store: Store, row: HouseholdRow, along: Sequence[Sequence[dict[str, Any]]]) -> None:
    """The files of another household's papers, for this one with the same steps."""
    papers = [it.row for it in reversed(_in_order(store, row))]
    PaperRow.objects.using(store.alias).bulk_create(
        PaperRow(document=paper, household=row, path=row.path, at=datetime.fromisoformat(one["at"]),
                 **{name: one[name] for name in _COLUMNS})
        for paper, files in zip(papers, along, strict=True) for one in files
    )  # fmt: skip


def _in_order(store: Store, row: HouseholdRow) -> list[PaperOfStep]:
    """Papers by step and, within it, as they were written; the last first."""
    return sorted(papers_of(store, row), key=lambda it: (it.step.place, it.row.pk), reverse=True)
