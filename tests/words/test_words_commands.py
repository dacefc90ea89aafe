"""Commands speak the reader's language: every text that they print comes from a catalogue.

A language that is none, in which every message stands in brackets, shows what does not: words
outside brackets are data of the files that were handed over, or of what was typed.
"""

from __future__ import annotations

import ast
import re
import shutil

import click
import numpy as np
import pandas as pd
import pytest

from exitline.cli import COMMANDS, call, exitline
from exitline.cli.shared import show
from exitline.exits.register import load_procedure, shipped_procedures
from exitline.rules.standard import load, shipped
from exitline.words import texts
from exitline.words.collecting import ROOT, printed, write
from exitline.words.help_texts import VERBATIM
from exitline.words.texts import FILES, FOLDER, read

WORD = re.compile(r"[^\W\d_]{3,}")
FIRST = re.compile(r"⟦[^⟦⟧\n]*(\n {10,}[^⟦⟧\n]*)*")
"""A sentence in a list of commands: the first of several that stand in brackets."""
INNERMOST = re.compile(r"⟦[^⟦⟧]*⟧")


@pytest.fixture(scope="module")
def bracketed(tmp_path_factory):
    """A folder of catalogues whose Spanish says every message in English, in brackets."""
    folder = tmp_path_factory.mktemp("words") / "locales"
    shutil.copytree(FOLDER, folder)  # with the others, which some texts are written in, too
    for file in FILES:
        catalogue = read("es", file)
        for message in catalogue:
            if message.id and message.context is None:
                forms = message.id if message.pluralizable else (message.id,)
                said = tuple(f"⟦{form}⟧" for form in forms)
                message.string = said if message.pluralizable else said[0]
            elif message.id:
                message.string = message.id
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("exitline.words.collecting.FOLDER", folder)
            write("es", catalogue, file)
    return folder


@pytest.fixture(scope="module")
def homes(tmp_path_factory):
    """A survey of two waves, small enough for every command."""
    rng = np.random.default_rng(7)
    n = 240
    folder = tmp_path_factory.mktemp("homes")
    data = pd.DataFrame({
        "hid": np.arange(n), "psu": np.arange(n) // 6, "w": rng.uniform(1, 3, n).round(2),
        "y": rng.gamma(3, 40, n).round(1), "y_1": rng.gamma(3, 40, n).round(1),
        "y_2": rng.gamma(3, 44, n).round(1),
        "size": rng.integers(1, 7, n), "reg": rng.choice(["x1", "x2"], n),
        "latitude": rng.uniform(0, 1, n), "longitude": rng.uniform(0, 1, n),
    })  # fmt: skip
    data.to_csv(folder / "h.csv", index=False)
    data.loc[:3, "y"] = np.nan
    data.loc[4, "y"] = 100.0
    data.to_csv(folder / "gap.csv", index=False)
    totals = [f"reg,{level},{n}" for level in ("x1", "x2")]
    (folder / "t.csv").write_text("\n".join(["margin,level,total", *totals]))
    (folder / "s.yaml").write_text(
        "study: S7\ndata: {households: gap.csv}\nyear: 2012\n"
        "columns: {household: hid, welfare: y}\ndesign: {weight: w, psu: psu}\n"
        "lines: [{label: L1, value: 100, boundary: '<'}]\nmeasures: [headcount]\nareas: [reg]\n"
    )
    return folder


DATA = {
    "hid", "psu", "reg", "size", "latitude", "longitude", "welfare", "csv", "pub", "exitline",
    "estimate", "Reg", "replicates", "kind", "scale", "bootstrap", "nothing", "nowhere",
}  # fmt: skip
"""Names of columns, roles and files, and what is to be typed."""
EXAMPLES = ROOT.parents[1] / "examples"
DESIGN = ("--weight", "w", "--psu", "psu")
RUNS = {
    "check": ("check", "s.yaml"),
    "standards": ("standards",),
    "plan": ("plan", "--rate", "missed", "--threshold", "0.02"),
    "estimate": ("estimate", "h.csv", "--measure", "headcount", "--welfare", "y", "--line", "100",
                 *DESIGN, "--by", "reg"),
    "tabulate": ("tabulate", "h.csv", "reg", "size", *DESIGN),
    "dynamics": ("dynamics", "h.csv", "--household", "hid", "--welfare", "y{wave}", "--waves",
                 "_1,_2", "--line", "100", *DESIGN),
    "calibrate": ("calibrate", "h.csv", "t.csv", "--weight", "w"),
    "replicates": ("replicates", "h.csv", "--kind", "bootstrap", "--replicates", "5", *DESIGN),
    "release": ("release", "h.csv", "--keys", "reg,size", "--drop", "latitude,longitude"),
    "claim": ("claim", "--new-key", "k"),
    "works": ("works", "coverage", "h.csv", "h.csv", "--within", "5", "--census"),
    "procedures": ("lifecycle", "procedure"),
    **{f"standard {name}": ("standards", name) for name in shipped()},
    **{f"procedure {name}": ("lifecycle", "procedure", name) for name in shipped_procedures()},
    "mpi": ("mpi", "h.csv", "--indicator", "a=1/2: y < 90", "--indicator", "b=1/2: size > 3",
            "--k", "1/2", *DESIGN),
    "change": ("change", "h.csv", "h.csv", "--welfare", "y_1", "--welfare-after", "y_2", "--line",
               "100", *DESIGN),
    "glm": ("glm", "h.csv", "y ~ size", *DESIGN),
    "init": ("init", "h.csv"),
    "assess": ("assess", EXAMPLES / "assessment/visits.parquet", "--counts",
               EXAMPLES / "assessment/counts.csv", "--standard", "china-2011-2020", "--icc",
               "0.02"),
    "target": ("target", EXAMPLES / "imaginary-country/scenario.yaml"),
    "gaps": ("works", "gaps", EXAMPLES / "works-imaginary"),
    "no file": ("estimate", "nothing.csv", "--measure", "headcount"),
    "no column": ("estimate", "h.csv", "--measure", "mean", "--welfare", "nowhere"),
}  # fmt: skip


@pytest.fixture
def outside(bracketed, homes, monkeypatch, capsys):
    """Calls a command in the language of brackets; what it prints outside them."""
    monkeypatch.setattr(texts, "FOLDER", bracketed)
    monkeypatch.setattr(show, "WIDTH", 10_000)
    monkeypatch.chdir(homes)
    texts.texts_of.cache_clear()

    def printed_outside(*arguments):
        call([*map(str, arguments), "--language", "es"])
        found = capsys.readouterr()
        said = found.out + found.err
        assert "⟦" in said, said
        while (less := INNERMOST.sub("", said)) != said:
            said = less
        return said

    yield printed_outside
    monkeypatch.undo()
    texts.texts_of.cache_clear()


@pytest.mark.parametrize("name", RUNS)
def test_words_outside_catalogues_are_data(name, outside):
    said = outside(*RUNS[name])
    allowed = DATA | (_shipped() if name.startswith(("standard", "procedure")) else set())
    allowed |= {"geo", "toilet", "water"} if name == "gaps" else set()  # the example's own names
    assert set(WORD.findall(said)) <= allowed, said


MISTAKES = (
    ("draw",), ("draw", "x", "--bogus"), ("draw", "x", "--villages", "1.5"), ("draw", "x", "--out"),
    ("run", "x", "--engine", "duck"), ("plan", "--icc", "3"), ("register", "areas", "x", "y"),
    ("rnu", "x"), ("run", "x", "--out", "a", "--out", "b"), ("register", "chekc"),
    ("run", "x", "--as-of", "never"), ("run", "x", "--json=1"),
)  # fmt: skip


def test_the_help_of_every_command_and_every_refusal_of_click_are_of_catalogues(outside):
    for path, command in _commands(exitline, ()):
        names = _names(command) | {*path, "exitline"}
        said = FIRST.sub("", outside(*path, "--help"))
        assert set(WORD.findall(said)) <= names, (path, said)
    for given in MISTAKES:
        typed = {word for one in given for word in WORD.findall(one)}
        engines = {"duckdb", "spark", "exitline", "help", "FRAME", "STUDY", "run", "check", "out"}
        assert set(WORD.findall(outside(*given))) <= typed | engines, outside(*given)


def _commands(command, path):
    """Every command with the words that call it."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from _commands(command.get_command(context, name), (*path, name))


def _names(command):
    """What help shows that is no text: names of options, values, commands, and examples."""
    found = [str(part) for one in command.params
             for part in (*one.opts, *one.secondary_opts, getattr(one.type, "choices", ()),
                          getattr(one.type, "formats", ()), one.default, one.name,
                          one.name.upper())]  # fmt: skip
    found += [one.metavar for one in command.params
              if isinstance(one, click.Argument) and one.metavar]  # fmt: skip
    blocks = (command.help or "").split("\n\n")
    found += [re.sub(r"# \S+ .*", "", one) for one in blocks if one.startswith(VERBATIM)]
    if isinstance(command, click.Group):
        found += command.list_commands(click.Context(command))
    return {word for text in found for word in WORD.findall(text)} | {"help", "version", "WxH"}


def _shipped():
    """Words of the files that come along."""
    rules = [load(name) for name in shipped()]
    steps = [load_procedure(name, rules=False) for name in shipped_procedures()]
    said = [f"{one.name} {one.jurisdiction}" for one in rules]
    said += [f"{one.name} {one.standard}" for one in steps]
    said += [name for one in rules for name in (*one.lines, *one.sources, *one.columns)]
    said += [name for one in steps for name in (*one.steps, *one.sources)]
    return {word for text in said for word in WORD.findall(text)}


def test_no_sentence_is_put_together_where_it_is_printed():
    """A catalogue cannot have it: `say` with places instead."""
    assert printed().hidden == ()


def _leaves(command, context):
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            yield from _leaves(command.get_command(context, name), context)
    else:
        yield command


def test_every_command_takes_a_language():
    with click.Context(exitline) as context:
        leaves = list(_leaves(exitline, context))
        assert len(leaves) > len(COMMANDS)
        lacking = [c.name for c in leaves if not any("--language" in p.opts for p in c.params)]
    assert lacking == []


OWN = re.compile(r"""[=!]==? ?["'](?:zh|es|fr)["']|\bboth\(\s*["']|[\u4e00-\u9fff]""")
KNOWS_SIGNS = {
    "foreign.py", "proof/claim/sentences.py", "proof/disclose/identifiers.py",
    "publish/explorer/assets/dom.js", "publish/film/fonts.py", "publish/film/media/captions.py",
    "stats/data/keys.py", "stats/data/readers/encodings.py", "publish/maps/panel.py",
}  # fmt: skip
"""What reads, breaks or draws letters of a script, whatever language the reader has."""


def test_no_text_of_one_language_stands_in_the_code():
    found = set()
    for path in sorted([*ROOT.rglob("*.py"), *ROOT.rglob("*.js"), *ROOT.rglob("*.j2")]):
        text = path.read_text(encoding="utf-8")
        if OWN.search(text) and OWN.search(_without_docstrings(text, path)):
            found.add(path.relative_to(ROOT).as_posix())
    assert found <= KNOWS_SIGNS


def _without_docstrings(text, path):
    """What runs: examples in docstrings may show a language."""
    if path.suffix != ".py":
        return text
    tree = ast.parse(text)
    for node in ast.walk(tree):
        docs = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if docs and isinstance(node.value.value, str):
            node.value.value = ""
    return ast.unparse(tree)
