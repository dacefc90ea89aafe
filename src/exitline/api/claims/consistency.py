"""Whether the figures of a published sentence fit together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exitline.proof.claim.sentences.relations import Consistency


def check_claim(file: str | Path) -> Consistency:
    """Compare the figures of a published sentence with each other and with facts.

    Parameters
    ----------
    file : path
        YAML: the sentence, its figures, their relations and public facts.

    Returns
    -------
    Consistency
        `consistent`, and a finding for each relation: consistent, not consistent or cannot
        tell, with the calculation.

    Raises
    ------
    ClaimError
        When the file cannot be read as such: all its faults, with file, line and key.

    Examples
    --------
    >>> import exitline as xl
    >>> found = xl.check_claim("examples/claims/dongxiang-2020.yaml")
    >>> {one.outcome for one in found.findings} <= {"consistent", "not consistent", "cannot tell"}
    True
    """
    from exitline.proof.claim.sentences.relations import check_file

    return check_file(file)
