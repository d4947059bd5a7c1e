"""Zip files, read in memory under limits: nothing is ever unpacked to a disk, and no name becomes a path.

What a zip says of itself is held against what comes out of it. Only the two methods are read that can be
unpacked a piece at a time: bzip2 and LZMA unpack as much as they like in one call.
"""

import io
import stat
import zipfile
from collections.abc import Iterator
from typing import BinaryIO, Self

ENTRIES = 20_000
DIRECTORY = 8_000_000  # bytes of its table of contents, some 100 an entry
LARGEST = 50_000_000  # bytes of one file, unpacked
TOTAL = 4_000_000_000  # bytes of all files of a class
RATIO = 200  # how much a file may grow when it is unpacked
PIECE = 1 << 16  # bytes unpacked at once
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
END = 22 + (1 << 16)  # bytes at the end in which a zip says how long its table is


class ArchiveError(Exception):
    """A zip that is not taken, or not wholly; the message says why."""


class Archive:
    """A zip whose names were looked at; use it as a context. ArchiveError where it is not to be taken."""

    def __init__(self, file: BinaryIO | bytes, *, total: int = TOTAL) -> None:
        stream = io.BytesIO(file) if isinstance(file, bytes) else file
        try:
            check_directory(stream)
            self.zip = zipfile.ZipFile(stream)
        except (ArchiveError, MemoryError):  # that there is no room here is no fault of the zip's
            raise
        except Exception as error:  # a damaged zip raises whatever it meets: struct.error, OverflowError
            raise ArchiveError(f"not a zip file: {str(error)[:200]}") from error
        infos = [info for info in self.zip.infolist() if not info.filename.endswith("/")]
        if len(infos) > ENTRIES:
            raise ArchiveError(f"it has {len(infos):,} files, {ENTRIES:,} are the most")
        for info in infos:
            check(info)
        if sum(info.file_size for info in infos) > total:
            raise ArchiveError(f"it would unpack to more than {total:,} bytes")
        self.infos = tuple(info for info in infos if not ignored(info.filename))

    def content(self, info: zipfile.ZipInfo) -> bytes:
        """The bytes of one file, and never more of them than it says it has."""
        try:
            return unpacked(self.zip, info)
        except (ArchiveError, MemoryError):
            raise
        except Exception as error:  # zlib.error, BadZipFile and their like have no common parent
            says = f"a file in it is damaged: {info.filename[:100]!r} ({str(error)[:200]})"
            raise ArchiveError(says) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.zip.close()


def members(file: BinaryIO | bytes, *, total: int = TOTAL) -> Iterator[tuple[str, bytes]]:
    """The name and content of each file; ArchiveError at the first that is not to be taken."""
    with Archive(file, total=total) as archive:
        for info in archive.infos:
            yield info.filename, archive.content(info)


def check_directory(stream: BinaryIO) -> None:
    """ArchiveError for a table of contents that is too long to be read; what it says is in the zip's end."""
    stream.seek(0, io.SEEK_END)
    size = stream.tell()
    stream.seek(max(0, size - END))
    end = stream.read(END)
    at = end.rfind(b"PK\x05\x06")
    if at >= 0 and int.from_bytes(end[at + 12 : at + 16], "little") > DIRECTORY:
        raise ArchiveError(f"its table of contents has more than {DIRECTORY:,} bytes")
    stream.seek(0)


def check(info: zipfile.ZipInfo) -> None:
    """ArchiveError for a file with a name that leads elsewhere, a link, or one that unpacks to too much."""
    name = info.filename
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in name:
        raise ArchiveError(f"a file in it has a name that leads out of it: {name[:100]!r}")
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        kind = "link" if stat.S_ISLNK(info.external_attr >> 16) else "device"
        raise ArchiveError(f"a file in it is a {kind}: {name[:100]!r}")
    if info.flag_bits & 1:
        raise ArchiveError(f"a file in it is encrypted: {name[:100]!r}")
    if info.compress_type not in METHODS:
        raise ArchiveError(
            f"a file in it is packed by a method that is not read ({info.compress_type}): {name[:100]!r}; "
            "pack it as an ordinary zip"
        )
    if info.file_size > LARGEST or info.file_size > 10_000 + RATIO * max(info.compress_size, 1):
        raise ArchiveError(f"a file in it unpacks to {info.file_size:,} bytes: {name[:100]!r}")


def unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """The bytes of one file, a piece at a time."""
    content, size = io.BytesIO(), 0
    with archive.open(info) as file:
        while piece := file.read(PIECE):
            size += len(piece)
            if size > info.file_size or size > LARGEST:
                most = min(info.file_size, LARGEST)
                says = f"a file in it unpacks to more than {most:,} bytes: {info.filename[:100]!r}"
                raise ArchiveError(says)
            content.write(piece)
    return content.getvalue()


def ignored(name: str) -> bool:
    """What computers put into zips by themselves."""
    parts = name.split("/")
    return (
        bool({"__MACOSX", ".ipynb_checkpoints", ".git"} & set(parts))
        or parts[-1] in ("Thumbs.db", "desktop.ini")
        or parts[-1].startswith("._")
        or parts[-1] == ".DS_Store"
    )
