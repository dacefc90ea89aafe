"""Nothing public is undocumented."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from operator import attrgetter
from pathlib import Path

import click
import pytest

import exitline as xl
from exitline.cli import COMMANDS
from exitline.rules.standard import shipped
from exitline.stats.measure.catalogue import MEASURES

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_its_page(name):
    page = (DOCS / "commands" / f"{name}.md").read_text()
    command = importlib.import_module(COMMANDS[name][0]).command
    for option in _options(command):
        assert f"`{option}`" in page or f"{option} " in page or f"{option}," in page, option


def _options(command: click.Command) -> set[str]:
    """The long names of all options, those of subcommands included."""
    found = {max(p.opts, key=len) for p in command.params if isinstance(p, click.Option)}
    if isinstance(command, click.Group):
        for below in command.commands.values():
            found |= _options(below)
    return found - {"--help", "--language"}


def test_the_option_that_every_command_has_is_explained_once():
    assert "of `--language`" in (DOCS / "languages.md").read_text()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_commands_help_ends_in_an_example(name):
    command = importlib.import_module(COMMANDS[name][0]).command
    assert command.help is not None
    assert "Examples:" in command.help
    assert f"exitline {name}" in command.help.split("Examples:")[1]


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_has_a_page(name):
    assert name in (DOCS / "measures" / f"{name}.md").read_text()


@pytest.mark.parametrize("name", shipped())
def test_every_standard_has_a_page(name):
    assert (DOCS / "standards" / f"{name}.md").exists()


@pytest.mark.parametrize("name", xl.__all__)
def test_every_public_name_has_a_docstring(name):
    assert inspect.getdoc(getattr(xl, name))


@pytest.mark.parametrize("name", xl.__all__)
def test_every_public_name_is_on_the_page_of_python(name):
    assert re.search(rf"`xl\.{name}\b", (DOCS / "python.md").read_text())


@pytest.mark.parametrize("name", [n for n in xl.__all__ if inspect.isfunction(getattr(xl, n))])
def test_every_public_function_explains_each_keyword_with_an_example(name):
    function = getattr(xl, name)
    said = inspect.getdoc(function)
    assert ">>> " in said
    keywords = [p for p in inspect.signature(function).parameters if p not in ("args", "kwargs")]
    part = said.partition("Parameters\n----------")[2].partition("\nReturns\n")[0]
    lacking = [k for k in keywords if not re.search(rf"^[\w, *]*\b{k}\b[\w, ]*( :|$)", part, re.M)]
    assert lacking == []


NEVER = {"lifecycle.procedures", "target.curves", "target.quota_in_words"}
"""Public functions that raise no error of ours: they take nothing that could be wrong."""


def _public_functions() -> dict[str, object]:
    """Functions on the top level and in its modules, by the name that a notebook calls."""
    found = {}
    for name in xl.__all__:
        thing = getattr(xl, name)
        inside = [f"{name}.{n}" for n in thing.__all__] if inspect.ismodule(thing) else [name]
        found |= {path: attrgetter(path)(xl) for path in inside}
    return {path: thing for path, thing in found.items() if inspect.isfunction(thing)}


def test_every_public_function_says_which_errors_it_raises_and_when():
    functions = _public_functions()
    assert set(functions) >= NEVER
    assert len(functions) > 100
    source = "".join(p.read_text(encoding="utf-8") for p in Path("src/exitline").rglob("*.py"))
    classes = set(re.findall(r"^class (\w+Error)\(\w+Error\)", source, re.M))
    classes.add("ExitlineError")
    lacking = []
    for path, function in functions.items():
        said = re.search(r"^Raises\n-+\n((?:.+\n?)+)", inspect.getdoc(function), re.M)
        if path in NEVER:
            assert said is None, path
            continue
        entries = re.findall(r"^(\w.*)\n((?:    .*\n?)*)", said[1] if said else "", re.M)
        named = {one for names, _ in entries for one in names.split(", ")}
        if not entries or not named <= classes or not all(when.strip() for _, when in entries):
            lacking.append(path)
    assert lacking == []


def test_every_public_function_of_a_room_says_what_it_takes_and_gives():
    """Modules' public functions have docstrings; those that take arguments name them."""
    lacking = []
    for info in pkgutil.walk_packages(xl.__path__, "exitline."):
        module = importlib.import_module(info.name)
        for name, thing in vars(module).items():
            if name.startswith("_") or getattr(thing, "__module__", "") != info.name:
                continue
            if (inspect.isfunction(thing) or inspect.isclass(thing)) and not inspect.getdoc(thing):
                lacking.append(f"{info.name}.{name}")
    assert not lacking


def test_every_page_is_in_the_index():
    index = (DOCS / "index.md").read_text()
    pages = [p.relative_to(DOCS).as_posix() for p in DOCS.rglob("*.md") if p.name != "index.md"]
    assert [p for p in pages if p not in index] == []


def test_the_page_on_intervals_of_effects_has_the_rows_that_were_drawn():
    from benchmarks.effect_coverage import PAGE, body, together

    found = together()
    assert body(found) in PAGE.read_text(encoding="utf-8")
    text = " ".join((DOCS / "effect.md").read_text().split())
    test = found[found["what"] == "test before treatment"].set_index("case")["found"]
    for case, many in (("few10", "ten"), ("few14", "fourteen")):
        assert f"with {many} {100 * test[case]:.1f}" in text
