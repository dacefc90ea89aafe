"""What a Parquet file says about its columns, beside its rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def add_metadata(path: Path, about: Mapping[str, str]) -> None:
    """Write more key-value metadata into a Parquet file, one row group at a time.

    Parameters
    ----------
    path : Path
        Rewritten beside itself and renamed; nobody else may have it open.
    about : mapping of str to str
    """
    import pyarrow.parquet as pq

    beside = path.with_name(path.name + ".about")
    try:
        with pq.ParquetFile(path) as file:
            known = file.schema_arrow.metadata or {}
            added = {key.encode(): text.encode() for key, text in about.items()}
            schema = file.schema_arrow.with_metadata({**known, **added})
            with pq.ParquetWriter(beside, schema, compression="zstd") as writer:
                for group in range(file.num_row_groups):
                    writer.write_table(file.read_row_group(group).cast(schema))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
