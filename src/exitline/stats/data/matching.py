"""How households and persons fit together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exitline.stats.data.keys import Joined


@dataclass(frozen=True)
class Matching:
    """How households and persons fit together.

    Parameters
    ----------
    joined : Joined
        Households on the left, those of the persons table on the right.
    other_size : int
        Households whose declared size differs from the number of their persons.
    persons_without_key : int
        Persons who name no household.
    """

    joined: Joined
    other_size: int = 0
    persons_without_key: int = 0
