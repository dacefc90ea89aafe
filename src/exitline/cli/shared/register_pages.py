"""The commands that serve a register and let people sign in, and options of all of them."""

from __future__ import annotations

from pathlib import Path

import click

from exitline.cli.shared import numbers
from exitline.cli.shared.opening import serve_register
from exitline.words.said import say, say_plural

DATABASE = "sqlite:///register/register.db"
DATABASE_OPTION = click.option(
    "--database", default=DATABASE, show_default=True,
    help="sqlite:///file, or postgresql://user@host/name.",
)  # fmt: skip
KEY_OPTION = click.option(
    "--key", type=click.Path(path_type=Path),
    help="File with the key of identifiers (register.key beside an SQLite file).",
)  # fmt: skip


PORT_OPTION = click.option(
    "--port", type=numbers.Whole(0, 65535), default=8000, show_default=True, metavar="N",
    help="Port to listen on; 0: any free one.",
)  # fmt: skip


@click.command(
    help="""Serve the register's pages to browsers.

Only this machine can reach them, unless --host says otherwise. For an office, put
a web server with TLS before it: docs/deploy.md. Ctrl-C stops it.

Examples:

\b
  exitline register serve                      # http://127.0.0.1:8000/
  exitline register serve --database postgresql://office@/register --key office.key --https \\
      --name register.example.org --workers 4
""",
)
@DATABASE_OPTION
@KEY_OPTION
@click.option("--host", default="127.0.0.1", show_default=True, metavar="NAME",
              help="Address to listen on.")  # fmt: skip
@PORT_OPTION
@click.option("--name", "names", multiple=True, metavar="NAME",
              help="Name by which browsers address it; repeatable.")  # fmt: skip
@click.option("--https", is_flag=True, help="Browsers reach it through TLS alone.")
@click.option("--workers", type=numbers.Whole(1, 64), default=1, show_default=True, metavar="N",
              help="Processes that answer.")  # fmt: skip
@click.option("--oidc", type=click.Path(path_type=Path),
              help="File of providers with which one may sign in (OpenID Connect).")  # fmt: skip
@click.option("--study", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Study that the page of figures runs on the live tables.")  # fmt: skip
def serve(
    database: str, key: Path | None, host: str, port: int, names: tuple[str, ...], https: bool,
    workers: int, study: Path | None, oidc: Path | None,
) -> None:  # fmt: skip
    """Serve the pages."""
    serve_register(database, key=key, host=host, port=port, names=names, https=https,
                   workers=workers, study=study, oidc=oidc)  # fmt: skip


@click.command(
    help="""Let a person sign in: sets their password, asked for twice.

What they may see and do follows from their assignments, not from this.

Examples:

\b
  exitline register password county-1
""",
)
@click.argument("person")
@DATABASE_OPTION
@KEY_OPTION
@click.password_option(help="The password; asked for unless given (others can see it then).")
def password(person: str, database: str, key: Path | None, password: str) -> None:
    """Set a password."""
    from exitline.api.registers import serving
    from exitline.cli.shared import show

    serving.set_password(database, person, password, key=key)
    show.note(say("{person} can sign in.", person=person))


@click.command(
    help="""Do the work that pages ask for in the background: exports, imports, pairs, figures.

For a register on PostgreSQL; as many workers as there are hands. On SQLite the
server does it itself. Ctrl-C stops it; what was under way is done again.

Examples:

\b
  exitline register work --database postgresql://office@/register --key office.key
  exitline register work --until-empty         # what waits, then ends
""",
)
@DATABASE_OPTION
@KEY_OPTION
@click.option("--until-empty", is_flag=True, help="End when nothing waits any more.")
@click.option("--study", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Study that the page of figures runs on the live tables.")  # fmt: skip
def work(database: str, key: Path | None, until_empty: bool, study: Path | None) -> None:
    """Run jobs."""
    from exitline.api.registers import background
    from exitline.cli.shared import show

    show.note("working; Ctrl-C stops it")
    background.work(database, key=key, until_empty=until_empty, study=study)


@click.command(
    help="""Write every household, where it stands and the facts of its card into a file.

A million rows take no more memory than a thousand.

Examples:

\b
  exitline register households households.parquet
  exitline register households households.csv --area 04/01/
""",
)
@click.argument("out", type=click.Path(path_type=Path))
@DATABASE_OPTION
@click.option("--area", default="", help="Only those of an area (its path).")
@click.option("--json", "json_", is_flag=True, help="Print the result as JSON.")
def households(out: Path, database: str, area: str, json_: bool) -> None:
    """Write the households."""
    from exitline.api.registers import background
    from exitline.cli.shared import show

    with show.working("writing"):
        rows = background.write_households(database, out, area=area)
    if json_:
        show.as_json({"file": str(out), "rows": rows})
    else:
        show.note(
            say_plural(
                "{n} household written to {file}",
                "{n} households written to {file}",
                rows,
                file=str(out),
            )
        )


@click.command(
    name="second-factor",
    help="""Declare the roles in which nobody works with a password alone.

The list is kept with the register and applies to all pages at once; without a role
it ends for all.

Examples:

\b
  exitline register second-factor county administrator
""",
)
@click.argument("roles", nargs=-1)
@DATABASE_OPTION
@click.option("--json", "json_", is_flag=True, help="Print the result as JSON.")
def second_factor(roles: tuple[str, ...], database: str, json_: bool) -> None:
    """Declare roles."""
    from exitline.api.registers import keeping
    from exitline.cli.shared import show

    found = keeping.second_factor(database, roles)
    if json_:
        show.as_json({"roles": found})
    elif found:
        show.note(say("A second factor is needed by: {roles}", roles=", ".join(found)))
    else:
        show.note("No role needs a second factor.")
