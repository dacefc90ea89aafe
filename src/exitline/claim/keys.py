"""Ed25519 key pairs in files: making one, and reading either half."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from exitline.claim.errors import SignatureError
from exitline.files import whole_file

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner, SSlibKey


@dataclass(frozen=True)
class NewKey:
    """A key pair that was just written.

    Parameters
    ----------
    private, public : Path
        The two files. The private one is for its owner alone (mode 0600); the public
        one is published.
    key_id : str
        SHA-256 of the public key in securesystemslib's form, hex: how a signature names
        its key.
    """

    private: Path
    public: Path
    key_id: str


def new_key(path: str | Path, *, passphrase: str | None = None) -> NewKey:
    """Make an Ed25519 key pair; an existing file is never overwritten.

    Parameters
    ----------
    path : str or Path
        File of the private key (PEM, PKCS #8); the public key goes beside it with the
        ending ".pub" (PEM, SubjectPublicKeyInfo).
    passphrase : str, optional
        Encrypts the private key. Without it, whoever reads the file can sign.

    Returns
    -------
    NewKey

    Raises
    ------
    SignatureError
        When one of the files exists or cannot be written, or the passphrase is empty.

    Examples
    --------
    >>> import tempfile
    >>> key = new_key(Path(tempfile.mkdtemp()) / "office.key", passphrase="four words")
    >>> key.public.name, oct(key.private.stat().st_mode & 0o777)
    ('office.key.pub', '0o600')
    """
    from cryptography.hazmat.primitives import serialization
    from securesystemslib.signer import CryptoSigner

    private = Path(path)
    public = private.with_name(private.name + ".pub")
    if passphrase == "":
        raise SignatureError(
            "an empty passphrase does not protect a key",
            expected="a passphrase, or none at all",
            got="an empty one",
            remedy="choose a passphrase",
        )
    for each in (private, public):
        if each.exists():
            raise _exists(each)
    signer = CryptoSigner.generate_ed25519()
    secret = _private_pem(signer, passphrase)
    _write_secret(private, secret)
    with whole_file(public) as partial:
        partial.write_bytes(
            signer.public_key._crypto_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )
    return NewKey(private, public, str(signer.public_key.keyid))


def load_signer(path: str | Path, *, passphrase: str | None = None) -> CryptoSigner:
    """The signer of a private key file.

    Parameters
    ----------
    path : str or Path
        Private key, Ed25519, PEM.
    passphrase : str, optional
        Needed when the key is encrypted.

    Raises
    ------
    SignatureError
        When the file is no Ed25519 private key, or the passphrase is missing or wrong.

    Examples
    --------
    >>> import tempfile
    >>> made = new_key(Path(tempfile.mkdtemp()) / "office.key")
    >>> load_signer(made.private).public_key.keyid == made.key_id
    True
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from securesystemslib.signer import CryptoSigner

    content = _read(path)
    secret = passphrase.encode() if passphrase else None
    try:
        key = load_pem_private_key(content, secret)
    except TypeError as reason:
        raise _locked(path, "a passphrase" if secret is None else "no passphrase") from reason
    except (ValueError, UnsupportedAlgorithm) as reason:
        if b"ENCRYPTED" in content and secret is not None:
            raise _locked(path, "the right passphrase") from reason
        raise _no_key(path, "private") from reason
    if not isinstance(key, Ed25519PrivateKey):
        raise _no_key(path, "private")
    return CryptoSigner(key)


def is_encrypted(path: str | Path) -> bool:
    """Whether a private key file needs a passphrase.

    Raises
    ------
    SignatureError
        When the file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> is_encrypted(new_key(Path(tempfile.mkdtemp()) / "a.key", passphrase="x y z").private)
    True
    """
    return b"ENCRYPTED" in _read(path)


def load_public(path: str | Path) -> SSlibKey:
    """The public key of a file, to check signatures with.

    Raises
    ------
    SignatureError
        When the file is no Ed25519 public key.

    Examples
    --------
    >>> import tempfile
    >>> made = new_key(Path(tempfile.mkdtemp()) / "office.key")
    >>> load_public(made.public).keyid == made.key_id
    True
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from securesystemslib.signer import SSlibKey

    try:
        key = load_pem_public_key(_read(path))
    except (ValueError, UnsupportedAlgorithm) as reason:
        raise _no_key(path, "public") from reason
    if not isinstance(key, Ed25519PublicKey):
        raise _no_key(path, "public")
    return SSlibKey.from_crypto(key)


def _private_pem(signer: CryptoSigner, passphrase: str | None) -> bytes:
    """The private key as PKCS #8 in PEM, encrypted when there is a passphrase."""
    from cryptography.hazmat.primitives import serialization

    plain = bytes(signer.private_bytes)
    if passphrase is None:
        return plain
    return serialization.load_pem_private_key(plain, None).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    )


def _write_secret(path: Path, content: bytes) -> None:
    """Create a file that only its owner can read; it is never readable by others in between."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as reason:
        raise _exists(path) from reason
    except OSError as reason:
        raise _unwritable(path, reason) from reason
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as reason:
        path.unlink(missing_ok=True)
        raise _unwritable(path, reason) from reason


def _read(path: str | Path) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as reason:
        raise SignatureError(
            "the key file cannot be read",
            where=str(path),
            expected="a key file in PEM form",
            got=reason.strerror or type(reason).__name__,
            remedy="check the path",
        ) from reason


def _exists(path: Path) -> SignatureError:
    return SignatureError(
        "a key is never written over an existing file",
        where=str(path),
        expected="a name that is free, with and without .pub",
        got="an existing file",
        remedy="choose another name",
    )


def _unwritable(path: Path, reason: OSError) -> SignatureError:
    return SignatureError(
        "the key cannot be written",
        where=str(path),
        expected="a folder that exists and allows writing",
        got=reason.strerror or type(reason).__name__,
        remedy="choose another folder",
    )


def _locked(path: str | Path, needed: str) -> SignatureError:
    return SignatureError(
        "the private key cannot be opened",
        where=str(path),
        expected=needed,
        got="none, or another one",
        remedy="give the passphrase that the key was made with",
    )


def _no_key(path: str | Path, half: str) -> SignatureError:
    return SignatureError(
        f"not an Ed25519 {half} key",
        where=str(path),
        expected=f"an Ed25519 {half} key in PEM form",
        got="something else",
        remedy="make a pair with: exitline claim --new-key FILE",
    )
