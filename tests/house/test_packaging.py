"""The wheel holds the packages that are written out in pyproject.toml, and what they need at run time."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GPL = {"igraph", "python-igraph", "leidenalg"}


@pytest.fixture(scope="module")
def wheel_files(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    out = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)], cwd=ROOT, check=True)
    return set(zipfile.ZipFile(next(out.glob("*.whl"))).namelist())


def test_the_wheel_holds_every_module(wheel_files: set[str]) -> None:
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"][
        "packages"
    ]
    tracked = subprocess.run(["git", "ls-files", *packages], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(tracked.stdout.split()) <= wheel_files


def test_the_wheel_holds_no_tests(wheel_files: set[str]) -> None:
    assert not [name for name in wheel_files if name.startswith(("tests/", "benchmarks/"))]


def test_locks_have_hashes_and_no_gpl_graph_library() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        lines = (ROOT / name).read_text().splitlines()
        pinned = [line for line in lines if "==" in line]
        assert len(pinned) > 20
        assert all(line.endswith("\\") for line in pinned), name
        assert not {line.split("==")[0] for line in pinned} & GPL
