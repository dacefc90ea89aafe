"""The API's description for people: one page, made of the description for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from exitline.publish.report.page import digest
from exitline.publish.server.parameters import COMMON

if TYPE_CHECKING:
    from exitline.publish.server.declare import Operation

MOST_SHOWN = 12
"""Most choices of a parameter that stand in the open."""


@dataclass(frozen=True)
class DocRow:
    """A parameter or a field: name, kind, words, choices (the rest of them folded away)."""

    name: str
    kind: str
    words: str
    choices: tuple[str, ...] = ()
    more: tuple[str, ...] = ()


@dataclass(frozen=True)
class DocSection:
    """An operation as it is read."""

    name: str
    path: str
    summary: str
    words: str
    parameters: tuple[DocRow, ...]
    examples: tuple[tuple[str, str, str], ...]
    fields: tuple[DocRow, ...]
    table: bool


@dataclass(frozen=True)
class Common:
    """What every table takes and gives."""

    parameters: tuple[DocRow, ...]
    fields: tuple[DocRow, ...]


def docs_page(described: Mapping[str, Any], operations: Sequence[Operation]) -> str:
    """The page; it needs no script and nothing from elsewhere.

    Parameters
    ----------
    described : mapping
        The OpenAPI document.
    operations : sequence of Operation
        For their examples.

    Returns
    -------
    str
        HTML.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    schemas = described["components"]["schemas"]
    return environment.from_string(_asset("docs.html.j2")).render(
        info=described["info"], style=_style(), style_digest=digest(_style()),
        sections=[_section(described, operation) for operation in operations],
        problem=_fields(schemas["Problem"]),
        common=_common(described, operations),
        version=described["openapi"],
    )  # fmt: skip


def docs_policy() -> str:
    """Content security policy of the page: its own style, and nothing else."""
    return (
        f"default-src 'none'; style-src 'sha256-{digest(_style())}'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _common(described: Mapping[str, Any], operations: Sequence[Operation]) -> Common:
    """What is said once for all tables."""
    first = next(operation for operation in operations if operation.table)
    taken = described["paths"][first.path]["get"]["parameters"]
    given = described["components"]["schemas"][f"{first.record.name}Table"]
    return Common(tuple(_parameter(p) for p in taken if p["name"] in COMMON), _fields(given))


def _section(described: Mapping[str, Any], operation: Operation) -> DocSection:
    """An operation with its parameters, requests to try and fields."""
    it = described["paths"][operation.path]["get"]
    examples = []
    for example in operation.examples:
        query = urlencode(example.query)
        href = f"{operation.path}?{query}" if query else operation.path
        plain = "&".join(f"{name}={value}" for name, value in example.query.items())
        examples.append((example.words, href, f"{operation.path}?{plain}" if plain else href))
    return DocSection(
        operation.name, operation.path, it["summary"], it["description"],
        tuple(_parameter(p) for p in it["parameters"] if p["name"] not in COMMON),
        tuple(examples), _fields(described["components"]["schemas"][operation.record.name]),
        operation.table,
    )  # fmt: skip


def _parameter(it: Mapping[str, Any]) -> DocRow:
    """A parameter in words."""
    return _row(it["name"], it["schema"], it["description"], it.get("example", ""))


def _fields(schema: Mapping[str, Any]) -> tuple[DocRow, ...]:
    """The properties of an object."""
    return tuple(
        _row(name, below, below.get("description", ""), "")
        for name, below in schema["properties"].items()
    )


def _row(name: str, schema: Mapping[str, Any], words: str, example: str) -> DocRow:
    """A parameter or a field in words."""
    choices = tuple(schema.get("enum", ()))
    if "default" in schema:
        words += f" Default: {schema['default']}."
    if example:
        words += f" Example: {example}."
    return DocRow(name, _kind(schema), words, choices[:MOST_SHOWN], choices[MOST_SHOWN:])


def _kind(schema: Mapping[str, Any]) -> str:
    """A JSON Schema's type in words.

    Examples
    --------
    >>> _kind({"type": "integer", "minimum": 0, "maximum": 9}), _kind({"type": ["number", "null"]})
    ('whole number, 0 to 9', 'number or null')
    """
    if "enum" in schema:
        return "one of"
    if "minimum" in schema:
        return f"whole number, {schema['minimum']:,} to {schema['maximum']:,}"
    if "maxLength" in schema:
        return f"text, at most {schema['maxLength']} letters"
    if "$ref" in schema.get("items", {}):
        return "list of records"
    kinds: list[str] = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " or ".join(_KINDS.get(kind, kind) for kind in kinds)


_KINDS = {
    "integer": "whole number",
    "string": "text",
    "array": "list",
    "boolean": "true or false",
}


@cache
def _style() -> str:
    """The report's style, and what this page adds to it."""
    from exitline.publish.report.page import style

    return style() + _asset("docs.css")


@cache
def _asset(name: str) -> str:
    """A file of this page."""
    folder = resources.files("exitline.publish.server") / "templates"
    return (folder / name).read_text(encoding="utf-8")
