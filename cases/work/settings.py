"""How long each stage may take: `ringhound.yaml`, section `casework`.

    casework:
      limits:                    # calendar days; what is not named keeps its default
        first_check: 3
        second_review: 10
        appeal: 10
        verification: 30
        final_review: 10
      largest_file: 50           # MiB

The defaults are working values: each region sets its own after its rules of procedure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from cases.work.stages import OPEN_STAGES, Stage
from claims.language import N_, join_words
from claims.workspace import SettingsError, Workspace, section_of

_DAYS: Mapping[Stage, int] = MappingProxyType(
    {
        Stage.FIRST_CHECK: 3,
        Stage.SECOND_REVIEW: 10,
        Stage.APPEAL: 10,
        Stage.VERIFICATION: 30,
        Stage.FINAL_REVIEW: 10,
    }
)
_LARGEST_FILE = 50
_BAD = N_("{path}: {name} cannot be {value}.")
_UNKNOWN = N_("{path}: there is no setting {name}; there are {known}.")


@dataclass(frozen=True)
class Limits:
    """Days a case may stay at each stage, and the largest file that may be attached (MiB)."""

    days: Mapping[Stage, int] = field(default_factory=lambda: _DAYS)
    largest_file: int = _LARGEST_FILE

    def due(self, stage: Stage, since: datetime) -> datetime | None:
        """Return when the time limit of `stage` ends; None for a stage without one."""
        days = self.days.get(stage)
        return None if days is None else since + timedelta(days=days)


def limits_of(workspace: Workspace) -> Limits:
    """Read section `casework`; SettingsError names what does not read."""
    section = section_of(workspace, "casework")
    _known(workspace, section, ("limits", "largest_file"))
    given = section.get("limits") or {}
    if not isinstance(given, dict):
        raise SettingsError(_BAD, path=workspace.settings, name="limits", value=given)
    _known(workspace, given, tuple(stage.value for stage in OPEN_STAGES))
    days: dict[Stage, int] = {
        stage: _number(workspace, stage.value, given.get(stage.value, _DAYS[stage])) for stage in OPEN_STAGES
    }
    return Limits(days, _number(workspace, "largest_file", section.get("largest_file", _LARGEST_FILE)))


def _known(workspace: Workspace, given: Mapping[str, object], names: tuple[str, ...]) -> None:
    for name in given:
        if name not in names:
            raise SettingsError(_UNKNOWN, path=workspace.settings, name=name, known=join_words(names))


def _number(workspace: Workspace, name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 3650:
        raise SettingsError(_BAD, path=workspace.settings, name=name, value=value)
    return value
