"""An explorer with its areas found by name: what every operation answers from."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from exitline.publish.explorer.texts import in_language
from exitline.publish.web.figures.faults import RequestError, echo, hint

if TYPE_CHECKING:
    from collections.abc import Iterable

    from exitline.publish.explorer.model import Explorer, ShownFigure
    from exitline.words.said import Text

ALL = "all"
"""The area that is everything together, and its level."""


class Catalogue:
    """An explorer, and how its areas are called in requests.

    Parameters
    ----------
    shown : Explorer
    read_at : str
        When it was read.

    Examples
    --------
    >>> from exitline.api.exploring import build
    >>> found = Catalogue(build(["examples/china-832/explorer.yaml"]))
    >>> found.ids[found.area("adcode:130126")], len(found.inside(found.area("河北省")))
    ('adcode:130126', 54)
    """

    def __init__(self, shown: Explorer, read_at: str = "") -> None:
        self.shown, self.read_at = shown, read_at
        self.ids = tuple(
            f"{shown.levels[a.level].key}:{a.key}" if a.level >= 0 else ALL for a in shown.areas
        )
        self._by_id = {name: i for i, name in enumerate(self.ids)}
        self._by_key: dict[str, list[int]] = {}
        self._parts: dict[int, list[int]] = {}
        for i, area in enumerate(shown.areas[1:], start=1):
            self._by_key.setdefault(area.key, []).append(i)
            self._parts.setdefault(area.within, []).append(i)
        self.inside = lru_cache(maxsize=256)(self._inside)

    @cached_property
    def of_level(self) -> dict[str, frozenset[int]]:
        """The areas of each level by its key, everything together as "all"."""
        found: dict[str, set[int]] = {ALL: {0}, **{lv.key: set() for lv in self.shown.levels}}
        for i, area in enumerate(self.shown.areas[1:], start=1):
            found[self.shown.levels[area.level].key].add(i)
        return {key: frozenset(many) for key, many in found.items()}

    @cached_property
    def figures(self) -> tuple[tuple[tuple[int, int, ShownFigure], ...], ...]:
        """For each series and year, its figures with the positions of both."""
        there = (f for f in self.shown.figures if f.cells)
        return tuple(tuple((f.series, f.year, cell) for cell in f.cells) for f in there)

    def area(self, named: str) -> int:
        """The area of an id, or of a key that one area alone has.

        Parameters
        ----------
        named : str
            "level:key", the key alone, or "all".

        Returns
        -------
        int

        Raises
        ------
        RequestError
            404 where there is none, 400 where several areas have that key.
        """
        if named in self._by_id:
            return self._by_id[named]
        there = self._by_key.get(named, [])
        if len(there) == 1:
            return there[0]
        if there:
            raise RequestError(
                400, "several areas have this key", where="query",
                expected=" or ".join(self.ids[i] for i in there), got=echo(named),
                remedy="write the level before it",
            )  # fmt: skip
        raise RequestError(
            404, "there is no such area", where="query", expected="an id of /api/v1/areas",
            got=echo(named), remedy=hint(named, [*self._by_key, *self.ids], "see /api/v1/areas"),
        )  # fmt: skip

    def _inside(self, area: int) -> frozenset[int]:
        """The areas that lie in one, at any depth, itself left out."""
        found: set[int] = set()
        ahead = list(self._parts.get(area, []))
        while ahead:
            part = ahead.pop()
            found.add(part)
            ahead += self._parts.get(part, [])
        return frozenset(found)

    def chosen(
        self, *, level: str | None = None, within: str | None = None, area: str | None = None
    ) -> frozenset[int] | None:
        """The areas that a request is about; None for all of them."""
        sets = []
        if level is not None:
            sets.append(self.of_level[level])
        if within is not None:
            sets.append(self.inside(self.area(within)))
        if area is not None:
            sets.append(frozenset({self.area(area)}))
        return frozenset.intersection(*sets) if sets else None

    def level_key(self, area: int) -> str:
        """The key of an area's level."""
        level = self.shown.areas[area].level
        return self.shown.levels[level].key if level >= 0 else ALL


def every_language(text: Text) -> Iterable[str]:
    """A text in all languages that it is in."""
    return (text,) if isinstance(text, str) else text.values()


def or_none(text: Text, language: str) -> str | None:
    """A text in one language; None where it is empty."""
    return in_language(text, language) or None
