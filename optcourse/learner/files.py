"""Writing without loss: whole files only, and never over somebody's work."""

import hashlib
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path


def write_atomically(path: Path, content: bytes) -> None:
    """Write the whole file or nothing, however it ends; folders are made as needed. OSError as usual."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        partial.write_bytes(content)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def names_beside(path: Path, tag: str) -> Iterator[Path]:
    """Names for another version of `path`: for "new", 09_adam.new.ipynb, 09_adam.new-2.ipynb, ..."""
    for number in count(1):
        marked = tag if number == 1 else f"{tag}-{number}"
        yield path.with_name(f"{path.stem}.{marked}{path.suffix}")


def free_name(path: Path, tag: str) -> Path:
    """The first of these names that nothing has yet."""
    return next(name for name in names_beside(path, tag) if not os.path.lexists(name))


def sha256(content: bytes) -> str:
    """The hash that tells one version of a file from another."""
    return hashlib.sha256(content).hexdigest()
