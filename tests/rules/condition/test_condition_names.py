"""Names of columns alone are read without the grammar, and as the grammar reads them."""

from __future__ import annotations

import pytest

from exitline.errors import ConditionError
from exitline.rules.condition import reading, spelling

WORDS = (
    "welfare", "_x1", "end", "End", "is", "symmetric", "NULL", "true", "And", "case", "else",
    "date", "select", "in", "between", "line", "score", "E", "naïve", "a b", "1a",
    "x" * 4000, "x" * 4001, '"end"', "", " y", "y\n", "ß", "a.b", "count",
)  # fmt: skip


def outcome(text: str) -> str:
    """The tree, or the refusal."""
    try:
        return repr(reading.read(text, where="f.yaml:3"))
    except ConditionError as reason:
        return f"! {reason}"


@pytest.mark.parametrize("text", WORDS)
def test_a_name_alone_is_read_as_the_grammar_reads_it(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = outcome(text)
    monkeypatch.setattr(reading, "is_name", lambda _: False)
    assert outcome(text) == short


def test_names_of_columns_do_not_wake_the_grammar() -> None:
    spelling.grammar.cache_clear()
    reading.read("welfare")
    assert spelling.grammar.cache_info().currsize == 0
