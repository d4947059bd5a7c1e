"""An exported page, opened from disk without a network: all six pictures move."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from optcourse.course.html import export
from optcourse.course.shipped import checkout

from .conftest import PATIENCE
from .test_accessibility import FIND, axe
from .test_lessons import pixels

__all__ = ["axe"]  # a fixture

CELLS = {
    "explore": "from optcourse.pictures import *\nexplore('adam', steps=60)",
    "compare": "compare(['gd', 'adam', 'momentum'], steps=60)",
    "landscape": "landscape('adam', steps=60)",
    "predict": "predict('gd', lr=0.21)",
    "clinic": "clinic('gd')",
    "quiz": 'quiz("How much is $x^2$?", {"$4$": "Yes, as $x = 2$.", "3": "No."}, right="$4$")',
}


CHANGED = """([picture, before]) =>
[...picture.querySelectorAll("canvas")].some((canvas, i) => canvas.toDataURL() !== before[i])"""


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with all six pictures."""
    folder = tmp_path_factory.mktemp("pages")
    cells = [
        new_markdown_cell("# All pictures\n\n## One after the other\n\nWith $\\theta$ and $$\\sum_i x_i$$")
    ]
    cells += [new_code_cell(source) for source in CELLS.values()]
    nbformat.write(new_notebook(cells=cells), folder / "all.ipynb")
    result = export(folder / "all.ipynb", folder / "all.html")
    assert result.remarks == ()
    return result.path


@contextmanager
def offline(browser: Browser, **options: object) -> Iterator[BrowserContext]:
    """A browser without a network; fails for a request, a message in the console or an error."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})  # type: ignore[arg-type]
    context.set_offline(True)
    context.set_default_timeout(PATIENCE * 1000)
    said: list[str] = []
    context.on("console", lambda message: said.append(f"console: {message.text}"))
    context.on("weberror", lambda error: said.append(f"error: {error.error}"))
    context.on(
        "request",
        lambda request: (
            None if request.url.startswith(("file:", "data:", "blob:")) else said.append(request.url)
        ),
    )
    yield context
    assert said == []
    context.close()


def opened(context: BrowserContext, path: Path) -> Page:
    """The page, its pictures alive."""
    page = context.new_page()
    page.goto(path.as_uri())
    expect(page.locator(".picture .still")).to_have_count(0)
    return page


@pytest.fixture(scope="module")
def page(browser: Browser, exported: Path) -> Iterator[Page]:
    """The page with all six pictures, open: for one test of each picture, and those of `explorer`."""
    with offline(browser) as context:
        yield opened(context, exported)


@pytest.fixture
def explorer(page: Page) -> Locator:
    """Its explorer, where it opens."""
    found = page.locator(".ocp-explorer")
    found.get_by_role("button", name="Reset").click()
    return found


def pressed(slider: Locator, *keys: str) -> None:
    """Move a slider by its keys."""
    slider.focus()
    for key in keys:
        slider.press(key)


def changes(picture: Locator, act: Callable[[], object]) -> None:
    """Fails unless some canvas of the picture changes."""
    before = [pixels(one) for one in picture.locator("canvas").all()]
    act()
    picture.page.wait_for_function(CHANGED, arg=[picture.element_handle(), before])


def test_every_slider_moves_its_picture_by_the_keyboard(explorer: Locator) -> None:
    names = [
        str(one.get_attribute("name"))
        for one in explorer.locator(".ocp-controls input:enabled:visible").all()
    ]
    assert names == ["lr", "beta1", "beta2", "eps", "noise", "steps", "x", "y"]
    for name in names:
        slider = explorer.locator(f"input[name={name}]")
        key = "Home" if slider.input_value() != "0" else "End"
        changes(explorer, lambda slider=slider, key=key: pressed(slider, key))  # type: ignore[misc]
        expect(explorer.locator(".ocp-silence")).to_be_hidden()


def test_what_needs_python_is_greyed_and_the_page_says_so(page: Page, explorer: Locator) -> None:
    for name in ("problem", "condition"):
        expect(explorer.locator(f"[name={name}]")).to_be_disabled()
    expect(page.locator(".picture", has=explorer).locator(".about")).to_contain_text("grey need Python")


def test_moving_another_slider_puts_the_first_back_and_the_code_says_where_all_stand(
    explorer: Locator,
) -> None:
    lr, beta1 = (explorer.locator(f"input[name={name}]") for name in ("lr", "beta1"))
    opening = lr.input_value()
    pressed(lr, "Home")
    expect(explorer.locator("code")).to_contain_text("lr=0.001")
    pressed(beta1, "Home")
    expect(lr).to_have_value(opening)
    expect(explorer.locator("code")).to_contain_text("beta1=0.0")


def test_fewer_steps_combine_with_every_slider_and_are_said(explorer: Locator) -> None:
    pressed(explorer.locator("input[name=steps]"), "Home", *["ArrowRight"] * 4)
    expect(explorer.locator(".ocp-outcome")).to_contain_text("After 5 steps the path is at about")
    pressed(explorer.locator("input[name=lr]"), "End")
    expect(explorer.locator(".ocp-outcome")).to_contain_text("After 5 steps")
    expect(explorer.locator("code")).to_contain_text("steps=5, lr=1.0")
    expect(explorer.locator(".ocp-cursor output")).to_have_text("5 of 5")
    explorer.get_by_role("button", name="just right").click()
    expect(explorer.locator(".ocp-about").first).to_have_text("Found for 60 steps.")


def test_presets_reset_and_the_start_on_the_picture_work(explorer: Locator) -> None:
    surface, code = explorer.locator(".ocp-surface"), explorer.locator("code")
    first = str(code.text_content())
    changes(explorer, lambda: explorer.locator(".ocp-presets button").last.click())
    changes(explorer, lambda: surface.click(position={"x": 300, "y": 80}))
    expect(code).to_contain_text("start=")
    changes(explorer, lambda: explorer.get_by_role("button", name="Reset").click())
    expect(code).to_have_text(first)


def test_away_from_the_opening_the_table_of_numbers_claims_nothing_that_is_not_saved(
    explorer: Locator,
) -> None:
    explorer.locator(".ocp-cursor summary").click()
    cell = explorer.locator(".ocp-cursor tbody td").first
    expect(cell).not_to_have_text("…")
    pressed(explorer.locator("input[name=lr]"), "Home")
    expect(cell).to_have_text("…")
    expect(explorer.locator(".ocp-cursor caption")).to_contain_text("exact numbers are saved for")


def test_each_rule_of_a_comparison_moves_by_its_own_learning_rate(page: Page) -> None:
    comparison = page.locator(".ocp-compare")
    sliders = comparison.locator(".ocp-rates input").all()
    assert len(sliders) == 3
    for number, slider in enumerate(sliders):
        row = comparison.locator(".ocp-standing tbody tr").nth(number)
        before = row.inner_text()
        changes(comparison, lambda slider=slider: pressed(slider, "Home"))  # type: ignore[misc]
        assert row.inner_text() != before
    for slider in sliders:
        expect(slider).to_have_value("0")


def test_every_cell_of_a_landscape_has_its_path(page: Page) -> None:
    picture = page.locator(".ocp-landscape")
    words = picture.locator(".ocp-words")
    for key in ("Home", "End"):
        for slider in picture.locator("input[type=range]").all():
            before = str(words.text_content())
            changes(picture, lambda slider=slider, key=key: pressed(slider, key))  # type: ignore[misc]
            expect(words).not_to_have_text(before)


def test_a_prediction_is_judged_and_unlocks_its_slider(page: Page) -> None:
    picture = page.locator(".ocp-predict")
    picture.get_by_role("radio").last.check()
    changes(picture, lambda: picture.get_by_role("button", name="Commit").click())
    expect(picture.locator(".ocp-verdict")).to_contain_text("As you predicted")
    changes(picture, lambda: pressed(picture.locator("input[type=range]"), "Home"))


def test_patients_follow_one_another_and_come_again(page: Page) -> None:
    clinic = page.locator(".ocp-clinic")
    title = clinic.locator(".ocp-title")
    first = str(title.text_content())
    clinic.get_by_role("button", name="Show the fault").click()
    expect(clinic.locator(".ocp-verdict")).to_contain_text("This is the fault")
    changes(clinic, lambda: clinic.get_by_role("button", name="Next patient").click())
    expect(title).to_contain_text("Patient 2")
    expect(clinic.locator(".ocp-verdict")).to_be_empty()
    for _ in range(7):
        before = str(title.text_content())
        clinic.get_by_role("button", name="Next patient").click()
        expect(title).not_to_have_text(before)
    expect(title).to_have_text(first)


def test_a_quiz_explains_and_its_mathematics_is_set(page: Page) -> None:
    quiz = page.locator(".ocp-game").last
    assert quiz.locator("math").count() == 2
    quiz.get_by_role("radio").first.check()
    quiz.get_by_role("button", name="Submit").click()
    expect(quiz.locator(".ocp-verdict")).to_contain_text("Right.")
    expect(quiz.locator(".ocp-verdict math")).to_have_count(1)
    assert "$" not in quiz.inner_text()


def test_formulas_are_set_in_the_pages_own_font(page: Page) -> None:
    assert page.evaluate("document.fonts.check('16px \"Optcourse Math\"', '𝜃')")
    loaded = "[...document.fonts].map((one) => one.status).join()"
    assert page.evaluate(loaded) == "loaded"


def test_the_theme_follows_the_readers_choice(page: Page, explorer: Locator) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    changes(explorer, lambda: page.emulate_media(color_scheme="dark"))
    assert page.evaluate(paper) != light
    page.emulate_media(color_scheme="light")


def test_what_is_printed_from_a_dark_page_is_dark_on_white(browser: Browser, exported: Path) -> None:
    with offline(browser, color_scheme="dark") as context:
        page = opened(context, exported)
        explorer = page.locator(".ocp-explorer")
        paper = "getComputedStyle(document.querySelector('.ocp-explorer')).getPropertyValue('--ocp-paper')"
        dark = page.evaluate(paper)
        changes(explorer, lambda: page.evaluate("dispatchEvent(new Event('beforeprint'))"))
        assert page.evaluate(paper) == "#ffffff"
        changes(explorer, lambda: page.evaluate("dispatchEvent(new Event('afterprint'))"))
        assert page.evaluate(paper) == dark != "#ffffff"


def test_nothing_is_wider_than_the_page(browser: Browser, exported: Path) -> None:
    with offline(browser, viewport={"width": 360, "height": 800}) as context:
        page = opened(context, exported)
        for width in (360, 768, 1280, 360):
            page.set_viewport_size({"width": width, "height": 800})
            page.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=width)


def test_axe_finds_no_serious_barrier(browser: Browser, exported: Path, axe: str) -> None:
    with offline(browser, viewport={"width": 360, "height": 900}) as context:
        page = opened(context, exported)
        page.get_by_role("radio").first.check()
        page.get_by_role("button", name="Submit").click()
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        page.evaluate(axe)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
            for width in (360, 1280):
                page.set_viewport_size({"width": width, "height": 900})
                assert page.evaluate(FIND, ["html"]) == [], (theme, width)


def test_without_scripts_still_images_and_texts_are_there(browser: Browser, exported: Path) -> None:
    with offline(browser, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(exported.as_uri())
        expect(page.locator(".picture .still")).to_have_count(len(CELLS))
        for image in page.locator(".still img").all():
            expect(image).to_be_visible()
            assert len(str(image.get_attribute("alt"))) > 20


def test_a_shipped_lesson_moves_without_a_network(browser: Browser, tmp_path: Path) -> None:
    root = checkout()
    assert root is not None
    lesson = next(iter(sorted(root.glob("lessons/01_*.ipynb"))))
    with offline(browser) as context:
        page = opened(context, export(lesson, tmp_path / "lesson.html").path)
        for explorer in page.locator(".ocp-explorer").all():
            changes(explorer, lambda one=explorer: pressed(one.locator("input[name=lr]"), "End"))  # type: ignore[misc]
