"""Every message that the code says has a text in every language, and no text is left over."""

import ast
import re
import string

import pytest

from exitline.words.catalogue import ENGLISH, language
from exitline.words.collecting import ROOT, collect
from exitline.words.recognising import NUMERIC
from exitline.words.texts import languages, read

OTHERS = languages()[1:]
PLACES = re.compile(r"\{(\w*)\}")


@pytest.fixture(scope="module")
def said():
    """What the code says."""
    return {(m.context, m.id) for m in collect() if m.id}


@pytest.fixture(scope="module", params=OTHERS)
def catalogue(request):
    """One language's catalogue."""
    return read(request.param)


def _ids(catalogue):
    return {(m.context, m.id) for m in catalogue if m.id}


def _forms(message):
    return message.string if message.pluralizable else (message.string,)


def test_there_are_four_languages():
    assert languages() == ("en", "es", "fr", "zh")


def test_no_message_is_missing_or_left_over(catalogue, said):
    there = _ids(catalogue)
    missing = sorted(str(m) for m in said - there)
    unused = sorted(str(m) for m in there - said)
    assert not missing, f"run `make words`, then fill in {catalogue.locale}: {missing[:5]}"
    assert not unused, f"run `make words`: nobody says {unused[:5]}"


def test_every_message_has_a_text(catalogue):
    empty = [m.id for m in catalogue if m.id and not all(_forms(m))]
    assert not empty, f"no text in {catalogue.locale} for {empty[:5]}"


def test_places_are_those_of_english(catalogue):
    for message in (m for m in catalogue if m.id):
        english = " ".join(message.id) if message.pluralizable else message.id
        for form in _forms(message):
            assert set(PLACES.findall(form)) == set(PLACES.findall(english)), form
            list(string.Formatter().parse(form))  # braces close


def test_each_form_of_a_plural_is_there(catalogue):
    for message in (m for m in catalogue if m.pluralizable):
        assert len(message.string) == catalogue.num_plurals, message.id


def test_texts_keep_the_spaces_at_their_ends(catalogue):
    for message in (m for m in catalogue if m.id and m.context is None):
        english = message.id[0] if message.pluralizable else message.id
        for form in _forms(message):
            spaces = (form[:1].isspace(), form[-1:].isspace())
            wide = catalogue.locale.language == "zh"
            assert wide or spaces == (english[:1].isspace(), english[-1:].isspace()), form


def test_a_message_is_told_by_its_words(catalogue, said):
    """What stands in a file in English is found again, with what stood in its places."""
    t = language(str(catalogue.locale.language))
    for context, message in said:
        places = [] if isinstance(message, tuple) or context else PLACES.findall(message)
        letters = sum(sign.isalpha() for sign in PLACES.sub("", message)) if places else 0
        if letters < 12 or any(place.isdigit() for place in places):
            continue
        parts = {p: "1,234.5 %" if p in NUMERIC else "Ñandu" for p in places}
        shown = {p: t.figure(v) if p in NUMERIC else v for p, v in parts.items()}
        assert t.of(ENGLISH(message, **parts)) == t(message, **shown), message


def test_no_message_hides_where_it_would_not_be_collected():
    """In an f-string, or said by a language that has no name."""
    saying = {"t", "say", "say_plural", "plural", "collected"}
    nameless = {"closest", "reader", "language", "Language"}
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            within = ast.walk(node) if isinstance(node, ast.JoinedStr) else ()
            said = [one for one in within if isinstance(one, ast.Call) and _literal(one)]
            hidden = any(_called(one) in saying for one in said)
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Call)
            assert not hidden, f"{path}:{node.lineno}"
            put_together = [text for text in _noted(node) if _words(text) > 2]
            assert not put_together, f"{path}:{node.lineno}: a note that no catalogue can hold"
            assert not (called and _called(node.func) in nameless), f"{path}:{node.lineno}"


def _noted(node):
    """What becomes a note of a result: added to its notes, or handed over as one."""
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("append", "extend"):
        named, given = ast.unparse(node.func.value), node.args
    elif isinstance(node, ast.Assign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        named, given = ast.unparse(targets[0]), [node.value]
    elif isinstance(node, ast.keyword):
        named, given = node.arg or "", [node.value]
    else:
        return
    ahead = list(given) if re.search(r"(^|_|\.)notes?$", named) else []
    while ahead:
        one = ahead.pop()
        if isinstance(one, ast.JoinedStr):
            yield one
        elif not isinstance(one, ast.Call):  # `say` and the like have words of their own
            ahead += ast.iter_child_nodes(one)


def _words(text):
    """How many words of its own an f-string has."""
    literal = (one.value for one in text.values if isinstance(one, ast.Constant))
    return sum(len(re.findall(r"[a-z]{2,}", part)) for part in literal)


def _literal(call):
    return bool(call.args) and isinstance(call.args[0], ast.Constant)


def _called(call):
    return getattr(call.func, "attr", getattr(call.func, "id", ""))
