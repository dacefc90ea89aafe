"""A price index by year: written out in the study, or a CSV file with the columns year and cpi."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from exitline.digest import sha256
from exitline.records import RecordError, read_bytes
from exitline.stats.data.studies.lines_and_prices import Prices

if TYPE_CHECKING:
    from exitline.rules.yamlfile.tree import Tree
    from exitline.stats.data.studies.paths import Paths

_LARGEST_INDEX = 2**20


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
