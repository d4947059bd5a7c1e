"""A notebook as one page: nothing is loaded from anywhere, and all of the notebook is there."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from typer.testing import CliRunner

from optcourse.cli import app
from optcourse.course.html import chosen_notebook, chosen_target, export
from optcourse.course.html_page import WIDGET, mathematics, page
from optcourse.course.shipped import checkout, shipped_notebooks
from optcourse.errors import UserError

NOTHING: dict[str, Any] = {"fronts": {}, "pictures": {}, "refused": {}}
LOADING = {"src", "srcset", "poster", "data", "action", "formaction", "background", "xlink:href"}


class Links(HTMLParser):
    """What a page loads, where it links to, and its tags in order."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag and what its attributes load."""
        self.tags.append((tag, dict(attrs)))
        for name, value in attrs:
            if name in LOADING:
                self.loads.append(value or "")
            if name == "href":
                (self.links if tag == "a" else self.loads).append(value or "")


def links_of(text: str) -> Links:
    """What a page loads and where it links to; style sheets count as well."""
    found = Links()
    found.feed(text)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    found.loads += re.findall(r"url\(\"?([^)\"]*)", style[1]) + re.findall(r"@import[^;]*", style[1])
    return found


def page_of(*cells: NotebookNode, kept: dict[str, Any] = NOTHING, folder: Path = Path()) -> str:
    """The page of some cells."""
    return page(new_notebook(cells=list(cells)), kept, "fallback_name", folder)


def test_nothing_is_loaded_from_anywhere(tmp_path: Path) -> None:
    markdown = "![far](https://example.org/a.png) and [a link](https://example.org/)\n\n![near](near.png)"
    (tmp_path / "near.png").write_bytes(b"\x89PNG")
    png = new_output("display_data", {"image/png": "iVBORw0KGgo=\n"})
    found = links_of(page_of(new_markdown_cell(markdown), new_code_cell("1", outputs=[png]), folder=tmp_path))
    assert found.loads
    assert all(one.startswith("data:") for one in found.loads), found.loads
    assert "https://example.org/" in found.links


def test_the_policy_lets_no_script_run_but_the_pages_own() -> None:
    output = new_output("display_data", {"text/html": "<b>bold</b><script>alert(1)</script>"})
    text = page_of(new_code_cell("x", outputs=[output]))
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    parts = dict(part.strip().split(" ", 1) for part in policy[1].split(";"))
    assert parts["default-src"] == "'none'"
    assert parts["script-src"].startswith("'sha256-")
    assert "unsafe" not in parts["script-src"]
    assert "http" not in policy[1]


def test_code_text_and_errors_are_escaped_and_highlighted() -> None:
    stream = new_output("stream", name="stdout", text="a < b & \x1b[31mred\x1b[0m")
    error = new_output("error", ename="ValueError", evalue="<no>", traceback=["ValueError: <no>"])
    text = page_of(new_code_cell("if 1 < 2:  # </script>\n    pass", outputs=[stream, error]))
    assert "a &lt; b &amp;" in text
    assert 'class="ansi-red-fg">red' in text
    assert "ValueError: &lt;no&gt;" in text
    assert '<span class="k">if</span>' in text
    assert "&lt;/script&gt;" in text


def test_what_a_picture_keeps_can_not_end_its_script() -> None:
    data = {WIDGET: {"model_id": "m"}, "text/plain": "Quiz: </script>"}
    kept = {
        "fronts": {
            "Quiz": {"code": "const a = '</script>';\nexport default { render };\n", "style": ".q {}"}
        },
        "pictures": {"m": {"front": "Quiz", "packed": "</script>", "formulas": ["$a < b$"]}},
        "refused": {},
    }
    text = page_of(new_code_cell("quiz()", outputs=[new_output("display_data", data)]), kept=kept)
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", text, re.DOTALL)
    assert len(scripts) == 2
    assert "savedModel" in scripts[1]
    assert "return { render };" in scripts[1]


def test_hidden_code_is_folded_up_under_its_first_comment() -> None:
    text = page_of(
        new_code_cell("# Figure <1>\nplot()", metadata={"tags": ["hide-input"]}), new_code_cell("shown = 1")
    )
    assert "<summary>Code: Figure &lt;1&gt;</summary>" in text
    assert text.count("<details>") == 1


def test_headings_are_in_order_have_ids_of_their_own_and_are_listed() -> None:
    text = page_of(new_markdown_cell("# Title & more\n\n## Part\n\n### Detail\n\n## Part"))
    found = links_of(text)
    headings = [(tag, attributes.get("id")) for tag, attributes in found.tags if re.fullmatch(r"h\d", tag)]
    assert headings == [("h1", "title-more"), ("h2", "part"), ("h3", "detail"), ("h2", "part--2")]
    assert [one for one in found.links if one.startswith("#p")] == ["#part", "#part--2"]
    assert "<title>Title &amp; more</title>" in text
    assert '<html lang="en">' in text
    assert [tag for tag, _ in found.tags if tag in ("main", "nav")] == ["nav", "main"]


def test_a_notebook_without_a_title_is_called_by_its_file() -> None:
    text = page_of(new_code_cell("1"))
    assert "<title>fallback_name</title>" in text
    assert "<h1>fallback_name</h1>" in text


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        (r"\theta_t = \frac{a}{\sqrt{b}}", ["<msub>", "<mfrac>", "<msqrt>"]),
        (r"\hat m", ["&#x002C6;"]),
        (r"|g|", ['lspace="0"']),
        (r"a < b", ["&#x0003C;"]),
    ],
)
def test_mathematics_becomes_mathml_with_its_source_beside_it(source: str, parts: list[str]) -> None:
    found = mathematics(source, "inline")
    assert found.startswith("<math alttext=")
    for part in parts:
        assert part in found


def test_mathematics_that_is_not_understood_stays_readable() -> None:
    assert mathematics(r"a_b_c < d", "inline") == r"<code>a_b_c &lt; d</code>"


def test_every_formula_of_the_lessons_becomes_mathml() -> None:
    root = checkout()
    assert root is not None
    for path in sorted(root.glob("lessons/*.ipynb")):
        cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]
        text = page(new_notebook(cells=cells), NOTHING, path.stem, path.parent)
        body = text[text.index("<main") : text.index("</main>")]
        bare = re.sub(r"<(code|pre|math)\b.*?</\1>", "", body, flags=re.DOTALL)
        assert "$" not in bare, path.name
        assert "\\" not in bare, path.name
        assert not re.search(r"<(code|m[ion])>\\\\", body), path.name  # a command that is not known


def test_a_widget_that_was_not_kept_says_what_it_needs() -> None:
    data = {WIDGET: {"model_id": "other"}, "text/plain": "IntSlider(value=3)"}
    text = page_of(new_code_cell("w", outputs=[new_output("display_data", data)]))
    assert "IntSlider(value=3)" in text
    assert "This output needs Python" in text


def written(path: Path, *cells: str) -> Path:
    """A notebook of code cells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=[new_code_cell(cell) for cell in cells]), path)
    return path


def test_a_notebook_is_run_anew_and_a_cell_that_fails_is_shown(tmp_path: Path) -> None:
    notebook = written(tmp_path / "mine.ipynb", "print(6 * 7)", "1 / 0", "print('after' + 'wards')")
    before = notebook.read_bytes()
    exported = export(notebook, tmp_path / "deep" / "page.html")
    text = exported.path.read_text(encoding="utf-8")
    assert "42" in text
    assert "ZeroDivisionError" in text
    assert "afterwards" in text
    assert exported.remarks == ("Cell 2 stops with ZeroDivisionError; the page shows it.",)
    assert notebook.read_bytes() == before


@pytest.mark.parametrize(("content", "words"), [("no notebook", "is no notebook"), (None, "Cannot read")])
def test_what_is_no_notebook_is_refused(tmp_path: Path, content: str | None, words: str) -> None:
    path = tmp_path / "x.ipynb"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match=words):
        export(path, tmp_path / "x.html")


def test_the_command_exports_a_notebook_of_the_workspace(tmp_path: Path) -> None:
    name = next(iter(shipped_notebooks()))
    written(tmp_path / "work" / name, "print('my' + ' own')")
    number = Path(name).stem.split("_")[0]
    arguments = ["html", number, "--dir", str(tmp_path / "work"), "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    target = tmp_path / "out" / f"{Path(name).stem}.html"
    assert f"Wrote {target}" in result.output
    assert "my own" in target.read_text(encoding="utf-8")


def test_in_a_checkout_a_number_means_the_lesson_and_elsewhere_your_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = shipped_notebooks()
    name = next(iter(shipped))
    number = Path(name).stem.split("_")[0]
    root = checkout()
    assert root is not None
    own = written(tmp_path / "work" / name, "1")
    monkeypatch.setenv("OPTCOURSE_WORKSPACE", str(tmp_path / "work"))
    monkeypatch.chdir(root)
    assert chosen_notebook(number, None, shipped) == shipped[name]
    assert chosen_notebook(number, str(tmp_path / "work"), shipped) == own
    monkeypatch.chdir(tmp_path)
    assert chosen_notebook(number, None, shipped) == own
    monkeypatch.setenv("OPTCOURSE_WORKSPACE", str(tmp_path / "nowhere"))
    assert chosen_notebook(number, None, shipped) == shipped[name]
    assert chosen_notebook(str(own), None, shipped) == own
    with pytest.raises(UserError, match="no notebook '99'"):
        chosen_notebook("99", None, shipped)
    with pytest.raises(UserError, match="There is no"):
        chosen_notebook(number, str(tmp_path / "nowhere"), shipped)


def test_out_is_a_file_or_a_folder() -> None:
    notebook = Path("lessons/09_adam.ipynb")
    assert chosen_target(notebook, None) == Path("09_adam.html")
    assert chosen_target(notebook, "site") == Path("site/09_adam.html")
    assert chosen_target(notebook, "site/a.html") == Path("site/a.html")
