"""Playing a comparison, in a real JupyterLab."""

import pytest
from playwright.sync_api import Page, expect

from .conftest import Lab
from .pieces import assert_one_column
from .test_lessons import pixels

CELL = """from optcourse import compare
def momentum_step(theta, grad, state, *, lr=1e-3, beta=0.9):
    raise NotImplementedError
compare(["gd", ("adam", {"lr": 0.3}), momentum_step, ("gd", {"lr": 1.0})])"""

# However seldom a busy machine lets a test look: each step that the slider is moved to.
NOTE_STEPS = """slider => {
    window.steps = [];
    new MutationObserver(() => window.steps.push(slider.getAttribute("aria-valuetext")))
        .observe(slider, { attributeFilter: ["aria-valuetext"] });
}"""


@pytest.fixture
def picture(lab: Lab) -> Page:
    """A page with a fresh comparison."""
    page = lab.run("compare.ipynb", CELL)
    page.locator(".ocp-compare").wait_for()
    return page


def test_play_moves_pause_holds_and_what_is_drawn_and_said_follows(picture: Page) -> None:
    step, table = picture.get_by_label("step", exact=True), picture.locator(".ocp-standing")
    surface = picture.locator(".ocp-compare canvas[role=img]").first
    expect(step).to_have_value("200")  # it opens at the end, and moves only when asked to
    ended = pixels(surface)
    picture.get_by_role("button", name="Play").click()
    expect(step).not_to_have_value("200")
    expect(step).not_to_have_value("0")
    picture.get_by_role("button", name="Pause").click()
    held = step.input_value()
    assert 0 < int(held) < 200
    expect(table.locator("caption")).to_have_text(f"Standing at step {held}")
    expect(picture.locator(".ocp-live")).to_contain_text(f"Step {held}.")
    assert step.input_value() == held
    assert pixels(surface) != ended
    picture.get_by_role("button", name="Play").click()  # goes on to the end by itself
    expect(picture.get_by_role("button", name="Play")).to_be_visible()
    expect(step).to_have_value("200")


def test_the_keyboard_scrubs_and_the_table_follows(picture: Page) -> None:
    step = picture.get_by_label("step", exact=True)
    rows = picture.locator(".ocp-standing tbody tr")
    step.focus()
    picture.keyboard.press("Home")
    expect(step).to_have_value("0")
    for row in rows.all():
        expect(row.locator("td").nth(1)).to_have_text("19.3")
        expect(row.locator("td").nth(3)).to_have_text("not yet")
    for _ in range(3):
        picture.keyboard.press("ArrowRight")
    expect(step).to_have_value("3")
    assert step.get_attribute("aria-valuetext") == "step 3 of 200"
    expect(picture.locator(".ocp-standing caption")).to_have_text("Standing at step 3")
    expect(rows.nth(3)).to_contain_text("outside the picture")
    picture.keyboard.press("End")
    expect(rows.nth(3)).to_contain_text("diverged at step 161")
    expect(rows.nth(0).locator("td").last).to_have_text("94")
    expect(rows.nth(2)).to_contain_text("the reference momentum")
    expect(picture.locator(".ocp-note")).to_contain_text("momentum_step is not written yet")
    picture.get_by_role("button", name="Play").focus()
    picture.keyboard.press("Space")
    expect(picture.get_by_role("button", name="Pause")).to_be_focused()


def test_it_plays_on_without_a_kernel_and_says_so_where_it_needs_one(picture: Page) -> None:
    picture.keyboard.press("ControlOrMeta+s")
    picture.get_by_role("menuitem", name="Kernel", exact=True).click()
    picture.get_by_role("menuitem", name="Shut Down Kernel", exact=True).click()
    expect(picture.locator(".jp-Toolbar-kernelName")).to_contain_text("No Kernel")
    step = picture.get_by_label("step", exact=True)
    step.focus()
    picture.keyboard.press("Home")
    picture.get_by_role("button", name="Play").click()
    expect(step).not_to_have_value("0")
    picture.get_by_role("button", name="Pause").click()
    picture.get_by_label("lr of adam").focus()
    picture.keyboard.press("ArrowLeft")
    expect(picture.locator(".ocp-silence")).to_contain_text("run this cell again")


def test_a_learning_rate_moves_its_own_path(picture: Page) -> None:
    row = picture.locator(".ocp-standing tbody tr").nth(1)
    loss = row.locator("td").nth(1)
    before = str(loss.text_content())
    picture.get_by_label("lr of adam").focus()
    picture.keyboard.press("Home")
    expect(row).to_contain_text("lr = 0.001")
    expect(loss).not_to_have_text(before)


def test_where_motion_is_to_be_reduced_it_plays_in_jumps(picture: Page) -> None:
    picture.emulate_media(reduced_motion="reduce")
    picture.get_by_label("step", exact=True).evaluate(NOTE_STEPS)
    picture.get_by_role("button", name="Play").click()
    picture.wait_for_function("window.steps.at(-1) === 'step 200 of 200'")
    assert picture.evaluate("window.steps") == [f"step {25 * part} of 200" for part in range(9)]


def test_the_losses_can_be_had_as_a_table(picture: Page) -> None:
    picture.get_by_text("The losses as a table").click()
    table = picture.get_by_role("region", name="The losses as a table")
    expect(table.locator("tbody tr")).to_have_count(21)
    expect(table.locator("tbody tr").last).to_contain_text("diverged")


def test_on_a_narrow_page_all_is_in_one_column_and_nothing_sticks_out(picture: Page) -> None:
    assert_one_column(picture, ".ocp-compare")
