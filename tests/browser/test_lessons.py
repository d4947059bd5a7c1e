"""What a learner does in a lesson, in a real JupyterLab."""

import subprocess
import sys

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import Lab

SIGNATURE = "def adam_step(theta, grad, state, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):"
WRONG = f"""{SIGNATURE}
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    theta = theta - lr * m_hat / (np.sqrt(v) + eps)
    return theta, (m, v, t)
"""
RIGHT = WRONG.replace("np.sqrt(v)", "np.sqrt(v / (1 - beta2**t))")


def cell(page: Page, words: str) -> Locator:
    """The code cell whose source holds `words`."""
    return page.locator(".jp-CodeCell").filter(has=page.locator(".jp-InputArea-editor", has_text=words))


def outputs(of: Locator) -> Locator:
    return of.locator(".jp-OutputArea-output")


def run(of: Locator) -> None:
    """Run one cell by the keyboard."""
    of.locator(".cm-content").click()
    of.page.keyboard.press("Control+Enter")


def rewrite(of: Locator, source: str) -> None:
    """Replace what a cell says, as by pasting."""
    of.locator(".cm-content").click()
    of.page.keyboard.press("ControlOrMeta+a")
    of.page.keyboard.insert_text(source)


def run_all(page: Page) -> None:
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def pixels(canvas: Locator) -> str:
    found: str = canvas.evaluate("canvas => canvas.toDataURL()")
    return found


def test_lesson_09_from_not_attempted_to_passed(lab: Lab) -> None:
    page = lab.open("lessons/09_adam.ipynb")
    stub = cell(page, "def adam_step(")
    check = cell(page, "check(adam_step)")
    explore = cell(page, "explore(adam_step")
    note, surface = explore.locator(".ocp-note"), explore.locator(".ocp-surface")

    run_all(page)
    expect(note).to_contain_text("adam_step is not written yet")
    expect(outputs(check)).to_contain_text("not attempted yet")

    rewrite(stub, WRONG)
    run(stub)
    run(check)
    expect(outputs(check)).to_contain_text("v is not bias-corrected")
    run(explore)
    expect(note).to_contain_text("Your adam_step (solid) and the reference (dashed) part at step 1")

    rewrite(stub, RIGHT)
    run(stub)
    run(check)
    expect(outputs(check)).to_contain_text("adam_step is correct")
    run(explore)
    expect(note).to_contain_text("Your adam_step takes the reference's path")

    slider = explore.get_by_label("lr", exact=True)
    before, position = pixels(surface), int(slider.input_value())
    summary = surface.get_attribute("aria-label")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_value(str(position + 1))
    expect(surface).not_to_have_attribute("aria-label", str(summary))
    assert pixels(surface) != before


EXPLORE = "from optcourse import explore\nexplore('adam')"


@pytest.fixture
def picture(lab: Lab) -> Page:
    """A page with a fresh `explore('adam')`."""
    page = lab.run("picture.ipynb", EXPLORE)
    page.locator(".ocp-explorer").wait_for()
    return page


def test_every_control_moves_the_picture_by_keyboard_and_reset_brings_it_back(picture: Page) -> None:
    surface = picture.locator(".ocp-surface")
    opened = str(surface.get_attribute("aria-label"))
    for slider in picture.locator(".ocp-controls .ocp-control:not([hidden]) input").all():
        before = str(surface.get_attribute("aria-label"))
        slider.focus()
        picture.keyboard.press("ArrowLeft" if slider.input_value() != "0" else "ArrowRight")
        expect(surface).not_to_have_attribute("aria-label", before)
        assert slider.get_attribute("aria-valuetext")
    picture.get_by_label("problem", exact=True).select_option("rosenbrock")
    expect(picture.locator(".ocp-title")).to_contain_text("Rosenbrock")
    expect(picture.get_by_label("condition number")).to_be_hidden()
    picture.get_by_role("button", name="Reset").click()
    expect(surface).to_have_attribute("aria-label", opened)


def test_another_problem_names_its_own_coordinates(lab: Lab) -> None:
    page = lab.run("slope.ipynb", 'from optcourse import explore\nexplore("slope")')
    expect(page.get_by_label("start, theta", exact=True)).to_be_visible()
    page.get_by_label("problem", exact=True).select_option("quadratic")
    for name in ("start, theta[0]", "start, theta[1]"):
        expect(page.get_by_label(name, exact=True)).to_be_visible()


def test_a_click_on_the_picture_moves_the_start_there(picture: Page) -> None:
    surface = picture.locator(".ocp-surface")
    box = surface.bounding_box()
    assert box is not None
    start = picture.get_by_label("start, theta[0]")
    before = start.input_value()
    surface.click(position={"x": box["width"] * 0.8, "y": box["height"] * 0.3})
    expect(start).not_to_have_value(before)


def test_on_a_narrow_page_all_is_in_one_column_and_nothing_sticks_out(picture: Page) -> None:
    picture.set_viewport_size({"width": 360, "height": 800})
    picture.locator(".ocp-surface").scroll_into_view_if_needed()
    columns_and_overhang = """root => {
        const edge = root.getBoundingClientRect().right + 1;
        const shown = [...root.querySelectorAll("canvas, input, select, small, p:not(.ocp-live)")];
        const boxes = shown.map(one => one.getBoundingClientRect()).filter(box => box.width > 0);
        const columns = new Set([...root.querySelectorAll("canvas")].map(one => one.offsetLeft));
        return [columns.size, boxes.filter(box => box.right > edge).length];
    }"""
    stacked = "([above, below]) => above.offsetTop < below.offsetTop"
    picture.wait_for_function(f"() => ({stacked})(document.querySelectorAll('.ocp-explorer canvas'))")
    assert picture.locator(".ocp-explorer").evaluate(columns_and_overhang) == [1, 0]


def test_what_was_drawn_before_stays_and_says_so_when_the_kernel_is_gone(lab: Lab, picture: Page) -> None:
    picture.keyboard.press("ControlOrMeta+s")
    picture.get_by_role("menuitem", name="Kernel", exact=True).click()
    picture.get_by_role("menuitem", name="Shut Down Kernel", exact=True).click()
    expect(picture.locator(".jp-Toolbar-kernelName")).to_contain_text("No Kernel")
    slider = picture.get_by_label("lr", exact=True)
    slider.focus()
    picture.keyboard.press("ArrowRight")
    expect(picture.locator(".ocp-silence")).to_contain_text("run this cell again to move the picture")


@pytest.mark.parametrize("trusted", [False, True], ids=["untrusted", "trusted"])
def test_a_stored_lesson_opened_fresh_shows_its_pictures(lab: Lab, trusted: bool) -> None:
    name = f"stored_{trusted}.ipynb"
    path = lab.folder / name
    path.write_bytes((lab.folder / "lessons/01_gradient_descent.ipynb").read_bytes())
    if trusted:
        command = [sys.executable, "-m", "jupyter", "trust", str(path)]
        subprocess.run(command, env=lab.environment, check=True, capture_output=True)
    page = lab.open(name, anew=True)
    explore = cell(page, "explore(").first
    explore.scroll_into_view_if_needed()
    expect(explore.locator(".jp-RenderedImage img, .ocp-surface").first).to_be_visible()
    expect(page.locator(".jp-Notebook")).not_to_contain_text("Model not found")
    expect(page.locator(".jp-Notebook")).not_to_contain_text("Error displaying widget")


def test_a_picture_that_a_learner_saved_is_there_when_the_notebook_is_opened_again(
    lab: Lab, picture: Page
) -> None:
    picture.keyboard.press("ControlOrMeta+s")
    expect(picture.locator(".jp-mod-dirty")).to_have_count(0)
    again = lab.open("picture.ipynb", anew=True)
    expect(again.locator(".ocp-surface")).to_be_visible()
    expect(again.locator(".jp-Notebook")).not_to_contain_text("model not found")
