"""Checking the data at hand against the digests of a claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

from exitline.proof.claim.canonical import file_digest
from exitline.proof.claim.checking.rows import row_digest
from exitline.proof.claim.errors import ClaimError
from exitline.proof.claim.record import Claim, InputDigest
from exitline.words.said import say

_TABLE = "a table in memory"


@dataclass(frozen=True)
class Bound:
    """Data matched to the inputs of a claim.

    Parameters
    ----------
    data : mapping of str to path or table
        What to compute from, by the input's name in the claim.
    missing : tuple of str
        Inputs for which nothing was given.
    changed : tuple of str
        Inputs for which something else was given.
    notes : tuple of str
        How what was given differs.
    """

    data: Mapping[str, Any]
    missing: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def bind_data(inputs: Sequence[InputDigest], data: Any) -> Bound:
    """Match data to inputs: by digest, then by name, then by being the only one.

    Parameters
    ----------
    inputs : sequence of InputDigest
        The inputs of a claim.
    data : path, table, sequence of paths, mapping of name to path or table, or None
        The data at hand.

    Raises
    ------
    ClaimError
        When a file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "survey.csv"
    >>> _ = file.write_text("y\\n1\\n")
    >>> bind_data([InputDigest("survey.csv", sha256=file_digest(file))], file).changed
    ()
    >>> bind_data([InputDigest("survey.csv", sha256="0" * 64)], None).missing
    ('data file survey.csv (sha256 0000000000000000)',)
    """
    matched = _matched(inputs, _given(data))
    found = {each.name: one.value for each, one in matched if one is not None}
    missing = [_called(each) for each, one in matched if one is None]
    changed: list[str] = []
    notes: list[str] = []
    for each, one in matched:
        if one is None:
            continue
        same_file = bool(each.sha256) and one.digest == each.sha256
        if each.rows and row_digest(one.value) == each.rows:
            if each.sha256 and not same_file:
                notes.append(say("{file}: another file with the same rows", file=each.name))
        elif each.rows or not same_file:
            changed.append(_called(each))
            notes.append(_difference(each, one, same_file=same_file))
    return Bound(found, tuple(missing), tuple(changed), tuple(notes))


def with_rows(claim: Claim, files: Sequence[str | Path]) -> Claim:
    """The claim with a digest of the rows of some of its data files.

    Parameters
    ----------
    claim : Claim
        As made from a run.
    files : sequence of str or Path
        The files, unchanged since the run.

    Returns
    -------
    Claim

    Raises
    ------
    ClaimError
        When a file is not one of the claim's inputs, byte for byte.

    Examples
    --------
    >>> import tempfile
    >>> from exitline.proof.claim import Query, Rounding
    >>> file = Path(tempfile.mkdtemp()) / "s.csv"
    >>> _ = file.write_text("y\\n1\\n")
    >>> claim = Claim(
    ...     statement="{figure}", value="1", rounding=Rounding(), query=Query(measure="count"),
    ...     inputs=(InputDigest("s.csv", sha256=file_digest(file)),), software="exitline 0.1.0",
    ... )
    >>> len(with_rows(claim, [file]).inputs[0].rows)
    64
    """
    for file in files:
        digest = file_digest(file)
        if digest not in {each.sha256 for each in claim.inputs}:
            raise ClaimError(
                "this file is not one of the claim's inputs",
                where=str(file),
                expected=" or ".join(_called(each) for each in claim.inputs),
                got=f"a file with sha256 {digest[:16]}",
                remedy="name the data file that the run has read, unchanged",
            )
        rows = row_digest(file)
        inputs = (replace(i, rows=rows) if i.sha256 == digest else i for i in claim.inputs)
        claim = replace(claim, inputs=tuple(inputs))
    return claim


@dataclass(frozen=True)
class _Given:
    """A file or table at hand, with its name and, for a file, the digest of its bytes."""

    name: str
    value: Any
    digest: str = ""


def _given(data: Any) -> list[_Given]:
    """The data at hand, files as paths; two files may have one name."""
    if data is None:
        return []
    if isinstance(data, Mapping):
        return [_one(str(name), value) for name, value in data.items()]
    if isinstance(data, (list, tuple)):
        return [one for each in data for one in _given(each)]
    return [_one(Path(data).as_posix() if isinstance(data, (str, Path)) else _TABLE, data)]


def _one(name: str, value: Any) -> _Given:
    if isinstance(value, (str, Path)):
        return _Given(name, Path(value), file_digest(value))
    return _Given(name, value)


def _matched(
    inputs: Sequence[InputDigest], given: Sequence[_Given]
) -> list[tuple[InputDigest, _Given | None]]:
    """What was given for each input: by digest; else by name, what no digest has taken."""
    same = {
        each.name: one
        for each in inputs
        for one in given
        if each.sha256 and one.digest == each.sha256
    }
    left = [one for one in given if all(one is not taken for taken in same.values())]
    alone = len(inputs) == len(given) == 1
    found: list[tuple[InputDigest, _Given | None]] = []
    for each in inputs:
        named = [one for one in left if _ends_in(one.name, each.name)]
        if each.name in same:
            found.append((each, same[each.name]))
        elif named or (alone and left):
            found.append((each, (named or left)[0]))
            left = [one for one in left if one is not found[-1][1]]
        else:
            found.append((each, None))
    return found


def _ends_in(path: str, name: str) -> bool:
    """Whether a path ends in a name, which may have folders before it."""
    tail = PurePath(name).parts
    return PurePath(path).parts[-len(tail) :] == tail


def _called(each: InputDigest) -> str:
    if not (each.sha256 or each.rows):
        return f"a digest of {each.name} in the claim"
    digest = f"sha256 {each.sha256[:16]}" if each.sha256 else f"rows {each.rows[:16]}"
    return f"data file {each.name} ({digest})"


def _difference(each: InputDigest, one: _Given, *, same_file: bool) -> str:
    """In words, how the data at hand differ from the claim's."""
    if not (each.sha256 or each.rows):
        return f"the claim does not fix its data: {each.name} was never a file"
    if same_file:
        return f"the claim's digest of the rows of {each.name} is not that of its rows"
    called = PurePath(one.name).name
    have = f"{called} has sha256 {one.digest[:16]}" if one.digest else f"{_TABLE} has other rows"
    return f"the data changed: {have}, the claim was made from {_called(each)}"
