"""Ed25519 key pairs in files: making one, and reading either half."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from exitline.files import whole_file
from exitline.proof.claim.errors import SignatureError
from exitline.records import read_bytes

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner, SSlibKey

_LARGEST_KEY = 64 * 1024


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

    A private key whose public half is missing gets it: a process was killed between the two.

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
    if not private.name:
        raise SignatureError(
            "this is no name of a file",
            expected="a file for the private key, such as office.key",
            got=repr(str(path)),
            remedy="name a file that does not exist yet",
        )
    public = private.with_name(private.name + ".pub")
    if passphrase == "":
        raise SignatureError(
            "an empty passphrase does not protect a key",
            expected="a passphrase, or none at all",
            got="an empty one",
            remedy="choose a passphrase",
        )
    if public.exists():
        raise _exists(public)
    if private.exists():  # perhaps of a process that was killed before it wrote the other half
        signer = _own(private, passphrase)
    else:
        signer = CryptoSigner.generate_ed25519()
        _write_secret(private, _private_pem(signer, passphrase))
    with whole_file(public) as partial:
        partial.write_bytes(
            signer.public_key._crypto_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )
    return NewKey(private, public, str(signer.public_key.keyid))


def _own(private: Path, passphrase: str | None) -> CryptoSigner:
    """The signer of a private key that has no public half yet; never of any other file."""
    try:
        return load_signer(private, passphrase=passphrase)
    except SignatureError as reason:
        raise _exists(private) from reason


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
    """Create a file that only its owner can read: whole or not there, and never over another."""
    with whole_file(path, private=True, fresh=True) as partial:
        partial.write_bytes(content)


def _read(path: str | Path) -> bytes:
    return read_bytes(path, what="the key file", error=SignatureError, max_bytes=_LARGEST_KEY)


def _exists(path: Path) -> SignatureError:
    return SignatureError(
        "a key is never written over an existing file",
        where=str(path),
        expected="a name that is free, with and without .pub",
        got="an existing file",
        remedy="choose another name",
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
