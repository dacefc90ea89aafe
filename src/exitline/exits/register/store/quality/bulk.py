"""Households that may be one anywhere in the register, by Splink, for a person to decide.

Splink learns without labels how much an agreement of names or births says (Fellegi and Sunter
1969; Linacre, Lindsay, Manassis et al. 2022, Splink: Free software for probabilistic record linkage
at scale). Pairs that share nothing of a few keys are not compared, so that a million people can be.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from typing import Any

from exitline.errors import ExitlineError, install_extra
from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.models import MemberRow, PairRow
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.quality.duplicates import Alike
from exitline.words.said import say_plural

ENOUGH_IN_BULK = 0.05
"""From this probability of a match on a pair is shown (see docs/register.md for what it misses)."""
FEWEST = 200
"""Records from which on there is something to learn."""
KEYS = (
    ("born",), ("name",), ("substr(name, 1, 4)", "substr(born, 1, 3)"),
    ("substr(name, -4)", "substr(born, 1, 3)"), ("substr(name, 1, 2)", "substr(born, 1, 7)"),
    ("substr(name, 1, 2)", "substr(born, 1, 4)", "substr(born, 9, 2)"),
)  # fmt: skip
"""Two records are compared where they agree on all of one of these."""


def alike_in_bulk(
    names: Sequence[str], births: Sequence[str], *, enough: float = ENOUGH_IN_BULK, seed: int = 1
) -> tuple[Alike, ...]:
    """Pairs of records that are probably one person, the most probable first.

    Parameters
    ----------
    names : sequence of str
        "" where it is not known.
    births : sequence of str
        Days in ISO form; "" where it is not known.
    enough : float
        The probability from which on a pair is given.
    seed : int
        Of the random pairs from which it is learnt how often strangers agree.

    Returns
    -------
    tuple of Alike

    Raises
    ------
    StoreError
        For fewer than 200 records, or where nothing can be learnt from them.
    """
    if len(names) < FEWEST:
        raise _too_few(f"{len(names):,}")
    try:
        import splink.comparison_library as compared
        from splink import Linker, SettingsCreator, block_on
        from splink.backends.duckdb import DuckDBAPI
    except ImportError as reason:
        raise StoreError(
            "looking for pairs in bulk needs Splink", got="not installed",
            remedy=install_extra("linkage"),
        ) from reason  # fmt: skip
    logging.getLogger("splink").setLevel(logging.ERROR)
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[block_on(*key) for key in KEYS],
        comparisons=[
            compared.JaroWinklerAtThresholds("name", [0.95, 0.88, 0.8]),
            compared.DateOfBirthComparison("born", input_is_string=True),
        ],
    )
    try:
        linker = Linker(DuckDBAPI().register(_table(names, births)), settings, log_level=None)
        learning = linker.training
        learning.estimate_probability_two_random_records_match(
            [block_on("name", "born")], recall=0.5
        )
        learning.estimate_u_using_random_sampling(max_pairs=1e6, seed=seed)
        for key in ("born", "name"):
            learning.estimate_parameters_using_expectation_maximisation(block_on(key))
        found = linker.inference.predict(threshold_match_probability=enough).as_record_list()
    except ExitlineError:
        raise
    except Exception as reason:  # of Splink and of its engine, in many kinds
        raise _too_few(type(reason).__name__) from reason
    pairs = (
        Alike(min(ids), max(ids), one["match_probability"])
        for one in found
        for ids in [(one["unique_id_l"], one["unique_id_r"])]
    )
    return tuple(sorted(pairs, key=lambda pair: (-pair.score, pair.one, pair.other)))


def find_pairs_in_bulk(
    store: Store, *, enough: float = ENOUGH_IN_BULK,
    told: Callable[[int, int | None], None] = lambda done, total: None,  # noqa: ARG005
) -> int:  # fmt: skip
    """Look for pairs all over the scope; how many new ones there are.

    A pair is seen by those who see both of its households. One that somebody has decided on stays
    as it was decided. `told` is told of three parts: read, compared, written.
    """
    told(0, 3)
    with store.transaction():
        rows = store.scope.of(MemberRow.objects.using(store.alias)).filter(
            until__isnull=True, household__gone=""
        )
        people = list(rows.order_by("id").values_list("path", "household", "name", "born"))
    told(1, 3)
    births = [born.isoformat() if born else "" for *_, born in people]
    found = alike_in_bulk([name for _, _, name, _ in people], births, enough=enough)
    told(2, 3)
    best: dict[tuple[int, int], tuple[float, int, str]] = {}
    for pair in found:
        one, other = sorted((people[pair.one], people[pair.other]), key=lambda it: it[1])
        if one[1] == other[1]:
            continue
        score, many, _ = best.get((one[1], other[1]), (0.0, 0, ""))
        path = _common(one[0], other[0])
        best[one[1], other[1]] = (max(score, pair.score), many + 1, path)
    made = [
        PairRow(household_id=one, other_id=other, path=path, score=score,
                why=str(say_plural("{n} member alike in name and birth",
                                   "{n} members alike in name and birth", many)))
        for (one, other), (score, many, path) in best.items()
    ]  # fmt: skip
    with store.transaction():
        table = PairRow.objects.using(store.alias)
        before = table.count()
        table.bulk_create(made, batch_size=500, ignore_conflicts=True)
        new = int(table.count() - before)
    told(3, 3)
    return new


def _table(names: Sequence[str], births: Sequence[str]) -> Any:
    """Records as Splink takes them: words of a name in their order, small letters, no signs."""
    import pyarrow as pa

    words = (sorted(re.findall(r"\w+", name.casefold())) for name in names)
    return pa.table({
        "unique_id": pa.array(range(len(names)), pa.int64()),
        "name": pa.array([" ".join(one) or None for one in words], pa.string()),
        "born": pa.array([one or None for one in births], pa.string()),
    })  # fmt: skip


def _common(one: str, other: str) -> str:
    """The area in which two paths lie.

    Examples
    --------
    >>> _common("c/t/v1/", "c/t/v2/"), _common("c/", "d/")
    ('c/t/', '')
    """
    parts = []
    for a, b in zip(one.split("/"), other.split("/"), strict=False):
        if a != b or not a:
            break
        parts.append(a + "/")
    return "".join(parts)


def _too_few(got: str) -> StoreError:
    return StoreError(
        "nothing can be learnt from these records", where="pairs",
        expected=f"{FEWEST} members or more, some of them twice", got=got,
        remedy="look within villages: exitline register pairs",
    )  # fmt: skip
