"""From a rule file to a frozen `Standard`, or to an error that says what to correct."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from exitline.digest import digest_of as hashed
from exitline.errors import Faults, RuleFileError, nearest
from exitline.rules.standard import load_parts, load_rules
from exitline.rules.standard.keys import StandardFile
from exitline.rules.standard.lines import ALWAYS
from exitline.rules.standard.load_context import LoadContext
from exitline.rules.standard.model import LEVELS, ExitRule, Level, Standard
from exitline.rules.yamlfile.tree import Tree, file_text, read_text
from exitline.rules.yamlfile.values import content

T = TypeVar("T")
CASES = ".cases.yaml"


def load(name_or_path: str | Path) -> Standard:
    """Read a standard.

    Parameters
    ----------
    name_or_path : str or Path
        The name of a shipped rule file (see `shipped`), or the path of a YAML file.

    Returns
    -------
    Standard

    Raises
    ------
    RuleFileError
        When there is no such file or name, or the file cannot be used as it stands: says
        file, line, key, what was expected, what came, and what to do.
    ConditionError
        For a condition that is not in the condition language.

    Examples
    --------
    >>> standard = load("albania-2012")
    >>> standard.line("absolute").figure(2012).value
    4891.0
    """
    text = str(name_or_path)
    known = _shipped_paths()
    if text in known:
        path = known[text]
        return read_standard(file_text(path), f"{path.parent.name}/{path.name}", path=path)
    path = Path(name_or_path)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        return read_standard(file_text(path), text, path=path)
    raise RuleFileError(
        f"there is no standard '{text}'",
        expected="a shipped name (" + ", ".join(known) + ") or the path of a .yaml file",
        got=text,
        remedy=nearest(text, known) or "exitline standards lists what is shipped",
    )


def shipped() -> tuple[str, ...]:
    """The names of the rule files that come with exitline, in alphabetical order.

    Examples
    --------
    >>> "china-2011-2020" in shipped()
    True
    """
    return tuple(_shipped_paths())


@cache
def _shipped_paths() -> Mapping[str, Path]:
    """The path of each shipped rule file by the name on its first line."""
    folder = Path(str(files("exitline.rules"))) / "standards"
    found: dict[str, Path] = {}
    for path in sorted(folder.glob("*/*.yaml")):
        if path.name.endswith(CASES):
            continue
        match = re.search(r"^standard:\s*(\S+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        if match:
            found[match[1]] = path
    return MappingProxyType(dict(sorted(found.items())))


def read_standard(text: str, file: str, *, path: Path | None = None) -> Standard:
    """The standard in the text of a rule file.

    Parameters
    ----------
    text : str
        YAML, as docs/rule-files.md describes it.
    file : str
        Name for messages.
    path : Path, optional
        Where it was read from.

    Raises
    ------
    RuleFileError, ConditionError
        As `load`.

    Examples
    --------
    >>> made = read_standard(
    ...     '''
    ... standard: example
    ... title: An example
    ... jurisdiction: world
    ... sources: {me: {title: Made up for this example, verified: false}}
    ... lines:
    ...   food:
    ...     label: Food line
    ...     unit: ALL per person per day
    ...     boundary: "<"
    ...     value: 10
    ...     source: me
    ... ''',
    ...     "example.yaml",
    ... )
    >>> made.line("food").figure(2020)
    StandardFigure(value=10.0, source='me', verified=False, note='')
    """
    tree = read_text(text, file)
    keys = StandardFile.read(tree)
    context = _context(keys)
    valid = ALWAYS if keys.valid is None else load_parts.read_period(keys.valid)
    rules = _rules(keys, context)
    cohorts = load_rules.read_cohorts(keys.cohorts or {}, context)
    if not (context.lines or context.indicators or any(rules.values()) or cohorts or context.bands):
        raise tree.fault(
            "the file states no rule",
            expected="lines, indicators, bands, household, village, county or cohorts",
            remedy="see docs/rule-files.md",
        )
    return Standard(
        name=keys.standard,
        title=keys.title,
        jurisdiction=context.jurisdiction,
        valid_from=valid.first,
        valid_to=valid.last,
        sources=context.sources,
        columns=context.columns,
        lines=context.lines,
        upratings=context.upratings,
        indicators=context.indicators,
        cutoffs=context.cutoffs,
        bands=context.bands,
        area_classes=context.area_classes,
        cohorts=cohorts,
        note=keys.note or "",
        path=path,
        digest=digest_of(tree),
        text=text,
        **rules,
    )


def digest_of(tree: Tree) -> str:
    """SHA-256 of the content as canonical JSON: layout, comments and key order do not count."""
    return hashed(content(tree))


def _rules(keys: StandardFile, context: LoadContext) -> dict[Level, ExitRule | None]:
    """The exit rule of each level that has one."""
    found: dict[Level, ExitRule | None] = dict.fromkeys(LEVELS)
    faults = Faults()
    for level in LEVELS:
        rule = getattr(keys, level)
        if rule is not None:
            with faults.kept():
                found[level] = load_rules.read_rule(level, rule, context)
    faults.raise_all()
    return found


def _context(keys: StandardFile) -> LoadContext:
    """Everything that the rules refer to, part after part."""
    empty: Mapping[str, Any] = MappingProxyType({})
    column, classes = (
        ("", {}) if keys.area_classes is None else load_parts.read_area_classes(keys.area_classes)
    )
    c = LoadContext(
        jurisdiction=keys.jurisdiction,
        sources=_each(keys.sources, load_parts.read_source),
        area_classes=MappingProxyType(classes),
        area_column=column or None,
        columns=_each(keys.columns, load_parts.read_column),
        upratings=empty,
        lines=empty,
        indicators=empty,
        cutoffs=empty,
        bands=empty,
    )
    _check_area_column(keys, c)
    c = replace(c, columns=MappingProxyType(load_parts.read_derivations(keys.columns or {}, c)))
    c = replace(c, upratings=_each(keys.uprating, load_parts.read_uprating, c))
    c = replace(c, lines=_each(keys.lines, load_parts.read_line, c))
    c = replace(c, indicators=_each(keys.indicators, load_parts.read_indicator, c))
    if keys.indicators is not None:
        load_parts.check_weights(keys.at("indicators"), c.indicators)
    c = replace(c, cutoffs=_each(keys.cutoffs, load_parts.read_cutoff, c))
    return replace(c, bands=_each(keys.bands, load_parts.read_bands, c))


def _each(
    keys: Mapping[str, Any] | None, read: Callable[..., T], *context: LoadContext
) -> Mapping[str, T]:
    """Every entry of a table of named things."""
    found: dict[str, T] = {}
    faults = Faults()
    for name, one in (keys or {}).items():
        with faults.kept():
            found[name] = read(name, one, *context)
    faults.raise_all()
    return MappingProxyType(found)


def _check_area_column(keys: StandardFile, context: LoadContext) -> None:
    """The column of area classes must be declared as text."""
    name = context.area_column
    if name is None:
        return
    column = context.columns.get(name)
    if column is None or column.kind != "text":
        raise keys.at("area_classes").fault(
            f"the column '{name}' of the area classes is not declared as text",
            expected=f"columns: {name}: {{meaning: ..., type: text}}",
            got="another type" if column else "no such column",
            remedy="declare it under 'columns'",
        )
