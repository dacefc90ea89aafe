"""A household's way off the list, step by step, for the tests of the life cycle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from exitline.exits.register import Document, Draft, Log, Procedure, load_procedure

SECURE = {
    "welfare": 3500.0,
    "food_secure": True,
    "clothing_secure": True,
    "education_secure": True,
    "medical_secure": True,
    "housing_safe": True,
    "safe_water": True,
}

GRADUATION = """
procedure: graduation
title: A graduation programme
jurisdiction: KEN
standard: china-2011-2020
valid: {from: 2020-01-01}
states:
  participant: {label: participant, listed: true}
  graduate: {label: graduate, watched: true}
  settled: {label: settled}
roles: {coach: coach, manager: manager}
documents: {form: {label: form}}
rules:
  graduates:
    score_at_least: 0.7
    criteria:
      meals: {met: meals >= 2, weight: 2}
      incomes: {met: incomes >= 2, required: false, weight: 1}
      savings: {met: savings > 0, required: false, weight: 1}
  stays well:
    criteria:
      meals: {met: meals >= 2}
steps:
  join: {from: [new], to: participant, by: [coach]}
  assess: {from: [participant], begins: graduation, by: [coach], assesses: graduates}
  approve: {from: [participant], to: graduate, case: graduation, ends: [graduation],
            by: [coach, manager], approves: assess, outcome: met}
  refuse: {from: [participant], case: graduation, ends: [graduation], by: [manager], reason: true}
  visit: {from: [graduate], by: [coach], assesses: stays well}
  settle: {from: [graduate], to: settled, by: [manager], checks: {step: visit, met: 2}}
monitoring:
  half-yearly visit: {while: [graduate], step: visit, first_days: 90, every_days: 180, role: coach}
"""


@dataclass
class Office:
    """Records steps with all that they need, unless a test leaves something out."""

    log: Log
    procedure: Procedure
    household: str = "h1"
    today: date = date(2021, 12, 31)
    extra: Mapping[str, Any] = field(default_factory=dict)

    def draft(self, step: str, on: str, **changes: Any) -> Draft:
        """A complete draft of a step."""
        declared = self.procedure.step(step)
        documents = tuple(
            Document(
                kind, "0" * 64, ("hamlet",) if self.procedure.documents[kind].never_shows else ()
            )
            for kind in declared.documents
        )
        plain = Draft(
            household=self.household,
            step=step,
            on=date.fromisoformat(on),
            actor=f"person for {step}",
            role=declared.by[0],
            documents=documents,
            evidence=dict(SECURE) if declared.assesses == "exits" else None,
            reason="as discussed" if declared.reason else "",
        )
        return replace(plain, **{**self.extra, **changes})

    def take(self, step: str, on: str, **changes: Any) -> str:
        """Record a step and return the state after it."""
        return self.log.append(
            [self.draft(step, on, **changes)], self.procedure, recorded=self.today
        )[0].state

    def exit(self) -> str:
        """The whole way from the list to the exit."""
        self.take("carry over", "2016-05-01")
        self.take("propose exit", "2016-06-01")
        self.take("verify", "2016-06-10")
        self.take("consent", "2016-06-11")
        self.take("village notice", "2016-06-12")
        self.take("announce exit", "2016-06-19")
        return self.take("strike off", "2016-06-20")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office under china-2016-exit, its log empty."""
    return Office(Log.create(tmp_path / "log"), load_procedure("china-2016-exit"))


@pytest.fixture
def watch(tmp_path: Path) -> Office:
    """An office under china-2020-monitoring."""
    return Office(Log.create(tmp_path / "log"), load_procedure("china-2020-monitoring"))


@pytest.fixture
def programme(tmp_path: Path) -> Office:
    """A graduation programme with weighted criteria, its file in the test's folder."""
    file = tmp_path / "graduation.yaml"
    file.write_text(GRADUATION)
    return Office(Log.create(tmp_path / "log"), load_procedure(file))


@pytest.fixture
def procedure_text() -> str:
    return GRADUATION


@pytest.fixture
def load_text(tmp_path: Path) -> Callable[[str], Procedure]:
    """Load a procedure from its text."""

    def load(text: str) -> Procedure:
        file = tmp_path / "changed.yaml"
        file.write_text(text)
        return load_procedure(file)

    return load
