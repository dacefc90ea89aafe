"""Cross-checks of cards: numbered conditions of a rule file over the live table, by the engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from exitline.exits.register.checks import CrossCheck, read_checks
from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.models import FindingRow, HouseholdRow
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.read.live import ID, live_table
from exitline.exits.register.store.together import together
from exitline.words.said import say

if TYPE_CHECKING:
    import pyarrow as pa


SHIPPED = Path(str(files("exitline.exits.register.store.quality"))) / "checks.yaml"
_NONE = "measure_"
OPEN, EXPLAINED, CORRECTED = "open", "explained", "corrected"


@dataclass(frozen=True)
class CrossChecked:
    """What one check found.

    Parameters
    ----------
    number, text : str
    failing : int
        Households.
    new, corrected : int
        Findings opened, and those that the card no longer gives.
    missing : tuple of str
        Columns that no card has: the check could not be run.
    """

    number: str
    text: str
    failing: int
    new: int
    corrected: int
    missing: tuple[str, ...] = ()


def load_checks(path: Path = SHIPPED) -> tuple[CrossCheck, ...]:
    """Read a file of checks.

    Raises
    ------
    ProcedureError
        Naming file, line and key.

    Examples
    --------
    >>> [check.number for check in load_checks()][:3]
    ['C1', 'C2', 'C3']
    """
    return read_checks(path)


def cross_check(
    store: Store, checks: tuple[CrossCheck, ...] | None = None, day: date | None = None
) -> tuple[CrossChecked, ...]:
    """Run checks on every card inside the scope; open findings, close those that are corrected.

    Parameters
    ----------
    checks : tuple of CrossCheck, optional
        The shipped ones when not given.
    day : date, optional
        Today when not given.

    Returns
    -------
    tuple of CrossChecked
        One for each check. A check whose condition is missing on a card says nothing of it.
    """
    asked, today = checks or load_checks(), day or date.today()
    table, lacking = _ready(live_table(store, today, ids=True), asked)
    failing = _failing(table, [check for check in asked if not lacking[check.number]])
    with store.transaction():
        return tuple(
            _settled(store, check, failing.get(check.number, []), today, lacking[check.number])
            for check in asked
        )


def explain(store: Store, finding: int, by: str, words: str) -> None:
    """Explain a finding: the card is right although the check fails.

    Raises
    ------
    StoreError
        Without words, or for a finding that is not open inside the scope.
    """
    with store.transaction():
        rows = store.scope.of(FindingRow.objects.using(store.alias)).filter(pk=finding, status=OPEN)
        changed = words.strip() and rows.update(
            status=EXPLAINED, explanation=words.strip(), by=by, settled=date.today()
        )
    if not changed:
        raise StoreError(
            say("the finding cannot be explained"), where=f"finding {finding}",
            expected=say("an open finding of the own area, and words"), got=say("none of it"),
            remedy=say("look at the list of findings again"),
        )  # fmt: skip


def coverage(store: Store) -> tuple[tuple[str, str, str, int], ...]:
    """Findings by village path, check and status, with how many there are."""
    with store.transaction():
        rows = store.scope.of(FindingRow.objects.using(store.alias))
        counted = rows.values_list("path", "check_number", "status").annotate(many=Count("id"))
        return tuple(counted.order_by("path", "check_number", "status"))


def _ready(
    table: pa.Table, checks: tuple[CrossCheck, ...]
) -> tuple[pa.Table, dict[str, tuple[str, ...]]]:
    """The table with a column of "no" for measures that nobody has; what else is missing."""
    import pyarrow as pa

    lacking = {}
    for check in checks:
        absent = sorted(check.fails.columns - set(table.column_names))
        for name in [name for name in absent if name.startswith(_NONE)]:
            table = table.append_column(name, pa.array([False] * table.num_rows, pa.bool_()))
        lacking[check.number] = tuple(n for n in absent if not n.startswith(_NONE))
    return table, lacking


def _failing(table: pa.Table, checks: list[CrossCheck]) -> dict[str, list[int]]:
    """The ids of the households for which each check fails, in one query."""
    from exitline.stats.data.scannable import Source
    from exitline.stats.engine.session import session

    if not checks or not table.num_rows:
        return {}
    with session() as engine:
        cards = engine.attach(Source(kind="arrow", table=table), "cards")
        built = {f"check {i}": check.fails.build(cards) for i, check in enumerate(checks)}
        found = engine.run(cards.select(cards[ID], **built))
    return {
        check.number: found.filter(found[f"check {i}"])[ID].to_pylist()
        for i, check in enumerate(checks)
    }


def _settled(
    store: Store, check: CrossCheck, failing: list[int], day: date, missing: tuple[str, ...]
) -> CrossChecked:
    """Findings of one check, opened and closed."""
    if missing:
        return CrossChecked(check.number, check.text, 0, 0, 0, missing)
    table = FindingRow.objects.using(store.alias)
    stand = store.scope.of(table).filter(check_number=check.number)
    known = set(stand.exclude(status=CORRECTED).values_list("household", flat=True))
    fails = set(failing)
    over: list[Any] = [f for f in stand.filter(status=OPEN) if f.household_id not in fails]
    for finding in over:
        finding.status, finding.settled = CORRECTED, day
    with together(store) as sent:
        sent.update(over, ("status", "settled"))
    paths = (
        dict(
            HouseholdRow.objects.using(store.alias)
            .filter(pk__in=fails - known)
            .values_list("pk", "path")
        )
        if len(fails - known) <= 500
        else dict(store.scope.of(HouseholdRow.objects.using(store.alias)).values_list("pk", "path"))
    )
    new = [
        FindingRow(
            household_id=pk, path=paths[pk], check_number=check.number, text=check.text,
            found=day, due=day + timedelta(days=check.days),
        )
        for pk in sorted(fails - known)
    ]  # fmt: skip
    table.bulk_create(new, batch_size=500)
    return CrossChecked(check.number, check.text, len(fails), len(new), len(over))
