"""The guard of JSON records: whatever comes, a value of the asked shape or one clear error."""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exitline.errors import ExitlineError
from exitline.records import RecordError, check_shape, parse_json, read_bytes, read_json

WHAT = "the record"


@pytest.mark.parametrize(
    ("text", "got"),
    [
        ("", "Expecting value"),
        ("{", "Expecting property name"),
        ('{"a":NaN}', "NaN"),
        ('{"a":[-Infinity]}', "-Infinity"),
        ('{"a":1e999}', "too large"),
        ('{"a":1,"a":2}', "'a' twice"),
        ('{"b":{"\\u202e":1,"\\u202e":2}}', "'\\u202e' twice"),
        ('"\\ud800"', "surrogate"),
        ('{"\\uDFFF":1}', "surrogate"),
        ("[" * 41 + "]" * 41, "41 brackets"),
        ("[" * 100_000, "100,000 brackets"),
        ('{"a":' * 50_000, "50,000 brackets"),
        ("[" + "1," * 2_000_001 + "1]", "2,000,002 values"),
        ("9" * 401, "401 digits"),
        ("0." + "1" * 401, "too many digits"),
        ("{'a': 1}", "line 1, column 2"),
        ('"\x01"', "Invalid control character"),
        ('"\\"' + '\\"' * 100_000 + "[" * 50, "Unterminated string"),
    ],
)
def test_text_that_is_no_record_is_refused_with_what_was_found(text: str, got: str) -> None:
    began = time.monotonic()
    with pytest.raises(RecordError) as caught:
        parse_json(text, what=WHAT, where="a.json")
    assert got in str(caught.value.got)
    assert caught.value.where == "a.json"
    assert time.monotonic() - began < 5


def test_bytes_that_are_no_text_are_refused() -> None:
    for content in (b"\xff\xfe{\x00}\x00", b'"\xed\xa0\x80"', '"\ud800"'):
        with pytest.raises(RecordError) as caught:
            parse_json(content, what=WHAT)
        assert "position" in str(caught.value.got)


def test_brackets_and_commas_in_text_are_not_counted() -> None:
    text = json.dumps({"text": '[[{"\\' * 60 + "," * 10, "deep": [[[[1]]]]})
    assert parse_json(text, what=WHAT)["deep"] == [[[[1]]]]


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert parse_json('"\\ud83d\\ude00"', what=WHAT) == "\U0001f600"


def test_only_regular_files_of_bounded_size_are_read(tmp_path: Path) -> None:
    pipe, large, folder = tmp_path / "pipe", tmp_path / "large", tmp_path / "folder"
    os.mkfifo(pipe)
    large.touch()
    os.truncate(large, 10**12)
    folder.mkdir()
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    cases = {
        pipe: "a pipe", folder: "a folder", large: "1,000,000.0 MB", Path("/dev/zero"): "a device",
        loop: "Too many levels", tmp_path / "none": "No such file", tmp_path / ("x" * 300): "too",
        tmp_path / "a\0b": "a name that no file can have",
    }  # fmt: skip
    for path, got in cases.items():
        with pytest.raises(RecordError) as caught:
            read_bytes(path, what=WHAT)
        assert got in str(caught.value.got), path


def test_the_error_is_the_one_asked_for(tmp_path: Path) -> None:
    class OwnError(ExitlineError):
        pass

    file = tmp_path / "a.json"
    file.write_text("[1]")
    for shape in ({"a": str}, [str], str):
        with pytest.raises(OwnError):
            read_json(file, what=WHAT, shape=shape, error=OwnError)
    assert read_json(file, what=WHAT, shape=[int], error=OwnError) == [1]


@pytest.mark.parametrize(
    ("value", "shape", "place"),
    [
        ({"a": {"b": [1, "x"]}}, {"a": {"b": [int]}}, "a, b, item 2"),
        ({"a": True}, {"a": int}, "a"),
        ({"a": 1}, {"a": bool}, "a"),
        ({}, {"a": object}, ""),
        ({"a": None}, {"a?": str}, "a"),
        ([], {}, ""),
    ],
)
def test_a_part_of_another_kind_is_named(value: object, shape: object, place: str) -> None:
    with pytest.raises(RecordError) as caught:
        check_shape(value, shape, what=WHAT)  # type: ignore[arg-type]
    assert (caught.value.where or "") == place


def test_what_fits_passes() -> None:
    shape = {"a": float, "b?": (str, type(None)), "c": [{"d": bool}]}
    for value in ({"a": 1, "c": []}, {"a": 0.5, "b": None, "c": [{"d": True}], "more": 1}):
        check_shape(value, shape, what=WHAT)


_WORDS = st.text(st.characters(exclude_categories=["Cs"]))
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _WORDS
)
_VALUES = st.recursive(
    _LEAVES, lambda below: st.lists(below) | st.dictionaries(_WORDS, below), max_leaves=20
)


@settings(max_examples=300, deadline=None)
@given(st.binary() | st.text() | _VALUES.map(lambda value: json.dumps(value, allow_nan=False)))
def test_anything_at_all_is_a_value_or_one_error(content: bytes | str) -> None:
    with contextlib.suppress(RecordError):
        value = parse_json(content, what=WHAT, shape={"a": [str]})
        assert all(isinstance(one, str) for one in value["a"])


@settings(max_examples=200, deadline=None)
@given(_VALUES)
def test_what_json_writes_is_read_as_it_was(value: object) -> None:
    assert parse_json(json.dumps(value), what=WHAT) == value
