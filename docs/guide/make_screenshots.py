"""Walk both guides in a real Chromium and keep their pictures: `python -m docs.guide.make_screenshots`.

Without a workspace it makes the county of `ringhound demo`, lets the investigator look in once, and runs the night
after that, so that the desk has something new to tell. With `--workspace` it takes what is
there. Either way it works on a copy for each language: what is decided on the walk is decided nowhere else.
The county comes from a fixed seed; only the dates of the runs are those of the day on which it is made.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from claims.workspace import Workspace
from docs.guide import walk_morning, walk_referral
from docs.guide.walk_browser import CHROMIUM, FLAGS, served, walking
from docs.guide.walk_people import PEOPLE, add_people
from ui.commands.demo import DAYS, PERSONS, SEED

HERE = Path(__file__).resolve().parent
WALKS: Mapping[str, Callable[[Browser, str, str, Path, Workspace], None]] = {
    "morning": walk_morning.walk,
    "referral": walk_referral.walk,
}


def main() -> None:
    """Make the pictures that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path, help="a workspace with rings (default: the demonstration is made)")
    parser.add_argument("--only", choices=tuple(WALKS), help="one of the two guides")
    parser.add_argument("--language", choices=("zh", "en"), help="one of the two languages")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        root = asked.workspace or made(Path(scratch))
        for language in [asked.language] if asked.language else ("zh", "en"):
            for name in [asked.only] if asked.only else WALKS:
                walked(name, language, root, Path(scratch) / f"{name}-{language}")


def made(scratch: Path) -> Path:
    """Make the county of the demonstration, a first visit, and the night after it; return the workspace."""
    county, root = scratch / "county", scratch / "workspace"
    ringhound("simulate", "county", "--persons", str(PERSONS), "--days", str(DAYS), "--seed", str(SEED), at=scratch)
    ringhound("load", str(county), "--workspace", str(root))
    add_people(Workspace(root), "zh")
    with (
        sync_playwright() as playwright,
        served(Workspace(root), "zh", scratch / "visit.log") as address,
        walking(browser_of(playwright.chromium.launch), address, "zh", scratch) as walk,
    ):
        walk.sign_in("li", PEOPLE["li"].password)
    ringhound("load", str(scratch / "county-later"), "--workspace", str(root))
    ringhound("run", "--workspace", str(root))
    return root


def ringhound(*words: str, at: Path = HERE) -> None:
    """Run a command as one types it."""
    program = Path(sys.executable).parent / "ringhound"
    subprocess.run([str(program), *words], check=True, cwd=at, env=os.environ | {"RINGHOUND_LANG": "zh"})


def browser_of(launch: Callable[..., Browser]) -> Browser:
    """Start Chromium without a window and without a way to the network."""
    return launch(executable_path=CHROMIUM, args=list(FLAGS))


def walked(name: str, language: str, root: Path, scratch: Path) -> None:
    """Walk one guide in one language on a copy of the workspace."""
    shutil.copytree(root, scratch)
    workspace = Workspace(scratch)
    add_people(workspace, language)
    folder = HERE / language / "images"
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, served(workspace, language, scratch / "server.log") as address:
        WALKS[name](browser_of(playwright.chromium.launch), address, language, folder, workspace)


if __name__ == "__main__":
    main()
