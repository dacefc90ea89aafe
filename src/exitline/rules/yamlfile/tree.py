"""YAML that knows where each key stands: every complaint names file, line and key.

Shared by rule files and study files. Only plain YAML is read: no tags, no anchors, no
aliases, no key twice. `on`, `no` and `yes` are words here, wherever text is asked for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from exitline import inputs
from exitline.errors import ExitlineError, RuleFileError, nearest, unknown
from exitline.rules.yamlfile import plain as yamlplain

_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_INTEGER = re.compile(r"[-+]?\d{1,18}")
_TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


@dataclass(frozen=True)
class Tree:
    """One node of a YAML file and where it stands.

    Parameters
    ----------
    node : yaml.Node
    file : str
        The file's name, for messages.
    key : str
        The path of keys that leads here: ``design.weight``, ``areas[2]``, "" at the top.
    error : type of ExitlineError
        What to raise.

    Examples
    --------
    >>> tree = read_text("study: Albania\\nyear: twelve", "study.yaml")
    >>> tree["year"].integer()
    Traceback (most recent call last):
    ...
    exitline.errors.RuleFileError: year is not a whole number
      where:    study.yaml:2, key year
      expected: a whole number
      got:      'twelve'
      remedy:   write digits, without quotes
    """

    node: yaml.Node
    file: str
    key: str = ""
    error: type[ExitlineError] = RuleFileError

    @property
    def line(self) -> int:
        """The line in the file, counted from 1."""
        return int(self.node.start_mark.line) + 1

    @property
    def where(self) -> str:
        """File, line and key, as messages show it."""
        return f"{self.file}:{self.line}" + (f", key {self.key}" if self.key else "")

    @property
    def is_mapping(self) -> bool:
        """Whether keys stand below."""
        return isinstance(self.node, yaml.MappingNode)

    @property
    def is_sequence(self) -> bool:
        """Whether this is a list."""
        return isinstance(self.node, yaml.SequenceNode)

    @property
    def is_number(self) -> bool:
        """Whether this is a number without quotes."""
        return self._is_plain_scalar and bool(_NUMBER.fullmatch(self.node.value))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written (or null, or ~)."""
        return isinstance(self.node, yaml.ScalarNode) and self.node.tag.endswith(":null")

    @property
    def _is_plain_scalar(self) -> bool:
        return isinstance(self.node, yaml.ScalarNode) and not self.node.style

    def items(self) -> tuple[tuple[str, Tree], ...]:
        """Keys and what stands below them, in file order; any key is allowed."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.unlike("keys with values (key: value)")
        return tuple((k.value, self._child(k, v)) for k, v in self.node.value)

    def fields(self, known: Collection[str], required: Collection[str] = ()) -> dict[str, Tree]:
        """What stands below the known keys; keys without a value are left out.

        Parameters
        ----------
        known : collection of str
            The keys that may stand here.
        required : collection of str
            Those that must.

        Raises
        ------
        ExitlineError
            For a key that is not known, with the nearest known one, or a required key
            that is missing.
        """
        found = dict(self.items())
        for name, below in found.items():
            if name not in known:
                raise self.unknown(name, below, known)
        filled = {name: below for name, below in found.items() if not below.is_empty}
        for name in required:
            if name not in filled:
                raise self.lacks(name, filled)
        return filled

    def unknown(self, name: str, below: Tree, known: Collection[str]) -> ExitlineError:
        """The error for a key that is not known, to be raised by the caller."""
        return self.error(
            f"there is no key '{name}' here",
            where=below.where,
            expected="one of " + ", ".join(known),
            got=f"'{name}'",
            remedy=nearest(name, known) or "remove it, or see the reference of keys",
        )

    def lacks(self, name: str, filled: Collection[str]) -> ExitlineError:
        """The error for a key that is missing, to be raised by the caller."""
        return self.fault(
            f"the key '{name}' is missing",
            expected=f"{name}: ...",
            got="keys " + (", ".join(filled) or "none"),
            remedy=f"add '{name}'",
        )

    def sequence(self) -> tuple[Tree, ...]:
        """The members of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.unlike("a list ([a, b] or lines with -)")
        return tuple(
            Tree(node, self.file, f"{self.key}[{i}]", self.error)
            for i, node in enumerate(self.node.value, start=1)
        )

    def one_or_many(self) -> tuple[Tree, ...]:
        """The members of a list, or this one value as a list of one."""
        return self.sequence() if self.is_sequence else (self,)

    def some(self) -> tuple[Tree, ...]:
        """As `one_or_many`, and at least one."""
        members = self.one_or_many()
        if not members:
            raise self.unlike("at least one value")
        return members

    def text(self) -> str:
        """Text; numbers, dates and words such as `no` are taken as written."""
        if not isinstance(self.node, yaml.ScalarNode) or self.is_empty:
            raise self.unlike("text")
        if not str(self.node.value).strip():
            raise self.unlike("text")
        return str(self.node.value)

    def number(self) -> float:
        """A finite number."""
        if not self.is_number or not math.isfinite(float(self.node.value)):
            raise self.unlike("a number", "write digits with a point, without quotes or unit")
        return float(self.node.value)

    def integer(self) -> int:
        """A whole number."""
        if not self._is_plain_scalar or not _INTEGER.fullmatch(self.node.value):
            raise self.unlike("a whole number", "write digits, without quotes")
        return int(self.node.value)

    def truth(self) -> bool:
        """true or false."""
        word = str(self.node.value).lower() if self._is_plain_scalar else ""
        if word not in _TRUTH:
            raise self.unlike("true or false")
        return _TRUTH[word]

    def date(self) -> date:
        """A day, written 2012-10-31."""
        try:
            return date.fromisoformat(self.text())
        except ValueError as reason:
            raise self.unlike("a date", "write it as year-month-day: 2012-10-31") from reason

    def choice(self, allowed: Sequence[str]) -> str:
        """One of a few words."""
        word = self.text()
        if word not in allowed:
            raise self.unlike(
                "one of " + ", ".join(f"'{a}'" for a in allowed),
                nearest(word, allowed) or "choose one of these",
            )
        return word

    def known(self, names: Collection[str], what: str, name: str | None = None) -> str:
        """A name that has been declared: what is written here, or one that is used here.

        Raises
        ------
        ExitlineError
            For a name that is none of `names`.
        """
        found = self.text() if name is None else name
        if found not in names:
            raise unknown(
                what, found, names, error=self.error, where=self.where, remedy=f"declare the {what}"
            )
        return found

    def plain(self) -> Any:
        """Everything below as dicts, lists and text: what the file says, without its form."""
        if self.is_mapping:
            return {name: below.plain() for name, below in self.items()}
        if self.is_sequence:
            return [member.plain() for member in self.sequence()]
        return None if self.is_empty else str(self.node.value)

    def fault(self, what: str, **parts: str) -> ExitlineError:
        """An error at this place, to be raised by the caller."""
        return self.error(what, where=self.where, **parts)

    def unlike(self, expected: str, remedy: str = "") -> ExitlineError:
        """The error for a value of another kind than expected, to be raised by the caller."""
        name = self.key or "the file"
        return self.fault(
            f"{name} is not {expected}"
            if not expected.startswith("one of")
            else f"{name} has a value that is not known",
            expected=expected,
            got=self._seen(),
            remedy=remedy or f"write {expected}",
        )

    def __getitem__(self, name: str) -> Tree:
        return dict(self.items())[name]

    def _child(self, key: yaml.Node, value: yaml.Node) -> Tree:
        path = f"{self.key}.{key.value}" if self.key else str(key.value)
        return Tree(_placed(value, key), self.file, path, self.error)

    def _seen(self) -> str:
        if self.is_mapping:
            return "keys with values"
        if self.is_sequence:
            return f"a list of {len(self.node.value)}"
        return "nothing" if self.is_empty else repr(str(self.node.value)[:80])


def read_file(path: str | Path, error: type[ExitlineError] = RuleFileError) -> Tree:
    """Read a YAML file into a located tree.

    Parameters
    ----------
    path : path
    error : type of ExitlineError
        What to raise for this and every later fault in the file.

    Returns
    -------
    Tree

    Raises
    ------
    ExitlineError
        Of the type `error`: no file, not UTF-8, not YAML, empty, or YAML beyond plain.

    Examples
    --------
    >>> read_file("no/such/file.yaml")
    Traceback (most recent call last):
    ...
    exitline.errors.RuleFileError: there is no such file
      where:    no/such/file.yaml
      expected: a YAML file
      got:      nothing under this name
      remedy:   check the path
    """
    return read_text(file_text(path, error), Path(path).name, error)


def file_text(path: str | Path, error: type[ExitlineError] = RuleFileError) -> str:
    """The text of a file in UTF-8.

    Parameters
    ----------
    path : path
    error : type of ExitlineError

    Raises
    ------
    ExitlineError
        Of the type `error`: no file, a file that cannot be read, or not UTF-8.
    """
    return inputs.text(path, most=yamlplain.MOST_BYTES, expected="a YAML file", error=error)


def read_text(text: str, file: str, error: type[ExitlineError] = RuleFileError) -> Tree:
    """Read YAML text into a located tree.

    Parameters
    ----------
    text : str
    file : str
        Its name, for messages.
    error : type of ExitlineError

    Returns
    -------
    Tree

    Raises
    ------
    ExitlineError
        Of the type `error`.

    Examples
    --------
    >>> read_text("data: {on: hid}", "s.yaml")["data"]["on"].text()
    'hid'
    """
    try:
        yamlplain.within_bounds(text, file, error)
        yamlplain.only_plain(text, file, error)
        node = _composed(text)
    except yaml.YAMLError as reason:
        raise _not_yaml(reason, file, error) from reason
    if node is None:
        raise error("the file is empty", where=file, expected="keys with values", got="nothing")
    tree = Tree(node, file, "", error)
    yamlplain.check_keys(node, file, error)
    return tree


def _composed(text: str) -> yaml.Node | None:
    """The nodes of a text: by libyaml, ten times as fast; what it refuses PyYAML puts in words."""
    fast = getattr(yaml, "CSafeLoader", None)
    with suppress(yaml.YAMLError, UnicodeError):
        if fast is not None:
            return yaml.compose(text, Loader=fast)
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _placed(value: yaml.Node, key: yaml.Node) -> yaml.Node:
    """An empty value stands at its key: YAML would place it on a later line."""
    if isinstance(value, yaml.ScalarNode) and value.value == "" and not value.style:
        value.start_mark = key.start_mark
    return value


def _not_yaml(reason: yaml.YAMLError, file: str, error: type[ExitlineError]) -> ExitlineError:
    """What the YAML parser said, at its line."""
    mark = getattr(reason, "problem_mark", None)
    said = getattr(reason, "problem", None) or getattr(reason, "reason", None) or "a syntax error"
    return error(
        "the file is not valid YAML",
        where=f"{file}:{mark.line + 1}" if mark else file,
        expected="keys and values, indented with spaces",
        got=str(said),
        remedy="look at this line and the one above: a missing colon, quote or bracket, or a tab",
    )
