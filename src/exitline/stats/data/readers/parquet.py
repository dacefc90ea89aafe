"""Parquet files: the footer is read, rows are not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from exitline.errors import DataError
from exitline.stats.data.codebook import from_metadata
from exitline.stats.data.readers.magic import no_rows
from exitline.stats.data.readers.names import check_names
from exitline.stats.data.scannable import Source

if TYPE_CHECKING:
    from exitline.stats.data.held import HeldFile


def open_parquet(held: HeldFile, *, missing: Sequence[str] = ()) -> Source:
    """A Parquet file as a source, once its footer is in order.

    Parameters
    ----------
    held : HeldFile
    missing : sequence of str
        Values that stand for a missing one, as written.

    Raises
    ------
    DataError
        For a damaged file, one without rows, or names that occur twice.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = held.path
    try:
        footer = pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as reason:
        raise DataError(
            "the Parquet file is damaged",
            where=path.name,
            expected="a whole Parquet file",
            got="a footer that cannot be read",
            remedy="copy or export the file again: it was probably cut off",
        ) from reason
    check_names(footer.schema_arrow.names, path.name)
    if footer.metadata.num_rows == 0:
        raise no_rows(path, footer.schema_arrow.names)
    options: dict[str, Any] = {"schema": footer.schema_arrow}
    if missing:
        options["missing"] = tuple(missing)
    labels, titles = from_metadata(footer.metadata.metadata)
    return Source(kind="parquet", path=path, labels=labels, titles=titles, options=options)
