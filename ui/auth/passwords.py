"""Passwords: argon2id hashes, a few plain rules, and no more than a few computed at once."""

import secrets
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from claims.language import N_
from ui.auth.errors import AccountError

SHORTEST = 12
LONGEST = 200
_MODEST = ("password", "passw0rd", "12345678", "ringhound", "qwertyui", "11111111", "abcd1234")
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # nothing that is mistaken when read aloud

_hasher = PasswordHasher()
# One hash takes 64 MiB: a flood of sign-ins must not take the memory of everybody's pages.
_at_once = BoundedSemaphore(2)
_nobody = _hasher.hash(secrets.token_hex(16))


def hashed(password: str) -> str:
    """Return the hash to keep."""
    with _at_once:
        return _hasher.hash(password)


def matches(password: str, kept: str | None) -> bool:
    """Say whether `password` is the one whose hash is `kept`; takes as long where there is none."""
    with _at_once:
        try:
            found = _hasher.verify(kept or _nobody, password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False
    return found and kept is not None


def checked(password: str, account: str) -> str:
    """Return `password`; AccountError when it is too short, too long or too easy to guess."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise AccountError(N_("A password must have {least} to {most} characters."), least=SHORTEST, most=LONGEST)
    plain = password.lower()
    if account.lower() in plain or len(set(plain)) < 5 or any(word in plain for word in _MODEST):
        raise AccountError(N_("This password is easy to guess; choose another."))
    return password


def invented() -> str:
    """Return a one-time password that can be read out: four groups of four."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
