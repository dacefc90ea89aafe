"""What an operation takes and gives: the one declaration that checks requests and is published."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.publish.server.asked import ReadRequest
from exitline.publish.server.faults import RequestError, echo, hint, names

if TYPE_CHECKING:
    from exitline.publish.server.catalogue import Catalogue

Schema = Mapping[str, Any]
TEXT: Schema = {"type": "string"}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
NUMBER: Schema = {"type": ["number", "null"]}
WHOLE: Schema = {"type": "integer"}
_DIGITS = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True)
class Parameter:
    """One parameter of a query: a choice, a whole number, or a short text.

    Attributes
    ----------
    name, words : str
    choices : tuple of str
        Empty where it is not a choice.
    least, most : int, optional
        Bounds of a whole number.
    default : str or int, optional
    longest : int
        Most letters of a text.
    example : str
    """

    name: str
    words: str
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    default: str | int | None = None
    longest: int = 200
    example: str = ""

    def schema(self) -> dict[str, Any]:
        """What it takes, as JSON Schema."""
        found: dict[str, Any]
        if self.choices:
            found = {"type": "string", "enum": list(self.choices)}
        elif self.least is not None:
            found = {"type": "integer", "minimum": self.least, "maximum": self.most}
        else:
            found = {"type": "string", "minLength": 1, "maxLength": self.longest}
        return found if self.default is None else {**found, "default": self.default}

    def read(self, sent: str) -> str | int:
        """The value that was sent.

        Parameters
        ----------
        sent : str

        Returns
        -------
        str or int

        Raises
        ------
        RequestError
            With status 400, and the nearest name for a mistyped choice.

        Examples
        --------
        >>> Parameter("limit", "most rows", least=1, most=1000).read("50")
        50
        >>> Parameter("year", "the year", ("2012", "2016")).read("2013")
        Traceback (most recent call last):
        exitline.publish.server.faults.RequestError: 'year' has no such value...
        """
        if self.choices:
            if sent in self.choices:
                return sent
            raise self._refused(names(self.choices), sent, hint(sent, self.choices, _OR_LEAVE))
        if self.least is not None and self.most is not None:
            if _DIGITS.fullmatch(sent) and self.least <= int(sent) <= self.most:
                return int(sent)
            expected = f"a whole number from {self.least} to {self.most}"
            raise self._refused(expected, sent, "write digits alone")
        if 1 <= len(sent) <= self.longest:
            return sent
        raise self._refused(f"1 to {self.longest} letters", sent, _OR_LEAVE)

    def _refused(self, expected: str, sent: str, remedy: str) -> RequestError:
        """A value that cannot be."""
        return RequestError(
            400, f"'{self.name}' has no such value", where=f"query, {self.name}",
            expected=expected, got=echo(sent), remedy=remedy,
        )  # fmt: skip


_OR_LEAVE = "write one of those expected, or leave it out"


@dataclass(frozen=True)
class Field:
    """One named value of an answer."""

    name: str
    schema: Schema
    words: str


@dataclass(frozen=True)
class AnswerRecord:
    """What an answer, or each of its rows, holds."""

    name: str
    words: str
    fields: tuple[Field, ...]

    def schema(self) -> dict[str, Any]:
        """As JSON Schema: every field is always there, and no other."""
        return {
            "type": "object",
            "description": self.words,
            "properties": {f.name: {**f.schema, "description": f.words} for f in self.fields},
            "required": [f.name for f in self.fields],
            "additionalProperties": False,
        }


@dataclass(frozen=True)
class Selection:
    """Rows that were asked for, and how each becomes a record."""

    items: Sequence[Any]
    record: Callable[[Any], dict[str, Any]]


@dataclass(frozen=True)
class Example:
    """A request to try."""

    words: str
    query: Mapping[str, str]


@dataclass(frozen=True)
class Operation:
    """One address of the API.

    Attributes
    ----------
    path, name, summary, words : str
    parameters : tuple of Parameter
    record : AnswerRecord
        What the answer holds; of a table, what each row holds.
    answer : callable
        Takes a catalogue and what was asked; gives a `Selection` for a table, else a dict.
    table : bool
    examples : tuple of Example
    """

    path: str
    name: str
    summary: str
    words: str
    parameters: tuple[Parameter, ...]
    record: AnswerRecord
    answer: Callable[[Catalogue, ReadRequest], Selection | dict[str, Any]]
    table: bool = True
    examples: tuple[Example, ...] = ()


def read_query(
    parameters: Sequence[Parameter], sent: Iterable[tuple[str, str]]
) -> dict[str, str | int]:
    """A query checked against its declaration.

    Parameters
    ----------
    parameters : sequence of Parameter
    sent : iterable of (name, value)

    Returns
    -------
    dict
        Values of those that were sent.

    Raises
    ------
    RequestError
        With status 400: a name that is not declared, or appears twice, or a value that
        cannot be.

    Examples
    --------
    >>> read_query([Parameter("limit", "most rows", least=1, most=9)], [("limit", "3")])
    {'limit': 3}
    """
    known = {p.name: p for p in parameters}
    found: dict[str, str | int] = {}
    for name, value in sent:
        if name not in known:
            raise RequestError(
                400, "there is no such parameter", where="query",
                expected=names(known) or "no parameters", got=echo(name),
                remedy=hint(name, known, "leave it out; /docs lists all"),
            )  # fmt: skip
        if name in found:
            raise RequestError(400, "a parameter appears twice", where=f"query, {name}",
                          expected="each once", got=f"{name} again",
                          remedy="ask once for each value")  # fmt: skip
        found[name] = known[name].read(value)
    return found
