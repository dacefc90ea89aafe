"""The append-only log of a programme's events."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from exitline.errors import ExitlineError
from exitline.exits.register.errors import (
    LifecycleError,
    LogDamagedError,
    UnknownHouseholdError,
)
from exitline.exits.register.event import Draft, Event
from exitline.exits.register.history import History
from exitline.exits.register.logbook import kept, store
from exitline.exits.register.procedures.decision import (
    DecisionRecord,
    Scalar,
    check_evidence,
    record_decision,
)
from exitline.exits.register.procedures.evaluate import evaluate
from exitline.exits.register.procedures.procedure import Procedure
from exitline.exits.register.procedures.rule import Rule
from exitline.exits.register.steps.admission import admit
from exitline.exits.register.steps.request import StepRequest
from exitline.folders import whole_folder

Evaluate = Callable[
    [Rule, Sequence[Mapping[str, Scalar]], Sequence[Mapping[str, float]]],
    Sequence[Mapping[str, bool | None]],
]


@dataclass
class Log:
    """Events of many households under one or more procedures.

    Make one with `Log.create`, read one with `Log.open`; both verify the chain.

    Parameters
    ----------
    folder : Path
    stored : Stored
        What the file holds.
    events : list of Event

    Examples
    --------
    >>> import tempfile
    >>> from datetime import date
    >>> from exitline.exits.register import Document, Draft, Log, load_procedure
    >>> log = Log.create(tempfile.mkdtemp() + "/register")
    >>> procedure = load_procedure("china-2016-exit")
    >>> entry = Draft("h1", "carry over", date(2016, 5, 1), "clerk-1", "county",
    ...               documents=(Document("register extract"),))
    >>> [event.state for event in log.append([entry], procedure)]
    ['poor']
    >>> log.history("h1").standing(date(2016, 4, 30)).state
    ''
    """

    folder: Path
    stored: store.Stored
    events: list[Event] = field(default_factory=list)
    _by_household: dict[str, list[Event]] = field(default_factory=dict, repr=False)
    _procedures: dict[str, Procedure] = field(default_factory=dict, repr=False)

    @classmethod
    def create(cls, folder: str | Path) -> Log:
        """A new, empty log.

        Raises
        ------
        LifecycleError
            When the folder contains a log already, or cannot be made.
        """
        at = Path(folder)
        _refuse_log(at)
        try:
            (at / "procedures").mkdir(parents=True, exist_ok=True)
            (at / "rules").mkdir(exist_ok=True)
        except OSError as reason:
            raise LifecycleError(
                "the log's folder cannot be made", where=str(at),
                got=reason.strerror or type(reason).__name__,
                remedy="name a folder that can be written",
            ) from reason  # fmt: skip
        (at / store.EVENTS).touch()
        return cls.open(at)

    @classmethod
    def begin(
        cls,
        folder: str | Path,
        drafts: Sequence[Draft],
        procedure: Procedure,
        *,
        where: str = "event",
    ) -> tuple[Log, tuple[Event, ...]]:
        """A new log with its first events; where one of them is refused, nothing is left.

        Parameters
        ----------
        folder : path
            New, or empty.
        drafts, procedure, where
            As in `append`.

        Returns
        -------
        tuple of Log and tuple of Event

        Raises
        ------
        LifecycleError
            When the folder contains a log or anything else, or for the first draft that is refused.
        """
        at = Path(folder)
        _refuse_log(at)
        if at.is_symlink() or (at.exists() and not (at.is_dir() and not any(at.iterdir()))):
            raise LifecycleError(
                "the log's folder contains something else", where=str(at),
                expected="a new or empty folder", remedy="name another folder",
            )  # fmt: skip
        with whole_folder(at) as partial:
            events = cls.create(partial).append(drafts, procedure, where=where)
        return cls.open(at), events

    @classmethod
    def open(cls, folder: str | Path) -> Log:
        """A log from its folder, every line verified.

        Raises
        ------
        LifecycleError
            When there is no log.
        LogDamagedError
            When the log is not what was recorded.
        """
        at = Path(folder)
        if not (at / store.EVENTS).exists():
            raise LifecycleError(
                "there is no log in the folder", where=str(at),
                expected=f"a folder with {store.EVENTS}",
                remedy="name the log's folder, or begin one with an entry step",
            )  # fmt: skip
        with _collector_paused():
            stored = store.read(at)
            log = cls(at, replace(stored, records=()))
            for record in stored.records:
                log._take(Event.from_json(record["event"]))
        return log

    @property
    def head(self) -> str:
        """Hash of the last line: published, it fixes everything before it."""
        return self.stored.head

    def require_head(self, head: str) -> None:
        """Refuse a log in which a head that was noted earlier does not stand.

        Raises
        ------
        LogDamagedError
        """
        if head not in self.stored.heads:
            raise LogDamagedError(
                "the log does not contain the head that was noted", where=str(self.folder),
                expected=f"a commit with the head {head[:16]}...",
                got=f"{len(self.stored.heads) - 1:,} other commits",
                remedy="compare with a copy: the log was rewritten, or it is another log",
            )  # fmt: skip

    @property
    def count(self) -> int:
        """How many events there are."""
        return len(self.events)

    @property
    def household_count(self) -> int:
        """How many households there are."""
        return len(self._by_household)

    @property
    def households(self) -> tuple[str, ...]:
        """Every household of the log, in the order of their entry."""
        return tuple(self._by_household)

    def history(self, household: str) -> History:
        """The events of a household.

        Raises
        ------
        UnknownHouseholdError
            When the log does not hold it.
        """
        if household not in self._by_household:
            raise UnknownHouseholdError(
                "the household is not in the log", where=str(self.folder),
                expected=f"one of the {len(self._by_household):,} households of the log",
                remedy="correct the id",
            )  # fmt: skip
        return History(household, tuple(self._by_household[household]))

    def procedure(self, digest: str) -> Procedure:
        """The procedure as it was when events were recorded under it."""
        if digest not in self._procedures:
            self._procedures[digest] = kept.procedure(self.folder, digest)
        return self._procedures[digest]

    def rule(self, digest: str) -> Rule:
        """The rule as it was when decisions were made by it."""
        return kept.rule(self.folder, digest)

    def append(
        self,
        drafts: Sequence[Draft],
        procedure: Procedure,
        *,
        recorded: date | None = None,
        evaluate: Evaluate = evaluate,
        where: str = "event",
    ) -> tuple[Event, ...]:
        """Check drafts in order and record them all; or, if one is refused, none.

        Parameters
        ----------
        drafts : sequence of Draft
        procedure : Procedure
        recorded : date, optional
            The day of recording; today when not given.
        evaluate : callable
            How a rule's conditions are evaluated; the engine's by default.
        where : str
            What the drafts came from, for messages: "events.csv row".

        Returns
        -------
        tuple of Event

        Raises
        ------
        LifecycleError
            For the first draft that is refused.
        """
        if not drafts:
            return ()
        today = recorded or date.today()
        decisions = decisions_of(drafts, procedure, where, evaluate)
        with store.locked(self.folder):
            if not store.unchanged(self.folder, self.stored):
                self._reload()
            known = len(self.events)
            try:
                for position, (draft, decision) in enumerate(zip(drafts, decisions, strict=True)):
                    at = f"{where} {position + 1}"
                    self._admit(draft, procedure, decision, today, at)
                added = self.events[known:]
                kept.keep(self.folder, procedure, added)
                records = [{"event": event.as_json()} for event in added]
                self.stored = store.append(self.folder, self.stored, records)
            except BaseException:
                self._forget(known)
                raise
        return tuple(added)

    def _admit(
        self,
        draft: Draft,
        procedure: Procedure,
        decision: DecisionRecord | None,
        today: date,
        where: str,
    ) -> None:
        """Check a draft and take its event into the log in memory."""
        history = History(draft.household, tuple(self._by_household.get(draft.household, ())))
        request = StepRequest(
            draft, history, procedure, procedure.step(draft.step), decision, today, where
        )
        self._take(admit(request, number=len(self.events) + 1))

    def _reload(self) -> None:
        """Read the log again: somebody else has written to it."""
        fresh = Log.open(self.folder)
        self.stored, self.events = fresh.stored, fresh.events
        self._by_household = fresh._by_household

    def _forget(self, known: int) -> None:
        """Take back what was taken after the first `known` events."""
        while len(self.events) > known:
            household = self.events.pop().household
            self._by_household[household].pop()
            if not self._by_household[household]:
                del self._by_household[household]

    def _take(self, event: Event) -> None:
        self.events.append(event)
        self._by_household.setdefault(event.household, []).append(event)


def _refuse_log(at: Path) -> None:
    """Never begin a log where one is."""
    if (at / store.EVENTS).exists() or (at / store.HEAD).exists():
        raise LifecycleError(
            "there is a log in the folder already", where=str(at),
            expected="a folder without a log",
            remedy="record into the log that is there, or name another folder",
        )  # fmt: skip


@contextmanager
def _collector_paused() -> Iterator[None]:
    """No garbage collection while millions of small objects are made that all stay."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def decisions_of(
    drafts: Sequence[Draft],
    procedure: Procedure,
    where: str = "event",
    evaluate: Evaluate = evaluate,
) -> list[DecisionRecord | None]:
    """The decision of each draft whose step assesses, one evaluation for each rule.

    Parameters
    ----------
    drafts : sequence of Draft
    procedure : Procedure
    where : str
        What the drafts came from, for messages.
    evaluate : callable
        How a rule's conditions are evaluated; the engine's by default.

    Returns
    -------
    list of DecisionRecord or None

    Raises
    ------
    EvidenceError
        For evidence that its rule does not ask for.
    """
    decisions: list[DecisionRecord | None] = [None] * len(drafts)
    by_rule: dict[str, list[int]] = {}
    for position, draft in enumerate(drafts):
        rule_name = procedure.step(draft.step).assesses
        if rule_name is not None and draft.evidence is not None:
            try:
                check_evidence(procedure.rule(rule_name), draft.evidence)
            except ExitlineError as reason:
                reason.where = f"{where} {position + 1}, {reason.where}"
                raise
            by_rule.setdefault(rule_name, []).append(position)
    for rule_name, positions in by_rule.items():
        rule = procedure.rule(rule_name)
        evidence = [drafts[p].evidence or {} for p in positions]
        figures = [rule.figures(drafts[p].on) for p in positions]
        lines = [{name: figure.value for name, figure in row.items()} for row in figures]
        verdicts = evaluate(rule, evidence, lines)
        for place, position in enumerate(positions):
            decisions[position] = record_decision(
                rule,
                evidence[place],
                verdicts[place],
                lines=lines[place],
                unverified=tuple(n for n, f in figures[place].items() if not f.verified),
            )
    return decisions
