"""The pages in a real Chromium: light and dark, on a phone, on paper."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from optcourse.grading.attempts import LatePolicy
from optcourse.grading.feedback import write_feedback
from optcourse.grading.grades import Grade
from optcourse.grading.report import write_report
from tests.browser.test_accessibility import AXE
from tests.grading.made_up_class import DUE, NASTY, grade, override, result, task, wrong
from tests.grading.test_exports import made
from tests.programs import missing

BARRIERS = "async () => (await axe.run()).violations.map(one => [one.id, one.help, one.nodes.map(node => node.html)])"
# What is wider than the page and does not scroll in a place of its own.
OVERHANG = """() => [...document.querySelectorAll("body *")]
    .filter(one => !one.closest(".wide, svg") && one.getBoundingClientRect().right > innerWidth + 1)
    .map(one => one.outerHTML.slice(0, 200))"""
COVERED = """() => [...document.querySelectorAll("svg[role=img]")].flatMap(svg => {
    const edge = svg.getBoundingClientRect();
    return [...svg.querySelectorAll("text")].filter(text => {
        const box = text.getBoundingClientRect();
        return box.left < edge.left - 1 || box.right > edge.right + 1 || box.bottom > edge.bottom + 1;
    }).map(text => text.textContent);
})"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A student's page and a class's, both with hostile names, and a class of nobody and of one task."""
    out = tmp_path_factory.mktemp("pages")
    tasks = (wrong("ema", message=NASTY[5]), task("dampened", 1), task("nesterov", 0, "IE"))
    student = grade(
        result(NASTY[-1], tasks=tasks, days=1), overrides=(override("", "ema", 1),), late=LatePolicy(DUE)
    )
    single = [grade(result(f"s{place}", tasks=(task("ema", place % 2),))) for place in range(6)]
    classes: dict[str, list[Grade]] = {"class": [*made(), student], "nobody": [], "single": single}
    for name, grades in classes.items():
        write_report("hw2_momentum", grades, out / f"{name}.html", DUE)
    return {"student": write_feedback(student, out), **{name: out / f"{name}.html" for name in classes}}


def axe_source() -> str:
    """The source of axe-core; skips or fails where it is not installed."""
    if not AXE.exists():
        missing("axe-core is not installed: run npm ci --prefix tests/browser")
    return AXE.read_text(encoding="utf-8")


PAGES = ("student", "class", "nobody", "single")


def opened(browser: Browser, path: Path, theme: str, width: int, axe: bool = False) -> tuple[Page, list[str]]:
    """The page, and what the browser complained about; axe-core is a script, which the page's policy bars."""
    page = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if theme == "dark" else "light",
        bypass_csp=axe,
    ).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url) if request.url != path.as_uri() else None)
    page.goto(path.as_uri())
    return page, said


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_barrier_and_nothing_sticks_out(
    browser: Browser, pages: dict[str, Path], name: str
) -> None:
    page, said = opened(browser, pages[name], "light", 1280, axe=True)
    assert said == []
    page.evaluate(axe_source())
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(OVERHANG) == []
            assert page.evaluate(COVERED) == []
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
            assert page.evaluate(BARRIERS) == [], (theme, width)
    page.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_printed_it_is_dark_on_white_whatever_the_theme_and_fits_the_paper(
    browser: Browser, pages: dict[str, Path], name: str
) -> None:
    page, said = opened(browser, pages[name], "dark", 720)
    assert said == []
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    printed = page.pdf(format="A4")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 12
    page.context.close()


def test_a_keyboard_reaches_every_table_that_scrolls(browser: Browser, pages: dict[str, Path]) -> None:
    page, _ = opened(browser, pages["class"], "light", 360)
    tables = page.locator(".wide")
    assert tables.count() >= 5
    for table in tables.all():
        table.focus()
        assert table.evaluate(
            "one => one === document.activeElement && getComputedStyle(one).outlineStyle !== 'none'"
        )
        assert table.get_attribute("aria-label") or table.get_attribute("aria-labelledby")
    page.context.close()
