"""Nobody sees a row of another area: in the functions, and in raw SQL on PostgreSQL."""

from __future__ import annotations

from typing import Any

import pytest

from exitline.exits.register import UnknownHouseholdError
from exitline.exits.register.store.errors import AuthorityError, LifeChangeError, StoreError
from exitline.exits.register.store.opening import Store


@pytest.fixture
def two(store: Store, made: Any, china: Any) -> Store:
    """One household in each village, with a duty, a card and a view."""
    from datetime import date

    from exitline.exits.register.store.read.cards import card
    from exitline.exits.register.store.write.cards import (
        add_helper,
        add_measure,
        add_member,
        add_visit,
        write_card,
    )
    from exitline.exits.register.store.write.record import record

    day = date(2016, 5, 2)
    for household, path in (("h1", "c/t/v1/"), ("h2", "c/t/v2/")):
        for step, on in (("carry over", "2016-05-01"), ("propose exit", "2016-06-01"),
                         ("verify", "2016-06-10"), ("consent", "2016-06-11"),
                         ("village notice", "2016-06-12"), ("object", "2016-06-13")):  # fmt: skip
            record(store, made(step, on, household), None, None, procedure=china, area=path)
        write_card(store, household, 6, "li", as_of=day, facts={"welfare": 1.0}, lines={"wages": 5})
        add_member(
            store, household, 7, "li", name="Li", since=day, head=True,
            identifiers={"national id": household},
        )  # fmt: skip
        add_helper(store, household, 8, "li", person="zhao", since=day)
        add_measure(store, household, 9, "li", kind="water", since=day)
        add_visit(store, household, 10, "li", on=day)
        card(store, household, viewer=("li", "county"))
    return store


def test_a_scope_ends_at_its_area(two: Store) -> None:
    from datetime import date

    from exitline.exits.register.store.read import arrow, as_of
    from exitline.exits.register.store.read.cards import card
    from exitline.exits.register.store.read.worklist import desk, households

    village = two.within("c/t/v1/")
    assert [row.key for row in households(village)] == ["h1"]
    roles = {duty.role for duty in as_of.duties(two, date(2016, 6, 20))}
    seen = [task for role in roles for task in desk(village, role, date(2016, 6, 20))[0]]
    assert [task.household for task in seen] == ["h1"]
    assert as_of.counts(village, date(2016, 6, 20))[0].households == 1
    assert {duty.household for duty in as_of.duties(village, date(2016, 6, 20))} == {"h1"}
    query, schema = as_of.states_query(village, date(2016, 6, 20))
    assert arrow.table(village, query, schema)["household"].to_pylist() == ["h1"]
    with pytest.raises(UnknownHouseholdError):
        card(village, "h2")
    with pytest.raises(AuthorityError):
        village.within("c/t/v2/")
    with pytest.raises(AuthorityError):
        village.within("c/")


def test_nothing_is_recorded_outside_of_a_scope(two: Store, made: Any, china: Any) -> None:
    from exitline.exits.register.store.write.cards import write_card
    from exitline.exits.register.store.write.record import record

    village = two.within("c/t/v1/")
    draft = made("dismiss objection", "2016-07-01", "h2")
    with pytest.raises((UnknownHouseholdError, StoreError)):
        record(village, draft, None, None, procedure=china)
    with pytest.raises(UnknownHouseholdError):
        write_card(village, "h2", None, "li", as_of=draft.on, facts={})
    with pytest.raises(StoreError, match="no area"):
        record(village, made("carry over", "2016-05-01", "h9"), None, None, procedure=china,
               area="c/t/v2/")  # fmt: skip


def test_raw_sql_shows_no_row_of_another_area(two: Store) -> None:
    from exitline.exits.register.store.security import PLACED

    if not two.postgres:
        pytest.skip("SQLite has no row-level security: one file, one office")
    filled = {}
    for name in PLACED:
        seen = {}
        for path in ("", "c/t/v1/", "c/t/v2/", "c/t/v3/"):
            scoped = two.within(path)
            with scoped.transaction() as cursor:
                cursor.execute(f"SELECT count(*), min(path), max(path) FROM register_{name}")
                seen[path] = cursor.fetchone()
        assert seen[""][0] == seen["c/t/v1/"][0] + seen["c/t/v2/"][0], name
        assert seen["c/t/v3/"][0] == 0
        for path in ("c/t/v1/", "c/t/v2/"):
            assert set(seen[path][1:]) <= {path, None}
        filled[name] = seen[""][0]
    empty = {name for name, rows in filled.items() if not rows}
    assert empty == {"submission", "objection", "finding", "pair"}
    from django.db import connections

    with connections[two.alias].cursor() as cursor:  # nothing set: nothing seen
        for name in PLACED:
            cursor.execute(f"SELECT count(*) FROM register_{name}")
            assert cursor.fetchone()[0] == 0
    with two.within("c/t/v1/").transaction() as cursor:
        cursor.execute("UPDATE register_household SET name = 'x' WHERE key = 'h2'")
        assert cursor.rowcount == 0


OPEN = {
    "area": "names of places: whoever signs in is told where they are",
    "office": "desks, by place",
    "assignment": "who holds which role where: read before it is known how far somebody sees",
    "batch": "imports: a file's name and digest",
    "chain": "ends of chains, which are published",
    "dailyhead": "heads, which are published",
    "kepttext": "procedures and rules",
    "setting": "settings of the store",
}
"""Tables without row-level security, and why: no row of them is about a household."""


def _tables() -> dict[str, Any]:
    from django.apps import apps

    models = apps.get_app_config("register").get_models()
    return {one._meta.db_table.removeprefix("register_"): one for one in models}


def test_every_table_is_guarded_or_says_why_not(store: Store) -> None:
    tables = _tables()
    assert not OPEN.keys() - tables.keys()
    for name in OPEN:
        assert not any(field.name == "household" for field in tables[name]._meta.fields), name
    if not store.postgres:
        pytest.skip("SQLite has no row-level security: one file, one office")
    with store.transaction() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AND EXISTS"
            " (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polwithcheck IS NOT NULL)"
            " FROM pg_class c WHERE c.relkind = 'r' AND c.relname LIKE 'register\\_%'"
        )
        guarded = {name.removeprefix("register_"): held for name, held in cursor.fetchall()}
    assert {name for name, held in guarded.items() if not held} - OPEN.keys() == set()
    assert tables.keys() - OPEN.keys() <= {name for name, held in guarded.items() if held}


class Rows:
    """A row of every table for a village, with whatever it hangs on."""

    def __init__(self, store: Store, path: str) -> None:
        self.store, self.path, self.made = store, path, {}

    def of(self, model: Any) -> Any:
        """The village's row of a table."""
        from exitline.exits.register.store.models import AreaRow

        if model not in self.made:
            table = model.objects.using(self.store.alias)
            if model is AreaRow:
                self.made[model] = table.get(path=self.path)
            else:
                self.made[model] = table.create(**self.values(model))
        return self.made[model]

    def values(self, model: Any) -> dict[str, Any]:
        """Something for every column."""
        return {
            field.name: self.value(field)
            for field in model._meta.concrete_fields
            if not (field.primary_key and not field.is_relation) and not field.null
        }

    def value(self, field: Any) -> Any:
        from datetime import UTC, date, datetime

        if field.is_relation:
            return self.of(field.related_model)
        if field.name in ("path", "from_path"):
            return self.path
        if field.name == "gone":
            return ""
        return {
            "DateField": date(2024, 1, 1), "DateTimeField": datetime(2024, 1, 1, tzinfo=UTC),
            "JSONField": {}, "BooleanField": False, "DecimalField": 1, "FloatField": 1.0,
            "BigIntegerField": 1, "IntegerField": 1,
        }.get(field.get_internal_type(), f"{field.name} {self.path}"[:30])  # fmt: skip


def test_no_row_of_any_table_crosses_areas_in_raw_sql(store: Store) -> None:
    if not store.postgres:
        pytest.skip("SQLite has no row-level security: one file, one office")
    from django.db import DatabaseError, transaction

    tables = {name: model for name, model in _tables().items() if name not in OPEN}
    villages = ("c/t/v1/", "c/t/v2/")
    with store.transaction():
        for path in villages:
            rows = Rows(store, path)
            for model in tables.values():
                rows.of(model)
    for here, there in (villages, villages[::-1]):
        scoped = store.within(here)
        rows = Rows(store, there)
        with scoped.transaction() as cursor:
            for name in tables:
                cursor.execute(f"SELECT path FROM register_{name}")
                assert cursor.fetchall() == [(here,)], name
                cursor.execute(f"UPDATE register_{name} SET path = path WHERE path = %s", [there])
                assert cursor.rowcount == 0, name
        with store.transaction():  # what the rows of the other village hang on
            from exitline.exits.register.store.models import AreaRow, ChainRow, HouseholdRow

            for model in tables.values():
                rows.made[model] = model.objects.using(store.alias).get(path=there)
            for model in (AreaRow, ChainRow):
                rows.made.setdefault(model, model.objects.using(store.alias).first())
        with scoped.transaction():
            for model in tables.values():
                values = rows.values(model) | ({"key": "new"} if model is HouseholdRow else {})
                create = transaction.atomic(using=store.alias)(
                    model.objects.using(store.alias).create
                )
                with pytest.raises(DatabaseError, match="row-level security"):
                    create(**values)
    from django.db import connections

    with connections[store.alias].cursor() as cursor:  # nothing set: nothing seen
        for name in tables:
            cursor.execute(f"SELECT count(*) FROM register_{name}")
            assert cursor.fetchone()[0] == 0, name


def test_a_page_is_found_by_the_path_and_not_by_reading_everything(two: Store) -> None:
    if not two.postgres:
        pytest.skip("a plan of PostgreSQL")
    with two.within("c/t/v1/").transaction() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT * FROM register_household ORDER BY path LIMIT 50")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Cond: ((path >= $0) AND (path < $1))" in plan


def test_states_are_counted_as_far_as_the_scope_and_kept_as_long_as_is_cheap(
    two: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from exitline.exits.register.store.models import HouseholdRow
    from exitline.exits.register.store.read import states

    monkeypatch.setattr(states, "_KEPT", {})
    whole, village = states.states_now(two), states.states_now(two.within("c/t/v1/"))
    assert sum(whole.values()) == 2
    assert sum(village.values()) == 1
    with two.transaction():
        HouseholdRow.objects.using(two.alias).filter(key="h1").update(state="elsewhere")
    for kept in states._KEPT.values():
        kept.until = float("inf")
    assert states.states_now(two.within("c/t/v1/")) == village  # as it was counted
    for kept in states._KEPT.values():
        kept.until = 1e-9
    assert states.states_now(two.within("c/t/v1/")) == {"elsewhere": 1}


def test_a_wide_area_reads_its_duties_in_the_order_of_their_days(
    two: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import date

    from exitline.exits.register.store.read import as_of, worklist

    day = date(2016, 6, 20)
    role = as_of.duties(two, day, open_only=True)[0].role
    narrow = worklist.desk(two, role, day)
    monkeypatch.setattr(worklist, "WIDE", 0)
    assert worklist.desk(two, role, day) == narrow
    assert narrow[0]


def test_an_identifier_is_taken_wherever_its_household_lives(two: Store) -> None:
    from datetime import date

    from exitline.exits.register.store.errors import IdentifierTakenError
    from exitline.exits.register.store.write.cards import add_member

    with pytest.raises(IdentifierTakenError) as caught:
        add_member(
            two.within("c/t/v1/"), "h1", None, "li", name="Wu", since=date(2016, 5, 2),
            identifiers={"national id": " H-2 "},
        )  # fmt: skip
    assert "h2" not in str(caught.value)


def test_a_household_moves_with_all_that_is_known_of_it(two: Store) -> None:
    from exitline.exits.register.store.audit.check import check
    from exitline.exits.register.store.read.cards import card
    from exitline.exits.register.store.write.households import move

    old, new = two.within("c/t/v1/"), two.within("c/t/v2/")
    version = card(old, "h1").row.version
    move(two, "h1", version, "wu", "c/t/v2/")
    with pytest.raises(UnknownHouseholdError):
        card(old, "h1")
    page = card(new, "h1")
    assert (page.row.version, len(page.history.events), len(page.members)) == (version + 1, 6, 1)
    assert check(two).faults == ()
    for to in ("c/t/v2/", "x/"):
        with pytest.raises((StoreError, LifeChangeError)):
            move(two, "h1", None, "wu", to)
    with pytest.raises((StoreError, AuthorityError)):
        move(new, "h1", None, "wu", "c/t/v1/")
