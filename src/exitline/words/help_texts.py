"""What the help of commands and pages of measures say, as messages, from where they stand.

A help text is written in English beside the command or the option. Its paragraphs are the
messages; of a block that click keeps as it is (after ``\\b``: examples) only the remarks behind
``#`` are words. `Language.help` puts a text together again from what its messages are in another
language. What click itself says (headings, refusals) is listed here, as click writes it.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = ROOT.parents[1] / "docs" / "measures"
"""A page for each measure, which `exitline measures NAME` reads."""
SECTIONS = ("Also called", "Formula", "Standard error", "Mind", "Source")
"""Parts of a measure's page."""
TRANSLATED = ("title", "what", *SECTIONS[1:-1])
"""Parts that are said in other languages, too: other names and sources stay."""
VERBATIM = "\b"
"""Begins a block that is shown as it stands."""
_REMARK = re.compile(r"(.*\S\s+# )(\S+ .*)")
_NAME = re.compile(r"[A-Z]{2,}")
"""A name of a place in which a value is to be given, such as COLUMN of COLUMN=VALUE."""
CLICK = (
    "Usage:", "Options", "Commands", "[OPTIONS]", "COMMAND [ARGS]...",
    "Show this message and exit.", "Show the version and exit.",
    "default: {default}", "env var: {var}", "required",
    "(dynamic)", "Try '{command} {option}' for help.", "Error: {message}",
    "Missing command.", "Missing argument", "Missing option", "Missing parameter",
    "Missing {param_type}", "Missing parameter: {param_name}",
    "Choose from:\n\t{choices}", "No such option {name!r}.", "No such option: {name}",
    "No such command {name!r}.", "Did you mean {possibility}?",
    "(Did you mean one of: {possibilities}?)",
    "Option {name!r} does not take a value.", "Option {name!r} requires an argument.",
    "Option {name!r} requires {nargs} arguments.", "Argument {name!r} takes {nargs} values.",
    "Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})",
    "Invalid value: {message}", "Invalid value for {param_hint}: {message}",
    "Value must be an iterable.", "Takes {nargs} values but 1 was given.",
    "Takes {nargs} values but {len} were given.",
    "{value!r} is not {choice}.", "{value!r} is not one of {choices}.",
    "{value!r} does not match the format {format}.",
    "{value!r} does not match the formats {formats}.", "{value!r} is not a valid {number_type}.",
    "{value} is not in the range {range}.",
    "{value!r} is not a valid boolean. Recognized values: {states}",
    "{name} {filename!r} does not exist.", "{name} {filename!r} is a file.",
    "{name} {filename!r} is a directory.", "{name} {filename!r} is not readable.",
    "{name} {filename!r} is not writable.", "{name} {filename!r} is not executable.",
    "{len_type} values are required, but {len_value} was given.",
    "{len_type} values are required, but {len_value} were given.",
    "Could not open file {filename!r}: {message}", "unknown error",
    "file", "directory", "path",
    "Password", "Secret", "Repeat for confirmation", "Error: The two entered values do not match.",
    "Error: invalid input", "Do you want to continue?",
    "TEXT", "NUMBER", "WHOLE NUMBER", "PATH", "FILE", "DIRECTORY", "INTEGER", "FLOAT",
)  # fmt: skip
"""What click says around a help text, and where it refuses a call."""


def in_pieces(text: str, put: Callable[[str], str]) -> str:
    """A help text with each of its messages as `put` has it.

    Parameters
    ----------
    text : str
        As it stands beside the command.
    put : callable
        Gives a message as it is to stand.

    Examples
    --------
    >>> in_pieces("Look at\\nit.\\n\\n\\b\\n  exitline init x  # a proposal", str.upper)
    'LOOK AT IT.\\n\\n\\x08\\n  exitline init x  # A PROPOSAL'
    """
    return "\n\n".join(_block(block, put) for block in inspect.cleandoc(text).split("\n\n"))


def _block(block: str, put: Callable[[str], str]) -> str:
    """A paragraph as one message, or a block of examples with its remarks."""
    if not block.startswith(VERBATIM):
        return put(" ".join(block.split())) if block.strip() else block
    lines = (_REMARK.fullmatch(line) for line in block.split("\n"))
    return "\n".join(
        found[1] + put(found[2]) if found else line
        for found, line in zip(lines, block.split("\n"), strict=True)
    )


def names_in(metavar: str, put: Callable[[str], str]) -> str:
    """What an option takes, with the names in it as `put` has them.

    Examples
    --------
    >>> names_in("COLUMN=VALUE", str.lower)
    'column=value'
    """
    return _NAME.sub(lambda found: put(found[0]), metavar)


def messages_of(text: str) -> tuple[str, ...]:
    """The messages of a help text.

    Examples
    --------
    >>> messages_of("Look at a\\nfile.\\n\\nExamples:\\n\\n\\b\\n  exitline init x")
    ('Look at a file.', 'Examples:')
    """
    found: list[str] = []

    def put(message: str) -> str:
        found.append(message)
        return message

    in_pieces(text, put)
    return tuple(found)


def of_page(page: str) -> dict[str, str]:
    """What a measure's page says: its title, what the measure is, and its sections.

    Examples
    --------
    >>> of_page("# `a`: a *mean*\\n\\nWhat it\\nis.\\n\\n**Formula.** [sum](x.md) / n")
    {'title': 'a mean', 'what': 'What it is.', 'Formula': 'sum / n'}
    """
    title, _, rest = page.partition("\n")
    found = {"title": title.partition(": ")[2], "what": rest.strip().partition("\n\n")[0]}
    for heading in SECTIONS:
        section = re.search(rf"^\*\*{heading}\.\*\* (.+?)(?=\n\n|\Z)", page, re.M | re.S)
        found |= {heading: section[1]} if section else {}
    return {part: _plain(text) for part, text in found.items()}


def _plain(text: str) -> str:
    """Words of a page without its signs of emphasis and its links."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", " ".join(text.split()))
    return re.sub(r"(?<![\w*])\*(\S(?:[^*]*\S)?)\*(?![\w*])", r"\1", text).replace("`", "")


@cache
def help_texts() -> tuple[str, ...]:
    """Messages of all commands and options, and what click says around them.

    Examples
    --------
    >>> "Print as JSON." in help_texts(), "Usage:" in help_texts()
    (True, True)
    """
    found = dict.fromkeys(CLICK)
    for path in sorted((ROOT / "cli").rglob("*.py")):
        found |= dict.fromkeys(_of_source(path.read_text(encoding="utf-8")))
    for path in sorted(PAGES.glob("*.md")):
        said = of_page(path.read_text(encoding="utf-8"))
        found |= dict.fromkeys(text for part, text in said.items() if part in TRANSLATED)
    return tuple(found)


def _of_source(source: str) -> Iterator[str]:
    """Messages of a module: what its calls give as `help`, and its table of `_LINES`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield from _of_call(node)
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_LINES":
            yield from ast.literal_eval(node.value).values()


def _of_call(call: ast.Call) -> Iterator[str]:
    """Messages of a command or an option that a call declares."""
    given = {word.arg: getattr(word.value, "value", None) for word in call.keywords}
    text, metavar = given.get("help"), given.get("metavar")
    if isinstance(text, str):
        yield from messages_of(text)
    if isinstance(metavar, str) and ast.unparse(call.func) == "click.option":
        yield from _NAME.findall(metavar)
