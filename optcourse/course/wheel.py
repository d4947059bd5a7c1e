"""The package as students get it: a wheel without the answers to homework."""

# mypy: allow-untyped-calls
import tomllib
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.wheel import WheelBuilder
from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager

LEFT_OUT = ("optcourse/homework",)  # the rules that homework asks for, with their mistakes


def student_wheel(root: Path, folder: Path, added: Mapping[str, bytes]) -> Path:
    """The wheel of the checkout `root` for students, in `folder`; `added` are files in it, by their paths.

    The exercises are not in it either: a bundle has them beside it, each student's own.
    """
    project = settings(root)
    target = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    target["exclude"] = list(LEFT_OUT)
    del target["force-include"]["exercises"]
    with TemporaryDirectory() as place:
        for number, (path, content) in enumerate(added.items()):
            file = Path(place, f"{number}-{Path(path).name}")
            file.write_bytes(content)
            target["force-include"][str(file)] = path
        return built(root, folder, project)


def full_wheel(root: Path, folder: Path) -> Path:
    """The wheel of the checkout with all that is in it, for graders."""
    return built(root, folder, settings(root))


def settings(root: Path) -> dict[str, Any]:
    """What pyproject.toml says."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def built(root: Path, folder: Path, project: dict[str, Any]) -> Path:
    """The wheel that hatchling makes with these settings."""
    builder = WheelBuilder(str(root), metadata=ProjectMetadata(str(root), PluginManager(), project))
    (made,) = builder.build(directory=str(folder), versions=["standard"])
    return Path(made)
