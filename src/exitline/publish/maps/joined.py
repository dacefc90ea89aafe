"""Areas and shapes joined by name, with a list of what does not match."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from exitline.errors import close_names
from exitline.publish.maps.boundaries import Boundaries
from exitline.publish.maps.errors import MapError
from exitline.words.said import say, say_plural


@dataclass(frozen=True)
class JoinedShapes:
    """Which shape each area has.

    Attributes
    ----------
    shape : mapping of str to str
        Area -> shape.
    areas : tuple of str
        Areas without a shape.
    shapes : tuple of str
        Shapes without an area: drawn empty.
    mended : tuple of str
        Shapes whose rings crossed themselves.
    """

    shape: Mapping[str, str]
    areas: tuple[str, ...]
    shapes: tuple[str, ...]
    mended: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What does not match, in words, with the nearest name of the other side."""
        told: list[str] = []
        for name in self.areas:
            near = ", ".join(f"'{one}'" for one in close_names(name, self.shapes))
            told.append(
                say("'{name}' has no shape: did you mean {near}?", name=name, near=near)
                if near
                else say("'{name}' has no shape", name=name)
            )
        if self.shapes:
            n, names = len(self.shapes), _some(self.shapes)
            told.append(
                say_plural(
                    "{n} shape without a figure: {names}",
                    "{n} shapes without a figure: {names}",
                    n,
                    names=names,
                )
            )
        if self.mended:
            told.append(say("Rings that cross themselves were corrected: {names}",
                            names=_some(self.mended)))  # fmt: skip
        return tuple(told)


def _some(names: Sequence[str]) -> str:
    """The first of some names."""
    return ", ".join(names[:5]) + (" ..." if len(names) > 5 else "")


def plain_name(name: str) -> str:
    """A name without accents, case and blanks around it.

    Examples
    --------
    >>> plain_name(" Dibër "), plain_name("VLORË")
    ('diber', 'vlore')
    """
    parts = unicodedata.normalize("NFKD", name.strip().casefold())
    return "".join(c for c in parts if not unicodedata.combining(c))


def joined(
    areas: Sequence[str],
    shapes: Boundaries | Iterable[str],
    names: Mapping[str, str] | None = None,
    *,
    where: str | Path = "",
) -> JoinedShapes:
    """Each area's shape: by the names that are given, as written, or without accents and case.

    Parameters
    ----------
    areas : sequence of str
    shapes : Boundaries or iterable of str
    names : mapping of str to str, optional
        From areas to shapes, where they are called otherwise.
    where : str or Path
        The boundaries, for messages.

    Raises
    ------
    MapError
        Where none matches.

    Examples
    --------
    >>> joined(["Diber", "Tirana"], ["Dibër", "Tiranë"]).notes[0]
    "'Tirana' has no shape: did you mean 'Tiranë'?"
    """
    mended = shapes.mended if isinstance(shapes, Boundaries) else ()
    known = list(shapes.shapes if isinstance(shapes, Boundaries) else shapes)
    plain: dict[str, list[str]] = {}
    for name in known:
        plain.setdefault(plain_name(name), []).append(name)
    given = {str(a): str(b) for a, b in (names or {}).items()}
    found = {}
    for area in areas:
        wanted = given.get(area, area)
        alike = plain.get(plain_name(wanted), [])
        if wanted in known:
            found[area] = wanted
        elif len(alike) == 1:
            found[area] = alike[0]
    if areas and not found:
        raise MapError(
            "no area has a shape", where=str(where),
            expected="names that areas and shapes have in common",
            got=f"areas such as '{areas[0]}', shapes such as '{known[0]}'",
            remedy="name another property of the boundaries, or give a table of names",
        )  # fmt: skip
    used = set(found.values())
    return JoinedShapes(
        found,
        tuple(a for a in areas if a not in found),
        tuple(s for s in known if s not in used),
        mended,
    )
