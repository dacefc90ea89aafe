"""A panel and an assessment that a study asks for beside its own figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exitline.stats.data.table_ref import TableRef

_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class PanelUse:
    """The same households at several visits.

    Attributes
    ----------
    tables : tuple of TableRef
        One for each wave, or one alone; empty for the study's households.
    options : mapping of str to value
        Keywords of `exitline.dynamics`, as written; the study gives what is not.
    watch : mapping of str to value, or None
        Keywords of `exitline.watch`.
    called : mapping of str to str
        Wave: what it is called.
    where : str
        File, line and key of the study.
    """

    tables: tuple[TableRef, ...] = ()
    options: Mapping[str, Any] = field(default_factory=lambda: _NONE)
    watch: Mapping[str, Any] | None = None
    called: Mapping[str, str] = field(default_factory=lambda: _NONE)
    where: str = ""


@dataclass(frozen=True)
class AssessmentUse:
    """Visits of an assessment.

    Attributes
    ----------
    visits, counts : TableRef
    standard : str or None
        Another standard than the study's.
    options : mapping of str to value
        Keywords of `exitline.assess`, as written.
    where : str
        File, line and key of the study.
    """

    visits: TableRef
    counts: TableRef
    standard: str | None = None
    options: Mapping[str, Any] = field(default_factory=lambda: _NONE)
    where: str = ""
