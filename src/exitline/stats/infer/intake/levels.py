"""Values of a column of categories, with the names they are shown by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from exitline.errors import MeasureError, nearest

if TYPE_CHECKING:
    import pyarrow as pa


def levels_of(
    found: pa.Table, labels: Mapping[Any, str], text: str, where: str
) -> list[tuple[Any, str]]:
    """Values in ascending order, each with its name.

    Parameters
    ----------
    found : pyarrow.Table
        From `exitline.stats.measure.categories.values_query`.
    labels : mapping
        From values to what they mean.
    text, where : str
        What has these values, and where it stands, for the message.

    Raises
    ------
    MeasureError
        For more values than can be told apart.
    """
    from exitline.stats.infer.intake.codes import as_text
    from exitline.stats.infer.intake.naming import shown_names
    from exitline.stats.measure.categories import MOST_VALUES

    values = sorted(found.column("value").to_pylist())
    if len(values) > MOST_VALUES:
        raise MeasureError(
            f"'{text}' has too many values to be categories",
            where=where,
            expected=f"at most {MOST_VALUES}",
            got=f"more than {MOST_VALUES}",
            remedy="take it as a number, or join values into groups before",
        )
    names = shown_names([as_text(value) for value in values], labels)
    return list(zip(values, names, strict=True))


def based(levels: list[tuple[Any, str]], base: str | None, text: str) -> list[tuple[Any, str]]:
    """The levels of a factor of a model, its base first.

    Parameters
    ----------
    levels : list of (value, name)
    base : str or None
        The first unless given; as results or the data write it.
    text : str
        The factor, for the message.

    Raises
    ------
    MeasureError
        For a single level, or a base that is not there.
    """
    from exitline.stats.infer.intake.codes import as_text

    if not levels[1:]:
        raise MeasureError(
            f"'{text}' has a single level",
            where="formula",
            expected="at least 2 levels on the rows of the model",
            got=str(len(levels)),
            remedy="leave it out",
        )
    if base is None:
        return levels
    first = [k for k, (value, name) in enumerate(levels) if base in (name, as_text(value))]
    if not first:
        names = [name for _, name in levels]
        raise MeasureError(
            f"'{text}' has no level '{base}'",
            where="formula",
            expected="one of " + ", ".join(names[:30]),
            got=repr(base),
            remedy=nearest(base, names) or "name one of its levels",
        )
    return [levels[first[0]], *(one for k, one in enumerate(levels) if k != first[0])]
