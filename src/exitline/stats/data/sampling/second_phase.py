"""The second phase of a sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from exitline.errors import DesignError, nearest

PhaseMethod = Literal["full", "approx"]


@dataclass(frozen=True)
class SecondPhase:
    """The second phase of a sample: which units of the first were drawn again, and how.

    The data hold all rows of the first phase; figures speak from those of the second, whose
    weights are multiplied by units of the first phase over units of the second in each
    stratum. The design's `weight` is that of the first phase.

    Parameters
    ----------
    selected : str
        Column that is true (or 1) on rows of the second phase.
    strata : str or sequence of str, optional
        Strata of the second phase, known on all rows; they may cut across those of the first.
    psu : str, optional
        Units that the second phase drew, within those of the first; rows unless given.
    method : {"full", "approx"}
        "full" is Särndal's variance with joint probabilities of both phases; "approx" adds the
        variance of the first phase, estimated from the second, to that of the second.

    Raises
    ------
    DesignError

    Examples
    --------
    >>> SecondPhase("visited", strata="group").columns
    ('visited', 'group')
    """

    selected: str
    strata: str | Sequence[str] | None = None
    psu: str | None = None
    method: PhaseMethod = "full"

    def __post_init__(self) -> None:
        many = (self.strata,) if isinstance(self.strata, str) else tuple(self.strata or ())
        object.__setattr__(self, "strata", many)
        named = (self.selected, *many, *((self.psu,) if self.psu is not None else ()))
        if not all(isinstance(one, str) for one in named):
            raise _refusal("cannot be read", "selected", "names of columns", "something else")
        if self.method not in get_args(PhaseMethod):
            hint = nearest(str(self.method), get_args(PhaseMethod))
            known = "one of " + ", ".join(get_args(PhaseMethod))
            raise _refusal("has a method that is not known", "method", known,
                           repr(self.method), hint)  # fmt: skip

    @property
    def strata_columns(self) -> tuple[str, ...]:
        """Columns of strata; several are crossed."""
        return tuple(self.strata or ())

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column it refers to."""
        return (self.selected, *self.strata_columns, *((self.psu,) if self.psu else ()))

    @property
    def roles(self) -> dict[str, str]:
        """The roles of its columns in a study."""
        found = {"second_phase": self.selected}
        for i, name in enumerate(self.strata_columns, start=1):
            found["second_phase_strata" + (f"_{i}" if i > 1 else "")] = name
        return found | ({"second_phase_psu": self.psu} if self.psu is not None else {})


def _refusal(what: str, key: str, expected: str, got: str, remedy: str = "") -> DesignError:
    return DesignError(
        f"design.second_phase {what}", where=f"design.second_phase.{key}", expected=expected,
        got=got, remedy=remedy or "for instance selected: visited, strata: group",
    )  # fmt: skip
