"""PlacesTable, assets and candidates as columns of small tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import unknown
from exitline.exits.works.errors import WorksError
from exitline.exits.works.reach import on_sphere

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

AT = ("latitude", "longitude")


class PlacesTable:
    """A small table, its columns asked for by name.

    Parameters
    ----------
    data : path, table or Source
    what : str
        What a row is, for messages: "place", "candidate", "asset".
    code : sequence of str or None
        Columns that hold names or ids.
    """

    def __init__(self, data: Any, what: str, code: tuple[str | None, ...] = ()) -> None:
        from exitline.api.runs.opening import read_rows

        self.what = what
        self.table: pa.Table = read_rows(data, code)
        if not self.table.num_rows:
            raise WorksError(
                f"there is no {what}", expected="one in each row", got="no row",
                remedy="look at the file",
            )  # fmt: skip

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def column(self, name: str) -> Any:
        """A column of the table."""
        if name not in self.table.column_names:
            raise unknown(
                "column", name, tuple(self.table.column_names), error=WorksError,
                where=f"the table of {self.what}s",
            )  # fmt: skip
        return self.table[name]

    def numbers(self, name: str, least: float = 0.0) -> Floats:
        """A column of numbers, none missing, none below the least."""
        try:
            found = np.asarray(self.column(name).to_numpy(zero_copy_only=False), dtype=np.float64)
        except (TypeError, ValueError) as reason:
            raise WorksError(
                f"'{name}' is no number", where=f"the table of {self.what}s", expected="numbers",
                got="text", remedy="write it as a number",
            ) from reason  # fmt: skip
        wrong = ~(np.isfinite(found) & (found >= least))
        if wrong.any():
            raise WorksError(
                f"'{name}' is missing or below {least:g}", where=f"the table of {self.what}s",
                expected=f"a number of at least {least:g} in every row",
                got=f"{int(wrong.sum()):,} of {wrong.size:,} rows that are not",
                remedy="fill them, or leave these rows out",
            )  # fmt: skip
        return found

    def texts(self, name: str) -> list[str]:
        """A column of names or ids, as written."""
        return ["" if one is None else str(one) for one in self.column(name).to_pylist()]

    def degrees(self, at: tuple[str, str] = AT) -> Floats:
        """Latitude and longitude of the rows."""
        return np.column_stack([
            np.asarray(self.column(n).to_numpy(zero_copy_only=False), dtype=np.float64) for n in at
        ])  # fmt: skip

    def points(self, at: tuple[str, str] = AT) -> Floats:
        """Where the rows lie: points of the sphere in km."""
        latitude, longitude = self.degrees(at).T
        return on_sphere(latitude, longitude, f"{self.what}s")

    def where(self, condition: str | None) -> NDArray[np.bool_]:
        """Which rows fulfil a condition of the condition language; all without one."""
        if condition is None:
            return np.ones(len(self), dtype=bool)
        from exitline.stats.data.source import open_source
        from exitline.stats.data.studies.subpopulation import SUBPOPULATION, subpopulation
        from exitline.stats.engine.session import session

        with session("duckdb") as running:
            row = next(n for n in ("row", "_row", "__row") if n not in self.table.column_names)
            rows = self.table.append_column(row, [np.arange(len(self))])
            table = subpopulation(running.attach(open_source(rows), "places"), condition)
            found = running.run(table.select(row, SUBPOPULATION))
        order = np.argsort(found[row].to_numpy())
        holds = found[SUBPOPULATION].to_numpy(zero_copy_only=False)[order]
        return np.array([one is True or one == 1 for one in holds], dtype=bool)
