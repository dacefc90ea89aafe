"""Procedure files: the shipped ones, and what is wrong with others, at its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from exitline.errors import ExitlineError
from exitline.exits.register import ProcedureError, load_procedure, shipped_procedures


@pytest.mark.parametrize("name", shipped_procedures())
def test_shipped_procedures_load_with_their_rules(name: str) -> None:
    procedure = load_procedure(name)
    assert procedure.name == name
    assert procedure.rules
    assert all(step.source in procedure.sources for step in procedure.steps.values())


def test_what_the_guidance_says_is_encoded() -> None:
    exit_, watch = load_procedure("china-2016-exit"), load_procedure("china-2020-monitoring")
    assert watch.clocks["clue to decision"].days == 15
    assert watch.step("township review").waits[0].days == 5
    assert watch.step("village notice").once
    assert watch.states["monitored"].categories == ("unstable", "marginal", "sudden hardship")
    never = ("id number", "phone", "bank account", "health")
    assert exit_.documents["village notice"].never_shows == never
    assert watch.documents["village notice"].never_shows == never
    nine = ["alert", "visit", "consent", "data match", "review", "village notice"]
    nine += ["township review", "enter monitoring"]
    assert [s for s in watch.steps if s in nine] == nine
    assert not exit_.step("announce exit").verified  # seven days: read on a weak page
    assert exit_.step("strike off").approves == "propose exit"


def test_the_digest_is_of_the_content(procedure_text: str, load_text: Any) -> None:
    plain = load_text(procedure_text)
    assert load_text("# a comment\n" + procedure_text).digest == plain.digest
    assert load_text(procedure_text.replace("90", "91")).digest != plain.digest


@pytest.mark.parametrize(
    ("old", "new", "says", "hint"),
    [
        ("to: graduate,", "to: gradute,", "no state 'gradute'", "graduate"),
        ("from: [participant], begins", "from: [partcipant], begins", "no state", "participant"),
        ("by: [manager], reason", "by: [boss], reason", "no role 'boss'", ""),
        ("assesses: graduates", "assesses: graduate", "no rule 'graduate'", "graduates"),
        ("approves: assess,", "approves: asess,", "no assessing step", "assess"),
        ("case: graduation, ends", "case: graduaton, ends", "no case", "graduation"),
        ("checks: {step: visit", "checks: {step: join", "no assessing step", ""),
        ("met: 2}", "met: 0}", "met is not", ""),
        ("first_days: 90", "first_days: -1", "number of days", ""),
        ("every_days: 180", "every_days: 0", "number of days", ""),
        ("from: [new], to: participant, by", "from: [new], by", "entry step", ""),
        ("approves: assess, outcome: met", "approves: assess", "which outcome", ""),
        ("outcome: met}", "outcome: perhaps}", "not known", ""),
        ("weight: 2", "weight: 0", "weight", ""),
        ("score_at_least: 0.7", "score_at_least: 1.7", "score", ""),
        ("meals >= 2, weight", "meals >=, weight", "", ""),
        ("states:", "stats:", "no key 'stats'", "states"),
        ("  settled: {label", "  lost: {label: x}\n  settled: {label", "no step leads", ""),
        ("standard: china-2011-2020", "standard: china-2011-2021", "", "china-2011-2020"),
        ("valid: {from: 2020-01-01}", "valid: {from: soon}", "date", ""),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_at_its_line(
    procedure_text: str, load_text: Any, old: str, new: str, says: str, hint: str
) -> None:
    assert old in procedure_text
    with pytest.raises(ExitlineError) as caught:
        load_text(procedure_text.replace(old, new))
    assert says in caught.value.what
    assert caught.value.where
    assert hint in str(caught.value)


def test_a_name_that_is_not_shipped_gets_the_nearest() -> None:
    with pytest.raises(ProcedureError) as caught:
        load_procedure("china-2016-exti")
    assert "china-2016-exit" in (caught.value.remedy or "")
    with pytest.raises(ProcedureError):
        load_procedure(Path("no/such.yaml"))
