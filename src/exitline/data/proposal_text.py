"""A proposal as a commented study file, which loads as it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from exitline.data.propose import Guess, Proposal
from exitline.files import OutputError, whole_file

_PLAIN = re.compile(r"[^\W\d][\w ./-]*")
_RESERVED = {"yes", "no", "on", "off", "true", "false", "null", "y", "n", "~"}
_NARROW = 30

_MISSING = {
    "household": ("hhid", "no column holds each value once; repeated households stay unseen"),
    "welfare": ("pc_exp", "no column looks like consumption or income of one person"),
    "size": ("hhsize", "no column looks like the number of persons; households are counted"),
    "weight": ("hhweight", "no column looks like a weight; for a full count say census: true"),
    "strata": ("stratum", "no column looks like the first-stage stratum"),
    "psu": ("cluster", "no column looks like the sampled cluster"),
}


def study_text(
    proposal: Proposal, title: str, data: str, options: Mapping[str, Any] | None = None
) -> str:
    """The YAML text of a proposal.

    Parameters
    ----------
    proposal : Proposal
    title : str
        Title of the study.
    data : str
        Path of the data file from the study's folder.
    options : mapping, optional
        Reader options to write beside the path (encoding, sheet ...).

    Returns
    -------
    str
        What was not recognised is left as a comment.

    Examples
    --------
    >>> empty = Proposal({}, (), 9)
    >>> print(study_text(empty, "Survey", "a.csv").splitlines()[3])
    study: Survey
    """
    source = _quoted(data)
    if options:
        inner = ", ".join(f"{name}: {_option(value)}" for name, value in options.items())
        source = f"{{path: {source}, {inner}}}"
    parts = [
        "# Proposed by `exitline init`. Read every line: names and values were looked at, no",
        "# documentation was. Correct what is wrong, then run `exitline check` on this file.",
        "# All keys: docs/study.md.",
        f"study: {_quoted(title)}",
        "# standard: world-bank-lines  # a rule file: see `exitline standards`",
        "data:",
        *_persons(proposal),
        f"  households: {source}  # {proposal.rows:,} rows",
        "columns:",
        *(_role(proposal, role) for role in ("household", "welfare", "size")),
        "design:",
        *(_role(proposal, role) for role in ("weight", "strata", "psu")),
        *(["  nest: true  # PSU ids start anew in each stratum"] if proposal.nest else []),
        _areas(proposal),
        "# levels: {village: ..., county: ...}  # for decisions up the chain",
        "# lines: [1.9, national]  # numbers in the unit of welfare, or lines of the standard",
        "# period: month  # welfare is per day, month or year",
        f"year: {proposal.year}" if proposal.year else "# year: 2012  # of the survey",
    ]
    return "\n".join(parts) + "\n"


def _persons(proposal: Proposal) -> list[str]:
    """A remark where the table looks like one of persons."""
    if proposal.repeats is None:
        return []
    return [
        f"  # '{proposal.repeats}' occurs on several rows: this looks like a table of persons.",
        "  # Name the table of households here and this one as",
        f"  # persons: ..., with on: {_quoted(proposal.repeats)}",
    ]


def _role(proposal: Proposal, role: str) -> str:
    """One line of columns or design."""
    guess: Guess | None = proposal.guesses.get(role)
    if guess is None:
        example, reason = _MISSING[role]
        if role == "strata" and proposal.nesting:
            reason += "; PSUs lie within " + ", ".join(proposal.nesting)
        return _line(f"  # {role}: {example}", reason)
    others = f"; or {', '.join(guess.others)}" if guess.others else ""
    return _line(f"  {role}: {_quoted(guess.column)}", guess.reason + others)


def _areas(proposal: Proposal) -> str:
    if not proposal.areas:
        return "# areas: [region]  # no column looks like a region"
    return f"areas: [{', '.join(_quoted(name) for name in proposal.areas)}]"


def _line(text: str, comment: str) -> str:
    return f"{text:<{_NARROW}}  # {comment}"


def _option(value: Any) -> str:
    """An option of a reader: one text, or several."""
    if isinstance(value, str):
        return _quoted(value)
    return "[" + ", ".join(_quoted(one) for one in value) + "]"


def _quoted(text: str) -> str:
    """Text as YAML: plain where that is safe, in double quotes otherwise."""
    if _PLAIN.fullmatch(text) and text.lower() not in _RESERVED and text == text.strip():
        return text
    return json.dumps(text, ensure_ascii=False)


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet.

    Parameters
    ----------
    path : Path
    text : str

    Raises
    ------
    OutputError
        When the file is there already, or its folder cannot be written.
    """
    if path.exists():
        raise OutputError(
            "the file is there already, and is not overwritten",
            where=str(path),
            expected="a name that is free",
            got="an existing file",
            remedy="choose another name with --out, or print the proposal with --out -",
        )
    with whole_file(path) as partial:
        partial.write_text(text, encoding="utf-8")
