"""Every relative link of every Markdown page leads to a file, and to a heading of it. Run by pre-commit too."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.programs import missing, program

ROOT = Path(__file__).parents[1]
FENCED = re.compile(r"^(`{3,}).*?^\1", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(<?([^)\s>]+)>?\)")


def pages() -> list[Path]:
    """The Markdown files that belong to the project."""
    git = [program("git", need="GIT"), "ls-files", "-co", "--exclude-standard", "*.md"]
    listed = subprocess.run(git, cwd=ROOT, capture_output=True)
    if listed.returncode:
        missing("git lists no files here: this is no checkout, or somebody else's", need="GIT")
    return [path for name in listed.stdout.decode().split("\n") if name and (path := ROOT / name).exists()]


def anchors(text: str) -> set[str]:
    """The names of a page's headings, as code-hosting sites make them, and those given by hand."""
    headings = re.findall(r"^#+ +(.+)$", FENCED.sub("", text), re.MULTILINE)
    made = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return made | set(re.findall(r'<a (?:id|name)="([^"]+)"', text))


def broken(page: Path) -> Iterator[str]:
    """The links of a page that lead nowhere."""
    text = page.read_text(encoding="utf-8")
    for link in LINK.findall(re.sub(r"`[^`\n]*`", "", FENCED.sub("", text))):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, heading = link.partition("#")
        goal = page.parent / file if file else page
        if not goal.exists() or (heading and heading not in anchors(goal.read_text(encoding="utf-8"))):
            yield link


def test_no_link_of_a_page_leads_nowhere() -> None:
    assert {str(page.relative_to(ROOT)): found for page in pages() if (found := list(broken(page)))} == {}


def test_a_file_or_heading_that_is_not_there_is_found(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text("# A heading, here\n```\n# none\n```\n")
    page = tmp_path / "a.md"
    page.write_text(
        "[1](b.md#a-heading-here) [2](b.md#none) [3](c.md) `[4](d.md)` [5](https://x.org) [6](#no)"
    )
    assert list(broken(page)) == ["b.md#none", "c.md", "#no"]
