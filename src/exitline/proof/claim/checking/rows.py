"""A digest of rows that depends neither on their order nor on the file format.

The digest of a file's bytes is what binds a claim to its data. Agencies hand out the same
rows in several formats, though; this second digest, made on request, tells that a CSV file
and a Parquet file hold the same rows.

Form "exitline-rows-1": a row is the canonical JSON object of its non-missing cells by column
name. Numbers are text of their exact value ("n:14.3", the same for 5 and 5.0), text is
"t:...", booleans "b:true", dates and times "d:" and their ISO form. The digest is SHA-256 over
the sorted SHA-256 digests of all rows, after one of the sorted column names. Repeated rows
count each time.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import math
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

from exitline.proof.claim.canonical import canonical
from exitline.proof.claim.errors import ClaimError
from exitline.proof.claim.exact import text_of

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 50_000


def row_digest(data: Any) -> str:
    """Digest of the rows of a table or file, in any order and any format.

    Parameters
    ----------
    data : path, pyarrow.Table, pandas.DataFrame or polars.DataFrame
        A Parquet or CSV file, or whatever `exitline.stats.data.open_source` brings into a
        table. NaN and null are both missing; labels of Stata and SPSS files play no
        part. A few hundred thousand cells a second, so it is made on request.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    ClaimError
        For cells without a canonical form (lists, structures, binary).
    DataError
        When the file cannot be read.

    Examples
    --------
    >>> import pandas as pd
    >>> a = pd.DataFrame({"id": [1, 2], "y": [0.5, None]})
    >>> row_digest(a) == row_digest(a.iloc[::-1][["y", "id"]])
    True
    """
    digests: list[bytes] = []
    columns: list[str] = []
    for batch in _batches(data):
        columns = sorted(batch.schema.names)
        digests.extend(_batch_digests(batch))
    whole = hashlib.sha256(canonical(columns))
    for digest in sorted(digests):
        whole.update(digest)
    return whole.hexdigest()


def _batches(data: Any) -> Iterator[pa.RecordBatch]:
    """The rows in pieces; Parquet files are never held as a whole."""
    import pyarrow.parquet

    from exitline.stats.data.held import HeldFile
    from exitline.stats.data.source import open_source
    from exitline.stats.engine.session import session

    source = open_source(data)
    if source.kind == "parquet" and source.path is not None:
        held = source.held or HeldFile(source.path)
        with pyarrow.parquet.ParquetFile(held.name_for_engine) as file:
            yield from _or_empty(file.iter_batches(_BATCH), file.schema_arrow)
        held.check()
    elif source.kind == "csv":
        with session() as engine:
            table = engine.run(engine.attach(source, "rows"))
        yield from _or_empty(iter(table.to_batches(_BATCH)), table.schema)
    elif source.kind == "arrow":
        table = cast("pa.Table", source.table)
        yield from _or_empty(iter(table.to_batches(_BATCH)), table.schema)
    else:
        raise ClaimError(
            "these rows have no digest of their own",
            where=source.name,
            expected="a file or a table in memory",
            got=f"a source of kind {source.kind}",
            remedy="export the rows to a Parquet file",
        )


def _or_empty(batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The batches, or one without rows where there is none."""
    import pyarrow as pa

    seen = False
    for batch in batches:
        seen = True
        yield batch
    if not seen:
        yield pa.RecordBatch.from_pylist([], schema=schema)


def _batch_digests(batch: pa.RecordBatch) -> list[bytes]:
    """One digest a row: of its cells' canonical JSON, keys sorted once for all rows."""
    names = sorted(batch.schema.names, key=lambda name: name.encode("utf-16-be"))
    columns = [[_cell(value, name) for value in batch[name].to_pylist()] for name in names]
    write = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
    return [
        hashlib.sha256(
            write({n: c for n, c in zip(names, row, strict=True) if c is not None}).encode()
        ).digest()
        for row in zip(*columns, strict=True)
    ]


def _cell(value: Any, column: str) -> str | None:
    """The canonical text of one cell; None when it is missing."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool):
        return "b:true" if value else "b:false"
    if isinstance(value, (int, Decimal)):
        return f"n:{text_of(Fraction(value))}"
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, str):
        return f"t:{value}"
    if isinstance(value, (datetime.date, datetime.time)):
        return f"d:{value.isoformat()}"
    raise ClaimError(
        "a cell without canonical form",
        where=f"column '{column}'",
        expected="numbers, text, booleans, dates or times",
        got=type(value).__name__,
        remedy="leave the column out, or write it as text",
    )


def _float(value: float) -> str:
    """A float by its shortest text, so that 5.0 and 5 are one number."""
    if math.isinf(value):
        return "n:inf" if value > 0 else "n:-inf"
    if value.is_integer():
        return f"n:{int(value)}"
    text = repr(value)
    return f"n:{text_of(Fraction(text)) if 'e' in text else text}"
