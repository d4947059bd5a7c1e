"""What hosting sites and habits read: it parses, and calls scripts that are there and say what is wrong."""

import json
import os
import subprocess
import sys
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

import optcourse

ROOT = Path(__file__).parents[1]
YAML = [
    *sorted((ROOT / ".github").rglob("*.yml")),
    ROOT / ".pre-commit-config.yaml",
    ROOT / "CITATION.cff",
]


def script(name: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A script of .ci, with this Python's programs first."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = [str(ROOT / ".ci" / name), *arguments]
    return subprocess.run(command, env={**os.environ, "PATH": path}, capture_output=True, text=True)


@pytest.mark.parametrize("path", YAML, ids=lambda path: path.name)
def test_each_file_is_yaml_with_something_in_it(path: Path) -> None:
    yaml = pytest.importorskip("yaml")
    assert isinstance(yaml.safe_load(path.read_text(encoding="utf-8")), dict)


def test_what_a_workflow_runs_of_ours_is_there_and_can_be_run() -> None:
    yaml = pytest.importorskip("yaml")
    called = set()
    for path in (ROOT / ".github" / "workflows").glob("*.yml"):
        for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values():
            words = " ".join(step.get("run", "") for step in job["steps"]).split()
            called |= {word for word in words if word.startswith(".ci/")}
    assert called == {".ci/run", ".ci/site", ".ci/release"}
    assert all(os.access(ROOT / name, os.X_OK) for name in called)


def test_a_form_for_issues_has_only_the_words_that_the_site_knows() -> None:
    yaml = pytest.importorskip("yaml")
    known = {"label", "description", "placeholder", "value", "render", "options", "multiple"}
    for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"):
        for field in yaml.safe_load(path.read_text(encoding="utf-8")).get("body", []):
            assert field["attributes"].keys() <= known, path.name  # an unquoted comma ends a label


def test_what_pre_commit_runs_the_judge_runs_too() -> None:
    yaml = pytest.importorskip("yaml")
    (local,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    programs = {line.split()[0] for line in run if line.strip()}
    assert {hook["entry"].split()[0] for hook in local["hooks"]} <= programs


def test_every_version_that_we_name_installs_on_the_oldest_python() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    oldest = project["requires-python"].removeprefix(">=") + ".0"
    refused = {
        one.name: needs
        for one in distributions()
        if (needs := one.metadata.get("Requires-Python")) and oldest not in SpecifierSet(needs)
    }
    assert refused == {}  # a pin that Debian's 3.11.2 refuses ends the README's first command


def test_the_container_for_editors_is_json() -> None:
    assert "postCreateCommand" in json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())


def test_a_release_of_another_version_than_the_tag_is_refused(tmp_path: Path) -> None:
    done = script("release", "v99.0", str(tmp_path))
    assert done.returncode == 1
    assert f"package's version {optcourse.__version__}" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_release_without_a_section_in_the_changelog_is_refused(tmp_path: Path) -> None:
    if f"## [{optcourse.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"):
        pytest.skip("this version has its section")
    done = script("release", f"v{optcourse.__version__}", str(tmp_path))
    assert done.returncode == 1
    assert "rename Unreleased" in done.stderr
    assert not list(tmp_path.iterdir())


def test_ci_looks_at_the_notebooks_whose_source_changed(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    def write(name: str, text: str) -> None:
        (tmp_path / "solutions" / name).write_text(text, encoding="utf-8")

    def changed(*since: str) -> list[str]:
        environment = {**os.environ, "OPTCOURSE_CHECKOUT": str(tmp_path)}
        command = [str(ROOT / ".ci" / "changed"), *since]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return done.stdout.split()

    (tmp_path / "solutions").mkdir()
    git("init", "--initial-branch=main")
    for number, text in enumerate(("old", "new")):
        write("01_a.md", text)
        write(f"0{number + 2}_b.md", "same")
        git("add", ".")
        git("commit", "-m", text)
        assert changed()[:1] == ["01_a"]  # the first commit has none before it: all
    assert changed() == ["01_a", "03_b"]  # no origin: since the commit before
    git("update-ref", "refs/remotes/origin/main", "HEAD")
    assert changed() == ["01_a", "03_b"]  # on main itself
    git("checkout", "-b", "mine")
    (tmp_path / "solutions" / "01_a.md").unlink()
    for text in ("one", "two"):
        write("02_b.md", text)
        git("add", ".")
        git("commit", "-m", text)
    assert changed() == ["02_b"]  # what is gone has no notebook
    assert changed("HEAD~2") == ["02_b"]
