"""What a server or the network says, as sentences a person can act on."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from neo4j.exceptions import (
    AuthError,
    ClientError,
    ConfigurationError,
    DatabaseUnavailable,
    DriverError,
    Forbidden,
    ForbiddenOnReadOnlyDatabase,
    Neo4jError,
    NotALeader,
    ServiceUnavailable,
    SessionExpired,
    UnsupportedServerProduct,
)

from claims.errors import StoreError
from claims.language import N_

SUPPORTED = (5, 26)
_VERSION = re.compile(r"(\d+)\.(\d+)")
_FULL = ("no space left", "disk full", "not enough space", "health", "critical error")
_MEMORY = ("OutOfMemory", "MemoryPool")

UNREACHABLE = N_("Neo4j at {url} cannot be reached, or the connection was lost ({reason}). Run the command again.")
WRONG_PASSWORD = N_("Neo4j at {url} does not accept this user and password.")
TOO_MANY_ATTEMPTS = N_("Neo4j at {url} has seen too many wrong passwords; wait some seconds and try again.")
WRONG_PRODUCT = N_("The server at {url} is not a Neo4j {wanted} ({reason}).")
WRONG_VERSION = N_("The server at {url} is Neo4j {found}; Ringhound needs {wanted}.")
READ_ONLY = N_("The database at {url} is read-only; nothing was written.")
FORBIDDEN = N_("The user may not do this at {url} ({reason}).")
TOO_LONG = N_("Neo4j at {url} took longer than {seconds} s and was stopped; ask for less, or narrow the filter.")
NO_MEMORY = N_("Neo4j at {url} ran out of memory ({reason}); give it a larger heap and run the command again.")
UNAVAILABLE = N_(
    "The database at {url} is not available ({reason}). Its disk may be full: free some space, restart it and run the "
    "command again."
)
REFUSED = N_("Neo4j at {url} refused a statement ({reason}).")


@contextmanager
def explained(url: str, seconds: float | None = None) -> Iterator[None]:
    """Turn what the driver raises into StoreError; `seconds` is the time a statement was given."""
    try:
        yield
    except (Neo4jError, DriverError) as error:
        raise _sentence(url, error, seconds) from error


def _sentence(url: str, error: Neo4jError | DriverError, seconds: float | None) -> StoreError:
    reason = (str(error).splitlines() or [type(error).__name__])[0][:300]
    if isinstance(error, Neo4jError):
        return _said(url, error, seconds)
    if isinstance(error, (ServiceUnavailable, SessionExpired)):
        return StoreError(UNREACHABLE, url=url, reason=reason)
    if isinstance(error, (UnsupportedServerProduct, ConfigurationError)):
        return StoreError(WRONG_PRODUCT, url=url, wanted=wanted(), reason=reason)
    return StoreError(UNREACHABLE, url=url, reason=reason)


def _said(url: str, error: Neo4jError, seconds: float | None) -> StoreError:
    """Read the server's own error code."""
    code, reason = error.code or "", (error.message or "?").splitlines()[0][:300]
    if "RateLimit" in code:
        return StoreError(TOO_MANY_ATTEMPTS, url=url)
    if isinstance(error, AuthError):
        return StoreError(WRONG_PASSWORD, url=url)
    if isinstance(error, (ForbiddenOnReadOnlyDatabase, NotALeader)) or "access is read only" in reason.lower():
        return StoreError(READ_ONLY, url=url)
    if isinstance(error, Forbidden):
        return StoreError(FORBIDDEN, url=url, reason=reason)
    if "TimedOut" in code or "Timeout" in code:
        return StoreError(TOO_LONG, url=url, seconds=seconds or "?")
    if any(word in code for word in _MEMORY):
        return StoreError(NO_MEMORY, url=url, reason=reason)
    if isinstance(error, DatabaseUnavailable) or any(word in reason.lower() for word in _FULL):
        return StoreError(UNAVAILABLE, url=url, reason=reason)
    if isinstance(error, ClientError):
        return StoreError(REFUSED, url=url, reason=reason)
    return StoreError(UNAVAILABLE, url=url, reason=reason)


def wanted() -> str:
    """The versions we work with, as text."""
    return "{}.{} LTS".format(*SUPPORTED)


def check_version(url: str, agent: str) -> None:
    """Refuse a server whose name and version (`Neo4j/5.26.30`) are not those we are tested with."""
    product, _, version = agent.partition("/")
    found = _VERSION.match(version)
    if product != "Neo4j" or found is None or (int(found[1]), int(found[2])) != SUPPORTED:
        raise StoreError(WRONG_VERSION, url=url, found=version or agent, wanted=wanted())
