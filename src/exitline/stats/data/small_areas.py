"""The section `small_areas` of a study: which models, of which areas, from which tables.

What a kind of model may be told is declared in `KINDS`; the kinds themselves are fitted in
`exitline.api.small_area_kinds`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exitline.rules.yamlfile.tree import Tree
    from exitline.stats.data.sections import Paths
    from exitline.stats.data.study import TableRef

COMMON = ("kind", "area", "line")
"""Keys of every entry."""
DEFAULT_KIND = "fay_herriot"


@dataclass(frozen=True)
class Kind:
    """What an entry of a kind may hold beside `COMMON`.

    Attributes
    ----------
    tables : tuple of str
        Keys that name tables.
    required : tuple of str
    options : mapping of str to what it holds
        "text", "texts", "number", "integer" or "truth", or a tuple of the words to choose from.
    """

    tables: tuple[str, ...]
    required: tuple[str, ...]
    options: Mapping[str, str | tuple[str, ...]]


KINDS: dict[str, Kind] = {
    "fay_herriot": Kind(
        tables=("covariates",),
        required=("formula", "covariates"),
        options={
            "formula": "text",
            "on": "text",
            "method": ("reml", "ml", "fh", "amrl", "ampl", "amrl_yl", "ampl_yl"),
            "transform": ("none", "log", "arcsine", "logit"),
            "back": ("bias_corrected", "crude", "naive"),
            "mse": ("analytic", "jackknife", "weighted_jackknife", "bootstrap"),
            "smooth": ("none", "unstable", "all", "pooled"),
            "unmatched": ("error", "drop"),
            "robust": "truth",
            "replicates": "integer",
            "seed": "integer",
            "benchmark": ("ratio", "difference", "mse"),
            "population": "text",
            "truth": "text",
        },
    ),
}
"""The kinds of models, by the word that a study names them with."""


@dataclass(frozen=True)
class SmallAreaUse:
    """One model that a study asks for.

    Attributes
    ----------
    kind : str
    area : str
        The column of areas.
    line : str or None
        At which of the study's lines, where there are several.
    tables : mapping of str to TableRef
    options : mapping of str to value
        As written; a kind gives what is not.
    where : str
        File, line and key of the study.
    """

    kind: str
    area: str
    line: str | None = None
    tables: Mapping[str, TableRef] = field(default_factory=lambda: MappingProxyType({}))
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    where: str = ""


def small_areas(tree: Tree, paths: Paths) -> tuple[SmallAreaUse, ...]:
    """The models of a study: one entry, or a list of them.

    Raises
    ------
    StudyError
        For a kind or a key that does not exist, with its place.
    """
    entries = tree.sequence() if tree.is_sequence else (tree,)
    return tuple(_entry(one, paths) for one in entries)


def _entry(tree: Tree, paths: Paths) -> SmallAreaUse:
    """One model."""
    from exitline.stats.data.sections import table

    named = dict(tree.items())
    kind = named["kind"].choice(tuple(KINDS)) if "kind" in named else DEFAULT_KIND
    what = KINDS[kind]
    found = tree.fields((*COMMON, *what.tables, *what.options), ("area", *what.required))
    options = {name: _value(found[name], of) for name, of in what.options.items() if name in found}
    return SmallAreaUse(
        kind, found["area"].text(), found["line"].text() if "line" in found else None,
        MappingProxyType({n: table(found[n], paths) for n in what.tables if n in found}),
        MappingProxyType(options), tree.where,
    )  # fmt: skip


def _value(tree: Tree, of: str | tuple[str, ...]) -> Any:
    """A value, as its key asks."""
    if isinstance(of, tuple):
        return tree.choice(of)
    if of == "texts":
        return tuple(one.text() for one in tree.one_or_many())
    read = {
        "text": tree.text, "number": tree.number, "integer": tree.integer, "truth": tree.truth,
    }  # fmt: skip
    return read[of]()
