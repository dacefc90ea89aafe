"""What may stand where a file names a table: a path, a path with options, or a query."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from exitline.rules.yamlfile.declared import ONE_OR_MANY, Record, Text, choice, either
from exitline.rules.yamlfile.tree import Tree

Texts = Annotated[tuple[Text, ...], ONE_OR_MANY]


class ConnectionKeys(Record):
    """A connection that is kept in an environment variable, not in the file."""

    env: Text


class TableKeys(Record):
    """A table: a path, a path with options, or a query."""

    short: ClassVar[Any] = "path"
    path: Text | None = Field(
        None,
        description="a .parquet, .csv, .tsv, .txt, .csv.gz, .dta, .sav, .xlsx, .xls or .ods file",
    )
    encoding: Text | None = Field(
        None, description="of a CSV (UTF-8 unless said), Stata or SPSS file"
    )
    delimiter: Text | None = Field(
        None,
        description="separator of a CSV, one character; found from the header unless said",
    )
    decimal: Annotated[str, *choice(".", ",")] | None = Field(
        None,
        description="`.` or `,` in a CSV; a comma is recognised beside semicolons",
    )
    comment: Text | None = Field(
        None,
        description="one character; lines of a CSV that begin with it are left out. No sign "
        "stands for a comment unless said",
    )
    missing: Texts | None = Field(
        None,
        description="values that stand for a missing one, as written, in a file of any kind: "
        '`[NA, ".", -99]`. Blanks, NaN and the missing values of Stata and SPSS always do',
    )
    text: Texts | None = Field(
        None,
        description="columns that are text as written, whatever their values look like: `[reg]`",
    )
    number: Texts | None = Field(
        None,
        description="columns that are numbers, also where their codes begin with 0: `[y]`",
    )
    sheet: Text | None = Field(
        None, description="sheet of a spreadsheet; needed where there are several"
    )
    sql: Text | None = Field(
        None,
        description="one SELECT, together with `connection`; only `missing`, `text` and `number` "
        "go with it",
    )
    connection: Annotated[ConnectionKeys | str, either(ConnectionKeys, Tree.text)] | None = Field(
        None,
        description="a DuckDB or SQLite file, `postgresql://host/database`, or `{env: NAME}`: "
        "the address is in this environment variable",
    )

    def check(self) -> None:
        written = list(self.given)
        if self.sql is not None:
            beside = set(written) - {"sql", "connection", "missing", "text", "number"}
            if self.connection is None or beside:
                raise self.tree.fault(
                    "a query needs its connection, and nothing but missing, text and number "
                    "beside it",
                    expected="sql and connection",
                    got=", ".join(written),
                    remedy="name the database file, postgresql://host/database, or {env: NAME}",
                )
        elif self.path is None:
            raise self.tree.fault(
                "no data are named",
                expected="path: a file, or sql: a query with its connection",
                got="keys " + (", ".join(written) or "none"),
                remedy="add 'path'",
            )
