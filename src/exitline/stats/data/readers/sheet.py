"""Spreadsheets (.xlsx, .xls, .ods), read by calamine through pandas."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from exitline.errors import DataError, nearest
from exitline.stats.data.readers.columns import absent, from_pandas, written
from exitline.stats.data.readers.declaring import declare
from exitline.stats.data.readers.magic import no_rows
from exitline.stats.data.readers.names import check_names
from exitline.stats.data.readers.workbook import check_workbook

if TYPE_CHECKING:
    import pandas as pd

    from exitline.stats.data.held import HeldFile
    from exitline.stats.data.scannable import Source


def read_sheet(held: HeldFile, *, sheet: str | None = None, missing: Sequence[str] = ()) -> Source:
    """One sheet of a spreadsheet as an Arrow table; its first row holds the names.

    Parameters
    ----------
    held : HeldFile
    sheet : str, optional
        The sheet's name; needed where the file has several.
    missing : sequence of str
        Texts that stand for a missing value, beside the blank cell ("NA", "n/a").

    Returns
    -------
    Source

    Raises
    ------
    DataError
        When the file is damaged, the sheet is not there or not named, or it has no rows.
    """
    import pyarrow as pa

    from exitline.stats.data.scannable import Source

    path = held.path
    frame = _read(path, sheet, missing)
    if frame.empty:
        raise no_rows(path)
    names = [f"column{i}" if absent(n) else written(n) for i, n in enumerate(frame.iloc[0])]
    check_names(names, path.name)
    body = frame.iloc[1:].infer_objects()
    if body.empty:
        raise no_rows(path, names)
    columns = [from_pandas(body.iloc[:, position]) for position in range(len(names))]
    options = MappingProxyType({"missing": tuple(missing)} if missing else {})
    table = pa.table(columns, names=names)
    return Source(kind="arrow", path=path, table=table, options=options)


def _read(path: Path, sheet: str | None, missing: Sequence[str]) -> pd.DataFrame:
    """The sheet's cells, header included."""
    import pandas as pd
    from python_calamine import CalamineError

    check_workbook(path)
    try:
        with pd.ExcelFile(path, engine="calamine") as book:
            name = _choose([str(n) for n in book.sheet_names], sheet, path)
            return book.parse(name, header=None, keep_default_na=False, na_values=["", *missing])
    except BaseException as reason:
        broke = type(reason).__name__ == "PanicException"  # calamine's, and no Exception
        if not broke and not isinstance(reason, CalamineError | ValueError | OSError):
            raise
        raise DataError(
            "the spreadsheet cannot be read",
            where=path.name,
            expected="a whole .xlsx, .xls or .ods file without a password",
            got="content that is damaged or locked",
            remedy="open it, remove the password, and save it again, or export the sheet as CSV",
        ) from reason


def _choose(names: list[str], sheet: str | None, path: Path) -> str:
    """The sheet that was asked for; the only one where nothing was asked."""
    if sheet is None and len(names) == 1:
        return names[0]
    if sheet in names:
        return str(sheet)
    raise DataError(
        "the file has several sheets" if sheet is None else f"there is no sheet '{sheet}'",
        where=path.name,
        expected="one of " + ", ".join(f"'{name}'" for name in names),
        got="no sheet named" if sheet is None else f"'{sheet}'",
        remedy=(nearest(sheet, names) if sheet else "")
        or declare("sheet", names[0] if names else "Sheet1"),
    )
