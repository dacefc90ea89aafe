"""Which stratum and PSU each code of a sample stands for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from exitline.stats.infer.intake.codes import texts

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.arrays import Ints


@dataclass(frozen=True)
class Ids:
    """Which stratum and PSU each code of a sample stands for, as the data write them.

    Attributes
    ----------
    strata : tuple of str
        By code; ("",) without strata.
    values : pyarrow.Array
        Different ids of PSUs.
    value : int array, shape (psus,)
        Place of each PSU's id in `values`.
    stratum : int array, shape (psus,)
        The stratum's code of each PSU.
    """

    strata: tuple[str, ...]
    values: pa.Array
    value: Ints
    stratum: Ints

    @property
    def repeated(self) -> int:
        """Ids that stand for PSUs of several strata."""
        return len(self.value) - len(self.values)

    @cached_property
    def psus(self) -> tuple[str, ...]:
        """The id of each PSU, by code."""
        shown = texts(self.values)
        return tuple(shown[i] for i in self.value)

    def pairs(self) -> list[tuple[str, str]]:
        """Stratum and PSU of each code."""
        return [(self.strata[h], psu) for h, psu in zip(self.stratum, self.psus, strict=True)]
