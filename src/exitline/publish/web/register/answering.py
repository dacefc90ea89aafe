"""Django's handler in threads of its own, whose connections to the database stay open.

Django's own ASGI handler begins a thread, and with it a connection, for every request, and goes
back and forth between loop and thread at each middleware. Here a request is read by the loop,
however slowly it comes, and answered in one of a few threads from its first middleware to its
last. What is sent is taken from the answer by the loop again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.urls import set_script_prefix

HANDS = 6
"""Threads of a process that answer; each holds one connection to the database."""


class Answering(ASGIHandler):
    """The ASGI application of the register's pages.

    Parameters
    ----------
    hands : int
        Requests that are answered at once; others wait.
    """

    def __init__(self, hands: int = HANDS) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self._hands = ThreadPoolExecutor(hands, thread_name_prefix="answer")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        loop = asyncio.get_running_loop()
        with closing(body):
            response = await loop.run_in_executor(self._hands, self._answer, scope, body)
            try:
                await self.send_response(response, send)
            finally:
                if response.streaming:
                    await loop.run_in_executor(self._hands, response.close)

    def _answer(self, scope: Any, body: Any) -> Any:
        """The whole answer, in a thread."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=type(self), scope=scope)
        request, response = self.create_request(scope, body)
        if request is not None:
            response = self.get_response(request)
        if response.streaming:
            response.streaming_content = _later(response.streaming_content)
        else:
            response.close()  # the connection is given back, or looked at
        return response


async def _later(parts: Iterator[bytes]) -> Any:
    """The parts of a file, each read in a thread."""
    while (part := await asyncio.to_thread(next, parts, None)) is not None:
        yield part
