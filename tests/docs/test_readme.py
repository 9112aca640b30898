"""The commands of both READMEs run as printed, in order, in an empty folder."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands(document: str) -> str:
    return "\n".join(BLOCK.findall((ROOT / document).read_text(encoding="utf-8")))


@pytest.mark.parametrize("document", ["README.md", "README.zh-CN.md"])
def test_commands_run_as_printed(document: str, tmp_path: Path) -> None:
    script = "set -euo pipefail\n" + commands(document)
    assert script.count("ringhound ") >= 8
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_both_readmes_teach_the_same_commands() -> None:
    assert commands("README.md") == commands("README.zh-CN.md")


def test_links_lead_somewhere() -> None:
    for document in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"
