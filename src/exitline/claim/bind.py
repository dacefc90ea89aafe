"""Holding the data at hand against the digests of a claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from exitline.claim.canonical import file_digest
from exitline.claim.errors import ClaimError
from exitline.claim.record import Claim, InputDigest
from exitline.claim.rows import row_digest


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
    given = _named(data)
    digests = {name: file_digest(one) for name, one in given.items() if isinstance(one, Path)}
    found: dict[str, Any] = {}
    missing: list[str] = []
    changed: list[str] = []
    notes: list[str] = []
    for each in inputs:
        name = _match(each, given, digests, alone=len(inputs) == len(given) == 1)
        if name is None:
            missing.append(_called(each))
            continue
        found[each.name] = given[name]
        if each.sha256 and digests.get(name) == each.sha256:
            continue
        if each.rows and row_digest(given[name]) == each.rows:
            if each.sha256:
                notes.append(f"{each.name}: another file with the same rows")
            continue
        changed.append(_called(each))
        notes.append(_difference(each, name, digests.get(name)))
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
    >>> from exitline.claim import Query, Rounding
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


def _named(data: Any) -> dict[str, Any]:
    """The data by name, files as paths."""
    if data is None:
        return {}
    if isinstance(data, Mapping):
        return {str(k): Path(v) if isinstance(v, str) else v for k, v in data.items()}
    if isinstance(data, (str, Path)):
        return {Path(data).name: Path(data)}
    if isinstance(data, (list, tuple)):
        return {name: one for each in data for name, one in _named(each).items()}
    return {"a table in memory": data}


def _match(
    each: InputDigest, given: Mapping[str, Any], digests: Mapping[str, str], *, alone: bool
) -> str | None:
    """The name of what was given for an input."""
    for name, digest in digests.items():
        if each.sha256 and digest == each.sha256:
            return name
    if each.name in given:
        return each.name
    return next(iter(given)) if alone else None


def _called(each: InputDigest) -> str:
    if not (each.sha256 or each.rows):
        return f"a digest of {each.name} in the claim"
    digest = f"sha256 {each.sha256[:16]}" if each.sha256 else f"rows {each.rows[:16]}"
    return f"data file {each.name} ({digest})"


def _difference(each: InputDigest, name: str, digest: str | None) -> str:
    """In words, how the data at hand differ from the claim's."""
    if not (each.sha256 or each.rows):
        return f"the claim does not fix its data: {each.name} was never a file"
    have = f"{name} has sha256 {digest[:16]}" if digest else "a table in memory has other rows"
    return f"the data changed: {have}, the claim was made from {_called(each)}"
