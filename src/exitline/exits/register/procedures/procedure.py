"""A procedure as data: states, steps, cases, clocks and monitoring checks.

A *step* is what a role does to a household on a day. It may move the household to
another state, and it may begin or end a *case* (an exit, a clue, an objection, an
appeal). What a step needs beforehand is looked up among the steps taken since its
case began, so that an earlier attempt never counts for a later one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal, get_args

from exitline.errors import nearest
from exitline.exits.register.errors import IllegalTransitionError, ProcedureError
from exitline.exits.register.procedures.rule import Rule

NEW = "new"
Outcome = Literal["met", "not met"]
UnitKind = Literal["household", "village", "work", "asset"]
UNITS: tuple[UnitKind, ...] = get_args(UnitKind)
"""What may go through the states of a procedure."""


@dataclass(frozen=True)
class State:
    """Where a household can stand.

    Parameters
    ----------
    name : str
        For example "exit proposed".
    label : str
        The state in words, for tables and pages.
    listed : bool
        The household counts as registered poor while in this state.
    categories : tuple of str
        The kinds of this state, one of which an event into it must name (a monitored
        household is unstable, marginal or in sudden hardship).
    watched : bool
        Monitoring checks fall due in this state; a procedure that declares none for it
        is refused.
    """

    name: str
    label: str
    listed: bool = False
    categories: tuple[str, ...] = ()
    watched: bool = False


@dataclass(frozen=True)
class DocumentKind:
    """A paper that a step needs, and what it may never show.

    Parameters
    ----------
    name, label : str
        For example "village notice".
    never_shows : tuple of str
        Fields that must not stand on it. When there are any, whoever records the
        document must list the fields it does show.
    """

    name: str
    label: str
    never_shows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Waiting:
    """The number of whole days that must pass after another step of the same case."""

    step: str
    days: int


@dataclass(frozen=True)
class Checks:
    """How many of the latest monitoring checks in this state must all have been met."""

    step: str
    met: int


@dataclass(frozen=True)
class Step:
    """One thing that a role may do, and all that it takes.

    Parameters
    ----------
    name, label : str
        For example "village notice".
    start : tuple of str
        States from which the step is allowed; "new" stands for a household that is not
        in the log yet, and makes the step an entry step.
    to : str or None
        The state after the step; None keeps the state.
    by : tuple of str
        Roles that may take the step.
    documents : tuple of str
        Kinds of document that must be attached.
    assesses : str or None
        The rule by which evidence is decided in this step.
    approves : str or None
        The assessing step whose decision this step confirms. The person must be
        another than the assessor.
    outcome : {"met", "not met"} or None
        The outcome that the assessed or approved decision must have.
    independent_of : tuple of str
        Further steps of the case whose person must be another.
    outside : str or None
        Level of area of which nobody with another role there may take it (checked in a register).
    case : str or None
        The case that must be open.
    begins : str or None
        The case that the step opens (it must not be open yet).
    ends : tuple of str
        Cases that the step closes.
    needs : tuple of str
        Steps that must have been taken since the case began.
    blocked_by : tuple of str
        Cases that must not be open (an objection blocks the announcement).
    waits : tuple of Waiting
        Days that must have passed.
    checks : Checks or None
        Monitoring checks that must have been met.
    once : bool
        At most once in a case.
    reason : bool
        A reason in words is required.
    source : str
        Key of the procedure's sources.
    verified : bool
        Whether the rule was read at its source.
    """

    name: str
    label: str
    start: tuple[str, ...]
    to: str | None
    by: tuple[str, ...]
    documents: tuple[str, ...] = ()
    assesses: str | None = None
    approves: str | None = None
    outcome: str | None = None
    independent_of: tuple[str, ...] = ()
    outside: str | None = None
    case: str | None = None
    begins: str | None = None
    ends: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    blocked_by: tuple[str, ...] = ()
    waits: tuple[Waiting, ...] = ()
    checks: Checks | None = None
    once: bool = False
    reason: bool = False
    source: str = ""
    verified: bool = True

    @property
    def is_entry(self) -> bool:
        """Whether the step brings a household into the log."""
        return NEW in self.start


@dataclass(frozen=True)
class Clock:
    """A deadline: days from the beginning of a case until one of the steps named.

    Parameters
    ----------
    name : str
        For example "clue to decision".
    case : str
        The case whose beginning starts the clock; its end stops it.
    until : tuple of str
        Steps that stop it earlier.
    days : int
        Calendar days allowed; the day that begins the case is day 0.
    role : str
        Who is answerable.
    source : str
    verified : bool
    """

    name: str
    case: str
    until: tuple[str, ...]
    days: int
    role: str
    source: str = ""
    verified: bool = True


@dataclass(frozen=True)
class MonitoringCheck:
    """Dated checks with conditions that fall due while a household is in a state.

    Parameters
    ----------
    name : str
    states : tuple of str
        States in which the checks fall due.
    step : str
        The step that records a check; it assesses a rule.
    first_days, every_days : int
        Days from entering the state to the first check, and from one to the next.
    role : str
    source : str
    verified : bool
    """

    name: str
    states: tuple[str, ...]
    step: str
    first_days: int
    every_days: int
    role: str
    source: str = ""
    verified: bool = True


@dataclass(frozen=True)
class Procedure:
    """States, steps and deadlines of households, or of works, under one dated rule file.

    Parameters
    ----------
    name, title, jurisdiction : str
    standard : str
        Name of the standard by whose lines and exit rule decisions are made.
    valid_from : date
    valid_to : date or None
        First and last day on which its steps may be dated.
    states, documents, steps, rules, clocks, monitoring : mapping by name
    roles : mapping from role to its label
    sources : mapping from key to a reference in words
    notes : tuple of str
        What the reader should know (weak sources, parameters to be set).
    path : Path
    digest : str
        SHA-256 of the file's canonical content.
    text : str
        The file as it was read; a log keeps it.
    unit : {"household", "village", "work", "asset"}
        What goes through these states.
    cards_by : tuple of str
        Roles that may write cards, members and help; empty for every role.
    """

    name: str
    title: str
    jurisdiction: str
    standard: str
    valid_from: date
    valid_to: date | None
    states: Mapping[str, State]
    documents: Mapping[str, DocumentKind]
    roles: Mapping[str, str]
    steps: Mapping[str, Step]
    rules: Mapping[str, Rule] = field(default_factory=dict)
    clocks: Mapping[str, Clock] = field(default_factory=dict)
    monitoring: Mapping[str, MonitoringCheck] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    path: Path = Path()
    digest: str = ""
    text: str = ""
    unit: UnitKind = "household"
    cards_by: tuple[str, ...] = ()

    def may_write_cards(self, role: str) -> bool:
        """Whether a role may write cards, members and help."""
        return role in (self.cards_by or self.roles)

    def step(self, name: str) -> Step:
        """The step of that name.

        Raises
        ------
        IllegalTransitionError
            When the procedure has no such step; near names are offered.
        """
        if name in self.steps:
            return self.steps[name]
        raise IllegalTransitionError(
            f"the procedure has no step '{name}'",
            where=self.name,
            expected="one of " + ", ".join(self.steps),
            got=repr(name),
            remedy=nearest(name, self.steps) or "choose one of these",
        )

    def rule(self, name: str) -> Rule:
        """The rule of that name.

        Raises
        ------
        ProcedureError
            When the procedure has no such rule.
        """
        if name in self.rules:
            return self.rules[name]
        raise ProcedureError(
            f"the procedure has no rule '{name}'",
            where=self.name,
            expected="one of " + (", ".join(self.rules) or "(it has none)"),
            got=repr(name),
            remedy=nearest(name, self.rules) or "declare the rule under 'rules'",
        )

    def in_force(self, on: date) -> bool:
        """Whether steps may be dated on this day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def allowed_from(self, state: str) -> tuple[Step, ...]:
        """The steps that start from a state, in the order of the file."""
        return tuple(step for step in self.steps.values() if state in step.start)

    def transitions(self) -> frozenset[tuple[str, str]]:
        """Every (state before, state after) that some step allows; "new" before an entry.

        Examples
        --------
        >>> from exitline.exits.register import load_procedure
        >>> ("noticed", "exited") in load_procedure("china-2016-exit").transitions()
        True
        """
        return frozenset(
            (start, step.to or start) for step in self.steps.values() for start in step.start
        )
