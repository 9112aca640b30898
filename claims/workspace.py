"""Where a workspace keeps what: the only place that names its files."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from claims.errors import RinghoundError
from claims.language import N_

DEFAULT_WORKSPACE = Path("workspace")
DATABASE_VARIABLE = "RINGHOUND_DATABASE"
LEDGER_KEY_VARIABLE = "RINGHOUND_LEDGER_KEY"
LEDGER_KEY_NAME = "ledger.key"


class SettingsError(RinghoundError):
    """The settings of a workspace do not read."""

    exit_code = 2


@dataclass(frozen=True)
class Workspace:
    """Paths of one workspace; making the object creates nothing."""

    root: Path

    @property
    def catalog(self) -> Path:
        """SQLite catalog: loads, source files, data versions, pins."""
        return self.root / "catalog.db"

    @property
    def audit(self) -> Path | str:
        """Where the ledger is, with who saw or took out what and why: the case database, a file or a URL."""
        return database_of(self)

    @property
    def old_audit(self) -> Path:
        """SQLite file of audit entries from before there was a ledger."""
        return self.root / "audit.db"

    @property
    def ledger_key(self) -> Path:
        """Private key that signs the heads of the ledger; $RINGHOUND_LEDGER_KEY goes before it."""
        return Path(os.environ.get(LEDGER_KEY_VARIABLE) or self.root / LEDGER_KEY_NAME)

    @property
    def aliases(self) -> Path:
        """SQLite file that leads from the aliases of masked ids back to the ids."""
        return self.root / "aliases.db"

    @property
    def lock(self) -> Path:
        """File whose lock the one writer holds."""
        return self.root / "writer.lock"

    @property
    def tables(self) -> Path:
        """One Delta table per canonical table."""
        return self.root / "tables"

    @property
    def quarantine(self) -> Path:
        """Rows that could not be used, one folder per load."""
        return self.root / "quarantine"

    @property
    def staging(self) -> Path:
        """Work in progress of the writer; whatever is here after a kill is rubbish."""
        return self.root / "staging"

    @property
    def reports(self) -> Path:
        """Load reports, one folder per load."""
        return self.root / "reports"

    @property
    def graph(self) -> Path:
        """Graph tables and snapshots, one folder per data version."""
        return self.root / "graph"

    @property
    def cases(self) -> Path:
        """SQLite case database: runs, findings, rings and what people decided."""
        return self.root / "cases.db"

    @property
    def detect_lock(self) -> Path:
        """File whose lock the one detection holds."""
        return self.root / "detect.lock"

    @property
    def settings(self) -> Path:
        """YAML file of what this workspace does its own way; absent where nothing is."""
        return self.root / "ringhound.yaml"

    @property
    def push_lock(self) -> Path:
        """File whose lock the one push to a graph server holds."""
        return self.root / "push.lock"

    @property
    def push_work(self) -> Path:
        """Work in progress of a push; whatever is here after a kill is rubbish."""
        return self.root / "push"

    @property
    def pseudonym_key(self) -> Path:
        """Key of the names that replace personal ids on a graph server; kept as long as the workspace."""
        return self.root / "pseudonyms.key"

    @property
    def neo4j(self) -> Path:
        """Home of the trial Neo4j server."""
        return self.root / "neo4j"

    def table(self, name: str) -> Path:
        """Folder of the Delta table `name`."""
        return self.tables / name


def workspace_at(path: Path | None = None) -> Workspace:
    """Return the workspace at `path`, else at $RINGHOUND_WORKSPACE, else at ./workspace."""
    return Workspace(Path(path or os.environ.get("RINGHOUND_WORKSPACE") or DEFAULT_WORKSPACE))


def database_of(workspace: Workspace) -> Path | str:
    """Return the case database: $RINGHOUND_DATABASE, else as `ringhound.yaml` says, else a file in the workspace."""
    given = os.environ.get(DATABASE_VARIABLE) or section_of(workspace, "cases").get("database")
    return str(given) if given else workspace.cases


def section_of(workspace: Workspace, name: str) -> Mapping[str, object]:
    """Return one section of `ringhound.yaml`, empty where it is missing; SettingsError where it does not read."""
    path = workspace.settings
    if not path.exists():
        return {}
    try:
        content = yaml.safe_load(path.read_text("utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(N_("{path} does not read: {error}"), path=path, error=str(error)) from error
    section = content.get(name, {}) if isinstance(content, dict) else None
    if not isinstance(section, dict):
        raise SettingsError(N_("{path}: {name} cannot be {value}."), path=path, name=name, value=section)
    return section
