"""A learner's own folder: lessons copied into it, and brought up to date without touching their work."""

import os
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from itertools import groupby
from pathlib import Path

from optcourse.errors import UserError
from optcourse.learner.files import free_name, names_beside, sha256, write_atomically
from optcourse.learner.formats import NOTEBOOKS, read, written

MARKER = ".optcourse"  # the folder that makes a folder a workspace; NOTEBOOKS is in it
STUDENT = "student"  # in it, where an instructor made the workspace: the learner's id on the roster
MADE_FOR = "shipped"  # in it too: exercises/*.ipynb that an instructor made for this learner alone


def enclosing_workspace() -> Path | None:
    """The workspace that the current folder lies in, or None."""
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / MARKER).is_dir()), None)


def chosen_workspace(folder: str | None) -> Path:
    """The folder asked for, else $OPTCOURSE_WORKSPACE, else the one we are in, else ~/optcourse-workspace."""
    asked = folder or os.environ.get("OPTCOURSE_WORKSPACE")
    if asked:
        # Shells leave the ~ of --dir=~/course as it is.
        return Path(os.path.expanduser(asked)).absolute()
    return enclosing_workspace() or Path.home() / "optcourse-workspace"


def made_for(workspace: Path) -> dict[str, Path]:
    """The notebooks that came with this workspace: they stand for those of their names that all get."""
    home = workspace / MARKER / MADE_FOR
    return {path.relative_to(home).as_posix(): path for path in sorted(home.glob("*/*.ipynb"))}


def workspace_files(files: Mapping[str, bytes], student: str | None = None) -> dict[str, bytes]:
    """What makes a folder with these files (name -> content) a workspace, as an instructor hands it out.

    Names and contents too. The workspace knows that its exercises were made for whom it is given to, and
    with a `student` whose it is.
    """
    notebooks = {name: content for name, content in files.items() if name.endswith(".ipynb")}
    found = {NOTEBOOKS.file: written(NOTEBOOKS, {name: sha256(text) for name, text in notebooks.items()})}
    for name, content in notebooks.items():
        if name.startswith("exercises/"):
            found[f"{MADE_FOR}/{name}"] = content
    if student:
        found[STUDENT] = student.encode()
    return {f"{MARKER}/{name}": content for name, content in found.items()}


def fill(workspace: Path, shipped: Mapping[str, Path]) -> list[str]:
    """Bring the shipped notebooks (name -> file) into the workspace; returns what was done, as sentences.

    A notebook that the learner changed, or only ran, stays as it is: a newer version is written beside
    it, once. UserError where the folder can't be written, or a later version of optcourse filled it.
    """
    if workspace.exists() and not workspace.is_dir():
        raise UserError(f"{workspace} is a file: name a folder with --dir.")
    try:
        (workspace / MARKER).mkdir(parents=True, exist_ok=True)
        versions, said = _read_manifest(workspace)
        new = 0
        for name, source in {**shipped, **made_for(workspace)}.items():
            path, content = workspace / name, source.read_bytes()
            version = sha256(content)
            if not path.exists():
                write_atomically(path, content)
                new += 1
            elif (theirs := sha256(path.read_bytes())) == version or versions.get(name) == version:
                pass
            elif theirs == versions.get(name):
                write_atomically(path, content)
                said.append(f"Updated {name}.")
            elif beside := _write_beside(path, content):
                said.append(
                    f"{name} has a new version; yours is as you left it, the new one is {beside.name}."
                )
            versions[name] = version
        _write_manifest(workspace, versions)
    except OSError as error:
        raise _cannot_write(workspace, error) from error
    if new:
        said.append(f"Wrote {new} notebook{'s' * (new > 1)} into {workspace}.")
    return said


def reset(workspace: Path, shipped: Mapping[str, Path], wanted: str) -> str:
    """Set one notebook back ("09", "9", "hw1", "09_adam"), keep the learner's beside it, say so.

    UserError for a notebook that does not exist, where there is no workspace, or one of a later version.
    """
    if not (workspace / MARKER).is_dir():
        raise UserError(
            f"There is no workspace in {workspace}: make one with optcourse lab, or name it with --dir."
        )
    shipped = {**shipped, **made_for(workspace)}
    name = named(wanted, shipped)
    path, content = workspace / name, shipped[name].read_bytes()
    try:
        versions, said = _read_manifest(workspace)  # before anything is moved: a later version's is refused
        kept = ""
        if path.exists():
            if path.read_bytes() == content:
                return " ".join([*said, f"{name} is as it was shipped: nothing to reset."])
            old = free_name(path, "old")
            path.rename(old)
            kept = f"; yours is now {old.name}"
        write_atomically(path, content)
        _write_manifest(workspace, {**versions, name: sha256(content)})
    except OSError as error:
        raise _cannot_write(workspace, error) from error
    return " ".join([*said, f"{name} is set back{kept}."])


def own_notebook(workspace: Path, shipped: Mapping[str, Path], wanted: str) -> Path:
    """The learner's own file that `wanted` means: a path, or a number (hw1); UserError for none."""
    if Path(wanted).suffix and Path(wanted).is_file():
        return Path(wanted)
    path = workspace / named(wanted, {**shipped, **made_for(workspace)})
    if not path.is_file():
        raise UserError(f"There is no {path}: make it with optcourse lab, or name your workspace with --dir.")
    return path


def given_out(workspace: Path, shipped: Mapping[str, Path], file: Path) -> Path | None:
    """The homework that a file is of, as it was given out, by how its name begins (hw1_); else None."""
    number = file.name.partition("_")[0]
    offered = {**shipped, **made_for(workspace)}
    return next((path for name, path in offered.items() if Path(name).stem.split("_")[0] == number), None)


def student_of(workspace: Path) -> str | None:
    """The id of the student that an instructor made the workspace for, if one did."""
    path = workspace / MARKER / STUDENT
    return path.read_text(encoding="utf-8").strip() or None if path.is_file() else None


def keep_student(workspace: Path, student: str) -> bool:
    """Note who the learner is, where the workspace does not say so yet; whether that was done."""
    if not (workspace / MARKER).is_dir() or student_of(workspace):
        return False
    write_atomically(workspace / MARKER / STUDENT, student.encode())
    return True


def named(wanted: str, shipped: Mapping[str, Path]) -> str:
    """The name of the notebook that "09", "9", "hw1" or "09_adam" means; UserError for none."""
    asked = wanted.removesuffix(".ipynb")
    asked = asked.zfill(2) if asked.isdecimal() else asked
    stems = {name: Path(name).stem for name in shipped}
    for name, stem in stems.items():
        if asked in (stem, stem.split("_")[0]):
            return name
    raise UserError(f"There is no notebook {wanted!r}: {choice(asked, list(stems.values()))}")


def choice(asked: str, stems: Sequence[str]) -> str:
    """Which notebooks may have been meant; where none is near, all that there are, as ranges of numbers."""
    words = {stem: (stem, *stem.split("_"), stem.partition("_")[2]) for stem in stems}
    near = [stem for stem in stems if get_close_matches(asked.lower(), words[stem], n=1, cutoff=0.78)]
    if near:
        return f"did you mean {' or '.join(near[:3])}?"
    ranges = []
    for _, kind in groupby((stem.partition("_")[0] for stem in stems), lambda one: one.rstrip("0123456789")):
        first, *others = kind
        ranges.append(f"{first} to {others[-1]}" if others else first)
    return f"there are {', '.join(ranges)}."


def _write_beside(path: Path, content: bytes) -> Path | None:
    """Write under the first free .new name, or return None where this very version lies there already."""
    for beside in names_beside(path, "new"):
        if not os.path.lexists(beside):
            write_atomically(beside, content)
            return beside
        if beside.is_file() and beside.read_bytes() == content:
            return None
    raise AssertionError("names_beside never ends")


def _read_manifest(workspace: Path) -> tuple[dict[str, str], list[str]]:
    """The manifest, and what is to be said about it: a damaged one is set aside and counts as empty."""
    versions, damaged = read(NOTEBOOKS, workspace / MARKER / NOTEBOOKS.file, _versions)
    if damaged:
        damaged += ". No notebook is lost: those that differ from the shipped ones count as yours."
    return versions or {}, [damaged] if damaged else []


def _versions(content: dict[str, str]) -> dict[str, str]:
    return {str(name): str(version) for name, version in content.items()}


def _write_manifest(workspace: Path, versions: Mapping[str, str]) -> None:
    content = written(NOTEBOOKS, dict(sorted(versions.items())))
    write_atomically(workspace / MARKER / NOTEBOOKS.file, content)


def _cannot_write(workspace: Path, error: OSError) -> UserError:
    why = error.strerror or str(error)
    where = error.filename or workspace
    return UserError(f"Cannot write {where} ({why}): choose a folder of your own with --dir.")
