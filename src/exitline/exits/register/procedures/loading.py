"""Procedure files: one YAML file a procedure, beside the standard that it names."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from exitline.digest import digest_of
from exitline.errors import ExitlineError, Faults, nearest
from exitline.exits.register.errors import ProcedureError
from exitline.exits.register.procedures.keys import DocumentKeys, ProcedureFile, StepKeys
from exitline.exits.register.procedures.procedure import (
    NEW,
    Checks,
    Clock,
    DocumentKind,
    MonitoringCheck,
    Procedure,
    State,
    Step,
    Waiting,
)
from exitline.exits.register.procedures.rules_of import read_rules
from exitline.rules.yamlfile.tree import file_text, read_text

if TYPE_CHECKING:
    from exitline.rules.yamlfile.tree import Tree

_FOLDER = Path(str(files("exitline.rules"))) / "procedures"


def shipped_procedures() -> tuple[str, ...]:
    """Names of the procedures that come with the package.

    Examples
    --------
    >>> shipped_procedures()
    ('china-2016-exit', 'china-2020-monitoring', 'works-library')
    """
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))


def load_procedure(name_or_path: str | Path, *, rules: bool = True) -> Procedure:
    """Read a procedure file.

    Parameters
    ----------
    name_or_path : str or Path
        A shipped name, or the path of a YAML file.
    rules : bool
        Also read the rules, which needs the standard; without them nothing can be
        recorded, but deadlines and states are there.

    Returns
    -------
    Procedure

    Raises
    ------
    ProcedureError
        Naming file, line and key, what was expected and what to do.

    Examples
    --------
    >>> load_procedure("china-2020-monitoring").clocks["clue to decision"].days
    15
    """
    path = _path_of(name_or_path)
    text = file_text(path, ProcedureError)
    tree = read_text(text, path.name, ProcedureError)
    keys = ProcedureFile.read(tree)
    procedure = Procedure(
        name=keys.procedure,
        title=keys.title,
        jurisdiction=keys.jurisdiction,
        standard=keys.standard,
        valid_from=keys.valid.first,
        valid_to=keys.valid.last,
        states={n: State(n, **one.given) for n, one in keys.states.items()},
        documents={n: _document(n, one) for n, one in keys.documents.items()},
        roles=keys.roles,
        steps={n: _step(n, one) for n, one in keys.steps.items()},
        rules=read_rules(keys, path) if rules and keys.rules else {},
        clocks={n: Clock(n, **one.given) for n, one in keys.clocks.items()},
        monitoring={n: MonitoringCheck(n, **one.given) for n, one in keys.monitoring.items()},
        sources={n: one.words for n, one in keys.sources.items()},
        notes=keys.notes,
        path=path,
        digest=digest_of(tree.plain()),
        text=text,
        unit=keys.unit,
        cards_by=keys.cards_by,
    )
    check_references(procedure, tree, tuple(keys.rules))
    return procedure


def _path_of(name_or_path: str | Path) -> Path:
    """The file of a shipped name, or the path itself."""
    text = str(name_or_path)
    if text in shipped_procedures():
        return _FOLDER / f"{text}.yaml"
    path = Path(name_or_path)
    if path.suffix not in (".yaml", ".yml") and not path.exists():
        raise ProcedureError(
            f"there is no procedure '{text}'",
            expected="one of " + ", ".join(shipped_procedures()) + ", or the path of a YAML file",
            got=repr(text),
            remedy=nearest(text, shipped_procedures()) or "check the name",
        )
    return path


def _document(name: str, keys: DocumentKeys) -> DocumentKind:
    return DocumentKind(name, keys.label, tuple(f.casefold() for f in keys.never_shows))


def _step(name: str, keys: StepKeys) -> Step:
    """One step; its references are checked when the whole file is read."""
    given = {"to": None, **keys.given, "label": keys.label or name}
    given["waits"] = tuple(Waiting(one.step, one.days) for one in keys.waits)
    given["checks"] = None if keys.checks is None else Checks(keys.checks.step, keys.checks.met)
    return Step(name, **given)


@dataclass(frozen=True)
class _Reference:
    """A name that is used, where, and the names it may be."""

    section: str
    owner: str
    key: str
    name: str
    known: Collection[str]
    kind: str


def check_references(procedure: Procedure, tree: Tree, rules: Collection[str]) -> None:
    """Refuse a procedure whose parts do not fit together.

    Parameters
    ----------
    procedure : Procedure
    tree : Tree
        The file, for places in messages.
    rules : collection of str
        Names of the rules the file declares (which need not have been read).

    Raises
    ------
    ProcedureError
        The first fault; `others` holds the rest.
    """
    cases = {step.begins for step in procedure.steps.values() if step.begins}
    faults = Faults()
    for reference in _references(procedure, rules, cases):
        place = tree[reference.section][reference.owner][reference.key]
        with faults.kept():
            place.known(reference.known, reference.kind, reference.name)
    for role in procedure.cards_by:
        with faults.kept():
            tree["cards_by"].known(procedure.roles, "role", role)
    for step in procedure.steps.values():
        with faults.kept():
            _check_step(step, tree["steps"][step.name])
    faults.raise_all()
    for check in (_check_states, _check_checks):
        with faults.kept():
            check(procedure, tree)
    faults.raise_all()


def _references(
    procedure: Procedure, rules: Collection[str], cases: Collection[str]
) -> Iterator[_Reference]:
    """Every name that some part of the procedure uses."""
    steps, states, roles = procedure.steps, procedure.states, procedure.roles
    assessing = [s.name for s in steps.values() if s.assesses]
    for step in steps.values():
        used: dict[str, tuple[tuple[str | None, ...], Collection[str], str]] = {
            "from": (step.start, [*states, NEW], "state"),
            "to": ((step.to,), states, "state"),
            "by": (step.by, roles, "role"),
            "documents": (step.documents, procedure.documents, "document"),
            "assesses": ((step.assesses,), rules, "rule"),
            "approves": ((step.approves,), assessing, "assessing step"),
            "independent_of": (step.independent_of, steps, "step"),
            "case": ((step.case,), cases, "case"),
            "ends": (step.ends, cases, "case"),
            "needs": (step.needs, steps, "step"),
            "blocked_by": (step.blocked_by, cases, "case"),
            "waits": (tuple(w.step for w in step.waits), steps, "step"),
            "checks": ((step.checks.step if step.checks else None,), assessing, "assessing step"),
            "source": ((step.source or None,), procedure.sources, "source"),
        }
        for key, (names, known, kind) in used.items():
            yield from (
                _Reference("steps", step.name, key, name, known, kind) for name in names if name
            )
    for clock in procedure.clocks.values():
        yield _Reference("clocks", clock.name, "case", clock.case, cases, "case")
        yield _Reference("clocks", clock.name, "role", clock.role, roles, "role")
        for name in clock.until:
            yield _Reference("clocks", clock.name, "until", name, steps, "step")
    for check in procedure.monitoring.values():
        yield _Reference("monitoring", check.name, "step", check.step, assessing, "assessing step")
        yield _Reference("monitoring", check.name, "role", check.role, roles, "role")
        for name in check.states:
            yield _Reference("monitoring", check.name, "while", name, states, "state")


def _check_step(step: Step, tree: Tree) -> None:
    """What a step must not do, by itself."""
    if step.is_entry and step.to is None:
        raise _fault(tree, "an entry step that leads to no state", "to: <state>", "add 'to'")
    if step.approves and (step.case is None or step.outcome is None):
        raise _fault(
            tree,
            "an approving step that does not say in which case, or which outcome it needs",
            "case: <case> and outcome: met (or not met)",
            "add both: an approval looks at the decision it approves",
        )
    if step.approves and step.assesses:
        raise _fault(
            tree,
            "one step cannot assess and approve",
            "assesses or approves",
            "make two steps, taken by two people",
        )
    if step.outcome and not (step.approves or step.assesses):
        raise _fault(
            tree, "an outcome without a decision", "assesses or approves", "add one, or drop it"
        )
    if step.begins and step.begins == step.case:
        raise _fault(tree, "a step cannot begin the case it is in", "case or begins", "drop one")


def _check_states(procedure: Procedure, tree: Tree) -> None:
    """Every state can be reached; a watched one has checks; "new" is not a state."""
    if NEW in procedure.states:
        raise _fault(tree["states"][NEW], f"'{NEW}' is not a state", "another name", "rename it")
    reached = {NEW}
    while True:
        found = {after for before, after in procedure.transitions() if before in reached}
        if found <= reached:
            break
        reached |= found
    for state in procedure.states.values():
        at = tree["states"][state.name]
        if state.name not in reached:
            raise _fault(
                at,
                f"no step leads to the state '{state.name}'",
                "a chain of steps from an entry step",
                "add the step, or drop the state",
            )
        checked = any(state.name in check.states for check in procedure.monitoring.values())
        if state.watched and not checked:
            raise _fault(
                at,
                f"the state '{state.name}' is watched, and no checks are declared for it",
                "monitoring: a step, when it falls due first, and how often",
                "declare dated checks with conditions; an end date alone is no monitoring",
            )


def _check_checks(procedure: Procedure, tree: Tree) -> None:
    """A monitoring check can be taken in each of its states."""
    for check in procedure.monitoring.values():
        start = procedure.steps[check.step].start
        missing = [state for state in check.states if state not in start]
        if missing:
            raise _fault(
                tree["monitoring"][check.name],
                f"the step '{check.step}' is not allowed from: " + ", ".join(missing),
                "a step that starts from every state the check falls due in",
                f"add the state to 'from' of '{check.step}'",
            )


def _fault(tree: Tree, what: str, expected: str, remedy: str) -> ExitlineError:
    return tree.fault(what, expected=expected, remedy=remedy)
