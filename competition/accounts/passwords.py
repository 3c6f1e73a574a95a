"""Password rules and argon2id, off the event loop."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from competition.problems import N_, Problem

SHORTEST = 10
_hasher = PasswordHasher()
# Verified when there is no such account, so that the answer takes as long as for one there is.
_NOBODY = _hasher.hash("nobody signs in with this")
_TOO_COMMON = {"1234567890", "0123456789", "password12", "qwertyuiop", "1111111111", "0000000000", "abcdefghij"}


def password_problem(password: str, username: str) -> Problem | None:
    if len(password) < SHORTEST:
        return Problem(N_("密码至少 {shortest} 位"), field="password", params={"shortest": SHORTEST})
    if len(password) > 200:
        return Problem(N_("密码最多 200 位"), field="password")
    if password.lower() in _TOO_COMMON or len(set(password)) < 4 or username.lower() in password.lower():
        return Problem(N_("密码太容易猜到，换一个"), field="password")
    return None


async def hash_password(password: str) -> str:
    return await asyncio.to_thread(_hasher.hash, password)


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


async def password_matches(stored: str | None, password: str) -> bool:
    """False for a missing account too, in the same time."""
    matches = await asyncio.to_thread(_verify, stored or _NOBODY, password)
    return matches and stored is not None
