"""The parts that a record must have, and what each of them is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from exitline.errors import ExitlineError
from exitline.records.errors import RecordError

Shape = type | tuple[type, ...] | list[Any] | dict[str, Any]
"""A type, several types, a list whose items have a shape, or an object whose parts have."""

_Fault = tuple[str, str, str]
_NAMES: dict[type, str] = {
    str: "text", int: "a whole number", float: "a number", bool: "true or false",
    list: "a list", dict: "an object", type(None): "null",
}  # fmt: skip


def check_shape(
    value: Any,
    shape: Shape,
    *,
    what: str,
    where: str = "",
    error: type[ExitlineError] = RecordError,
    remedy: str = "take an unchanged copy",
) -> None:
    """Refuse a record that lacks a part, or has one of another kind.

    Parameters
    ----------
    value : JSON-like
        What was read.
    shape : type, tuple, list or dict
        `str`, or `(str, type(None))` for one of several types; `[shape]` for a list of any
        length; `{"name": shape, "other?": shape}` for an object with these parts, those with
        a question mark only where they are there. Other parts are passed over. Whole numbers
        pass as `float`, truth values never pass as numbers, `object` lets anything pass.
    what, where, error, remedy
        As in :func:`parse_json`.

    Raises
    ------
    ExitlineError
        Of the type `error`, naming the part.

    Examples
    --------
    >>> check_shape({"inputs": [{"name": 5}]}, {"inputs": [{"name": str}]}, what="the record")
    Traceback (most recent call last):
    ...
    exitline.records.errors.RecordError: the record has another form
      where:    inputs, item 1, name
      expected: text
      got:      a number
      remedy:   take an unchanged copy
    """
    fault = _misfit(value, shape)
    if fault is None:
        return
    place, expected, got = fault
    raise error(
        f"{what} has another form",
        where=", ".join(part for part in (where, place) if part) or None,
        expected=expected,
        got=got,
        remedy=remedy,
    )


def _misfit(value: Any, shape: Shape) -> _Fault | None:
    """Where a value does not fit its shape, what was expected there, and what is there."""
    if isinstance(shape, dict):
        return _object_misfit(value, shape)
    if isinstance(shape, list):
        if not isinstance(value, list):
            return "", "a list", _named(value)
        found = ((f"item {i}", _misfit(one, shape[0])) for i, one in enumerate(value, 1))
        return _first(found)
    kinds = shape if isinstance(shape, tuple) else (shape,)
    if any(_is(value, kind) for kind in kinds):
        return None
    return "", " or ".join(_NAMES.get(kind, kind.__name__) for kind in kinds), _named(value)


def _object_misfit(value: Any, shape: Mapping[str, Any]) -> _Fault | None:
    if not isinstance(value, dict):
        return "", "an object", _named(value)
    for key in shape:
        if not key.endswith("?") and key not in value:
            return "", f"the part '{key}'", "an object without it"
    named = ((key.removesuffix("?"), below) for key, below in shape.items())
    return _first((key, _misfit(value[key], below)) for key, below in named if key in value)


def _first(found: Iterable[tuple[str, _Fault | None]]) -> _Fault | None:
    """The first fault among the parts of a value, with its place."""
    for place, fault in found:
        if fault is not None:
            below, expected, got = fault
            return (f"{place}, {below}" if below else place), expected, got
    return None


def _is(value: Any, kind: type) -> bool:
    if isinstance(value, bool):
        return kind in (bool, object)
    return isinstance(value, (int, float) if kind is float else kind)


def _named(value: Any) -> str:
    """What a value is, without the value itself."""
    kind = type(value)
    return "a number" if kind in (int, float) else _NAMES.get(kind, kind.__name__)
