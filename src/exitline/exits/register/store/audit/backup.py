"""A whole register in one file, and back, on either engine.

The file is gzipped JSON lines: a header, then every row of every table in the order in which they
can be read back, the files of papers, then a line with how many there are. Its digest is that of
the lines, so the backups of equal registers are equal, whatever the engine. The key of identifiers
is not in it. The header names the tables' state and columns, so that a later release makes the
tables as they were, fills them, and brings them to its own.
"""

from __future__ import annotations

import gzip
import json
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connections

from exitline.digest import written
from exitline.exits.register.store import models
from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.opening import NEWEST, Store, state_of, states
from exitline.exits.register.store.papers.files import folder_of_papers, opened, put
from exitline.files import whole_file
from exitline.version import __version__

TABLES = (
    "SettingRow", "KeptTextRow", "AreaRow", "OfficeRow", "AssignmentRow", "BatchRow",
    "HouseholdRow", "ChangeRow", "MemberRow", "IdentifierRow", "CardRow", "IncomeLineRow",
    "HelperRow", "MeasureRow", "VisitRow", "SubmissionRow", "ChainRow", "StepRow", "StandingRow",
    "CaseRow", "DutyRow", "NoticeRow", "ObjectionRow", "DocumentRow", "FindingRow", "PairRow",
    "DailyHeadRow", "ViewLogRow", "TransferRow", "WorkRow", "WorkPartRow", "WorkStepRow",
    "AssetRow", "InspectionRow", "ServiceRow", "PaperRow", "DownloadRow", "VisitListRow",
    "AskedVisitRow", "WorkPlaceRow", "AssetStepRow", "WorksTakenRow",
)  # fmt: skip
NOT_KEPT = ("JobRow",)
"""What a backup leaves out: work in the background, done or not."""
AT_ONCE = 1000
PAPER = "a paper's file"


@dataclass(frozen=True)
class BackupFile:
    """A backup.

    Parameters
    ----------
    file : str
    rows : int
    digest : str
        Of the content: equal for equal registers.
    papers, missing : int
        Files of papers in it, and those that are not there.
    """

    file: str
    rows: int
    digest: str
    papers: int = 0
    missing: int = 0


def write_backup(store: Store, out: Path) -> BackupFile:
    """Write every row as of one moment.

    Parameters
    ----------
    out : Path
        Appears whole, or not at all.

    Returns
    -------
    BackupFile
    """
    digest, rows, counted = sha256(), 0, [0, 0]
    with (
        whole_file(out, private=True) as partial,
        store.transaction(one_moment=True),
        partial.open("wb") as raw,
        gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed,
    ):
        tables = tables_of(state_of(store))
        for line in chain(_lines(store, tables), _papers(store, tables, counted)):
            rows += 1
            digest.update(line)
            packed.write(line)
        packed.write(_line({"rows": rows}))
    return BackupFile(str(out), rows - 1 - counted[0], digest.hexdigest(), *counted)


def read_backup(store: Store, file: Path) -> BackupFile:
    """Every row of a backup into an empty register with its tables, in one transaction.

    Raises
    ------
    StoreError
        When it is no whole backup of this release's tables: nothing was restored.
    """
    found, tables = check_backup(file), tables_of(state_of(store))
    with store.transaction():
        pending: list[Any] = []
        for said in _rows(file):
            if said[:1] == [PAPER]:
                _put(store, said, file)
                continue
            made = _row(said, file, tables)
            if pending and (len(pending) == AT_ONCE or type(pending[0]) is not type(made)):
                _write(store, pending, file)
                pending = []
            pending.append(made)
        _write(store, pending, file)
        _set_sequences(store, tables)
    return found


def tables_of(state: str) -> dict[str, Any]:
    """The tables of a register as a migration left them, by name, in the order of a backup."""
    if state == NEWEST:
        return {name: getattr(models, name) for name in TABLES}
    from django.db.migrations.loader import MigrationLoader

    apps = MigrationLoader(None).project_state(("register", state)).apps
    there = {model.__name__: model for model in apps.get_app_config("register").get_models()}
    return {name: there[name] for name in TABLES if name in there}


def _columns(tables: Mapping[str, Any]) -> dict[str, list[str]]:
    """The columns of each table, in the order of a backup's rows."""
    return {name: [field.attname for field in model._meta.concrete_fields]
            for name, model in tables.items()}  # fmt: skip


def check_backup(file: Path) -> BackupFile:
    """Whether a file is a whole backup of this release's tables; its rows and digest.

    Raises
    ------
    StoreError
    """
    digest, papers = sha256(), 0
    for count, line in enumerate(_read(file)):
        said = _parsed(line, file)
        papers += isinstance(said, list) and said[:1] == [PAPER]
        if isinstance(said, dict) and "rows" in said:
            if said["rows"] != count:
                break
            return BackupFile(str(file), count - 1 - papers, digest.hexdigest(), papers)
        if not count:
            _refuse_other_header(said, file)
        digest.update(line)
    raise _no_backup(file, "a file that was cut short")


def _rows(file: Path) -> Iterator[Any]:
    """What stands between the header and the last line."""
    lines = _read(file)
    next(lines)
    for line in lines:
        said = _parsed(line, file)
        if isinstance(said, dict):
            return
        yield said


def _lines(store: Store, tables: Mapping[str, Any]) -> Iterator[bytes]:
    """The lines of a backup but for the last one."""
    columns = _columns(tables)
    yield _line({"register": 1, "tables": state_of(store), "release": __version__,
                 "columns": columns})  # fmt: skip
    for name, model in tables.items():
        rows = model.objects.using(store.alias).order_by("pk").values_list(*columns[name])
        for row in rows.iterator(chunk_size=AT_ONCE):
            yield _line([name, *row])


def _papers(store: Store, tables: Mapping[str, Any], counted: list[int]) -> Iterator[bytes]:
    """A line for each file of a paper, by digest; how many, and how many are not there."""
    if "PaperRow" not in tables:
        return
    rows = tables["PaperRow"].objects.using(store.alias).order_by("digest")
    if rows.exists():
        folder_of_papers(store)  # where there is none, that is said, and no paper is called lost
    for digest in rows.values_list("digest", flat=True).distinct():
        try:
            content = opened(store, digest).read_bytes()
        except StoreError:
            counted[1] += 1
            continue
        counted[0] += 1
        yield _line([PAPER, digest, b64encode(content).decode()])


def _put(store: Store, said: list[Any], file: Path) -> None:
    """Keep the file of a paper that a backup holds."""
    try:
        _, digest, content = said
        put(store, str(digest), b64decode(content, validate=True))
    except (ValueError, TypeError) as reason:
        raise _no_backup(file, "a paper that is none") from reason


def _line(content: dict[str, Any] | list[Any]) -> bytes:
    """A line in the form that is hashed."""
    plain = [_plain(value) for value in content] if isinstance(content, list) else content
    return written(plain) + b"\n"


def _plain(value: Any) -> Any:
    """Days and moments in their ISO form, amounts as text: nothing is rounded."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _read(file: Path) -> Iterator[bytes]:
    """The lines of a file, or the error of one that is no backup."""
    try:
        with gzip.open(file, "rb") as handle:
            yield from handle
    except (OSError, EOFError) as reason:
        raise _no_backup(file, type(reason).__name__) from reason


def _parsed(line: bytes, file: Path) -> Any:
    try:
        return json.loads(line)
    except ValueError as reason:
        raise _no_backup(file, "a line that is no JSON") from reason


def _row(said: Any, file: Path, tables: Mapping[str, Any]) -> Any:
    """A row of its table."""
    if not (isinstance(said, list) and said and said[0] in tables):
        raise _no_backup(file, "a row of no table")
    model = tables[said[0]]
    fields = model._meta.concrete_fields
    if len(said) != len(fields) + 1:
        raise _no_backup(file, "a row of other columns")
    return model(**{f.attname: value for f, value in zip(fields, said[1:], strict=True)})


def _write(store: Store, rows: list[Any], file: Path) -> None:
    if not rows:
        return
    try:
        type(rows[0]).objects.using(store.alias).bulk_create(rows, batch_size=500)
    except (DatabaseError, ValueError, TypeError, ValidationError) as reason:
        raise _no_backup(file, "rows that are in no register") from reason


def _set_sequences(store: Store, tables: Mapping[str, Any]) -> None:
    """New rows get numbers behind those that were restored."""
    connection = connections[store.alias]
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in tables.values():
            table = model._meta.db_table
            if model._meta.pk.name == "id":
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'),"
                    f" coalesce((SELECT max(id) FROM {table}), 1),"
                    f" (SELECT count(*) > 0 FROM {table}))"
                )


def state_in(file: Path) -> str:
    """The migration that left the tables of a backup as they are.

    Raises
    ------
    StoreError
        When this release cannot make such tables: nothing was restored.
    """
    header = _parsed(next(_read(file), b"{}"), file)
    _refuse_other_header(header, file)
    return str(header["tables"])


def _refuse_other_header(said: Any, file: Path) -> None:
    """Refuse what is no backup, and one of a later release, or without the names of its columns."""
    header = said if isinstance(said, dict) else {}
    if header.get("register") != 1:
        raise _no_backup(file, "another header")
    state = header.get("tables")
    if state in states() and header.get("columns") == _columns(tables_of(str(state))):
        return
    release = header.get("release", "that wrote it")
    raise StoreError(
        "the backup is of another release's tables",
        where=str(file),
        expected=f"tables up to {NEWEST}",
        got=str(state),
        remedy=f"restore it with the release {release}, then with this one: "
        "exitline register init --upgrade; nothing was restored",
    )


def _no_backup(file: Path, got: str) -> StoreError:
    return StoreError(
        "the file is not a whole backup of a register of this release",
        where=str(file),
        expected=f"a file of `exitline register backup`, tables up to {NEWEST}",
        got=got,
        remedy="take another backup; nothing was restored",
    )
