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

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from cases.exposure import THRESHOLDS, Threshold
from claims.language import N_, join_words
from claims.workspace import DATABASE_VARIABLE as DATABASE_VARIABLE
from claims.workspace import SettingsError as SettingsError
from claims.workspace import Workspace, database_of, section_of

_KEYS = ("database", "review_budget", "thresholds")


@dataclass(frozen=True)
class Settings:
    """Settings of the case work; `database` is a path or a URL."""

    database: Path | str
    review_budget: int = 20
    thresholds: Sequence[Threshold] = THRESHOLDS


def settings_of(workspace: Workspace) -> Settings:
    """Read the settings of a workspace; SettingsError names what does not read."""
    given = section_of(workspace, "cases")
    unknown = sorted(set(given) - set(_KEYS))
    if unknown:
        known = join_words(_KEYS)
        message = N_("{path}: there is no setting {name}; there are {known}.")
        raise SettingsError(message, path=workspace.settings, name=unknown[0], known=known)
    budget = given.get("review_budget", 20)
    if not isinstance(budget, int) or budget < 1:
        raise _unreadable(workspace.settings, "review_budget", budget)
    return Settings(database_of(workspace), budget, _thresholds(given.get("thresholds"), workspace.settings))


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
