"""What is asked: the parameters of each operation, with the choices of one explorer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from ninja import Field, NinjaAPI, Schema
from pydantic import BeforeValidator, StringConstraints, create_model

from exitline.publish.web.figures.catalogue import ALL, Catalogue
from exitline.publish.web.figures.faults import RequestError, echo, hint, names

if TYPE_CHECKING:
    from django.http import QueryDict
    from ninja.errors import ValidationErrorContext
    from pydantic.fields import FieldInfo

    from exitline.publish.explorer.model import Explorer

ROOT = "/api/v1"
MOST_ROWS = 1000
"""Most rows of one answer in JSON."""
USUAL_ROWS = 100
"""Rows of one answer unless it is asked for others."""
_DIGITS = re.compile(r"[0-9]{1,12}")
_OR_LEAVE = "write one of those expected, or leave it out"

Declared = Mapping[str, tuple[Any, Any]]
"""Parameters by name: what each takes, and what is said of it."""


def _digits(sent: Any) -> int:
    """A whole number written in digits alone."""
    if not _DIGITS.fullmatch(str(sent)):
        raise ValueError("no whole number")
    return int(sent)


def _plain(schema: dict[str, Any], example: str = "") -> None:
    """A parameter's schema without what says nothing."""
    schema.pop("title", None)
    if schema.get("default", "") is None:
        del schema["default"]
    if example:
        schema["example"] = example


def _said(words: str, default: Any = None, example: str = "", **bounds: Any) -> Any:
    """What is said of a parameter."""
    extra = partial(_plain, example=example)
    return Field(default, description=words, json_schema_extra=extra, **bounds)


def choice(name: str, words: str, there: Iterable[str]) -> Declared:
    """A choice, where there is one to make."""
    those = tuple(dict.fromkeys(name for name in there if name))
    return {name: (Literal[those], _said(words))} if those else {}


def text(name: str, words: str, example: str = "", longest: int = 200) -> Declared:
    """A short text."""
    kind = Annotated[str, StringConstraints(min_length=1, max_length=longest)]
    return {name: (kind, _said(words, example=example))}


def language(shown: Explorer) -> Declared:
    """Language of the answer."""
    words = (
        "Language of the answer; otherwise as the header Accept-Language prefers, "
        f"or {shown.languages[0]}."
    )
    return choice("lang", words, shown.languages)


def table(shown: Explorer) -> Declared:
    """What every table takes."""
    limit = (
        f"Most rows of the answer: {USUAL_ROWS} unless asked for others; "
        "CSV has all rows unless asked for fewer."
    )
    whole = Annotated[int, BeforeValidator(_digits)]
    return {
        "limit": (whole, _said(limit, ge=1, le=MOST_ROWS)),
        "offset": (whole, _said("Rows to pass over.", 0, ge=0, le=10_000_000)),
        "format": (
            Literal["json", "csv"],
            _said("JSON, or CSV; otherwise as the header Accept prefers."),
        ),
        **language(shown),
    }


def within(found: Catalogue) -> Declared:
    """The area that others lie in."""
    parent = next((found.ids[a.within] for a in found.shown.areas if a.within > 0), ALL)
    words = (
        "Only areas that lie in this one, at any depth: its id, or its key where one area "
        "alone has it."
    )
    return text("within", words, parent)


def place(found: Catalogue) -> Declared:
    """Parameters that say where: by level, or by the area that others lie in."""
    levels = [ALL, *(level.key for level in found.shown.levels)]
    words = 'Only areas of this level; "all" is everything together.'
    return {**choice("level", words, levels), **within(found)}


def query(name: str, *declared: Declared) -> type[Schema]:
    """What an operation takes.

    Parameters
    ----------
    name : str
    *declared : mapping from parameter to what it takes and what is said of it

    Returns
    -------
    type of Schema

    Examples
    --------
    >>> asked = query("Levels", choice("year", "Only this year.", ["2012", "2016"]))
    >>> asked(year="2016").year, asked().year
    ('2016', None)
    """
    fields: dict[str, Any] = {}
    for some in declared:
        fields.update(some)
    return create_model(name, __base__=Schema, **fields)


def check_names(sent: QueryDict, asked: type[Schema]) -> None:
    """Refuse parameters that are not declared, and those that appear twice.

    Parameters
    ----------
    sent : QueryDict
    asked : type of Schema

    Raises
    ------
    RequestError
        With status 400, and the nearest name for a mistyped one.
    """
    known = asked.model_fields
    for name, values in sent.lists():
        if name not in known:
            raise RequestError(
                400, "there is no such parameter", where="query",
                expected=names(known) or "no parameters", got=echo(name),
                remedy=hint(name, known, "leave it out; /docs lists all"),
            )  # fmt: skip
        if len(values) > 1:
            raise RequestError(
                400, "a parameter appears twice", where=f"query, {name}", expected="each once",
                got=f"{name} again", remedy="ask once for each value",
            )  # fmt: skip


class FiguresApi(NinjaAPI):
    """An API whose refusals say what to do."""

    def validation_error_from_error_contexts(
        self, error_contexts: list[ValidationErrorContext[Any]]
    ) -> Any:
        """The first value that cannot be, as a refusal with the nearest name."""
        context = error_contexts[0]
        first = context.pydantic_validation_error.errors()[0]
        part, name = (str(step) for step in first["loc"][:2])
        asked = context.model.model_fields[part].annotation
        return _refused(name, asked.model_fields[name], str(first["input"]))


def _refused(name: str, field: FieldInfo, sent: str) -> RequestError:
    """A value that cannot be."""
    choices = get_args(field.annotation)
    bounds = {kind: getattr(m, kind) for m in field.metadata for kind in ("ge", "le")
              if hasattr(m, kind)}  # fmt: skip
    if choices:
        expected, remedy = names(choices), hint(sent, choices, _OR_LEAVE)
    elif bounds:
        expected = f"a whole number from {bounds['ge']} to {bounds['le']}"
        remedy = "write digits alone"
    else:
        longest = next(m.max_length for m in field.metadata if hasattr(m, "max_length"))
        expected, remedy = f"1 to {longest} letters", _OR_LEAVE
    return RequestError(
        400, f"'{name}' has no such value", where=f"query, {name}", expected=expected,
        got=echo(sent), remedy=remedy,
    )  # fmt: skip
