"""Where the register has its say in accounts: who may come in, how secrets are kept."""

from __future__ import annotations

import base64
import hashlib
from datetime import date
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet
from django.contrib.auth.models import User
from django.http import HttpRequest

from exitline.exits.register.store.identifiers import key_of
from exitline.exits.register.store.write.authority import assignments
from exitline.publish.web.register import opened, pages


class Accounts(DefaultAccountAdapter):
    """Nobody makes an account for themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Never: `exitline register password`, or an assignment and a provider."""
        return False


class SecondFactor(DefaultMFAAdapter):
    """Secrets of a second factor are kept encrypted, with a key made of the register's own."""

    def encrypt(self, text: str) -> str:
        """A secret as the database keeps it."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """A secret as it was."""
        return _cipher().decrypt(encrypted_text.encode()).decode()


class Elsewhere(DefaultSocialAccountAdapter):
    """Somebody who signed in elsewhere is the person whom assignments call so."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Bind the first sign-in elsewhere to the user of that name; refuse who has no role."""
        if sociallogin.is_existing:
            return
        name = self.name_of(sociallogin)
        if not name or not assignments(opened.store(), name, date.today()):
            raise ImmediateHttpResponse(pages.page(request, "refused", status=403))
        user, made = User.objects.get_or_create(username=name)
        if made:
            user.set_unusable_password()
            user.save()
        sociallogin.connect(request, user)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002
        """Never: whoever may come in is bound before."""
        return False

    def name_of(self, sociallogin: Any) -> str:
        """What assignments call the person: the claim that the settings name."""
        data = sociallogin.account.extra_data
        said = {**data.get("id_token", {}), **data.get("userinfo", {})}
        claim = sociallogin.provider.app.settings.get("claim", "preferred_username")
        return str(said.get(claim) or "").strip()


def _cipher() -> Fernet:
    """The cipher of secrets; its key follows from that of identifiers."""
    key = hashlib.sha256(b"second factor\n" + key_of(opened.store())).digest()
    return Fernet(base64.urlsafe_b64encode(key))
