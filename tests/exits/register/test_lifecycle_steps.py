"""Which steps are refused, and with what words; appeals, corrections, monitoring."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from exitline.exits.register import (
    BackdatedError,
    Document,
    EvidenceError,
    IllegalTransitionError,
    IncompleteStepError,
    IndependenceError,
    LifecycleError,
    UnknownHouseholdError,
)

POOR = {"welfare": 2000.0}


def test_the_whole_way_to_the_exit(office: Any) -> None:
    assert office.exit() == "exited"
    standing = office.log.history("h1").standing()
    assert not standing.listed
    assert standing.open_cases == ()
    assert [s.state for s in office.log.history("h1").spells()] == [
        "poor",
        "exit proposed",
        "reviewed",
        "noticed",
        "exited",
    ]


def test_an_unknown_household_is_refused_and_not_named(office: Any) -> None:
    office.household = "secret-id-4711"
    with pytest.raises(UnknownHouseholdError) as caught:
        office.take("propose exit", "2016-06-01")
    assert "4711" not in str(caught.value)
    assert "carry over" in str(caught.value)


@pytest.mark.parametrize(
    "step", ["verify", "consent", "village notice", "announce exit", "strike off", "appeal"]
)
def test_a_step_out_of_turn_is_refused(office: Any, step: str) -> None:
    office.take("carry over", "2016-05-01")
    with pytest.raises(IllegalTransitionError, match="not allowed from the state 'poor'") as caught:
        office.take(step, "2016-06-01")
    assert "propose exit" in (caught.value.remedy or "")


def test_a_second_entry_and_an_unknown_step_are_refused(office: Any) -> None:
    office.take("carry over", "2016-05-01")
    with pytest.raises(IllegalTransitionError):
        office.take("carry over", "2016-05-02")
    draft = replace(office.draft("verify", "2016-06-01"), step="verfy")
    with pytest.raises(IllegalTransitionError, match="no step 'verfy'") as caught:
        office.log.append([draft], office.procedure)
    assert "did you mean 'verify'" in (caught.value.remedy or "")


def test_back_dated_and_future_events_are_refused(office: Any) -> None:
    office.take("carry over", "2016-05-01")
    office.take("propose exit", "2016-06-01")
    with pytest.raises(BackdatedError, match="back-dated"):
        office.take("verify", "2016-05-31")
    office.today = date(2016, 6, 5)
    with pytest.raises(BackdatedError, match="after the day"):
        office.take("verify", "2016-06-06")
    assert office.take("verify", "2016-06-05") == "reviewed"


def test_a_day_outside_the_procedure_is_refused(office: Any) -> None:
    with pytest.raises(IllegalTransitionError, match="in force"):
        office.take("carry over", "2015-12-31")
    with pytest.raises(IllegalTransitionError, match="in force"):
        office.take("carry over", "2021-01-01")


def test_notice_days_consent_and_order_within_the_case(office: Any) -> None:
    office.take("carry over", "2016-05-01")
    office.take("propose exit", "2016-06-01")
    office.take("verify", "2016-06-10")
    with pytest.raises(IllegalTransitionError, match="consent"):
        office.take("village notice", "2016-06-11")
    office.take("consent", "2016-06-11")
    with pytest.raises(IllegalTransitionError, match="once"):
        office.take("consent", "2016-06-11")
    office.take("village notice", "2016-06-12")
    with pytest.raises(IncompleteStepError, match="7 days") as caught:
        office.take("announce exit", "2016-06-18")
    assert "2016-06-19" in (caught.value.expected or "")
    office.take("announce exit", "2016-06-19")


def test_an_earlier_attempt_does_not_count_for_a_later_one(office: Any) -> None:
    office.take("carry over", "2016-05-01")
    for day in ("2016-06-01", "2016-08-01"):
        office.take("propose exit", day)
        office.take("verify", day)
        if day == "2016-06-01":
            office.take("consent", day)
            office.take("withdraw proposal", day)
    with pytest.raises(IllegalTransitionError, match="missing: consent"):
        office.take("village notice", "2016-08-02")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"role": "county"}, IncompleteStepError),
        ({"role": "villge committees"}, IncompleteStepError),
        ({"documents": ()}, IncompleteStepError),
        ({"documents": (Document("review minutes"), Document("gossip"))}, IncompleteStepError),
        ({"evidence": None}, EvidenceError),
        ({"evidence": {"welfare": float("nan")}}, EvidenceError),
        ({"actor": "  "}, IncompleteStepError),
        ({"category": "unstable"}, IncompleteStepError),
    ],
)
def test_an_incomplete_proposal_is_refused(
    office: Any, changes: dict[str, Any], error: type[LifecycleError]
) -> None:
    office.take("carry over", "2016-05-01")
    with pytest.raises(error) as caught:
        office.take("propose exit", "2016-06-01", **changes)
    assert caught.value.expected
    assert len(office.log.events) == 1


def test_evidence_where_none_is_taken_is_refused(office: Any) -> None:
    with pytest.raises(EvidenceError, match="takes no evidence"):
        office.take("carry over", "2016-05-01", evidence=POOR)


@pytest.mark.parametrize("shows", [(), ("hamlet", "ID number"), ("phone",), ("health",)])
def test_a_notice_that_shows_too_much_or_does_not_say_is_refused(
    office: Any, shows: tuple[str, ...]
) -> None:
    office.take("carry over", "2016-05-01")
    office.take("propose exit", "2016-06-01")
    office.take("verify", "2016-06-10")
    office.take("consent", "2016-06-11")
    with pytest.raises(IncompleteStepError, match="shows what it may not"):
        office.take(
            "village notice", "2016-06-12", documents=(Document("village notice", "", shows),)
        )


def test_an_open_objection_stops_the_exit_until_it_is_settled(office: Any) -> None:
    office.take("carry over", "2016-05-01")
    office.take("propose exit", "2016-06-01")
    office.take("verify", "2016-06-10")
    office.take("consent", "2016-06-11")
    office.take("village notice", "2016-06-12")
    office.take("object", "2016-06-14", actor="neighbour")
    with pytest.raises(IllegalTransitionError, match="objection"):
        office.take("announce exit", "2016-06-20")
    with pytest.raises(IllegalTransitionError, match="open already"):
        office.take("object", "2016-06-15")
    with pytest.raises(IndependenceError):
        office.take("dismiss objection", "2016-06-21", actor="Neighbour")
    office.take("dismiss objection", "2016-06-21")
    office.take("announce exit", "2016-06-22")
    assert office.take("strike off", "2016-06-22") == "exited"


def test_an_upheld_objection_keeps_the_household_on_the_list(office: Any) -> None:
    office.take("carry over", "2016-05-01")
    office.take("propose exit", "2016-06-01")
    office.take("verify", "2016-06-10")
    office.take("object", "2016-06-11")
    assert office.take("uphold objection", "2016-06-12") == "poor"
    assert office.log.history("h1").open_cases() == ()
    assert office.take("propose exit", "2016-09-01") == "exit proposed"


def test_appeal_and_re_entry_after_a_wrong_exit(office: Any) -> None:
    office.exit()
    office.take("appeal", "2016-07-01")
    office.take("assess appeal", "2016-07-05", evidence={"welfare": 1500.0})
    with pytest.raises(EvidenceError):
        office.take("dismiss appeal", "2016-07-06")
    assert office.take("uphold appeal", "2016-07-06") == "poor"
    assert office.log.history("h1").standing().listed
    assert office.log.history("h1").standing(date(2016, 7, 5)).state == "exited"


def test_an_appeal_without_ground_is_dismissed(office: Any) -> None:
    office.exit()
    office.take("appeal", "2016-07-01")
    office.take("assess appeal", "2016-07-05")
    with pytest.raises(EvidenceError):
        office.take("uphold appeal", "2016-07-06")
    assert office.take("dismiss appeal", "2016-07-06") == "exited"


def test_a_look_back_returns_a_household_only_when_the_rule_is_not_met(office: Any) -> None:
    office.exit()
    with pytest.raises(EvidenceError, match="does not carry"):
        office.take("find wrong exit", "2017-01-10")
    office.take("find wrong exit", "2017-01-10", evidence={"welfare": 1500.0})
    assert office.take("re-enter", "2017-01-12") == "poor"


def test_monitoring_from_clue_to_cleared_risk(watch: Any) -> None:
    risky = {"income": 5000.0, "monitoring_line": 6000.0}
    clear = {
        "income": 9000.0,
        "monitoring_line": 6000.0,
        "income_stable": True,
        "guarantees_secure": True,
        "original_risk_gone": True,
        "new_risk": False,
    }
    watch.take("carry over", "2020-12-01")
    watch.take("alert", "2021-03-01")
    watch.take("visit", "2021-03-02")
    watch.take("consent", "2021-03-02")
    watch.take("data match", "2021-03-04")
    watch.take("review", "2021-03-05", evidence=risky)
    watch.take("village notice", "2021-03-06")
    with pytest.raises(IncompleteStepError, match="5 days"):
        watch.take("township review", "2021-03-10")
    watch.take("township review", "2021-03-11")
    with pytest.raises(IncompleteStepError, match="category") as caught:
        watch.take("enter monitoring", "2021-03-12")
    assert "sudden hardship" in (caught.value.expected or "")
    watch.take("enter monitoring", "2021-03-12", category="marginal")
    watch.take("check", "2021-04-10", evidence=clear | {"new_risk": True})
    watch.take("change kind", "2021-04-11", category="sudden hardship")
    assert watch.log.history("h1").standing().category == "sudden hardship"
    watch.take("propose clearing", "2021-05-01", evidence=clear)
    with pytest.raises(EvidenceError, match="monitoring checks"):
        watch.take("clear risk", "2021-05-02")
    watch.take("check", "2021-06-01", evidence=clear)
    watch.take("check", "2021-09-01", evidence=clear)
    assert watch.take("clear risk", "2021-09-02") == "risk cleared"
    assert watch.log.history("h1").standing().category == ""


def test_a_relapse_is_found_by_one_and_confirmed_by_another(watch: Any) -> None:
    watch.take("carry over", "2020-12-01")
    low = {"income": 3000.0, "relapse_line": 4000.0}
    watch.take("find relapse", "2021-05-01", evidence=low, actor="li")
    with pytest.raises(IndependenceError):
        watch.take("confirm relapse", "2021-05-02", actor="li")
    assert watch.take("confirm relapse", "2021-05-02") == "relapsed"
    assert watch.log.history("h1").standing().listed


def test_a_batch_is_recorded_whole_or_not_at_all(office: Any) -> None:
    good, bad = office.draft("carry over", "2016-05-01"), office.draft("verify", "2016-05-02")
    with pytest.raises(IllegalTransitionError) as caught:
        office.log.append([good, bad], office.procedure, recorded=office.today, where="f.csv row")
    assert "f.csv row 2" in (caught.value.where or "")
    assert office.log.events == []
    assert office.log.households == ()
    assert office.take("carry over", "2016-05-01") == "poor"


def test_two_writers_do_not_overwrite_each_other(office: Any) -> None:
    other = type(office.log).open(office.log.folder)
    office.take("carry over", "2016-05-01")
    office.household = "h2"
    office.log = other
    office.take("carry over", "2016-05-01")
    assert [e.number for e in type(other).open(other.folder).events] == [1, 2]
