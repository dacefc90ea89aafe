"""Lists for public notice: a short allow-list of fields, and nothing else can be on them.

May import `proof.disclose`. Provides notices as pages and sheets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from exitline.errors import ExitlineError
from exitline.proof.disclose.identifiers import first_kind, kind_of_name
from exitline.stats.data.readers.declaring import choose

if TYPE_CHECKING:
    import pyarrow as pa

FIELDS = ("village", "reference", "name", "decision", "date")
"""All that a list may show, in this order."""
MOST_ROWS = 20_000
MOST_DECISIONS = 12
LONGEST = 80


class NoticeError(ExitlineError):
    """A list that must not be put up as it stands."""


@dataclass(frozen=True)
class Notice:
    """A list for public notice.

    Attributes
    ----------
    title : str
    villages : tuple of (str, tuple of rows)
        A row has the texts of `fields`.
    fields : tuple of str
        Those of `FIELDS` that are shown; the village is the heading.
    posted : date
        The day on which the list goes up.
    days : int or None
        Days for objections.
    objections : str
        Where and how to object.
    """

    title: str
    villages: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]
    fields: tuple[str, ...]
    posted: date
    days: int | None
    objections: str

    @property
    def last_day(self) -> date | None:
        """The last day for objections."""
        return None if self.days is None else self.posted + timedelta(days=self.days)

    @property
    def households(self) -> int:
        """Rows of all villages."""
        return sum(len(rows) for _, rows in self.villages)


def check_columns(columns: Mapping[str, str]) -> None:
    """Refuse columns whose name says that they hold what a notice never shows.

    Parameters
    ----------
    columns : mapping of str to str
        Field of `FIELDS`: column of the data.

    Raises
    ------
    NoticeError
        Naming the column, never a value.

    Examples
    --------
    >>> check_columns({"village": "village", "name": "head_name"})
    >>> check_columns({"village": "village", "reference": "id_card"})
    Traceback (most recent call last):
    ...
    exitline.publish.notices.NoticeError: the column 'id_card' must not be put up ...
    """
    strange = set(columns) - set(FIELDS)
    if strange or "village" not in columns or not {"reference", "name"} & set(columns):
        raise NoticeError(
            "a notice shows a village and a household", got=", ".join(columns) or "nothing",
            expected="village, reference or name; perhaps decision and date",
            remedy="name the columns: "
            + choose("village, and reference or name", "--village, and --reference or --name"),
        )  # fmt: skip
    for field, column in columns.items():
        kind = kind_of_name(column)
        if kind is not None and (field, kind) != ("name", "name"):
            raise _refused(column, f"its name says: {kind}")


def check_values(table: pa.Table, columns: Mapping[str, str]) -> None:
    """Refuse values whose form shows an id number, phone or bank account, and free text.

    Parameters
    ----------
    table : pyarrow.Table
        One text column for each field.
    columns : mapping of str to str
        Field: column of the data.

    Raises
    ------
    NoticeError
        Naming the column and the kind, never a value.
    """
    for field, column in columns.items():
        values = [v for v in table.column(field).unique().to_pylist() if v is not None]
        kind = first_kind(values)
        if kind is not None:
            raise _refused(column, f"at least one value has the form of: {kind}")
        missing = table.column(field).null_count
        if missing and field != "decision":
            raise NoticeError(
                f"{missing:,} rows have no {field}", where=f"column '{column}'",
                expected=f"a {field} in every row", remedy="complete them, or leave the rows out",
            )  # fmt: skip
        if any(len(v) > LONGEST for v in values):
            raise _refused(column, f"a text longer than {LONGEST} characters")
        if field == "decision":
            _check_decisions(values, column)


def _check_decisions(values: Sequence[str], column: str) -> None:
    """A decision is one of a few words, and none of them about health."""
    if len(values) > MOST_DECISIONS:
        raise _refused(column, f"{len(values):,} different texts, more than a decision has")
    if any(kind_of_name(v) is not None for v in values):
        raise _refused(column, "a decision that refers to a person's health or identity")


def _refused(column: str, why: str) -> NoticeError:
    return NoticeError(
        f"the column '{column}' must not be put up", got=why,
        expected="no id number, phone, bank account, address or health",
        remedy="use a household reference that the office alone can resolve; where the "
        "office's own numbers only look like these, put a letter directly before each",
    )  # fmt: skip
