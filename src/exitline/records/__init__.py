"""Records that came from elsewhere, read within bounds: regular files, JSON of a known shape.

A record may be anything: a device, a pipe, a gigabyte, a thousand brackets, NaN. Each reader of
JSON in the house reads through here, so that the worst that a record can do is an error that
says what was found.

May import errors alone.
"""

from __future__ import annotations

from exitline.records.errors import RecordError
from exitline.records.parsing import parse_json, read_json
from exitline.records.reading import open_regular, read_bytes
from exitline.records.shape import Shape, check_shape

__all__ = [
    "RecordError",
    "Shape",
    "check_shape",
    "open_regular",
    "parse_json",
    "read_bytes",
    "read_json",
]
