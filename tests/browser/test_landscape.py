"""Walking over a landscape, in a real JupyterLab."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import Lab
from .pieces import assert_one_column
from .test_lessons import pixels

CELL = "from optcourse import landscape\nlandscape('momentum')"


@pytest.fixture
def picture(lab: Lab) -> Page:
    """A page with a fresh landscape."""
    page = lab.run("landscape.ipynb", CELL)
    page.locator(".ocp-landscape").wait_for()
    return page


def surface(page: Page) -> Locator:
    return page.locator(".ocp-landscape canvas[role=img]").nth(1)


def test_the_keyboard_chooses_a_cell_and_the_path_follows(picture: Page) -> None:
    words = picture.locator(".ocp-words")
    opened, drawn = str(words.text_content()), pixels(surface(picture))
    lr = picture.get_by_label("cell's lr")
    lr.focus()
    picture.keyboard.press("End")
    expect(words).to_contain_text("lr = 1, ")
    expect(words).to_contain_text("diverges")
    assert pixels(surface(picture)) != drawn
    picture.keyboard.press("Home")
    expect(words).to_contain_text("lr = 0.001, ")
    assert lr.get_attribute("aria-valuetext") == "0.001"
    beta = picture.get_by_label("cell's beta")
    beta.focus()
    picture.keyboard.press("Home")
    expect(words).to_contain_text("lr = 0.001, beta = 0:")
    picture.keyboard.press("ArrowRight")
    expect(words).to_contain_text("lr = 0.001, beta = 0.0495:")
    expect(picture.locator(".ocp-live")).to_contain_text("beta = 0.0495")
    assert words.text_content() != opened


def test_a_click_chooses_a_cell_and_the_path_follows(picture: Page) -> None:
    heat, words = picture.locator(".ocp-heat"), picture.locator(".ocp-words")
    heat.scroll_into_view_if_needed()
    opened, drawn = str(words.text_content()), pixels(surface(picture))
    box = heat.bounding_box()
    assert box is not None
    heat.click(position={"x": 62, "y": box["height"] - 46})  # the lowest cell at the left
    expect(words).to_contain_text("lr = 0.001, beta = 0:")
    expect(words).not_to_have_text(opened)
    expect(picture.get_by_label("cell's lr")).to_have_value("0")
    assert pixels(surface(picture)) != drawn


def test_the_colours_can_show_steps_and_the_table_follows(picture: Page) -> None:
    heat = picture.locator(".ocp-heat")
    before = pixels(heat)
    picture.get_by_label("colour shows").select_option("steps")
    expect(heat).to_have_attribute("aria-label", re.compile("^Map of the steps"))
    assert pixels(heat) != before
    picture.get_by_text("The map as a table").click()
    table = picture.get_by_role("region", name="The map as a table")
    expect(table.locator("tbody tr")).to_have_count(21)
    expect(table).to_contain_text("not reached")
    expect(table).to_contain_text("diverges")


def test_without_a_kernel_it_says_so(picture: Page) -> None:
    picture.keyboard.press("ControlOrMeta+s")
    picture.get_by_role("menuitem", name="Kernel", exact=True).click()
    picture.get_by_role("menuitem", name="Shut Down Kernel", exact=True).click()
    expect(picture.locator(".jp-Toolbar-kernelName")).to_contain_text("No Kernel")
    picture.get_by_label("cell's lr").focus()
    picture.keyboard.press("ArrowLeft")
    expect(picture.locator(".ocp-silence")).to_contain_text("run this cell again")


def test_on_a_narrow_page_all_is_in_one_column_and_nothing_sticks_out(picture: Page) -> None:
    assert_one_column(picture, ".ocp-landscape")
