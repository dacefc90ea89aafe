"""YAML in which every value knows its file, line and key, and says so when it does not fit.

YAML's own guesses at types are not used: what a value is depends on where it stands, so
that `no` stays a name and 2016-01-01 a date where one is expected. Anchors, aliases, tags
and several documents in one file are refused.
"""

from __future__ import annotations

import math
import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from exitline.errors import ExitlineError, RuleFileError, nearest

MAX_BYTES = 1_000_000
MAX_DEPTH = 30
_NUMBER = re.compile(r"[-+]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][-+]?\d{1,3})?")
_FRACTION = re.compile(r"\s*(\d{1,30})\s*/\s*(\d{1,30})\s*")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_DAY = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_NULLS = ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True)
class Located:
    """One value of a YAML file.

    Parameters
    ----------
    node : yaml.Node
        A scalar, list or table.
    file : str
        The file's name, for messages.
    path : str
        The keys that lead here, joined with points.
    error : type of ExitlineError
        What `refuse` makes.
    """

    node: Any
    file: str
    path: str = ""
    error: type[ExitlineError] = RuleFileError

    @property
    def where(self) -> str:
        """File, line and key."""
        place = f"{self.file}:{self.node.start_mark.line + 1}"
        return f"{place}, {self.path}" if self.path else place

    def refuse(
        self, what: str, *, expected: str = "", got: str = "", remedy: str = ""
    ) -> ExitlineError:
        """The error that says what is wrong here."""
        return self.error(
            what,
            where=self.where,
            expected=expected or None,
            got=got or None,
            remedy=remedy or None,
        )

    @property
    def is_table(self) -> bool:
        """Whether it is a table of keys and values."""
        return isinstance(self.node, yaml.MappingNode)

    @property
    def is_list(self) -> bool:
        """Whether it is a list."""
        return isinstance(self.node, yaml.SequenceNode)

    @property
    def is_missing(self) -> bool:
        """Whether nothing stands after the key."""
        plain = isinstance(self.node, yaml.ScalarNode) and self.node.style is None
        return plain and self.node.value in _NULLS

    def table(self) -> dict[str, Located]:
        """The values by key, whatever the keys are. A key that stands twice is refused."""
        if not self.is_table:
            raise self.refuse(
                "a table of keys and values is needed here",
                expected="key: value",
                got=self._kind(),
                remedy="write one 'key: value' on each line, indented below this key",
            )
        found: dict[str, Located] = {}
        for key, value in self.node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self.refuse("a key must be a word or a number", remedy="simplify the key")
            path = f"{self.path}.{key.value}" if self.path else key.value
            here = Located(value, self.file, path, self.error)
            if key.value in found:
                raise Located(key, self.file, path, self.error).refuse(
                    f"the key '{key.value}' stands twice",
                    expected="every key once",
                    got=f"again after line {found[key.value].node.start_mark.line + 1}",
                    remedy="remove or rename one of the two",
                )
            found[key.value] = here
        return found

    def keys(
        self, required: Iterable[str] = (), optional: Iterable[str] = ()
    ) -> dict[str, Located]:
        """The values by key, when only these keys may stand here."""
        required, optional = tuple(required), tuple(optional)
        found = self.table()
        known = [*required, *optional]
        for key, value in found.items():
            if key not in known:
                raise value.refuse(
                    f"unknown key '{key}'",
                    expected="one of " + ", ".join(sorted(known)),
                    got=key,
                    remedy=nearest(key, known) or "see docs/rule-files.md for what each key means",
                )
        for key in required:
            if key not in found or found[key].is_missing:
                raise self.refuse(
                    f"the key '{key}' is missing",
                    expected=f"{key}: ...",
                    got="nothing" if key in found else "only " + (", ".join(found) or "nothing"),
                    remedy=f"add '{key}'; docs/rule-files.md says what it means",
                )
        return {key: value for key, value in found.items() if not value.is_missing}

    def items(self) -> tuple[Located, ...]:
        """The values of a list."""
        if not self.is_list:
            raise self.refuse(
                "a list is needed here",
                expected="[one, two] or lines that start with '- '",
                got=self._kind(),
                remedy="write each item on its own line after '- '",
            )
        return tuple(
            Located(item, self.file, f"{self.path}[{i}]", self.error)
            for i, item in enumerate(self.node.value)
        )

    def text(self) -> str:
        """A text that is not empty."""
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value.strip():
            raise self.refuse("a text is needed here", expected="a text", got=self._kind())
        return str(self.node.value).strip()

    def name(self) -> str:
        """A name: letters, digits, '_' and '-'."""
        value = self.text()
        if not _NAME.fullmatch(value):
            raise self.refuse(
                "this cannot be a name",
                expected="a letter, then letters, digits, '_' or '-'",
                got=repr(value),
                remedy="choose a short name; long text belongs in 'label'",
            )
        return value

    def choice(self, options: Iterable[str]) -> str:
        """One of these words."""
        options = tuple(options)
        value = self.text()
        if value not in options:
            raise self.refuse(
                f"'{value}' is not one of the possible values",
                expected="one of " + ", ".join(options),
                got=repr(value),
                remedy=nearest(value, options) or "choose one of these",
            )
        return value

    def truth(self) -> bool:
        """true or false."""
        return self.choice(("true", "false")) == "true"

    def fraction(self) -> Fraction:
        """An exact number: 0.25, 3, or a fraction such as 1/6."""
        value = self.text()
        match = _FRACTION.fullmatch(value)
        if match and int(match[2]):
            return Fraction(int(match[1]), int(match[2]))
        if not _NUMBER.fullmatch(value) or not math.isfinite(float(value)):
            separator = "," in value or "_" in value or "%" in value
            raise self.refuse(
                "a number is needed here",
                expected="a finite number such as 2300, 0.02 or 1/6",
                got=repr(value),
                remedy="write it without thousands separators and without %"
                if separator
                else "write a number",
            )
        return Fraction(value)

    def number(self) -> float:
        """A finite number."""
        return float(self.fraction())

    def integer(self, low: int, high: int) -> int:
        """A whole number between two others, both included."""
        value = self.fraction()
        if value.denominator != 1 or not low <= value <= high:
            raise self.refuse(
                "a whole number is needed here",
                expected=f"a whole number from {low} to {high}",
                got=self.text(),
            )
        return int(value)

    def day(self, *, end: bool = False) -> date:
        """A day; a month or a year stands for its first day, or its last with `end`."""
        match = _DAY.fullmatch(self.text())
        try:
            year, month, day = (int(p) if p else 0 for p in match.groups()) if match else (0, 0, 0)
            month = month or (12 if end else 1)
            return date(year, month, day or (monthrange(year, month)[1] if end else 1))
        except ValueError:
            raise self.refuse(
                "a date is needed here",
                expected="a date such as 2016-04-23, 2016-04 or 2016",
                got=repr(self.text()),
                remedy="write year, month and day in this order",
            ) from None

    def plain(self) -> Any:
        """The content without layout: what a digest is taken of."""
        if self.is_table:
            return {key: value.plain() for key, value in self.table().items()}
        if self.is_list:
            return [item.plain() for item in self.items()]
        value = self.node.value
        if self.node.style is None and self.is_missing:
            return None
        if self.node.style is None and _NUMBER.fullmatch(value):
            exact = Fraction(value)
            return exact.numerator if exact.denominator == 1 else str(exact)
        return " ".join(value.split())

    def _kind(self) -> str:
        """What stands here, in words."""
        if self.is_table:
            return "a table of keys and values"
        if self.is_list:
            return "a list"
        return "nothing" if self.is_missing else repr(str(self.node.value)[:40])


def read_yaml(text: str, file: str, *, error: type[ExitlineError] = RuleFileError) -> Located:
    """The content of a YAML file, in which every value knows where it stands.

    Parameters
    ----------
    text : str
        At most one megabyte.
    file : str
        Name for messages.
    error : type of ExitlineError
        The error to raise.

    Raises
    ------
    ExitlineError
        For text that is not YAML, is empty, or uses anchors, tags or several documents.

    Examples
    --------
    >>> tree = read_yaml("line:\\n  value: 4891", "albania.yaml")
    >>> value = tree.table()["line"].table()["value"]
    >>> value.number(), value.where
    (4891.0, 'albania.yaml:2, line.value')
    """
    if len(text.encode()) > MAX_BYTES:
        raise error("the file is too large", where=file, expected=f"at most {MAX_BYTES:,} bytes")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _check_events(yaml.parse(text, loader), file, error)
        node = yaml.compose(text, loader)
    except yaml.YAMLError as reason:
        raise _not_yaml(reason, file, error) from None
    if node is None:
        raise error("the file is empty", where=file, remedy="see docs/rule-files.md")
    return Located(node, file, error=error)


def read_text(path: Path, *, error: type[ExitlineError] = RuleFileError) -> str:
    """The text of a file.

    Raises
    ------
    ExitlineError
        When it is not there, cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as reason:
        raise error(
            "the file is not UTF-8 text",
            where=str(path),
            expected="UTF-8",
            got=f"another encoding (byte {reason.start + 1})",
            remedy="save it as UTF-8",
        ) from None
    except OSError as reason:
        raise error(
            "the file cannot be read",
            where=str(path),
            expected="a file that exists and may be read",
            got=reason.strerror or type(reason).__name__,
            remedy="check the path",
        ) from None


def _check_events(events: Iterable[Any], file: str, error: type[ExitlineError]) -> None:
    """Refuse what rule files have no use for, before anything is built from it."""
    depth = documents = 0
    for event in events:
        line = event.start_mark.line + 1
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        what = _refused(event)
        if depth > MAX_DEPTH:
            what = f"more than {MAX_DEPTH} levels of keys"
        if documents > 1:
            what = "a second document ('---')"
        if what:
            raise error(
                f"{what} cannot be used here",
                where=f"{file}:{line}",
                expected="plain tables, lists, texts and numbers",
                got=what,
                remedy="write the value out in full",
            )


def _refused(event: Any) -> str:
    """What this event is called, if it is one that is refused."""
    if isinstance(event, yaml.AliasEvent):
        return f"the alias *{event.anchor}"
    if getattr(event, "anchor", None):
        return f"the anchor &{event.anchor}"
    return f"the tag {event.tag}" if getattr(event, "tag", None) else ""


def _not_yaml(reason: Any, file: str, error: type[ExitlineError]) -> ExitlineError:
    """The error for text that is not YAML."""
    mark = getattr(reason, "problem_mark", None)
    return error(
        "the file is not YAML",
        where=f"{file}:{mark.line + 1}" if mark else file,
        expected="YAML",
        got=str(getattr(reason, "problem", None) or reason).splitlines()[0],
        remedy="look for a missing quotation mark, a wrong indent or a tab near this line",
    )
