"""Findings and pairs as people work through them: filtered, late ones first; coverage by area."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from exitline.exits.register.store.models import AreaRow, FindingRow, HouseholdRow, PairRow
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.quality.cross import CORRECTED, EXPLAINED, OPEN
from exitline.exits.register.store.quality.duplicates import seen_pairs


@dataclass(frozen=True)
class Covered:
    """How far an area has come with its findings.

    Parameters
    ----------
    path, name : str
    households : int
    open, late, explained, corrected : int
    """

    path: str
    name: str
    households: int
    open: int
    late: int
    explained: int
    corrected: int

    @property
    def settled(self) -> float | None:
        """The share of findings that are explained or corrected; None where there are none."""
        all_ = self.open + self.explained + self.corrected
        return (self.explained + self.corrected) / all_ if all_ else None


def findings(
    store: Store, *, status: str = OPEN, number: str = "", most: int = 50, after: int = 0
) -> tuple[FindingRow, ...]:
    """Findings inside the scope, the earliest due first.

    Parameters
    ----------
    status : {"open", "explained", "corrected", ""}
    number : str
        Of a check.
    """
    rows = store.scope.of(FindingRow.objects.using(store.alias)).filter(household__gone="")
    if status:
        rows = rows.filter(status=status)
    if number:
        rows = rows.filter(check_number=number)
    with store.transaction():
        rows = rows.select_related("household", "household__area").order_by("due", "path", "id")
        return tuple(rows[after : after + most])


def coverage_by_area(store: Store, day: date, most: int = 200) -> tuple[Covered, ...]:
    """Findings by village, or by the areas above where villages are too many to look at.

    Parameters
    ----------
    day : date
        From which a finding that is due is late.
    most : int
        Most areas.
    """
    many = {
        "open_": Count("id", filter=Q(status=OPEN)),
        "late": Count("id", filter=Q(status=OPEN, due__lt=day)),
        "explained": Count("id", filter=Q(status=EXPLAINED)),
        "corrected": Count("id", filter=Q(status=CORRECTED)),
    }
    with store.transaction():
        rows = store.scope.of(FindingRow.objects.using(store.alias)).filter(household__gone="")
        counted = {path: found for path, *found in rows.values_list("path").annotate(**many)}
        homes = store.scope.of(HouseholdRow.objects.using(store.alias)).filter(gone="")
        living = dict(homes.values_list("path").annotate(Count("id")))
        shown = _few(living, most)
        found: dict[str, list[int]] = {}
        for path, here in living.items():
            line = found.setdefault(shown(path), [0] * 5)
            for i, one in enumerate((here, *counted.get(path, ()))):
                line[i] += one
        names: dict[str, str] = dict(
            AreaRow.objects.using(store.alias).filter(path__in=found).values_list("path", "name")
        )
    return tuple(Covered(path, names.get(path) or path, *found[path]) for path in sorted(found))


def _few(paths: Iterable[str], most: int) -> Callable[[str], str]:
    """How a path is shortened so that at most so many are left.

    Examples
    --------
    >>> _few(["c/a/v/", "c/a/w/", "c/b/v/"], 2)("c/a/v/")
    'c/a/'
    """
    split = [path.split("/")[:-1] for path in paths]
    deepest = max(map(len, split), default=1)
    levels = (n for n in range(deepest, 1, -1) if len({tuple(one[:n]) for one in split}) <= most)
    level = next(levels, 1)
    return lambda path: "/".join(path.split("/")[:-1][:level]) + "/"


def check_numbers(store: Store) -> tuple[tuple[str, str], ...]:
    """Every check that has found something: number and text."""
    with store.transaction():
        rows = store.scope.of(FindingRow.objects.using(store.alias)).order_by("check_number")
        return tuple(dict(rows.values_list("check_number", "text")).items())


def many_open_pairs(store: Store) -> int:
    """How many pairs wait for a person."""
    with store.transaction():
        rows = seen_pairs(store).filter(decision="")
        return int(rows.filter(household__gone="", other__gone="").count())


def decided_pairs(store: Store, most: int = 50) -> tuple[PairRow, ...]:
    """Pairs that somebody has decided on, the latest first."""
    with store.transaction():
        rows = seen_pairs(store).exclude(decision="")
        return tuple(rows.select_related("household", "other").order_by("-decided")[:most])


def pair_of(store: Store, number: int) -> PairRow | None:
    """A pair inside the scope."""
    with store.transaction():
        rows = seen_pairs(store).filter(pk=number)
        found: PairRow | None = rows.select_related("household", "other").first()
        return found
