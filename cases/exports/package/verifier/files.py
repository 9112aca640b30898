"""Files against the manifest: every one there, none beside, none changed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

MANIFEST, SIGNATURE, EXPORT = "manifest.json", "signature.json", "ledger/export.json"
UNLISTED = (MANIFEST, SIGNATURE, EXPORT)  # they speak of the manifest, so it cannot speak of them


def files_below(folder: Path) -> list[str]:
    """Name every file below a folder by its path with '/'; links are named too."""
    found = []
    for place, _folders, names in os.walk(str(folder)):
        found += [(Path(place) / name).relative_to(folder).as_posix() for name in names]
        found += [
            (Path(place) / name).relative_to(folder).as_posix()
            for name in _folders
            if (Path(place) / name).is_symlink()
        ]
    return sorted(found)


def proper(path: str) -> bool:
    """Whether a path of the manifest stays inside the package."""
    parts = path.split("/")
    return bool(path) and "\\" not in path and ":" not in path and not any(part in ("", ".", "..") for part in parts)


def check_files(folder: Path, manifest: dict[str, Any], report: Any) -> None:
    """Compare the folder with the manifest, naming each file that differs."""
    listed = {entry["path"]: entry for entry in manifest["files"]}
    there = files_below(folder)
    wrong = [path for path in listed if not proper(path)] + (["manifest.json"] * (len(listed) < len(manifest["files"])))
    for path in sorted(set(there) - set(listed) - set(UNLISTED)):
        report.differs(f"{path}：清单上没有这个文件", f"{path}: not in the manifest")
        wrong.append(path)
    for path in sorted({*listed, *UNLISTED} - set(there)):
        report.differs(f"{path}：缺少这个文件", f"{path}: missing")
        wrong.append(path)
    for path in sorted(set(there) & set(listed)):
        content = b"" if (folder / path).is_symlink() else (folder / path).read_bytes()
        if hashlib.sha256(content).hexdigest() != listed[path]["sha256"] or len(content) != listed[path]["size"]:
            report.differs(f"{path}：内容与清单不一致", f"{path}: not the content the manifest names")
            wrong.append(path)
    if not wrong:
        number = len(listed)
        report.holds(
            f"清单所列 {number} 个文件齐全，内容一致，没有多余文件",
            f"all {number} files of the manifest are there, unchanged, and none beside them",
        )
