"""What the database itself holds to: rows inside the scope, and steps that stay as they are."""

from __future__ import annotations

from typing import Any

PLACED = (
    "household", "change", "member", "identifier", "card", "incomeline", "helper", "measure",
    "visit", "submission", "step", "standing", "case", "duty", "notice", "objection", "document",
    "finding", "pair", "viewlog",
)  # fmt: skip
ONCE = ("step", "change", "card", "incomeline", "viewlog")
"""Tables whose rows are written once; only `path` follows a household that moves (and `gone`)."""
_RANGE = (
    "path >= (SELECT current_setting('exitline.area_from', true))"
    " AND path < (SELECT current_setting('exitline.area_to', true))"
)


def guard(apps: Any, editor: Any) -> None:
    """Paths in the order of their bytes, row-level security, and rows that are written once."""
    postgres = editor.connection.vendor == "postgresql"
    for statement in _postgres(apps) if postgres else _sqlite(apps):
        editor.execute(statement, params=None)


def guard_transfers(apps: Any, editor: Any) -> None:  # noqa: ARG001
    """A household on its way is seen where it left and where it goes, and nowhere else."""
    if editor.connection.vendor != "postgresql":
        return
    left = _RANGE.replace("path", "from_path")
    for statement in (
        'ALTER TABLE register_transfer ALTER COLUMN path TYPE text COLLATE "C"',
        'ALTER TABLE register_transfer ALTER COLUMN from_path TYPE text COLLATE "C"',
        "ALTER TABLE register_transfer ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE register_transfer FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY area ON register_transfer USING (({_RANGE}) OR ({left}))"
        f" WITH CHECK (({_RANGE}) OR ({left}))",
    ):
        editor.execute(statement, params=None)


def guard_jobs(apps: Any, editor: Any) -> None:  # noqa: ARG001
    """A job is seen inside the area that it sees."""
    if editor.connection.vendor == "postgresql":
        for statement in _seen_inside("register_job"):
            editor.execute(statement, params=None)


PAPERS = ("paper", "download", "visitlist", "askedvisit")
PAPERS_ONCE = ("paper", "download", "visitlist")
WORKS = ("work", "workpart", "workstep", "asset", "inspection", "service")
WORKS_ONCE = ("workstep", "inspection")


def guard_work_places(apps: Any, editor: Any) -> None:  # noqa: ARG001
    """Places of works are seen inside the scope."""
    if editor.connection.vendor == "postgresql":
        for statement in _seen_inside("register_workplace"):
            editor.execute(statement, params=None)


def guard_asset_steps(apps: Any, editor: Any) -> None:
    """Chains of assets are seen inside the scope; their rows are written once."""
    _guarded(apps, editor, ("assetstep",), ("assetstep",))


def guard_works_taken(apps: Any, editor: Any) -> None:
    """What was taken in beside works is seen inside the scope; its rows are written once."""
    _guarded(apps, editor, ("workstaken",), ("workstaken",))


def guard_works(apps: Any, editor: Any) -> None:
    """Works are seen inside the scope; their steps and inspections are written once."""
    _guarded(apps, editor, WORKS, WORKS_ONCE)


def guard_papers(apps: Any, editor: Any) -> None:
    """Files of papers, downloads and lists of visits are seen inside the scope."""
    _guarded(apps, editor, PAPERS, PAPERS_ONCE)


def _guarded(apps: Any, editor: Any, seen: tuple[str, ...], once: tuple[str, ...]) -> None:
    """Row-level security for some tables; rows that are written once in some of them."""
    postgres = editor.connection.vendor == "postgresql"
    for name in seen if postgres else ():
        for statement in _seen_inside(f"register_{name}"):
            editor.execute(statement, params=None)
    for name in once:
        for statement in (_once_on_postgres if postgres else _once_on_sqlite)(apps, name):
            editor.execute(statement, params=None)


def _seen_inside(table: str) -> list[str]:
    """Row-level security over a table's paths."""
    return [
        f'ALTER TABLE {table} ALTER COLUMN path TYPE text COLLATE "C"',
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY area ON {table} USING ({_RANGE}) WITH CHECK ({_RANGE})",
    ]


def _columns(apps: Any, name: str) -> list[str]:
    """The columns of a table that never change."""
    model = apps.get_model("register", f"{name}row")
    return [field.column for field in model._meta.local_fields if field.column != "path"]


def _postgres(apps: Any) -> list[str]:
    found = ['ALTER TABLE register_area ALTER COLUMN path TYPE text COLLATE "C"']
    found += [
        'ALTER TABLE register_household ALTER COLUMN key TYPE text COLLATE "C"',
        'ALTER TABLE register_assignment ALTER COLUMN path TYPE text COLLATE "C"',
    ]
    for name in PLACED:
        found += _seen_inside(f"register_{name}")
    found.append(
        "CREATE FUNCTION register_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'rows of % are written once', TG_TABLE_NAME; END $$"
    )
    for name in ONCE:
        found += _once_on_postgres(apps, name)
    return found


def _once_on_postgres(apps: Any, name: str) -> list[str]:
    """Triggers by which rows of a table stay as they were written."""
    columns = ", ".join(f'"{column}"' for column in _columns(apps, name))
    return [
        f"CREATE TRIGGER once BEFORE UPDATE OF {columns} ON register_{name}"
        " FOR EACH ROW EXECUTE FUNCTION register_once()",
        f"CREATE TRIGGER stays BEFORE DELETE OR TRUNCATE ON register_{name}"
        " FOR EACH STATEMENT EXECUTE FUNCTION register_once()",
    ]


def _once_on_sqlite(apps: Any, name: str) -> list[str]:
    """The same on SQLite."""
    columns = ", ".join(f'"{column}"' for column in _columns(apps, name))
    said = f"SELECT RAISE(ABORT, 'rows of {name} are written once')"
    return [
        f"CREATE TRIGGER {name}_once BEFORE UPDATE OF {columns} ON register_{name}"
        f" BEGIN {said}; END",
        f"CREATE TRIGGER {name}_stays BEFORE DELETE ON register_{name} BEGIN {said}; END",
    ]


def _sqlite(apps: Any) -> list[str]:
    return [text for name in ONCE for text in _once_on_sqlite(apps, name)]
