"""What a request asks, once read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass


@dataclass(frozen=True)
class ReadRequest:
    """A request that was read: the parameters' values, and the language of the answer."""

    values: Mapping[str, str | int]
    language: str

    def text(self, name: str) -> str | None:
        """A parameter's value, None where it was not sent."""
        return str(self.values[name]) if name in self.values else None
