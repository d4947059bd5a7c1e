"""A walk through quiz, predict and clinic in a real JupyterLab, by keyboard alone."""

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import Lab
from .test_lessons import pixels

CELLS = (
    r"""from optcourse import quiz, predict, clinic
quiz(r"Why is $v$ corrected more?", {r"$\beta_2 > \beta_1$": r"Yes: $1 - \beta_2^t$ is less.",
     "it is squared": "No: *see* `v`.", "chance": "No."}, right=r"$\beta_2 > \beta_1$")""",
    """quiz("Which are even?", {"2": "2 is.", "3": "3 is not.", "4": "4 is."}, right=["2", "4"])""",
    """quiz("How long?", {3.16: "That is it.", 10: "That is m alone."}, right=3.16)""",
    """predict("gd", lr=0.19)""",
    """predict("gd", lr=0.1, quantity="steps to 1e-3")""",
    """clinic("gd", seed=1)""",
)


@pytest.fixture
def page(lab: Lab) -> Page:
    """A page with one of each, all run."""
    page = lab.run("games.ipynb", *CELLS)
    page.locator(".ocp-clinic").wait_for()
    return page


def game(page: Page, number: int) -> Locator:
    return page.locator(".ocp-game").nth(number)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def shut_down(page: Page) -> None:
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.get_by_role("menuitem", name="Shut Down Kernel", exact=True).click()
    expect(page.locator(".jp-Toolbar-kernelName")).to_contain_text("No Kernel")


def test_a_choice_is_judged_explained_and_counted_and_its_mathematics_is_set(page: Page) -> None:
    one = game(page, 0)
    expect(one.locator("mjx-container")).to_have_count(2)
    expect(one.get_by_role("group")).to_have_count(1)
    one.get_by_role("button", name="Submit").focus()
    press(page, "Space")
    expect(one.get_by_role("alert")).to_have_text("Choose an answer, then submit.")
    expect(one.get_by_role("radio").first).to_be_focused()
    press(page, "ArrowDown", "Tab", "Space")
    verdict = one.locator(".ocp-verdict")
    expect(verdict).to_contain_text("Not right. (try 1; you can try again)")
    expect(verdict).to_contain_text("No: see v.")
    press(page, "Shift+Tab", "ArrowUp", "Enter")
    expect(verdict).to_contain_text("Right. (try 2)")
    expect(verdict.locator("mjx-container").first).to_be_visible()
    expect(verdict).to_contain_text("The other choices")
    expect(page.locator(".jp-CodeCell")).to_have_count(len(CELLS))  # no key reached the notebook


def test_several_choices_are_ticked_with_the_space_bar(page: Page) -> None:
    several = game(page, 1)
    several.get_by_role("checkbox", name="2").focus()
    press(page, "Space", "Tab", "Space", "Enter")
    expect(several.locator(".ocp-verdict")).to_contain_text("1 of your ticks does not hold; 1 choice that")
    press(page, "Space", "Tab", "Space", "Enter")
    expect(several.locator(".ocp-verdict")).to_contain_text("Right: these and no others. (try 2)")


def test_a_quiz_and_a_prediction_are_judged_without_a_kernel(page: Page) -> None:
    shut_down(page)
    number = game(page, 2)
    field = number.get_by_role("textbox", name="Your number")
    field.click()
    expect(field).to_be_focused()
    page.keyboard.type("much")
    press(page, "Enter")
    expect(number.get_by_role("alert")).to_contain_text("“much” is no number")
    press(page, "ControlOrMeta+a")
    page.keyboard.type("10")
    press(page, "Enter")
    expect(number.locator(".ocp-verdict")).to_contain_text("too large. (try 1; you can try again)")
    expect(number.locator(".ocp-verdict")).to_contain_text("That is m alone.")
    press(page, "ControlOrMeta+a")
    page.keyboard.type("3,16")
    press(page, "Enter")
    expect(number.locator(".ocp-verdict")).to_contain_text("Right. (try 2)")

    steps = game(page, 4)
    steps.get_by_role("textbox", name="Your number, or never").focus()
    page.keyboard.type("30")
    press(page, "Enter")
    expect(steps.locator(".ocp-verdict")).to_contain_text(
        "You said 30; the run says 43, a factor of 1.4 apart"
    )
    expect(steps.get_by_role("slider", name="lr")).to_be_focused()


def test_the_slider_unlocks_with_the_commitment_and_moves_the_picture(page: Page) -> None:
    prediction = game(page, 3)
    slider = prediction.get_by_label("lr", exact=True)
    surface = prediction.locator(".ocp-surface")
    expect(slider).to_be_hidden()
    expect(prediction.locator(".ocp-curves")).to_be_hidden()
    prediction.get_by_role("radio").first.focus()
    press(page, "Space", "ArrowDown", "Enter")
    expect(prediction.locator(".ocp-verdict")).to_contain_text("As you predicted. It oscillates.")
    expect(prediction.locator(".ocp-verdict")).to_contain_text("along curvature 10 by −0.9")
    expect(prediction.get_by_role("radio").first).to_be_disabled()
    expect(slider).to_be_focused()
    expect(slider).to_have_attribute("aria-valuetext", "0.19: it oscillates")
    before = pixels(surface)
    press(page, "End")
    expect(slider).to_have_attribute("aria-valuetext", "1: it diverges")
    assert pixels(surface) != before
    prediction.get_by_role("button", name="Back to the question's value").focus()
    press(page, "Enter")
    expect(slider).to_have_attribute("aria-valuetext", "0.19: it oscillates")


def test_in_the_clinic_the_fault_is_named_shown_and_followed_by_another(page: Page) -> None:
    clinic = game(page, 5)
    verdict = clinic.locator(".ocp-verdict")
    expect(clinic.locator(".ocp-title")).to_have_text("Patient 1: Gradient descent")
    clinic.get_by_role("radio").first.focus()
    press(page, "Space", "Enter")
    for _ in range(3):
        expect(verdict).not_to_be_empty()
        if "Right" in verdict.inner_text():
            break
        expect(verdict).to_contain_text("look again")
        said = verdict.inner_text()
        press(page, "ArrowDown", "Enter")
        expect(verdict).not_to_have_text(said)
    expect(verdict).to_contain_text("Right: that is the fault")
    expect(verdict.locator(".ocp-right-line").first).to_contain_text("right  theta = theta - lr * grad")
    expect(clinic.get_by_role("button", name="Show the fault")).to_be_hidden()
    before = pixels(clinic.locator(".ocp-surface"))
    clinic.get_by_role("button", name="Next patient").focus()
    press(page, "Enter")
    expect(clinic.locator(".ocp-title")).to_have_text("Patient 2: Gradient descent")
    expect(verdict).to_be_empty()
    expect(clinic.get_by_role("radio").first).to_be_focused()
    assert pixels(clinic.locator(".ocp-surface")) != before
    clinic.get_by_role("button", name="Show the fault").focus()
    press(page, "Enter")
    expect(verdict).to_contain_text("This is the fault.")
    expect(verdict).to_contain_text("check(gd_step)")
    shut_down(page)
    clinic.get_by_role("button", name="Next patient").click()
    expect(clinic.locator(".ocp-silence")).to_contain_text("run this cell again")


def test_on_a_narrow_page_nothing_sticks_out(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    for number in (3, 5):
        game(page, number).get_by_role("radio").first.check()
        game(page, number).locator(".ocp-send").click()
    expect(game(page, 3).locator(".ocp-curves")).to_be_visible()
    stacked = "([above, below]) => above.offsetTop < below.offsetTop"
    page.wait_for_function(f"() => ({stacked})(document.querySelectorAll('.ocp-clinic canvas'))")
    overhang = """games => games.flatMap(game => {
        const edge = game.getBoundingClientRect().right + 1;
        const shown = [...game.querySelectorAll("canvas, input, button, label, legend, p:not(.ocp-live)")];
        return shown.filter(one => one.getBoundingClientRect().right > edge).map(one => one.outerHTML);
    })"""
    assert page.locator(".ocp-game").evaluate_all(overhang) == []


def test_answers_are_there_when_a_saved_notebook_is_opened_again(lab: Lab, page: Page) -> None:
    game(page, 0).get_by_role("radio").first.check()
    game(page, 0).get_by_role("button", name="Submit").click()
    expect(game(page, 0).locator(".ocp-verdict")).to_contain_text("Right. (try 1)")
    page.get_by_role("button", name="Save and create checkpoint").click()
    expect(page.locator(".jp-mod-dirty")).to_have_count(0)
    again = lab.open("games.ipynb", anew=True)
    expect(game(again, 0).locator(".ocp-verdict")).to_contain_text("Right. (try 1)")
    expect(game(again, 0).get_by_role("radio").first).to_be_checked()
    expect(game(again, 5).locator(".ocp-surface")).to_be_visible()
