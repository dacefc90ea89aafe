"""The rule for types (`stats.data.values`) in DuckDB's SQL: a CSV becomes typed columns on disk.

The file is scanned once, as text, by the dialect that its reader has declared. The columns
that are used are brought to the types that a sample suggests, and every value is held
against the rule in the same scan; only where the sample was wrong is the file scanned
again. What comes out is a Parquet file in a private folder, which every engine reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from exitline.errors import DataError
from exitline.stats.data.held import HeldFile
from exitline.stats.data.readers import csv_text
from exitline.stats.data.readers.declaring import declare
from exitline.stats.data.values import BLANKS, PLAIN, WHOLE, Type, Use, type_of, written
from exitline.stats.engine.sql import quoted, text
from exitline.stats.engine.written import numbers_of

if TYPE_CHECKING:
    from exitline.stats.data.readers.dialect import Dialect
    from exitline.stats.data.scannable import Source

NOT_READ = "this column was not read, because nothing was said to use it"
MARKS = ("NA", "N/A", "#N/A", "NULL", "NONE", ".", "-", "?", "MISSING")
"""Texts that often stand for a missing value; an error may show them, for nobody has them alone."""
_SAMPLES = 16
_SAMPLE_BYTES = 16 * 1024


@dataclass(frozen=True)
class Form:
    """How the texts of a column become values.

    Parameters
    ----------
    type : Type
    use : Use
    bare : bool
        Whether blanks may stand around them, or they are not in normal form.
    zeros : int
        Zeros behind the point of whole numbers that are written 17.0.
    """

    type: Type
    use: Use
    bare: bool = True
    zeros: int = 0


@dataclass(frozen=True)
class TypedColumns:
    """A table as typed columns on disk.

    Parameters
    ----------
    file : HeldFile
        Parquet.
    names : tuple of str
        All columns of the source, in its order, but twins by case that nobody reads.
    types : mapping of str to str
        DuckDB's type of each column that was read.
    rows : int
    """

    file: HeldFile
    names: tuple[str, ...]
    types: Mapping[str, str]
    rows: int


def typed_csv(
    con: duckdb.DuckDBPyConnection, source: Source, folder: Path, *, version: str = "V2"
) -> TypedColumns:
    """The columns of a CSV file that are used, typed, as a Parquet file in a folder.

    Parameters
    ----------
    con : DuckDBPyConnection
    source : Source
        Of kind "csv".
    folder : Path
        Private to this process.
    version : {"V2", "V1"}
        Of Parquet: the second is larger and slower, but what Spark reads.

    Returns
    -------
    TypedColumns

    Raises
    ------
    DataError
        For a row that is not as the header says, text in a column that is used as a number,
        bytes in another encoding, a file that changes meanwhile: with file and line.
    """
    assert source.held is not None
    dialect: Dialect = source.options["dialect"]
    held = source.held
    plain = held
    if csv_text.needs_copy(held, dialect):
        plain = csv_text.copy(held, dialect, folder / "plain.csv")
    look = _looked_over(plain)
    if look.long_line:  # the engine would leave out a last line that no buffer of its holds
        raise csv_text.too_long(held, 0 if dialect.comment else look.long_line)
    scan = _Scan(con, source, dialect, folder, look, version)
    try:
        found = scan.run(plain)
    except (duckdb.InvalidInputException, duckdb.ConversionException) as reason:
        fault = csv_text.explain(held, dialect)
        if fault is not None:
            raise fault from reason
        found = scan.run(csv_text.copy(held, dialect, folder / "plain.csv"))
    held.check()
    return found


@dataclass(frozen=True)
class _Look:
    """What the bytes of a file tell: whether there is an underscore below the first line, and the
    number of a line so long that a block of the file holds no end of any (0: none is)."""

    underscore: bool
    long_line: int


@dataclass(frozen=True)
class _Scan:
    """One CSV file on its way to typed columns."""

    con: duckdb.DuckDBPyConnection
    source: Source
    dialect: Dialect
    folder: Path
    look: _Look
    version: str

    def run(self, plain: HeldFile) -> TypedColumns:
        """Type by the sample; where the sample was wrong, by all values."""
        kept = self.source.kept()
        there = self.dialect.names if kept is None else tuple(kept)
        names = [n for n in there if self.source.uses.reads(n)] or [there[0]]
        sample = csv_text.sample(plain, self.dialect, _SAMPLES, _SAMPLE_BYTES)
        forms = {name: self._suggested(name, sample) for name in names}
        file, rows, wrong = self._write(plain, forms)
        if wrong:
            forms = self._decided(plain, forms)
            file, rows, wrong = self._write(plain, forms)
            assert not wrong
        return TypedColumns(file, there, self._types(file, forms), rows)

    def _suggested(self, name: str, sample: Sequence[Sequence[str]]) -> Form:
        """What a sample suggests for a column."""
        at = self.dialect.names.index(name)
        texts = list(dict.fromkeys(row[at] for row in sample if len(row) > at))
        use = self.source.uses.of(name)
        bare = any(text != (written(text) or "") for text in texts)
        found = [None if t in self.dialect.missing else t for t in map(written, texts)]
        if use in ("code", "any"):
            points = [t if t is None or use == "code" else self._pointed(t) for t in found]
            as_type = type_of(points, use)
            first = next((t for t in points if t is not None), "")
            zeros = len(first.partition(".")[2]) if as_type == "integer" else 0
            return Form(as_type, use, bare or as_type == "text", zeros)
        return Form(type_of((), use), use, bare or use in ("text", "truth"))

    def _pointed(self, text: str) -> str:
        """A number with a point, whatever the file has."""
        swapped = {ord(","): ".", ord("."): ","}
        return text.translate(swapped) if self.dialect.decimal == "," else text

    def _write(self, plain: HeldFile, forms: Mapping[str, Form]) -> tuple[HeldFile, int, bool]:
        """All rows as a Parquet file; their number, and whether a value did not fit."""
        target = self.folder / "columns.parquet"
        flag = "does not fit"
        while flag in self.dialect.names:
            flag += " "
        spaced = self.look.underscore
        sqls = {name: _Sql(name, form, self.dialect, spaced) for name, form in forms.items()}
        values = ", ".join(f"{one.value} AS {quoted(name)}" for name, one in sqls.items())
        wrong = " OR ".join(one.wrong for one in sqls.values() if one.wrong) or "false"
        self.con.execute(
            f"COPY (SELECT {values}, ({wrong}) AS {quoted(flag)} FROM {self._raw(plain)}) "
            f"TO {text(str(target))} "
            f"(FORMAT parquet, COMPRESSION snappy, PARQUET_VERSION {self.version}, "
            "DICTIONARY_SIZE_LIMIT 0)"
        ).fetchall()
        file = HeldFile(target)
        found = self.con.execute(
            f"SELECT count(*), coalesce(bool_or({quoted(flag)}), false) "
            f"FROM read_parquet({text(file.name_for_engine)})"
        ).fetchall()[0]
        return file, int(found[0]), bool(found[1])

    def _decided(self, plain: HeldFile, forms: Mapping[str, Form]) -> dict[str, Form]:
        """The form of every column by all of its values."""
        sqls = {n: _Sql(n, Form(f.type, f.use), self.dialect, True) for n, f in forms.items()}
        facts = [f for one in sqls.values() for f in one.facts]
        asked = f"SELECT {', '.join(facts)} FROM {self._raw(plain)}"
        left = list(self.con.execute(asked).fetchall()[0])
        decided = {}
        for name, one in sqls.items():
            mine, left = left[: len(one.facts)], left[len(one.facts) :]
            decided[name] = self._form(name, forms[name].use, mine)
        return decided

    def _form(self, name: str, use: Use, facts: Sequence[Any]) -> Form:
        """The form of a column from the facts about all of its values."""
        unfit, integer, whole, plain, fewest, most, rows = facts
        if use == "number" and unfit:
            raise self._not_numbers(name, int(unfit), int(rows))
        if use in ("number", "text") or (use == "truth" and not unfit):
            return Form(type_of((), use), use)
        if integer is None or integer:
            return Form("integer", use)
        if use == "code":
            same = whole and fewest == most
            return Form("integer", use, zeros=int(most)) if same else Form("text", use)
        return Form("number" if plain else "text", use)

    def _not_numbers(self, name: str, unfit: int, rows: int) -> DataError:
        """Text in a column that is used as a number."""
        assert self.source.held is not None
        first = csv_text.first_unfit(self.source.held, self.dialect, name, "number")
        line, value = first if first is not None else (0, "")
        return not_numbers(name, f"{self.source.name}, line {line}", value, unfit, rows)

    def _raw(self, plain: HeldFile) -> str:
        """The scan: every column as text, strictly by the dialect."""
        columns = ", ".join(f"{_at(i)}: 'VARCHAR'" for i in range(len(self.dialect.names)))
        skip = self.dialect.skip if plain is self.source.held else 0
        return (
            f"read_csv({text(plain.name_for_engine)}, auto_detect = false, header = true, "
            f"skip = {skip}, columns = {{{columns}}}, delim = {text(self.dialect.delimiter)}, "
            "quote = '\"', escape = '\"', comment = '', nullstr = '', compression = 'none', "
            f"max_line_size = {csv_text.LONGEST}, "
            "null_padding = false, ignore_errors = false, strict_mode = true)"
        )

    def _types(self, file: HeldFile, forms: Mapping[str, Form]) -> dict[str, str]:
        """DuckDB's type of each column; declared numbers that serve as codes whole, if they are."""
        duck = {"integer": "BIGINT", "number": "DOUBLE", "truth": "BOOLEAN", "text": "VARCHAR"}
        types = {name: duck[form.type] for name, form in forms.items()}
        codes = [n for n, f in forms.items() if f.type == "number" and n in self.source.uses.code]
        if codes:
            whole = ", ".join(
                f"bool_and({quoted(n)} = trunc({quoted(n)}) AND abs({quoted(n)}) < 9e15)"
                for n in codes
            )
            found = self.con.execute(
                f"SELECT {whole} FROM read_parquet({text(file.name_for_engine)})"
            ).fetchall()[0]
            types |= {n: "BIGINT" for n, yes in zip(codes, found, strict=True) if yes}
        return types


class _Sql:
    """The SQL of one column: its value, whether the text does not fit, facts to decide by.

    `spaced`: whether there may be a number such as 1_000, which the engine takes and the rule does
    not.
    """

    def __init__(self, name: str, form: Form, dialect: Dialect, spaced: bool) -> None:
        raw = _at(dialect.names.index(name))
        self._bare = _bare(raw) if form.bare else raw
        if dialect.missing:
            marks = ", ".join(text(mark) for mark in dialect.missing)
            self._bare = f"CASE WHEN {self._bare} IN ({marks}) THEN NULL ELSE {self._bare} END"
        self._marks = numbers_of(dialect.missing)
        comma = dialect.decimal == ","
        self._point = f"translate({self._bare}, ',.', '.,')" if comma else self._bare
        self._form = form
        self._of_use = form.use == "number"
        self._spaced = f" OR contains({self._point}, '_')" if spaced else ""
        self.value, self.wrong = getattr(self, f"_{form.type}")()

    @property
    def facts(self) -> tuple[str, ...]:
        """Aggregates over all values, for the rule to decide by."""
        b, p = self._bare, self._point
        unfit = self.wrong or "false"
        return (
            f"count(*) FILTER ({unfit})",
            f"bool_and({_exact(b)})",
            f"bool_and(regexp_full_match({b}, {text(WHOLE)}) "
            f"AND TRY_CAST(split_part({b}, '.', 1) AS BIGINT) IS NOT NULL)",
            f"bool_and(regexp_full_match({p}, {text(PLAIN)}))",
            f"min(length(split_part({b}, '.', 2)))",
            f"max(length(split_part({b}, '.', 2)))",
            "count(*)",
        )

    def _integer(self) -> tuple[str, str]:
        if not self._form.zeros:
            value = f"TRY_CAST({self._bare} AS BIGINT)"
            return value, f"({value}::VARCHAR IS DISTINCT FROM {self._bare})"
        value = f"TRY_CAST(split_part({self._bare}, '.', 1) AS BIGINT)"
        back = f"{value}::VARCHAR || {text('.' + '0' * self._form.zeros)}"
        return value, f"({back} IS DISTINCT FROM {self._bare})"

    def _number(self) -> tuple[str, str]:
        value = f"TRY_CAST({self._point} AS DOUBLE)"
        marks = "".join(f" OR {value} = {number!r}" for number in self._marks)
        known = f"CASE WHEN isnan({value}){marks} THEN NULL ELSE {value} END"
        if not self._of_use:
            plain = f"regexp_full_match({self._point}, {text(PLAIN)})"
            return known, f"coalesce(NOT ({plain}), false)"
        unfit = f"({self._point} IS NOT NULL AND ({value} IS NULL{self._spaced}))"
        return known, unfit

    def _truth(self) -> tuple[str, str]:
        low = f"lower({self._bare})"
        value = f"CASE {low} WHEN 'true' THEN true WHEN 'false' THEN false END"
        return value, f"coalesce({low} NOT IN ('true', 'false'), false)"

    def _text(self) -> tuple[str, str]:
        return self._bare, ""


def not_numbers(name: str, where: str, value: str, unfit: int, rows: int) -> DataError:
    """The error for a column that is used as a number and contains text.

    Parameters
    ----------
    name : str
    where : str
    value : str
        The first such text; shown only where it is a usual mark for a missing value.
    unfit, rows : int
        How many rows hold text, of all.
    """
    mark = value.upper() in MARKS
    return DataError(
        f"the column '{name}' is used as a number and contains text",
        where=where,
        expected="numbers such as 12.5",
        got=f"'{value}'" * mark
        + "text" * (not mark)
        + f" there; text in {unfit:,} of {rows:,} rows",
        remedy=declare("missing", value) + ", if it stands for a missing value"
        if mark
        else "correct the values; marks for missing values and a decimal comma can be declared: "
        + declare("missing", "NA"),
    )


def _looked_over(plain: HeldFile) -> _Look:
    """What the bytes of a file tell."""
    underscore, at = False, 0
    for block in plain.blocks():
        body = block if at else block[block.find(b"\n") + 1 :]
        underscore = underscore or b"_" in body
        if len(block) > csv_text.LONGEST and not (b"\n" in block or b"\r" in block):
            return _Look(underscore, 1 + plain.read(at).count(b"\n"))
        at += len(block)
    return _Look(underscore, 0)


def _at(position: int) -> str:
    """A column of the scan: names that differ by case alone are one name in SQL."""
    return f"c{position}"


def _bare(raw: str) -> str:
    """A text in normal form, without blanks around; missing where nothing is left."""
    blanks = text(BLANKS)
    form = f"nfc_normalize({raw})"
    ends = f"contains({blanks}, {raw}[1]) OR contains({blanks}, {raw}[-1])"
    return f"nullif(CASE WHEN {ends} THEN trim({form}, {blanks}) ELSE {form} END, '')"


def _exact(bare: str) -> str:
    """Whether an integer is written as integers are shown."""
    return f"coalesce(TRY_CAST({bare} AS BIGINT)::VARCHAR = {bare}, {bare} IS NULL)"
