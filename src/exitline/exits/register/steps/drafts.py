"""Events as people hand them in: rows of a table, or of JSON."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from exitline import inputs
from exitline.errors import nearest
from exitline.exits.register.errors import LifecycleError
from exitline.exits.register.event import Document, Draft
from exitline.exits.register.procedures.decision import Scalar
from exitline.exits.register.procedures.procedure import UNITS
from exitline.records import parse_json, read_json
from exitline.records.reading import MAX_BYTES
from exitline.stats.data.values import written

_NEEDED = ("household", "step", "on", "actor", "role")
_KNOWN = (*_NEEDED, "documents", "category", "reason", "evidence")
_EVIDENCE = "evidence."
_DOCUMENT = re.compile(r"\s*([^=(]+?)\s*(?:=\s*([^(]*?)\s*)?(?:\(([^)]*)\))?\s*")
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")


def read_drafts(path: str | Path, **reading: Any) -> tuple[Draft, ...]:
    """The events of a file, in its order.

    Columns: household (or what else the procedure is about: village, work, asset), step, on
    (2016-05-01), actor, role; and where needed documents
    ("review minutes; village notice=<sha256>(name, hamlet)": kind, reference, fields
    shown), category, reason, and the evidence as columns "evidence.<column>". An empty
    cell leaves the column out; NA says that it was asked and is not known. In CSV every
    household id stays the text it is.

    Parameters
    ----------
    path : str or Path
        A .json file (a list), .jsonl, or a table of any kind that the project reads.
    **reading
        Options of the table's reader, as `exitline.stats.data.open_source` takes them.

    Returns
    -------
    tuple of Draft

    Raises
    ------
    LifecycleError
        Naming file and row.
    """
    file = Path(path)
    rows = _rows(file, reading)
    drafts = tuple(draft_of(row, where=f"{file.name} row {i}") for i, row in enumerate(rows, 1))
    if not drafts:
        raise LifecycleError(
            "the file contains no events",
            where=file.name,
            expected="a header and at least one row",
            got="no row",
            remedy="add the events",
        )
    return drafts


def draft_of(row: Mapping[str, Any], *, where: str) -> Draft:
    """One event from a row.

    Parameters
    ----------
    row : mapping
        See `read_drafts` for its keys.
    where : str
        For messages.

    Returns
    -------
    Draft

    Raises
    ------
    LifecycleError

    Examples
    --------
    >>> row = {"household": "17", "step": "propose exit", "on": "2016-05-01", "actor": "li",
    ...        "role": "village committees", "documents": "review minutes=ab12",
    ...        "evidence.income": "3100", "evidence.water": "true"}
    >>> draft = draft_of(row, where="row 1")
    >>> draft.documents[0].digest, draft.evidence["water"]
    ('ab12', True)
    """
    given = {key: value for key, value in row.items() if value is not None and value != ""}
    for name in UNITS[1:]:  # a work's id may stand under "work"
        if name in given and "household" not in given:
            given["household"] = given.pop(name)
    if written(given.get("household")) is None:
        given.pop("household", None)
    for key in given:
        if key not in _KNOWN and not key.startswith(_EVIDENCE):
            raise LifecycleError(
                f"there is no such column: '{key}'",
                where=where,
                expected=", ".join(_KNOWN[:-1]) + f", {_EVIDENCE}<column>",
                got=repr(key),
                remedy=nearest(key, _KNOWN)
                or "leave it out: scores, outcomes and states are derived",
            )
    missing = [key for key in _NEEDED if key not in given]
    if missing:
        raise LifecycleError(
            "the event is not complete",
            where=where,
            expected=", ".join(_NEEDED),
            got="nothing under " + ", ".join(missing),
            remedy="fill in what is missing",
        )
    return Draft(
        household=written(given["household"]) or "",
        step=str(given["step"]).strip(),
        on=_day(given["on"], where),
        actor=str(given["actor"]),
        role=str(given["role"]).strip(),
        documents=_documents(given.get("documents", ()), where),
        evidence=_evidence(given, where),
        category=str(given.get("category", "")).strip(),
        reason=str(given.get("reason", "")),
    )


def _rows(file: Path, reading: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The rows of a file, by its ending."""
    if file.suffix not in (".json", ".jsonl"):
        yield from table_rows(file, reading)
        return
    if reading:
        raise LifecycleError(
            "a JSON file takes no options of a reader",
            where=file.name,
            expected="none",
            got=", ".join(sorted(reading)),
            remedy="leave them out",
        )
    try:
        yield from _json(file) if file.suffix == ".json" else _json_lines(file)
    except (ValueError, OSError) as reason:
        raise LifecycleError(
            "the file cannot be read as what its ending says",
            where=file.name,
            expected=f"a {file.suffix[1:]} file in UTF-8",
            got=type(reason).__name__,
            remedy="export it again",
        ) from reason


def table_rows(file: Path, reading: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The rows of a table, in its order; every cell of a CSV file is the text it is.

    Parameters
    ----------
    file : Path
    reading : mapping
        Options of the table's reader.
    """
    from exitline.stats.data.readers.csv_text import whole_rows
    from exitline.stats.data.source import open_source

    source = open_source(file, **reading)
    if source.kind == "csv":
        assert source.held is not None
        yield from whole_rows(source.held, source.options["dialect"])
    elif source.kind == "parquet":
        yield from _parquet(file)
    else:
        assert source.table is not None
        yield from source.table.to_pylist()


def _text(file: Path) -> str:
    return inputs.text(
        file, most=MAX_BYTES, expected=f"a {file.suffix[1:]} file", error=LifecycleError
    )


def _json(file: Path) -> Iterator[Mapping[str, Any]]:
    data = read_json(file, what="the file of events", error=LifecycleError)
    yield from _objects(data if isinstance(data, list) else [data])


def _json_lines(file: Path) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(_text(file).splitlines(), 1):
        if line.strip():
            where = f"{file.name}, line {number}"
            yield from _objects(
                [parse_json(line, what="the event", where=where, error=LifecycleError)]
            )


def _objects(values: Sequence[Any]) -> Iterator[Mapping[str, Any]]:
    for value in values:
        if not isinstance(value, dict):
            raise ValueError("not an object")
        yield value


def _parquet(file: Path) -> Iterator[Mapping[str, Any]]:
    import pyarrow.parquet as pq

    yield from pq.read_table(file).to_pylist()


def _day(value: Any, where: str) -> date:
    """A day, from a date or from its ISO text."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError as reason:
        raise LifecycleError(
            "'on' is not a day",
            where=where,
            expected="year-month-day, such as 2016-05-01",
            got=repr(str(value)[:20]),
            remedy="write the day as year-month-day",
        ) from reason


def _documents(value: Any, where: str) -> tuple[Document, ...]:
    """Documents from "kind=reference(field, field); kind", or from a list."""
    parts = value.split(";") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple):
        raise LifecycleError(
            "'documents' is not a list",
            where=where,
            expected="a list of documents, or text with ; between them",
            got=type(value).__name__,
            remedy="write it as a list",
        )
    found = []
    for part in parts:
        if isinstance(part, dict):
            named = part.get("shows", ())
            shows = tuple(map(str, named if isinstance(named, list | tuple) else [named]))
            found.append(Document(str(part.get("kind", "")), str(part.get("digest", "")), shows))
            continue
        match = _DOCUMENT.fullmatch(str(part))
        if match is None:
            raise LifecycleError(
                "a document that cannot be read",
                where=where,
                expected="kind, kind=reference, or kind=reference(field, field); parted by ;",
                got="text in another form",
                remedy="write it in this form",
            )
        shows = tuple(name.strip() for name in (match[3] or "").split(",") if name.strip())
        found.append(Document(match[1], match[2] or "", shows))
    return tuple(found)


def _evidence(given: Mapping[str, Any], where: str) -> dict[str, Scalar] | None:
    """The evidence of a row, or None when it has none."""
    nested = given.get("evidence", {})
    if not isinstance(nested, dict):
        raise LifecycleError(
            "'evidence' is not a set of columns with values",
            where=where,
            expected='{"income": 3100, "water": true}',
            remedy="write the evidence as an object, or as columns evidence.<column>",
        )
    flat = {k[len(_EVIDENCE) :]: value_of(v) for k, v in given.items() if k.startswith(_EVIDENCE)}
    found = {**nested, **flat}
    return found or None


def value_of(value: Any) -> Scalar:
    """A value from a cell: true, false, NA (asked and not known), a number, or text.

    Examples
    --------
    >>> value_of("3100"), value_of("true"), value_of("NA"), value_of("water")
    (3100.0, True, None, 'water')
    """
    if not isinstance(value, str):
        return value  # type: ignore[no-any-return]
    text = value.strip()
    if text == "NA":
        return None
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    number = float(text) if _NUMBER.fullmatch(text) else None
    return value if number is None or not math.isfinite(number) else number
