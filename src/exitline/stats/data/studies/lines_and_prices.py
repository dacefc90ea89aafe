"""What makes welfare comparable: the line it meets, prices, and the scale of a household."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from exitline.digest import sha256
from exitline.records import RecordError, read_bytes

if TYPE_CHECKING:
    from exitline.rules.yamlfile.tree import Tree
    from exitline.stats.data.studies.paths import Paths

_LARGEST_INDEX = 2**20
Period = Literal["day", "month", "year"]
Direction = Literal["deflate welfare", "uprate the line"]


@dataclass(frozen=True)
class LineUse:
    """A poverty line as the study asks for it.

    Parameters
    ----------
    name : str, optional
        A line of the standard, or a column with each household's line.
    value : float, optional
        A number in the unit of the welfare column.
    share, of : float, str or float, optional
        A relative line: `share` of the "median", the "mean" or the quantile of a probability.
    within : bool
        Whether each area has a relative line of its own.
    boundary : {"<", "<="}, optional
        Who is poor; the standard's where it is not said.
    label : str, optional
        How results name the line.
    where : str
        File, line and key of the study.
    """

    name: str | None = None
    value: float | None = None
    share: float | None = None
    of: Literal["median", "mean"] | float = "median"
    within: bool = False
    boundary: Literal["<", "<="] | None = None
    label: str | None = None
    where: str = ""

    @property
    def what(self) -> str:
        """What a relative line is a share of, in words."""
        said = self.of if isinstance(self.of, str) else f"quantile {self.of:g}"
        return f"{said} of each area" if self.within else said


@dataclass(frozen=True)
class Prices:
    """Prices of one year said in prices of another: amount x cpi[to] / cpi[from].

    Parameters
    ----------
    cpi : mapping of int to float
        Consumer price index by year; its base does not matter.
    from_year, to_year : int
        The year whose prices the amount is in, and the year whose prices it is moved to.
    direction : {"deflate welfare", "uprate the line"}
        Which amount is moved.
    regional : str, optional
        Column or expression of a regional price index (1 = reference) that welfare is
        divided by.
    welfare_year : int, optional
        Where nothing is moved: the year whose prices welfare is in.
    file, file_sha256 : Path and str, optional
        The file that the index was read from, and the SHA-256 of the bytes that were read.

    Examples
    --------
    >>> Prices({2010: 100.0, 2012: 106.0}, 2010, 2012, "uprate the line").factor
    1.06
    """

    cpi: Mapping[int, float] = field(default_factory=lambda: MappingProxyType({}))
    from_year: int | None = None
    to_year: int | None = None
    direction: Direction = "deflate welfare"
    regional: str | None = None
    welfare_year: int | None = None
    file: Path | None = None
    file_sha256: str = ""

    @property
    def factor(self) -> float:
        """cpi[to] / cpi[from]; 1 where no years are given."""
        if self.from_year is None or self.to_year is None:
            return 1.0
        return self.cpi[self.to_year] / self.cpi[self.from_year]

    @property
    def line_year(self) -> int | None:
        """The year whose prices the line must be in, before it is moved itself."""
        if self.from_year is None:
            return self.welfare_year
        return self.to_year if self.direction == "deflate welfare" else self.from_year


@dataclass(frozen=True)
class Equivalence:
    """How a household's total welfare becomes that of one person.

    Parameters
    ----------
    scale : {"per person", "oecd-modified", "square root", "column"}
    column : str, optional
        For "column": the number of equivalent adults.
    adults, children : str, optional
        For "oecd-modified": persons of 14 and over, and under 14.
    age : str, optional
        For "oecd-modified", instead of these: the age column of the persons table.
    """

    scale: Literal["per person", "oecd-modified", "square root", "column"]
    column: str | None = None
    adults: str | None = None
    children: str | None = None
    age: str | None = None


def price_index(written: Mapping[int, float] | str, tree: Tree, paths: Paths) -> Prices:
    """The index alone, and the digest of its file.

    Parameters
    ----------
    written : mapping of int to float, or str
        Values by year, or a path.
    tree : Tree
        Where it is written, for messages.
    paths : Paths
    """
    if not isinstance(written, str):
        return Prices(cpi=MappingProxyType(dict(written)))
    path = paths.read(written)
    try:
        content = read_bytes(path, what="the price index", max_bytes=_LARGEST_INDEX)
        rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        values = {int(row["year"]): float(row["cpi"]) for row in rows}
    except (RecordError, csv.Error, KeyError, TypeError, ValueError) as reason:
        raise tree.fault(
            "the price index cannot be read",
            expected="a CSV file in UTF-8 with the columns year and cpi, numbers in both",
            got=(reason.got if isinstance(reason, RecordError) else None) or "something else",
            remedy="correct the file, or write the index out: cpi: {2010: 100, 2012: 105.4}",
        ) from reason
    if not values or any(not 0 < value < float("inf") for value in values.values()):
        raise tree.fault("the price index has values that are not above zero", got=path.name)
    digest = sha256(content)
    return Prices(cpi=MappingProxyType(values), file=path, file_sha256=digest)


def check_years(index: Prices, years: Mapping[str, int], at: Any) -> None:
    """Refuse a year that the index has no value for.

    Parameters
    ----------
    index : Prices
    years : mapping of str to int
        By the key that names them.
    at : callable
        The place of a key.
    """
    for name, wanted in years.items():
        if wanted not in index.cpi:
            raise at(name).fault(
                f"the price index has no value for {wanted}",
                expected="one of the years " + ", ".join(str(y) for y in sorted(index.cpi)),
                got=str(wanted),
                remedy="add the year to the index, or choose another year",
            )
