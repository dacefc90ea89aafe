"""Events: what somebody hands in (a draft), and what stands in the log (an event)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from sys import intern
from typing import Any

from exitline.exits.register.procedures.decision import DecisionRecord, Scalar


@dataclass(frozen=True, slots=True)
class Document:
    """A paper attached to a step.

    Parameters
    ----------
    kind : str
        A kind that the procedure declares.
    digest : str
        SHA-256 of the paper's file, or another reference; "" when it is kept on paper.
    shows : tuple of str
        The fields it shows, for kinds that must not show some.
    """

    kind: str
    digest: str = ""
    shows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """An event as it is handed in: what happened, when, by whom, on what evidence.

    There is no field for an outcome, a score or a state: these are derived.

    Parameters
    ----------
    household : str
    step : str
    on : date
        The day it happened.
    actor : str
        Who took the step: an id of the office's own, the same for one person throughout.
    role : str
    documents : tuple of Document
    evidence : mapping from column to value, or None
        For steps that assess: the columns the rule asks for, and no others.
    category : str
        For states with categories.
    reason : str
    """

    household: str
    step: str
    on: date
    actor: str
    role: str
    documents: tuple[Document, ...] = ()
    evidence: Mapping[str, Scalar] | None = None
    category: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """An event as it stands in the log. It tells what it did without the procedure.

    Parameters
    ----------
    number : int
        Position in the log, from 1.
    household, step : str
    on, recorded : date
        When it happened, and when it was recorded.
    state : str
        The household's state after it.
    category : str
        The kind of that state, or "".
    listed : bool
        Whether the household counts as registered poor after it.
    begins : str
        The case it opened, or "".
    ends : tuple of str
        The cases it closed.
    actor, role : str
    procedure, procedure_digest : str
    documents : tuple of Document
    reason : str
    decision : DecisionRecord or None
    """

    number: int
    household: str
    step: str
    on: date
    recorded: date
    state: str
    category: str
    listed: bool
    begins: str
    ends: tuple[str, ...]
    actor: str
    role: str
    procedure: str
    procedure_digest: str
    documents: tuple[Document, ...] = ()
    reason: str = ""
    decision: DecisionRecord | None = None

    def as_json(self) -> dict[str, Any]:
        """The event as JSON-like data."""
        return {
            "number": self.number,
            "household": self.household,
            "step": self.step,
            "on": self.on.isoformat(),
            "recorded": self.recorded.isoformat(),
            "state": self.state,
            "category": self.category,
            "listed": self.listed,
            "begins": self.begins,
            "ends": list(self.ends),
            "actor": self.actor,
            "role": self.role,
            "procedure": self.procedure,
            "procedure_digest": self.procedure_digest,
            "documents": [
                {"kind": d.kind, "digest": d.digest, "shows": list(d.shows)} for d in self.documents
            ],
            "reason": self.reason,
            "decision": None if self.decision is None else self.decision.as_json(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Event:
        """The event that `as_json` wrote."""
        documents = tuple(
            Document(d["kind"], d["digest"], tuple(d["shows"])) for d in data["documents"]
        )
        decision = data["decision"]
        names = ("step", "state", "category", "role", "procedure", "procedure_digest", "begins")
        return cls(
            **{
                **data,
                **{name: intern(data[name]) for name in names},
                "on": date.fromisoformat(data["on"]),
                "recorded": date.fromisoformat(data["recorded"]),
                "ends": tuple(data["ends"]),
                "documents": documents,
                "decision": None if decision is None else DecisionRecord.from_json(decision),
            }
        )
