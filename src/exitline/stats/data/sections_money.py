"""The sections of a study file that are about money, years and totals."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from exitline.records import RecordError, read_bytes
from exitline.stats.data.study import Direction, Equivalence, LineUse, Population, Prices

if TYPE_CHECKING:
    from exitline.rules.yamlfile.tree import Tree
    from exitline.stats.data.sections import Paths

_LARGEST_INDEX = 2**20
SCALES = ("per person", "oecd-modified", "square root")


def lines(tree: Tree) -> tuple[LineUse, ...]:
    """Lines by name, number or description."""
    return tuple(_line(entry) for entry in tree.one_or_many())


def _line(tree: Tree) -> LineUse:
    if tree.is_number:
        return LineUse(value=positive(tree), where=tree.where)
    if not tree.is_mapping:
        return LineUse(name=tree.text(), where=tree.where)
    keys = ("name", "value", "column", "relative", "of", "within", "boundary", "label")
    found = tree.fields(keys)
    kinds = [name for name in ("name", "value", "column", "relative") if name in found]
    if len(kinds) != 1:
        raise tree.fault(
            "it is not clear which line is meant",
            expected="one of name, value, column, relative",
            got=", ".join(kinds) or "none of these",
            remedy="keep one of them",
        )
    named = found.get("name") or found.get("column")
    boundary = found["boundary"].choice(("<", "<=")) if "boundary" in found else None
    of: Any = "median"
    if "of" in found:
        numeric = found["of"].is_number
        of = found["of"].number() if numeric else found["of"].choice(("median", "mean"))
        if numeric and not 0 < of < 1:
            raise found["of"].unlike("median, mean, or a probability between 0 and 1")
    return LineUse(
        name=named.text() if named else None,
        value=positive(found["value"]) if "value" in found else None,
        share=positive(found["relative"]) if "relative" in found else None,
        of=of,
        within=found["within"].truth() if "within" in found else False,
        boundary=cast(Literal["<", "<="] | None, boundary),
        label=found["label"].text() if "label" in found else None,
        where=tree.where,
    )


def year(tree: Tree) -> int:
    """A year between 1900 and 2100."""
    number = tree.integer()
    if not 1900 <= number <= 2100:
        raise tree.unlike("a year", "write the year of the survey, for instance 2012")
    return number


def positive(tree: Tree) -> float:
    """A number above zero."""
    number = tree.number()
    if number <= 0:
        raise tree.unlike("a number above zero")
    return number


def prices(tree: Tree, paths: Paths) -> Prices:
    """The year of welfare's prices; or deflation of welfare, or uprating of the line."""
    if not tree.is_mapping:
        return Prices(welfare_year=year(tree))
    found = tree.fields(("cpi", "from", "to", "direction", "regional"))
    years = {name: year(found[name]) for name in ("from", "to") if name in found}
    if ("cpi" in found) != (len(years) == 2):
        raise tree.fault(
            "an index needs the years that it goes between",
            expected="cpi, from and to",
            got=", ".join(found),
            remedy="add what is missing, or keep 'regional' alone",
        )
    index = _index(found["cpi"], paths) if "cpi" in found else Prices()
    cpi = index.cpi
    for name, wanted in years.items():
        if wanted not in cpi:
            raise found[name].fault(
                f"the price index has no value for {wanted}",
                expected="one of the years " + ", ".join(str(y) for y in sorted(cpi)),
                got=str(wanted),
                remedy="add the year to the index, or choose another year",
            )
    direction = found["direction"].choice(get_args(Direction)) if "direction" in found else None
    return replace(
        index,
        from_year=years.get("from"),
        to_year=years.get("to"),
        direction=cast(Direction, direction or "deflate welfare"),
        regional=found["regional"].text() if "regional" in found else None,
    )


def _index(tree: Tree, paths: Paths) -> Prices:
    """A price index by year: written out, or a CSV file with the columns year and cpi."""
    if tree.is_mapping:
        written = {_year_of(name, below): positive(below) for name, below in tree.items()}
        return Prices(cpi=MappingProxyType(written))
    path = paths.read(tree.text())
    try:
        content = read_bytes(path, what="the price index", max_bytes=_LARGEST_INDEX)
        rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        values = {int(row["year"]): float(row["cpi"]) for row in rows}
    except (RecordError, csv.Error, KeyError, TypeError, ValueError) as reason:
        raise tree.fault(
            "the price index cannot be read",
            expected="a CSV file in UTF-8 with the columns year and cpi, numbers in both",
            got=(reason.got if isinstance(reason, RecordError) else None) or "something else",
            remedy="mend the file, or write the index out: cpi: {2010: 100, 2012: 105.4}",
        ) from reason
    if not values or any(not 0 < value < float("inf") for value in values.values()):
        raise tree.fault("the price index has values that are not above zero", got=path.name)
    digest = hashlib.sha256(content).hexdigest()
    return Prices(cpi=MappingProxyType(values), file=path, file_sha256=digest)


def _year_of(name: str, below: Tree) -> int:
    if not name.isdecimal():
        raise below.fault("a price index goes by year", expected="a year", got=repr(name))
    return int(name)


def equivalence(tree: Tree) -> Equivalence:
    """One of the named scales, or a column with the number of equivalent adults."""
    if not tree.is_mapping:
        text = tree.text()
        if text in SCALES:
            return Equivalence(scale=cast(Any, text))
        return Equivalence(scale="column", column=text)
    found = tree.fields(("scale", "adults", "children", "age"), required=("scale",))
    scale = found["scale"].choice(SCALES)
    parts = {n: found[n].text() for n in ("adults", "children", "age") if n in found}
    if parts and scale != "oecd-modified":
        raise tree.fault(
            f"the scale '{scale}' does not look at ages",
            expected="adults, children or age with oecd-modified alone",
            got=", ".join(parts),
            remedy="remove them",
        )
    return Equivalence(scale=cast(Any, scale), **parts)


def population(tree: Tree) -> Population:
    """Stated totals: a number of persons, or persons and households."""
    if tree.is_number:
        return Population(persons=positive(tree))
    found = tree.fields(("persons", "households", "tolerance"))
    if not {"persons", "households"} & set(found):
        raise tree.unlike("a number of persons or households", "add persons: ... ")
    return Population(**{name: positive(below) for name, below in found.items()})
