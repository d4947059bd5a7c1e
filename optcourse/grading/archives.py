"""Zip files, read in memory under limits: nothing is ever unpacked to a disk, and no name becomes a path."""

import io
import stat
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

ENTRIES = 20_000
LARGEST = 25_000_000  # bytes of one file, unpacked
TOTAL = 4_000_000_000  # bytes of all files of a class
RATIO = 200  # how much a file may grow when it is unpacked


class ArchiveError(Exception):
    """A zip that is not taken, or not wholly; the message says why."""


def members(file: BinaryIO | bytes, *, total: int = TOTAL) -> Iterator[tuple[str, bytes]]:
    """The name and content of each file; ArchiveError at the first that is not to be taken."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(file) if isinstance(file, bytes) else file)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise ArchiveError(f"not a zip file: {error}") from error
    with archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        if len(infos) > ENTRIES:
            raise ArchiveError(f"it has {len(infos):,} files, {ENTRIES:,} are the most")
        for info in infos:
            check(info)
        if sum(info.file_size for info in infos) > total:
            raise ArchiveError(f"it would unpack to more than {total:,} bytes")
        for info in infos:
            if not ignored(info.filename):
                yield info.filename, content(archive, info)


def check(info: zipfile.ZipInfo) -> None:
    """ArchiveError for a file with a name that leads elsewhere, a link, or one that unpacks to too much."""
    name = info.filename
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in name:
        raise ArchiveError(f"a file in it has a name that leads out of it: {name[:100]!r}")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise ArchiveError(f"a file in it is a link: {name[:100]!r}")
    if info.flag_bits & 1:
        raise ArchiveError(f"a file in it is encrypted: {name[:100]!r}")
    if info.file_size > LARGEST or info.file_size > 10_000 + RATIO * max(info.compress_size, 1):
        raise ArchiveError(f"a file in it unpacks to {info.file_size:,} bytes: {name[:100]!r}")


def content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """The bytes of one file, however many its head claims."""
    try:
        with archive.open(info) as file:
            data = file.read(LARGEST + 1)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, RuntimeError) as error:
        raise ArchiveError(f"a file in it can't be read: {info.filename[:100]!r} ({error})") from error
    except Exception as error:  # zlib.error and its like have no common parent
        raise ArchiveError(f"a file in it is damaged: {info.filename[:100]!r} ({error})") from error
    if len(data) > LARGEST:
        raise ArchiveError(f"a file in it unpacks to more than {LARGEST:,} bytes: {info.filename[:100]!r}")
    return data


def ignored(name: str) -> bool:
    """What computers put into zips by themselves."""
    parts = name.split("/")
    return "__MACOSX" in parts or parts[-1].startswith(".") or ".ipynb_checkpoints" in parts
