"""Values of a column of categories, with the names they are shown by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from exitline.errors import MeasureError

if TYPE_CHECKING:
    import pyarrow as pa


def levels_of(
    found: pa.Table, labels: Mapping[Any, str], text: str, where: str
) -> list[tuple[Any, str]]:
    """Values in ascending order, each with its name.

    Parameters
    ----------
    found : pyarrow.Table
        From `exitline.measure.categories.values_query`.
    labels : mapping
        From values to what they mean.
    text, where : str
        What has these values, and where it stands, for the message.

    Raises
    ------
    MeasureError
        For more values than can be told apart.
    """
    from exitline.infer.codes import as_text
    from exitline.infer.naming import shown_names
    from exitline.measure.categories import MOST_VALUES

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
