"""What a reader of a figure should know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Note:
    """One thing to know of a figure.

    Attributes
    ----------
    kind : str
        The same for all figures of whom it is true, in words.
    detail : str
        What is particular to this one.
    """

    kind: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}" if self.detail else self.kind


def joined(notes: Iterable[Note]) -> str:
    """Notes as one text.

    Parameters
    ----------
    notes : iterable of Note

    Examples
    --------
    >>> joined([Note("line below the first class", "extrapolated"), Note("no mean")])
    'line below the first class: extrapolated; no mean'
    """
    return "; ".join(str(note) for note in notes)
