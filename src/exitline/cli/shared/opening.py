"""Serving a register from the command line: where, to whom, with which words."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from exitline.cli.shared import show
from exitline.words.said import say


def serve_register(
    database: str, *, key: Path | None, host: str = "127.0.0.1", port: int = 8000,
    names: Sequence[str] = (), https: bool = False, workers: int = 1, study: Path | None = None,
    oidc: Path | None = None,
) -> None:  # fmt: skip
    """Listen, say where, answer until Ctrl-C."""
    from exitline.api.registers import serving
    from exitline.api.serving import where

    serving.require()
    with serving.listen(host, port) as listening:
        address, near = where(listening)

        def ready() -> None:
            show.note(say("register: {address}", address=address))
            if not near and not https:
                show.note(
                    "warning: passwords travel unencrypted; put a web server with TLS before it "
                    "and give --https (docs/deploy.md)"
                )
            show.note("Ctrl-C stops it.")

        serving.serve(
            database, listening, ready, key=key, names=names, secure=https, workers=workers,
            elsewhere=oidc,
            study=study,
        )  # fmt: skip
    show.note("stopped")


def serve_demo(database: str, made: dict[str, Any], key: Path | None, port: int) -> None:
    """Let the people of the demonstration in, all with one password, and serve."""
    from exitline.api.registers import serving

    password = secrets.token_urlsafe(9)
    serving.let_in(database, [one["person"] for one in made["people"]], password, key=key)
    show.note(say("Each of them signs in with the password {password} (this demonstration's own).",
                  password=password))  # fmt: skip
    from exitline.api.registers.measuring import DEMO

    serve_register(database, key=key, port=port, study=DEMO)
