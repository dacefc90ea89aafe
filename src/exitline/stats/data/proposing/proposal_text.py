"""A proposal as a commented study file, which loads as it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exitline.files import OutputError, whole_file
from exitline.stats.data.proposing.guesses import Guess, Proposal
from exitline.words.catalogue import ENGLISH, Language
from exitline.words.said import Text, Told, listed, say, say_plural, together

_PLAIN = re.compile(r"[^\W\d][\w ./-]*")
_RESERVED = {"yes", "no", "on", "off", "true", "false", "null", "y", "n", "~"}
_NARROW = 30

_MISSING = {
    "household": (
        "hhid", say("no column has each value only once; repeated households would go unnoticed")
    ),
    "welfare": (
        "pc_exp",
        say("FILL IN: no column is clearly the consumption or income of one person"),
    ),
    "size": ("hhsize", say("no column looks like the number of persons; households are counted")),
    "weight": (
        "hhweight",
        say("FILL IN: no column looks like a weight; for a full count write census: true"),
    ),
    "strata": ("stratum", say("no column looks like the first-stage stratum")),
    "psu": ("cluster", say("no column looks like the sampled cluster")),
}  # fmt: skip


@dataclass(frozen=True)
class _Commented:
    """A line of the file, and what is said of it; one without a key is a comment alone."""

    key: str
    said: Text = ""
    wide: bool = True

    def __call__(self, t: Language) -> str:
        said = t.shown(self.said).replace("\n", " ")
        if not said:
            return self.key
        if not self.key.strip():
            return f"{self.key}# {said}"
        return f"{self.key:<{_NARROW}}  # {said}" if self.wide else f"{self.key}  # {said}"


def study_text(
    proposal: Proposal, title: str, data: str, options: Mapping[str, Any] | None = None,
    aside: Sequence[str] = (), t: Language = ENGLISH,
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
    t : Language
        Of the comments.

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
    lines = [
        *_head(),
        _Commented(f"study: {_quoted(title)}"),
        _Commented(
            "# standard: world-bank-lines", say("a rule file: see `exitline standards`"), False
        ),
        _Commented("data:"),
        *_persons(proposal),
        *(
            _Commented("  ", say("{name} was not looked at: another column differs from it in case "
                            "alone.", name=_quoted(name)))
            for name in aside
        ),
        _Commented(
            f"  households: {source}", say_plural("{n} row", "{n} rows", proposal.rows), False
        ),
        _Commented("columns:"),
        *_columns(proposal),
        _Commented("design:"),
        *_design(proposal),
        _areas(proposal),
        _Commented(
            "# levels: {village: ..., county: ...}", say("for decisions up the chain"), False
        ),
        *_measures(proposal),
        _Commented("# period: month", say("welfare is per day, month or year"), False),
        _Commented(f"year: {proposal.year}") if proposal.year
        else _Commented("# year: 2012", say("of the survey"), False),
    ]  # fmt: skip
    return "\n".join(line(t) for line in lines) + "\n"


def _head() -> list[_Commented]:
    """What stands above the keys."""
    return [
        _Commented("", text)
        for text in (
            say("Proposed by `exitline init` from names and values; no documentation was read."),
            say("Read every line, correct what is wrong and settle what says FILL IN;"),
            say("then run `exitline check` on this file."),
            say("All keys: docs/study.md."),
        )
    ]


def _persons(proposal: Proposal) -> list[_Commented]:
    """Remarks where a row is a person, or a wave of a household."""
    if proposal.waves is not None:
        return [
            _Commented("  ", say("FILL IN: '{name}' has several values: there are several waves.",
                            name=proposal.waves)),
            _Commented("  ", say("Take one of them here (a file, a query); `exitline dynamics` "
                                 "follows households.")),
        ]  # fmt: skip
    if proposal.repeats is None:
        return []
    return [
        _Commented("  ", say("'{name}' occurs on several rows: this looks like a table of persons.",
                        name=proposal.repeats)),
        _Commented("  ", say("Name the table of households here and this one as")),
        _Commented("  ", say("persons: ..., with on: {name}", name=_quoted(proposal.repeats))),
    ]  # fmt: skip


def _role(proposal: Proposal, role: str) -> _Commented:
    """One line of columns or design."""
    guess: Guess | None = proposal.guesses.get(role)
    if guess is None:
        example, why = _MISSING[role]
        reason: Text = why
        if role == "strata" and proposal.nesting:
            within = say("PSUs lie within {names}", names=", ".join(proposal.nesting))
            reason = together(reason, within, sign="; ")
        if role == "household" and proposal.pair:
            reason = _of_pair(proposal)
        return _Commented(f"  # {role}: {example}", reason)
    others = say("or {names}", names=", ".join(guess.others)) if guess.others else ""
    said = together(guess.reason, others, sign="; ")
    if not guess.sure:
        return _Commented(f"  # {role}: {_quoted(guess.column)}", say("FILL IN: {what}", what=said))
    return _Commented(f"  {role}: {guess.text or _quoted(guess.column)}", said)


def _of_pair(proposal: Proposal) -> Text:
    """Which columns are the household's key together."""
    both = listed(proposal.pair)
    if proposal.member is None:
        return say("every pair of {what} occurs once: join them to one key", what=both)
    return say(
        "households are {what} together, persons these and {name}: join them to one key, if a "
        "table of households is named", what=both, name=proposal.member,
    )  # fmt: skip


def _columns(proposal: Proposal) -> list[_Commented]:
    """The columns, and what is none of welfare."""
    found = [_role(proposal, role) for role in ("household", "welfare")]
    if proposal.refused:
        named = (say("{name} ({what})", name=name, what=Told(what))
                 for name, what in proposal.refused)  # fmt: skip
        found.append(_Commented("  ", say("no welfare: {what}", what=together(*named, sign=", "))))
    if proposal.persons:
        found.append(_Commented("  size: 1", say("a row is a person: each counts once")))
    else:
        found.append(_role(proposal, "size"))
    if _written_as(proposal, "weight"):
        found.append(_role(proposal, "weight"))
    return found


def _design(proposal: Proposal) -> list[_Commented]:
    """How the sample was drawn."""
    roles = ("strata", "psu") if _written_as(proposal, "weight") else ("weight", "strata", "psu")
    found = [_role(proposal, role) for role in roles]
    if proposal.nest:
        found.append(_Commented("  nest: true", say("PSU ids start anew in each stratum"), False))
    if proposal.replicates is not None:
        pattern, number = proposal.replicates
        said = say_plural(
            "{n} column called like replicate weights, instead of strata and psu",
            "{n} columns called like replicate weights, instead of strata and psu",
            number,
        )
        found.append(_Commented(f"  # replicates: {_quoted(pattern)}", said))
        kinds = say("{names}: FILL IN with the scale that is documented",
                    names="JK1, JKn, BRR, Fay, bootstrap, SDR")  # fmt: skip
        found.append(_Commented("  # kind: JK1", kinds))
    if proposal.fpc is not None:
        said = say("called like the finite population correction: look at its documentation")
        found.append(_Commented(f"  # fpc: {_quoted(proposal.fpc)}", said))
    if proposal.lonely:
        said = say_plural(
            "FILL IN: {n} stratum has only one PSU; or {names}",
            "FILL IN: {n} strata have only one PSU; or {names}",
            proposal.lonely, names="average, certainty, remove")  # fmt: skip
        found.append(_Commented("  # lonely: adjust", said))
    return found


def _measures(proposal: Proposal) -> list[_Commented]:
    """What can be computed before a line is declared."""
    guess = proposal.guesses.get("welfare")
    if guess is None or not guess.sure:
        counted = "count" if proposal.persons or "size" in proposal.guesses else "households"
        said = say("until welfare is named; then also {names}", names="mean, headcount")
        return [_Commented(f"measures: [{counted}]", said)]
    return [
        _Commented("# lines: [1.9, national]",
              say("FILL IN: in the unit of welfare, or lines of the standard"), False),
        _Commented("measures: [mean]", say("needs no line; with lines also {names}",
                                      names="headcount, poverty_gap, severity")),
    ]  # fmt: skip


def _written_as(proposal: Proposal, role: str) -> bool:
    """Whether a role is an expression, which stands under columns."""
    guess = proposal.guesses.get(role)
    return guess is not None and guess.text is not None


def _areas(proposal: Proposal) -> _Commented:
    if not proposal.areas:
        return _Commented("# areas: [region]", say("no column looks like a region"), False)
    return _Commented(f"areas: [{', '.join(_quoted(name) for name in proposal.areas)}]")


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
