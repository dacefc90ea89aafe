"""Whether a log still says what its procedures, rules and values give: everything taken again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from exitline.errors import ExitlineError
from exitline.exits.register.event import Draft, Event
from exitline.exits.register.history import History
from exitline.exits.register.procedures.evaluate import derived_again
from exitline.exits.register.steps.admission import admit
from exitline.exits.register.steps.request import StepRequest

if TYPE_CHECKING:
    from exitline.exits.register.logbook.log import Log
    from exitline.exits.register.procedures.decision import DecisionRecord
    from exitline.exits.register.procedures.procedure import Procedure
    from exitline.exits.register.procedures.rule import Rule

MOST = 20
"""Faults of one kind that are named one by one."""
AT_ONCE = 10_000
"""Decisions by one rule that the engine derives together."""


def faults_of(log: Log) -> tuple[str, ...]:
    """What does not follow, in words: kept texts, decisions, and events, in this order.

    Kept procedures and rules must be there and have the digest that events name. Every decision
    is derived again from its values, and every event is admitted again by the procedure it was
    recorded under: a state that no step gives is found, whoever wrote the line.

    Parameters
    ----------
    log : Log

    Returns
    -------
    tuple of str
        Events by their number; nothing that names a household.
    """
    texts = KeptTexts(log.procedure, log.rule)
    for event in log.events:
        texts.procedure(event.procedure_digest)
        if event.decision is not None:
            texts.rule(event.decision.rule_digest)
    if texts.lost:
        return tuple(texts.lost)
    return (*first_of(_unsound(log, DecisionsAgain(texts))), *first_of(_events(log)))


class KeptTexts:
    """Procedures and rules that events name, each read once; those that are not there.

    Parameters
    ----------
    procedure, rule : callable
        What reads a kept one by its digest.
    """

    def __init__(self, procedure: Callable[[str], Procedure], rule: Callable[[str], Rule]) -> None:
        self._read = {"procedure": procedure, "rule": rule}
        self._found: dict[tuple[str, str], Any] = {}
        self.lost: list[str] = []

    def procedure(self, digest: str) -> Procedure | None:
        """A kept procedure; None where it is missing or was changed."""
        found: Procedure | None = self._of("procedure", digest)
        return found

    def rule(self, digest: str) -> Rule | None:
        """A kept rule; None where it is missing or was changed."""
        found: Rule | None = self._of("rule", digest)
        return found

    @property
    def procedures(self) -> list[Procedure]:
        """Those that were read."""
        return [one for (kind, _), one in self._found.items() if one and kind == "procedure"]

    def _of(self, kind: str, digest: str) -> Any:
        key = (kind, digest)
        if key not in self._found:
            self._found[key] = None
            try:
                self._found[key] = self._read[kind](digest)
            except ExitlineError as reason:
                self.lost.append(f"{kind} {digest[:16]}...: {reason.what}")
        return self._found[key]


class DecisionsAgain:
    """Decisions that are derived again by sets, through the engine.

    Parameters
    ----------
    texts : KeptTexts
        Where their rules are.
    """

    def __init__(self, texts: KeptTexts) -> None:
        self._texts = texts
        self._by_rule: dict[str, list[tuple[str, DecisionRecord]]] = {}

    def put(self, where: str, decision: DecisionRecord) -> Iterator[str]:
        """Put a decision to those of its rule; faults once there are enough of them.

        Parameters
        ----------
        where : str
            Its event, for messages.
        decision : DecisionRecord
        """
        made = self._by_rule.setdefault(decision.rule_digest, [])
        made.append((where, decision))
        if len(made) >= AT_ONCE:
            yield from self._faults(decision.rule_digest, self._by_rule.pop(decision.rule_digest))

    def rest(self) -> Iterator[str]:
        """Faults of the decisions that have not been derived yet."""
        for digest, made in self._by_rule.items():
            yield from self._faults(digest, made)
        self._by_rule.clear()

    def _faults(self, digest: str, made: list[tuple[str, DecisionRecord]]) -> Iterator[str]:
        """Decisions that do not follow from their own values, by the rule as it was kept."""
        rule = self._texts.rule(digest)
        if rule is None:
            return
        try:
            sound = derived_again([decision for _, decision in made], rule)
        except ExitlineError as reason:
            yield f"decisions by the rule {digest[:16]}... cannot be derived: {reason.what}"
            return
        for (where, _), holds in zip(made, sound, strict=True):
            if not holds:
                yield f"{where}: its decision does not follow from its values"


def _unsound(log: Log, decisions: DecisionsAgain) -> Iterator[str]:
    """Events whose decision does not follow."""
    for event in log.events:
        if event.decision is not None:
            yield from decisions.put(f"event {event.number}", event.decision)
    yield from decisions.rest()


def _events(log: Log) -> Iterator[str]:
    """Events that their procedure would not admit, or that would stand otherwise."""
    before: dict[str, History] = {}
    for event in log.events:
        history = before.get(event.household) or History(event.household, ())
        fault = fault_of(log.procedure(event.procedure_digest), event, history)
        if fault is not None:
            yield f"event {event.number}: {fault}"
        before[event.household] = history.then(event)


def fault_of(procedure: Procedure, event: Event, history: History) -> str | None:
    """Why an event is not what its step gives; None where it is.

    Parameters
    ----------
    procedure : Procedure
        That the event was recorded under.
    event : Event
    history : History
        The household's events before it.
    """
    draft = Draft(
        event.household, event.step, event.on, event.actor, event.role, event.documents,
        None if event.decision is None else event.decision.values, event.category, event.reason,
    )  # fmt: skip
    try:
        step = procedure.step(event.step)
        where = f"event {event.number}"
        request = StepRequest(
            draft, history, procedure, step, event.decision, event.recorded, where
        )
        made = admit(request, event.number)
    except ExitlineError as reason:
        return f"step '{event.step}' could not be taken: {reason.what}"
    if made.state != event.state:
        return f"step '{event.step}' gives the state '{made.state}', not '{event.state}'"
    if made.category != event.category:
        made = replace(made, category=event.category)
    if made != event:
        return f"step '{event.step}' gives other cases or another register status"
    return None


def first_of(faults: Iterable[str]) -> Iterator[str]:
    """The first faults of a kind, and how many more events have one.

    Parameters
    ----------
    faults : iterable of str
    """
    more = 0
    for number, fault in enumerate(faults):
        if number < MOST:
            yield fault
        else:
            more += 1
    if more:
        yield f"and {more:,} more {'event' if more == 1 else 'events'}"
