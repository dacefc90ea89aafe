"""Procedures and rules that a store keeps: as they were when steps used them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.digest import written as canonical
from exitline.errors import ExitlineError
from exitline.exits.register.errors import LogDamagedError
from exitline.exits.register.logbook.kept import as_kept
from exitline.exits.register.procedures.loading import load_procedure
from exitline.exits.register.procedures.procedure import Procedure
from exitline.exits.register.procedures.rule import Rule
from exitline.exits.register.store.opening import Store

if TYPE_CHECKING:
    from exitline.rules.standard.model import Standard

PROCEDURE, RULE = "procedure", "rule"
_KEPT: set[tuple[str, str, str]] = set()  # texts that this process has seen in a database
STANDARD = "standard"
"""A rule file that lay beside a procedure, kept under the procedure's digest."""


def keep(store: Store, procedure: Procedure, rules: set[str]) -> None:
    """Keep a procedure, and those of its rules that decisions were made by."""
    texts = [(PROCEDURE, procedure.digest, procedure.name, procedure.text)]
    beside = procedure.path.parent / procedure.standard
    if beside.is_file():
        standard = beside.read_text(encoding="utf-8")
        texts.append((STANDARD, procedure.digest, procedure.standard, standard))
    texts += [
        (RULE, rule.digest, rule.name, canonical(rule.content).decode())
        for rule in procedure.rules.values()
        if rule.digest in rules
    ]
    add(store, texts)


def add(store: Store, texts: list[tuple[str, str, str, str]]) -> None:
    """Keep texts (kind, digest, name, text); one that is there already stays as it is."""
    from exitline.exits.register.store.models import KeptTextRow

    if _KEPT.issuperset((store.alias, kind, digest) for kind, digest, _, _ in texts):
        return
    from django.db import connections

    table = KeptTextRow.objects.using(store.alias)
    known = set(table.filter(digest__in=[t[1] for t in texts]).values_list("kind", "digest"))
    new = [
        KeptTextRow(kind=kind, digest=digest, name=name, text=text)
        for kind, digest, name, text in texts
        if (kind, digest) not in known
    ]
    if new:
        table.bulk_create(new, ignore_conflicts=True)
    if not connections[store.alias].savepoint_ids:  # else what was seen may be rolled back
        _KEPT.update((store.alias, kind, digest) for kind, digest in known)


def newest(store: Store) -> str:
    """The digest of the procedure adopted last; "" where there is none."""
    from exitline.exits.register.store.models import KeptTextRow

    rows = KeptTextRow.objects.using(store.alias).filter(kind=PROCEDURE).order_by("-id")
    return rows.values_list("digest", flat=True).first() or ""


def procedures(store: Store) -> tuple[Procedure, ...]:
    """Every procedure that the store keeps, the newest last, with its rules where they load."""
    from exitline.exits.register.store.models import KeptTextRow

    with store.transaction():
        rows = KeptTextRow.objects.using(store.alias).filter(kind=PROCEDURE).order_by("id")
        digests = list(rows.values_list("digest", flat=True))
    return tuple(usable(store, digest) for digest in digests)


def adopt(store: Store, procedure: Procedure) -> None:
    """Let a procedure be used in this store (its rules are kept when decisions use them)."""
    with store.transaction():
        keep(store, procedure, {rule.digest for rule in procedure.rules.values()})


def usable(store: Store, digest: str) -> Procedure:
    """A kept procedure with its rules, so that steps can be taken under it.

    Its standard is a shipped one, or the file that lay beside it when it was first used.

    Raises
    ------
    LogDamagedError
        Where the text is missing or was changed.
    """
    plain = procedure(store, digest)
    beside = _text(store, STANDARD, digest)
    return _loaded(plain.text, rules=True, standard=plain.standard if beside else "", of=beside)


def meanings(store: Store, digest: str) -> dict[str, str]:
    """What a procedure's standard says of its columns and criteria; none where it cannot be read.

    Returns
    -------
    dict
        By the column's name, and by ``criterion NAME``.
    """
    from exitline.rules.standard.loader import load, read_standard

    with store.transaction():
        plain, beside = procedure(store, digest), _text(store, STANDARD, digest)
    try:
        found = read_standard(beside, plain.standard) if beside else load(plain.standard)
    except ExitlineError:
        return {}
    columns = {one.name: one.meaning for one in found.columns.values() if one.meaning}
    return columns | {f"criterion {one.name}": str(one.label) for one in _criteria(found)}


def _criteria(found: Standard) -> Iterator[Any]:
    """Every criterion of a standard."""
    for rule in (found.household, found.village, found.county):
        yield from () if rule is None else rule.criteria


def procedure(store: Store, digest: str) -> Procedure:
    """A kept procedure without its rules: states, steps, deadlines.

    Raises
    ------
    LogDamagedError
        Where it is missing, or is not the text that steps were recorded under.
    """
    damaged = _damaged("a procedure that steps were recorded under is missing or changed", digest)
    return as_kept(lambda: _loaded(_text(store, PROCEDURE, digest), rules=False), digest, damaged)


def rule(store: Store, digest: str) -> Rule:
    """A kept rule.

    Raises
    ------
    LogDamagedError
        Where it is missing, or is not the rule that decisions were made by.
    """
    damaged = _damaged("a rule that decisions were made by is missing or changed", digest)
    return as_kept(
        lambda: Rule.from_content(json.loads(_text(store, RULE, digest))), digest, damaged
    )


@lru_cache(maxsize=64)
def _loaded(text: str, *, rules: bool, standard: str = "", of: str = "") -> Procedure:
    """The procedure of a text, with the text of the standard beside it."""
    with tempfile.TemporaryDirectory() as folder:
        if standard:
            (Path(folder) / Path(standard).name).write_text(of, encoding="utf-8")
        file = Path(folder) / "procedure.yaml"
        file.write_text(text, encoding="utf-8")
        return load_procedure(file, rules=rules)


def _text(store: Store, kind: str, digest: str) -> str:
    """A kept text, or "" where it is missing."""
    from exitline.exits.register.store.models import KeptTextRow

    rows = KeptTextRow.objects.using(store.alias).filter(kind=kind, digest=digest)
    return rows.values_list("text", flat=True).first() or ""


def _damaged(what: str, digest: str) -> LogDamagedError:
    return LogDamagedError(
        what,
        where=f"{digest[:16]}...",
        expected="the text as it was kept with the first step that used it",
        remedy="restore the register from a backup",
    )


WORKS = "procedure of works"
"""A procedure that works go through; it is none of those that households go through."""


def keep_for_works(store: Store, found: Procedure) -> None:
    """Keep the procedure of works, with the standard that lay beside it."""
    texts = [(WORKS, found.digest, found.name, found.text)]
    beside = found.path.parent / found.standard
    if beside.is_file():
        texts.append((STANDARD, found.digest, found.standard, beside.read_text(encoding="utf-8")))
    add(store, texts)


def works_procedure(store: Store, digest: str) -> Procedure:
    """A kept procedure of works with its rules.

    Raises
    ------
    LogDamagedError
        Where the text is missing or was changed.
    """
    beside = _text(store, STANDARD, digest)

    def read() -> Procedure:
        plain = _loaded(_text(store, WORKS, digest), rules=False)
        return _loaded(plain.text, rules=True, standard=plain.standard if beside else "",
                       of=beside)  # fmt: skip

    return as_kept(read, digest, _damaged("the procedure of works is missing or changed", digest))
