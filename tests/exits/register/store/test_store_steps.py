"""Steps in a database: admitted, in order, once; the same on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exitline.exits.register import (
    BackdatedError,
    IllegalTransitionError,
    Log,
    UnknownHouseholdError,
    duties,
)
from exitline.exits.register.logbook.checking import faults_of
from exitline.exits.register.store.errors import AuthorityError, StaleVersionError, StoreError
from exitline.exits.register.store.opening import Store, create_store, open_store

WAY = (
    ("carry over", "2016-05-01"),
    ("propose exit", "2016-06-01"),
    ("verify", "2016-06-10"),
    ("consent", "2016-06-11"),
    ("village notice", "2016-06-12"),
    ("announce exit", "2016-06-19"),
    ("strike off", "2016-06-20"),
)


@pytest.fixture
def walked(store: Store, made: Any, china: Any) -> Store:
    """h1 has exited; h2 has objected while its notice hung; each step recorded on its day."""
    from exitline.exits.register.store.write.record import record

    for version, (step, on) in enumerate(WAY):
        draft = made(step, on)
        record(store, draft, version, None, procedure=china, area="c/t/v1/", recorded=draft.on)
    for step, on in (*WAY[:5], ("object", "2016-06-14")):
        record(
            store, made(step, on, "h2"), None, None, procedure=china, area="c/t/v2/",
            recorded=date(2016, 6, 21),
        )  # fmt: skip
    return store


def test_a_step_is_sent_together_not_one_by_one(walked: Store, made: Any, china: Any) -> None:
    from django.db import connections

    from exitline.exits.register.store.write.record import record

    alone: list[str] = []

    def noted(execute: Any, query: str, *given: Any) -> Any:
        alone.append(query)
        return execute(query, *given)

    draft = made("dismiss objection", "2016-06-20", "h2", reason="looked into")
    with connections[walked.alias].execute_wrapper(noted):
        record(walked, draft, 6, None, procedure=china, recorded=date(2016, 6, 21))
    assert len(alone) <= (0 if walked.postgres else 18)  # PostgreSQL: prepared, by its driver


def test_a_second_person_is_told_what_changed(store: Store, made: Any, china: Any) -> None:
    from exitline.exits.register.store.write.record import record

    first = record(
        store, made("carry over", "2016-05-01"), 0, None, procedure=china, area="c/t/v1/"
    )
    record(store, made("propose exit", "2016-06-01"), 1, None, procedure=china)
    with pytest.raises(StaleVersionError) as caught:
        record(store, made("propose exit", "2016-06-02"), 1, None, procedure=china)
    assert caught.value.changed == ((2, "step: propose exit #2", "person for propose exit"),)
    assert "propose exit" in str(caught.value)
    assert first.state == "poor"


def test_a_form_sent_twice_is_recorded_once(store: Store, made: Any, china: Any) -> None:
    from exitline.exits.register.store.write.record import record

    draft = made("carry over", "2016-05-01")
    sent = [
        record(store, draft, 0, None, procedure=china, area="c/t/v1/", token="t1") for _ in "ab"
    ]
    assert sent[0] == sent[1]


@pytest.mark.parametrize(
    ("household", "step", "on", "error"),
    [
        ("h1", "consent", "2016-07-01", IllegalTransitionError),
        ("h2", "strike off", "2016-07-01", IllegalTransitionError),
        ("h2", "dismiss objection", "2016-06-13", BackdatedError),
        ("h3", "propose exit", "2016-07-01", UnknownHouseholdError),
    ],
)
def test_what_the_procedure_refuses_leaves_nothing(
    walked: Store, made: Any, china: Any, household: str, step: str, on: str, error: type
) -> None:
    from exitline.exits.register.store.audit.check import check
    from exitline.exits.register.store.write.record import record_all

    before = check(walked)
    good = made("dismiss objection", "2016-07-01", "h2")
    with pytest.raises(error) as caught:
        record_all(walked, [good, made(step, on, household)], china, area="c/t/v1/")
    assert "event 2" in str(caught.value)
    assert check(walked) == before


def test_state_and_duties_of_any_day_are_those_of_the_log(walked: Store, tmp_path: Path) -> None:
    from exitline.exits.register.store.audit.export import export_log
    from exitline.exits.register.store.read import arrow, as_of

    export_log(walked, "c/", tmp_path / "log")
    log = Log.open(tmp_path / "log")
    assert faults_of(log) == ()
    known = (None, date(2016, 6, 15), date(2016, 6, 20), date(2016, 6, 21))
    looked = ("04-30", "05-01", "06-01", "06-10", "06-12", "06-14", "06-19", "06-20", "07-28")
    for day in (date.fromisoformat(f"2016-{one}") for one in looked):
        for limit in known:
            histories = [log.history(h).until(day, known_on=limit) for h in log.households]
            expected = {h.household: h.standing().state for h in histories if h.events}
            query, schema = as_of.states_query(walked, day, limit)
            states = arrow.table(walked, query, schema).to_pylist()
            found = {row["household"]: row["state"] for row in states}
            assert found == expected
            counts = {c.state: c.households for c in as_of.counts(walked, day, known_on=limit)}
            assert sum(counts.values()) == len(expected)
            due = [d for h in histories for d in duties(h, log.procedure, day)]
            order = sorted(due, key=lambda d: (d.due, d.name, d.household))
            assert list(as_of.duties(walked, day, known_on=limit)) == order


def test_the_exported_log_comes_back_with_the_same_head(walked: Store, tmp_path: Path) -> None:
    from exitline.exits.register.store.audit.check import check
    from exitline.exits.register.store.audit.export import export_log, import_log
    from exitline.exits.register.store.write.areas import add_areas

    whole = check(walked)
    assert whole.faults == ()
    export_log(walked, "c/", tmp_path / "log")
    assert Log.open(tmp_path / "log").head == whole.heads[0][2]
    other = create_store(f"sqlite:///{tmp_path}/other.db")
    rows = [("", "c", "C", "county"), ("c/", "t", "T", "township"), ("c/t/", "v1", "V", "village")]
    add_areas(other, [*rows, ("c/t/", "v2", "W", "village")], since=date(2016, 1, 1))
    assert import_log(other, tmp_path / "log", "c/") == 13
    assert check(other) == whole
    with pytest.raises(StoreError, match="has steps already"):
        import_log(other, tmp_path / "log", "c/")


HARMS = {
    "a byte of the content": (
        "UPDATE register_step SET content = replace(content, '2016-06-10', '2016-06-11')"
        " WHERE number = 3",
        "event 3",
    ),
    "a state column": ("UPDATE register_step SET state = 'exited' WHERE number = 2", "state"),
    "a step is taken out": ("DELETE FROM register_step WHERE number = 4", "missing"),
    "the last step is taken out": ("DELETE FROM register_step WHERE number = 13", "end of the"),
    "a standing": ("UPDATE register_standing SET state = 'exited' WHERE number = 2", "standing"),
    "a duty": ("UPDATE register_duty SET due = '2020-01-01'", "duty rows"),
    "a case": ("UPDATE register_case SET name = 'appeal'", "case rows"),
    "the household": ("UPDATE register_household SET state = 'poor'", "the household's state"),
    "a kept rule": ("UPDATE register_kepttext SET text = '{}' WHERE kind = 'rule'", "rule"),
    "a kept procedure": ("UPDATE register_kepttext SET text = replace(text, 'days: 7', 'days: 1')"
                         " WHERE kind = 'procedure'", "procedure"),
}  # fmt: skip


def test_whatever_is_changed_behind_its_back_is_found(walked: Store) -> None:
    from django.db import transaction

    from exitline.exits.register.store.audit.check import check

    for harm, (statement, said) in HARMS.items():
        with walked.transaction() as cursor:
            for guard in ("once", "stays"):
                name = f"{guard} ON register_step" if walked.postgres else f"step_{guard}"
                cursor.execute(f"DROP TRIGGER {name}")
            if "DELETE" in statement:
                cursor.execute("DELETE FROM register_document")
                cursor.execute("DELETE FROM register_notice")
            cursor.execute(statement)
            faults = check(walked).faults
            transaction.set_rollback(True, using=walked.alias)
        assert any(said in fault for fault in faults), (harm, faults)
        assert not any("h1" in fault or "h2" in fault for fault in faults)
    assert check(walked).faults == ()


@settings(max_examples=3, derandomize=True, deadline=None)
@given(pick=st.randoms(use_true_random=False))
def _flipped(walked: Store, column: str, pick: Random) -> None:
    """Change a column of one event by one character, one number, one day or one row."""
    from django.db import transaction

    from exitline.exits.register.store.audit.check import check
    from exitline.exits.register.store.models import StepRow

    with walked.transaction() as cursor:
        for guard in ("once", "stays"):
            name = f"{guard} ON register_step" if walked.postgres else f"step_{guard}"
            cursor.execute(f"DROP TRIGGER {name}")
        steps = StepRow.objects.using(walked.alias)
        step = pick.choice(list(steps.all()))
        changed = _other(getattr(step, column), pick)
        if column in ("number", "place"):  # none that is taken: the database refuses it
            changed += 100
        if column in ("household_id", "county_id"):
            table = StepRow._meta.get_field(column.removesuffix("_id")).related_model
            ids = table._default_manager.using(walked.alias).exclude(pk=getattr(step, column))
            changed = pick.choice(list(ids.values_list("pk", flat=True)))
            steps.filter(pk=step.pk).update(place=step.place + 100 * (column == "household_id"))
        steps.filter(pk=step.pk).update(**{column: changed})
        faults = check(walked).faults
        transaction.set_rollback(True, using=walked.alias)
    assert faults, (column, step.number)


def _other(value: Any, pick: Random) -> Any:
    """Another value of its kind: one character, one day or one number away."""
    if isinstance(value, date):
        return value + timedelta(days=pick.choice((-1, 1)))
    if isinstance(value, int):
        return value + 1
    place = pick.randrange(len(value) + 1)
    return value[:place] + chr(ord((value + "/")[place]) ^ 1) + value[place + 1 :]


def test_any_column_of_any_event_that_is_changed_is_found(walked: Store) -> None:
    from exitline.exits.register.store.audit.check import check
    from exitline.exits.register.store.models import StepRow

    for field in StepRow._meta.concrete_fields:
        if not field.primary_key:  # a row's handle, which says nothing of the event
            _flipped(walked, field.attname)
    assert check(walked).faults == ()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE register_step SET content = '{}' WHERE number = 1",
        "DELETE FROM register_step",
        "UPDATE register_change SET what = 'nothing'",
        "DELETE FROM register_change",
    ],
)
def test_the_database_itself_keeps_what_is_written_once(walked: Store, statement: str) -> None:
    from django.db import DatabaseError

    with (
        pytest.raises((DatabaseError, StoreError), match="written once"),
        walked.transaction() as cursor,
    ):
        cursor.execute(statement)


def test_a_person_acts_in_their_own_name_role_and_area(
    walked: Store, made: Any, china: Any
) -> None:
    from exitline.exits.register.store.write.areas import assign
    from exitline.exits.register.store.write.record import record

    since = date(2016, 1, 1)
    assign(walked, "zhou", "county", "c/t/v1/", since=since)
    assign(walked, "wu", "county", "c/", since=since, until=date(2017, 1, 1))
    assign(walked, "xu", "county", "c/", since=since)
    draft = made("dismiss objection", "2016-07-01", "h2", role="county")
    for actor, named in (("zhou", "zhou"), ("wu", "wu"), ("xu", "somebody")):
        changed = made("dismiss objection", "2016-07-01", "h2", role="county", actor=named)
        with pytest.raises(AuthorityError):
            record(walked, changed, None, actor, procedure=china)
    draft = made("dismiss objection", "2016-07-01", "h2", role="county", actor="xu")
    assert record(walked, draft, None, "xu", procedure=china).state == "noticed"


def test_the_head_of_a_day_is_a_tree_over_counties(walked: Store) -> None:
    from exitline.exits.register.store.audit.check import check
    from exitline.exits.register.store.audit.heads import head_of_day, proof, proven

    early = head_of_day(walked, date(2016, 6, 20))
    assert early.leaves[0][1] == 7
    assert check(walked, early.leaves[0][2]).faults == ()
    late = head_of_day(walked, date(2016, 6, 21))
    assert (late.leaves[0][1], late.leaves[0][2]) == (13, check(walked).heads[0][2])
    assert proven(late.leaves[0], proof(late.leaves, 0)) == late.root != early.root
    with walked.transaction() as cursor:
        cursor.execute(
            "UPDATE register_dailyhead SET leaves = %s WHERE day = '2016-06-20'",
            [json.dumps([["c/", 7, "0" * 64]])],
        )
    assert "head of 2016-06-20" in check(walked).faults[-1]


@pytest.mark.usefixtures("walked")
def test_a_register_is_opened_again_and_not_made_twice(address: str) -> None:
    from exitline.exits.register.store.read.histories import history, household

    again = open_store(address)
    assert len(history(again, household(again, "h1")).events) == 7
    with pytest.raises(StoreError, match="already"):
        create_store(address)
