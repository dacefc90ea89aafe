"""Changes of life: new, split, merged, moved within and between counties; history stays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from exitline.exits.register.store.audit.check import check
from exitline.exits.register.store.errors import (
    AuthorityError,
    IdentifierTakenError,
    LifeChangeError,
    SecondHeadError,
    SentTwiceError,
    StaleVersionError,
    StoreError,
)
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.read.as_of import counts, duties
from exitline.exits.register.store.read.cards import card
from exitline.exits.register.store.read.live import live_table
from exitline.exits.register.store.write import households as lives
from exitline.exits.register.store.write import members, transfers
from exitline.exits.register.store.write.areas import add_area
from exitline.exits.register.store.write.cards import add_measure, write_card
from exitline.exits.register.store.write.record import record_all

TODAY = date.today()
DAY = date(2016, 2, 1)
FAMILY = [
    {"name": "Ana", "head": True, "relation": "head", "identifiers": {"id": "1"}},
    {"name": "Bo", "relation": "spouse", "worker": True, "identifiers": {"id": "2"}},
    {"name": "Cai", "relation": "child", "born": date(2010, 1, 1)},
]


def made_household(store: Store, key: str = "h1", area: str = "c/t/v1/", **given):
    """A household of three with a card."""
    return lives.add_household(
        store, "li", key=key, area=area, name="Family", since=DAY, facts={"welfare": 900.0},
        members=given.pop("members", FAMILY), **given,
    )  # fmt: skip


def names(store: Store, key: str, day: date | None = None) -> list[str]:
    return [one.name for one in card(store, key, day=day).members]


@pytest.fixture
def listed(store, china, made):
    """A household of three that the county put on the list."""
    made_household(store)
    record_all(store, [made("carry over", "2016-05-01")], china, county="c/")
    return store


def test_a_new_household_is_there_whole_or_not_at_all(store):
    made_household(store, token="one")
    found = card(store, "h1")
    assert [m.head for m in found.members] == [True, False, False]
    assert found.facts == {"welfare": 900.0}
    with pytest.raises(SentTwiceError):
        made_household(store, "h9", token="one", members=[])
    with pytest.raises(SecondHeadError):
        made_household(
            store, "h2", members=[{"name": "A", "head": True}, {"name": "B", "head": True}]
        )
    for day in (TODAY + timedelta(days=1), date(1780, 1, 1)):
        with pytest.raises(StoreError, match="day of birth"):
            made_household(store, "h2", members=[{"name": "A", "born": day}])
    with pytest.raises(LifeChangeError, match="this id"):
        made_household(store, members=[])
    assert [r["household"] for r in live_table(store).to_pylist()] == ["h1"]


def test_members_leave_are_corrected_and_follow_as_heads(store):
    made_household(store)
    with pytest.raises(LifeChangeError, match="the head leaves"):
        members.member_leaves(store, "h1", None, "li", number=1, on=TODAY, why="death")
    members.member_leaves(store, "h1", None, "li", number=1, on=TODAY, why="death", next_head=2)
    found = card(store, "h1")
    assert [(m.name, m.head) for m in found.members] == [("Cai", False), ("Bo", True)]
    assert names(store, "h1", TODAY - timedelta(days=1)) == ["Ana", "Bo", "Cai"]
    members.correct_member(store, "h1", None, "li", number=3, reason="a slip", name="Kai")
    assert names(store, "h1", DAY) == ["Ana", "Bo", "Kai"]
    made_household(store, "h2", members=[{"name": "Dan", "head": True}])
    members.member_moves(store, "h1", None, "li", number=card(store, "h1").members[1].number,
                         on=TODAY, to="h2", relation="niece")  # fmt: skip
    assert names(store, "h2") == ["Dan", "Kai"]
    with pytest.raises(StaleVersionError):
        members.change_head(store, "h2", 1, "li", number=2, on=TODAY)


def test_a_correction_leaves_the_card_that_was_wrong(store):
    made_household(store)
    with pytest.raises(LifeChangeError, match="no card of that day"):
        write_card(store, "h1", None, "li", as_of=TODAY, facts={}, correction="a digit")
    write_card(store, "h1", None, "li", as_of=DAY, facts={"welfare": 90.0}, correction="a digit")
    assert card(store, "h1").facts == {"welfare": 90.0}
    rows = type(card(store, "h1").card).objects.using(store.alias)
    with store.transaction():
        assert [r.facts["welfare"] for r in rows.order_by("id")] == [900.0, 90.0]


def test_a_split_stands_where_the_old_one_stood(listed):
    store, day = listed, TODAY - timedelta(days=5)
    with pytest.raises(LifeChangeError, match="some who leave"):
        lives.split(store, "h1", None, "li", new_key="h2", members=[1, 2, 3], head=1, on=day,
                    reason="")  # fmt: skip
    with pytest.raises(LifeChangeError, match="the head leaves"):
        lives.split(store, "h1", None, "li", new_key="h2", members=[1], head=1, on=day, reason="")
    lives.split(store, "h1", None, "li", new_key="h2", members=[2, 3], head=2, on=day,
                reason="a house of their own")  # fmt: skip
    assert (names(store, "h1"), names(store, "h2")) == (["Ana"], ["Bo", "Cai"])
    assert names(store, "h1", day - timedelta(days=1)) == ["Ana", "Bo", "Cai"]
    new = card(store, "h2")
    assert (new.row.state, new.row.listed, len(new.history.events)) == ("poor", True, 1)
    assert new.facts == {"welfare": 900.0}
    many = [sum(c.households for c in counts(store, d)) for d in (day, day - timedelta(days=1))]
    assert many == [2, 1]  # as of a day before, there was one
    assert counts(store, TODAY, known_on=TODAY - timedelta(days=1)) == ()  # recorded today
    assert check(store).faults == ()


def test_a_merger_takes_nobody_off_the_list(listed):
    store = listed
    made_household(store, "h2", members=[{"name": "Anna", "head": True, "identifiers": {"id": "3"}},
                                         {"name": "Dan"}])  # fmt: skip
    with pytest.raises(LifeChangeError, match="on the list"):
        lives.merge(store, "h2", None, "li", other="h1", on=TODAY, reason="one kitchen")
    lives.merge(store, "h1", None, "li", other="h2", on=TODAY, reason="the same", same={1: 1})
    assert names(store, "h1") == ["Ana", "Bo", "Cai", "Dan"]
    assert [r["household"] for r in live_table(store).to_pylist()] == ["h1"]
    assert len(live_table(store, TODAY - timedelta(days=1)).to_pylist()) == 2
    with pytest.raises(IdentifierTakenError):
        made_household(store, "h3", members=[{"name": "E", "identifiers": {"id": "3"}}])
    assert check(store).faults == ()


def test_a_move_within_the_county_takes_everything_along(listed):
    lives.move(listed, "h1", None, "li", "c/t/v2/")
    assert card(listed.within("c/t/v2/"), "h1").row.listed
    with pytest.raises(LifeChangeError):
        lives.move(listed, "h1", None, "li", "c/t/v2/")


def test_a_move_to_another_county_leaves_both_chains_sound(listed):
    store, before = listed, counts(listed, TODAY)
    add_area(store, "", "d", "Other", "county", since=DAY)
    add_area(store, "d/", "w", "Village", "village", since=DAY)
    add_measure(store, "h1", None, "li", kind="water", since=DAY)
    here, there = store.within("c/"), store.within("d/")
    with pytest.raises(LifeChangeError):
        transfers.send(here, "h1", None, "li", to="c/t/v2/", reason="")
    sent = transfers.send(here, "h1", None, "li", to="d/w/", reason="work")
    with pytest.raises(AuthorityError):
        transfers.take_in(here, sent.pk, "li")
    assert [len(part) for part in transfers.transfers(there)] == [1, 0]
    transfers.turn_down(there, sent.pk, "wu", "not known here")
    transfers.take_back(here, sent.pk, "li")
    assert [one.kind for one in card(here, "h1").measures] == ["water"]
    sent = transfers.send(here, "h1", None, "li", to="d/w/", reason="work")
    assert sum(c.households for c in counts(store, TODAY)) == 0  # on its way: nowhere
    transfers.take_in(there, sent.pk, "wu", key="d-7")
    with pytest.raises(AuthorityError):
        transfers.take_in(there, sent.pk, "wu")
    new = card(there, "d-7")
    assert (new.row.listed, new.row.state, names(there, "d-7")) == (
        True,
        "poor",
        ["Ana", "Bo", "Cai"],
    )
    assert counts(store, TODAY) == before
    assert sum(c.households for c in counts(store, TODAY - timedelta(days=1))) == 1
    assert {one.household for one in duties(store, TODAY)} <= {"d-7"}
    found = check(store)
    assert (found.faults, [steps for _, steps, _ in found.heads]) == ((), [1, 1])
