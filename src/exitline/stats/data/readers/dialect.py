"""How a CSV file is written."""

from __future__ import annotations

from dataclasses import dataclass

QUOTE = '"'


@dataclass(frozen=True)
class Dialect:
    """How a CSV file is written.

    Parameters
    ----------
    names : tuple of str
        Column names, without blanks around.
    delimiter : str
        One character.
    decimal : {".", ","}
    encoding : str
        As Python calls it.
    missing : tuple of str
        Texts that stand for a missing value beside the empty one.
    comment : str, optional
        A line that begins with it is no row.
    gzipped : bool
    skip : int
        Blank lines above the header.
    sample : tuple of tuple of str
        The first rows, as written.
    """

    names: tuple[str, ...]
    delimiter: str
    decimal: str = "."
    encoding: str = "utf-8"
    missing: tuple[str, ...] = ()
    comment: str | None = None
    gzipped: bool = False
    skip: int = 0
    sample: tuple[tuple[str, ...], ...] = ()

    def said(self) -> dict[str, object]:
        """As a run's record states it."""
        return {
            "delimiter": self.delimiter,
            "quote": QUOTE,
            "comment": self.comment,
            "decimal": self.decimal,
            "encoding": self.encoding,
            "missing": ["", *self.missing],
        }
