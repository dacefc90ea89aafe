"""What the API says of itself: its description, and the same as one page for people."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal
from urllib.parse import urlencode

from exitline.publish.explorer.texts import in_language
from exitline.publish.web.figures.catalogue import Catalogue, or_none
from exitline.publish.web.figures.records import AnswerRecord, says

DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content security policy of the page: its own script and style, and nothing else."""
ASSETS = {
    "docs.css": "text/css; charset=utf-8",
    "docs.js": "text/javascript; charset=utf-8",
}
_SHOWN_ROWS = 2
_ROWS = "Table"

Answer = Callable[[str, Mapping[str, str]], Awaitable[Any]]
"""From an address and a query to what the API answers."""


@dataclass(frozen=True)
class DocsParameter:
    """What may be asked.

    Attributes
    ----------
    name, words : str
    choices : tuple of str
        Where there is one to make.
    takes : str
        What else it takes.
    example : str
    whole : bool
        Whether it is a whole number.
    """

    name: str
    words: str
    choices: tuple[str, ...]
    takes: str
    example: str
    whole: bool


@dataclass(frozen=True)
class DocsField:
    """What an answer, or each of its rows, holds."""

    name: str
    kind: str
    words: str


@dataclass(frozen=True)
class DocsOperation:
    """An address: what it takes, what it gives, an example of both."""

    name: str
    path: str
    summary: str
    words: str
    table: bool
    parameters: tuple[DocsParameter, ...]
    fields: tuple[DocsField, ...]
    query: str
    answer: str


async def docs_page(described: Mapping[str, Any], answer: Answer) -> str:
    """The page that shows the description.

    Parameters
    ----------
    described : mapping
        The OpenAPI document.
    answer : callable
        From an address and a query to what the API answers: for the examples.

    Returns
    -------
    str
        HTML.
    """
    from exitline.publish.report.page import environment

    operations = [
        await _operation(path, item["get"], described["components"]["schemas"], answer)
        for path, item in described["paths"].items()
    ]
    first = next((one for one in operations if one.name == "estimates"), operations[-1])
    said = described["info"]["description"].split("\n\n")
    template = environment(_text).get_template("docs.html.j2")
    return template.render(
        title=described["info"]["title"], version=described["info"]["version"], said=said,
        operations=operations, first=first,
    )  # fmt: skip


@cache
def docs_asset(name: str) -> bytes:
    """A file that the page brings along; the style is the report's, and what is added to it.

    Parameters
    ----------
    name : str
        One of `ASSETS`.

    Returns
    -------
    bytes
    """
    from exitline.publish.report.page import style

    return ((style() if name.endswith(".css") else "") + _text(name)).encode()


def _text(name: str) -> str:
    folder = resources.files("exitline.publish.web.figures") / "described"
    return (folder / name).read_text(encoding="utf-8")


async def _operation(
    path: str, said: Mapping[str, Any], schemas: Mapping[str, Any], answer: Answer
) -> DocsOperation:
    """An operation as the page shows it."""
    given = _named(said["responses"]["200"]["content"]["application/json"]["schema"])
    table = given.endswith(_ROWS)
    fields = schemas[given.removesuffix(_ROWS) if table else given]["properties"]
    parameters = tuple(_parameter(one) for one in said.get("parameters", ()))
    query, answered = await _example(path, parameters, table, answer)
    return DocsOperation(
        said["operationId"], path, said["summary"], said["description"], table, parameters,
        tuple(DocsField(name, _kind(one, schemas), _meaning(one, schemas))
              for name, one in fields.items()),
        f"?{urlencode(query, safe='@:,')}" if query else "",
        json.dumps(answered, ensure_ascii=False, indent=2),
    )  # fmt: skip


def _parameter(said: Mapping[str, Any]) -> DocsParameter:
    """A parameter as the page shows it."""
    schema = said["schema"]
    choices = _choices(schema)
    whole = schema.get("type") == "integer"
    if whole:
        takes = f"a whole number from {schema['minimum']:,} to {schema['maximum']:,}"
    else:
        takes = "" if choices else f"text of at most {schema['maxLength']} letters"
    return DocsParameter(
        said["name"], said["description"], choices, takes, str(schema.get("example", "")), whole
    )


def _choices(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """The values that are taken, where there are only some."""
    one = [schema["const"]] if "const" in schema else []
    return tuple(str(value) for value in schema.get("enum", one))


async def _example(
    path: str, parameters: tuple[DocsParameter, ...], table: bool, answer: Answer
) -> tuple[dict[str, str], Any]:
    """A query of a few rows that has an answer, and the answer."""
    if not table:
        return {}, await answer(path, {})
    few = {"limit": str(_SHOWN_ROWS)}
    there = {one.name: one.choices for one in parameters}
    areas = [level for level in there.get("level", ()) if level != "all"]
    chosen = {key: values[0] for key, values in (("series", there.get("series", ())),
                                                 ("level", areas)) if values}  # fmt: skip
    query = {**chosen, **few}
    answered = await answer(path, query)
    return (query, answered) if answered["rows"] else (few, await answer(path, few))


def _named(schema: Mapping[str, Any]) -> str:
    """The name of a record."""
    return str(schema["$ref"]).rsplit("/", 1)[-1]


def _kind(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    """What a field is, in a few words.

    Examples
    --------
    >>> _kind({"anyOf": [{"type": "number"}, {"type": "null"}]}, {})
    'number or null'
    >>> step = {"properties": {"term": {"type": "string"}, "text": {"type": "string"}}}
    >>> _kind({"type": "array", "items": {"$ref": "#/components/schemas/Step"}}, {"Step": step})
    'list of: record (term, text)'
    """
    if "anyOf" in schema:
        return " or ".join(_kind(one, schemas) for one in schema["anyOf"])
    if "$ref" in schema:
        return f"record ({', '.join(schemas[_named(schema)]['properties'])})"
    kind = str(schema.get("type", "string"))
    if kind == "array":
        return f"list of: {_kind(schema['items'], schemas)}"
    return _KINDS.get(kind, kind)


def _meaning(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    """What is said of a field, or of the record that it is."""
    if "description" in schema or "$ref" not in schema:
        return str(schema.get("description", ""))
    return str(schemas[_named(schema)].get("description", ""))


_KINDS = {"string": "text", "integer": "whole number", "boolean": "true or false"}


class RuleAnswer(AnswerRecord):
    """The rule in words."""

    title: str
    text: list[str]


class SourceAnswer(AnswerRecord):
    """Where something comes from."""

    title: str
    url: str | None


class MethodAnswer(AnswerRecord):
    """How figures came about."""

    term: str
    text: str


class DisclosureAnswer(AnswerRecord):
    """How small counts are protected."""

    words: str
    suppressed: int


class DigestAnswer(AnswerRecord):
    """What a file's content is known by."""

    name: str
    sha256: str


class VerifyAnswer(AnswerRecord):
    """How a stranger recomputes the figures."""

    words: str
    commands: list[str]
    digests: list[DigestAnswer]


class AboutAnswer(AnswerRecord):
    """What is shown, and how it came about."""

    kind: Literal["run", "record"] = says(
        "A run of a study, or a record of decisions that others took."
    )
    title: str = says("What it is called.")
    summary: str = says("What it is, in a sentence.")
    notice: str | None = says("What must be said wherever a figure is shown.")
    languages: list[str] = says("Languages of the answers, the usual one first.")
    years: list[str] = says("Years, in order.")
    standard: RuleAnswer | None = says("The rule in words.")
    sources: list[SourceAnswer] = says("Where it comes from.")
    method: list[MethodAnswer] = says("How the figures came about.")
    disclosure: DisclosureAnswer = says("How small counts are protected, how many are suppressed.")
    verify: VerifyAnswer = says("How a stranger recomputes the figures.")
    software: str = says("What made it.")


class AddressAnswer(AnswerRecord):
    """One operation."""

    name: str
    href: str
    summary: str


class IndexAnswer(AnswerRecord):
    """Where everything is."""

    title: str = says("What is shown.")
    notice: str | None = says("What must be said wherever a figure is shown.")
    read_at: str = says("When the figures were read; later changes of the files are not seen.")
    page: str = says("Address of the page.")
    docs: str = says("Address of the description of the API for people.")
    openapi: str = says("Address of the same for programs.")
    operations: list[AddressAnswer] = says("What can be asked.")


def index(found: Catalogue, language: str, there: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    """Where everything is.

    Parameters
    ----------
    found : Catalogue
    language : str
    there : sequence of (name, address, summary)

    Returns
    -------
    dict
        The fields of `IndexAnswer`.
    """
    return {
        "title": in_language(found.shown.title, language),
        "notice": or_none(found.shown.notice or "", language),
        "read_at": found.read_at,
        "page": "/",
        "docs": "/docs",
        "openapi": "/openapi.json",
        "operations": [{"name": n, "href": href, "summary": s} for n, href, s in there],
    }


def about(found: Catalogue, language: str) -> dict[str, Any]:
    """Everything about the explorer but its figures.

    Parameters
    ----------
    found : Catalogue
    language : str

    Returns
    -------
    dict
        The fields of `AboutAnswer`.
    """
    from exitline.version import __version__

    shown = found.shown

    def said(text: Any) -> str:
        return in_language(text, language)

    standard = shown.standard
    return {
        "kind": shown.kind,
        "title": said(shown.title),
        "summary": said(shown.summary),
        "notice": or_none(shown.notice or "", language),
        "languages": list(shown.languages),
        "years": list(shown.years),
        "standard": standard
        and {"title": said(standard[0]), "text": [said(part) for part in standard[1]]},
        "sources": [{"title": said(title), "url": url or None} for title, url in shown.sources],
        "method": [{"term": said(term), "text": said(text)} for term, text in shown.method],
        "disclosure": {"words": said(shown.disclosure), "suppressed": shown.suppressed},
        "verify": {
            "words": said(shown.verify.words),
            "commands": list(shown.verify.commands),
            "digests": [{"name": n, "sha256": d} for n, d in shown.verify.digests],
        },
        "software": f"exitline {__version__}",
    }
