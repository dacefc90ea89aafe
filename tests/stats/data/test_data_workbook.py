"""Spreadsheets that would end the process: far cells, bombs, parts larger than they say."""

from __future__ import annotations

import struct
import time
import zipfile

import openpyxl
import pytest

from exitline.errors import DataError
from exitline.stats.data.held import HeldFile
from exitline.stats.data.readers.sheet import check_workbook, read_sheet


def book(path, cells):
    made = openpyxl.Workbook()
    for place, value in cells.items():
        made.active[place] = value
    made.save(path)
    return path


def packed(path, **members: bytes):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"xl/worksheets/{name}.xml", content)
    return path


def refused(path) -> str:
    begun = time.monotonic()
    with pytest.raises(DataError) as found:
        read_sheet(HeldFile(path))
    assert time.monotonic() - begun < 5
    return str(found.value)


def test_an_ordinary_one_is_read(tmp_path):
    path = book(tmp_path / "a.xlsx", {"A1": "y", "A2": 1, "A3": 2})
    assert read_sheet(HeldFile(path)).table.num_rows == 2


def test_one_cell_in_the_last_corner(tmp_path):
    said = refused(book(tmp_path / "a.xlsx", {"A1": "y", "A2": 1, "XFD1048576": 1}))
    assert "1,048,576 rows and 16,384 columns" in said


def saying(path, size: int, other: int):
    """The archive, whose part of one size says that it has another."""
    content = path.read_bytes().replace(struct.pack("<I", size), struct.pack("<I", other))
    path.write_bytes(content)
    return path


def test_a_bomb(tmp_path):
    path = packed(tmp_path / "a.xlsx", sheet1=bytes(5_000_000))
    assert "3.0 GB" in refused(saying(path, 5_000_000, 3_000_000_000))


def test_a_part_that_says_it_is_small(tmp_path):
    path = packed(tmp_path / "a.xlsx", sheet1=bytes(5_000_000))
    assert "more than the 500 bytes" in refused(saying(path, 5_000_000, 500))


@pytest.mark.parametrize("cut", [10, 100, 1000, 3000])
def test_a_cut_one_is_said_to_be_damaged(tmp_path, cut):
    path = book(tmp_path / "a.xlsx", {"A1": "y", "A2": 1})
    path.write_bytes(path.read_bytes()[:-cut])
    assert "cannot be read" in refused(path)


def test_cells_without_names_and_other_archives_pass(tmp_path):
    check_workbook(packed(tmp_path / "a.xlsx", s=b"<row><c><v>1</v></c></row>"))
    (tmp_path / "b.xls").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(100))
    check_workbook(tmp_path / "b.xls")
