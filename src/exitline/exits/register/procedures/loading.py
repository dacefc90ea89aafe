"""Procedure files: one YAML file a procedure, beside the standard that it names."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from exitline.digest import digest_of
from exitline.errors import nearest
from exitline.exits.register.errors import ProcedureError
from exitline.exits.register.procedures.procedure import (
    Checks,
    Clock,
    DocumentKind,
    MonitoringCheck,
    Procedure,
    State,
    Step,
    Waiting,
)
from exitline.exits.register.procedures.references import check_references
from exitline.exits.register.procedures.rules_of import read_rules

if TYPE_CHECKING:
    from exitline.rules.yamlfile.tree import Tree

_FOLDER = Path(str(files("exitline.rules"))) / "procedures"
_KEYS = (
    "procedure", "title", "jurisdiction", "standard", "valid", "sources", "notes", "states",
    "roles", "documents", "rules", "steps", "clocks", "monitoring",
)  # fmt: skip
_REQUIRED = ("procedure", "title", "jurisdiction", "standard", "valid", "states", "roles", "steps")
_STEP_KEYS = (
    "label", "from", "to", "by", "documents", "assesses", "approves", "outcome",
    "independent_of", "case", "begins", "ends", "needs", "blocked_by", "waits", "checks", "once",
    "reason", "source", "verified",
)  # fmt: skip

T = TypeVar("T")


def shipped_procedures() -> tuple[str, ...]:
    """Names of the procedures that come with the package.

    Examples
    --------
    >>> shipped_procedures()
    ('china-2016-exit', 'china-2020-monitoring')
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
    from exitline.rules.yamlfile.tree import file_text, read_text

    path = _path_of(name_or_path)
    text = file_text(path, ProcedureError)
    tree = read_text(text, path.name, ProcedureError)
    found = tree.fields(_KEYS, _REQUIRED)
    valid = found["valid"].fields(("from", "to"), ("from",))
    procedure = Procedure(
        name=found["procedure"].text(),
        title=found["title"].text(),
        jurisdiction=found["jurisdiction"].text(),
        standard=found["standard"].text(),
        valid_from=valid["from"].date(),
        valid_to=valid["to"].date() if "to" in valid else None,
        states=_named(found.get("states"), _state),
        documents=_named(found.get("documents"), _document),
        roles=_named(found.get("roles"), lambda _, tree: tree.text()),
        steps=_named(found.get("steps"), _step),
        rules=read_rules(found.get("rules"), found["standard"], path) if rules else {},
        clocks=_named(found.get("clocks"), _clock),
        monitoring=_named(found.get("monitoring"), _monitoring),
        sources=_named(found.get("sources"), _source),
        notes=tuple(note.text() for note in found["notes"].sequence()) if "notes" in found else (),
        path=path,
        digest=digest_of(tree.plain()),
        text=text,
    )
    check_references(
        procedure, tree, tuple(dict(tree["rules"].items())) if "rules" in found else ()
    )
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


def _named(tree: Tree | None, read: Callable[[str, Tree], T]) -> dict[str, T]:
    """What stands under each name of a section."""
    return {} if tree is None else {name: read(name, below) for name, below in tree.items()}


def _texts(found: dict[str, Tree], key: str) -> tuple[str, ...]:
    """A list of texts, or one text as a list of one; empty where there is none."""
    return tuple(member.text() for member in found[key].one_or_many()) if key in found else ()


def _text(found: dict[str, Tree], key: str) -> str | None:
    return found[key].text() if key in found else None


def _truth(found: dict[str, Tree], key: str, default: bool) -> bool:
    return found[key].truth() if key in found else default


def _days(tree: Tree) -> int:
    """A number of days, 0 or more."""
    days = tree.integer()
    if days < 0:
        raise tree.unlike("a number of days, 0 or more")
    return days


def _state(name: str, tree: Tree) -> State:
    found = tree.fields(("label", "listed", "categories", "watched"), ("label",))
    return State(
        name,
        found["label"].text(),
        _truth(found, "listed", default=False),
        _texts(found, "categories"),
        _truth(found, "watched", default=False),
    )


def _document(name: str, tree: Tree) -> DocumentKind:
    found = tree.fields(("label", "never_shows"), ("label",))
    never = tuple(field.casefold() for field in _texts(found, "never_shows"))
    return DocumentKind(name, found["label"].text(), never)


def _source(_: str, tree: Tree) -> str:
    found = tree.fields(("title", "date", "url", "publisher"), ("title",))
    return ", ".join(
        found[key].text() for key in ("title", "publisher", "date", "url") if key in found
    )


def _step(name: str, tree: Tree) -> Step:
    """One step; its references are checked when the whole file is read."""
    found = tree.fields(_STEP_KEYS, ("from", "by"))
    if "outcome" in found:
        found["outcome"].choice(("met", "not met"))
    return Step(
        name=name,
        label=_text(found, "label") or name,
        start=_texts(found, "from"),
        to=_text(found, "to"),
        by=_texts(found, "by"),
        documents=_texts(found, "documents"),
        assesses=_text(found, "assesses"),
        approves=_text(found, "approves"),
        outcome=_text(found, "outcome"),
        independent_of=_texts(found, "independent_of"),
        case=_text(found, "case"),
        begins=_text(found, "begins"),
        ends=_texts(found, "ends"),
        needs=_texts(found, "needs"),
        blocked_by=_texts(found, "blocked_by"),
        waits=tuple(_waiting(w) for w in found["waits"].sequence()) if "waits" in found else (),
        checks=_checks(found["checks"]) if "checks" in found else None,
        once=_truth(found, "once", default=False),
        reason=_truth(found, "reason", default=False),
        source=_text(found, "source") or "",
        verified=_truth(found, "verified", default=True),
    )


def _waiting(tree: Tree) -> Waiting:
    found = tree.fields(("after", "days"), ("after", "days"))
    return Waiting(found["after"].text(), _days(found["days"]))


def _checks(tree: Tree) -> Checks:
    found = tree.fields(("step", "met"), ("step", "met"))
    if found["met"].integer() < 1:
        raise found["met"].unlike("a number of checks, 1 or more")
    return Checks(found["step"].text(), found["met"].integer())


def _clock(name: str, tree: Tree) -> Clock:
    found = tree.fields(
        ("case", "until", "days", "role", "source", "verified"), ("case", "until", "days", "role")
    )
    return Clock(
        name,
        found["case"].text(),
        _texts(found, "until"),
        _days(found["days"]),
        found["role"].text(),
        _text(found, "source") or "",
        _truth(found, "verified", default=True),
    )


def _monitoring(name: str, tree: Tree) -> MonitoringCheck:
    required = ("while", "step", "first_days", "every_days", "role")
    found = tree.fields((*required, "source", "verified"), required)
    every = _days(found["every_days"])
    if every < 1:
        raise found["every_days"].unlike("a number of days, 1 or more")
    return MonitoringCheck(
        name,
        _texts(found, "while"),
        found["step"].text(),
        _days(found["first_days"]),
        every,
        found["role"].text(),
        _text(found, "source") or "",
        _truth(found, "verified", default=True),
    )
