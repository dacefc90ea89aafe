"""Connections that must come to the point: a request within seconds, an answer taken in a minute.

uvicorn closes connections that are kept alive, but lets one wait for ever that never ends its
request, and counts it among those that are served: 200 of them shut everyone else out
("slowloris"). Here only requests count towards the limit, a request that is not complete in
time is dropped, and so is the longest waiting connection where there are too many.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

SECONDS_TO_ASK = 10.0
"""How long a request may take to arrive, from the opening of its connection."""
SECONDS_TO_TAKE = 120.0
"""How long an answer may take to be made and taken."""
MOST_OPEN = 400
"""Most connections that are open at once, waiting ones included."""
MOST_AT_ONCE = 200
"""Most requests that are answered at once; others are told to come back (503)."""


class Connection(H11Protocol):
    """uvicorn's connection, with a deadline for each request and each answer."""

    _deadline: asyncio.TimerHandle | None = None
    _awaited: object = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for a request; make room where too many wait."""
        super().connection_made(transport)
        self._watch()
        if len(self.connections) > MOST_OPEN:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        """Take bytes of a request, with requests alone counted towards the limit."""
        self.limit_concurrency = MOST_AT_ONCE if len(self.tasks) >= MOST_AT_ONCE else None
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._stop()
        super().connection_lost(exc)

    @property
    def is_answering(self) -> bool:
        """Whether a request is complete and its answer is not."""
        return self.cycle is not None and not self.cycle.response_complete

    def _watch(self) -> None:
        """Set the deadline of what is waited for; more bytes of the same do not move it."""
        awaited = self.cycle if self.is_answering else (self.cycle, "a request")
        if awaited == self._awaited:
            return
        self._stop()
        self._awaited = awaited
        seconds = SECONDS_TO_TAKE if self.is_answering else SECONDS_TO_ASK
        self._deadline = self.loop.call_later(seconds, self.transport.abort)

    def _stop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None

    def _make_room(self) -> None:
        """Drop the connection that has waited longest without a request."""
        waiting = [
            one
            for one in self.connections
            if isinstance(one, Connection) and one is not self and not one.is_answering
        ]
        if waiting:
            min(waiting, key=lambda one: one._until).transport.abort()

    @property
    def _until(self) -> float:
        """When its deadline is, on the loop's clock."""
        return self._deadline.when() if self._deadline is not None else 0.0
