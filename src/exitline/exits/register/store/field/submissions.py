"""What comes back from phones, as files of ODK Central and KoboToolbox: a queue, and its decisions.

Nothing that comes in changes a household by itself. Each submission waits, with the version of the
household that the phone saw; a person takes it by a step of their own, or sets it aside with words.
So two phones that were offline for a week cannot overwrite each other: the second one's waits, and
shows what has changed since.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exitline.exits.register.procedures.decision import columns_of
from exitline.exits.register.procedures.procedure import Procedure, Step
from exitline.exits.register.steps.drafts import table_rows
from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.field.entities import entity_id
from exitline.exits.register.store.field.xlsform import field_of
from exitline.exits.register.store.models import ChangeRow, HouseholdRow, SubmissionRow
from exitline.exits.register.store.opening import Store
from exitline.stats.data.values import written
from exitline.words.said import say

WAITS, TAKEN, ASIDE = "", "taken", "refused"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_INSTANCE = ("instanceid", "key", "_uuid", "_id")
_PERSON = ("submittername", "_submitted_by", "username")


@dataclass(frozen=True)
class Intake:
    """What a file of submissions gave.

    Parameters
    ----------
    rows : int
    new : int
        That wait now.
    known : int
        That had come before.
    refused : tuple of (row, why)
    """

    rows: int
    new: int
    known: int
    refused: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class WaitingSubmission:
    """A submission in the queue.

    Parameters
    ----------
    row : SubmissionRow
    fits : bool
        Whether the household is still as the phone saw it.
    since : tuple of (version, what, by)
        What has changed since then.
    """

    row: SubmissionRow
    fits: bool
    since: tuple[tuple[int, str, str], ...]


def bring_in(
    store: Store, file: Path, step: Step, procedure: Procedure, by: str, **reading: Any
) -> Intake:
    """Read a file of submissions into the queue; one that has come before comes once.

    Parameters
    ----------
    file : Path
        CSV or Excel, as ODK Central and KoboToolbox export it.
    step : Step
        Whose form it is.
    procedure : Procedure
    by : str
        Who brings it.

    Raises
    ------
    StoreError
        For a file without the columns of such a form.
    """
    rows = [_plain(row) for row in table_rows(file, reading)]
    _check(rows, file.name)
    refused, new, known = [], 0, 0
    with store.transaction():
        table = SubmissionRow.objects.using(store.alias)
        stand = store.scope.of(HouseholdRow.objects.using(store.alias)).filter(gone="")
        keys = {row["household"] for row in rows if row.get("household")}
        found = {h.key: h for h in stand.filter(key__in=keys)}
        found |= _by_entity(stand, keys - found.keys())
        there = set(table.values_list("instance", flat=True))
        made = []
        for number, row in enumerate(rows, start=1):
            home, instance, saw = (
                found.get(row.get("household", "")),
                _instance(row),
                row.get("saw"),
            )
            if home is None:
                refused.append((number, "no such household here"))
            elif not instance:
                refused.append((number, "no id of the submission"))
            elif not str(saw or "").isdecimal():
                refused.append((number, "no version that was seen"))
            elif instance in there:
                known += 1
            else:
                there.add(instance)
                made.append(
                    SubmissionRow(
                        household=home, path=home.path, instance=instance, form=step.name,
                        saw=int(str(saw)), content=_content(row, step, procedure),
                        by=_person(row) or by,
                    )
                )  # fmt: skip
                new += 1
        table.bulk_create(made, batch_size=500)
    return Intake(len(rows), new, known, tuple(refused))


def _by_entity(stand: Any, names: Set[str]) -> dict[str, HouseholdRow]:
    """Households that submissions name by their Entity of ODK Central."""
    ids = {name for name in names if _UUID.fullmatch(name)}
    if not ids:
        return {}
    rows = stand.values_list("pk", "county__path", "key").iterator()
    wanted = {pk: one for pk, path, key in rows if (one := entity_id(path, key)) in ids}
    return {wanted[row.pk]: row for row in stand.filter(pk__in=wanted)}


def queue(store: Store, *, most: int = 100) -> tuple[WaitingSubmission, ...]:
    """Submissions that wait, the oldest first, each with what has changed since then."""
    with store.transaction():
        rows = store.scope.of(SubmissionRow.objects.using(store.alias)).filter(settled=WAITS)
        found = list(rows.select_related("household", "household__area").order_by("id")[:most])
        changes = ChangeRow.objects.using(store.alias).filter(
            household__in=[row.household_id for row in found]
        )
        since: dict[int, list[tuple[int, str, str]]] = {}
        for pk, *said in changes.order_by("version").values_list(
            "household", "version", "what", "by"
        ):
            since.setdefault(pk, []).append((said[0], said[1], said[2]))
    made = []
    for row in found:
        later = tuple(one for one in since.get(row.household_id, ()) if one[0] > row.saw)
        made.append(WaitingSubmission(row, row.saw == row.household.version, later))
    return tuple(made)


def waiting(store: Store, number: int) -> SubmissionRow | None:
    """A submission that waits, inside the scope."""
    with store.transaction():
        rows = store.scope.of(SubmissionRow.objects.using(store.alias)).filter(settled=WAITS)
        found: SubmissionRow | None = rows.select_related("household").filter(pk=number).first()
        return found


def settle(store: Store, number: int, how: str, words: str = "") -> None:
    """Say what became of a submission.

    Raises
    ------
    StoreError
        For one that does not wait, or that is set aside without words.
    """
    with store.transaction():
        rows = store.scope.of(SubmissionRow.objects.using(store.alias)).filter(settled=WAITS)
        row = rows.filter(pk=number).first()
        if row is None or (how == ASIDE and not words.strip()):
            raise StoreError(
                say("the submission cannot be settled so"), where=f"submission {number}",
                expected=say("one that waits; words, where it is set aside"),
                remedy=say("look again"),
            )  # fmt: skip
        row.settled = how
        row.content = {**row.content, "words": words.strip()}
        row.save(using=store.alias)


def _plain(row: Mapping[str, Any]) -> dict[str, str]:
    """A row with names as the form has them: groups are left out, `meta-instanceID` too."""
    return {
        re.split(r"[-/:]", str(name).strip())[-1].lower() if not str(name).startswith("_")
        else str(name).strip().lower(): (written(value) or "").strip()
        for name, value in row.items()
    }  # fmt: skip


def _check(rows: Iterable[Mapping[str, str]], where: str) -> None:
    """Refuse a file that is none of such a form."""
    first = next(iter(rows), {})
    missing = [name for name in ("household", "saw", "on") if name not in first]
    if missing:
        raise StoreError(
            say("the file contains no submissions of such a form"), where=where,
            expected=say("columns household, saw, on and the id of the submission"),
            got=say("no row") if not first else "no column " + ", ".join(missing),
            remedy=say("export the submissions as CSV with all fields"),
        )  # fmt: skip


def _content(row: Mapping[str, str], step: Step, procedure: Procedure) -> dict[str, str]:
    """What the form says, under the names that the step's form on the page has."""
    found = {name: row[name] for name in ("on", "reason", "category") if row.get(name)}
    found["on"] = found.get("on", "")[:10]
    if step.assesses is not None:
        for column in columns_of(procedure.rule(step.assesses)):
            value = row.get(field_of(column).lower(), "")
            if value:
                found[f"evidence.{column}"] = value
    for place, kind in enumerate(step.documents, start=1):
        reference = row.get(f"paper_{place}", "")
        if reference:
            found |= {f"paper.{kind}": "yes", f"reference.{kind}": reference}
    return found


def _instance(row: Mapping[str, str]) -> str:
    return next((row[name] for name in _INSTANCE if row.get(name)), "")


def _person(row: Mapping[str, str]) -> str:
    return next((row[name] for name in _PERSON if row.get(name)), "")
