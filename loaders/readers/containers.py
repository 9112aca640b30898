"""Folders, zip archives and gzip files: which files a source holds, unpacked within bounds."""

import gzip
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from claims.durable import is_full
from claims.errors import LoadRefusedError, NotFoundError
from claims.language import N_
from loaders.readers.limits import BLOCK, LIMITS, Limits

TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
SHEET_SUFFIXES = (".xlsx",)
PARQUET_SUFFIXES = (".parquet",)
SUFFIXES = TEXT_SUFFIXES + SHEET_SUFFIXES + PARQUET_SUFFIXES
ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz", ".zst")


@dataclass(frozen=True)
class Found:
    """One file of a source: the sender's name for it, and where its bytes are."""

    name: str
    path: Path

    @property
    def suffix(self) -> str:
        """Its suffix, a closing `.gz` aside."""
        return PurePosixPath(plain_name(self.name)).suffix.lower()

    @property
    def readable(self) -> bool:
        """Whether some reader reads files of this name."""
        return self.suffix in SUFFIXES and not PurePosixPath(self.name).name.startswith(("~$", "."))


def plain_name(name: str) -> str:
    """Return `name` without a closing `.gz`."""
    return name[:-3] if name.lower().endswith(".gz") else name


def find(source: Path, scratch: Path, limits: Limits = LIMITS) -> list[Found]:
    """List the files of a folder, a zip or a single file in name order; a zip's members are unpacked to `scratch`."""
    if source.is_dir():
        found = list(_in_folder(source))
    elif source.is_file():
        is_zip = source.suffix.lower() == ".zip"
        found = _in_zip(source, scratch, limits) if is_zip else [Found(source.name, source)]
    else:
        raise NotFoundError(N_("There is no file or folder {path}."), path=source)
    return sorted(found, key=lambda item: item.name)


def _in_folder(folder: Path) -> Iterator[Found]:
    home = folder.resolve()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() and not path.resolve().is_relative_to(home):
            raise LoadRefusedError(N_("{file} is a link that leads outside the source."), file=name)
        if path.is_dir() or any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        if not path.is_file():
            raise LoadRefusedError(N_("{file} is not an ordinary file."), file=name)
        yield Found(name, path)


def _in_zip(archive: Path, scratch: Path, limits: Limits) -> list[Found]:
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [member for member in opened.infolist() if not member.is_dir()]
            _check_members(archive.name, members, limits)
            return [
                Found(_member_name(member), _unpack_member(opened, member, scratch / f"{number:05}", limits))
                for number, member in enumerate(members)
                if not _is_litter(member)
            ]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        if is_full(error):
            raise
        raise LoadRefusedError(
            N_("{file} cannot be unpacked: {reason}"), file=archive.name, reason=str(error)
        ) from error


def _is_litter(member: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(member.filename).parts
    return any(part == "__MACOSX" or part.startswith(".") for part in parts)


def _check_members(archive: str, members: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(members) > limits.members:
        raise _too_much(archive, N_("more than {limit} files"), limits.members)
    if sum(member.file_size for member in members) > limits.unpacked:
        raise _too_much(archive, N_("more than {limit} bytes unpacked"), limits.unpacked)
    names = [_member_name(member) for member in members]
    for member, name in zip(members, names, strict=True):
        _check_member(archive, member, name)
        if names.count(name) > 1:
            raise LoadRefusedError(N_("{file} holds two files named {member}."), file=archive, member=name)


def _check_member(archive: str, member: zipfile.ZipInfo, name: str) -> None:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in name or "\0" in member.orig_filename:
        raise LoadRefusedError(N_("{file} holds a path that leads outside it: {member}"), file=archive, member=name)
    if stat.S_ISLNK(member.external_attr >> 16):
        raise LoadRefusedError(N_("{file} holds a link: {member}"), file=archive, member=name)
    if member.flag_bits & 1:
        raise LoadRefusedError(N_("{file} is encrypted; unpack it first."), file=archive)
    if path.name.lower().endswith(ARCHIVES):
        raise LoadRefusedError(N_("{file} holds another archive: {member}"), file=archive, member=name)


def _member_name(member: zipfile.ZipInfo) -> str:
    """Return the member's name; names of Chinese Windows are GB18030 that `zipfile` read as cp437."""
    if member.flag_bits & 0x800:
        return member.filename
    raw = member.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename


def _unpack_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, limits: Limits) -> Path:
    name = PurePosixPath(_member_name(member)).name
    folder.mkdir(parents=True)
    target = (
        folder / f"member{PurePosixPath(plain_name(name)).suffix.lower()}{'.gz' if name != plain_name(name) else ''}"
    )
    with archive.open(member) as stream:
        _copy(name, stream, target, member.compress_size, limits)
    return target


def unpack_gzip(found: Found, scratch: Path, limits: Limits = LIMITS) -> Path:
    """Unpack a `.gz` file to `scratch` and return the unpacked file; LoadRefusedError when it is damaged or a bomb."""
    target = scratch / f"{found.path.stem}"
    try:
        with gzip.open(found.path, "rb") as stream:
            _copy(found.name, stream, target, found.path.stat().st_size, limits)
    except (OSError, EOFError, zlib.error) as error:
        if is_full(error):
            raise
        raise LoadRefusedError(
            N_("{file} is damaged or cut short: {reason}"), file=found.name, reason=str(error)
        ) from error
    return target


def _copy(name: str, stream: IO[bytes] | gzip.GzipFile, target: Path, packed: int, limits: Limits) -> None:
    written = 0
    with target.open("wb") as out:
        while block := stream.read(BLOCK):
            written += len(block)
            if written > limits.unpacked:
                raise _too_much(name, N_("more than {limit} bytes unpacked"), limits.unpacked)
            if written > limits.ratio_from and written > packed * limits.ratio:
                raise _too_much(name, N_("unpacks to more than {limit} times its size"), limits.ratio)
            out.write(block)


def _too_much(file: str, what: str, limit: int) -> LoadRefusedError:
    return LoadRefusedError(
        N_("{file} looks like an archive bomb: {what}."), file=file, what=LoadRefusedError(what, limit=limit)
    )
