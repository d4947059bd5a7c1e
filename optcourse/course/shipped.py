"""Where the notebooks are that this installation carries."""

from pathlib import Path

from optcourse.errors import UserError

KINDS = ("lessons", "exercises")


def checkout() -> Path | None:
    """The repository's root where optcourse runs from a checkout, else None."""
    root = Path(__file__).parents[2]
    return root if (root / "pyproject.toml").is_file() and (root / "lessons").is_dir() else None


def shipped_notebooks() -> dict[str, Path]:
    """Name -> file of every notebook for learners, in order; a name is like "lessons/09_adam.ipynb".

    A wheel carries them inside the package (pyproject.toml puts them there); in a checkout they lie at
    the repository's root. UserError where there are none.
    """
    home = checkout() or Path(__file__).parent / "shipped"
    found = {f"{kind}/{path.name}": path for kind in KINDS for path in sorted((home / kind).glob("*.ipynb"))}
    if not found:
        raise UserError(f"There are no lessons in {home}: install optcourse again.")
    return found
