"""Declared records: what may stand below a key of a YAML file, declared once as a pydantic model.

From one declaration follow the validation of a file, with all its faults in one go and each at
its line; the tables of keys in the docs; and a JSON Schema, by which editors complete and check.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PrivateAttr,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from exitline.errors import ExitlineError, Faults
from exitline.rules.yamlfile import values
from exitline.rules.yamlfile.tree import Tree
from exitline.words.said import RuleText

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic.fields import FieldInfo
    from pydantic_core import CoreSchema

_FAULTS = "exitline"
_Fault = tuple[int, ExitlineError]


class Record(BaseModel):
    """A mapping of keys to values in a YAML file; a subclass declares the keys.

    A key that must be there has no default. A record that may also be written as one value names
    the key that the value then stands for: `short`.

    Examples
    --------
    >>> from exitline.rules.yamlfile.tree import read_text
    >>> class Key(Record):
    ...     households: Text
    ...     persons: Text
    >>> Key.read(read_text("{households: hid, persons: pid}", "s.yaml")).persons
    'pid'
    """

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=False)
    short: ClassVar[Any] = None
    _tree: Tree = PrivateAttr()

    @classmethod
    def read(cls, tree: Tree) -> Self:
        """The record at a place of a file.

        Raises
        ------
        ExitlineError
            The first fault of everything below; `others` holds the rest.
        """
        try:
            return cls.model_validate(tree)
        except ValidationError as reason:
            faults = Faults()
            for _, fault in sorted(_faults_in(reason), key=lambda pair: pair[0]):
                faults.add(fault)
            faults.raise_all()
            raise

    @classmethod
    def keys(cls) -> dict[str, FieldInfo]:
        """The keys as files write them: a record's own before those of what it derives from."""
        return {cls.model_fields[name].alias or name: cls.model_fields[name]
                for name in cls._order()}  # fmt: skip

    @classmethod
    def _order(cls) -> list[str]:
        """The names of fields, a record's own first."""
        above = [kind._order() for kind in cls.__bases__ if issubclass(kind, Record)]
        inherited = [name for names in above for name in names]
        return [name for name in cls.model_fields if name not in inherited] + inherited

    @classmethod
    def fields(cls, tree: Tree) -> dict[str, Tree]:
        """What stands below each key that is there and not empty.

        Raises
        ------
        ExitlineError
            For a key that is not known, or a required one that is missing.
        """
        known = cls.keys()
        return tree.fields(tuple(known), [k for k, field in known.items() if field.is_required()])

    @classmethod
    def _below(cls, tree: Tree, faults: list[_Fault]) -> dict[str, Tree]:
        """As `fields`, with every fault of the keys themselves kept."""
        key = cls.short(tree) if callable(cls.short) else cls.short
        if key is not None and not tree.is_mapping:
            return {key: tree}
        known = cls.keys()
        found = {name: below for name, below in tree.items() if not below.is_empty}
        strange = {name: below for name, below in tree.items() if name not in known}
        for name, below in strange.items():
            faults.append((below.line, tree.unknown(name, below, tuple(known))))
        for name, field in known.items():
            if field.is_required() and name not in found:
                line = max((below.line for below in strange.values()), default=tree.line)
                lacks = tree.lacks(name, [key for key in found if key in known])
                faults.append((line, lacks))  # behind a key that is mistyped
        return found

    @model_validator(mode="wrap")
    @classmethod
    def _from_tree(cls, tree: Any, handler: Callable[[Any], Self]) -> Self:
        if isinstance(tree, cls):
            return tree
        if not isinstance(tree, Tree):
            raise PydanticCustomError("no_record", "no record")
        faults: list[_Fault] = []
        record = None
        try:
            record = handler(cls._below(tree, faults))
            record._tree = tree
            record.check()
        except ValidationError as reason:
            faults += _faults_in(reason)
        except ExitlineError as reason:
            faults.append((_line(reason), reason))
        if record is None or faults:
            raise PydanticCustomError(_FAULTS, "faults", {"found": tuple(faults)})
        return record

    def check(self) -> None:
        """Refuse keys that contradict each other; a subclass says which."""

    def at(self, key: str) -> Tree:
        """The place of a key that is there, for messages."""
        return dict(self._tree.items())[key] if self._tree.is_mapping else self._tree

    @property
    def tree(self) -> Tree:
        """Where the record stands."""
        return self._tree

    @property
    def given(self) -> dict[str, Any]:
        """The values that were written, by the names of fields."""
        return {name: getattr(self, name) for name in type(self).model_fields
                if name in self.model_fields_set}  # fmt: skip

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The schema of the keys; also of the one value, where a record may be written so."""
        schema = handler.resolve_ref_schema(handler(core))
        schema["additionalProperties"] = False
        below = schema.get("properties", {})
        for field in below.values():
            field.pop("default", None)
        for key, declared in cls.keys().items():
            one = below.get(key, {})
            if one.get("type") == "array" and {*map(id, declared.metadata)} & _SINGLE:
                below[key] = {"anyOf": [one.pop("items"), {"type": "array"}], **one}
                below[key]["anyOf"][1]["items"] = below[key]["anyOf"][0]
                del below[key]["type"]
        if cls.short is None:
            return schema
        title = schema.pop("title", cls.__name__)
        return {"title": title, "anyOf": [{"type": ["string", "number"]}, schema]}


def _faults_in(reason: ValidationError) -> Iterator[_Fault]:
    """Our own faults among what pydantic collected; a missing key is said already."""
    for error in reason.errors(include_url=False, include_input=False):
        if error["type"] == _FAULTS:
            yield from error["ctx"]["found"]


def _line(fault: ExitlineError) -> int:
    """The line of a fault in its file."""
    found = re.search(r":(\d+)", fault.where or "")
    return int(found[1]) if found else 0


def reads(read: Callable[[Tree], Any]) -> BeforeValidator:
    """A value that a function reads off its place in the file."""

    def at_its_place(tree: Any) -> Any:
        if not isinstance(tree, Tree):  # a default
            return tree
        try:
            return read(tree)
        except ExitlineError as fault:
            raise PydanticCustomError(
                _FAULTS, "faults", {"found": ((_line(fault), fault),)}
            ) from fault

    return BeforeValidator(at_its_place)


def within(read: Callable[[Tree], float], wanted: Callable[[float], bool], *say: str) -> Any:
    """A number that must lie within bounds."""
    return reads(lambda tree: _bounded(tree, read, wanted, *say))


def _bounded(
    tree: Tree, read: Callable[[Tree], float], wanted: Callable[[float], bool], *say: str
) -> float:
    number = read(tree)
    if not wanted(number):
        raise tree.unlike(*say)
    return number


def year_of(tree: Tree) -> int:
    """A year between 1900 and 2100."""
    say = ("a year", "write the year of the survey, for instance 2012")
    return int(_bounded(tree, Tree.integer, lambda x: 1900 <= x <= 2100, *say))


def either(record: type[Record], read: Callable[[Tree], Any]) -> BeforeValidator:
    """A record, or one value that a function reads."""
    return reads(lambda tree: record.read(tree) if tree.is_mapping else read(tree))


def choice(*words: str) -> tuple[BeforeValidator, WithJsonSchema]:
    """One of a few words, for `Annotated`."""
    return reads(lambda tree: tree.choice(words)), WithJsonSchema({"enum": list(words)})


_WORDS = WithJsonSchema({"type": ["string", "number", "boolean"]})
Text = Annotated[str, reads(Tree.text), _WORDS]
Prose = Annotated[Text, AfterValidator(RuleText)]
"""A text that is shown: in the reader's language, where the file is a shipped one."""
Name = Annotated[str, reads(lambda t: values.check_name(t, t.text())), _WORDS]
Number = Annotated[float, reads(Tree.number)]
Exact = Annotated[Any, reads(values.exact), WithJsonSchema({"type": ["number", "string"]})]
Whole = Annotated[int, reads(Tree.integer)]
Truth = Annotated[bool, reads(Tree.truth)]
Positive = Annotated[float, within(Tree.number, lambda x: x > 0, "a number above zero"),
                     WithJsonSchema({"type": "number", "exclusiveMinimum": 0})]  # fmt: skip
Year = Annotated[int, reads(year_of),
                 WithJsonSchema({"type": "integer", "minimum": 1900, "maximum": 2100})]  # fmt: skip
Date = Annotated[Any, reads(Tree.date), _WORDS]
Day = Annotated[Any, reads(values.day), _WORDS]
LastDay = Annotated[Any, reads(lambda t: values.day(t, end=True)), _WORDS]
Anything = Annotated[Any, reads(lambda tree: tree), WithJsonSchema({})]


def members(tree: Tree) -> tuple[Tree, ...]:
    """The members of a list."""
    return tree.sequence()


LIST = reads(members)
"""For `Annotated[tuple[X, ...], LIST]`: a list."""
ONE_OR_MANY = reads(Tree.one_or_many)
"""A list, or one value."""
Texts = Annotated[tuple[Text, ...], ONE_OR_MANY]
"""Several texts, or one."""
SOME = reads(Tree.some)
"""A list with at least one member, or one value."""
_SINGLE = {id(ONE_OR_MANY), id(SOME)}
"""Lists that may be written as their one member."""
NAMED = reads(lambda tree: dict(tree.items()))
"""For `Annotated[dict[str, X], NAMED]`: names and what stands for each."""


def _named(tree: Tree) -> dict[str, Tree]:
    return {values.check_name(below, name): below for name, below in tree.items()}


NAMED_FOR_CONDITIONS = reads(_named)
"""The same, each name usable in conditions."""


def described(record: type[Record]) -> dict[type[Record], list[tuple[str, str]]]:
    """Key and meaning of every key that has a meaning of its own, by record, for the docs.

    Parameters
    ----------
    record : type of Record
        With all records that stand below its keys.

    Returns
    -------
    dict
        From each record to its rows, in reading order.
    """
    found: dict[type[Record], list[tuple[str, str]]] = {}
    ahead = [record]
    while ahead:
        here = ahead.pop(0)
        if here in found:
            continue
        keys = here.keys()
        found[here] = [(k, f.description) for k, f in keys.items() if f.description]
        ahead += [inner for field in keys.values() for inner in _records_in(field.annotation)]
    return found


def _records_in(annotation: Any) -> list[type[Record]]:
    """The records that a type is made of."""
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return [annotation]
    return [record for part in get_args(annotation) for record in _records_in(part)]


def json_schema(record: type[Record], name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a file.

    Parameters
    ----------
    record : type of Record
    name : str
        Its title.
    """
    schema = record.model_json_schema()
    schema["title"] = name
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
