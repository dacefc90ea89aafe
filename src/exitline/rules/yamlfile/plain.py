"""What YAML may be here: plain keys and values, each key once, no more than people write."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from exitline.errors import ExitlineError

MOST_BYTES = 1_000_000
"""Largest YAML file; the longest shipped one has 14,000."""
_DEEPEST = 50
_MOST_NODES = 20_000
_LONGEST_LINE = 100_000
_UNWRITABLE = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f\\ud800-\\udfff]")


def within_bounds(text: str, file: str, error: type[ExitlineError]) -> None:
    """Refuse text far larger than people write, before it costs time."""
    longest = max(map(len, text.split("\n")))
    if len(text) > MOST_BYTES or longest > _LONGEST_LINE:
        raise error(
            "the file is too large to be read as YAML",
            where=file,
            expected=f"at most {MOST_BYTES:,} characters, and {_LONGEST_LINE:,} in a line",
            got=f"{len(text):,} characters, the longest line of {longest:,}",
            remedy="check that this is the file that was meant; data belong into a data file",
        )


def only_plain(text: str, file: str, error: type[ExitlineError]) -> None:
    """Refuse what is far too much, and aliases and tags, which make a file mean something
    else than it shows."""
    depth = 0
    for count, event in enumerate(_events(text)):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        line = event.start_mark.line + 1 if event.start_mark else 1
        if depth > _DEEPEST:
            raise error("the file is nested too deeply", where=f"{file}:{line}",
                        expected=f"at most {_DEEPEST} levels", got="brackets in brackets",
                        remedy="write it flatter")  # fmt: skip
        if count > _MOST_NODES:
            raise error("the file has too many keys and values", where=f"{file}:{line}",
                        expected=f"at most {_MOST_NODES:,}", got="more than that",
                        remedy="data belong into a data file")  # fmt: skip
        alias = isinstance(event, yaml.AliasEvent)
        if alias or getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise error(
                "anchors, aliases and tags are not used here",
                where=f"{file}:{line}",
                expected="plain keys and values",
                got="an alias" if alias else "an anchor (&) or a tag (!)",
                remedy="write the values out",
            )


def _events(text: str) -> Iterator[yaml.Event]:
    """What the parser meets, in order; a fault of form ends it: composing will name it."""
    try:
        yield from yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, UnicodeError):
        return


def check_keys(node: yaml.Node, file: str, error: type[ExitlineError]) -> None:
    """Every key is one word or text, and stands once; every text can be written again."""
    if isinstance(node, yaml.ScalarNode):
        _check_text(node, file, error)
    if isinstance(node, yaml.SequenceNode):
        for member in node.value:
            check_keys(member, file, error)
    if not isinstance(node, yaml.MappingNode):
        return
    first: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise error("a key is not text", where=f"{file}:{line}", expected="text")
        _check_text(key, file, error)
        if key.value in first:
            raise error(
                f"the key '{key.value}' appears twice",
                where=f"{file}:{line}",
                expected="each key once",
                got=f"first in line {first[key.value]}, again in line {line}",
                remedy="remove one of them",
            )
        first[key.value] = line
        check_keys(value, file, error)


def _check_text(node: yaml.ScalarNode, file: str, error: type[ExitlineError]) -> None:
    """No control characters and no halves of characters, which only escapes can write."""
    if _UNWRITABLE.search(node.value):
        raise error(
            "a text with characters that cannot be written",
            where=f"{file}:{node.start_mark.line + 1}",
            expected="text without control characters",
            got="an escape such as \\0, \\e or \\ud800",
            remedy="remove it",
        )
