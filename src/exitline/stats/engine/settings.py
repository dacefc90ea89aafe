"""What an engine is told before it starts: threads and memory, and the files it may open."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from exitline.errors import ExitlineError
from exitline.stats.engine.sql import text

THREADS = "EXITLINE_THREADS"
MEMORY = "EXITLINE_MEMORY"
_MOST_THREADS = 1024
_SIZE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})? ?([KMGT]i?B)", re.IGNORECASE)
CLOSED = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_unsigned_extensions": "false",
}
"""An engine that loads no code."""
FIXED = (
    "SET enable_progress_bar = false",
    "SET TimeZone = 'UTC'",
    "SET preserve_insertion_order = false",
    "SET python_enable_replacements = false",  # no table that it was not given
)
"""What is said to it first."""


def closed(folder: Path, files: Iterable[str] = ()) -> tuple[str, ...]:
    """What makes DuckDB open nothing but a folder and some files, for good.

    Parameters
    ----------
    folder : Path
        Private to this process: typed columns, and what does not fit in memory.
    files : iterable of str
        The only other files that may be read or written. A name that leads to a file by way
        of a descriptor or a link stands for the file that is there now.

    Returns
    -------
    tuple of str
        SQL, the last so that nothing said later changes it.

    Examples
    --------
    >>> closed(Path("/work"), ["/data/survey.parquet"])[-4]
    "SET allowed_paths = ['/data/survey.parquet']"
    """
    named = ", ".join(text(file) for file in files)
    return (
        f"SET temp_directory = {text(str(folder / 'spilled'))}",
        f"SET allowed_directories = [{text(str(folder))}]",
        f"SET allowed_paths = [{named}]",
        "SET allow_persistent_secrets = false",
        "SET enable_external_access = false",
        "SET lock_configuration = true",
    )


def settings(threads: int | None = None, memory: str | None = None) -> dict[str, Any]:
    """DuckDB's settings: as given, else as the environment says.

    Parameters
    ----------
    threads : int, optional
    memory : str, optional
        Such as ``"3GB"``.

    Raises
    ------
    ExitlineError
        For a number of threads or a size that is none.

    Examples
    --------
    >>> found = settings(2, "3GB")
    >>> found["threads"], found["memory_limit"]
    (2, '3GB')
    >>> settings(memory="much")
    Traceback (most recent call last):
    ...
    exitline.errors.ExitlineError: this is not a size of memory
      where:    EXITLINE_MEMORY
      expected: a number with its unit, such as 3GB or 500MB
      got:      'much'
      remedy:   change it, or leave it unset
    """
    found: dict[str, Any] = dict(CLOSED)
    asked = str(threads) if threads else os.environ.get(THREADS, "")
    size = memory or os.environ.get(MEMORY, "")
    if asked.strip() not in ("", "0"):
        if not re.fullmatch("[0-9]{1,4}", asked.strip()) or int(asked) > _MOST_THREADS:
            raise _unusable(THREADS, "this is not a number of threads",
                            f"a whole number from 1 to {_MOST_THREADS}", asked)  # fmt: skip
        found["threads"] = int(asked)
    if size.strip():
        if not _SIZE.fullmatch(size.strip()) or not float(re.split("[ a-zA-Z]", size.strip())[0]):
            raise _unusable(MEMORY, "this is not a size of memory",
                            "a number with its unit, such as 3GB or 500MB", size)  # fmt: skip
        found["memory_limit"] = size.strip()
    return found


def _unusable(where: str, what: str, expected: str, got: str) -> ExitlineError:
    return ExitlineError(what, where=where, expected=expected, got=repr(got[:40]),
                         remedy="change it, or leave it unset")  # fmt: skip
