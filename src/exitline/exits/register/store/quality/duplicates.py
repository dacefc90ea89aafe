"""Households that may be one: members of a village alike in name and birth, for a person to decide.

Names are compared by RapidFuzz (Bachmann: Indel similarity of sorted words, and of the joined
text), births by their digits. A score is the mean of what both records have, names twice; a field
that one of them lacks says nothing. Within a village all pairs are compared at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exitline.errors import install_extra
from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.models import HouseholdRow, MemberRow, PairRow
from exitline.exits.register.store.opening import Store
from exitline.words.said import say, say_plural

ENOUGH = 0.6
"""From this score on a pair is shown to a person (see docs/register.md for what it misses)."""
SAME, DIFFERENT = "same", "different"


@dataclass(frozen=True)
class Alike:
    """Two records that may be one person.

    Parameters
    ----------
    one, other : int
        Their places in what was compared.
    score : float
        From 0 to 1.
    """

    one: int
    other: int
    score: float


def alike(
    names: Sequence[str], births: Sequence[str], *, enough: float = ENOUGH
) -> tuple[Alike, ...]:
    """Pairs of records that are alike, the most alike first.

    Parameters
    ----------
    names : sequence of str
        "" where it is not known.
    births : sequence of str
        Days in ISO form; "" where it is not known.
    enough : float
        The score from which on a pair is given.

    Returns
    -------
    tuple of Alike

    Examples
    --------
    >>> found = alike(["Ana Ortiz", "Ortiz, Anna", "Bo Li"], ["1980-02-01", "1980-01-02", ""])
    >>> [(pair.one, pair.other) for pair in found]
    [(0, 1)]
    """
    score = _scores(names, births)
    one, other = np.nonzero(np.triu(score >= enough, k=1))
    order = np.argsort(-score[one, other], kind="stable")
    return tuple(
        Alike(int(one[i]), int(other[i]), float(round(score[one[i], other[i]], 4))) for i in order
    )


def find_pairs(store: Store, *, enough: float = ENOUGH) -> int:
    """Look for pairs in every village inside the scope; how many new ones there are.

    A pair that somebody has decided on stays as it was decided.
    """
    with store.transaction():
        rows = store.scope.of(MemberRow.objects.using(store.alias)).filter(
            until__isnull=True, household__gone=""
        )
        fields = ("path", "household", "name", "born")
        villages: dict[str, list[tuple[int, str, str]]] = {}
        for path, household, name, born in rows.order_by("path", "id").values_list(*fields):
            known = (household, name, born.isoformat() if born else "")
            villages.setdefault(path, []).append(known)
        made = [pair for path, people in villages.items() for pair in _pairs(path, people, enough)]
        table = PairRow.objects.using(store.alias)
        before = table.count()
        table.bulk_create(made, batch_size=500, ignore_conflicts=True)
        return int(table.count() - before)


def decide(store: Store, pair: int, decision: str, by: str) -> None:
    """Decide on a pair, or take a decision back ("").

    Parameters
    ----------
    pair : int
    decision : {"same", "different", ""}
    by : str

    Raises
    ------
    StoreError
    """
    with store.transaction():
        rows = seen_pairs(store).filter(pk=pair)
        given = datetime.now(UTC) if decision else None
        done = decision in (SAME, DIFFERENT, "") and rows.update(
            decision=decision, by=by, decided=given
        )
    if not done:
        raise StoreError(
            say("the pair cannot be decided so"), where=f"pair {pair}",
            expected=f"a pair of the own area, and '{SAME}', '{DIFFERENT}' or nothing",
            got=repr(decision[:20]), remedy=say("look at the list of pairs again"),
        )  # fmt: skip


def seen_pairs(store: Store) -> Any:
    """Pairs both of whose households lie inside the scope."""
    low, high = store.scope.bounds
    rows = store.scope.of(PairRow.objects.using(store.alias))
    return rows.filter(
        household__path__gte=low, household__path__lt=high,
        other__path__gte=low, other__path__lt=high,
    )  # fmt: skip


def open_pairs(store: Store, most: int = 50) -> tuple[tuple[PairRow, HouseholdRow], ...]:
    """Pairs that wait for a person, the most alike first, each with its other household."""
    with store.transaction():
        rows = seen_pairs(store).filter(decision="", household__gone="", other__gone="")
        found = rows.select_related("household", "other").order_by("-score", "id")[:most]
        return tuple((pair, pair.other) for pair in found)


def _pairs(path: str, people: list[tuple[int, str, str]], enough: float) -> list[PairRow]:
    """The pairs of households of a village: the best of their members' scores."""
    best: dict[tuple[int, int], tuple[float, int]] = {}
    found = alike([p[1] for p in people], [p[2] for p in people], enough=enough)
    for pair in found:
        one, other = sorted((people[pair.one][0], people[pair.other][0]))
        if one == other:
            continue
        score, many = best.get((one, other), (0.0, 0))
        best[one, other] = (max(score, pair.score), many + 1)
    return [
        PairRow(household_id=one, other_id=other, path=path, score=score,
                why=str(say_plural("{n} member alike in name and birth",
                                   "{n} members alike in name and birth", many)))
        for (one, other), (score, many) in best.items()
    ]  # fmt: skip


def _scores(names: Sequence[str], births: Sequence[str]) -> NDArray[np.float64]:
    """The score of every pair."""
    try:
        from rapidfuzz import fuzz, process, utils
    except ImportError as reason:
        raise StoreError(
            say("looking for pairs needs RapidFuzz"), got=say("not installed"),
            remedy=install_extra("register"),
        ) from reason  # fmt: skip
    clean = [utils.default_process(name) for name in names]
    joined = [name.replace(" ", "") for name in clean]
    options: dict[str, Any] = {"dtype": np.float32, "workers": 1}
    sorted_words = process.cdist(clean, clean, scorer=fuzz.token_sort_ratio, **options)
    whole = process.cdist(joined, joined, scorer=fuzz.ratio, **options)
    name = np.maximum(sorted_words, whole).astype(float) / 100
    birth = _births(births)
    has_name = np.array([bool(n) for n in clean])
    has_birth = np.array([bool(b) for b in births])
    name_known = np.logical_and.outer(has_name, has_name)
    birth_known = np.logical_and.outer(has_birth, has_birth)
    weight = 2.0 * name_known + birth_known
    total = 2.0 * np.where(name_known, name, 0) + np.where(birth_known, birth, 0)
    # a name or a birth alone does not make a pair: what is not known counts as half
    return (total + 0.5 * (3.0 - weight)) / 3.0


def _births(births: Sequence[str]) -> NDArray[np.float64]:
    """How alike days are: equal, day and month changed over, or by digits in their places."""
    digits = np.array(
        [[ord(c) for c in birth.ljust(10)[:10]] for birth in births], dtype=np.int16
    ).reshape(len(births), 10)
    same = (digits[:, None, :] == digits[None, :, :]).sum(axis=2)
    swapped = np.concatenate(
        [digits[:, :5], digits[:, 8:10], digits[:, 7:8], digits[:, 5:7]], axis=1
    )
    turned = (digits[:, None, :] == swapped[None, :, :]).all(axis=2)
    wrong = 10 - same
    alike_digits = np.select([wrong == 0, wrong == 1, wrong == 2], [1.0, 0.85, 0.6], 0.0)
    return np.where(turned, np.maximum(alike_digits, 0.85), alike_digits)
