"""CSV with a Frictionless data package beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.proof.disclose.system import TableError
from exitline.publish.tables.content import SUPPRESSED, TOTAL
from exitline.words.sheets import safe_cell

if TYPE_CHECKING:
    from exitline.publish.tables.content import CountedFigure, SafeTable

PACKAGE = "datapackage.json"


def csv_files(table: SafeTable, path: Path, earlier: Mapping[Path, bytes]) -> dict[Path, bytes]:
    """One row for each cell, and a description in datapackage.json in the same folder.

    A package that is already there keeps its other tables.

    Parameters
    ----------
    table : SafeTable
    path : Path
    earlier : mapping of Path to bytes
        Files that are about to be written, a package perhaps among them.

    Returns
    -------
    dict of Path to bytes

    References
    ----------
    Frictionless Data, Data Package and Table Schema specifications, version 1.
    """
    descriptor = path.with_name(PACKAGE)
    found = earlier.get(descriptor)
    if found is None and descriptor.exists():
        found = descriptor.read_bytes()
    package = _joined(found, resource(table, path.name), table, descriptor)
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    return {path: _csv(table).encode(), descriptor: text.encode()}


def resource(table: SafeTable, file: str) -> dict[str, Any]:
    """The description of one table, as Frictionless has it.

    Parameters
    ----------
    table : SafeTable
    file : str
        Name of the CSV file.
    """
    facts = table.facts
    made: dict[str, Any] = {
        "name": _name(Path(file).stem),
        "path": file,
        "profile": "tabular-data-resource",
        "title": facts.title,
        "description": "\n".join(f"{name}: {text}" for name, text in facts.lines()),
        "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "header": True},
        "schema": schema(table),
    }  # fmt: skip
    if facts.source:
        made["sources"] = [{"title": facts.source}]
    if facts.licence:
        key = "path" if facts.licence.startswith("http") else "name"
        made["licenses"] = [{key: facts.licence}]
    return made


def schema(table: SafeTable) -> dict[str, Any]:
    """The Table Schema: fields with titles, units, constraints and the missing-value code."""
    fields: list[dict[str, Any]] = []
    for side in table.sides:
        for depth, name in enumerate(side.names):
            labels = list(dict.fromkeys(side.labels(depth)))
            fields.append({
                "name": name, "type": "string", "title": table.heading(name),
                "description": f"'{TOTAL}' is the sum over all of them.",
                "constraints": {"required": True} | ({"enum": labels} if len(labels) < 50 else {}),
            })  # fmt: skip
    for figure in table.figures:
        fields.append(_field(figure, figure.name, figure.label))
        if figure.bounds is not None:
            fields += [
                _field(figure, f"{figure.name}_{end}", f"{figure.label}, {end} end of the interval")
                for end in ("low", "high")
            ]
    sampled = any(figure.bounds is not None for figure in table.figures)
    return {
        "fields": fields, "missingValues": [SUPPRESSED, ""] if sampled else [SUPPRESSED],
        "primaryKey": list(table.names),
    }  # fmt: skip


def _field(figure: CountedFigure, name: str, title: str) -> dict[str, Any]:
    """A column of numbers."""
    said = (
        f"'{SUPPRESSED}': withheld so that nobody can be recognised, which is neither zero nor "
        "unknown."
    )
    if name != figure.name:
        said += " Empty: the figure has no interval."
    return {
        "name": name, "type": "number" if figure.decimals else "integer", "title": title,
        "unit": figure.unit, "description": said, "constraints": {"minimum": 0},
    }  # fmt: skip


def _csv(table: SafeTable) -> str:
    """The rows as text; whole numbers without a decimal point, labels never formulas."""
    import pandas as pd

    frame = table.long()
    for name in table.names:
        frame[name] = frame[name].map(safe_cell)
    for figure in table.figures:
        hidden = frame[figure.name].isna()
        ends = [f"{figure.name}_{end}" for end in ("low", "high")] if figure.bounds else []
        for name in (figure.name, *ends):
            number = frame[name] if figure.decimals else frame[name].astype(pd.Int64Dtype())
            frame[name] = number.astype("string").fillna("").mask(hidden, SUPPRESSED)
    return frame.to_csv(index=False, lineterminator="\n")


def _joined(
    there: bytes | None, own: dict[str, Any], table: SafeTable, where: Path
) -> dict[str, Any]:
    """The package with this resource in the place of an earlier one of its path."""
    if there is None:
        return {
            "profile": "tabular-data-package", "name": own["name"], "title": table.facts.title,
            "resources": [own],
        }  # fmt: skip
    try:
        found = json.loads(there)
        others = [r for r in found["resources"] if r["path"] != own["path"]]
    except (ValueError, KeyError, TypeError) as reason:
        raise TableError(
            "the folder contains a datapackage.json that is not one", where=str(where),
            expected="a Frictionless data package with resources",
            remedy="write the table into another folder",
        ) from reason  # fmt: skip
    return {**found, "resources": [*others, own]}


def _name(stem: str) -> str:
    """A resource name: lower case, digits, dash, dot, underscore."""
    return re.sub(r"[^a-z0-9._-]+", "-", stem.lower()).strip("-") or "table"
