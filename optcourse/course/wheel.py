"""The package as students get it: a wheel without the answers to homework."""

# mypy: allow-untyped-calls
import tomllib
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from hatchling.builders.wheel import WheelBuilder  # type: ignore[import-not-found]
from hatchling.metadata.core import ProjectMetadata  # type: ignore[import-not-found]

LEFT_OUT = ("optcourse/homework",)  # the rules that homework asks for, with their mistakes


def student_wheel(root: Path, folder: Path, added: Mapping[str, bytes]) -> Path:
    """Build the wheel of the checkout `root` into `folder`; `added` are files in it, by their paths there.

    The exercises are not in it either: a bundle has them beside it, each student's own.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    target = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    target["exclude"] = list(LEFT_OUT)
    with TemporaryDirectory() as place:
        for number, (path, content) in enumerate(added.items()):
            file = Path(place, f"{number}-{Path(path).name}")
            file.write_bytes(content)
            target["force-include"][str(file)] = path
        del target["force-include"]["exercises"]
        builder = WheelBuilder(str(root), metadata=ProjectMetadata(str(root), None, project))
        (made,) = builder.build(directory=str(folder), versions=["standard"])
    return Path(made)
