"""The status page of the nightly job: JSON for monitors, one HTML file for people in Chinese and English."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from claims.language import LANGUAGES, N_, speaking, translate
from claims.workspace import Workspace
from jobs.nights import DONE, FAILED, RUNNING, STOPPED, Nights, write_whole

SHOWN = 30  # nights on the page
STATE_TITLES: Mapping[str, str] = {
    RUNNING: N_("running"),
    STOPPED: N_("stopped by a kill"),
    DONE: N_("done"),
    FAILED: N_("failed"),
}
TITLES: Mapping[str, str] = {
    "title": N_("Nightly run"),
    "next": N_("next run"),
    "night": N_("night"),
    "started": N_("started (UTC)"),
    "state": N_("state"),
    "seconds": N_("seconds"),
    "rows": N_("rows read"),
    "quarantined": N_("quarantined"),
    "version": N_("data version"),
    "run": N_("run"),
    "rings": N_("rings above the line"),
    "alerts": N_("alerts"),
    "false_alarms": N_("expected false alarms"),
    "problem": N_("problem"),
    "none": N_("No run yet."),
}
_PAGES = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True)


def write_status(workspace: Workspace, next_run: datetime | None = None) -> Path:
    """Write `nightly/status.json` and `nightly/status.html`, each as a whole; return the page's path."""
    nights = Nights.of(workspace)
    newest = nights.newest()
    following = next_run.isoformat(timespec="minutes") if next_run else None
    content = {"next_run": following, "last": asdict(newest) if newest else None}
    write_whole(nights.folder / "status.json", json.dumps(content, ensure_ascii=False, indent=1))
    page = nights.folder / "status.html"
    write_whole(page, _page(nights, following))
    return page


def _page(nights: Nights, following: str | None) -> str:
    shown = nights.all()[: -SHOWN - 1 : -1]
    return _PAGES.get_template("status.html").render(
        words=_both(TITLES), states=_both(STATE_TITLES), nights=shown, following=following
    )


def _both(keys: Mapping[str, str]) -> dict[str, list[str]]:
    """Every title in every language, in the order of `LANGUAGES`."""
    texts: dict[str, list[str]] = {name: [] for name in keys}
    for code in LANGUAGES:
        with speaking(code):
            for name, key in keys.items():
                texts[name].append(translate(key))
    return texts
