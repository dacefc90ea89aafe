"""What every result can do: show itself, and leave for other programs."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.words.numbers import DASH, count, decimals, rounded
from exitline.words.shown.table import FEW, ReadableTable

if TYPE_CHECKING:
    import great_tables
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from exitline.words.shown.charts import Drawing

_RAW = {"level", "df", "reason"}
_TWO = {"ci_low": "ci_high", "band_low": "band_high", "low": "high"}
_NAMES = {"se": "SE", "ci_low": "interval", "low": "interval", "band_low": "band", "cv": "CV"}


class ShownResult:
    """A result that has a table: it shows itself, and goes to other programs as files.

    Whoever inherits it has `to_pandas`; `readable` may be written anew where a result knows more
    of its figures than their columns say.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """A dataclass keeps the short text of this class, not the one that it would make."""
        super().__init_subclass__(**kwargs)
        if "__repr__" not in cls.__dict__:
            cls.__repr__ = ShownResult.__repr__  # type: ignore[method-assign]

    def to_pandas(self) -> pd.DataFrame:
        """The table."""
        raise NotImplementedError

    def readable(self) -> ReadableTable:
        """The table as it is read: rounded as everywhere, interval and figure in one row.

        Returns
        -------
        ReadableTable
        """
        notes = tuple(str(text) for text in getattr(self, "notes", ()))
        return of_frame(self.to_pandas(), str(getattr(self, "title", "")), notes)

    def __repr__(self) -> str:
        """The first rows, and how many more there are."""
        table = self.readable()
        size = len(table.rows)
        head = f"{type(self).__name__}: {count(size)} row{'' if size == 1 else 's'}"
        return f"{head}\n{table.text(FEW)}"

    def _repr_html_(self) -> str:
        """The same for a notebook."""
        return self.readable().html(FEW)

    def to_polars(self) -> pl.DataFrame:
        """The table for Polars, which must be installed.

        Returns
        -------
        polars.DataFrame
        """
        import polars as pl

        found = pl.from_arrow(self.to_arrow())
        assert isinstance(found, pl.DataFrame)
        return found

    def to_arrow(self) -> pa.Table:
        """The table for Arrow.

        Returns
        -------
        pyarrow.Table
        """
        import pyarrow as pa

        return pa.Table.from_pandas(
            self.to_pandas(), preserve_index=False
        ).replace_schema_metadata()

    def to_markdown(self) -> str:
        """The readable table as a pipe table.

        Returns
        -------
        str
        """
        return self.readable().markdown()

    def to_latex(self) -> str:
        r"""The readable table as LaTeX; needs ``\usepackage{booktabs}``.

        Returns
        -------
        str
        """
        return self.readable().latex()

    def to_great_tables(self) -> great_tables.GT:
        """The readable table for Great Tables (extra ``tables``).

        Returns
        -------
        great_tables.GT
        """
        from exitline.words.shown import files

        return files.great_table(self.readable())

    def to_excel(self, path: str | Path) -> Path:
        """A workbook: figures as numbers in their format, intervals in columns, a sheet of notes.

        Parameters
        ----------
        path : path
            Ends in ``.xlsx`` (extra ``tables``).

        Returns
        -------
        Path
        """
        return self.save(_ending(path, ".xlsx"))

    def to_stata(self, path: str | Path) -> Path:
        """A data file of Stata 14 or later, its columns labelled.

        Parameters
        ----------
        path : path
            Ends in ``.dta``.

        Returns
        -------
        Path
        """
        return self.save(_ending(path, ".dta"))

    def save(self, path: str | Path) -> Path:
        """Write the table; the ending says as what.

        Parameters
        ----------
        path : path
            ``.csv``, ``.parquet``, ``.xlsx``, ``.dta``: all figures; ``.docx``, ``.html``,
            ``.md``, ``.tex``: the readable table; ``.sdmx.csv``: SDMX, with its structure beside.

        Returns
        -------
        Path

        Raises
        ------
        ExitlineError
            For another ending, or where a library is not installed.
        """
        from exitline.words.shown import files

        return files.save(Path(path), self.to_pandas(), self.readable(), self.period)

    @property
    def period(self) -> str:
        """The year that the figures speak of, for files that want one; "" where none is known."""
        return ""

    def plot(self) -> Drawing:
        """The figures with their intervals, drawn (extra ``plots``).

        Returns
        -------
        Drawing
            Shown as it is in a notebook; ``save`` writes SVG, PNG, HTML or JSON.
        """
        from exitline.words.shown import charts

        return charts.of_frame(self.to_pandas(), self.readable().title)


def _ending(path: str | Path, wanted: str) -> Path:
    """A path that ends as it must: the ending is added where there is none."""
    found = Path(path)
    return found if found.suffix else found.with_suffix(wanted)


def of_frame(frame: pd.DataFrame, title: str = "", notes: tuple[str, ...] = ()) -> ReadableTable:
    """A readable table of any result: no more digits than the standard error carries.

    Parameters
    ----------
    frame : pandas.DataFrame
    title : str
    notes : tuple of str

    Returns
    -------
    ReadableTable

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"area": ["North"], "estimate": [0.14274], "se": [0.00905],
    ...                       "ci_low": [0.1259], "ci_high": [0.16139]})
    >>> print(of_frame(frame).text())
    area   estimate      SE     interval
    North    0.1427  0.0090  0.1259–0.1614
    """
    names = [n for n in frame.columns if n not in {*_TWO.values(), *_RAW} and not _empty(frame[n])]
    places = _places(frame)
    cells = [_column(frame, name, places) for name in names]
    numbers = frozenset(i for i, n in enumerate(names) if frame[n].dtype.kind in "fiu")
    rows = tuple(zip(*cells, strict=True)) if cells else ()
    return ReadableTable(title, tuple(_NAMES.get(n, str(n)) for n in names), rows, numbers, notes)


def _empty(column: pd.Series[Any]) -> bool:
    """Whether a column says nothing in any row."""
    if column.dtype.kind in "fiub":
        return bool(column.isna().all())
    return bool((column.astype(str) == "").all())


def _places(frame: pd.DataFrame) -> list[int | None]:
    """Decimals of each row, by its standard error; None where it has none."""
    if "se" not in frame or "estimate" not in frame:
        return [None] * len(frame)
    pairs = zip(frame["estimate"], frame["se"], strict=True)
    return [decimals(se, "number", value) if se > 0 else None for value, se in pairs]


def _column(frame: pd.DataFrame, name: str, places: list[int | None]) -> list[str]:
    """The texts of one column; that of an interval takes its upper end along."""
    values = list(frame[name])
    if name in _TWO and _TWO[name] in frame:
        pairs = zip(values, frame[_TWO[name]], places, strict=True)
        return [_interval(low, high, at) for low, high, at in pairs]
    return [_text(value, at) for value, at in zip(values, places, strict=True)]


def _interval(low: float, high: float, places: int | None) -> str:
    if math.isnan(low) or math.isnan(high):
        return "none"
    between = " to " if low < 0 else DASH
    return f"{_text(low, places)}{between}{_text(high, places)}"


def _text(value: Any, places: int | None) -> str:
    """One value: numbers rounded, four digits that count where nothing says how many."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "" if value is None else str(value)
    if isinstance(value, int):
        return f"{value:,}"
    if math.isnan(value):
        return "-"
    if math.isinf(value):
        return str(value)
    if places is not None:
        return rounded(value, places)
    if value == 0 or value.is_integer():
        return rounded(value, 0)
    return rounded(value, max(0, 3 - math.floor(math.log10(abs(value)))))
