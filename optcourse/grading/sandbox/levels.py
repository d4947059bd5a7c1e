"""The levels of the sandbox: how the fork server is started at each, and why one can't be had here."""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from optcourse.errors import UserError
from optcourse.grading.sandbox.places import Places
from optcourse.processors import ONE_THREAD

BUBBLEWRAP, LANDLOCK, CONTAINER, NONE = "bubblewrap", "landlock", "container", "none"
LEVELS = (BUBBLEWRAP, LANDLOCK, CONTAINER)  # from the strongest
WEAKNESS = {BUBBLEWRAP: 0, LANDLOCK: 1, CONTAINER: 2, NONE: 3}
SAYS = {
    BUBBLEWRAP: "bubblewrap: own file system, processes and network, seccomp, limits",
    LANDLOCK: "Landlock: no file but Python's can be read, none written; seccomp, limits; processes are seen",
    CONTAINER: "another user of this container, seccomp, limits; the container's files can be read",
    NONE: "NO SANDBOX",
}
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    **ONE_THREAD,
    "LC_ALL": "C.UTF-8",
    "LD_BIND_NOW": "1",  # names in libraries are looked up once, not in each forked process
    "PATH": "/nowhere",
}
JAIL = Path("/jail")


def command(level: str, places: Places, control: int) -> list[str]:
    """The command that starts the fork server."""
    if level == BUBBLEWRAP:
        inside = places.__class__(
            **{
                **vars(places),
                "numpy": JAIL / "numpy",
                "inside": JAIL / "inside",
                "ours": tuple(JAIL / path.name for path in places.ours),
            }
        )
        return [*bubblewrap(places), *server(inside, control)]
    return server(places, control)


def server(places: Places, control: int) -> list[str]:
    """The command inside the jail."""
    files = (places.numpy, *places.ours)
    return [
        str(places.python), "-s", "-S", "-P", "-B",
        str(places.inside / "boot.py"), str(control), *map(str, files),
    ]  # fmt: skip


def bubblewrap(places: Places) -> list[str]:
    """bwrap with everything unshared, and nothing in it but what is read."""
    arguments = [
        "bwrap",
        "--unshare-user",
        "--unshare-all",
        "--die-with-parent",
        "--new-session",
        "--clearenv",
    ]
    arguments += ["--uid", "65534", "--gid", "65534", "--hostname", "jail", "--cap-drop", "ALL"]
    for name, value in ENVIRONMENT.items():
        arguments += ["--setenv", name, value]
    for path in (places.library, places.python, *places.shared):
        arguments += ["--ro-bind", str(path), str(path)]
    for link in ("/lib", "/lib64"):  # where programs look for the loader
        if os.path.islink(link):
            arguments += ["--symlink", os.readlink(link), link]
    for path in installed(places):
        arguments += ["--tmpfs", str(path)]
    arguments += ["--ro-bind", str(places.numpy), str(JAIL / "numpy")]
    if places.numpy_libraries:
        arguments += ["--ro-bind", str(places.numpy_libraries), str(JAIL / "numpy.libs")]
    for source, name in (
        (places.inside, "inside"),
        *((path, path.name) for path in places.ours),
    ):
        arguments += ["--ro-bind", str(source), str(JAIL / name)]
    return [*arguments, "--remount-ro", "/", "--chdir", "/", "--"]


def installed(places: Places) -> list[Path]:
    """Folders of installed packages that lie inside what is readable, and must not be."""
    found = {
        folder / name
        for folder in (places.library, *places.shared)
        for name in ("site-packages", "dist-packages")
    }
    for folder in places.shared:
        if folder.is_dir():
            found |= {
                path
                for pattern in ("site-packages", "dist-packages")
                for path in folder.glob(f"python3*/{pattern}")
            }
    return sorted(path for path in found if path.is_dir())


def confinement(level: str, places: Places) -> dict[str, Any]:
    """What the server gives up by itself."""
    return {
        "level": level,
        "readable": [str(path) for path in places.readable],
        "user": 61_000 + os.getpid() % 4000,  # nobody else's
    }


def obstacle(level: str) -> str:
    """Why a level can't even be tried here; empty where it can."""
    if not sys.platform.startswith("linux"):
        return f"submissions can't be run safely on {sys.platform}: grade in Docker, or in WSL2 on Windows"
    if level == BUBBLEWRAP and shutil.which("bwrap") is None:
        return "bubblewrap is not installed: apt-get install bubblewrap (or dnf install bubblewrap)"
    if level == CONTAINER and os.geteuid() != 0:
        return "the container level needs root, to run submissions as another user"
    if level == CONTAINER and not in_container():
        return "this is no container (a whole machine is not to be shared with submissions)"
    return ""


def in_container(marks: Sequence[str] = ("/.dockerenv", "/run/.containerenv", "/autograder")) -> bool:
    """Whether this is a disposable container: Docker's, Podman's or Gradescope's mark is there."""
    return any(Path(mark).exists() for mark in marks)


def check(level: str, required: str | None, last: str | None, weaker: bool) -> None:
    """UserError where this level is weaker than the one required, or than the last run's.

    `weaker`: a person said that it may be weaker than the last run's.
    """
    if required and WEAKNESS[level] > WEAKNESS[required]:
        raise UserError(
            f"--require-level {required}: here is only {level} ({SAYS[level]}), so nothing is graded. "
            "What is in the way of a stronger level is said above."
        )
    if last and not weaker and WEAKNESS[level] > WEAKNESS.get(last, 0):
        raise UserError(
            f"The assignment's last run was at the level {last}, and this one would be at {level} "
            f"({SAYS[level]}), so nothing is graded. Mend what is in the way, or say --allow-weaker."
        )
