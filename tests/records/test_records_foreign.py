"""Text of strangers: shown, never obeyed, in every command's output."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exitline.cli.shared import show
from exitline.errors import ExitlineError
from exitline.foreign import visible, visible_json

OBEYED = "\x1b[2J\x9b1m\x07\r\u202e\u2066\u200f\u061c\u2028\ufeff\x7f"


@given(st.text())
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    for sign in visible(text):
        assert unicodedata.category(sign) not in ("Cc", "Cs", "Zl", "Zp")
        assert unicodedata.bidirectional(sign) not in (
            "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI",
        )  # fmt: skip


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_says_the_same_in_characters_that_are_not_obeyed(text: str) -> None:
    written = visible_json(json.dumps({"a": text}, ensure_ascii=False))
    assert json.loads(written) == {"a": text}
    assert visible(written) == written


def test_words_of_every_script_stay_as_they_are() -> None:
    for word in ("Kukës", "临夏", "تيرانا", "می\u200cخواهم", "अ\u200dर", "👩\u200d🌾"):
        assert visible(word) == word


def test_every_way_of_printing_shows_them(capsys: pytest.CaptureFixture[str]) -> None:
    show.table(OBEYED, (OBEYED,), [(OBEYED,)], caption=OBEYED)
    show.note(OBEYED)
    show.as_json({OBEYED: [OBEYED]})
    show.error(ExitlineError(OBEYED, where=OBEYED, remedy=OBEYED))
    printed = capsys.readouterr()
    assert "\\x1b" in printed.out
    assert "\\u202e" in printed.err
    assert not set(OBEYED.replace("[2J", "").replace("1m", "")) & set(printed.out + printed.err)
