"""What a workspace does its own way: `ringhound.yaml`, section `cases`.

    cases:
      database: postgresql://ringhound@db.example/cases   # default: cases.db in the workspace
      review_budget: 20                                   # rings people can look at per run
      thresholds:                                         # yuan, as this province has fixed them
        large: 5000
        huge: 50000
        exceptional: 500000

`RINGHOUND_DATABASE` goes before `database`. A key nobody knows is an error, so a slip is not a default.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import yaml

from cases.exposure import THRESHOLDS, Threshold
from claims.errors import RinghoundError
from claims.language import N_, join_words
from claims.workspace import Workspace

DATABASE_VARIABLE = "RINGHOUND_DATABASE"
_KEYS = ("database", "review_budget", "thresholds")


class SettingsError(RinghoundError):
    """The settings of a workspace do not read."""

    exit_code = 2


@dataclass(frozen=True)
class Settings:
    """Settings of the case work; `database` is a path or a URL."""

    database: Path | str
    review_budget: int = 20
    thresholds: Sequence[Threshold] = THRESHOLDS


def settings_of(workspace: Workspace) -> Settings:
    """Read the settings of a workspace; SettingsError names what does not read."""
    given = _section(workspace.settings)
    unknown = sorted(set(given) - set(_KEYS))
    if unknown:
        known = join_words(_KEYS)
        message = N_("{path}: there is no setting {name}; there are {known}.")
        raise SettingsError(message, path=workspace.settings, name=unknown[0], known=known)
    database = os.environ.get(DATABASE_VARIABLE) or given.get("database")
    budget = given.get("review_budget", 20)
    if not isinstance(budget, int) or budget < 1:
        raise _unreadable(workspace.settings, "review_budget", budget)
    return Settings(
        str(database) if database else workspace.cases, budget, _thresholds(given.get("thresholds"), workspace.settings)
    )


def _section(path: Path) -> Mapping[str, object]:
    if not path.exists():
        return {}
    try:
        content = yaml.safe_load(path.read_text("utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(N_("{path} does not read: {error}"), path=path, error=str(error)) from error
    section = content.get("cases", {}) if isinstance(content, dict) else None
    if not isinstance(section, dict):
        raise _unreadable(path, "cases", section)
    return section


def _thresholds(given: object, path: Path) -> Sequence[Threshold]:
    """An amount the province has fixed takes the place of the national range."""
    if given is None:
        return THRESHOLDS
    names = [threshold.name for threshold in THRESHOLDS]
    if not isinstance(given, dict) or set(given) - set(names):
        raise _unreadable(path, "thresholds", given)
    fixed: dict[str, Decimal] = {}
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise _unreadable(path, f"thresholds.{name}", value)
        fixed[name] = Decimal(str(value))
    return [Threshold(t.name, fixed.get(t.name, t.least), fixed.get(t.name, t.most)) for t in THRESHOLDS]


def _unreadable(path: Path, name: str, value: object) -> SettingsError:
    return SettingsError(N_("{path}: {name} cannot be {value}."), path=path, name=name, value=value)
