"""Providers of sign-in elsewhere, as a file names them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from exitline.exits.register.store.errors import StoreError

VARIABLE = "EXITLINE_OIDC_SECRET_"


class SignInProvider(BaseModel):
    """One provider: where it is, what it calls us, which of its claims is a person's name."""

    model_config = ConfigDict(extra="forbid")
    id: str = Field(pattern=r"[a-z0-9-]{1,40}")
    name: str = Field(min_length=1, max_length=40)
    server: str
    client: str = Field(min_length=1)
    claim: str = "preferred_username"


class SignInProviders(BaseModel):
    """The file."""

    model_config = ConfigDict(extra="forbid")
    oidc: list[SignInProvider]


def providers(file: Path) -> list[dict[str, Any]]:
    """The applications of allauth that a file names.

    Their secrets are not in the file: each is in the environment, as
    ``EXITLINE_OIDC_SECRET_`` and the provider's id in capitals.

    Raises
    ------
    StoreError
        For a file that is not there or not as described, a server without TLS that is not this
        machine, a secret that is missing.
    """
    try:
        found = SignInProviders.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, yaml.YAMLError) as reason:
        said = reason.errors()[0] if isinstance(reason, ValidationError) else None
        place = ".".join(map(str, said["loc"])) if said else ""
        raise _unusable(
            file, f"{place}: {said['msg']}" if said else type(reason).__name__
        ) from None
    return [_application(file, one) for one in found.oidc]


def _application(file: Path, one: SignInProvider) -> dict[str, Any]:
    """One provider for allauth."""
    at = urlsplit(one.server)
    if at.scheme != "https" and at.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise _unusable(file, f"{one.id}: a server without https")
    name = VARIABLE + re.sub(r"[^A-Z0-9]", "_", one.id.upper())
    secret = os.environ.get(name, "")
    if not secret:
        raise _unusable(file, f"{one.id}: no secret in the environment ({name})")
    return {
        "provider_id": one.id, "name": one.name, "client_id": one.client, "secret": secret,
        "settings": {"server_url": one.server, "claim": one.claim, "oauth_pkce_enabled": True},
    }  # fmt: skip


def _unusable(file: Path, got: str) -> StoreError:
    return StoreError(
        "the providers of sign-in cannot be used", where=str(file),
        expected="oidc: a list of id, name, server (https), client, claim; secrets in "
        + VARIABLE + "ID",
        got=got, remedy="see docs/deploy.md, signing in elsewhere",
    )  # fmt: skip
