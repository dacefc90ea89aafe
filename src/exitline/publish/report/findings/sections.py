"""What a page of a finding is made of: the answer, how sure, what to do next, and sections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from exitline.publish.report.table import Table, TableCell, TableColumn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from exitline.publish.report.axis import Axis
    from exitline.publish.report.stacks import Stack
    from exitline.words.catalogue import Language
    from exitline.words.shown.table import ReadableTable

MOST = 200
"""Rows of a readable table on a page."""
MARKS: Mapping[str, str] = {"met": "met", "not met": "not-met", "cannot tell": "cannot-tell"}
"""Outcome: the mark that stands before it."""


@dataclass(frozen=True)
class PageSection:
    """A question with its answer.

    Attributes
    ----------
    heading : str
    lead : str
        One sentence: the answer.
    table : Table or ReadableTable or None
        With bars and marks, or as a result shows itself.
    drawing : str
        SVG of ours.
    points : tuple of str
        Sentences.
    source : str
        Under the picture.
    key : str
        The section's anchor.
    """

    heading: str
    lead: str = ""
    table: Table | ReadableTable | None = None
    drawing: str = ""
    points: tuple[str, ...] = ()
    source: str = ""
    key: str = ""

    @property
    def listed(self) -> ReadableTable | None:
        """A table as a result shows itself; None where there is none, or it has no rows."""
        if self.table is None or isinstance(self.table, Table):
            return None
        return self.table if self.table.rows else None

    @property
    def most(self) -> int:
        """Rows of such a table that are shown."""
        return MOST

    @property
    def charted(self) -> Table | None:
        """A table with bars and marks."""
        return self.table if isinstance(self.table, Table) and self.table.rows else None


@dataclass(frozen=True)
class FoundPage:
    """All that one page shows.

    Attributes
    ----------
    kind, title, under : str
        What it is, what it is of, and what it rests on.
    question, answer, mark, meaning : str
        The first screen; `mark` is that of an outcome, "" for none.
    stacks : tuple of Stack
        Outcomes at a glance.
    sure, steps : tuple of str
        How sure; what to do next.
    sections : tuple of PageSection
    notes : tuple of str
    warning : str
        What must not be done with the page.
    """

    kind: str
    title: str
    under: str = ""
    question: str = ""
    answer: str = ""
    mark: str = ""
    meaning: str = ""
    stacks: tuple[Stack, ...] = ()
    sure: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    sections: tuple[PageSection, ...] = ()
    notes: tuple[str, ...] = ()
    warning: str = ""


def sentence(text: str) -> str:
    """A text that begins with a capital letter.

    Examples
    --------
    >>> sentence("no PSU is declared")
    'No PSU is declared'
    """
    return text[:1].upper() + text[1:]


def outcome_cell(outcome: str, t: Language) -> TableCell:
    """An outcome in words behind its mark."""
    said = t("cannot tell yet") if outcome == "cannot tell" else t.of(outcome)
    return TableCell(said, said, mark=MARKS[outcome])


def table_of(
    key: str, caption: str, columns: tuple[TableColumn, ...],
    rows: tuple[tuple[TableCell, ...], ...], axis: Axis | None = None, **more: object,
) -> Table:  # fmt: skip
    """A table of a page; all of its rows are there."""
    return Table(key, caption, columns, rows, axis=axis, total=len(rows), **more)  # type: ignore[arg-type]
