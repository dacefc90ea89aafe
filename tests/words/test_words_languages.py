"""A language is one file; and what is said in one is not said in another."""

import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from exitline.cli.shared import show
from exitline.cli.shared.figures import heard
from exitline.words import texts
from exitline.words.catalogue import language
from exitline.words.numbers import about, points, rounded, write
from exitline.words.said import say
from exitline.words.texts import FILES, FOLDER, languages, read

WRONG = re.compile(
    r"[ \u202f][;!?»]|[ \u202f]:(?![\w/])|[\d}][ \u202f]%|«[ \u202f]|[^\W\d_]'[^\W\d_]"
)
"""A space that lets a line break before a sign, or a straight apostrophe."""


@pytest.fixture
def with_portuguese(tmp_path, monkeypatch):
    """The catalogues with one more file."""
    folder = tmp_path / "locales"
    shutil.copytree(FOLDER, folder)
    text = (folder / "es" / "exitline.po").read_text(encoding="utf-8")
    (folder / "pt").mkdir()
    new = text.replace("Language: es", "Language: pt").replace('"Conjunto"', '"Total geral"')
    (folder / "pt" / "exitline.po").write_text(new, encoding="utf-8")
    monkeypatch.setattr(texts, "FOLDER", folder)
    texts.languages.cache_clear()
    yield
    monkeypatch.undo()
    texts.languages.cache_clear()
    texts.texts_of.cache_clear()


@pytest.mark.usefixtures("with_portuguese")
def test_a_language_is_one_file():
    assert "pt" in languages()
    assert language("pt")("All together") == "Total geral"
    assert language("pt").name == "português"


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="no catalogue for 'xx'"):
        language("xx")


def test_threads_do_not_share_a_language():
    def said(code):
        return code, {language(code)("All together") for _ in range(50)}

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(said, list(languages()) * 5))
    expected = {"en": "All together", "es": "Conjunto", "fr": "Ensemble", "zh": "全部"}
    assert all(texts == {expected[code]} for code, texts in found)


@pytest.mark.parametrize(
    ("code", "percent", "thousands", "difference"),
    [
        ("en", "14.3\xa0% (12.6–16.1)", "2,870,000", "+3.1 points"),
        ("es", "14,3\xa0% (12,6–16,1)", "2\u202f870\u202f000", "+3,1 puntos"),
        ("fr", "14,3\xa0% (12,6–16,1)", "2\u202f870\u202f000", "+3,1 points"),
        ("zh", "14.3% (12.6–16.1)", "2,870,000", "+3.1个百分点"),
    ],
)
def test_numbers_have_the_form_of_the_language(code, percent, thousands, difference):
    t = language(code)
    assert str(write(0.14274, 0.12590, 0.16139, 0.00905, "share", t=t)) == percent
    assert about(2_870_123.0, True, t) == thousands
    assert points(0.0312, -0.0104, 0.0728, 0.021, t).text == difference


def test_numbers_for_machines_stay_as_they_are():
    assert rounded(1234.5, 1) == "1,234.5"
    assert str(say("{n} areas", n=1234)) == "1,234 areas"


def test_a_plural_has_the_form_that_its_number_asks_for():
    def of(code, n):
        return language(code).plural("{n} household", "{n} households", n)

    assert [of("fr", n) for n in (0, 1, 2)] == ["0 ménage", "1 ménage", "2 ménages"]
    assert [of("es", n) for n in (0, 1, 2)] == ["0 hogares", "1 hogar", "2 hogares"]
    assert {of("zh", n) for n in (1, 2)} == {"1户", "2户"}
    assert [of("fr", n) for n in (0.5, 1.5, 2.5)] == ["0,5 ménage", "1,5 ménage", "2,5 ménages"]
    assert [of("es", n) for n in (0.5, 1.5)] == ["0,5 hogares", "1,5 hogares"]


def test_french_signs_have_no_break_spaces_in_every_message():
    for file in FILES:
        for message in read("fr", file):
            forms = message.string if message.pluralizable else (message.string,)
            wrong = [form for form in forms if message.id and WRONG.search(form)]
            assert wrong == [], message.id


def test_a_figure_that_was_said_in_the_language_is_not_said_again():
    """A comma of decimals became a space of thousands: "53 2 %"."""
    t = language("fr")
    said = heard(write(0.5321, float("nan"), float("nan"), 0.01, "share", t=t).text)
    assert (said, show._said(said, t, number=True)) == ("53,2 %", "53,2 %")
    assert show._said("53.2 %", t, number=True) == "53,2 %"


def test_english_needs_no_babel():
    code = (
        "import sys; from exitline.words.numbers import write; from exitline.words.said import say;"
        "write(0.1, 0.05, 0.2, 0.01, 'share'); say('a {n}', n=1);"
        "import exitline.cli, exitline.cli.estimate, exitline.cli.run;"
        "sys.exit(any(m.split('.')[0] == 'babel' for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
