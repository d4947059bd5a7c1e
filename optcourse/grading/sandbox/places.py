"""Where Python, numpy and our few files lie: all that a sandbox lets a submission read."""

import sys
import sysconfig
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

import optcourse
from optcourse.checking import answering, magics, names, slicing
from optcourse.grading.sandbox import frames


@dataclass(frozen=True)
class Places:
    """Files and folders by what they are for."""

    python: Path
    library: Path  # Python's standard library
    numpy: Path
    numpy_libraries: Path | None  # what the wheel of numpy brings along
    shared: tuple[Path, ...]  # shared libraries of the system, and of Python where it has its own
    inside: Path  # our files for the jail
    ours: tuple[Path, ...]  # more of our files, which both sides use
    kept_out: Path  # optcourse itself

    @property
    def readable(self) -> tuple[Path, ...]:
        """All of them but what is kept out."""
        own = (self.inside, *self.ours)
        bundled = (self.numpy_libraries,) if self.numpy_libraries else ()
        return (self.python, self.library, self.numpy, *bundled, *self.shared, *own)


@cache
def places() -> Places:
    """The places of the Python that runs now."""
    python = Path(getattr(sys, "_base_executable", sys.executable) or sys.executable).resolve()
    numpy = Path(np.__file__).parent.resolve()
    bundled = numpy.with_name("numpy.libs")
    root = Path(optcourse.__file__).parent.resolve()
    return Places(
        python=python,
        library=Path(sysconfig.get_path("stdlib", vars=base())).resolve(),
        numpy=numpy,
        numpy_libraries=bundled if bundled.is_dir() else None,
        shared=tuple(dict.fromkeys(path.resolve() for path in shared() if path.exists())),
        inside=root / "grading" / "sandbox" / "inside",
        ours=tuple(Path(str(one.__file__)).resolve() for one in (answering, magics, names, slicing, frames)),
        kept_out=root,
    )


def base() -> dict[str, str]:
    """The Python that a virtual environment was made from."""
    return {"base": sys.base_prefix, "platbase": sys.base_exec_prefix, "installed_base": sys.base_prefix}


def shared() -> list[Path]:
    """Folders that the loader looks in, and its table of them."""
    multiarch = sysconfig.get_config_var("MULTIARCH") or "none"
    found = [Path("/lib64"), Path("/usr/lib64"), Path("/lib", multiarch), Path("/usr/lib", multiarch)]
    if sysconfig.get_config_var("Py_ENABLE_SHARED") and sys.base_prefix != "/usr":
        found.append(Path(sys.base_prefix, "lib"))
    return [*found, Path("/etc/ld.so.cache")]
