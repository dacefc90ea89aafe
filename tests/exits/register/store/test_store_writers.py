"""Many writers at once, killed writers, random users: every accepted step once, in order."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from exitline.errors import ExitlineError
from exitline.exits.register import Draft, duties
from exitline.exits.register.store.errors import AuthorityError, StaleVersionError
from exitline.exits.register.store.opening import Store

WRITER = """
import random, sys
from datetime import date
from exitline.errors import ExitlineError
from exitline.exits.register import Document, Draft, load_procedure
from exitline.exits.register.store.opening import open_store
store, number = open_store(sys.argv[1]), int(sys.argv[2])
from exitline.exits.register.store.write.record import record
from exitline.exits.register.store.read.worklist import households
procedure, pick = load_procedure("china-2016-exit", rules=False), random.Random(number)
print("ready", flush=True)
for i in range(int(sys.argv[3])):
    key = f"h{pick.randrange(20)}"
    on = date(2016, 5, 1)
    step = pick.choice(["carry over", "object", "dismiss objection"])
    papers = {"carry over": "register extract", "object": "objection"}.get(step, "findings")
    role = {"carry over": "county", "object": "household"}.get(step, "township")
    versions = {row.key: row.version for row in households(store)}
    draft = Draft(key, step, on, f"{step} {number}", role, (Document(papers),), reason="so")
    try:
        made = record(store, draft, versions.get(key, 0), None, procedure=procedure, area="c/t/v1/")
    except ExitlineError as reason:
        print("refused", type(reason).__name__, flush=True)
    else:
        print("accepted", made.number, made.household, flush=True)
"""


def writer(address: str, number: int, steps: int) -> subprocess.Popen[str]:
    """A process that tries steps."""
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, address, str(number), str(steps)],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip


def test_eight_writers_of_the_same_households(store: Store, address: str) -> None:
    from exitline.exits.register.store.audit.check import check
    from exitline.exits.register.store.models import StepRow

    writers = [writer(address, number, 12) for number in range(8)]
    said = [process.communicate(timeout=300)[0].splitlines() for process in writers]
    assert [process.returncode for process in writers] == [0] * 8
    accepted = sorted(int(line.split()[1]) for told in said for line in told if "accepted" in line)
    refused = {line.split()[1] for told in said for line in told if "refused" in line}
    assert len(accepted) > 12
    assert refused <= {"IllegalTransitionError", "StaleVersionError", "UnknownHouseholdError"}
    with store.transaction():
        numbers = (
            StepRow.objects.using(store.alias).order_by("number").values_list("number", flat=True)
        )
        assert list(numbers) == accepted == list(range(1, len(accepted) + 1))
    assert check(store).faults == ()


def test_writers_killed_at_random_moments_leave_whole_steps(store: Store, address: str) -> None:
    from exitline.exits.register.store.audit.check import check

    pick, known = random.Random(5), 0
    for number in range(3):
        processes = [writer(address, 10 * number + i, 10_000) for i in range(2)]
        for process in processes:
            assert process.stdout is not None
            process.stdout.readline()
        time.sleep(pick.uniform(0.3, 0.8))
        said = []
        for process in processes:
            process.send_signal(signal.SIGKILL)
            said += process.communicate()[0].splitlines()
        told = [int(line.split()[1]) for line in said if line.startswith("accepted ")]
        found = check(store)
        assert found.faults == ()
        assert found.events >= max([known, *told])
        known = found.events
    assert known > 0


PEOPLE = {"li": ("village committees", "c/t/v1/"), "wu": ("village committees", "c/t/v2/"),
          "zhao": ("work team", "c/t/"), "xu": ("county", "c/"), "qian": ("township", "c/t/"),
          "sun": ("household", "c/"), "zhou": ("county", "c/"),
          "deputy": ("township", "c/t/")}  # fmt: skip
AREAS = ("c/t/v1/", "c/t/v2/")


class Users(RuleBasedStateMachine):
    """Random people try random steps on random households, sometimes with an old version.

    In between households move, become one, come in by an import that is undone, and somebody
    stands in for another.
    """

    store: Store
    procedure: Any
    made: Any

    def __init__(self) -> None:
        super().__init__()
        self.day = date(2016, 5, 1)
        self.keys = [f"{id(self)}-{i}" for i in range(2)]
        self.accepted: dict[str, list[str]] = {key: [] for key in self.keys}
        self.areas = dict(zip(self.keys, AREAS, strict=True))
        self.changes = dict.fromkeys(self.keys, 0)
        self.bound: dict[str, set[str]] = {}

    @rule(
        place=st.integers(0, 1), pick=st.integers(0, 10_000), person=st.sampled_from([*PEOPLE]),
        role=st.sampled_from(["own", "township"]), days=st.sampled_from([0, 0, 1, 7, 20]),
        late=st.sampled_from([0, 0, 0, 1]), bare=st.booleans(),
    )  # fmt: skip
    def somebody_tries(
        self, place: int, pick: int, person: str, role: str, days: int, late: int, bare: bool
    ) -> None:
        from exitline.exits.register.store.read.histories import history, household
        from exitline.exits.register.store.write.record import record

        self.day += timedelta(days=days)
        key, area = self.keys[place], self.areas[self.keys[place]]
        before, version = None, 0
        if self.accepted[key]:
            row = household(self.store, key)
            before, version = history(self.store, row), row.version
        state = before.standing().state if before else "new"
        near = self.procedure.allowed_from(state)
        steps = near if pick % 4 and near else tuple(self.procedure.steps.values())
        step = steps[pick % len(steps)]
        own, _ = PEOPLE[person]
        draft = self.made(
            step.name, self.day.isoformat(), key, actor=person,
            role=own if role == "own" else role,
            **({"documents": ()} if bare and pick % 5 == 0 else {}),
        )  # fmt: skip
        if step.assesses == "poor":
            draft = Draft(
                **{**{n: getattr(draft, n) for n in draft.__slots__}, "evidence": {"welfare": 1.0}}
            )
        try:
            event = record(
                self.store, draft, version - late, person, procedure=self.procedure, area=area,
                recorded=self.day,
            )  # fmt: skip
        except StaleVersionError:
            assert late
            assert version
            return
        except (AuthorityError, ExitlineError):
            return
        assert not (late and version)
        assert (state, event.state) in self.procedure.transitions()
        assert draft.role == own
        assert draft.role in step.by
        if step.approves:
            assessed = before.last(step.approves, case=step.case)
            both = {assessed.actor, *self.bound.get(assessed.actor, ())}
            assert not both & {person, *self.bound.get(person, ())}
        self.accepted[key].append(event.step)

    @rule(whom=st.sampled_from(["zhao", "qian", "li"]))
    def somebody_stands_in(self, whom: str) -> None:
        from exitline.exits.register.store.write.areas import assign

        role, path = PEOPLE[whom]
        assign(self.store, "deputy", role, path, since=date(2016, 1, 1), for_whom=whom)
        self.bound.setdefault("deputy", set()).add(whom)

    @rule(place=st.integers(0, 1), to=st.sampled_from(AREAS))
    def a_household_moves(self, place: int, to: str) -> None:
        from exitline.exits.register.store.write.households import move

        key = self.keys[place]
        try:
            move(self.store, key, None, "qian", to)
        except ExitlineError:
            assert not self.accepted[key] or self.areas[key] == to
            return
        self.areas[key] = to
        self.changes[key] += 1

    @rule(place=st.integers(0, 1))
    def two_become_one(self, place: int) -> None:
        from exitline.exits.register.store.models import CaseRow
        from exitline.exits.register.store.read.histories import household
        from exitline.exits.register.store.write.households import merge

        stays, goes = self.keys[place], self.keys[1 - place]
        if not (self.accepted[stays] and self.accepted[goes]):
            return
        one, other = household(self.store, stays), household(self.store, goes)
        cases = CaseRow.objects.using(self.store.alias).filter(household=other, ended=None)
        with self.store.transaction():
            way_out = cases.exists() or (other.listed and not one.listed)
        try:
            merge(self.store, stays, one.version, "qian", other=goes, on=self.day, reason="one",
                  other_version=other.version)  # fmt: skip
        except ExitlineError:
            assert way_out
            return
        assert not way_out
        self.changes[stays] += 1
        del self.accepted[goes]
        self.keys[1 - place] = new = f"{goes}+"
        self.accepted[new], self.areas[new], self.changes[new] = [], AREAS[1 - place], 0

    @rule(touched=st.booleans())
    def an_import_is_undone(self, touched: bool) -> None:
        from exitline.exits.register.store.intake import tables
        from exitline.exits.register.store.write.cards import add_visit

        key = f"import-{id(self)}-{len(self.changes)}-{self.day}"
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "t.csv"
            file.write_text(f"household,area\n{key},c/t/v1/\n")
            found = tables.preview(self.store, file, "households")
        batch = tables.take(self.store, found, "t.csv", "qian")
        if not touched:
            assert tables.undo(self.store, batch.pk, "qian") == 1
            return
        add_visit(self.store, key, None, "li", on=self.day)
        with pytest.raises(ExitlineError, match="changed since"):
            tables.undo(self.store, batch.pk, "qian")
        self.changes[key] = 0  # the next one has another id

    @invariant()
    def what_stands_is_what_was_accepted(self) -> None:
        from exitline.exits.register.store import texts
        from exitline.exits.register.store.read import as_of
        from exitline.exits.register.store.read.histories import history, household

        for key, steps in self.accepted.items():
            if not steps:
                continue
            row = household(self.store, key)
            found = history(self.store, row)
            assert [event.step for event in found.events] == steps
            version = len(steps) + self.changes[key]
            assert (row.state, row.version) == (found.standing().state, version)
            assert row.path == self.areas[key]
            due = duties(found, lambda digest: texts.procedure(self.store, digest), self.day)
            mine = [d for d in as_of.duties(self.store, self.day) if d.household == key]
            assert tuple(mine) == due


def test_random_users_never_reach_what_the_procedure_forbids(
    store: Store, china: Any, made: Any
) -> None:
    from exitline.exits.register.store.audit.check import check
    from exitline.exits.register.store.write.areas import assign

    for person, (role, path) in PEOPLE.items():
        assign(store, person, role, path, since=date(2016, 1, 1))
    machine = type(
        "Machine", (Users,), {"store": store, "procedure": china, "made": staticmethod(made)}
    )
    many = int(os.environ.get("EXITLINE_EXAMPLES", "3"))
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=many, stateful_step_count=20, deadline=None,
                          suppress_health_check=list(HealthCheck)),
    )  # fmt: skip
    assert check(store).faults == ()
