"""What the code says, collected for the catalogues: ``python -m exitline.words.collecting``.

Every catalogue gets the messages that are new, without a text, and loses those that nobody says.
`tests/words` fails until each has a text in every language.
"""

from __future__ import annotations

import ast
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, cast

from exitline.words.error_texts import error_texts
from exitline.words.help_texts import help_texts
from exitline.words.rule_texts import rule_texts
from exitline.words.texts import ERRORS, FILE, FOLDER, HELP, KEYS, RULES, languages, read

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

ROOT = Path(__file__).parents[1]
_FUNCTIONS: dict[str, Any] = {
    "t": None, "say": None, "collected": None,
    "plural": (1, 2), "say_plural": (1, 2), "in_context": ((1, "c"), 2),
}  # fmt: skip
"""Functions whose literal arguments are messages, as Babel names them."""
_UNSTEADY = tuple(
    f'"{name}: '
    for name in (
        "Project-Id-Version", "Report-Msgid-Bugs-To", "POT-Creation-Date", "PO-Revision-Date",
        "Last-Translator", "Language-Team", "Generated-By",
    )
)  # fmt: skip
"""Lines of a header that change with every writing."""
_WORD = re.compile(r"[^\W\d_]{2}")
"""What a text has that says something."""
JSON = ("publish/explorer/assets/words.json", "publish/report/templates/words.json")
"""Words of pages' scripts: every text in them is a message."""


def collect() -> Catalog:
    """All messages of the package.

    Returns
    -------
    babel Catalog

    Examples
    --------
    >>> "All together" in collect()
    True
    """
    from babel.messages.catalog import Catalog

    found = Catalog()
    for message, context in _messages():
        found.add(message, context=context)
    return found


def collect_errors() -> Catalog:
    """What errors say, beside the messages of `collect`.

    Examples
    --------
    >>> "the file cannot be read" in collect_errors() or "the file cannot be read" in collect()
    True
    """
    from babel.messages.catalog import Catalog

    found, others = Catalog(), collect()
    for message in error_texts():
        if message not in others:
            found.add(message)
    return found


def collect_helps() -> Catalog:
    """What the help of commands says.

    Examples
    --------
    >>> "Print as JSON." in collect_helps()
    True
    """
    return _of_texts(help_texts())


def collect_keys() -> Catalog:
    """What is said of the keys of files.

    Examples
    --------
    >>> "One source." in collect_keys()
    True
    """
    return _of_texts(resolve_name("exitline.api.schemas:key_texts")())  # above this wing


def collect_rules() -> Catalog:
    """Prose of the rule files that come along, beside the messages of `collect`.

    Examples
    --------
    >>> "Worry about food" in collect_rules()
    True
    """
    others = collect()
    return _of_texts(text for text in rule_texts() if text not in others)


def _of_texts(texts: Iterable[str]) -> Catalog:
    """A catalogue of texts without places."""
    from babel.messages.catalog import Catalog

    found = Catalog()
    for message in texts:
        found.add(message)
    return found


def _messages() -> Iterator[tuple[Any, str | None]]:
    """Messages of code, templates and scripts, each with its context."""
    from babel.messages.extract import extract_from_file

    for path in sorted(ROOT.rglob("*.py")):
        for _, message, _, context in extract_from_file("python", path, keywords=_FUNCTIONS):
            yield message, context
    for path in sorted(ROOT.rglob("*.j2")):
        for message in _of_template(path):
            yield message, None
    yield from ((text, None) for text in printed().messages)
    yield from ((text, None) for text in _of_shipped_files())
    for name in JSON:
        if (ROOT / name).exists():
            yield from ((text, None) for text in _texts(json.loads((ROOT / name).read_text())))


def _of_shipped_files() -> Iterator[str]:
    """What pages of a register and of works show from procedures, cross-checks and standards."""
    import yaml

    found = {path: yaml.safe_load(path.read_text(encoding="utf-8"))
             for path in sorted(ROOT.rglob("*.yaml"))}  # fmt: skip
    yield from _of_procedures(found)
    for path, said in found.items():
        if path.name == "checks.yaml":
            yield from (said["title"], *(rule["text"] for rule in said["rules"].values()))


def _of_procedures(found: Mapping[Path, Any]) -> Iterator[str]:
    """What the shipped procedures call their states, steps, papers, roles, cases and deadlines.

    And what their standards say of columns and criteria: a register's pages show them.
    """
    standards: set[str] = set()
    for said in found.values():
        if not isinstance(said, dict) or "procedure" not in said:
            continue
        yield said["title"]
        standards |= {str(said.get("standard", ""))}
        for name, state in said.get("states", {}).items():
            yield from (name, state.get("label") or name)
            yield from state.get("categories", ())
        for name, step in said.get("steps", {}).items():
            yield step.get("label") or name
            yield from filter(None, [step.get("begins")])
        for name, paper in said.get("documents", {}).items():
            yield paper.get("label") or name
        for of in ("roles", "clocks", "monitoring"):
            yield from said.get(of, {})
    for path, said in found.items():
        if isinstance(said, dict) and {path.name, str(said.get("standard"))} & standards:
            yield from (c["meaning"] for c in said.get("columns", {}).values() if "meaning" in c)
            for level in ("household", "village", "county"):
                exits = (said.get(level) or {}).get("exits") or {}
                yield from (c["label"] for c in exits.values() if "label" in c)


@dataclass(frozen=True)
class Printed:
    """What commands hand to `show` as it stands.

    Attributes
    ----------
    messages : tuple of str
        Literals, which are messages.
    hidden : tuple of str
        Places (file:line) of sentences that are put together, which no catalogue can hold.
    """

    messages: tuple[str, ...]
    hidden: tuple[str, ...]


def printed() -> Printed:
    """What every command prints as a literal.

    Examples
    --------
    >>> "stopped" in printed().messages
    True
    """
    found: list[tuple[str, ast.expr]] = []
    for path in sorted((ROOT / "cli").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            shown = node.func if isinstance(node, ast.Call) else None
            if isinstance(shown, ast.Attribute) and ast.unparse(shown.value) == "show":
                where = f"{path.relative_to(ROOT)}:{node.lineno}"  # type: ignore[attr-defined]
                found += [(where, one) for one in _handed(node, shown.attr)]  # type: ignore[arg-type]
    texts = [one.value for _, one in found if isinstance(one, ast.Constant)]
    said = [text for text in texts if isinstance(text, str) and _WORD.search(text)]
    hidden = [where for where, one in found if isinstance(one, ast.JoinedStr)]
    return Printed(tuple(said), tuple(hidden))


def _handed(call: ast.Call, function: str) -> Iterator[ast.expr]:
    """The texts that a call of `show` prints: literals, and what is put together."""
    first = {"table": 2, "note": 1, "working": 1}.get(function, 0)
    ahead = [*call.args[:first], *(one.value for one in call.keywords if one.arg == "caption")]
    while ahead:
        one = ahead.pop()
        if isinstance(one, ast.Tuple | ast.List):
            ahead += one.elts
        elif isinstance(one, ast.IfExp):
            ahead += [one.body, one.orelse]
        elif isinstance(one, ast.BinOp):
            ahead += [one.left, one.right]
        elif isinstance(one, ast.Starred):
            ahead.append(one.value)
        else:
            yield one


def _of_template(path: Path) -> Iterator[Any]:
    """Messages of a template."""
    from babel.messages.extract import extract
    from jinja2 import Environment, nodes
    from jinja2.ext import babel_extract

    options, method = {"silent": "false", "trimmed": "true"}, cast("Any", babel_extract)
    with path.open("rb") as file:
        for _, message, _, _ in extract(method, file, _FUNCTIONS, options=options):
            yield message
    for call in Environment().parse(path.read_text(encoding="utf-8")).find_all(nodes.Call):
        forms = [one.value for one in call.args[:2] if isinstance(one, nodes.Const)]
        if isinstance(call.node, nodes.Getattr) and call.node.attr == "plural" and len(forms) == 2:
            yield tuple(forms)


def _texts(value: Any) -> Iterator[str]:
    """All texts of a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)


def update(code: str, said: Catalog, file: str = FILE) -> int:
    """Bring one catalogue up to what the code says.

    Parameters
    ----------
    code : str
    said : babel Catalog
        What the code says.
    file : one of `FILES`

    Returns
    -------
    int
        How many messages have no text yet.
    """
    catalogue = read(code, file)
    catalogue.update(said, no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    write(code, catalogue, file)
    texts = ([m.string] if isinstance(m.string, str) else m.string for m in catalogue if m.id)
    return sum(not all(forms or [""]) for forms in texts)


def write(code: str, catalogue: Catalog, file: str = FILE) -> None:
    """Write a catalogue, in the order of its messages and without dates, so that two changes of
    it can be merged.

    Parameters
    ----------
    code : str
    catalogue : babel Catalog
    file : one of `FILES`
    """
    from babel.messages.pofile import write_po

    found = io.BytesIO()
    write_po(found, catalogue, width=100, no_location=True, sort_output=True)
    lines = found.getvalue().decode().splitlines(keepends=True)
    kept = "".join(line for line in lines if not line.startswith(_UNSTEADY))
    (FOLDER / code / file).write_text(kept, encoding="utf-8")


COLLECTED = {
    FILE: collect, ERRORS: collect_errors, HELP: collect_helps, KEYS: collect_keys,
    RULES: collect_rules,
}  # fmt: skip
"""What the code says in each file."""


def main() -> None:
    """Update every catalogue and say what is missing."""
    for file, collected in COLLECTED.items():
        said = collected()
        for code in languages()[1:]:
            print(f"{code}/{file}: {update(code, said, file)} messages without a text")


if __name__ == "__main__":
    main()
