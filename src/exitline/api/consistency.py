"""Whether the figures of a published sentence fit together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from exitline.errors import ArgumentError
from exitline.stats.data.readers.declaring import choose

if TYPE_CHECKING:
    from exitline.proof.claim.relation_file import Consistency
    from exitline.proof.claim.relations import Range


def check_claim(
    sentence: str | Path,
    *,
    household_size: tuple[str | int, str | int] | None = None,
    source: str = "",
) -> Consistency:
    """Compare the figures of a published sentence with each other and with facts.

    Parameters
    ----------
    sentence : str or path
        The sentence itself, a text file that has it (.txt), or a file of figures, relations
        and public facts (.yaml).
    household_size : pair, optional
        Persons per household that are plausible, from and to.
    source : str
        Where that range was read.

    Returns
    -------
    Consistency
        `consistent`, and a finding for each relation: consistent, not consistent or cannot
        tell, with the calculation.

    Raises
    ------
    ArgumentError, ClaimError

    Examples
    --------
    >>> import exitline as xl
    >>> xl.check_claim("10 of 2,076 households (0.48 %)").consistent
    True
    """
    from exitline.proof.claim.relation_file import check_file
    from exitline.proof.claim.sentence import check_sentence, read_sentence

    if bool(household_size) != bool(source):
        said = choose("household_size= and source=", "--household-size and --source")
        raise ArgumentError(f"{said} go together.")
    size = None if household_size is None else _range(household_size, source)
    given = str(sentence)
    if given.endswith((".yaml", ".yml")):
        if size is not None:
            raise ArgumentError("a file of relations names its own facts.")
        return check_file(given)
    if given.endswith(".txt"):
        return check_sentence(read_sentence(Path(given)), size)
    return check_sentence(given, size)


def _range(ends: tuple[str | int, str | int], source: str) -> Range:
    """The range of persons per household."""
    from exitline.proof.claim.exact import exact
    from exitline.proof.claim.relations import Range

    low, high = (exact(str(end)) for end in ends)
    return Range("household_size", low, high, source, "persons per household")
