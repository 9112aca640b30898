"""What the environment says of this server: workspace, accounts, lengths of sessions, identity provider."""

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from claims.errors import NotFoundError, RinghoundError
from claims.language import N_
from claims.workspace import Workspace, database_of, workspace_at
from ui.auth.oidc import Reading
from ui.auth.roles import Role
from ui.auth.sessions import Limits

FOLDER = Path(__file__).parent
SESSION_HOURS = "RINGHOUND_SESSION_HOURS"
IDLE_MINUTES = "RINGHOUND_IDLE_MINUTES"
OIDC_FILE = "RINGHOUND_OIDC"
HOSTS = "RINGHOUND_HOSTS"
STORE = "RINGHOUND_STORE"
STORE_USER = "RINGHOUND_NEO4J_USER"
STORE_PASSWORD_FILE = "RINGHOUND_NEO4J_PASSWORD_FILE"  # noqa: S105 - the name of a variable, not a password
EMBEDDED = "embedded"
SERVER_USER = "neo4j"
LOCAL_HOSTS = ("localhost", "127.0.0.1")
_NEEDED = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")


class SettingsError(RinghoundError):
    """A setting does not read."""

    exit_code = 2


@dataclass(frozen=True)
class Oidc:
    """The identity provider: what `st.login` needs, and which of its roles are ours."""

    credentials: tuple[tuple[str, str], ...]
    role_claim: str
    region_claim: str
    roles: tuple[tuple[str, Role], ...]
    default_regions: tuple[str, ...]

    @property
    def reading(self) -> Reading:
        """How claims are read."""
        return Reading(self.role_claim, self.region_claim, dict(self.roles), frozenset(self.default_regions))


@dataclass(frozen=True)
class StoreSettings:
    """Which graph the pages read: `embedded`, or a Neo4j server as a user with a password (file, else environment)."""

    address: str = EMBEDDED
    user: str = SERVER_USER
    password_file: Path | None = None

    @property
    def shared(self) -> bool:
        """Whether it is a server."""
        return self.address != EMBEDDED


@dataclass(frozen=True)
class Settings:
    """How this server is set up."""

    workspace: Workspace
    accounts: Path | str
    limits: Limits
    oidc: Oidc | None
    hosts: tuple[str, ...]
    store: StoreSettings = StoreSettings()


def from_environment() -> Settings:
    """Read the settings; SettingsError names the one that does not read."""
    workspace = Workspace(workspace_at().root.resolve())
    limits = Limits(
        timedelta(hours=_number(SESSION_HOURS, Limits().lifetime / timedelta(hours=1))),
        timedelta(minutes=_number(IDLE_MINUTES, Limits().idle / timedelta(minutes=1))),
    )
    file = os.environ.get(OIDC_FILE)
    return Settings(
        workspace=workspace,
        accounts=database_of(workspace),
        limits=limits,
        oidc=read_oidc(Path(file)) if file else None,
        hosts=(*LOCAL_HOSTS, *filter(None, os.environ.get(HOSTS, "").split(","))),
        store=read_store(),
    )


def read_store() -> StoreSettings:
    """Read which graph store the pages use; SettingsError for an address that is none."""
    address, file = os.environ.get(STORE) or EMBEDDED, os.environ.get(STORE_PASSWORD_FILE)
    if address != EMBEDDED and "://" not in address:
        raise SettingsError(N_("There is no store called {store}."), store=address)
    return StoreSettings(address, os.environ.get(STORE_USER) or SERVER_USER, Path(file).resolve() if file else None)


def read_oidc(path: Path) -> Oidc:
    """Read the file that describes the identity provider."""
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise NotFoundError(N_("There is no file {path}."), path=path) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(N_("{path} does not read: {error}"), path=path, error=error) from error
    missing = [name for name in _NEEDED if not isinstance(found.get(name), str)]
    if missing:
        raise SettingsError(N_("{path} lacks {name}."), path=path, name=missing[0])
    return Oidc(
        credentials=tuple((name, found[name]) for name in _NEEDED),
        role_claim=str(found.get("role_claim", "roles")),
        region_claim=str(found.get("region_claim", "regions")),
        roles=_roles(path, found.get("roles", {})),
        default_regions=tuple(str(region) for region in found.get("default_regions", ())),
    )


def server_options() -> list[tuple[str, str]]:
    """Return the options of `streamlit.toml` by their dotted names."""
    return _flat(tomllib.loads((FOLDER / "streamlit.toml").read_text("utf-8")), "")


def _roles(path: Path, given: object) -> tuple[tuple[str, Role], ...]:
    if not isinstance(given, dict) or not set(given.values()) <= {role.value for role in Role}:
        raise SettingsError(N_("{path}: [roles] leads from the provider's roles to ours."), path=path)
    return tuple(sorted((str(theirs), Role(ours)) for theirs, ours in given.items()))


def _number(name: str, otherwise: float) -> float:
    text = os.environ.get(name, "")
    try:
        value = float(text) if text else otherwise
    except ValueError:
        value = 0.0
    if not 0 < value < 1e6:
        raise SettingsError(N_("{name} must be a number above 0, not {text}."), name=name, text=text)
    return value


def _flat(section: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in section.items():
        if isinstance(value, dict):
            found += _flat(value, f"{prefix}{name}.")
        else:
            found.append((prefix + name, _spelled(value)))
    return found


def _spelled(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
