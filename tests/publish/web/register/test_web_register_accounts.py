"""A second factor, recovery codes, passkeys, and signing in elsewhere (a stand-in on loopback)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import shutil
import struct
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

SECOND = "/account/second/"
CODES = re.compile(r"\b[0-9]{8}\b")


def code(secret: str, shift: int = 0) -> str:
    """The code of an authenticator app (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time() // 30) + shift)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


@pytest.fixture
def address(filled: Path, tmp_path: Path) -> str:
    """On SQLite: accounts are Django's on both engines."""
    shutil.copytree(filled, tmp_path / "register")
    return f"sqlite:///{tmp_path}/register/register.db"


def _sign_in(client: Any, password: str, **more: str) -> Any:
    return client.post("/sign-in", {"name": "committee", "password": password, **more})


def test_a_second_factor_is_asked_for_and_recovery_codes_stand_in(signed, password):
    from allauth.mfa.models import Authenticator

    client = signed("")
    assert _sign_in(client, password).url == "/"
    again = client.get(f"{SECOND}totp/activate/").url
    assert again.startswith("/account/reauthenticate/")  # whoever finds the screen open may not
    assert client.post(again, {"password": password}).url == f"{SECOND}totp/activate/"
    client.cookies["language"] = "zh"
    page = client.get(f"{SECOND}totp/activate/")
    text = page.content.decode()
    assert 'lang="zh"' in text
    assert "激活" in text  # allauth's own translation
    assert "/static/register.css" in text  # in our look
    secret = client.session["mfa.totp.secret"]
    assert client.post(f"{SECOND}totp/activate/", {"code": code(secret)}).status_code == 302
    assert secret not in json.dumps([one.data for one in Authenticator.objects.all()])
    codes = CODES.findall(client.get(f"{SECOND}recovery-codes/").content.decode())
    assert len(codes) == 10
    client.post("/sign-out")

    sent = {"kept": "", "next": "/household/h-1"}
    asked = _sign_in(client, password, **sent)
    assert asked.url.startswith(f"{SECOND}authenticate/")
    assert b"autocomplete" in client.get("/household/h-1").content  # not in yet
    assert client.post(asked.url, {"code": "000000"}).status_code == 200
    assert client.post(asked.url, {"code": codes[0]}).url == "/household/h-1"
    assert client.get("/household/h-1").status_code == 200
    client.post("/sign-out")
    asked = _sign_in(client, password)
    assert client.post(asked.url, {"code": codes[0]}).status_code == 200  # once only
    assert client.post(asked.url, {"code": codes[1]}).url == "/"


def test_nobody_makes_an_account_for_themselves(signed):
    from django.contrib.auth.models import User

    sent = {"username": "new", "password1": "a county of ours", "password2": "a county of ours"}
    client = signed("")
    assert client.post("/account/signup/", sent).status_code == 200
    assert not User.objects.filter(username="new").exists()
    assert client.get("/account/elsewhere/nowhere/login/").status_code == 404


class StandIn(BaseHTTPRequestHandler):
    """A provider of OpenID Connect that lets in whoever it is told to."""

    says: ClassVar[dict[str, Any]] = {}
    asked: ClassVar[list[dict[str, list[str]]]] = []

    def do_GET(self) -> None:
        """What it offers, and who came in."""
        at = f"http://{self.headers['Host']}"
        if self.path == "/me":
            assert self.headers["Authorization"] == "Bearer token"
            self._answer(self.says)
        else:
            self._answer({
                "issuer": at, "authorization_endpoint": f"{at}/enter", "userinfo_endpoint":
                f"{at}/me", "token_endpoint": f"{at}/token", "jwks_uri": f"{at}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            })  # fmt: skip

    def do_POST(self) -> None:
        """A token for a code."""
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked.append(parse_qs(text))
        self._answer({"access_token": "token", "token_type": "Bearer"})

    def _answer(self, data: Any) -> None:
        body = json.dumps(data).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def provider() -> Iterator[str]:
    """The address of a provider."""
    server = HTTPServer(("127.0.0.1", 0), StandIn)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    StandIn.asked.clear()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _come_back(client: Any, name: str) -> Any:
    """Sign in elsewhere as somebody; the answer to the way back."""
    StandIn.says = {"sub": f"id of {name}", "preferred_username": name}
    there = client.get("/account/elsewhere/ministry/login/?next=/households")
    asked = parse_qs(urlsplit(there.url).query)
    assert asked["code_challenge_method"] == ["S256"]
    back = {"code": "abc", "state": asked["state"][0]}
    return client.get("/account/elsewhere/ministry/login/callback/", back)


@pytest.mark.usefixtures("signed")
def test_signing_in_elsewhere_is_for_those_who_have_a_role(
    address, provider, tmp_path, monkeypatch
):
    from exitline.publish.web.register.opened import bind

    monkeypatch.setenv("EXITLINE_OIDC_SECRET_MINISTRY", "a secret of ours")
    file = tmp_path / "oidc.yaml"
    one = {"id": "ministry", "name": "Ministry", "server": provider, "client": "register"}
    file.write_text(yaml.safe_dump({"oidc": [one]}))
    bind(address, names=("testserver",), elsewhere=file)
    client = signed_anew()
    assert b"Sign in with Ministry" in client.get("/sign-in").content
    assert _come_back(client, "committee").url == "/households"
    assert client.get("/household/h-1").status_code == 200
    assert client.get("/people").status_code == 403
    assert StandIn.asked[0]["client_secret"] == ["a secret of ours"]
    assert _come_back(signed_anew(), "stranger").status_code == 403
    assert _come_back(signed_anew(), "committee").url == "/households"  # bound, not made twice


def signed_anew() -> Any:
    """Another browser."""
    from django.test import Client

    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("said", "got"),
    [
        ({"server": "http://login.example.org"}, "without https"),
        ({"id": "other"}, "no secret"),
        ({"name": ""}, "oidc.0.name"),
        ({"scope": "all"}, "oidc.0.scope"),
    ],
)
def test_a_file_of_providers_that_cannot_be_used(tmp_path, monkeypatch, said, got):
    from exitline.exits.register.store.errors import StoreError
    from exitline.publish.web.register.accounts.oidc import providers

    monkeypatch.setenv("EXITLINE_OIDC_SECRET_MINISTRY", "a secret of ours")
    one = {"id": "ministry", "name": "M", "server": "https://login.example.org", "client": "r"}
    (tmp_path / "oidc.yaml").write_text(yaml.safe_dump({"oidc": [{**one, **said}]}))
    with pytest.raises(StoreError) as caught:
        providers(tmp_path / "oidc.yaml")
    assert got in str(caught.value.got)


@pytest.mark.browser
def test_a_passkey_of_a_real_browser(browser, serious, address, running, password):
    context = browser.new_context(viewport={"width": 400, "height": 900})
    page = context.new_page()
    page.set_default_timeout(15000)
    keys = context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }})  # fmt: skip
    with running(address) as at:
        at = at.replace("127.0.0.1", "localhost")  # an address has no passkeys
        page.goto(f"{at}/sign-in")
        page.get_by_label("User name").fill("committee")
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(f"{at}/")
        page.goto(f"{at}{SECOND}webauthn/add/")
        page.locator("[name=password]").fill(password)
        page.get_by_role("button", name="Confirm").click()
        page.wait_for_url(f"{at}{SECOND}webauthn/add/")
        assert serious(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        page.get_by_label("Passwordless").check()
        page.locator("#mfa_webauthn_add").click()
        page.wait_for_url(re.compile("recovery-codes"))
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url(f"{at}/sign-in")
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.wait_for_url(f"{at}/")
        assert page.get_by_text("committee").count()
    context.close()


def test_a_role_that_needs_a_second_factor_does_nothing_without_one(signed, address):
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
    from django.contrib.auth.models import User

    from exitline.api.registers import keeping
    from exitline.exits.register.store.errors import StoreError
    from exitline.exits.register.store.second_factor import forget_declared

    with pytest.raises(StoreError, match="no such role"):
        keeping.second_factor(address, ["emperor"])
    assert keeping.second_factor(address, ["county", "administrator"]) == (
        "administrator",
        "county",
    )
    forget_declared()
    client = signed("county")
    asked = [client.get(at) for at in ("/", "/household/h-1", "/field/households.csv")]
    asked.append(client.post("/exports", {"ending": "csv"}))
    asked.append(client.post("/household/h-1/change/visit", {"do": "record"}))
    for answer in asked:
        assert answer.status_code == 403
        assert b"second factor" in answer.content
        assert b"h-1" not in answer.content.replace(b"/household/h-1", b"")
    assert client.get(SECOND).status_code in (200, 302)  # where one is added
    assert signed("admin").get("/people").status_code == 403
    assert signed("township").get("/").status_code == 200  # a role that needs none
    TOTP.activate(User.objects.get(username="county"), generate_totp_secret())
    assert Authenticator.objects.count() == 1
    assert client.get("/household/h-1").status_code == 200
    keeping.second_factor(address, [])
    forget_declared()
    assert signed("admin").get("/people").status_code == 200
