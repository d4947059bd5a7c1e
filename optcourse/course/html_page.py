"""A notebook that has been run, as one HTML page: nothing is loaded from anywhere.

A content security policy in the page sees to that, and to it that no script runs but our own.
"""

# mypy: allow-untyped-calls
import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from html import escape, unescape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from latex2mathml.converter import convert
from nbconvert.filters.ansi import ansi2html
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from pygments import highlight  # type: ignore[import-untyped]
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
from pygments.lexers import PythonLexer  # type: ignore[import-untyped]

from optcourse.pictures.front_end import front_end

WIDGET = "application/vnd.jupyter.widget-view+json"
MODULE = "export default "  # what a front end ends with: here its module becomes a function's result
NEEDS = "This output needs Python: run the lesson in JupyterLab (optcourse lab) to use it."
PYTHON = "Controls in grey need Python: run the lesson in JupyterLab (optcourse lab) to move them."
COPY = (
    "A copy of this notebook to read anywhere, made by <code>optcourse html</code>: its pictures move, its "
    "code doesn't run. To change code, open the notebook in JupyterLab with <code>optcourse lab</code>."
)
ABOUT = {  # said below a picture that moves
    "Explorer": "This picture is saved with the page and moves without Python, one slider at a time: when "
    f"you move another, the first goes back to where it opened. Steps combine with all. {PYTHON}",
    "Comparison": "This picture is saved with the page and moves without Python.",
    "Landscape": "This picture is saved with the page and moves without Python.",
    "Prediction": "This prediction works without Python; what you answer here is not kept.",
    "Clinic": "These patients are saved with the page; after the last one they come again. In JupyterLab "
    "they never end. What you answer here is not kept.",
    "Quiz": "",
}


def page(notebook: NotebookNode, kept: Mapping[str, Any], name: str, folder: Path) -> str:
    """The whole page. `kept` is what offline.py keeps, `folder` where images are looked for."""
    writer = Writer(kept, folder)
    body = "\n".join(writer.cell(cell) for cell in notebook.cells)
    title = next((unmarked(text) for level, _, text in writer.headings if level == 1), name)
    if not any(level == 1 for level, _, _ in writer.headings):
        body = f"<h1>{escape(title)}</h1>\n{body}"
    script = script_of(kept)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    main = Template(read("html_page.html")).substitute(
        contents=contents(writer.headings),
        body=body.replace("</h1>", f'</h1>\n<p class="about">{COPY}</p>', 1),
        script=script,
    )
    styles = [read("html_page.css")]
    return whole_page(main, title, "html", styles, kept, policy=f"script-src 'sha256-{digest}'")


def whole_page(
    body: str, title: str, made_by: str, styles: Sequence[str], kept: Mapping[str, Any], *, policy: str
) -> str:
    """A page around its body. `made_by` is our command; `policy` says which scripts may run."""
    fronts = dict.fromkeys(front["style"] for front in kept["fronts"].values())  # some share theirs
    return Template(read("page.html")).substitute(
        title=escape(title),
        made_by=made_by,
        policy=policy,
        style="\n".join([*styles, font(), *fronts]),
        body=body,
    )


def read(name: str) -> str:
    """A text file of this folder."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def font() -> str:
    """The font of the mathematics, as a rule of the style sheet; fonts/README.md says where it comes from."""
    content = files(__package__).joinpath("fonts", "optcourse-math.woff2").read_bytes()
    data = base64.b64encode(content).decode()
    return f'@font-face {{ font-family: "Optcourse Math"; src: url("data:font/woff2;base64,{data}"); }}'


def script_of(kept: Mapping[str, Any]) -> str:
    """The page's script, with its pictures' front ends and the model that stands in for a kernel."""
    own = read("html_page.js")
    if not kept["pictures"]:
        return own
    fronts = [
        f"{json.dumps(name)}: {called(front['code'])}" for name, front in sorted(kept["fronts"].items())
    ]
    about = json.dumps({name: ABOUT[name] for name in kept["fronts"]})
    made = [
        f"const {{ savedModel }} = {called(front_end('offline.js'))};",
        f"const fronts = {{{', '.join(fronts)}}};",
        f"const about = {about};",
        own,
    ]
    return "\n".join(made).replace("</", "<\\/")


def called(module: str) -> str:
    """A module as the call of a function that returns its default export."""
    head, end = module.rsplit(MODULE, 1)
    return f"(() => {{\n{head}return {end}}})()"


class Renderer(IPythonRenderer):
    """nbconvert's Markdown, with its mathematics as MathML and without anything that is fetched."""

    def __init__(self, headings: list[tuple[int, str, str]], **options: Any) -> None:
        super().__init__(escape=False, embed_images=True, **options)
        self.headings = headings

    def heading(self, text: str, level: int, **attributes: Any) -> str:
        """A heading that can be linked to; the page's contents have it too."""
        words = re.sub(r"\W+", "-", unmarked(text).lower()).strip("-") or "section"
        twins = sum(own == words or own.startswith(f"{words}--") for _, own, _ in self.headings)
        own = f"{words}--{twins + 1}" if twins else words
        self.headings.append((level, own, text))
        return f'<h{level} id="{escape(own)}">{text}</h{level}>\n'

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """An image in the page, or a link to one that is elsewhere."""
        if re.match(r"https?:|//", url):
            return f'<a href="{escape(url)}">{text or "image"}</a>'
        return super().image(text, url, title)

    def block_math(self, body: str) -> str:
        """Mathematics on its own line."""
        return mathematics(body, "block")

    def inline_math(self, body: str) -> str:
        """Mathematics in a line."""
        return mathematics(body, "inline")

    def latex_environment(self, name: str, body: str) -> str:
        """An environment, as align."""
        return mathematics(rf"\begin{{{name}}}{body}\end{{{name}}}", "block")


MENDED = {  # what latex2mathml writes, and what looks as TeX does
    "<mo>&#x0005E;</mo>": '<mo stretchy="false">&#x002C6;</mo>',  # \\hat
    "<mo>&#x0007E;</mo>": '<mo stretchy="false">&#x002DC;</mo>',  # \\tilde
    '<mo stretchy="true">&#x000AF;</mo>': '<mo stretchy="false">&#x000AF;</mo>',  # \\bar
    "<mo>&#x0002F;</mo>": '<mo lspace="0" rspace="0">&#x0002F;</mo>',
    '<mo stretchy="false">&#x0007C;</mo>': '<mo stretchy="false" lspace="0" rspace="0">&#x0007C;</mo>',
}


def mathematics(source: str, display: str) -> str:
    """LaTeX as MathML, which browsers set themselves; what can't be understood stays as it is."""
    try:
        made = convert(source.strip(), display=display)
    except Exception:  # its parser raises whatever it meets in a learner's formula
        return f"<code>{escape(source)}</code>"
    for was, becomes in MENDED.items():
        made = made.replace(was, becomes)
    return made.replace("<math ", f'<math alttext="{escape(source.strip())}" ', 1)


def unmarked(html: str) -> str:
    """The text of a piece of HTML."""
    return unescape(re.sub(r"<[^>]+>", "", html))


def contents(headings: list[tuple[int, str, str]]) -> str:
    """The sections, as a list of links."""
    links = [f'<li><a href="#{escape(own)}">{text}</a></li>' for level, own, text in headings if level == 2]
    return f"<ul>{''.join(links)}</ul>" if links else ""


class Writer:
    """Writes cells one after the other; `headings` are those written so far, as (level, id, HTML)."""

    def __init__(self, kept: Mapping[str, Any], folder: Path) -> None:
        self.kept, self.folder = kept, folder
        self.headings: list[tuple[int, str, str]] = []

    def cell(self, cell: NotebookNode) -> str:
        """A cell with its outputs."""
        if cell.cell_type == "markdown":
            return f'<div class="prose">{self.markdown(cell.source, cell.get("attachments", {}))}</div>'
        if cell.cell_type != "code" or not (cell.source.strip() or cell.outputs):
            return ""
        shown = "\n".join(self.output(output) for output in cell.outputs)
        return f'<div class="cell">{code(cell)}{shown}</div>'

    def markdown(self, source: str, attachments: Mapping[str, Any]) -> str:
        """Markdown as HTML."""
        renderer = Renderer(self.headings, path=str(self.folder), attachments=attachments)
        return str(MarkdownWithMath(renderer=renderer).render(source))

    def output(self, output: NotebookNode) -> str:
        """One output, in the best form that needs no Python."""
        if output.output_type == "stream":
            return f'<pre class="output {escape(output.name)}">{ansi2html(output.text)}</pre>'
        if output.output_type == "error":
            return f'<pre class="output stderr">{ansi2html(chr(10).join(output.traceback))}</pre>'
        data = output.data
        if WIDGET in data:
            return self.widget(data, str(data[WIDGET]["model_id"]))
        return f'<div class="output">{self.still(data)}</div>'

    def still(self, data: Mapping[str, Any]) -> str:
        """What an output shows without Python."""
        if "text/html" in data:
            return str(data["text/html"])
        if "image/svg+xml" in data:
            return str(data["image/svg+xml"])
        for kind in ("image/png", "image/jpeg"):
            if kind in data:
                words = str(data.get("text/plain", ""))
                alt = "Figure; the text beside it describes it." if words.startswith("<Figure") else words
                content = re.sub(r"\s", "", str(data[kind]))
                return f'<img class="figure" src="data:{kind};base64,{content}" alt="{escape(alt)}">'
        if "text/markdown" in data:
            return self.markdown(str(data["text/markdown"]), {})
        if "text/latex" in data:
            return mathematics(str(data["text/latex"]).strip().strip("$"), "block")
        return f"<pre>{ansi2html(str(data.get('text/plain', '')))}</pre>"

    def widget(self, data: Mapping[str, Any], model_id: str) -> str:
        """A picture of ours, with its still image until its script runs; or why it can't be used."""
        still = {kind: value for kind, value in data.items() if kind != WIDGET}
        shown = self.still(still)
        picture = self.kept["pictures"].get(model_id)
        if picture is None:
            why = self.kept["refused"].get(model_id, NEEDS)
            return f'<div class="output">{shown}<p class="about">{escape(why)}</p></div>'
        level = min(6, max((level for level, _, _ in self.headings[-1:]), default=1) + 1)
        formulas = {source: mathematics(source.strip("$"), "inline") for source in picture["formulas"]}
        saved = json.dumps({**picture, "formulas": formulas, "level": level}).replace("<", "\\u003c")
        return (
            f'<div class="output picture"><div class="still">{shown}</div>'
            f'<script type="application/json">{saved}</script></div>'
        )


def code(cell: NotebookNode) -> str:
    """A code cell's source, folded up where the notebook hides it."""
    if not cell.source.strip():
        return ""
    lines = highlight(cell.source, PythonLexer(), HtmlFormatter(nowrap=True))
    shown = f'<pre class="code"><code>{lines}</code></pre>'
    hidden = "hide-input" in cell.metadata.get("tags", []) or cell.metadata.get("jupyter", {}).get(
        "source_hidden"
    )
    if not hidden:
        return shown
    first = cell.source.split("\n")[0]
    name = f": {escape(first.lstrip('# '))}" if first.startswith("#") else ""
    return f"<details><summary>Code{name}</summary>{shown}</details>"
