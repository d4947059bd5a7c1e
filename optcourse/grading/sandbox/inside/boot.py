"""The first file that runs in the jail: gives it numpy and the few files it needs, and nothing else.

Started as `python -s -S -P -B boot.py CONTROL_FD NUMPY_FOLDER FILE...`, with no path to any
installed package. Our files go by their usual names, in packages that are otherwise empty.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
import types
from collections.abc import Sequence
from pathlib import Path

PACKAGE = "optcourse.grading.sandbox.inside"
OURS = dict.fromkeys(("answering", "magics", "names", "slicing"), "optcourse.checking")
OURS["frames"] = "optcourse.grading.sandbox"


class Placed(importlib.abc.MetaPathFinder):
    """Finds the modules of a table of names and files."""

    def __init__(self, files: dict[str, str]) -> None:
        self.files = files

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module's file; its folder is searched for submodules where it is a package."""
        file = self.files.get(name)
        if file is None:
            return None
        folders = [os.path.dirname(file)] if file.endswith("__init__.py") else None
        return importlib.util.spec_from_file_location(name, file, submodule_search_locations=folders)


def main() -> None:
    """Put the modules in their places and serve."""
    control, numpy, *ours = sys.argv[1:]
    sys.argv = [""]
    here = Path(__file__).parent
    files = {f"{PACKAGE}.{file.stem}": str(file) for file in here.glob("*.py")}
    files |= {f"{OURS[Path(file).stem]}.{Path(file).stem}": file for file in ours}
    files["numpy"] = f"{numpy}/__init__.py"
    for name in (
        "optcourse",
        "optcourse.checking",
        "optcourse.grading",
        "optcourse.grading.sandbox",
        PACKAGE,
    ):
        empty = types.ModuleType(name)
        empty.__path__ = []
        sys.modules[name] = empty
    placed = Placed(files)
    sys.meta_path.insert(0, placed)
    from optcourse.grading.sandbox.inside.server import serve

    del placed.files["numpy"]
    serve(int(control))


if __name__ == "__main__":
    main()
