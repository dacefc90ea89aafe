"""A table as it is read: texts, which of them are numbers, and what a reader must know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from exitline.foreign import visible

FEW = 20
_STYLE = (
    "border-collapse:collapse;font-variant-numeric:tabular-nums;font-family:system-ui,sans-serif;"
    "font-size:0.9em"
)
_LATEX = str.maketrans({
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "\N{NO-BREAK SPACE}": "~",
    "\N{EN DASH}": "--", "\N{MINUS SIGN}": "$-$",
})  # fmt: skip


@dataclass(frozen=True)
class ReadableTable:
    """A table of texts.

    Attributes
    ----------
    title : str
        What the table shows; "" where its columns say it.
    columns : tuple of str
        Headings.
    rows : tuple of tuple of str
    numbers : frozenset of int
        Positions of columns that are aligned to the right.
    notes : tuple of str
        What a reader must know.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Signs that a terminal or a page would obey are shown, not sent."""
        object.__setattr__(self, "title", visible(self.title))
        for name in ("columns", "notes"):
            object.__setattr__(self, name, tuple(visible(text) for text in getattr(self, name)))
        rows = tuple(tuple(visible(cell) for cell in row) for row in self.rows)
        object.__setattr__(self, "rows", rows)

    def text(self, most: int | None = FEW) -> str:
        """Aligned columns for a terminal or a notebook without HTML.

        Parameters
        ----------
        most : int, optional
            Rows to show; all unless given.

        Examples
        --------
        >>> table = ReadableTable("", ("area", "rate"), (("North", "14.3 %"), ("South", "8.0 %")),
        ...                       frozenset({1}))
        >>> print(table.text(1))
        area     rate
        North  14.3 %
        ... and 1 more row
        """
        shown = [self.columns, *self.rows[:most]]
        widths = [max(len(row[i]) for row in shown) for i in range(len(self.columns))]
        lines = ["  ".join(self._aligned(row, widths)).rstrip() for row in shown]
        head = [self.title] if self.title else []
        return "\n".join([*head, *lines, *self._more(most), *self.notes])

    def _aligned(self, row: Sequence[str], widths: Sequence[int]) -> list[str]:
        """Cells of one width a column, numbers to the right."""
        return [
            cell.rjust(width) if i in self.numbers else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]

    def _more(self, most: int | None) -> list[str]:
        """How many rows are not shown."""
        left = 0 if most is None else len(self.rows) - most
        return [f"... and {left:,} more row{'s' if left > 1 else ''}"] if left > 0 else []

    def html(self, most: int | None = FEW) -> str:
        """A table for a notebook; everything in it is escaped.

        Parameters
        ----------
        most : int, optional
            Rows to show; all unless given.

        Examples
        --------
        >>> "&lt;b&gt;" in ReadableTable("", ("<b>",), ()).html()
        True
        """
        head = "".join(self._cell("th", i, name) for i, name in enumerate(self.columns))
        body = "".join(
            f"<tr>{''.join(self._cell('td', i, cell) for i, cell in enumerate(row))}</tr>"
            for row in self.rows[:most]
        )
        title = f"<caption style='text-align:left'>{escape(self.title)}</caption>"
        under = "".join(f"<p>{escape(text)}</p>" for text in (*self._more(most), *self.notes))
        return (
            f"<table style='{_STYLE}'>{title if self.title else ''}"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{under}"
        )

    def _cell(self, tag: str, column: int, text: str) -> str:
        side = "right" if column in self.numbers else "left"
        return f"<{tag} style='text-align:{side}'>{escape(text)}</{tag}>"

    def markdown(self) -> str:
        """A pipe table, as GitHub, Quarto and pandoc read it.

        Examples
        --------
        >>> print(ReadableTable("", ("area", "n"), (("a|b", "3"),), frozenset({1})).markdown())
        | area | n |
        | :--- | ---: |
        | a\\|b | 3 |
        """
        rule = ["---:" if i in self.numbers else ":---" for i in range(len(self.columns))]
        rows = [self.columns, rule, *self.rows]
        lines = ["| " + " | ".join(_piped(cell) for cell in row) + " |" for row in rows]
        head = [f"**{_piped(self.title)}**", ""] if self.title else []
        under = ["", *(f"{_piped(text)}  " for text in self.notes)] if self.notes else []
        return "\n".join([*head, *lines, *under])

    def latex(self) -> str:
        r"""A `tabular` with the rules of booktabs.

        Examples
        --------
        >>> print(ReadableTable("", ("area", "n"), (("R&D", "3 %"),), frozenset({1})).latex())
        \begin{tabular}{lr}
        \toprule
        area & n \\
        \midrule
        R\&D & 3 \% \\
        \bottomrule
        \end{tabular}
        """
        form = "".join("r" if i in self.numbers else "l" for i in range(len(self.columns)))
        rows = [" & ".join(cell.translate(_LATEX) for cell in row) + r" \\" for row in self.rows]
        head = " & ".join(name.translate(_LATEX) for name in self.columns) + r" \\"
        table = "\n".join([
            rf"\begin{{tabular}}{{{form}}}", r"\toprule", head, r"\midrule", *rows, r"\bottomrule",
            r"\end{tabular}",
        ])  # fmt: skip
        notes = [rf"\\ \footnotesize {text.translate(_LATEX)}" for text in self.notes]
        if not self.title:
            return "\n".join([table, *notes])
        caption = rf"\caption{{{self.title.translate(_LATEX)}}}"
        return "\n".join([r"\begin{table}", r"\centering", caption, table, *notes, r"\end{table}"])


def _piped(text: str) -> str:
    """A cell of a pipe table: on one line, its own bars escaped."""
    return " ".join(text.replace("|", "\\|").split())
