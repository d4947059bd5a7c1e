"""The imports of the package go the way that docs/architecture.md says."""

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def rows(section: str) -> list[tuple[str, str]]:
    """The two cells of each row of the table between the marks of a section."""
    text = PAGE.split(f"<!-- {section}: begin -->")[1].split(f"<!-- {section}: end -->")[0]
    cells = [line.strip("| ").split("|") for line in text.strip().splitlines()[2:]]
    return [(first.strip(), "".join(rest).strip()) for first, *rest in cells]


def packages() -> set[str]:
    """The names directly below optcourse: folders with modules, and modules."""
    folders = {path.parent.name for path in (ROOT / "optcourse").glob("*/__init__.py")}
    return folders | {path.stem for path in (ROOT / "optcourse").glob("*.py")} - {"__init__"}


def allowed() -> dict[str, set[str]]:
    """Package -> those that it may import, as the page says."""
    table = {}
    for package, imports in rows("arrows"):
        named = set(re.findall(r"`(\w+)`", imports))
        table[package.strip("`")] = packages() - named if imports.startswith("everything") else named
    return table


def imported(tree: ast.AST) -> Iterator[str]:
    """The packages below optcourse that a module imports by their whole name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            if name.startswith("optcourse.") and (package := name.split(".")[1]) in packages():
                yield package


def wrong_ways(arrows: dict[str, set[str]]) -> set[tuple[str, str]]:
    """(file, package) of each import that no arrow allows."""
    found = set()
    for path in (ROOT / "optcourse").rglob("*.py"):
        place = path.relative_to(ROOT / "optcourse")
        own = place.with_suffix("").parts[0]
        if own == "__init__":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found |= {(place.as_posix(), one) for one in imported(tree) if one not in arrows[own] | {own}}
    return found


def test_each_package_has_its_row() -> None:
    assert set(allowed()) == packages()
    assert set().union(*allowed().values()) <= packages()


def test_imports_go_the_ways_that_are_allowed_and_each_exception_is_still_needed() -> None:
    exceptions = {(file.strip("`"), package.strip("`")) for file, package in rows("exceptions")}
    assert wrong_ways(allowed()) == exceptions


def test_an_import_inside_a_function_counts() -> None:
    tree = ast.parse("def f():\n    from optcourse import pictures\n    import optcourse.rules.adam, numpy")
    assert set(imported(tree)) == {"pictures", "rules"}


def test_an_arrow_less_is_found() -> None:
    arrows = allowed()
    arrows["walking"] = arrows["walking"] - {"rules"}
    assert ("walking.py", "rules") in wrong_ways(arrows)


def test_no_module_imports_itself_by_way_of_others() -> None:
    files = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in (ROOT / "optcourse").rglob("*.py")
    }

    def needs(path: Path) -> Iterator[str]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                whole = (f"{node.module}.{alias.name}" for alias in node.names)
                yield from (one if one in files else node.module or "" for one in whole)

    graph = {
        name: {one for one in needs(path) if one in files} - {name, "optcourse"}
        for name, path in files.items()
    }
    TopologicalSorter(graph).prepare()  # CycleError names the circle
