"""Identifiers that cannot be read back: a keyed hash, the key outside of the database."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import unicodedata
from collections.abc import Callable

from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.opening import Store

VARIABLE = "EXITLINE_REGISTER_KEY"


def key_of(store: Store) -> bytes:
    """The store's key: of its file, or of the environment.

    Raises
    ------
    StoreError
        When it is not there.
    """
    text = os.environ.get(VARIABLE, "")
    if not text and store.key_file is not None and store.key_file.is_file():
        text = store.key_file.read_text(encoding="ascii")
    if len(text.strip()) < 32:
        raise StoreError(
            "the key of identifiers is not there",
            where=str(store.key_file or VARIABLE),
            expected=f"at least 32 characters in the key file or in {VARIABLE}",
            got="none",
            remedy="put back the key that was made with the register; another one finds nothing",
        )
    return text.strip().encode()


def normal(value: str) -> str:
    """An identifier without what differs from form to form: width, case, spaces, dashes.

    Examples
    --------
    >>> normal(" 51-0104 19780312 123x ")
    '51010419780312123X'
    """
    return re.sub(r"[\s.\-/]", "", unicodedata.normalize("NFKC", value)).upper()


def hasher(store: Store) -> Callable[[str, str], str]:
    """The function that hashes an identifier by its kind and value; inside of a transaction.

    The register keeps a fingerprint of its key: with another key nothing would be found again, so
    it is refused.

    Raises
    ------
    StoreError
        When the key is not there, or is not the register's.
    """
    from exitline.exits.register.store.models import SettingRow

    key = key_of(store)

    def hashed(kind: str, value: str) -> str:
        content = f"{kind}\n{normal(value)}".encode()
        return hmac.new(key, content, hashlib.sha256).hexdigest()

    settings = SettingRow.objects.using(store.alias)
    kept, _ = settings.get_or_create(name="key", defaults={"value": hashed("", "fingerprint")})
    if kept.value != hashed("", "fingerprint"):
        raise StoreError(
            "the key is not the one that the register's identifiers were hashed with",
            where=str(store.key_file or VARIABLE),
            expected="the register's own key",
            got="another key",
            remedy="put back the key that was made with the register",
        )
    return hashed
