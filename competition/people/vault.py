"""Personal data that is stored sealed: identity numbers, phones, bank accounts.

The key is a file beside the database, never in it: a copy of the database alone reads nothing.
"""

import hashlib
import hmac
import os
import secrets
from base64 import b64decode, b64encode
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from competition.people.identity import normalise_id

KEY_FILE = "vault.key"
_KEY_BYTES = 64
_NONCE_BYTES = 12


class VaultError(RuntimeError):
    """The vault is not open, its key file is damaged, or the key is not the one the data was sealed with."""


class Vault(msgspec.Struct, frozen=True):
    cipher: AESGCM
    digest_key: bytes


_opened: list[Vault] = []


def open_vault(folder: Path) -> None:
    """Load `vault.key` in `folder`, creating it when there is none. Raises VaultError for a damaged one."""
    path = folder / KEY_FILE
    if not path.exists():
        _create(path)
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise VaultError(f"{path}: {len(key)} bytes where a key has {_KEY_BYTES}")
    _opened[:] = [Vault(AESGCM(key[:32]), key[32:])]


def _create(path: Path) -> None:
    """Of two processes that start at once, one key wins for both."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(_KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _vault() -> Vault:
    if not _opened:
        raise VaultError("the vault is not open")
    return _opened[-1]


def seal(text: str) -> str:
    """`text` as it may be stored; "" stays "", so that nothing is told from something. Never twice the same."""
    if not text:
        return ""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return b64encode(nonce + _vault().cipher.encrypt(nonce, text.encode(), None)).decode()


def unseal(text: str) -> str:
    """Raises VaultError for what was sealed with another key, or was changed since."""
    if not text:
        return ""
    raw = b64decode(text)
    try:
        return _vault().cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], None).decode()
    except InvalidTag as error:
        raise VaultError("sealed with another key, or changed since") from error


def lookup_digest(text: str) -> str:
    """Finds an identity number without storing it readably. Spaces, width and case do not count."""
    return hmac.new(_vault().digest_key, normalise_id(text).encode(), hashlib.sha256).hexdigest()
