"""What columns and their values mean, as a Parquet file of ours carries it along.

Parquet has no labels of its own. They stand in the file's metadata, under one key, as JSON:
``{"reg": {"title": "Region", "values": {"1": "North", "2": "South"}}}``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exitline.stats.data.scannable import Source

KEY = "exitline.columns"
"""The key in the metadata of a Parquet file."""


def codebook(source: Source, columns: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Titles and value labels of some columns of a source; those without any are left out.

    Parameters
    ----------
    source : Source
    columns : iterable of str

    Returns
    -------
    dict

    Examples
    --------
    >>> from exitline.stats.data.scannable import Source
    >>> codebook(Source("arrow", labels={"reg": {1: "North"}}), ["reg", "y"])
    {'reg': {'values': {'1': 'North'}}}
    """
    from exitline.stats.data.values import written

    book: dict[str, dict[str, Any]] = {}
    for name in columns:
        said: dict[str, Any] = {}
        if source.titles.get(name):
            said["title"] = source.titles[name]
        if source.labels.get(name):
            said["values"] = {written(v) or "": w for v, w in source.labels[name].items()}
        if said:
            book[name] = said
    return book


def as_metadata(book: Mapping[str, Any]) -> dict[str, str]:
    """The codebook as metadata of a Parquet file; nothing for an empty one."""
    return {KEY: json.dumps(book, ensure_ascii=False, sort_keys=True)} if book else {}


def from_metadata(
    metadata: Mapping[bytes, bytes] | None,
) -> tuple[Mapping[str, Mapping[Any, str]], Mapping[str, str]]:
    """Value labels and titles by column; none where the file has no codebook of ours.

    Examples
    --------
    >>> labels, titles = from_metadata({b"exitline.columns": b'{"reg": {"values": {"1": "N"}}}'})
    >>> dict(labels["reg"]), dict(titles)
    ({'1': 'N'}, {})
    """
    from exitline.errors import ExitlineError
    from exitline.records import parse_json

    none: Mapping[str, Any] = MappingProxyType({})
    try:
        book = parse_json((metadata or {}).get(KEY.encode(), b"{}"), what="the codebook")
    except ExitlineError:
        return none, none
    if not isinstance(book, dict):
        return none, none
    said = {name: of for name, of in book.items() if isinstance(of, dict)}
    labels = {
        name: MappingProxyType({v: w for v, w in of["values"].items() if isinstance(w, str)})
        for name, of in said.items()
        if isinstance(of.get("values"), dict)
    }
    titles = {name: of["title"] for name, of in said.items() if isinstance(of.get("title"), str)}
    return MappingProxyType(labels), MappingProxyType(titles)
