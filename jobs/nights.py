"""What `run` writes down about itself: one file per night, replaced as a whole at every step.

The newest file is the journal: `state` running without a holder of the lock means it was killed.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Self

from claims.catalog import now
from claims.durable import make_folder, store_errors, sync_file, sync_folders
from claims.workspace import Workspace

RUNNING, STOPPED, DONE, FAILED = "running", "stopped", "done", "failed"
KEEP = 400  # nights; about a year


@dataclass(frozen=True)
class Taken:
    """What became of one delivery: rows read and quarantined of a load, or why it was refused."""

    source: str
    load: int | None = None
    rows: int = 0
    quarantined: int = 0
    version: int | None = None
    refused: str = ""


@dataclass(frozen=True)
class Night:
    """One `ringhound run`. Times are UTC, ISO 8601; `seconds` is by step; `run` the detection it made or kept."""

    number: int
    started: str
    finished: str = ""
    state: str = RUNNING
    step: str = "load"
    taken: tuple[Taken, ...] = ()
    unchanged: int = 0  # deliveries that look as they did
    data_version: int | None = None
    run: int | None = None
    detected: bool = False  # False: nothing had changed since that run
    rings: int = 0  # above the line
    alerts: int = 0
    false_alarms: float = 0.0
    seconds: Mapping[str, float] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True)
class Nights:
    """The nights of a workspace, under `nightly/`."""

    folder: Path

    @classmethod
    def of(cls, workspace: Workspace) -> Self:
        """Return the nights of a workspace; makes nothing yet."""
        return cls(workspace.root / "nightly")

    @property
    def lock(self) -> Path:
        """File whose lock the one run holds."""
        return self.folder / "run.lock"

    @property
    def known(self) -> Path:
        """What deliveries looked like when they were last taken."""
        return self.folder / "sources.json"

    def alerts(self, run: int) -> Path:
        """File of the alerts of a detection."""
        return self.folder / f"alerts-{run:06d}.jsonl"

    def begin(self) -> Night:
        """Start a night; one that a kill left running is closed first. Only the holder of the lock calls this."""
        numbers = self._numbers()
        if numbers and (last := self._read(numbers[-1])).state == RUNNING:
            self.write(replace(last, state=STOPPED))
        night = Night(number=(numbers[-1] if numbers else 0) + 1, started=now().isoformat(timespec="seconds"))
        self.write(night)
        for number in numbers[: -KEEP + 1]:
            self._path(number).unlink()
        return night

    def write(self, night: Night) -> Night:
        """Write a night down, all of it or not at all, and return it."""
        write_whole(self._path(night.number), json.dumps(asdict(night), ensure_ascii=False, indent=1))
        return night

    def all(self) -> list[Night]:
        """Return all nights, oldest first."""
        return [self._read(number) for number in self._numbers()]

    def newest(self) -> Night | None:
        """Return the newest night, None before the first."""
        numbers = self._numbers()
        return self._read(numbers[-1]) if numbers else None

    def _path(self, number: int) -> Path:
        return self.folder / f"night-{number:06d}.json"

    def _numbers(self) -> list[int]:
        return sorted(int(path.stem.removeprefix("night-")) for path in self.folder.glob("night-*.json"))

    def _read(self, number: int) -> Night:
        content = json.loads(self._path(number).read_text("utf-8"))
        return Night(**{**content, "taken": tuple(Taken(**taken) for taken in content["taken"])})


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that readers and a power cut see the old one or the new one."""
    with store_errors(path):
        make_folder(path.parent)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.write_text(text, encoding="utf-8")
        sync_file(draft)
        draft.replace(path)
        sync_folders([path.parent])
