"""The located YAML tree: every complaint names file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from exitline.errors import RuleFileError, StudyError
from exitline.rules.yamlfile.tree import read_file, read_text


def _refused(text: str) -> RuleFileError:
    with pytest.raises(RuleFileError) as raised:
        read_text(text, "rule.yaml")
    return raised.value


@pytest.mark.parametrize(
    ("text", "what", "line"),
    [
        ("a: 1\nb: [1, 2\nc: 3\n", "not valid YAML", 3),
        ("a: 1\n\tb: 2\n", "not valid YAML", 2),
        ("a: 1\nb: 2\na: 3\n", "'a' appears twice", 3),
        ("a: &x 1\nb: *x\n", "anchors, aliases and tags", 1),
        ("a: 1\nb: !!python/object:os.system x\n", "anchors, aliases and tags", 2),
        ("a: 1\n? [b]\n: 2\n", "a key is not text", 2),
    ],
)
def test_yaml_that_is_not_plain_is_refused_with_its_line(text: str, what: str, line: int) -> None:
    error = _refused(text)
    assert what in error.what
    assert error.where == f"rule.yaml:{line}"


@pytest.mark.parametrize("text", ["", "# only a comment\n"])
def test_an_empty_file_is_refused(text: str) -> None:
    assert _refused(text).what == "the file is empty"


def test_deep_nesting_is_refused_without_a_traceback() -> None:
    assert "nested" in _refused("a: " + "[" * 5000 + "]" * 5000).what


def test_words_that_yaml_takes_for_truths_stay_words() -> None:
    tree = read_text("{on: hid, area: no, when: 2012-10-31, n: 007}", "s.yaml")
    assert {name: below.text() for name, below in tree.items()} == {
        "on": "hid",
        "area": "no",
        "when": "2012-10-31",
        "n": "007",
    }


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("'5'", "number"),
        ("1:30", "number"),
        (".inf", "number"),
        ("1_000", "number"),
        ("1e999", "number"),
        ("0x10", "integer"),
        ("1.0", "integer"),
        ("maybe", "truth"),
        ("[1]", "text"),
        ("{a: 1}", "sequence"),
        ("31.10.2012", "date"),
    ],
)
def test_a_value_of_another_kind_is_refused(text: str, kind: str) -> None:
    tree = read_text(f"first: 1\nkey: {text}\n", "s.yaml")
    with pytest.raises(RuleFileError) as raised:
        getattr(tree["key"], kind)()
    assert raised.value.where == "s.yaml:2, key key"
    assert raised.value.expected
    assert raised.value.remedy


def test_an_unknown_key_is_answered_with_the_nearest_known_one() -> None:
    tree = read_text("data: 1\nwieght: w\n", "s.yaml")
    with pytest.raises(RuleFileError) as raised:
        tree.fields(("data", "weight"))
    assert raised.value.where == "s.yaml:2, key wieght"
    assert raised.value.remedy == "did you mean 'weight'?"


def test_a_required_key_without_a_value_counts_as_missing() -> None:
    tree = read_text("study: a\ndata:\n", "s.yaml")
    with pytest.raises(RuleFileError, match="the key 'data' is missing"):
        tree.fields(("study", "data"), required=("data",))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_bytes("study: région\n".encode("latin-1"))
    with pytest.raises(StudyError, match="not encoded in UTF-8"):
        read_file(tmp_path / "study.yaml", StudyError)
    with pytest.raises(StudyError) as raised:
        read_file(tmp_path / "studdy.yaml", StudyError)
    assert raised.value.remedy == "did you mean 'study.yaml'?"
    with pytest.raises(StudyError, match=r"cannot be read|is a folder"):
        read_file(tmp_path, StudyError)
