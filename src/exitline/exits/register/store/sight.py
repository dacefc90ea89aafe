"""How far somebody sees: an area and all below it, as a range of paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from exitline.exits.register.store.errors import AuthorityError

LAST = "~"  # behind every character of a path


@dataclass(frozen=True)
class Sight:
    """An area and all below it; everything for the empty path.

    Parameters
    ----------
    path : str
        Codes of areas from the top, each with "/" behind it.

    Examples
    --------
    >>> Sight("04/12/").bounds
    ('04/12/', '04/120')
    >>> Sight("04/").holds("04/12/"), Sight("04/1/").holds("04/12/")
    (True, False)
    """

    path: str = ""

    @property
    def bounds(self) -> tuple[str, str]:
        """The first path inside, and the first behind: what row-level security compares."""
        return (self.path, self.path[:-1] + "0") if self.path else ("", LAST)

    def holds(self, path: str) -> bool:
        """Whether an area lies inside."""
        low, high = self.bounds
        return low <= path < high

    def narrowed(self, path: str) -> Sight:
        """A scope inside this one.

        Raises
        ------
        AuthorityError
            When the area lies elsewhere.
        """
        if not self.holds(path):
            raise AuthorityError(
                "the area lies outside of what may be seen here",
                expected="an area inside the own one",
                got="another area",
                remedy="ask the office that this area belongs to",
            )
        return Sight(path)

    def of(self, rows: Any) -> Any:
        """A Django query as far as the scope."""
        low, high = self.bounds
        return rows.filter(path__gte=low, path__lt=high)

    def sql(self, table: str = "") -> tuple[str, tuple[str, ...]]:
        """A condition on `path`, and its values; none where everything is seen.

        Examples
        --------
        >>> Sight("04/").sql("s")
        ('s.path >= %s AND s.path < %s', ('04/', '040'))
        >>> Sight().sql("s")
        ('1 = 1', ())
        """
        if not self.path:
            return "1 = 1", ()
        name = f"{table}.path" if table else "path"
        return f"{name} >= %s AND {name} < %s", self.bounds
