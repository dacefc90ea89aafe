"""A proposal as a commented study file, which loads as it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from exitline.files import OutputError, whole_file
from exitline.stats.data.proposing.guesses import Guess, Proposal

_PLAIN = re.compile(r"[^\W\d][\w ./-]*")
_RESERVED = {"yes", "no", "on", "off", "true", "false", "null", "y", "n", "~"}
_NARROW = 30

_MISSING = {
    "household": ("hhid", "no column holds each value once; repeated households stay unseen"),
    "welfare": (
        "pc_exp",
        "FILL IN: no column can be told to be consumption or income of one person",
    ),
    "size": ("hhsize", "no column looks like the number of persons; households are counted"),
    "weight": (
        "hhweight",
        "FILL IN: no column looks like a weight; a full count says census: true",
    ),
    "strata": ("stratum", "no column looks like the first-stage stratum"),
    "psu": ("cluster", "no column looks like the sampled cluster"),
}


def study_text(
    proposal: Proposal, title: str, data: str, options: Mapping[str, Any] | None = None,
    aside: Sequence[str] = (),
) -> str:  # fmt: skip
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
    aside : sequence of str
        Columns that were not looked at: another one has their name in other letters.

    Returns
    -------
    str
        What was not recognised is left as a comment.

    Examples
    --------
    >>> empty = Proposal({}, (), 9)
    >>> print(study_text(empty, "Survey", "a.csv").splitlines()[4])
    study: Survey
    """
    source = _quoted(data)
    if options:
        inner = ", ".join(f"{name}: {_option(value)}" for name, value in options.items())
        source = f"{{path: {source}, {inner}}}"
    parts = [
        "# Proposed by `exitline init`. Read every line: names and values were looked at, no",
        "# documentation was. Correct what is wrong, settle what says FILL IN, then run",
        "# `exitline check` on this file.",
        "# All keys: docs/study.md.",
        f"study: {_quoted(title)}",
        "# standard: world-bank-lines  # a rule file: see `exitline standards`",
        "data:",
        *_persons(proposal),
        *(
            f"  # {_quoted(name)} was not looked at: another column differs from it in case alone."
            for name in aside
        ),
        f"  households: {source}  # {proposal.rows:,} rows",
        "columns:",
        *_columns(proposal),
        "design:",
        *_design(proposal),
        _areas(proposal),
        "# levels: {village: ..., county: ...}  # for decisions up the chain",
        *_measures(proposal),
        "# period: month  # welfare is per day, month or year",
        f"year: {proposal.year}" if proposal.year else "# year: 2012  # of the survey",
    ]
    return "\n".join(parts) + "\n"


def _persons(proposal: Proposal) -> list[str]:
    """Remarks where a row is a person, or a wave of a household."""
    if proposal.waves is not None:
        return [
            f"  # FILL IN: '{proposal.waves}' has several values: there are several waves.",
            "  # Take one of them here (a file, a query); `exitline dynamics` follows households.",
        ]
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
        if role == "household" and proposal.member is not None:
            reason = (
                f"households are {' and '.join(proposal.pair)} together, persons these and "
                f"{proposal.member}: join them to one key, if a table of households is named"
            )
        elif role == "household" and proposal.pair:
            reason = (
                f"every pair of {' and '.join(proposal.pair)} occurs once: join them to one key"
            )
        return _line(f"  # {role}: {example}", reason)
    others = f"; or {', '.join(guess.others)}" if guess.others else ""
    if not guess.sure:
        return _line(f"  # {role}: {_quoted(guess.column)}", f"FILL IN: {guess.reason}{others}")
    value = guess.text or _quoted(guess.column)
    return _line(f"  {role}: {value}", guess.reason + others)


def _columns(proposal: Proposal) -> list[str]:
    """The columns, and what is none of welfare."""
    found = [_role(proposal, role) for role in ("household", "welfare")]
    if proposal.refused:
        named = ", ".join(f"{name} ({what})" for name, what in proposal.refused)
        found.append(f"  # no welfare: {named}")
    if proposal.persons:
        found.append(_line("  size: 1", "a row is a person: each counts once"))
    else:
        found.append(_role(proposal, "size"))
    if _written_as(proposal, "weight"):
        found.append(_role(proposal, "weight"))
    return found


def _design(proposal: Proposal) -> list[str]:
    """How the sample was drawn."""
    roles = ("strata", "psu") if _written_as(proposal, "weight") else ("weight", "strata", "psu")
    found = [_role(proposal, role) for role in roles]
    if proposal.nest:
        found.append("  nest: true  # PSU ids start anew in each stratum")
    if proposal.replicates is not None:
        pattern, number = proposal.replicates
        said = f"{number} columns called like replicate weights, instead of strata and psu"
        found.append(_line(f"  # replicates: {_quoted(pattern)}", said))
        kinds = "JK1, JKn, BRR, Fay, bootstrap, SDR: FILL IN with the scale that is documented"
        found.append(_line("  # kind: JK1", kinds))
    if proposal.fpc is not None:
        said = "called like the finite population correction: look at its documentation"
        found.append(_line(f"  # fpc: {_quoted(proposal.fpc)}", said))
    if proposal.lonely:
        said = f"FILL IN: {proposal.lonely:,} strata have one PSU alone; or average, certainty"
        found.append(_line("  # lonely: adjust", f"{said}, remove"))
    return found


def _measures(proposal: Proposal) -> list[str]:
    """What can be computed before a line is declared."""
    guess = proposal.guesses.get("welfare")
    if guess is None or not guess.sure:
        counted = "count" if proposal.persons or "size" in proposal.guesses else "households"
        return [
            _line(f"measures: [{counted}]", "until welfare is named; then also mean, headcount")
        ]
    return [
        "# lines: [1.9, national]  # FILL IN: in the unit of welfare, or lines of the standard",
        _line(
            "measures: [mean]", "needs no line; with lines also headcount, poverty_gap, severity"
        ),
    ]


def _written_as(proposal: Proposal, role: str) -> bool:
    """Whether a role is an expression, which stands under columns."""
    guess = proposal.guesses.get(role)
    return guess is not None and guess.text is not None


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
