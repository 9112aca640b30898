"""Where new files come from: section `run` of the workspace's `ringhound.yaml`.

    run:
      sources:
        - /data/deliveries/*            # each folder, zip or file that matches is one delivery
        - path: /data/hospital/*.csv    # read through a mapping
          mapping: /data/hospital.yaml
        - mapping: /data/database.yaml  # a mapping of a database brings its own source
      wait: 600                         # seconds to wait while somebody else loads
      at: "02:30"                       # when `ringhound schedule` runs it, local time

Relative paths start at the workspace. A delivery that looks as it did when it was last taken (names,
sizes, times of its files) is not opened again; one that was touched is, and the load then skips
every file whose hash it knows. Senders put files elsewhere first and move them here when complete.
"""

import glob
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from pathlib import Path

import yaml

from cases.settings import SettingsError
from claims.errors import NotFoundError
from claims.language import N_, join_words
from claims.workspace import Workspace

_KEYS = ("sources", "wait", "at")
_SOURCE_KEYS = ("path", "mapping", "encoding")
_UNKNOWN = N_("{path}: there is no setting {name}; there are {known}.")
_BAD = N_("{path}: {name} cannot be {value}.")


@dataclass(frozen=True)
class Source:
    """A configured source; `pattern` may match several deliveries, None for a mapping of a database."""

    pattern: str | None
    mapping: Path | None = None
    encoding: str | None = None


@dataclass(frozen=True)
class Delivery:
    """One thing to load; `path` None for a database."""

    name: str
    path: Path | None
    source: Source


@dataclass(frozen=True)
class RunSettings:
    """How the nightly run of a workspace goes; `at` is local time."""

    sources: Sequence[Source] = ()
    wait: float = 600.0
    at: time = time(2, 30)


def run_settings(workspace: Workspace) -> RunSettings:
    """Read section `run`; SettingsError names what does not read."""
    given = _section(workspace.settings)
    _known_only(workspace, given, _KEYS)
    sources = given.get("sources", [])
    if not isinstance(sources, list):
        raise SettingsError(_BAD, path=workspace.settings, name="sources", value=sources)
    wait = given.get("wait", RunSettings.wait)
    if isinstance(wait, bool) or not isinstance(wait, int | float) or wait < 0:
        raise SettingsError(_BAD, path=workspace.settings, name="wait", value=wait)
    return RunSettings([_source(workspace, source) for source in sources], float(wait), _time(workspace, given))


def _section(path: Path) -> Mapping[str, object]:
    if not path.exists():
        return {}
    try:
        content = yaml.safe_load(path.read_text("utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(N_("{path} does not read: {error}"), path=path, error=str(error)) from error
    section = (content.get("run") or {}) if isinstance(content, dict) else None
    if not isinstance(section, dict):
        raise SettingsError(_BAD, path=path, name="run", value=section)
    return section


def _known_only(workspace: Workspace, given: Mapping[str, object], keys: Sequence[str]) -> None:
    unknown = sorted(str(name) for name in given if name not in keys)
    if unknown:
        raise SettingsError(_UNKNOWN, path=workspace.settings, name=unknown[0], known=join_words(keys))


def _source(workspace: Workspace, given: object) -> Source:
    if isinstance(given, str):
        return Source(given)
    if not isinstance(given, dict) or not (given.get("path") or given.get("mapping")):
        raise SettingsError(_BAD, path=workspace.settings, name="sources", value=given)
    _known_only(workspace, given, _SOURCE_KEYS)
    text = {name: str(value) for name, value in given.items() if value is not None}
    mapping = workspace.root / text["mapping"] if "mapping" in text else None
    return Source(text.get("path"), mapping, text.get("encoding"))


def _time(workspace: Workspace, given: Mapping[str, object]) -> time:
    value = given.get("at", "02:30")
    if isinstance(value, int) and not isinstance(value, bool):  # YAML reads 02:30 without quotes as minutes
        value = f"{value // 60:02d}:{value % 60:02d}"
    try:
        return time.fromisoformat(str(value))
    except ValueError as error:
        raise SettingsError(_BAD, path=workspace.settings, name="at", value=value) from error


def deliveries(workspace: Workspace, sources: Sequence[Source]) -> list[Delivery]:
    """List what there is to load, each source's deliveries by name; NotFoundError for a path that is not there."""
    found: list[Delivery] = []
    for source in sources:
        if source.pattern is None:
            found.append(Delivery(str(source.mapping), None, source))
            continue
        pattern = os.path.normpath(workspace.root / source.pattern)
        # A pattern may be absolute, which Path.glob does not take.
        matches = sorted(glob.glob(pattern)) if glob.has_magic(pattern) else [pattern]  # noqa: PTH207
        found += [Delivery(path, Path(path), source) for path in matches]
    return list({delivery.name: delivery for delivery in found}.values())


def fingerprint(delivery: Delivery) -> str:
    """Digest of the names, sizes and times of a delivery's files; '' for a database, which always is asked."""
    if delivery.path is None:
        return ""
    if not delivery.path.exists():
        raise NotFoundError(N_("{path} does not exist."), path=delivery.path)
    files = sorted(path for path in delivery.path.rglob("*") if path.is_file()) or [delivery.path]
    files += [delivery.source.mapping] if delivery.source.mapping and delivery.source.mapping.exists() else []
    marks = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return hashlib.sha256(json.dumps(marks).encode()).hexdigest()
