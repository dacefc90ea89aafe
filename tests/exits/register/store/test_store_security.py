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
    from exitline.exits.register.store.read.worklist import households, worklist

    village = two.within("c/t/v1/")
    assert [row.key for row in households(village)] == ["h1"]
    assert [task.household for task in worklist(village, [], date(2016, 6, 20))] == ["h1"]
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


def test_a_page_is_found_by_the_path_and_not_by_reading_everything(two: Store) -> None:
    if not two.postgres:
        pytest.skip("a plan of PostgreSQL")
    with two.within("c/t/v1/").transaction() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT * FROM register_household ORDER BY path LIMIT 50")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Cond: ((path >= $0) AND (path < $1))" in plan


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
    from exitline.exits.register.store.write.moves import move

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
