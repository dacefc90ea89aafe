"""Procedure files: one YAML file a procedure, beside the standard that it names."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from exitline.digest import digest_of
from exitline.errors import nearest
from exitline.exits.register.errors import ProcedureError
from exitline.exits.register.procedures.keys import DocumentKeys, ProcedureFile, StepKeys
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
from exitline.rules.yamlfile.tree import file_text, read_text

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
