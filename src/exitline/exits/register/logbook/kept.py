"""The texts that a log keeps: procedures and rules as they were when events used them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from exitline.digest import written as canonical
from exitline.errors import ExitlineError
from exitline.exits.register.errors import LogDamagedError
from exitline.exits.register.event import Event
from exitline.exits.register.procedures.loading import load_procedure
from exitline.exits.register.procedures.procedure import Procedure
from exitline.exits.register.procedures.rule import Rule
from exitline.files import whole_file
from exitline.records import read_json

PROCEDURES, RULES = "procedures", "rules"
Kept = TypeVar("Kept", Procedure, Rule)


def keep(folder: Path, procedure: Procedure, events: Sequence[Event]) -> None:
    """Keep the texts that events refer to: later edits of the files change nothing here."""
    kept = folder / PROCEDURES / f"{procedure.digest}.yaml"
    if not kept.exists():
        with whole_file(kept) as partial:
            partial.write_text(procedure.text, encoding="utf-8")
    used = {e.decision.rule_digest for e in events if e.decision is not None}
    for rule in procedure.rules.values():
        at = folder / RULES / f"{rule.digest}.json"
        if rule.digest in used and not at.exists():
            with whole_file(at) as partial:
                partial.write_bytes(canonical(rule.content))


def procedure(folder: Path, digest: str) -> Procedure:
    """A kept procedure.

    Raises
    ------
    LogDamagedError
        Where it is missing, or is not the text that events were recorded under.
    """
    kept = folder / PROCEDURES / f"{digest}.yaml"
    damaged = _damaged("a procedure that events were recorded under is missing or changed", kept)
    return as_kept(lambda: load_procedure(kept, rules=False), digest, damaged)


def rule(folder: Path, digest: str) -> Rule:
    """A kept rule.

    Raises
    ------
    LogDamagedError
        Where it is missing, or is not the rule that decisions were made by.
    """
    kept = folder / RULES / f"{digest}.json"
    damaged = _damaged("a rule that decisions of the log were made by is missing or changed", kept)

    def read() -> Rule:
        said = read_json(kept, what="the rule", shape=dict, error=LogDamagedError)
        return Rule.from_content(said)

    return as_kept(read, digest, damaged)


def as_kept(read: Callable[[], Kept], digest: str, damaged: LogDamagedError) -> Kept:
    """What a log or a database keeps under a digest, where that still is its digest.

    Raises
    ------
    LogDamagedError
        The given one, where it is missing, cannot be read, or says something else.
    """
    try:
        found = read()
    except (ValueError, KeyError, TypeError, AttributeError, ExitlineError):
        raise damaged from None
    if found.digest != digest:
        raise damaged
    return found


def _damaged(what: str, kept: Path) -> LogDamagedError:
    return LogDamagedError(
        what,
        where=str(kept),
        expected="the file as it was kept with the first event that used it",
        remedy="restore the log from a copy",
    )
