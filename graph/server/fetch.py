"""Fetching the server's jars, once, with Maven; and finding a Java that runs them."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from claims.errors import StoreError
from claims.language import N_

VERSION = "5.26.30"
JAVA_VERSIONS = (17, 21)

POM = f"""\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>ringhound</groupId>
  <artifactId>neo4j-trial</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>{VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.neo4j.app</groupId><artifactId>neo4j-server</artifactId><version>{VERSION}</version>
    </dependency>
  </dependencies>
</project>
"""


def cache_folder() -> Path:
    """Folder the jars are kept in, shared by all workspaces of a user."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "ringhound" / f"neo4j-{VERSION}"


def jars(cache: Path | None = None) -> Path | None:
    """Folder of the jars, or None when they were never fetched."""
    folder = (cache or cache_folder()) / "lib"
    return folder if folder.is_dir() else None


def fetch(cache: Path | None = None) -> Path:
    """Return the folder of jars, fetching them when they are not there yet."""
    cache = cache or cache_folder()
    return jars(cache) or _download(cache)


def _download(cache: Path) -> Path:
    """Fetch into a folder of its own, then rename: a killed download is never taken for whole."""
    maven = shutil.which("mvn")
    if maven is None:
        raise StoreError(N_("Maven (mvn) is not on the PATH; it fetches Neo4j once. On Debian: apt-get install maven."))
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="fetch-") as name:
        folder = Path(name)
        (folder / "pom.xml").write_text(POM)
        _run_maven(maven, folder)
        target = cache / "lib"
        if not target.is_dir():  # somebody else may have been quicker
            (folder / "lib").rename(target)
    return cache / "lib"


def _run_maven(maven: str, folder: Path) -> None:
    command = [maven, "-B", "-q", "-f", str(folder / "pom.xml"), "dependency:copy-dependencies"]
    options = ["-DincludeScope=runtime", f"-DoutputDirectory={folder / 'lib'}"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    if done.returncode or not (folder / "lib").is_dir():
        said = [line for line in (done.stdout + done.stderr).splitlines() if "ERROR" in line]
        reason = re.sub(r"\x1b\[[0-9;]*m|\[ERROR\]", "", said[0]).strip() if said else f"exit {done.returncode}"
        raise StoreError(
            N_("Maven could not fetch Neo4j {version}; this needs a network the first time. Maven says: {reason}"),
            version=VERSION,
            reason=reason,
        )


def find_java() -> str:
    """Return a Java that Neo4j 5.26 runs on: $JAVA_HOME first, then the PATH."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    if java is None:
        raise StoreError(
            N_("No Java was found; Neo4j needs Java 17. On Debian: apt-get install openjdk-17-jre-headless.")
        )
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(\d+)', said.stderr + said.stdout)
    version = found.group(1) if found else "?"
    if version not in map(str, JAVA_VERSIONS):
        raise StoreError(N_("{java} is Java {version}; Neo4j 5.26 needs Java 17 or 21."), java=java, version=version)
    return java
