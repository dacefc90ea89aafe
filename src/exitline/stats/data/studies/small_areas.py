"""A model of small areas that a study asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exitline.stats.data.table_ref import TableRef


@dataclass(frozen=True)
class SmallAreaUse:
    """One model that a study asks for.

    Attributes
    ----------
    kind : str
    area : str
        The column of areas.
    line : str or None
        At which of the study's lines, where there are several.
    tables : mapping of str to TableRef
    options : mapping of str to value
        As written; a kind gives what is not.
    where : str
        File, line and key of the study.
    """

    kind: str
    area: str
    line: str | None = None
    tables: Mapping[str, TableRef] = field(default_factory=lambda: MappingProxyType({}))
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    where: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of areas, of every level."""
        by = self.options.get("by") or ()
        some = [(one,) if isinstance(one, str) else one for one in by]
        named = [self.area, *(name for one in some for name in one), self.options.get("district")]
        return tuple(dict.fromkeys(name for name in named if name))
