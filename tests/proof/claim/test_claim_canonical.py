"""Canonical JSON: the examples of RFC 8785, and no second way to write a claim."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exitline.proof.claim import ClaimError, canonical, file_digest
from exitline.proof.claim.canonical import read_canonical

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_keys_are_sorted_as_in_rfc_8785_section_3_2_3() -> None:
    content = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    assert list(json.loads(canonical(content)).values()) == [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]


def test_text_is_written_as_in_rfc_8785_section_3_2_4() -> None:
    text = '\u20ac$\u000f\nA\'B"\\\\"/'
    expected = "22 e2 82 ac 24 5c 75 30 30 30 66 5c 6e 41 27 42 5c 22 5c 5c 5c 5c 5c 22 2f 22"
    assert canonical(text) == bytes.fromhex(expected)


def test_literals_are_written_as_in_rfc_8785() -> None:
    assert canonical({"literals": [None, True, False]}) == b'{"literals":[null,true,false]}'


@given(JSON)
def test_reading_gives_back_what_was_written(value) -> None:
    assert read_canonical(canonical(value)) == value


@given(JSON)
def test_lines_hold_no_line_end(value) -> None:
    assert b"\n" not in canonical(value)


@pytest.mark.parametrize("value", [1.5, float("nan"), {"a": 1.0}, 2**53, {1: "a"}, b"x", "\ud800"])
def test_what_json_cannot_keep_exactly_is_refused(value) -> None:
    with pytest.raises(ClaimError):
        canonical(value)


@pytest.mark.parametrize(
    "content",
    [
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":1}\n',
        b'{"a":"\\u0041"}',
        b'{"a":1.0}',
        b'{"a":NaN}',
        b"\xff",
        b"",
        b"[" * 100_000,
        b"9" * 5000,
    ],
)
def test_any_other_way_of_writing_is_refused(content: bytes) -> None:
    with pytest.raises(ClaimError):
        read_canonical(content, where="claim.json")


def test_message_names_the_file_and_not_the_content() -> None:
    with pytest.raises(ClaimError, match="not canonical JSON") as caught:
        read_canonical(b'{"secret": nope}', where="claim.json")
    assert "claim.json" in str(caught.value)
    assert "nope" not in str(caught.value)


def test_digest_of_a_missing_file_says_so(tmp_path) -> None:
    with pytest.raises(ClaimError, match="cannot be read"):
        file_digest(tmp_path / "none.csv")
